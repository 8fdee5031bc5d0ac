// Package viewtest is the window for tests of its screens: a real one, over a real
// application in a folder of the test's own, with work and time that the test moves.
//
// # How to use it
//
// [New] opens the window where it begins, [Unlocked] with an open vault and [InCase]
// with an open case; the test says which screens stand where. Then it presses, types
// and reads what a person would, by the keys of the texts. [Look] and [Tab] hold what
// must be true of every screen.
//
// # What it promises
//
// Nothing waits: work runs when it is asked for, or when the test says so, and timers
// fire when the test lets them.
//
// # What it does not do
//
// It is for tests only; it draws no pixels that a person sees (cmd/constat tries the
// real window).
package viewtest

// Package stage is what the shell of the window and its screens have in common:
// what a screen is, and what it may ask of the window that shows it.
//
// # How to use it
//
// A [Screen] draws itself as a [Page] from the state in its fields, with the [Stage]
// that it is given. What takes time goes through a [Job] ([Start], [Watch]) or, where
// nobody has to wait, through [Run] on one of the lanes. A screen goes to another of
// its own step with Show or GoTo, and to another step with [Shell].At and the name of
// a [Place]; package rooms says which screen stands where.
//
// # What it promises
//
// [Shell] is all that a screen can reach of the window. A job runs at most once at a
// time; its result arrives on the window's goroutine and is dropped when the person
// went elsewhere; its error is said in words, once, by the shell. Everything but a
// [Meter] belongs to the window's goroutine.
//
// # What it does not do
//
// It starts no goroutine and draws no frame: the shell does (app/view). It knows no
// screen.
package stage

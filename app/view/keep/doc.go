// Package keep is the step in which something is kept, and what was kept is looked at:
// the address and the ways to keep it, the question about age, a capture, a list, a
// window to sign in, files; the exhibit with its covered picture, what is proven and
// what is not, what the person knows of it; and another visit.
//
// # How to use it
//
// [Rooms] says which of its screens stand where.
//
// # What it promises
//
// Nothing is loaded before the question about age is answered, and another answer than
// 'adult' leads to who helps. A picture stays covered but while it is held. Nothing that
// was typed about an exhibit is lost without a question.
//
// # What it does not do
//
// It decides nothing about evidence: which outcome, which time, which platform is what
// package flow says. Who helps stands in assets/help.
package keep

// Package cases is the list of cases, a new case, and the case to practise in.
//
// # How to use it
//
// [Rooms] says which of its screens stand where.
//
// # What it promises
//
// Coming here closes the case that was open and ends its practice page. Without a
// case it goes straight to a new one.
//
// # What it does not do
//
// It shows nothing of what a case holds but how much that is.
package cases

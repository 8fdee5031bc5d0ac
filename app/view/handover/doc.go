// Package handover is the step in which a case becomes what the police gets: the form,
// how far it is, and what came of it.
//
// # How to use it
//
// [Rooms] says which of its screens stand where.
//
// # What it promises
//
// A name never leads out of the folder that was chosen, and never to what is there
// already. Without a password no ZIP is made; that a folder is open to all is said.
//
// # What it does not do
//
// It writes nothing: package flow makes and checks the bundle.
package handover

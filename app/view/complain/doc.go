// Package complain is the step in which a complaint is prepared: the account, gentle questions,
// what happens next, what to bring, and confidential notes.
//
// # How to use it
//
// [Rooms] says which of its screens stand where.
//
// # What it promises
//
// Nothing is required. What is typed is in the vault when the person pauses or goes, also through a
// lock and quick exit. A thing to bring is ticked by the person alone; law says since when it holds
// and whether that is confirmed.
//
// # What it does not do
//
// It advises nothing about law and sends nothing: what is told and asked comes from package flow.
package complain

// Package guide is the way to have something taken down and to make a complaint, as data: steps by
// platform, letters, what a complaint sets in motion, questions, what to bring.
//
// # What it does
//
// [For] returns the steps of a platform, by its id in evidence/platform; those of "site" are for
// any other site. [More] is what holds for every platform: whom to ask, how to keep it from being
// posted again, what to do when nothing happens. [Platform.Pieces] are what a complaint needs of
// what is there, to be kept first. [TheComplaint] is what is told and asked before
// one goes to the police, [Letters] are the letters to be filled in.
//
// # How to use it
//
// To mend a step, change its text in four languages in platforms/<id>.json and name its source; a
// new source goes into sources.json, with address, date and how sure it is. What a step copies for
// the person has its name in labels.json. Law is dated: [Law] says since when it holds, and whether
// a text after that date was read.
//
// # What it promises
//
// A test holds the data to it: no text without a source, no source without a date, no text that
// lacks a language, no platform of evidence/platform without steps, none of the addresses that
// circulate and are wrong.
//
// # What it does not do
//
// Nobody opened a live page or tested a form. It knows no exhibit: what is filled in is
// app/flow/remove's.
package guide

// Package remove is the step in which something is taken down: the steps of its platform, letters,
// and the log of reports.
//
// # How to use it
//
// [Rooms] says which of its screens stand where. The exhibit that another step wants taken down is
// the desk's Target.
//
// # What it promises
//
// Nothing is opened or sent from here: addresses and texts are copied by a press and saved where
// the person chooses. What may alert the other person or lose evidence stands before its step.
//
// # What it does not do
//
// It knows no platform: steps, letters and what is filled in come from package flow.
package remove

// Package caseuco writes what a bundle holds as CASE/UCO JSON-LD, for the tools of
// laboratories that read no format of ours: exhibits and their files, the tools that
// made them, the custody log as a chain of actions, and verified timestamps.
//
// # How to use it
//
//	err := caseuco.Write(w, caseuco.Input{Exhibits: exhibits, Log: log, Fingerprint: f, Stamps: stamps})
//
// # What it promises
//
// Each name is one of CASE 1.4 and UCO 1.4; docs/formats.md has the profile. The same
// input makes the same bytes: identifiers are derived from case, exhibit and file. Only a
// timestamp that passed every check is given a time.
//
// # What it does not do
//
// It is no evidence and no part of a bundle: the bundle is, and this can be made from it
// again. It says nothing of persons, nor what somebody told.
package caseuco

// Package record is what one capture has so far: the problems that were noted and the artifacts
// that were kept. It has the codes of all problems that a capture can have, and the items of its
// checklist.
//
// # How to use it
//
//	notes := &record.Notes{}
//	notes.Add(record.ProblemTextCut, evidence.Say("characters", "{#n} of {#of} characters", kept, all))
//	kept := record.Keep(ctx, sink)
//	err := kept.Put(evidence.TextName, "text/plain; charset=utf-8", text)
//
// # What it promises
//
// Problems stay in the order in which they were noted, from whatever part of a capture. Notes are
// safe for concurrent use, so is the putting of artifacts; they call nothing and may be made under
// any other lock.
//
// # What it does not do
//
// It does not judge: what a problem costs is decided where the outcome is. It holds no words for
// people: those are made from the values of what was said.
package record

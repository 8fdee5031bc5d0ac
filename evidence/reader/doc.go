// Package reader reads manifests and custody lines for those who check them.
//
// # What it does
//
// [ReadManifest] reads one manifest, [ReadLine] one line of a custody log, [Log] a
// chain of lines. It is written from docs/formats.md alone and shares nothing with what
// writes: it has a reader of JSON of its own, tables of fields of its own, and imports
// nothing of this project, and the walls (internal/walls) keep it so. A mistake in what
// the vault or a bundle is written with is then not made a second time where it is
// looked for.
//
// # How to use it
//
//	m, err := reader.ReadManifest(b)           // m.Artifacts, m.Head …
//	head, err := reader.ReadLog(r, func(l reader.Line) error { … })
//
// # What it promises
//
// It reads what the document describes and refuses everything else, with a [Refused]
// that says where and by which [Rule]. Two readers of what it accepted see the same: no
// name stands twice, every character has one spelling, fields have their order and
// their layout. Whatever it accepts, package evidence accepts with the same contents;
// what evidence accepts and this package does not is the list of rules in [Stricter]. A
// test holds both against each other, on made-up and on damaged input.
//
// Memory is a small multiple of what is read, which has a limit. It never panics.
//
// # What it does not do
//
// It opens no file and computes no digest but that of a line, for the chain. It does
// not judge what a field says.
package reader

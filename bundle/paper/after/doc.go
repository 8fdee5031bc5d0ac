// Package after says in a PDF what the library that wrote it cannot: once when it is
// written, anew and whole ([Finish]), and once behind its end without changing a byte of
// it, an incremental update (PDF 1.7, ISO 32000-1, 7.5.6), for a timestamp within.
//
// # How to use it
//
// [Finish] adds the language, that the title is to be shown, XMP metadata, a file
// identifier, the profile of its colours, files that lie within, and the tree of what is
// read ([Element]): what is drawn has to be marked with the numbers that the tree names.
// Pages and pictures are copied as they are. [Reserve] adds a document
// timestamp (ETSI EN 319 142-1, 5.4.3; SubFilter ETSI.RFC3161) with room for a token,
// and the certificates that it needs (Document Security Store, 5.4.2.2);
// [Reserved.Digest] is what is to be timestamped, and [Reserved.Fill] puts the token
// in its place. The timestamp is the last that may happen to the file.
//
// # What it promises
//
// It works on files as package paper writes them: one classic table of objects behind
// another. What it does not understand is [ErrForm], and the file stays as it was.
//
// # What it does not do
//
// It verifies no token and asks nobody for one. It aims at PDF/A-3b and names that in the
// metadata; it does not look whether what was drawn keeps to it (bundle/internal/pdfrules
// does, in tests).
package after

// Package after adds to a PDF that is finished, behind its end, without changing a
// byte of it: an incremental update (PDF 1.7, ISO 32000-1, 7.5.6).
//
// # How to use it
//
// [Describe] says what the library that wrote the file cannot: its language, that the
// title is to be shown, XMP metadata, a file identifier. [Reserve] adds a document
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
// It verifies no token and asks nobody for one. It makes no PDF/A of a file.
package after

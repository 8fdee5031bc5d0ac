// Package recognise tells from what a loaded page shows whether it is what was
// asked for, or a sign-in page, a test for humans, or the note that the content is
// gone.
//
// # What it does
//
// [Recognise] reads a [Page]: addresses, title, visible text and a few counts. It
// compares them with the records in assets/platforms and with phrases.go: the platforms of
// the manual in French, Dutch, German and English, and two more languages where their
// wording was found.
//
// # How to use it
//
//	f, ok := recognise.Recognise(recognise.Page{Requested: …, Address: …, Text: …})
//
// # What it promises
//
// It is a pure function of what the browser showed: nothing is asked of any
// server. It prefers to miss a page over calling an ordinary one something else: a
// phrase counts only as a line of its own on the platform that uses it, only on a page
// that shows little else and no post. Somebody who asks for a sign-in page gets an
// ordinary page.
//
// # What it does not do
//
// It does not know every wording; platforms change theirs. Each phrase says in the
// tables where it comes from. An overlay over content that is there is not a sign-in page.
package recognise

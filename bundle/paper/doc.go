// Package paper draws A4 pages with text, hairlines, boxes and pictures, and
// writes them as a PDF. It is the only package that knows the PDF library
// (gofpdf v1.16.2), so that the maintained fork is a swap of one import line.
//
// # How to use it
//
// [New] starts a [Doc]; its methods draw in millimetres from the top left
// corner of the current page. [Doc.Width] and [Doc.Wrap] measure before one
// draws. [Doc.Page] goes back to a page that exists, for what is known only at
// the end: page numbers. [Doc.Write] ends the document.
//
// # What it promises
//
// Every text passes one gate ([Visible]): it is valid UTF-8, on one line and
// without characters that change direction or hide text: those are shown by their
// number, as ⟨U+202E⟩. Fonts are embedded: Liberation Sans and Mono, and DejaVu for
// what those lack. What none of them has, or the library cannot hold, is drawn as
// outlines or small pictures, with its text behind (ActualText), see package glyphs;
// what nobody has a drawing for is shown by its number. Nothing is dropped. Arabic
// letters are joined and text that runs from right to left is put in reading order.
//
// What is drawn is read in the order in which it is drawn, by its kind: see [Doc.In],
// [Doc.Figure] and [Doc.Aside]. Text of no kind is a paragraph; lines and boxes are not read.
// The file is made as PDF/A-3b asks for it; see package after.
//
// Pictures are handed over decoded and are encoded here, so that no bytes from
// outside reach the library's own parsers. A panic inside the library comes
// back from Doc.Write as an error. Dates in the file are those of [Options].
//
// # What it does not do
//
// It knows nothing of evidence and holds no words. It does not stream: gofpdf
// keeps the document in memory, about five times the bytes of its pictures;
// callers watch [Doc.PictureBytes]. The files are not reproducible byte for
// byte. A Doc is not safe for concurrent use.
package paper

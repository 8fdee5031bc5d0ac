// Package letter writes a text of headings and paragraphs as a plain A4 PDF: a letter to a
// platform, the account for a complaint.
//
// # How to use it
//
//	letter.Write(w, letter.Letter{Title: "…", Text: "…", Created: now})
//
// # What it promises
//
// Nothing of the text is left out: what is too long for a line is broken, what is too long for a
// page goes on. A line that begins with a number and a dot, or with "# ", is set as a heading. It
// prints what it is given, and adds the number of each page.
//
// # What it does not do
//
// It knows no exhibit and no words of its own.
package letter

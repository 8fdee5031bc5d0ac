// Package pdfrules looks whether a file keeps to the rules of PDF/A-3b (ISO 19005-3) and
// PDF/UA-1 (ISO 14289-1) that the files of this program could break, because the checkers
// that people use for it cannot be had where this is built.
//
// # How to use it
//
// [Broken] names what a file breaks, each with its clause; nothing if it breaks nothing.
//
// # What it promises
//
// It reads the file through qpdf, which knows nothing of our writer. The rules stand in
// rules.go, each under the number of its clause.
//
// # What it does not do
//
// It is no validator: of the glyphs in fonts, of the numbers in colour profiles and of
// whether a text alternative says the right thing it knows nothing. It is for tests only.
package pdfrules

// Package pdf reads the words on the pages of a report, so that a checker can
// compare them with the data. It knows the files that this program writes, and says
// of another one that it is another: PDF 1.3 to 1.7 with a classic table of objects,
// further tables behind it (incremental updates), pages in one tree, content streams
// that are plain or deflated, and text as UTF-16 in fonts of two bytes a character.
//
// # How to use it
//
// [Pages] returns the text of each page, in the order in which it is drawn, and
// [Info] an entry of the file's properties; [Files] are those that lie within.
//
// # What it promises
//
// The file may come from an adversary: sizes, depth and numbers are limited, and
// nothing is followed that does not lie in the file. What would be read in two ways
// is refused.
//
// # What it does not do
//
// It draws nothing, so it does not know what lies over what; it does not read
// pictures, forms or notes, and it does not decrypt.
package pdf

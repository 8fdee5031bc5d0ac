// Command licences writes THIRD-PARTY.md: the licence of everything that a
// built constat or constatctl contains and that is not ours.
//
// # How to use it
//
//	go run ./internal/licences          writes THIRD-PARTY.md anew (make licences)
//	go run ./internal/licences -check   fails if it is not what would be written (make check)
//
// # What it promises
//
// It goes by what the two programs are built from on Linux, Windows and macOS, as
// `go list` has it, and not by go.mod, which names more. It takes the licences of
// a module's root, of each folder above a package that is used, and of folders
// without Go code below one: fonts and C sources lie there. A module without a
// licence, and a text of a kind that it does not know, is an error: then a person
// has to read it and to decide. The same modules give the same bytes.
//
// # What it does not do
//
// It gives no legal advice, and does not look at the browser, which is not
// shipped, nor at what only tests use.
package main

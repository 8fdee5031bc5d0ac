// Package open is the way to an open vault: the first start, the passphrase, the
// recovery code, what was found on opening, and what is said when the program cannot work at all.
//
// # How to use it
//
// [Rooms] says which of its screens stand where.
//
// # What it promises
//
// What is typed goes to package flow and nowhere else. A passphrase that did not fit
// leaves its field. An unlocked vault is always taken by the window: while one is
// being opened there is no way to another screen.
//
// # What it does not do
//
// It judges no passphrase and derives no key.
package open

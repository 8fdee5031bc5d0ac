// Package secret is what several steps need to show and ask of what opens the vault: a
// new passphrase, typed twice, and a recovery code, shown once.
//
// # How to use it
//
// A screen holds a [Pair] and draws its objects. [NewCode] is the screen of a code;
// [Unseen] reminds of one that was perhaps never read.
//
// # What it promises
//
// What is typed stays in its fields until the screen drops the pair. The code goes to
// the clipboard only when asked, and from there after a minute; a page to print goes
// where the person says, readable to that person alone. There is no way on before the
// person says that the code is noted.
//
// # What it does not do
//
// It rates no passphrase: package flow does.
package secret

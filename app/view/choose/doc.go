// Package choose is the screen that chooses a folder or a file, for every step. Fyne's own
// dialog is not used: it writes the last folder into its preferences, covers quick exit,
// and speaks the system's language.
//
// # How to use it
//
// Show a [Screen] with its title, where it begins, and what comes after.
//
// # What it promises
//
// It reads the names in folders and nothing else, shows folders first and no hidden
// names, and remembers nothing.
//
// # What it does not do
//
// It opens no file.
package choose

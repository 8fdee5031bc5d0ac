// Package words holds every word that Constat shows a person, in French,
// Dutch, German and English, and the forms of dates, sizes and numbers in each.
//
// # How to use it
//
// [For] returns the [Text] of one language. Keys are stable names such as
// "error.vault.wrong-passphrase"; the catalogs lie in catalog/<area>.<language>.json,
// in the format of go-i18n. The screen and the report each ask for their own
// language: nothing here looks at the locale of the process.
//
// # What it promises
//
// Every key exists in all four languages with the same placeholders; a test
// holds that, and that no key is unused. A key that is missing all the same is
// shown as itself, never as an empty string. A Text is safe for concurrent use.
//
// # What it does not do
//
// It chooses no language and cleans no text from outside: callers pass what
// they show through evidence.Clean first.
package words

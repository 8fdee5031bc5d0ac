// Package guessed is what passphrases are made of by people who speak French, Dutch, German or
// English, and what is therefore tried first: words, first names, feasts. Where it comes from
// stands at the head of guessed.txt.
package guessed

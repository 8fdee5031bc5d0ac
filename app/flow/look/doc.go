// Package look is what people look at: cases, exhibits, files and pictures of an
// open vault, as plain values for a screen or a terminal.
//
// # How to use it
//
// A [Reader] lists cases and exhibits, returns one exhibit, and decrypts one
// picture ([Reader.Preview]). [Tellings] is what the custody log says of each
// exhibit besides its files; [Open] returns one whose content may be shown.
//
// # What it promises
//
// Values are complete: a screen needs no vault to draw them. Their JSON is the
// contract of constatctl; fields are added, never renamed. What was marked as
// under 18 has no picture here, nor has a second visit to it.
//
// # What it does not do
//
// It writes nothing but that a picture was viewed, once an unlocking, and loads
// nothing from the network. It says no words for people; codes are looked up in
// the catalogues.
package look

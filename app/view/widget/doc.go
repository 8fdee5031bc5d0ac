// Package widget holds the pieces that every screen of the window is made of:
// buttons, fields, choices, text, cards, layouts, the cover over a picture, and
// the colours and sizes that they share.
//
// # How to use it
//
// A piece that can be pressed or typed into is made with the [Keys] of its window.
// Containers ([Stack], [Row], [Columns], [Card] …) take what is in them and drop
// what is nil, where a screen may leave something out. [Theme] is the look; set it
// before anything is drawn.
//
// # What it promises
//
// Everything that can be pressed is reached with Tab, pressed with Space, Enter or
// the pointer, and shows where the focus is; whatever has the focus, the keys that
// mean the same on every screen reach [Keys]. Text is broken to the width that it is
// given and never makes its screen wider. A role of colour means the same everywhere,
// and words say too what a colour says. [Cover] shows its picture only while it is
// held.
//
// # What it does not do
//
// It knows neither use cases nor evidence, so that it draws what it is told and
// decides nothing; it holds no words for people, starts no goroutine and reads no
// file but the marks among the assets. All of it belongs to Fyne's goroutine.
package widget

// Package view is the shell of the desktop window: its frame, the lanes on which work
// runs beside it, the keys that mean the same everywhere, and its life from the first
// screen to the lock and quick exit. It holds no rule about evidence and no screen.
//
// # How to use it
//
// [New] takes an application, an empty Fyne window, the screens ([stage.Rooms]) and a
// few functions in one [Config], and shows the screen that fits. cmd/constat does so.
// The screens lie below, one package a step: open, cases, keep, remove, complain, handover, settings.
// They see of the window what package stage offers, and nothing else of it; secret and
// choose are what several steps share, widget the pieces that all are made of, and
// viewtest is a window for their tests.
//
// # What it promises
//
// Nothing blocks the window: everything that takes time runs through task.go, the only file that
// starts goroutines and calls fyne.Do. A result that comes after the person went elsewhere is
// dropped; the running work is cancelled. Quick exit hides the window before anything else, then
// cancels, locks and ends. Missing timestamps are asked for in the background while the vault is
// open, on a lane of its own that shows no error and moves nothing. Pictures are decrypted only
// while they are held. Nothing is kept on disk by these packages but what the person asks for, and
// [Config].CodeMark while a recovery code may not have been read: no preferences, no recent
// folders, no notifications; the window's title is the program's name. A window of the browser, in
// which the person signs in, closes with its screen, the lock and quick exit. Text from outside
// passes evidence.Clean or Shorten before it is drawn. Every screen exists in four languages, which
// change at once, and everything that can be done with the pointer can be done with the keys: Tab,
// Enter, Escape, Space, V held for a picture, F6 from the
// screen to the ways around it and back, Shift three times for quick exit.
//
// # What it does not do
//
// It does not import fyne/v2/app, so that its tests need neither display nor
// OpenGL. It is no accessibility layer: Fyne has none on Linux; constatctl and
// the report are the way for screen readers.
package view

// Package system is what this system says of itself: which one it is, in which language it speaks
// to this person, where what a program keeps belongs, and what kind of place a folder is.
//
// # What it does
//
// [Name] is system and version, [Language] the person's language, [DataDir] the folder of this
// program, [Usual] where a person keeps files. [Machine.Look] tells whether a folder is copied
// elsewhere by a cloud service or with a roaming profile, or lies on another device; [Private] lets
// nobody but the person into a folder; [NoDumps] keeps crashes from writing memory down; [AtRest] says
// whether disk and swap are encrypted, where that can be read.
//
// # How to use it
//
//	if p, ok := system.This().Look(dir); ok { … p.Kind, p.Service … }
//
// # What it promises
//
// It asks nobody over the network and changes nothing but the rights of a folder that it is told
// to. The names of a device and of a person are never read. Every system can be tried on any: a
// [Machine] is given.
//
// # What it does not do
//
// It has no words for people. A place that it does not know is not said to be safe.
package system

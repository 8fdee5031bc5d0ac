// Package docs holds the tests of what is written for people who read the
// repository: that links lead somewhere, that commands are such, that decisions are
// in their index, and that what a page says comes of a command does come of it.
//
// It has no code.
package docs

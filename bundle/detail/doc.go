// Package detail says in words of a language what a manifest holds as details:
// of problems, of preconditions and of comparisons of the clock, and what a
// verifier noted of a timestamp's check.
//
// # How to use it
//
// [Problem], [Precondition], [Clock] and [Check] take the text of a language and
// the fact. The report and the window both show what they return.
//
// # What it promises
//
// A manifest's details are English facts and stay that; docs/formats.md lists
// their forms. One that has such a form comes out in the language, with its numbers
// in that language's form, and with names, addresses and codes such as
// net::ERR_NAME_NOT_RESOLVED as they are. Anything else (of a later version, of another
// tool, of a hostile import) comes out as it is. Tests hold the forms to the source of
// capture and of evidence/intake: a new one without words fails them.
//
// # What it does not do
//
// It cleans and shortens nothing: what it returns holds text from outside, and
// callers pass that through evidence.Clean, as they would the detail itself.
package detail

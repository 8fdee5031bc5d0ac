// Package detail says in words of a language what a manifest holds as details:
// of problems, of preconditions and of comparisons of the clock, and what a
// verifier noted of a timestamp's check.
//
// # How to use it
//
// [Problem], [Precondition], [Clock] and [Check] take the text of a language and
// the fact. The report and the window both show what they return. [Reason] is the kind of reason for
// which a check of a bundle failed or was not done; the detail stands beside it, as it is.
//
// # How a new fact gets words
//
// Where it is noted, evidence.Say gets the name of its form, its English text and what stands in
// the slots, all written out there; the catalogues assets/words/catalog/detail.*.json get the words
// under "detail.<form>", with a placeholder for each value: of #whole it is {{.Whole}}. That is
// all:
//
//	problem(ProblemCut, evidence.Say("cut", "cut at {#n} px of {#whole} px", shown, height))
//	"detail.cut": "it ends at {{.N}} of {{.Whole}} pixels"
//
// An error with words of its own is evidence.Say(…).Err(); evidence.SaidOf gets them back. A reason
// or a list within the fact is given as evidence.Said or []evidence.Said. Nothing here needs to be
// touched: tests read the source of the whole house and fail for a form without words, for words
// that name other values, for a detail that is written without values, and where a form that older
// manifests have says something else than it did.
//
// # What it promises
//
// A manifest's details are English facts and stay that; docs/formats.md describes the values beside
// them. A form that is known comes out in the language, with its numbers in that language's form,
// and with names, addresses and codes such as net::ERR_NAME_NOT_RESOLVED as they are. Anything else
// (of a later version, of another tool, of a hostile import) comes out as the English detail.
// Details without values, as older manifests have them, are read by their text (forms.go), and have
// the words that they always had.
//
// # What it does not do
//
// It cleans and shortens nothing: what it returns holds text from outside, and
// callers pass that through evidence.Clean, as they would the detail itself.
package detail

// Package proof is the family of use cases about proof of time: asking for
// timestamps, judging them, renewing them, and checking what others hand over.
//
// # How to use it
//
// A [Checker] needs no vault: it knows whom to ask and whom to believe, and
// checks a bundle ([Checker.VerifyBundle]) or one token ([Checker.VerifyToken]).
// A [Stamper] belongs to an open vault: [Stamper.Stamp] has a new exhibit
// timestamped, [Stamper.Restamp] and [Stamper.RestampDue] ask for what is
// missing, [Stamper.Renew] puts new timestamps over old ones, and a [Reminder]
// says when that is due. [Checker.FetchLists] reads the European trusted lists,
// where somebody asks for it. What is shown is a
// [Timestamp]; what a bundle carries is [Handed].
//
// # What it promises
//
// A time is shown only if its reply passed every check when it was shown. A list
// remembers which replies passed ([Remembered], docs/decisions/0016); an exhibit
// that is opened, a bundle and a renewal do not. Replies that came are in the
// vault before anything else is asked for. An authority's silence is a fact in
// the log, never an error. The pause that an authority asks for is kept across
// everything that this program does at once.
//
// # What it does not do
//
// It makes no exhibit and no bundle, and knows of no page. It imports no other
// family: those that keep and hand over build upon it.
package proof

// Package recheck decides what a second visit to a kept page says: still
// online, gone, changed, or that one cannot tell.
//
// # How to use it
//
// [Judge] takes what was kept and what was seen now, as manifests and visible
// text. [Unreachable] is the answer when no page came at all.
//
// # How it decides
//
// In this order; the first that fits counts, and each has a reason of its own:
//
//   - a status 404 or 410, or a note of the platform that the content is gone: gone;
//   - a sign-in page, a check for humans, another error status, a page of one
//     colour, no text: cannot tell;
//   - the kept page itself was no page that shows the content (its outcome was
//     neither complete nor partial), or has fewer words than one run: cannot tell;
//   - the measure below.
//
// Of a page that was kept from a window, in which somebody may have signed in, neither 'gone' nor
// 'changed' is told: the visit does not sign in, and a site may show a stranger less, or deny that
// there is anything.
//
// The measure: the first [Beginning] words of the kept text are cut into runs
// of [Run] consecutive words; the share of these runs that stand anywhere in
// the text now is the sameness. Only the beginning counts, because a kept text
// may have grown while the page was scrolled and the second visit does not
// scroll; only that direction counts, because comments come in. Upper and lower
// case, punctuation, and words of digits alone (counters, times) do not count.
// At least [Same] percent: still online, if the titles have a word in common
// or one of them is empty; with two titles that have nothing in common:
// changed. At most [Other] percent: changed. In between, or when the second
// page did not load whole: cannot tell.
//
// # What it does not do
//
// It compares no pictures: a picture may have been taken out of a page whose
// text stayed. It never says why something is gone, nor that it is gone for
// everyone. It knows no words for people.
package recheck

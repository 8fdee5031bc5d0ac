// Package words reads what is written on a page: the visible text, apart from what is in the page and cannot be
// seen, and relative dates with the absolute ones beside them.
//
// # How to use it
//
//	var p words.Page
//	err := tab.Ask(ctx, words.Script(limit), &p)
//	all := words.Join(nil, step)  // of a list that draws only what the window shows, step by step
//
// # What it promises
//
// The script runs in the isolated world and changes nothing. Visible is what a browser shows of the document:
// with shadow roots, typed values, the words of ::before and ::after, emoji by their alternative text; without what is
// transparent, of no size, of the colour of its ground, clipped away or off the page. That is answered apart. What lies
// under something else counts as visible.
//
// # What it does not do
//
// It asks no page by itself, and judges none.
package words

// Package tab is one tab of the browser: what its events tell, what it is asked, and the wait for
// its page.
//
// # How to use it
//
// [Open] makes a tab for a capture, [Attach] one of a tab that the person uses. [Load] goes to an
// address and returns when the page has settled:
//
//	t, err := tab.Open(ctx, tab.Options{Browser: browser, …})
//	first, err := tab.Load(ctx, t, address, eye.Glimpse)
//	shown := t.Shown()
//	err = t.Ask(limit, script, &answer)
//	t.NoteChange(shown)
//
// # What it promises
//
// Questions are asked in an isolated world that the page's scripts cannot see, and every wait has a
// limit. When a page has settled is a decision of its own (settle.go) over what was seen and the
// time. What a page can make us remember is bounded.
//
// Nobody is there to answer: dialogs are dismissed, windows that the page opens are closed,
// downloads and other programs refused; each is noted as a problem. In a tab that the person uses
// nothing of that happens, and nothing is noted, but between [Tab.Borrow] and [Tab.GiveBack].
//
// A Tab is safe for concurrent use. Events come in chromedp's loop, which must not wait: all that
// they change lies under one lock, under which only that of the notes is taken.
//
// # What it does not do
//
// It takes no pictures and keeps no bodies: package sight looks at a tab, package archive listens
// to what it loads. It judges no page.
package tab

// Package archive makes page.wacz: what the browser loaded for a tab, as it received it, from the
// browser's events.
//
// # How to use it
//
//	a, err := archive.Begin(whole, tab, kept, limits, now)     // before the page is asked for
//	defer a.Abandon()
//	left, err := a.Finish(ctx, page)
//
// # What it promises
//
// The page is never made to wait, and no server is asked: the browser is asked to keep the bodies
// of answers, and each is fetched from it when it has ended; of one that has not when the record
// ends, or that the page gave up, what had come is kept and marked as cut. Frames of other sites
// and workers, also shared ones, are listened to in sessions of their own, which wait for that when
// they begin. What is missing is counted, in the archive and as a problem. What is held for a
// page's sake is bounded. Headers that carry a session are left out and listed.
//
// It is written while the rest of a capture goes on. All calls are for the goroutine that drives
// the capture; events come in chromedp's loop.
//
// # What it does not do
//
// The format of the file is that of package [constat/capture/wacz]. Of a browser that refuses there
// is no archive, and that is a problem, no error.
package archive

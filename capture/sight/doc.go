// Package sight is what is pictured of a page: the first view, scrolling, the tiles, panes that
// scroll by themselves, the page without its consent overlay, and the dated copy.
//
// # How to use it
//
//	eye := sight.Open(sight.Options{Tab: t, View: view, Limits: limits, Kept: kept, …})
//	glimpse, err := tab.Load(ctx, t, address, eye.Glimpse)
//	first, err := eye.FirstView(ctx, glimpse)
//	scrolled := eye.Scroll(ctx)
//	pictured, err := eye.Page(ctx, sight.Task{First: first, …})
//	defer pictured.Abandon()
//	err = eye.Panes(ctx, scrolled)
//	err = eye.Uncover(ctx)
//	err = pictured.Finish(progress)
//
// A window of the person's is brought to the front with [Eye.Raise], measured with [Eye.Stand], and
// put back with [Eye.PutBack].
//
// # What it promises
//
// Pictures are kept byte for byte as the browser delivered them, and each was decoded before. They
// are taken one at a time, because the browser moves its view for each. The first view is taken
// before anything is moved. Panes are scrolled, never enlarged. What is pictured beyond the window
// is put together again: the dated copy is the one derived file, and names its parents. What could
// not be pictured is noted as a problem, with how far it came; only the sink and the end of the
// caller are errors, and before the first view the browser's.
//
// One goroutine drives an Eye; only [Eye.Glimpse] may be called beside it. Tiles are written to the
// sink, and the copy is made, beside the taking of the next.
//
// # What it does not do
//
// It does not load pages, judge them, or know what a capture is for.
package sight

package archive

import (
	"context"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
)

// Frame is a frame of another site: how much of its document it shows, and how much there is, in CSS
// pixels of height.
type Frame struct{ Shown, Whole float64 }

// frameAnswer is how long one frame may take to tell.
const frameAnswer = time.Second

// Frames asks the frames of other sites how much they hold. Those of a few pixels, as advertisers
// measure with, and those that do not answer, are left out.
func (a *Archive) Frames(ctx context.Context) (all []Frame) {
	if a == nil {
		return nil
	}
	a.mu.Lock()
	var list []*related
	for _, r := range a.related {
		if r.kind == "iframe" {
			list = append(list, r)
		}
	}
	a.mu.Unlock()
	limit, done := context.WithTimeout(ctx, 3*frameAnswer)
	defer done()
	for _, r := range list {
		one, stop := context.WithTimeout(limit, frameAnswer)
		var m page.GetLayoutMetricsResult
		err := r.call(one, page.CommandGetLayoutMetrics, cdp.Empty{}, &m)
		stop()
		if err != nil || m.CSSLayoutViewport == nil || m.CSSContentSize == nil {
			continue
		}
		if w, h := float64(m.CSSLayoutViewport.ClientWidth), float64(m.CSSLayoutViewport.ClientHeight); w >= 100 && h >= 80 {
			all = append(all, Frame{h, m.CSSContentSize.Height})
		}
	}
	return all
}

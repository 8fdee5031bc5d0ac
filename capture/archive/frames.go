package archive

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"

	"constat/capture/tab"
)

// Foreign are the frames of other sites, which have sessions of their own. Those that do not answer are left out.
func (a *Archive) Foreign(ctx context.Context) (list []*tab.Frame) {
	limit, done := context.WithTimeout(ctx, 3*frameAnswer)
	defer done()
	for _, r := range a.frames() {
		// What shows a frame of another site is called like the frame.
		if f, err := tab.OpenFrame(limit, cdp.FrameID(r.shows), r.call); err == nil {
			list = append(list, f)
		}
	}
	return list
}

// frames are the sessions of frames of other sites.
func (a *Archive) frames() (list []*related) {
	if a == nil {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, r := range a.related {
		if r.kind == "iframe" {
			list = append(list, r)
		}
	}
	slices.SortFunc(list, func(x, y *related) int { return strings.Compare(string(x.shows), string(y.shows)) })
	return list
}

// Frame is a frame of another site: how much of its document it shows, and how much there is, in CSS
// pixels of height.
type Frame struct{ Shown, Whole float64 }

// frameAnswer is how long one frame may take to tell.
const frameAnswer = time.Second

// Frames asks the frames of other sites how much they hold. Those of a few pixels, as advertisers
// measure with, and those that do not answer, are left out.
func (a *Archive) Frames(ctx context.Context) (all []Frame) {
	limit, done := context.WithTimeout(ctx, 3*frameAnswer)
	defer done()
	for _, r := range a.frames() {
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

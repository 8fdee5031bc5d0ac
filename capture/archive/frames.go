package archive

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"

	"constat/capture/tab"
)

// Foreign are the frames of other sites, which have sessions of their own, with what their processes show of frames
// that they may not look into themselves, and how many do not answer or are too many.
func (a *Archive) Foreign(ctx context.Context) (list []*tab.Frame, silent int) {
	limit, done := context.WithTimeout(ctx, 3*frameAnswer)
	defer done()
	for _, r := range a.frames() {
		// What shows a frame of another site is called like the frame.
		if f, err := tab.OpenFrame(limit, cdp.FrameID(r.shows), r.call); err == nil {
			list = append(list, f)
		} else {
			silent++
		}
	}
	within, end := context.WithTimeout(ctx, 3*frameAnswer)
	defer end()
	for _, f := range list[:len(list):len(list)] {
		inner, more := f.Inner(within)
		list, silent = append(list, inner...), silent+more
	}
	return list, silent
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

// frameAnswer is how long one frame may take to tell.
const frameAnswer = time.Second

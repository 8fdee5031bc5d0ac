package sight

import (
	"context"
	"fmt"
	"image"
	"slices"
	"time"

	"github.com/chromedp/cdproto/page"

	"constat/capture/record"
	"constat/evidence"
)

// framedScript lists where the page shows frames of other sites, also in shadow roots and in frames of the same site: what
// of each is not cut off by what holds it.
const framedScript = lookingScript + `
	const framed = (most) => {
		const list = [];
		let looked = 0;
		const walk = (under, x, y, box) => { for (const e of under) {
			if (++looked > 200000 || list.length >= most) return;
			if (shadow(e)) walk(ShadowRoot.prototype.querySelectorAll.call(shadow(e), '*'), x, y, box);
			if (!/^(iframe|frame|object|embed)$/.test(localName.call(e)) || getComputedStyle(e).visibility !== 'visible') continue;
			const r = rect(e), of = {left: Math.max(r.left + x, box.left), top: Math.max(r.top + y, box.top), right: Math.min(r.right + x, box.right), bottom: Math.min(r.bottom + y, box.bottom)};
			if (of.right - of.left < 30 || of.bottom - of.top < 30) continue;
			if (e.contentDocument) walk(Document.prototype.querySelectorAll.call(e.contentDocument, '*'), r.left + x + e.clientLeft, r.top + y + e.clientTop, of);
			else list.push(of);
		} };
		walk(Document.prototype.querySelectorAll.call(document, '*'), 0, 0, {left: -Infinity, top: -Infinity, right: Infinity, bottom: Infinity});
		return list;
	};
`

// framesScript finds where to scroll so that every part of a frame of another site that lies
// below the first window is seen: from the top, with a fifth of a window in common.
const framesScript = `(() => {` + framedScript + `
	const places = [];
	const parts = [];
	for (const r of framed(500)) {
		if (r.bottom + scrollY <= innerHeight || r.right <= 0 || r.left >= innerWidth) continue;
		parts.push([Math.max(r.top + scrollY, innerHeight), r.bottom + scrollY]);
	}
	parts.sort((a, b) => a[0] - b[0]);
	let seen = 0;
	for (const [top, bottom] of parts) {
		for (let y = Math.max(top, seen); y < bottom; y = seen) {
			const at = Math.floor(Math.max(y - (y === top ? 50 : innerHeight / 5), 0)); // what one picture cuts the next one has whole
			places.push(at);
			seen = at + innerHeight;
		}
		if (places.length > 1000) break;
	}
	return places;
})()`

// foreignScript finds where the first window shows frames of other sites.
const foreignScript = `(() => {` + framedScript + `
	const places = [];
	for (const r of framed(500)) {
		const x = Math.max(r.left, 0), y = Math.max(r.top, 0), right = Math.min(r.right, innerWidth), bottom = Math.min(r.bottom, innerHeight);
		if (right - x < 30 || bottom - y < 30) continue;
		places.push([x, y, right, bottom]);
		if (places.length === 50) break;
	}
	return {width: innerWidth, places};
})()`

// framesDrawn is how often the first tile is drawn until it holds the frames of other sites.
const framesDrawn = 4

// framesMissing returns what tells, if there are any, whether a tile lacks a frame of another site
// that the first view shows. Such a frame is drawn by a process of its own, for which the browser
// does not wait when it moves its view.
func (e *Eye) framesMissing(ctx context.Context, first *shot) func(clip page.Viewport, tile *shot) bool {
	limit, done := e.tab.Within(ctx, scrollAnswer)
	defer done()
	var shown struct {
		Width  float64
		Places [][4]float64
	}
	if e.tab.Ask(limit, foreignScript, &shown) != nil || len(shown.Places) == 0 || shown.Width < 1 {
		return nil
	}
	fine := float64(first.picture.Width) / shown.Width
	return func(clip page.Viewport, tile *shot) bool {
		if clip.Y > 0 || float64(tile.picture.Width) != clip.Width*fine {
			return false // what it shows cannot be compared
		}
		return slices.ContainsFunc(shown.Places, func(p [4]float64) bool {
			r := image.Rect(int(p[0]*fine)+1, int(p[1]*fine)+1, int(p[2]*fine)-1, int(p[3]*fine)-1)
			return !first.picture.Same(tile.picture, r)
		})
	}
}

// frames pictures what the tiles cannot hold: the browser draws a frame of another site only
// while it is in the window. It scrolls to each one and pictures the window. Only the sink is
// an error.
func (e *Eye) frames(ctx context.Context, by time.Time) error {
	limit, done := e.tab.Within(ctx, scrollAnswer)
	var places []float64
	err := e.tab.Ask(limit, framesScript, &places)
	done()
	if err != nil || len(places) == 0 {
		return nil // a page that does not answer says so elsewhere
	}
	defer func() { _, _ = e.paneStep(ctx, -1, "to: 0") }()
	taken := 0
	for _, y := range places {
		if taken == maxPaneSteps || !e.before(by) {
			err = evidence.Say("pictures-of", "{#n} of {#of} pictures", taken, len(places)).Err()
			break
		}
		if _, err = e.paneStep(ctx, -1, fmt.Sprintf("to: %.0f", y)); err != nil {
			break
		}
		e.tab.Hush(ctx, frameDrawn, time.Second)
		var s *shot
		if s, err = e.shoot(ctx, nil); err != nil {
			break
		}
		taken++
		e.framed = taken
		if err := e.kept.Put(evidence.FrameName(taken), "image/png", s.png); err != nil {
			return err
		}
	}
	if err != nil {
		e.tab.Notes().Add(record.ProblemPaneCut, evidence.Say("named", "{name}: {why}", evidence.FrameName(1), e.why(err)))
	}
	return nil
}

// frameDrawn is how long a frame that has come into the window is given to draw itself.
const frameDrawn = 300 * time.Millisecond

// viewerSettles is how long a viewer of the browser's own may take to show its file, and
// viewerSteady for how long its picture must stay the same; viewerShots and viewerSame are how many
// pictures that is at least, however long they take.
const (
	viewerSettles = 8 * time.Second
	viewerShots   = 25
	viewerSteady  = 900 * time.Millisecond
	viewerSame    = 5
)

// viewedByBrowser is what the browser shows in a viewer of its own.
const viewedByBrowser = "application/pdf"

// Viewer waits until the browser's own viewer of PDF shows the file: it loads it again into a frame
// that tells nothing of how far it is. What it shows is one window of it. It returns the glimpse
// that still counts: none of what was loaded then.
func (e *Eye) Viewer(ctx context.Context, mediaType string, g *Glimpse) *Glimpse {
	if mediaType != viewedByBrowser {
		return g
	}
	e.tab.Notes().Add(record.ProblemViewer, evidence.Say("", "{type}", mediaType))
	e.viewer(ctx)
	return nil
}

func (e *Eye) viewer(ctx context.Context) {
	by := time.Now().Add(min(viewerSettles, 2*e.limits.Settle))
	var shown steady
	for (time.Now().Before(by) || shown.taken < viewerShots) && ctx.Err() == nil && !e.tab.Gone() && !e.tab.Crashed() {
		began := time.Now()
		s, err := e.shoot(ctx, nil)
		if err != nil {
			return // the first view says why
		}
		if shown.add(evidence.Sum(s.png), s.picture.Uniform(), time.Now()) {
			return
		}
		if e.tab.Pause(ctx, max(viewerSteady/4, time.Since(began))) != nil { // the viewer is to have its turn
			return
		}
	}
}

// steady tells when a picture has stayed the same: for a while, and for several pictures, because a
// slow machine takes few of them, and its viewer draws little, in that while.
type steady struct {
	last        evidence.Digest
	since       time.Time
	same, taken int
}

// add takes in a picture that was taken by now.
func (s *steady) add(sum evidence.Digest, uniform bool, now time.Time) bool {
	s.taken++
	if sum != s.last || uniform {
		s.last, s.since, s.same = sum, now, 0
		return false
	}
	s.same++
	return s.same >= viewerSame && now.Sub(s.since) >= viewerSteady
}

package sight

import (
	"context"
	"fmt"
	"time"

	"constat/capture/record"
	"constat/evidence"
)

// framesScript finds where to scroll so that every part of a frame of another site that lies
// below the first window is seen once: from the top, at most a window apart.
const framesScript = `(() => {
	const places = [];
	const parts = [];
	for (const f of Document.prototype.querySelectorAll.call(document, 'iframe, frame, object, embed')) {
		const r = f.getBoundingClientRect();
		if (r.width < 30 || r.height < 30 || r.bottom + scrollY <= innerHeight || getComputedStyle(f).visibility !== 'visible' || f.contentDocument) continue;
		if (r.right <= 0 || r.left >= innerWidth) continue;
		parts.push([Math.max(r.top + scrollY, innerHeight), r.bottom + scrollY]);
		if (parts.length === 500) break;
	}
	parts.sort((a, b) => a[0] - b[0]);
	let seen = 0;
	for (const [top, bottom] of parts) {
		for (let y = Math.max(top, seen); y < bottom; y = seen) {
			const at = Math.floor(Math.max(y - 50, 0));
			places.push(at);
			seen = at + innerHeight;
		}
		if (places.length > 1000) break;
	}
	return places;
})()`

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
		if taken == maxPaneSteps || !time.Now().Before(by) {
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
// viewerSteady for how long its picture must stay the same.
const (
	viewerSettles = 8 * time.Second
	viewerSteady  = 900 * time.Millisecond
)

// viewedByBrowser is what the browser shows in a viewer of its own.
const viewedByBrowser = "application/pdf"

// Viewer waits until the browser's own viewer of PDF shows the file: it loads it again into a
// frame that tells nothing of how far it is. What it shows is one window of it. It returns the glimpse that still counts: none of
// what was loaded then.
func (e *Eye) Viewer(ctx context.Context, mediaType string, g *Glimpse) *Glimpse {
	if mediaType != viewedByBrowser {
		return g
	}
	e.tab.Notes().Add(record.ProblemViewer, evidence.Say("", "{type}", mediaType))
	e.viewer(ctx)
	return nil
}

func (e *Eye) viewer(ctx context.Context) {
	by, since := time.Now().Add(min(viewerSettles, 2*e.limits.Settle)), time.Now()
	var last evidence.Digest
	for time.Now().Before(by) && ctx.Err() == nil && !e.tab.Gone() && !e.tab.Crashed() {
		s, err := e.shoot(ctx, nil)
		if err != nil {
			return // the first view says why
		}
		if sum := evidence.Sum(s.png); sum != last || s.picture.Uniform() {
			last, since = sum, time.Now()
		} else if time.Since(since) >= viewerSteady {
			return
		}
		if e.tab.Pause(ctx, viewerSteady/4) != nil {
			return
		}
	}
}

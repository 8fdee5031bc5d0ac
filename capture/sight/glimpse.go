package sight

import (
	"context"
	"errors"
	"time"

	"constat/capture/tab"
	"constat/evidence"
)

// Glimpse is a picture of the window that is taken while the page is watched for silence. It is the
// first view if nothing had come since it was asked for when the page has settled; see [tab.Load].
type Glimpse struct {
	at   evidence.Moment
	shot *shot
}

// courtesy is how long a page may take to be pictured while it is watched.
const courtesy = 2 * time.Second

// Glimpse takes one. It is a courtesy with a short limit: a busy page is
// pictured later, with more patience.
func (e *Eye) Glimpse(ctx context.Context) (*Glimpse, bool) {
	g := &Glimpse{at: evidence.MomentOf(e.now())}
	e.drawing.Lock()
	defer e.drawing.Unlock()
	limit, done := e.tab.Within(ctx, min(e.limits.Settle, courtesy))
	defer done()
	png, err := e.screenshot(limit, nil)
	if err != nil {
		return nil, false
	}
	g.shot, err = decode(png)
	return g, err == nil
}

// First is the first view: what the window shows before anything is touched.
type First struct {
	Pictured      evidence.Moment
	Width, Height int // pixels
	shot          *shot
}

// FirstView takes and keeps the first view: the glimpse, if there is one, or a new picture. Before
// it there is nothing usable.
func (e *Eye) FirstView(ctx context.Context, g *Glimpse) (*First, error) {
	e.progress.Step(evidence.StepFirstView)
	first, err := e.firstView(ctx, g)
	switch {
	case e.kept.Ended() != nil:
		return nil, e.kept.Ended()
	case errors.Is(err, context.DeadlineExceeded):
		return nil, &tab.NetworkError{Code: tab.CodeNoPicture, Kind: tab.KindTimeout, Address: e.address}
	case err != nil:
		return nil, err
	}
	first.Width, first.Height = first.shot.picture.Width, first.shot.picture.Height
	return first, e.kept.Put(evidence.FirstViewName, "image/png", first.shot.png)
}

// firstView takes a picture of one colour once more after a while: it may only be too early.
func (e *Eye) firstView(ctx context.Context, g *Glimpse) (*First, error) {
	var err error
	first := &First{}
	if g != nil && !e.tab.Crashed() && !e.tab.Gone() {
		first.Pictured, first.shot = g.at, g.shot
	} else {
		first.Pictured = evidence.MomentOf(e.now())
		first.shot, err = e.shoot(ctx, nil)
	}
	if err != nil || !first.shot.picture.Uniform() {
		return first, err
	}
	if err := e.tab.Pause(ctx, min(e.limits.Settle, 1500*time.Millisecond)); err != nil {
		return nil, err
	}
	first.Pictured = evidence.MomentOf(e.now())
	first.shot, err = e.shoot(ctx, nil)
	return first, err
}

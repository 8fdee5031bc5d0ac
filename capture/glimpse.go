package capture

import (
	"context"
	"time"

	"constat/evidence"
)

// glimpse is a picture of the window that is taken while the page is watched for silence. It
// is the first view if nothing had come since it was asked for when the page has settled.
type glimpse struct {
	at      evidence.Moment
	traffic time.Time     // the page's last before it
	done    chan struct{} // closed when the browser has answered, or will not
	shot    *shot         // nil: it did not
}

// maxGlimpses is how many are taken of a page that goes on loading; then it is waited for.
const maxGlimpses = 3

// glimpse asks for one. Like decoding it is a courtesy with a short limit: a busy page is
// pictured later, with more patience.
func (s *session) glimpse(ctx context.Context, traffic time.Time) *glimpse {
	g := &glimpse{at: evidence.MomentOf(s.now()), traffic: traffic, done: make(chan struct{})}
	go func() {
		defer s.wake()
		defer close(g.done)
		s.drawing.Lock()
		defer s.drawing.Unlock()
		limit, done := within(ctx, s.alive, min(s.limits.Settle, courtesy))
		defer done()
		if png, err := s.screenshot(limit, nil); err == nil {
			g.shot, _ = decode(png)
		}
	}()
	return g
}

// over tells that no picture is under way.
func (g *glimpse) over() bool { return g == nil || closed(g.done) }

// shows tells whether it is a picture of the page as it stands after its last traffic.
func (g *glimpse) shows(traffic time.Time) bool {
	return g != nil && closed(g.done) && g.shot != nil && !traffic.After(g.traffic)
}

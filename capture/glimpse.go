package capture

import (
	"context"

	"constat/evidence"
)

// glimpse is a picture of the window that is taken while the page is watched for silence. It
// is the first view if nothing had come since it was asked for when the page has settled.
type glimpse struct {
	at   evidence.Moment
	shot *shot
}

// glimpse takes one. It is a courtesy with a short limit: a busy page is
// pictured later, with more patience.
func (s *session) glimpse(ctx context.Context) (*glimpse, bool) {
	g := &glimpse{at: evidence.MomentOf(s.now())}
	s.drawing.Lock()
	defer s.drawing.Unlock()
	limit, done := s.Within(ctx, min(s.limits.Settle, courtesy))
	defer done()
	png, err := s.screenshot(limit, nil)
	if err != nil {
		return nil, false
	}
	g.shot, err = decode(png)
	return g, err == nil
}

package capture

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"constat/capture/picture"
	"constat/capture/record"
	"constat/capture/tab"
	"constat/evidence"
)

// tileHeight is the largest height of one shot, in device pixels. Single shots of
// very tall pages come out partly white.
const tileHeight = 4000

// maxTilePixels is the largest area of one shot: at most 64 MB of pixels.
const maxTilePixels = tileHeight * 4000

// shot is one picture as the browser delivered it, and what it holds.
type shot struct {
	png     []byte
	picture *picture.Picture
}

// errTurned is a shot that got lost because the page gave way to another meanwhile.
var errTurned = fmt.Errorf("the page gave way to another: %w", context.DeadlineExceeded)

// patiently takes a shot, and takes it again as long as the page gives way to others.
func (s *session) patiently(ctx context.Context, clip *page.Viewport) ([]byte, error) {
	by := time.Now().Add(s.limits.Picture / 2)
	for {
		png, err := s.screenshot(ctx, clip)
		if err != nil && strings.Contains(err.Error(), "Not attached to an active page") {
			err = errTurned
		}
		if !errors.Is(err, errTurned) || time.Now().After(by) {
			return png, err
		}
		if err := s.Pause(ctx, tab.Quiet); err != nil {
			return nil, err
		}
	}
}

// afterTurn is how long a shot that was begun on one page may take once the next is shown. The
// browser answers some of them and forgets others.
const afterTurn = time.Second

// shoot takes one picture and decodes it; clip nil means what the window shows.
func (s *session) shoot(ctx context.Context, clip *page.Viewport) (*shot, error) {
	png, err := s.draw(ctx, clip)
	if err != nil {
		return nil, err
	}
	return decode(png)
}

// draw has the browser make one picture, as it delivers it. A page that keeps its process
// busy is silenced once, and one that goes on and on is stopped.
func (s *session) draw(ctx context.Context, clip *page.Viewport) ([]byte, error) {
	s.Ebb(ctx)
	s.drawing.Lock()
	defer s.drawing.Unlock()
	png, err := s.patiently(ctx, clip)
	if s.calm(ctx, err) {
		png, err = s.patiently(ctx, clip)
	}
	return png, s.Failure(ctx, err)
}

// calm silences a page that let half of the limit for a picture go by, and reports that it
// may be asked again.
func (s *session) calm(ctx context.Context, err error) bool {
	if !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil || s.Gone() || s.Crashed() {
		return false
	}
	limit, done := s.Within(ctx, s.limits.Record)
	defer done()
	_ = s.Silence(limit) // the second attempt tells whether it helped
	_ = tab.Send(limit, page.StopLoading, cdp.Empty{})
	s.Notes().Add(record.ProblemScriptStopped, "picture not delivered after %.0f s", (s.limits.Picture / 2).Seconds())
	return true
}

func decode(png []byte) (*shot, error) {
	p, err := picture.Decode(png)
	if err != nil {
		return nil, err
	}
	return &shot{png: png, picture: p}, nil
}

func (s *session) screenshot(ctx context.Context, clip *page.Viewport) ([]byte, error) {
	limit, done := s.Within(ctx, s.limits.Picture/2)
	defer done()
	turned := s.Turned()
	lost := make(chan struct{})
	go func() {
		select {
		case <-turned:
			timer := time.NewTimer(afterTurn)
			defer timer.Stop()
			select {
			case <-timer.C:
				close(lost)
				done()
			case <-limit.Done():
			}
		case <-limit.Done():
		}
	}()
	fast := true
	// Only for what does not fit: of a short page that reads from right to left the
	// browser delivers nothing but white when it is asked to look beyond the window.
	beyond := clip != nil && (clip.Width > float64(s.window[0]) || clip.Y+clip.Height > float64(s.window[1]))
	if clip != nil {
		seen := s.lens.clip(*clip)
		clip = &seen
	}
	take := chromedp.Call[page.CaptureScreenshotParams, page.CaptureScreenshotResult]
	if s.visible {
		take = s.shootAside
	}
	result, err := take(limit, page.CaptureScreenshot, page.CaptureScreenshotParams{
		Format: page.CaptureScreenshotFormatPng, Clip: clip,
		CaptureBeyondViewport: &beyond, OptimizeForSpeed: &fast,
	})
	select {
	case <-lost:
		if err != nil && ctx.Err() == nil {
			err = errTurned
		}
	default:
	}
	return result.Data, err
}

// extent is the size of the page and of what is pictured of it, in CSS pixels.
type extent struct {
	pageWidth, pageHeight int
	width, height         int
	scale                 int
}

// measure asks how large the page is. It never is smaller than the window.
func (s *session) measure(ctx context.Context, viewWidth, viewHeight, scale int) (extent, error) {
	ask := func() (page.GetLayoutMetricsResult, error) {
		limit, done := s.Within(ctx, s.limits.Picture/2)
		defer done()
		return chromedp.Call(limit, page.GetLayoutMetrics, struct{}{})
	}
	m, err := ask()
	if s.calm(ctx, err) {
		m, err = ask()
	}
	if err != nil {
		return extent{}, s.Failure(ctx, err)
	}
	e := extent{pageWidth: viewWidth, pageHeight: viewHeight, scale: scale}
	if m.CSSContentSize != nil {
		e.pageWidth = max(viewWidth, pixels(m.CSSContentSize.Width))
		e.pageHeight = max(viewHeight, pixels(m.CSSContentSize.Height))
	}
	e.width = min(e.pageWidth, max(s.limits.MaxWidth/scale, viewWidth))
	e.height = min(e.pageHeight, max(s.limits.MaxHeight/scale, 1))
	return e, nil
}

// pixels rounds up and takes nonsense from a hostile page for the maximum.
func pixels(f float64) int {
	if !(f < math.MaxInt32) {
		return math.MaxInt32
	}
	return int(math.Ceil(f))
}

// clips cuts what is pictured into shots of at most tileHeight device pixels.
func (e extent) clips() []page.Viewport {
	// A wide tile is lower, so that its pixels fit into memory several times.
	step := max(min(tileHeight, maxTilePixels/(e.width*e.scale))/e.scale, 1)
	var list []page.Viewport
	for y := 0; y < e.height; y += step {
		list = append(list, page.Viewport{
			Y: float64(y), Width: float64(e.width), Height: float64(min(step, e.height-y)), Scale: 1,
		})
	}
	return list
}

// shootAll takes the shots in order; each is decoded and handed to take while the browser
// draws the next one. Never two at once: the browser moves its view for a
// clip, and two that overlap come out with each other's rows. It stops at the
// first shot that fails, or when take fails. What lacks something is drawn again (nil: nothing does). When the last is drawn,
// and before it is read, drawnAll is called; it must be quick.
func (s *session) shootAll(ctx context.Context, e extent, lacks func(page.Viewport, *shot) bool, drawnAll func(), take func(n int, t *shot) error) error {
	ctx, stop := context.WithCancel(ctx)
	type result struct {
		clip page.Viewport
		png  []byte
		shot *shot
		err  error
	}
	drawn, results := make(chan result), make(chan result)
	defer func() {
		stop()
		for range results { // until the last shot has ended
		}
	}()
	hand := func(to chan<- result, r result) bool {
		select {
		case to <- r:
			return r.err == nil
		case <-ctx.Done():
			return false
		}
	}
	go func() {
		defer close(drawn)
		clips := e.clips()
		for i, c := range clips {
			png, err := s.draw(ctx, &c)
			if i == len(clips)-1 && err == nil {
				drawnAll()
			}
			if !hand(drawn, result{clip: c, png: png, err: err}) {
				return
			}
		}
	}()
	go func() {
		defer close(results)
		defer func() {
			for range drawn { // until the last shot has ended
			}
		}()
		for r := range drawn {
			if r.err == nil {
				r.shot, r.err = s.exactly(ctx, r.clip, e.scale, r.png)
				for again := 1; again < framesDrawn && r.err == nil && lacks != nil && lacks(r.clip, r.shot); again++ {
					if r.png, r.err = s.draw(ctx, &r.clip); r.err == nil {
						r.shot, r.err = s.exactly(ctx, r.clip, e.scale, r.png)
					}
				}
			}
			if !hand(results, r) {
				return
			}
		}
	}()
	n := 0
	for r := range results {
		n++
		if r.err != nil {
			return r.err
		}
		if err := take(n, r.shot); err != nil {
			return err
		}
	}
	return context.Cause(ctx)
}

// exactly asserts that a shot has the size that was asked for, and tries once more. So it does
// when the top of the page shows one colour only.
func (s *session) exactly(ctx context.Context, c page.Viewport, scale int, png []byte) (*shot, error) {
	sized := func() (*shot, error) {
		t, err := decode(png)
		if w, h := int(c.Width)*scale, int(c.Height)*scale; err == nil && (t.picture.Width != w || t.picture.Height != h) {
			return nil, fmt.Errorf("%w: %d × %d pixels instead of %d × %d", picture.ErrPicture,
				t.picture.Width, t.picture.Height, w, h)
		}
		return t, err
	}
	t, err := sized()
	oneColour := err == nil && c.Y == 0 && t.picture.Uniform()
	if !oneColour && !errors.Is(err, picture.ErrPicture) {
		return t, err
	}
	if oneColour {
		if err := s.Pause(ctx, tab.Quiet); err != nil {
			return nil, err
		}
	}
	if png, err = s.draw(ctx, &c); err != nil {
		return nil, err
	}
	return sized()
}

// firstView takes what the window shows before anything is touched. A picture
// of one colour may only be too early, so it is taken once more after a while.
func (t *taking) firstView(ctx context.Context) (*shot, error) {
	first, err := t.settledView(ctx)
	if err != nil || !first.picture.Uniform() {
		return first, err
	}
	if err := t.Pause(ctx, min(t.limits.Settle, 1500*time.Millisecond)); err != nil {
		return nil, err
	}
	t.capture.Pictured = evidence.MomentOf(t.now())
	return t.shoot(ctx, nil)
}

// settledView is the picture that was taken while the page was watched, or a new one.
func (t *taking) settledView(ctx context.Context) (*shot, error) {
	if g := t.first; g != nil && !t.Crashed() && !t.Gone() {
		t.capture.Pictured = g.at
		return g.shot, nil
	}
	t.capture.Pictured = evidence.MomentOf(t.now())
	return t.shoot(ctx, nil)
}

package capture

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"constat/capture/picture"
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

// shoot takes one picture; clip nil means what the window shows. A page that
// keeps its process busy is silenced once.
func (s *session) shoot(ctx context.Context, clip *page.Viewport) (*shot, error) {
	png, err := s.screenshot(ctx, clip)
	if errors.Is(err, context.DeadlineExceeded) && ctx.Err() == nil && !s.browserGone() && !s.pageCrashed() {
		calm, done := within(ctx, s.alive, s.limits.Record)
		_ = s.silence(calm) // the second attempt tells whether it helped
		done()
		s.problem(ProblemScriptStopped, "picture not delivered after %.0f s", (s.limits.Picture / 2).Seconds())
		png, err = s.screenshot(ctx, clip)
	}
	if err != nil {
		return nil, s.failure(ctx, err)
	}
	p, err := picture.Decode(png)
	if err != nil {
		return nil, err
	}
	return &shot{png: png, picture: p}, nil
}

func (s *session) screenshot(ctx context.Context, clip *page.Viewport) ([]byte, error) {
	limit, done := within(ctx, s.alive, s.limits.Picture/2)
	defer done()
	fast, beyond := true, clip != nil
	if clip != nil && s.shrink > 0 {
		smaller := *clip
		smaller.Scale, clip = s.shrink, &smaller
	}
	params := page.CaptureScreenshotParams{
		Format: page.CaptureScreenshotFormatPng, Clip: clip,
		CaptureBeyondViewport: &beyond, OptimizeForSpeed: &fast,
	}
	if s.window {
		return s.shootAside(limit, params)
	}
	result, err := chromedp.Call(limit, page.CaptureScreenshot, params)
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
	limit, done := within(ctx, s.alive, s.limits.Picture)
	defer done()
	m, err := chromedp.Call(limit, page.GetLayoutMetrics, struct{}{})
	if err != nil {
		return extent{}, s.failure(ctx, err)
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

// shootAll takes the shots in order and hands each to take, while the browser
// draws the next one. Never two at once: the browser moves its view for a
// clip, and two that overlap come out with each other's rows. It stops at the
// first shot that fails, or when take fails.
func (s *session) shootAll(ctx context.Context, e extent, take func(n int, t *shot) error) error {
	ctx, stop := context.WithCancel(ctx)
	type result struct {
		shot *shot
		err  error
	}
	results := make(chan result)
	defer func() {
		stop()
		for range results { // until the last shot has ended
		}
	}()
	go func() {
		defer close(results)
		for _, c := range e.clips() {
			t, err := s.shootExactly(ctx, c, e.scale)
			select {
			case results <- result{t, err}:
			case <-ctx.Done():
				return
			}
			if err != nil {
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

// shootExactly asserts that a shot has the size that was asked for, and tries once more.
func (s *session) shootExactly(ctx context.Context, c page.Viewport, scale int) (*shot, error) {
	var err error
	for range 2 {
		var t *shot
		if t, err = s.shoot(ctx, &c); err == nil {
			w, h := int(c.Width)*scale, int(c.Height)*scale
			if t.picture.Width == w && t.picture.Height == h {
				return t, nil
			}
			err = fmt.Errorf("%w: %d × %d pixels instead of %d × %d", picture.ErrPicture,
				t.picture.Width, t.picture.Height, w, h)
		}
		if !errors.Is(err, picture.ErrPicture) {
			return nil, err
		}
	}
	return nil, err
}

// firstView takes what the window shows before anything is touched. A picture
// of one colour may only be too early, so it is taken once more after a while.
func (s *session) firstView(ctx context.Context) (*shot, error) {
	t, err := s.shoot(ctx, nil)
	if err != nil || !t.picture.Uniform() {
		return t, err
	}
	if err := s.pause(ctx, min(s.limits.Settle, 1500*time.Millisecond)); err != nil {
		return nil, err
	}
	return s.shoot(ctx, nil)
}

func (s *session) pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-s.lost:
		return &BrowserGoneError{What: "browser"}
	case <-timer.C:
		return nil
	}
}

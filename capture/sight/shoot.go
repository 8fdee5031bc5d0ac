package sight

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

// TileHeight is the largest height of one shot, in device pixels. Single shots of
// very tall pages come out partly white.
const TileHeight = 4000

// maxTilePixels is the largest area of one shot: at most 64 MB of pixels.
const maxTilePixels = TileHeight * 4000

// shot is one picture as the browser delivered it, and what it holds.
type shot struct {
	png     []byte
	picture *picture.Picture
}

// errTurned is a shot that got lost because the page gave way to another meanwhile.
var errTurned = fmt.Errorf("the page gave way to another: %w", context.DeadlineExceeded)

// patiently takes a shot, and takes it again as long as the page gives way to others.
func (e *Eye) patiently(ctx context.Context, clip *page.Viewport) ([]byte, error) {
	by := time.Now().Add(e.limits.Picture / 2)
	for {
		png, err := e.screenshot(ctx, clip)
		if err != nil && strings.Contains(err.Error(), "Not attached to an active page") {
			err = errTurned
		}
		if !errors.Is(err, errTurned) || time.Now().After(by) {
			return png, err
		}
		if err := e.tab.Pause(ctx, tab.Quiet); err != nil {
			return nil, err
		}
	}
}

// afterTurn is how long a shot that was begun on one page may take once the next is shown. The
// browser answers some of them and forgets others.
const afterTurn = time.Second

// shoot takes one picture and decodes it; clip nil means what the window shows.
func (e *Eye) shoot(ctx context.Context, clip *page.Viewport) (*shot, error) {
	png, err := e.draw(ctx, clip)
	if err != nil {
		return nil, err
	}
	return decode(png)
}

// draw has the browser make one picture, as it delivers it. A page that keeps its process
// busy is silenced once, and one that goes on and on is stopped.
func (e *Eye) draw(ctx context.Context, clip *page.Viewport) ([]byte, error) {
	e.tab.Ebb(ctx)
	e.drawing.Lock()
	defer e.drawing.Unlock()
	png, err := e.patiently(ctx, clip)
	if e.calm(ctx, err) {
		png, err = e.patiently(ctx, clip)
	}
	return png, e.tab.Failure(ctx, err)
}

// calm silences a page that let half of the limit for a picture go by, holds one that went on and on
// to others, and reports that it may be asked again.
func (e *Eye) calm(ctx context.Context, err error) bool {
	if !errors.Is(err, context.DeadlineExceeded) || ctx.Err() != nil || e.tab.Gone() || e.tab.Crashed() {
		return false
	}
	limit, done := e.tab.Within(ctx, e.limits.Record)
	defer done()
	// Whether it helped the second attempt tells.
	_ = e.tab.Silence(limit)
	if errors.Is(err, errTurned) {
		_ = e.tab.Hold(limit)
		e.tab.Notes().Add(record.ProblemScriptStopped, evidence.Say("held", "the page was held back from going on to another"))
	}
	_ = tab.Send(limit, page.StopLoading, cdp.Empty{})
	e.tab.Notes().
		Add(record.ProblemScriptStopped, evidence.Say("no-picture", "picture not delivered after {#n:.0f} s", (e.limits.Picture/2).Seconds()))
	return true
}

func decode(png []byte) (*shot, error) {
	p, err := picture.Decode(png)
	if err != nil {
		return nil, err
	}
	return &shot{png: png, picture: p}, nil
}

func (e *Eye) screenshot(ctx context.Context, clip *page.Viewport) ([]byte, error) {
	limit, done := e.tab.Within(ctx, e.limits.Picture/2)
	defer done()
	turned := e.tab.Turned()
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
	beyond := clip != nil && (e.away || clip.Width > float64(e.view.Width) || clip.Y+clip.Height > float64(e.view.Height))
	if clip != nil {
		seen := e.lens.clip(*clip)
		clip = &seen
	}
	take := chromedp.Call[page.CaptureScreenshotParams, page.CaptureScreenshotResult]
	if e.window {
		take = e.shootAside
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
func (e *Eye) measure(ctx context.Context) (extent, error) {
	ask := func() (page.GetLayoutMetricsResult, error) {
		limit, done := e.tab.Within(ctx, e.limits.Picture/2)
		defer done()
		return chromedp.Call(limit, page.GetLayoutMetrics, struct{}{})
	}
	m, err := ask()
	if e.calm(ctx, err) {
		m, err = ask()
	}
	if err != nil {
		return extent{}, e.tab.Failure(ctx, err)
	}
	v := e.view
	x := extent{pageWidth: v.Width, pageHeight: v.Height, scale: v.Scale}
	if m.CSSContentSize != nil {
		x.pageWidth = max(v.Width, pixels(m.CSSContentSize.Width))
		x.pageHeight = max(v.Height, pixels(m.CSSContentSize.Height))
	}
	x.width = min(x.pageWidth, max(e.limits.MaxWidth/v.Scale, v.Width))
	x.height = min(x.pageHeight, max(e.limits.MaxHeight/v.Scale, 1))
	return x, nil
}

// pixels rounds up and takes nonsense from a hostile page for the maximum.
func pixels(f float64) int {
	if !(f < math.MaxInt32) {
		return math.MaxInt32
	}
	return int(math.Ceil(f))
}

// clips cuts what is pictured into shots of at most TileHeight device pixels.
func (x extent) clips() []page.Viewport {
	// A wide tile is lower, so that its pixels fit into memory several times.
	step := max(min(TileHeight, maxTilePixels/(x.width*x.scale))/x.scale, 1)
	var list []page.Viewport
	for y := 0; y < x.height; y += step {
		list = append(list, page.Viewport{
			Y: float64(y), Width: float64(x.width), Height: float64(min(step, x.height-y)), Scale: 1,
		})
	}
	return list
}

// shootAll takes the shots in order; each is decoded and handed to take while the browser draws the
// next one. Never two at once: the browser moves its view for a clip, and two that overlap come out
// with each other's rows. It stops at the first shot that fails, or when take fails. What lacks
// something is drawn again (nil: nothing does). When the last is drawn, and before it is read,
// drawnAll is called; it must be quick.
func (e *Eye) shootAll(
	ctx context.Context,
	x extent,
	lacks func(page.Viewport, *shot) bool,
	drawnAll func(),
	take func(n int, t *shot) error,
) error {
	e.still(ctx)
	defer e.stir(ctx)
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
		clips := x.clips()
		for i, c := range clips {
			png, err := e.draw(ctx, &c)
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
				r.shot, r.err = e.exactly(ctx, r.clip, x.scale, r.png)
				for again := 1; again < framesDrawn && r.err == nil && lacks != nil && lacks(r.clip, r.shot); again++ {
					if r.png, r.err = e.draw(ctx, &r.clip); r.err == nil {
						r.shot, r.err = e.exactly(ctx, r.clip, x.scale, r.png)
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

// still keeps from the page that its window changes its size while it is pictured beyond it, and stir
// ends that once the browser has told the last of it.
func (e *Eye) still(ctx context.Context) { e.tell(ctx, "globalThis.stillness = true") }
func (e *Eye) stir(ctx context.Context) {
	e.tell(ctx, "(() => { setTimeout(() => { globalThis.stillness = false; }, 300); return true; })()")
}

// tell asks for something that a page which is busy is not waited for.
func (e *Eye) tell(ctx context.Context, script string) {
	limit, done := e.tab.Within(ctx, time.Second)
	defer done()
	var any any
	_ = e.tab.Ask(limit, script, &any)
}

// wrongSize is a picture of another size than was asked for.
type wrongSize struct{ said evidence.Said }

func (e *wrongSize) Error() string { return e.said.Detail }
func (e *wrongSize) Unwrap() error { return picture.ErrPicture }

// why says what stood in the way of a picture.
func (e *Eye) why(err error) evidence.Said {
	var size *wrongSize
	switch {
	case err == nil, e.tab.Gone(), e.tab.Crashed():
	case errors.As(err, &size):
		return size.said
	case errors.Is(err, errGone):
		return evidence.Say("pane-away", "the page took it away or put another in its place")
	case errors.Is(err, errTurned):
		return evidence.Say("gave-way", "the page gave way to another: context deadline exceeded")
	case errors.Is(err, picture.ErrPicture):
		text := strings.TrimPrefix(evidence.Shorten(err.Error(), 200), picture.ErrPicture.Error()+": ")
		return evidence.Say("bad-picture", "not a usable PNG: {text}", text)
	}
	return e.tab.Why(err)
}

// exactly asserts that a shot has the size that was asked for, and tries once more. So it does
// when the top of the page shows one colour only.
func (e *Eye) exactly(ctx context.Context, c page.Viewport, scale int, png []byte) (*shot, error) {
	sized := func() (*shot, error) {
		t, err := decode(png)
		if w, h := int(c.Width)*scale, int(c.Height)*scale; err == nil && (t.picture.Width != w || t.picture.Height != h) {
			return nil, &wrongSize{evidence.Say("wrong-size", "not a usable PNG: {#w} × {#h} pixels instead of {#forW} × {#forH}",
				t.picture.Width, t.picture.Height, w, h)}
		}
		return t, err
	}
	t, err := sized()
	oneColour := err == nil && c.Y == 0 && t.picture.Uniform()
	if !oneColour && !errors.Is(err, picture.ErrPicture) {
		return t, err
	}
	if oneColour {
		if err := e.tab.Pause(ctx, tab.Quiet); err != nil {
			return nil, err
		}
	}
	if png, err = e.draw(ctx, &c); err != nil {
		return nil, err
	}
	return sized()
}

// shootAside takes a picture and lets it end when nobody waits for it any more.
func (e *Eye) shootAside(ctx context.Context, command cdp.Command[page.CaptureScreenshotParams, page.CaptureScreenshotResult],
	p page.CaptureScreenshotParams) (page.CaptureScreenshotResult, error) {
	type answer struct {
		result page.CaptureScreenshotResult
		err    error
	}
	answered := make(chan answer, 1)
	e.shots.Go(func() {
		limit, done := context.WithTimeout(e.tab.Alive(), e.limits.Picture/2)
		defer done()
		r, err := chromedp.Call(limit, command, p)
		answered <- answer{r, err}
	})
	select {
	case a := <-answered:
		return a.result, a.err
	case <-ctx.Done():
		return page.CaptureScreenshotResult{}, ctx.Err()
	}
}

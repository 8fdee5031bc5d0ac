package capture

import (
	"context"
	"errors"
	"math"

	"constat/capture/record"
	"constat/capture/tab"

	protocol "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
)

// lens is how large a window shows its page. The zero lens shows it as it is.
type lens struct {
	zoom   float64 // pixels of the window for one of CSS: what the person set with Ctrl and +
	screen float64 // pixels of the screen for one of the window
	pinch  float64 // magnified on top of that, without a new layout: with two fingers
}

// lensOf reads what is in force. The ratio is zoom and screen together, as the isolated world tells it.
func lensOf(m page.GetLayoutMetricsResult, ratio float64) lens {
	l := lens{zoom: 1, screen: 1, pinch: 1}
	if v := m.CSSVisualViewport; v != nil {
		l.zoom, l.pinch = positive(v.Zoom), positive(v.Scale)
	}
	l.screen = positive(ratio) / l.zoom
	return l
}

func positive(f float64) float64 {
	if f > 0 && !math.IsInf(f, 0) {
		return f
	}
	return 1
}

// clip makes of a clip in CSS pixels, in which everything here is counted, the one that the browser
// wants: that counts in pixels of the window, and its picture has one pixel for each of CSS.
func (l lens) clip(c page.Viewport) page.Viewport {
	if l.zoom == 0 {
		return c
	}
	c.X, c.Y, c.Width, c.Height = c.X*l.zoom, c.Y*l.zoom, c.Width*l.zoom, c.Height*l.zoom
	c.Scale = 1 / (l.zoom * l.screen)
	return c
}

// windowed is a length of the page in pixels of the window.
func (l lens) windowed(css int) int64 { return int64(math.Round(float64(css) * positive(l.zoom))) }

func percent(f float64) int { return int(math.Round(min(f, 1000) * 100)) }

// besides100 is a factor as the record has it: 100 is left out.
func besides100(f float64) int {
	if n := percent(f); n != 100 {
		return n
	}
	return 0
}

// size sets what is pictured: what the window shows without its scroll bars, one pixel of
// the picture for each of CSS, however fine the screen is and however large the page is shown.
func (t *taking) size(ctx context.Context, ratio float64) error {
	limit, done := t.Within(ctx, t.limits.Record)
	defer done()
	m, err := chromedp.Call(limit, page.GetLayoutMetrics, struct{}{})
	// A window that was minimised has no size until it is shown.
	for err == nil && t.minimised && (m.CSSLayoutViewport == nil || m.CSSLayoutViewport.ClientHeight < 1) && t.Pause(limit, tab.Quiet/4) == nil {
		m, err = chromedp.Call(limit, page.GetLayoutMetrics, struct{}{})
	}
	if err != nil {
		return t.Failure(ctx, err)
	}
	if m.CSSLayoutViewport == nil || m.CSSLayoutViewport.ClientWidth < 1 || m.CSSLayoutViewport.ClientHeight < 1 {
		return ErrNoPage
	}
	r := &t.capture.Request
	r.ViewWidth = min(int(m.CSSLayoutViewport.ClientWidth), t.limits.MaxWidth)
	r.ViewHeight = min(int(m.CSSLayoutViewport.ClientHeight), t.limits.MaxHeight)
	t.window = [2]int{r.ViewWidth, r.ViewHeight}
	t.lens = lensOf(m, ratio)
	r.Zoom, r.ScreenScale, r.Pinch = besides100(t.lens.zoom), besides100(t.lens.screen), besides100(t.lens.pinch)
	if of, err := t.windowOf(limit); err == nil {
		t.outer = of.Bounds
	}
	return nil
}

// noteWindow tells when the person changed the zoom or the size of the window while the page was
// pictured: the tiles before and after that do not belong together.
func (t *taking) noteWindow(ctx context.Context) {
	limit, done := t.Within(ctx, t.limits.Record)
	defer done()
	if m, err := chromedp.Call(limit, page.GetLayoutMetrics, struct{}{}); err == nil {
		if before, now := percent(t.lens.zoom), percent(lensOf(m, 1).zoom); before != now {
			t.Notes().Add(record.ProblemChanged, "zoom of %d %%, then %d %%", before, now)
		}
	}
	if of, err := t.windowOf(limit); err == nil && of.Bounds != nil && t.outer != nil {
		if a, b := t.outer, of.Bounds; a.Width != b.Width || a.Height != b.Height {
			t.Notes().Add(record.ProblemChanged, "window of %d × %d px, then %d × %d px", a.Width, a.Height, b.Width, b.Height)
		}
	}
}

// unpinch shows the page unmagnified once the first view is taken: tiles would have what is fixed in
// the wrong place.
func (t *taking) unpinch(ctx context.Context) {
	if t.lens.pinch > 0 && besides100(t.lens.pinch) != 0 {
		t.magnify(ctx, 1)
	}
}

// pinchAgain magnifies the page as the person had it.
func (t *taking) pinchAgain(ctx context.Context) {
	if t.lens.pinch > 0 && besides100(t.lens.pinch) != 0 {
		t.magnify(ctx, t.lens.pinch)
	}
}

func (t *taking) magnify(ctx context.Context, factor float64) {
	limit, done := t.Within(ctx, t.limits.Record)
	defer done()
	_ = tab.Send(limit, emulation.SetPageScaleFactor, emulation.SetPageScaleFactorParams{PageScaleFactor: factor})
}

// raise brings a tab to the front that cannot be seen: only then it is drawn. A window that is
// maximised or full stays so.
func (t *taking) raise(ctx context.Context) {
	if of, err := t.windowOf(ctx); err == nil && of.Bounds != nil {
		t.minimised = of.Bounds.WindowState == protocol.WindowStateMinimized
	}
	var at spot
	if t.minimised {
		t.setWindow(ctx, protocol.WindowStateNormal) // as it was before that, which may be maximised
	} else if t.Ask(ctx, frontScript, &at) != nil || at.Visible {
		return
	}
	_ = tab.Send(ctx, page.BringToFront, cdp.Empty{})
}

func (t *taking) windowOf(ctx context.Context) (protocol.GetWindowForTargetResult, error) {
	return chromedp.CallBrowser(ctx, protocol.GetWindowForTarget, protocol.GetWindowForTargetParams{TargetID: t.ID()})
}

func (t *taking) setWindow(ctx context.Context, state protocol.WindowState) {
	if of, err := t.windowOf(ctx); err == nil {
		_, _ = chromedp.CallBrowser(ctx, protocol.SetWindowBounds, protocol.SetWindowBoundsParams{
			WindowID: of.WindowID, Bounds: &protocol.Bounds{WindowState: state},
		})
	}
}

// scrollBars gives the window back its scroll bars: shots of the whole page take them away until the
// page is laid out anew.
func (t *taking) scrollBars(ctx context.Context) {
	limit, done := t.Within(ctx, t.limits.Record)
	defer done()
	_ = errors.Join(
		tab.Send(limit, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: t.lens.windowed(t.capture.Request.ViewWidth) - 1, Height: t.lens.windowed(t.capture.Request.ViewHeight),
		}),
		tab.Send(limit, emulation.ClearDeviceMetricsOverride, cdp.Empty{}))
}

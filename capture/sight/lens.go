package sight

import (
	"context"
	"errors"
	"math"
	"time"

	"constat/capture/record"
	"constat/capture/tab"
	"constat/evidence"

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

// Standing is how a window of the person's shows its page: percentages are nought where they are 100.
type Standing struct {
	Width, Height            int // what it shows without its scroll bars, in CSS pixels
	Zoom, ScreenScale, Pinch int
}

// Stand sets what is pictured of a window: what it shows without its scroll bars, one pixel of
// the picture for each of CSS, however fine the screen is and however large the page is shown.
func (e *Eye) Stand(ctx context.Context, ratio float64) (Standing, error) {
	limit, done := e.tab.Within(ctx, e.limits.Record)
	defer done()
	m, err := e.calmSize(limit)
	if err != nil {
		return Standing{}, e.tab.Failure(ctx, err)
	}
	if m.CSSLayoutViewport == nil || m.CSSLayoutViewport.ClientWidth < 1 || m.CSSLayoutViewport.ClientHeight < 1 {
		return Standing{}, tab.ErrNoPage
	}
	v := e.shown(m)
	e.view.Width, e.view.Height = v.Width, v.Height
	e.lens = lensOf(m, ratio)
	return Standing{
		Width: e.view.Width, Height: e.view.Height,
		Zoom: besides100(e.lens.zoom), ScreenScale: besides100(e.lens.screen), Pinch: besides100(e.lens.pinch),
	}, nil
}

// shown is what is pictured of what the window shows; without an answer what is known already.
func (e *Eye) shown(m page.GetLayoutMetricsResult) View {
	if m.CSSLayoutViewport == nil {
		return e.view
	}
	return View{
		Width:  min(int(m.CSSLayoutViewport.ClientWidth), e.limits.MaxWidth),
		Height: min(int(m.CSSLayoutViewport.ClientHeight), e.limits.MaxHeight),
	}
}

// calmSize is how large the page is shown once it has the size of its window: a window that was
// minimised has none until it is shown, and one that is being made larger or smaller tells its page
// so a moment later, or earlier, and may take it back.
func (e *Eye) calmSize(ctx context.Context) (page.GetLayoutMetricsResult, error) {
	read := func() (m page.GetLayoutMetricsResult, err error) {
		if m, err = chromedp.Call(ctx, page.GetLayoutMetrics, struct{}{}); err != nil {
			return m, err
		}
		e.outer = nil
		if of, err := e.windowOf(ctx); err == nil {
			e.outer = of.Bounds
		}
		return m, nil
	}
	by := time.Now().Add(e.limits.Record / 2)
	m, err := read()
	for err == nil && time.Now().Before(by) && e.tab.Pause(ctx, tab.Quiet/4) == nil {
		before := m.CSSLayoutViewport
		if m, err = read(); err != nil {
			break
		}
		now := m.CSSLayoutViewport
		if before != nil && now != nil && now.ClientHeight > 0 && before.ClientWidth == now.ClientWidth &&
			before.ClientHeight == now.ClientHeight && fits(m, e.outer) {
			break
		}
	}
	return m, err
}

// fits reports that a page is not larger than the window it is shown in.
func fits(m page.GetLayoutMetricsResult, outer *protocol.Bounds) bool {
	if outer == nil || outer.Width == 0 || outer.Height == 0 {
		return true
	}
	zoom := 1.0
	if m.CSSVisualViewport != nil {
		zoom = positive(m.CSSVisualViewport.Zoom)
	}
	v := m.CSSLayoutViewport
	return float64(v.ClientWidth)*zoom <= float64(outer.Width)+zoom && float64(v.ClientHeight)*zoom <= float64(outer.Height)+zoom
}

// scrollBar is the most that a page may become wider or lower, in CSS pixels, because its scroll
// bars come and go.
const scrollBar = 30

// noteWindow tells when the person changed the zoom or the size of the window while the page was
// pictured: the tiles before and after that do not belong together.
func (e *Eye) noteWindow(ctx context.Context) {
	limit, done := e.tab.Within(ctx, e.limits.Record)
	defer done()
	if m, err := chromedp.Call(limit, page.GetLayoutMetrics, struct{}{}); err == nil {
		if said := lookedOtherwise(e.lens, e.view, lensOf(m, 1), e.shown(m)); said.Detail != "" {
			e.tab.Notes().Add(record.ProblemChanged, said)
		}
	}
	if of, err := e.windowOf(limit); err == nil && of.Bounds != nil && e.outer != nil {
		if a, b := e.outer, of.Bounds; a.Width != b.Width || a.Height != b.Height {
			e.tab.Notes().
				Add(record.ProblemChanged, evidence.Say("window-changed", "window of {#w} × {#h} px, then {#thenW} × {#thenH} px", a.Width, a.Height, b.Width, b.Height))
		}
	}
}

// lookedOtherwise says what is different about how a window shows its page; nothing is no words.
func lookedOtherwise(lens lens, view View, lensNow lens, now View) evidence.Said {
	switch before, then := percent(lens.zoom), percent(lensNow.zoom); {
	case before != then:
		return evidence.Say("zoom-changed", "zoom of {#n} %, then {#then} %", before, then)
	case apart(view.Width, now.Width), apart(view.Height, now.Height):
		return evidence.Say(
			"view-changed",
			"view of {#w} × {#h} px, then {#thenW} × {#thenH} px",
			view.Width,
			view.Height,
			now.Width,
			now.Height,
		)
	}
	return evidence.Said{}
}

// apart tells another size from one with other scroll bars.
func apart(a, b int) bool { return max(a-b, b-a) > scrollBar }

// unpinch shows the page unmagnified once the first view is taken: tiles would have what is fixed in
// the wrong place.
func (e *Eye) unpinch(ctx context.Context) {
	if e.pinched() {
		e.magnify(ctx, 1)
	}
}

func (e *Eye) pinched() bool { return e.lens.pinch > 0 && besides100(e.lens.pinch) != 0 }

func (e *Eye) magnify(ctx context.Context, factor float64) {
	limit, done := e.tab.Within(ctx, e.limits.Record)
	defer done()
	_ = tab.Send(limit, emulation.SetPageScaleFactor, emulation.SetPageScaleFactorParams{PageScaleFactor: factor})
}

// FrontScript asks a page whether it can be seen, and has the focus.
const FrontScript = `(() => {
		const get = (name) => Object.getOwnPropertyDescriptor(Document.prototype, name).get.call(document);
		return {visible: get('visibilityState') === 'visible', focused: Document.prototype.hasFocus.call(document)};
	})()`

// Raise brings a tab to the front that cannot be seen: only then it is drawn. A window that is
// maximised or full stays so.
func (e *Eye) Raise(ctx context.Context) {
	if of, err := e.windowOf(ctx); err == nil && of.Bounds != nil {
		e.minimised = of.Bounds.WindowState == protocol.WindowStateMinimized
	}
	var at struct{ Visible bool }
	if e.minimised {
		e.setWindow(ctx, protocol.WindowStateNormal) // as it was before that, which may be maximised
	} else if e.tab.Ask(ctx, FrontScript, &at) != nil || at.Visible {
		return
	}
	_ = tab.Send(ctx, page.BringToFront, cdp.Empty{})
}

func (e *Eye) windowOf(ctx context.Context) (protocol.GetWindowForTargetResult, error) {
	return chromedp.CallBrowser(ctx, protocol.GetWindowForTarget, protocol.GetWindowForTargetParams{TargetID: e.tab.ID()})
}

func (e *Eye) setWindow(ctx context.Context, state protocol.WindowState) {
	if of, err := e.windowOf(ctx); err == nil {
		_, _ = chromedp.CallBrowser(ctx, protocol.SetWindowBounds, protocol.SetWindowBoundsParams{
			WindowID: of.WindowID, Bounds: &protocol.Bounds{WindowState: state},
		})
	}
}

// scrollBars gives the window back its scroll bars: shots of the whole page take them away until the
// page is laid out anew.
func (e *Eye) scrollBars(ctx context.Context) {
	limit, done := e.tab.Within(ctx, e.limits.Record)
	defer done()
	_ = errors.Join(
		tab.Send(limit, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{
			Width: e.lens.windowed(e.view.Width) - 1, Height: e.lens.windowed(e.view.Height),
		}),
		tab.Send(limit, emulation.ClearDeviceMetricsOverride, cdp.Empty{}))
}

// PutBack shows the window as the person had it. The script is what restores the page's own scroll
// positions.
func (e *Eye) PutBack(ctx context.Context, script string) {
	e.scrollBars(ctx)
	if e.pinched() {
		e.magnify(ctx, e.lens.pinch)
	}
	var stands bool
	_ = e.tab.Ask(ctx, script, &stands)
	if e.minimised {
		e.setWindow(ctx, protocol.WindowStateMinimized)
	}
}

package capture

import (
	"fmt"
	"math"
	"net/http"
	"slices"
	"strings"
	"testing"

	protocol "github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"constat/capture/displaytest"
	"constat/capture/record"
	"constat/capture/sight"
	"constat/capture/tab"
	"constat/evidence"
)

// gauge is a ruler with two fixed elements, 50 pixels high, that begins in its middle. Its title tells
// how it is shown and where it is.
func gauge(height int) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		ruler(height)(w, r)
		fmt.Fprint(w, `<style>i{position:fixed;width:20px;height:50px}</style>
			<i style="top:0;left:20px;background:#f00"></i><i style="bottom:0;left:50px;background:#0f0"></i><script>
			const tell = () => document.title = Math.round(devicePixelRatio * 100) + ' % at ' + Math.round(scrollY);
			onscroll = onresize = tell; scrollTo(0, 1200); tell()</script>`)
	}
}

// gaugeHeight ends in the middle of a tile.
const gaugeHeight = 9050

// wantGauge asserts that the tiles show every row of a gauge once, at one pixel for each of CSS,
// and what is fixed once. Bands do not begin on a whole pixel at every zoom: their first and last
// row may be mixed.
func wantGauge(t *testing.T, c *Capture, sink *memory) {
	t.Helper()
	p, view := c.Page, c.Request
	if p.Width != view.ViewWidth || p.Height != p.PageHeight || p.Height < gaugeHeight-2 || p.Height > gaugeHeight || view.Scale != 1 {
		t.Fatalf("pictured %d × %d of %d, view %d, scale %d", p.Width, p.Height, p.PageHeight, view.ViewWidth, view.Scale)
	}
	for n, left := 1, p.Height; left > 0; n++ {
		size := opened(t, sink.files[evidence.TileName(n)]).Bounds().Size()
		if size.X != p.Width || size.Y != min(left, sight.TileHeight) {
			t.Fatalf("tile %d is %v", n, size)
		}
		left -= size.Y
	}
	at := wholePage(t, c, sink)
	for y := range p.Height {
		if edge := y % 100; edge < 2 || edge > 97 {
			continue
		}
		for _, x := range []int{0, p.Width / 2, p.Width - 1} {
			if got, want := at(x, y), rulerColour(y); got != want && (x != p.Width/2 || !isFixed(got)) {
				t.Fatalf("%d,%d is %v, want %v", x, y, got, want)
			}
		}
	}
	for x, place := range map[int]int{30: 0, 60: view.ViewHeight - 50} {
		first, last, rows := -1, -1, 0
		for y := range p.Height {
			if isFixed(at(x, y)) {
				if rows++; first < 0 {
					first = y
				}
				last = y
			}
		}
		if rows < 48 || rows > 51 || last-first != rows-1 || first < place-2 || first > place+2 {
			t.Errorf("what is fixed stands in %d rows from %d to %d, want 50 from %d", rows, first, last, place)
		}
	}
}

func isFixed(c [3]uint32) bool { return c == [3]uint32{255, 0, 0} || c == [3]uint32{0, 255, 0} }

// wantShown asserts that the first view has the pixels of the window and begins where the person
// had scrolled to.
func wantShown(t *testing.T, sink *memory, row int) {
	t.Helper()
	if got, want := rgb(opened(t, sink.files[evidence.FirstViewName]), 2, 10), rulerColour(row); got != want {
		t.Errorf("the first view begins with %v, want %v", got, want)
	}
}

// setZoom does what a person does, until the page is that large.
func setZoom(t *testing.T, w *Window, key string, steps int, title string) WindowPage {
	t.Helper()
	displaytest.Click(t, 500, 450)
	for range steps {
		before := shownAt(w, t)
		displaytest.Key(t, key)
		until(t, func() bool { return shownAt(w, t) != before })
	}
	return front(t, w, title)
}

// shownAt is how large the page in front says that it is shown.
func shownAt(w *Window, t *testing.T) string {
	p, err := w.Front(t.Context())
	if err != nil {
		return ""
	}
	ratio, _, _ := strings.Cut(p.Title, " at ")
	return ratio
}

func TestWindowIsKeptAtAnyZoom(t *testing.T) {
	for _, row := range []struct {
		key   string
		steps int
		zoom  int
		title string
	}{
		{"ctrl+minus", 5, 50, "50 % at 1200"},
		{"ctrl+plus", 1, 110, "110 % at 1200"},
		{"ctrl+plus", 5, 200, "200 % at 1200"},
	} {
		t.Run(fmt.Sprint(row.zoom), func(t *testing.T) {
			displaytest.Start(t, 1200, 900)
			w := opens(t, recorder(t, nil), serve(t, gauge(gaugeHeight)).URL)
			front(t, w, "100 % at 1200")
			p := setZoom(t, w, row.key, row.steps, row.title)
			c, sink := keep(t, w, p)
			wantOutcome(t, c, evidence.Complete, record.ProblemWACZLeftOut)
			wantGauge(t, c, sink)
			wantShown(t, sink, 1200)
			if r := c.Request; r.Zoom != row.zoom || r.ScreenScale != 0 || r.Pinch != 0 {
				t.Errorf("request %+v", r)
			}
			front(t, w, row.title) // zoom and place are the person's again
		})
	}
}

func TestWindowOnAFineScreen(t *testing.T) {
	for _, factor := range []int{150, 200} {
		t.Run(fmt.Sprint(factor), func(t *testing.T) {
			displaytest.Start(t, 1200, 900)
			r := recorder(t, nil)
			r.extraFlags = []string{fmt.Sprintf("force-device-scale-factor=%.1f", float64(factor)/100)}
			w := opens(t, r, serve(t, gauge(gaugeHeight)).URL)
			shown := fmt.Sprintf("%d %% at 1200", factor)
			c, sink := keep(t, w, front(t, w, shown))
			wantOutcome(t, c, evidence.Complete, record.ProblemWACZLeftOut)
			wantGauge(t, c, sink)
			wantShown(t, sink, 1200)
			if r := c.Request; r.Zoom != 0 || r.ScreenScale != factor || r.Pinch != 0 {
				t.Errorf("request %+v", r)
			}
			if w := opened(t, sink.files[evidence.FirstViewName]).Bounds().Dx(); w < c.Request.ViewWidth*factor/100 {
				t.Errorf("the first view is %d pixels wide, the view %d", w, c.Request.ViewWidth)
			}
			front(t, w, shown)
		})
	}
}

func TestWindowMagnifiedWithTwoFingers(t *testing.T) {
	displaytest.Start(t, 1200, 900)
	w := opens(t, recorder(t, nil), serve(t, gauge(gaugeHeight)).URL)
	p := front(t, w, "100 % at 1200")
	alive := w.tabs[p.tab].Alive()
	if err := tab.Send(alive, input.SynthesizePinchGesture, input.SynthesizePinchGestureParams{X: 400, Y: 300, ScaleFactor: 2}); err != nil {
		t.Fatal(err)
	}
	magnified := func() int {
		m, err := chromedp.Call(alive, page.GetLayoutMetrics, struct{}{})
		if err != nil {
			t.Fatal(err)
		}
		return int(math.Round(m.CSSVisualViewport.Scale * 100))
	}
	until(t, func() bool { return magnified() == 200 })
	c, sink := keep(t, w, p)
	wantOutcome(t, c, evidence.Complete, record.ProblemWACZLeftOut)
	wantGauge(t, c, sink)
	wantShown(t, sink, 1350) // half of the 300 pixels above the fingers went out of the window
	if r := c.Request; r.Pinch != 200 || r.Zoom != 0 {
		t.Errorf("request %+v", r)
	}
	if got := magnified(); got != 200 {
		t.Errorf("the person finds it at %d %%", got)
	}
	front(t, w, "100 % at 1200")
}

// stands waits until a window stands so; bounds that are not zero are set before.
func (w *Window) stands(t *testing.T, p WindowPage, b protocol.Bounds, done func(protocol.Bounds) bool) {
	t.Helper()
	ask := protocol.GetWindowForTargetParams{TargetID: p.tab}
	of, err := chromedp.CallBrowser(w.browser.Context(), protocol.GetWindowForTarget, ask)
	if err == nil && b != (protocol.Bounds{}) {
		_, err = chromedp.CallBrowser(w.browser.Context(), protocol.SetWindowBounds, protocol.SetWindowBoundsParams{WindowID: of.WindowID, Bounds: &b})
	}
	if err != nil {
		t.Fatal(err)
	}
	until(t, func() bool {
		of, err := chromedp.CallBrowser(w.browser.Context(), protocol.GetWindowForTarget, ask)
		return err == nil && done(*of.Bounds)
	})
}

func TestWindowFullScreenAndPartlyOffTheScreen(t *testing.T) {
	displaytest.Start(t, 1200, 900)
	w := opens(t, recorder(t, nil), serve(t, gauge(gaugeHeight)).URL)
	p := front(t, w, "100 % at 1200")
	for _, state := range []struct {
		name   string
		bounds protocol.Bounds
	}{
		{"full", protocol.Bounds{WindowState: protocol.WindowStateFullscreen}},
		{"off the screen", protocol.Bounds{Left: new(int64(900)), Top: new(int64(600)), Width: 1000, Height: 800}},
	} {
		b := state.bounds
		t.Run(state.name, func(t *testing.T) {
			as := func(now protocol.Bounds) bool {
				return b.WindowState == now.WindowState || b.WindowState == "" && now.Width == b.Width && now.Height == b.Height
			}
			w.stands(t, p, b, as)
			if b.WindowState != "" { // whatever comes of it, the next begins with a window
				normal := protocol.Bounds{WindowState: protocol.WindowStateNormal}
				defer w.stands(t, p, normal, func(now protocol.Bounds) bool { return now.WindowState == protocol.WindowStateNormal })
			}
			c, sink := keep(t, w, p)
			wantOutcome(t, c, evidence.Complete, record.ProblemWACZLeftOut)
			wantGauge(t, c, sink)
			wantShown(t, sink, 1200)
			w.stands(t, p, protocol.Bounds{}, as)
			front(t, w, "100 % at 1200")
		})
	}
}

// At 500 % the page of the narrowest window is narrower than the band of the dated copy.
func TestSmallWindowAtTheLargestZoom(t *testing.T) {
	displaytest.Start(t, 1200, 900)
	w := opens(t, recorder(t, nil), serve(t, html(`<body style="margin:0;background:#0000ff">small<script>
		onresize = () => document.title = Math.round(devicePixelRatio * 100) + ' % at ' + innerWidth; onresize()</script>`)).URL)
	front(t, w, "100 % at 1050")
	p := setZoom(t, w, "ctrl+plus", 9, "500 % at 210")
	w.stands(t, p, protocol.Bounds{Width: 500, Height: 600}, func(now protocol.Bounds) bool { return now.Width == 500 })
	c, sink := keep(t, w, front(t, w, "500 % at 100"))
	wantOutcome(t, c, evidence.Complete, record.ProblemWACZLeftOut)
	if c.Request.Zoom != 500 || c.Page.Width != 100 {
		t.Errorf("request %+v, width %d", c.Request, c.Page.Width)
	}
	dated := opened(t, sink.files[evidence.DatedName])
	if y := dated.Bounds().Dy() - 1; dated.Bounds().Dx() != 160 || rgb(dated, 99, y) != [3]uint32{0, 0, 255} || rgb(dated, 100, y) != [3]uint32{255, 255, 255} {
		t.Errorf("dated copy of %v: %v, %v", dated.Bounds(), rgb(dated, 99, y), rgb(dated, 100, y))
	}
}

// Tiles before and after a change of the window do not belong together.
func TestWindowThatChangesWhileItIsKept(t *testing.T) {
	displaytest.Start(t, 1200, 900)
	w := opens(t, recorder(t, nil), serve(t, gauge(gaugeHeight)).URL)
	p := front(t, w, "100 % at 1200")
	sink := &memory{fail: func(name string) error {
		if name == evidence.TileName(1) {
			w.stands(t, p, protocol.Bounds{Width: 800, Height: 700}, func(now protocol.Bounds) bool { return now.Width == 800 })
		}
		return nil
	}}
	c, err := w.Keep(t.Context(), p, sink, nil)
	if err != nil {
		t.Fatal(err)
	}
	if c.Outcome != evidence.Partial || !slices.ContainsFunc(c.Problems, func(p evidence.Problem) bool {
		return p.Code == record.ProblemChanged && strings.HasPrefix(p.Detail, "window of 1050 × 880 px, then 800 ×")
	}) {
		t.Errorf("outcome %s, problems %v", c.Outcome, c.Problems)
	}
}

// The browser is given a display of its own making, in which windows can be minimised without a
// window manager.
func TestMinimisedWindowIsKeptAndMinimisedAgain(t *testing.T) {
	displaytest.Start(t, 1200, 900)
	r := recorder(t, nil)
	r.extraFlags = []string{"ozone-platform=headless"}
	w := opens(t, r, serve(t, gauge(gaugeHeight)).URL)
	until(t, func() bool { return shownAt(w, t) == "100 %" })
	p, err := w.Front(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	w.stands(t, p, protocol.Bounds{Width: 1050, Height: 880}, func(now protocol.Bounds) bool { return now.Width == 1050 }) // it begins with none
	minimised := func(now protocol.Bounds) bool { return now.WindowState == protocol.WindowStateMinimized }
	w.stands(t, p, protocol.Bounds{WindowState: protocol.WindowStateMinimized}, minimised)
	c, sink := keep(t, w, p)
	wantOutcome(t, c, evidence.Complete, record.ProblemWACZLeftOut)
	wantGauge(t, c, sink)
	w.stands(t, p, protocol.Bounds{}, minimised)
}

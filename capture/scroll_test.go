package capture

import (
	"image"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"constat/capture/record"
	"constat/evidence"
)

func precondition(t *testing.T, c *Capture, item string) evidence.Precondition {
	t.Helper()
	i := slices.IndexFunc(c.Preconditions, func(p evidence.Precondition) bool { return p.Item == item })
	if i < 0 {
		t.Fatalf("no precondition %s", item)
	}
	return c.Preconditions[i]
}

func wantScrolled(t *testing.T, c *Capture, state evidence.PreconditionState, detail string) {
	t.Helper()
	if p := precondition(t, c, record.ItemScrolled); p.State != state || !strings.HasPrefix(p.Detail, detail) {
		t.Errorf("scrolled: %+v; want %s, %q", p, state, detail)
	}
}

// wholePage reads the tiles as one picture.
func wholePage(t *testing.T, c *Capture, sink *memory) func(x, y int) [3]uint32 {
	t.Helper()
	var tiles []image.Image
	for n := 1; has(c, evidence.TileName(n)); n++ {
		tiles = append(tiles, opened(t, sink.files[evidence.TileName(n)]))
	}
	return func(x, y int) [3]uint32 {
		for _, tile := range tiles {
			if y < tile.Bounds().Dy() {
				return rgb(tile, x, y)
			}
			y -= tile.Bounds().Dy()
		}
		t.Fatalf("row %d below the picture", y)
		return [3]uint32{}
	}
}

func TestShortPageNeedsNoScrolling(t *testing.T) {
	t.Parallel()
	c, _ := take(t, recorder(t, nil), serve(t, html("<p>short")).URL)
	wantOutcome(t, c, evidence.Complete)
	wantScrolled(t, c, evidence.Met, "fits the window")
}

// Each box is filled by the server when an observer sees it; the page begins at
// a fragment in its middle.
func TestObservedContentIsLoaded(t *testing.T) {
	t.Parallel()
	page := html(`<body style="margin:0"><script>
		const seen = new IntersectionObserver((list) => { for (const one of list) if (one.isIntersecting) {
			seen.unobserve(one.target);
			fetch('/colour').then((r) => r.text()).then((c) => one.target.style.background = c);
		} });
		for (let i = 0; i < 20; i++) {
			const d = document.createElement('div'); d.style.cssText = 'height:499px;border-top:1px solid'; d.id = 'b' + i; document.body.append(d); seen.observe(d);
		}
	</script>`)
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/colour" {
			io.WriteString(w, "rgb(9, 99, 199)")
			return
		}
		page(w, r)
	})
	c, sink := take(t, recorder(t, nil), server.URL+"/#b9")
	wantOutcome(t, c, evidence.Complete)
	wantScrolled(t, c, evidence.Met, "end of the page")
	at := wholePage(t, c, sink)
	for y := 250; y < 10_000; y += 500 {
		if at(600, y) != [3]uint32{9, 99, 199} {
			t.Errorf("row %d was not loaded: %v", y, at(600, y))
		}
	}
}

// A page that looks at its position only when scrolling has paused needs the slow way back.
func TestThrottledScrollHandler(t *testing.T) {
	t.Parallel()
	server := serve(t, html(`<body style="margin:0"><script>
		for (let i = 0; i < 12; i++) { const d = document.createElement('div'); d.style.height = '500px'; document.body.append(d); }
		let timer; addEventListener('scroll', () => { clearTimeout(timer); timer = setTimeout(() => {
			for (const d of document.querySelectorAll('div')) { const r = d.getBoundingClientRect();
				if (r.bottom > 0 && r.top < innerHeight) { d.style.background = 'rgb(9,99,199)'; d.className = 'on'; } }
		}, 60); });
	</script>`))
	c, sink := take(t, recorder(t, nil), server.URL)
	wantOutcome(t, c, evidence.Complete)
	at := wholePage(t, c, sink)
	for y := 250; y < 6_000; y += 500 {
		if at(600, y) != [3]uint32{9, 99, 199} {
			t.Errorf("row %d was not shown", y)
		}
	}
}

func feed(w http.ResponseWriter, r *http.Request) {
	html(`<body style="margin:0"><script>
		const more = () => { for (let i = 0; i < 5; i++) { const d = document.createElement('div'); d.style.cssText = 'height:300px;border-bottom:1px solid'; d.textContent = 'post'; document.body.append(d); } };
		for (let i = 0; i < 3; i++) more();
		addEventListener('scroll', () => { if (scrollY + innerHeight > document.documentElement.scrollHeight - 600) more(); });
	</script>`)(w, r)
}

func TestFeedWithoutEndStopsAtItsBudget(t *testing.T) {
	t.Parallel()
	server := serve(t, feed)
	for name, row := range map[string]struct {
		limit  func(*Config)
		reason string
	}{
		"pixels": {func(c *Config) { c.Limits.MaxHeight = 9_000 }, "limit of pixels"},
		"steps":  {func(c *Config) { c.Limits.ScrollSteps = 10 }, "limit of steps"},
		"time":   {func(c *Config) { c.Limits.Scroll = 300 * time.Millisecond }, "limit of time"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := take(t, recorder(t, row.limit), server.URL)
			if c.Outcome != evidence.Partial || !strings.HasPrefix(detail(c, record.ProblemScrollStopped), row.reason) {
				t.Errorf("outcome %s, problems %v", c.Outcome, c.Problems)
			}
			wantScrolled(t, c, evidence.NotMet, row.reason)
		})
	}
}

func TestFixedAndStickyStandOnce(t *testing.T) {
	t.Parallel()
	server := serve(t, html(`<body style="margin:0">
		<div style="position:fixed;top:0;left:0;width:100px;height:50px;background:rgb(255,0,0)"></div>
		<div style="position:fixed;bottom:0;left:200px;width:100px;height:50px;background:rgb(0,0,255)"></div>
		<div style="height:1000px"></div>
		<div style="position:sticky;top:0;margin-left:400px;width:100px;height:50px;background:rgb(0,255,0)"></div>
		<div style="height:100vh;margin-left:600px;width:100px;background:rgb(255,0,255)"></div>
		<div style="height:9000px"></div>`))
	c, sink := take(t, recorder(t, nil), server.URL)
	wantOutcome(t, c, evidence.Complete)
	at := wholePage(t, c, sink)
	for x, want := range map[int][3]uint32{50: {255, 0, 0}, 250: {0, 0, 255}, 450: {0, 255, 0}} {
		rows := 0
		for y := range c.Page.Height {
			if at(x, y) == want {
				rows++
			}
		}
		if rows != 50 {
			t.Errorf("%v stands in %d rows of %d, want 50", want, rows, c.Page.Height)
		}
	}
	if at(450, 1020) != [3]uint32{0, 255, 0} {
		t.Error("the sticky element is not where it belongs")
	}
}

func TestChatPaneIsCapturedInFull(t *testing.T) {
	t.Parallel()
	server := serve(t, html(`<body style="margin:0;height:100vh;overflow:hidden">
		<div id=pane style="height:600px;width:800px;overflow-y:auto"></div><script>
		const pane = document.getElementById('pane'); let oldest = 40;
		const add = (n, top) => { const d = document.createElement('div'); d.style.cssText = 'height:100px;background:rgb(' + n + ',50,150)'; top ? pane.prepend(d) : pane.append(d); };
		for (let n = 40; n < 80; n++) add(n); pane.scrollTop = 1e6;
		pane.addEventListener('scroll', () => { if (pane.scrollTop < 50 && oldest > 0) { const old = pane.scrollHeight;
			for (let i = 0; i < 20; i++) add(--oldest, true); } });
	</script>`))
	c, sink := take(t, recorder(t, nil), server.URL)
	wantOutcome(t, c, evidence.Complete)
	seen := map[uint32]bool{}
	for n := 1; has(c, evidence.PaneName(1, n)); n++ {
		img := opened(t, sink.files[evidence.PaneName(1, n)])
		for y := range 600 {
			if p := rgb(img, 400, y); p[1] == 50 && p[2] == 150 {
				seen[p[0]] = true
			}
		}
	}
	if len(seen) != 80 {
		t.Errorf("%d of 80 messages are pictured", len(seen))
	}
	first := opened(t, sink.files[evidence.FirstViewName])
	if p := rgb(first, 400, 590); p[0] != 79 {
		t.Errorf("the first view was moved: %v", p)
	}
}

func TestPageThatDrawsOnlyWhatIsVisible(t *testing.T) {
	t.Parallel()
	server := serve(t, html(`<body style="margin:0"><div id=list style="position:relative;height:15000px"></div><script>
		const list = document.getElementById('list');
		const draw = () => { list.replaceChildren(); const from = Math.max(Math.floor(scrollY / 100), 0);
			for (let n = from; n < Math.min(from + 10, 150); n++) { const d = document.createElement('div');
				d.style.cssText = 'position:absolute;width:100%;height:100px;top:' + n * 100 + 'px;background:rgb(' + n + ',50,150)'; list.append(d); } };
		addEventListener('scroll', draw); draw();
	</script>`))
	c, sink := take(t, recorder(t, nil), server.URL)
	wantOutcome(t, c, evidence.Complete)
	seen := map[uint32]bool{}
	for n := 1; has(c, evidence.ViewName(n)); n++ {
		img := opened(t, sink.files[evidence.ViewName(n)])
		for y := range img.Bounds().Dy() {
			if p := rgb(img, 400, y); p[1] == 50 && p[2] == 150 {
				seen[p[0]] = true
			}
		}
	}
	if len(seen) != 150 {
		t.Errorf("%d of 150 rows are pictured", len(seen))
	}
}

func TestWidePageIsExact(t *testing.T) {
	t.Parallel()
	server := serve(t, html(`<body style="margin:0"><div style="display:flex;width:9000px;height:2500px">
		<div style="width:8900px;background:rgb(1,2,3)"></div><div style="width:100px;background:rgb(250,0,1)"></div></div>`))
	c, sink := take(t, recorder(t, nil), server.URL)
	wantOutcome(t, c, evidence.Complete)
	at := wholePage(t, c, sink)
	if c.Page.Width != 9000 || c.Page.Height != 2500 || at(8950, 2499) != [3]uint32{250, 0, 1} || at(8899, 0) != [3]uint32{1, 2, 3} {
		t.Errorf("%d × %d, corner %v", c.Page.Width, c.Page.Height, at(8950, 2499))
	}
}

func TestAnimationsAreSettled(t *testing.T) {
	t.Parallel()
	server := serve(t, html(`<body style="margin:0"><style>
		@keyframes in { from { background: rgb(0,0,0) } to { background: rgb(0,200,0) } }
		@keyframes round { from { rotate: 0deg } to { rotate: 360deg } }
		#a { height:2000px; animation: in 400ms linear forwards; animation-play-state: paused } #a.on { animation-play-state: running }
		#b { position:absolute; top:0; width:9px; height:9px; animation: round 1s linear infinite }</style>
		<div id=a></div><div id=b></div><script>addEventListener('scroll', () => a.classList.add('on'))</script>`))
	c, sink := take(t, recorder(t, nil), server.URL)
	wantOutcome(t, c, evidence.Complete)
	if p := wholePage(t, c, sink)(640, 1000); p != [3]uint32{0, 200, 0} {
		t.Errorf("pictured at %v", p)
	}
}

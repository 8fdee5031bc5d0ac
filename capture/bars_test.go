package capture

import (
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"constat/capture/record"
	"constat/evidence"
)

// bandScript makes bands of a height, each of a colour of its own with its number as text.
const bandScript = `const bands = (into, from, to, h) => { for (let n = from; n <= to; n++) { const d = document.createElement('div');
	d.style.cssText = 'flex:none;height:' + h + 'px;box-sizing:border-box;color:#fff;padding-left:40%;background:rgb(' + n + ',7,200)'; d.textContent = 'BAND ' + n; into.append(d); } };`

// banded serves a page with its script, in the mode that its doctype says.
func banded(doctype, body string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		io.WriteString(w, doctype+`<title>Page</title><script>`+bandScript+`</script><body style="margin:0">`+body)
	}
}

// wantBands asserts that each band is whole in one picture, beyond the dated copy.
func wantBands(t *testing.T, sink *memory, bands, height int) {
	t.Helper()
	best := make([]int, bands+1)
	for name, b := range sink.files {
		if !strings.HasSuffix(name, ".png") || name == evidence.DatedName {
			continue
		}
		img := opened(t, b)
		size := img.Bounds().Size()
		for _, x := range []int{size.X / 50, size.X / 7, size.X * 3 / 10, size.X * 9 / 10} {
			run, last := 0, uint32(0)
			for y := range size.Y {
				p := rgb(img, x, y)
				if p[1] != 7 || p[2] != 200 {
					last = 0
					continue
				}
				if p[0] != last {
					run, last = 0, p[0]
				}
				if run++; int(last) <= bands {
					best[last] = max(best[last], run)
				}
			}
		}
	}
	var missing []string
	for n := 1; n <= bands; n++ {
		if best[n] < height {
			missing = append(missing, fmt.Sprintf("%d (%d rows)", n, best[n]))
		}
	}
	if missing != nil {
		t.Errorf("bands that are whole in no picture: %s", missing)
	}
}

const (
	standards = "<!doctype html>"
	bottomBar = `<div style="position:fixed;left:0;right:0;bottom:0;height:300px;background:#fff"><h2>Sign up</h2></div>`
	topBar    = `<div style="position:fixed;left:0;right:0;top:0;height:150px;background:#fff"><h2>Head</h2></div>`
	fiftyOf50 = `<div id=b></div><script>bands(b, 1, 50, 50)</script><div style="height:400px"></div>`
)

// The tiles show what is fixed where it stands at the beginning of the page, with what lies under it gone.
func TestWhatABarCoversIsPictured(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		doctype, body string
		phone         bool
	}{
		"lower":          {doctype: standards, body: fiftyOf50 + bottomBar},
		"upper":          {doctype: standards, body: fiftyOf50 + topBar},
		"both":           {doctype: standards, body: fiftyOf50 + topBar + bottomBar},
		"quirks":         {body: fiftyOf50 + bottomBar},
		"right-to-left":  {doctype: standards + "<html dir=rtl>", body: fiftyOf50 + bottomBar},
		"phone":          {doctype: standards + `<meta name=viewport content="width=device-width">`, body: fiftyOf50 + topBar + bottomBar, phone: true},
		"touches-nobody": {doctype: standards, body: fiftyOf50 + strings.Replace(bottomBar, "bottom:0", "pointer-events:none;bottom:0", 1)},
		"in-a-shadow":    {doctype: standards, body: fiftyOf50 + `<x-a></x-a><script>document.querySelector('x-a').attachShadow({mode:'open'}).innerHTML = '` + bottomBar + `'</script>`},
		"dialogue":       {doctype: standards, body: fiftyOf50 + `<div style="position:fixed;inset:0;background:#000"><p>Subscribe to our newsletter</p></div>`},
		"when-scrolled": {doctype: standards, body: fiftyOf50 + `<script>addEventListener('scroll', () => { if (scrollY > 200 && !window.k) {
			k = document.createElement('div'); k.innerHTML = '` + bottomBar + `'; document.body.append(k); } })</script>`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, banded(row.doctype, row.body))
			sink := &memory{}
			c, err := recorder(t, nil).Capture(t.Context(), evidence.Request{Address: server.URL, Phone: row.phone}, sink, nil)
			if err != nil {
				t.Fatal(err)
			}
			consistent(t, c, sink)
			wantOutcome(t, c, evidence.Complete)
			wantBands(t, sink, 50, 50)
			if !has(c, evidence.UnderName(1)) || has(c, evidence.UnderName(2)) {
				t.Errorf("artifacts %v", artifactNames(c))
			}
		})
	}
}

// Heads over nothing, as most pages have them, cost no picture and no word.
func TestHeadOverNothingIsNoProblem(t *testing.T) {
	t.Parallel()
	c, _ := take(t, recorder(t, nil), serve(t, html(`<style>header{position:fixed;top:0;left:0;right:0;height:60px;background:#36c}
		main{padding-top:60px;background:#fff}</style><body style="margin:0"><header>X</header><main><p style="height:3000px">words`)).URL)
	wantOutcome(t, c, evidence.Complete)
	if has(c, evidence.UnderName(1)) {
		t.Error("a picture of nothing")
	}
}

func TestWhatStaysCoveredIsSaid(t *testing.T) {
	t.Parallel()
	c, sink := take(t, recorder(t, nil), serve(t, banded(standards, `<div id=b></div><script>bands(b, 1, 20, 50)</script>`+bottomBar)).URL)
	wantOutcome(t, c, evidence.Partial, record.ProblemCovered)
	if got := detail(c, record.ProblemCovered); got != "200 px" { // it can be scrolled by 100
		t.Errorf("covered: %s", got)
	}
	wantBands(t, sink, 14, 50)
}

func TestBarsInPanes(t *testing.T) {
	t.Parallel()
	locked := `<style>body{height:100vh;overflow:hidden}#p{height:800px;overflow-y:auto}#w{position:relative}</style>`
	fill := `<script>bands(p, 1, 50, 60)</script>`
	for name, body := range map[string]string{
		"bar-over-it": locked + `<div id=w><div id=p></div><div style="position:absolute;left:0;right:0;bottom:0;height:300px;background:#fff">Log in</div></div>` +
			fill + `<script>p.insertAdjacentHTML('beforeend', '<div style="height:300px"></div>')</script>`,
		"head": locked + `<div id=p><div style="position:sticky;top:0;height:400px;background:#fff">pinned</div></div>` + fill,
		"head-and-composer": locked + `<div id=p><div style="position:sticky;top:0;height:250px;background:#fff">pinned</div></div>` + fill +
			`<script>p.insertAdjacentHTML('beforeend', '<div style="position:sticky;bottom:0;height:250px;background:#fff">Type</div>')</script>`,
		"head-when-scrolled": locked + `<div id=w><div id=p></div><div id=h style="display:none;position:absolute;left:0;right:0;top:0;height:300px;background:#fff">back</div></div>` +
			fill + `<script>p.addEventListener('scroll', () => { h.style.display = p.scrollTop > 100 ? 'block' : 'none' })</script>`,
		"below-the-window's": `<div style="height:700px"></div><div id=p style="height:200px;overflow-y:auto"></div><div style="height:900px"></div>` + bottomBar + fill,
		"higher-than-window": `<div id=p style="height:1500px;overflow-y:auto"></div>` + fill,
		"frame":              `<iframe src="/frame" style="width:900px;height:600px;border:0"></iframe>`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/frame" {
					banded(standards, `<div style="position:sticky;top:0;height:200px;background:#fff">head</div><div id=p></div>`+fill)(w, r)
					return
				}
				banded(standards, body)(w, r)
			})
			c, sink := take(t, recorder(t, nil), server.URL)
			wantOutcome(t, c, evidence.Complete)
			wantBands(t, sink, 50, 60)
		})
	}
}

// A frame of another site, below the first window, and a sandboxed one.
func TestForeignFramesAreScrolled(t *testing.T) {
	t.Parallel()
	fill := `<div id=p></div><script>bands(p, 1, 50, 60)</script>`
	for name, body := range map[string]string{
		"other-site": `<div style="height:1200px">x</div><iframe src="http://frame.example/frame" style="width:900px;height:500px;border:0"></iframe><div style="height:900px"></div>`,
		"sandboxed":  `<iframe sandbox="allow-scripts" src="/frame" style="width:900px;height:500px;border:0"></iframe>`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/frame" {
					banded(standards, fill)(w, r)
					return
				}
				banded(standards, body)(w, r)
			})
			r := recorder(t, nil)
			r.extraFlags = []string{"host-resolver-rules=MAP frame.example " + strings.TrimPrefix(server.URL, "http://")}
			c, sink := take(t, r, server.URL)
			wantOutcome(t, c, evidence.Complete)
			wantBands(t, sink, 50, 60)
			if text := string(sink.files[evidence.TextName]); !strings.Contains(text, "BAND 50") {
				t.Errorf("text %q", text)
			}
		})
	}
}

// The browser tells a page that its window changed its size when it is pictured beyond it.
func TestPageIsNotToldOfOurPictures(t *testing.T) {
	t.Parallel()
	c, sink := take(t, recorder(t, nil), serve(t, banded(standards, `<div id=b></div><script>bands(b, 1, 40, 100);
		for (const of of [window, visualViewport]) of.addEventListener('resize', () => { b.textContent = 'You opened the tools of a developer.' })</script>`)).URL)
	wantOutcome(t, c, evidence.Complete)
	wantBands(t, sink, 40, 100)
}

// The first of these sections stands where it is half gone, and the page cannot be scrolled up.
func TestWhatIsNeverStrongIsSaid(t *testing.T) {
	t.Parallel()
	c, _ := take(t, recorder(t, nil), serve(t, banded(standards, `<style>@keyframes f{0%{opacity:0}20%{opacity:1}80%{opacity:1}100%{opacity:0}}
		#b>div{animation:f linear both;animation-timeline:view()}</style><div id=b></div><script>bands(b, 1, 30, 150)</script><div style="height:500px"></div>`)).URL)
	wantOutcome(t, c, evidence.Partial, record.ProblemFaint)
	if got := detail(c, record.ProblemFaint); got != "1 parts" {
		t.Errorf("faint: %s", got)
	}
}

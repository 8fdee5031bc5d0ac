package capture

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"constat/capture/record"
	"constat/evidence"
)

const (
	// inner fills a frame with a pane of bands.
	inner = `<style>html,body{height:100%;overflow:hidden}</style><div id=p style="height:100%;overflow-y:auto"></div><script>bands(p, 1, 40, 100)</script>`
	// upward is a chat that has the newest ten of forty, and loads ten more each time its beginning is reached, as load says.
	upward = `<style>html,body{height:100%;overflow:hidden}@keyframes turn{to{transform:rotate(1turn)}}.spinner{width:30px;height:30px;border:3px solid;animation:turn 1s linear infinite}</style>
		<div id=p style="height:700px;overflow-y:auto"><div id=head style="min-height:2px"></div></div><script>
		let low = 31, busy = false; bands(p, 31, 40, 100); p.scrollTop = 1e6;
		const more = () => { const f = document.createDocumentFragment(), h = p.scrollHeight; bands(f, low - 10, low - 1, 100); low -= 10;
			head.after(f); p.scrollTop += p.scrollHeight - h; busy = false; };
		const reached = (load) => p.addEventListener('scroll', () => { if (p.scrollTop > 30 || busy || low <= 1) return; busy = true; load(); });
		</script>`
	// fading holds rows that take most of a second to fade in, and tells each when it comes into a pane.
	fading = `<style>html,body{height:100%;overflow:hidden} #p > div {opacity: 0; transition: opacity .9s}</style><script>const shown = (p, tell) => {
		const o = new IntersectionObserver((all) => { for (const one of all) tell(one.target, one.isIntersecting); }, {root: p}); for (const b of (p || document.getElementById('f')).children) o.observe(b); };</script>`
	// undrawn leaves undrawn what the window does not show.
	undrawn = `<style>section{content-visibility:auto;contain-intrinsic-size:auto 50px}</style><div id=f></div><script>
			for (let n = 0; n < 8; n++) { const s = document.createElement('section'); bands(s, n * 5 + 1, n * 5 + 5, 100); f.append(s); }</script>`
	// onward is a list that has twenty of fifty, and asks for ten more each time its end is reached.
	onward = `<div id=end style="height:20px"></div><script>let n = 21, busy = false; bands(f, 1, 20, 100);
		new IntersectionObserver(async (e) => { if (!e[0].isIntersecting || busy || n > 40) return; busy = true;
			await fetch('/slow'); bands(f, n, n + 9, 100); n += 10; busy = false; }, {root: window.p}).observe(end);</script>`
)

// slowly is how long a server of these tests takes: longer than any silence that is waited for.
const slowly = 3 * time.Second

// What scrolls in frames, and what is loaded slowly at an edge, stands in a picture or is named.
func TestEdgesAndFrames(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct {
		body  string
		said  string // problem
		count string // in its words
	}{
		"a pane in a pane":                 {body: `<div style="height:700px;overflow:auto"><div id=p style="height:400px;overflow:auto"></div><div id=q></div></div><script>bands(p, 1, 25, 100); bands(q, 26, 40, 100)</script>`},
		"a pane in a frame":                {body: `<h1>Page</h1><iframe src="/inner" style="width:900px;height:600px;border:0"></iframe>`},
		"a pane in a frame of another":     {body: `<h1>Page</h1><iframe src="http://localhost:PORT/inner" style="width:900px;height:600px;border:0"></iframe>`},
		"a pane in a frame in a frame":     {body: `<h1>Page</h1><iframe src="/outer" style="width:1000px;height:760px;border:0"></iframe>`},
		"a pane in a frame, in a frameset": {body: ""},
		"a page in an object":              {body: `<h1>Page</h1><object data="/list" type="text/html" style="width:900px;height:600px"></object>`},
		"a page in an embed":               {body: `<h1>Page</h1><embed src="/list" type="text/html" style="width:900px;height:600px">`},
		"a row in a frame of another":      {body: `<h1>Page</h1><iframe src="http://localhost:PORT/row" style="width:900px;height:300px;border:0"></iframe>`},
		"a pane that is put back once": {body: `<style>html,body{height:100%;overflow:hidden}</style><div id=p style="height:600px;overflow-y:auto"></div><script>bands(p, 1, 40, 100); let late;
			p.onscroll = () => { clearTimeout(late); late = setTimeout(() => { if (p.scrollTop > 1500 && !p.done) { p.done = 1; p.scrollTop = 0; } }, 100); }</script>`},
		"a list that looks late whether its end is reached": {body: `<style>html,body{height:100%;overflow:hidden}</style><div id=p style="height:600px;overflow-y:auto"></div><script>bands(p, 1, 20, 100); let late;
			p.onscroll = () => { clearTimeout(late); late = setTimeout(() => { if (p.scrollTop + p.clientHeight > p.scrollHeight - 30 && p.children.length < 40) bands(p, p.children.length + 1, p.children.length + 10, 100); }, 1400); }</script>`},
		"a pane whose page never rests": {body: `<style>html,body{height:100%;overflow:hidden}</style><div id=p style="height:600px;overflow-y:auto"></div><script>bands(p, 1, 40, 100); setInterval(() => fetch('/none'), 100)</script>`,
			said: record.ProblemPaneCut, count: "requests"},
		"a closed part in a frame":            {body: `<h1>Page</h1><iframe src="/closed" style="width:900px;height:600px;border:0"></iframe>`},
		"a closed part in a frame of another": {body: `<h1>Page</h1><iframe src="http://localhost:PORT/closed" style="width:900px;height:600px;border:0"></iframe>`},
		"a frame of another far down, in a shadow root": {body: `<h1>Page</h1><div style="height:1500px"></div><x-f></x-f><script>
			document.querySelector('x-f').attachShadow({mode: 'open'}).innerHTML = '<iframe src="http://localhost:PORT/list" style="width:900px;height:4000px;border:0"></iframe>'</script>`},
		"a frame of another far down, in a closed part": {body: `<h1>Page</h1><div style="height:1500px"></div><x-f></x-f><script>
			document.querySelector('x-f').attachShadow({mode: 'closed'}).innerHTML = '<iframe src="http://localhost:PORT/list" style="width:900px;height:4000px;border:0"></iframe>'</script>`},
		"a frame of another far down, in a frame": {body: `<h1>Page</h1><div style="height:1500px"></div><iframe src="/framed" style="width:900px;height:4000px;border:0"></iframe>`},
		"a pane that goes both ways": {body: `<div id=p style="height:600px;width:900px;overflow:auto"></div><script>bands(p, 1, 40, 100); for (const b of p.children) b.style.width = '2000px'</script>`,
			said: record.ProblemPaneCut, count: "it goes down and sideways: of 1"},
		"a pane that is hidden, its content is not": {body: `<style>html,body{height:100%;overflow:hidden}</style><div id=p style="height:600px;overflow-y:auto;visibility:hidden"></div><script>bands(p, 1, 40, 100); for (const b of p.children) b.style.visibility = 'visible'</script>`},
		"rows that fade in and out":                 {body: fading + `<div id=p style="height:600px;overflow-y:auto"></div><script>bands(p, 1, 40, 100); shown(p, (e, on) => { e.style.opacity = on ? 1 : 0; })</script>`},
		"a page whose rows fade in and out":         {body: `<style>#f > div {opacity: 0; transition: opacity .9s}</style>` + fading[strings.Index(fading, "<script>"):] + `<div id=f></div><script>bands(f, 1, 40, 100); shown(null, (e, on) => { e.style.opacity = on ? 1 : 0; })</script>`},
		"photos that a button moves": {body: `<div style="width:600px;overflow:hidden"><div id=f style="display:flex;transition:transform .2s"></div></div><button onclick="f.style.transform='translateX(-600px)'">›</button><script>
			bands(f, 1, 40, 200); for (const b of f.children) { b.style.width = '600px'; b.style.flex = 'none'; b.textContent = ''; }</script>`},
		"a pane in a frame in a frame of another":         {body: `<h1>Page</h1><iframe src="http://localhost:PORT/outer" style="width:1000px;height:760px;border:0"></iframe>`},
		"a pane in a frame in a sandbox":                  {body: `<h1>Page</h1><iframe sandbox="allow-scripts allow-same-origin" src="http://localhost:PORT/outer" style="width:1000px;height:760px;border:0"></iframe>`},
		"parts that are not drawn outside, in a frame":    {body: `<h1>Page</h1><iframe src="/undrawn" style="width:900px;height:4000px;border:0"></iframe>`},
		"a pane in a frame of this in a frame of another": {body: `<h1>Page</h1><iframe src="http://localhost:PORT/back" style="width:1000px;height:760px;border:0"></iframe>`},
		"a pane in a frame in a frame, sandboxed":         {body: `<h1>Page</h1><iframe sandbox="allow-scripts" src="/outer" style="width:1000px;height:760px;border:0"></iframe>`},
		"parts that are not drawn outside":                {body: undrawn},
		"a chat, slowly":                                  {body: upward + `<script>reached(async () => { await fetch('/slow'); more(); })</script>`},
		"a chat that shows that it loads":                 {body: upward + `<script>reached(() => { head.className = 'spinner'; setTimeout(() => { head.className = ''; more(); }, 3000); })</script>`},
		"a list in a pane, slowly":                        {body: `<style>html,body{height:100%;overflow:hidden}</style><div id=p style="height:600px;overflow-y:auto"><div id=f></div>` + onward + `</div>`},
		"a feed in a frame of another":                    {body: `<h1>Page</h1><iframe src="http://localhost:PORT/feed" style="width:900px;height:600px;border:0"></iframe>`},
		"a head that sticks, in a frame":                  {body: `<h1>Page</h1><iframe src="/head" style="width:900px;height:600px;border:0"></iframe>`},
		"a head that sticks, in a frame of another":       {body: `<h1>Page</h1><iframe src="http://localhost:PORT/head" style="width:900px;height:600px;border:0"></iframe>`},
		"a list that is drawn anew": {body: `<style>html,body{height:100%;overflow:hidden}.p{height:600px;overflow-y:auto}</style><div id=h></div><script>let n = 20;
			const draw = (top) => { const p = document.createElement('div'); p.className = 'p'; bands(p, 1, n, 100); h.replaceChildren(p); p.scrollTop = top;
			p.onscroll = () => { if (n < 40 && p.scrollTop + p.clientHeight > p.scrollHeight - 50) { n += 10; draw(p.scrollTop); } }; }; draw(0);</script>`},
		"a feed, slowly": {body: `<div id=f></div>` + onward},
		"a sign of loading, for ever": {body: `<style>@keyframes turn{to{transform:rotate(1turn)}}.spinner{width:30px;height:30px;border:3px solid;animation:turn 1s linear infinite}</style><div id=f></div><div class=spinner></div><script>bands(f, 1, 40, 100)</script>`,
			said: record.ProblemScrollStopped, count: ": 0 requests, 1 signs of it"},
		"an answer that never comes, in a pane": {body: `<style>html,body{height:100%;overflow:hidden}</style><div id=p style="height:600px;overflow-y:auto"><div id=f></div></div><script>bands(f, 1, 40, 100);
			p.addEventListener('scroll', () => { if (p.scrollTop + p.clientHeight >= p.scrollHeight - 2 && !window.k) { k = 1; fetch('/never'); } })</script>`, said: record.ProblemPaneCut, count: ": 1 requests, 0 signs of it"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, func(w http.ResponseWriter, r *http.Request) {
				page := func(body string) {
					_, port, _ := strings.Cut(r.Host, ":")
					banded(standards, strings.ReplaceAll(body, "PORT", port))(w, r)
				}
				switch r.URL.Path {
				case "/":
					if row.body == "" {
						_, _ = io.WriteString(w, `<!doctype html><title>Page</title><frameset cols="*,1000"><frame src="/none"><frame src="/inner"></frameset>`)
						return
					}
					page(row.body)
				case "/row":
					page(`<div id=f style="display:flex;overflow-x:auto;width:600px"></div><script>bands(f, 1, 40, 100); for (const b of f.children) { b.style.width = '250px'; b.style.flex = 'none'; b.textContent = ''; }</script>`)
				case "/back":
					page(`<p>outer</p><iframe src="http://127.0.0.1:PORT/inner" style="width:900px;height:600px;border:0"></iframe><p style="height:300px">more</p>`)
				case "/undrawn":
					page(undrawn)
				case "/closed":
					page(`<x-c></x-c><script>const r = document.querySelector('x-c').attachShadow({mode: 'closed'}); r.innerHTML = '<div style="height:500px;overflow:auto"></div>';
						bands(r.firstChild, 1, 40, 100)</script>`)
				case "/framed":
					page(`<iframe src="http://localhost:PORT/list" style="width:900px;height:4000px;border:0"></iframe>`)
				case "/list":
					page(`<div id=f></div><script>bands(f, 1, 40, 100)</script>`)
				case "/inner":
					page(inner)
				case "/feed":
					page(`<div id=f></div>` + onward)
				case "/head":
					page(`<style>html,body{height:100%;overflow:hidden}</style><div id=p style="height:500px;overflow-y:auto"><div style="position:sticky;top:0;height:250px;background:#222">head</div><div id=f></div></div><script>bands(f, 1, 40, 100)</script>`)
				case "/outer":
					page(`<p>outer</p><iframe src="/inner" style="width:900px;height:600px;border:0"></iframe><p style="height:300px">more</p>`)
				case "/slow":
					select {
					case <-time.After(slowly):
					case <-r.Context().Done():
					}
				case "/never":
					<-r.Context().Done()
				}
			})
			c, sink := take(t, recorder(t, nil), server.URL+"/")
			wantBands(t, sink, 40, 100)
			if row.said == "" {
				wantOutcome(t, c, evidence.Complete)
			} else if said := detail(c, row.said); c.Outcome != evidence.Partial || !strings.Contains(said, row.count) {
				t.Errorf("outcome %s: %v", c.Outcome, c.Problems)
			}
		})
	}
}

// Photos that turn by themselves may not all have been in a picture: that is said.
func TestPhotosThatTurnAreNamed(t *testing.T) {
	t.Parallel()
	server := serve(t, banded(standards, `<h1>Page</h1><div style="width:600px;overflow:hidden"><div id=f style="display:flex"></div></div><script>let n = 0;
		bands(f, 1, 30, 200); for (const b of f.children) { b.style.width = '600px'; b.style.flex = 'none'; }
		setInterval(() => { n = (n + 1) % 30; f.style.transform = 'translateX(' + -600 * n + 'px)'; }, 200)</script>`))
	c, _ := take(t, recorder(t, nil), server.URL)
	if said := detail(c, record.ProblemPaneCut); c.Outcome != evidence.Partial || !strings.Contains(said, "times while it was pictured") {
		t.Errorf("outcome %s: %v", c.Outcome, c.Problems)
	}
}

// A frame that goes on to another page while it is pictured is named, with how much of it was.
func TestFrameGoesElsewhere(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/":
			banded(standards, `<iframe src="/first" style="width:900px;height:600px;border:0"></iframe>`)(w, r)
		case "/first":
			banded(standards, `<div id=f></div><script>bands(f, 1, 20, 100); onscroll = () => { if (scrollY > 600) location = '/second'; }</script>`)(w, r)
		case "/second":
			banded(standards, `<div id=f></div><script>bands(f, 21, 40, 100)</script>`)(w, r)
		}
	})
	c, _ := take(t, recorder(t, nil), server.URL+"/")
	if said := detail(c, record.ProblemPaneCut); c.Outcome != evidence.Partial || !strings.Contains(said, " px; then the page took it away or put another in its place") {
		t.Errorf("outcome %s: %v", c.Outcome, c.Problems)
	}
}

// Rows of a pane that fade as it is scrolled, and of which no picture has the full strength, are counted.
func TestFaintRowsOfAPaneAreCounted(t *testing.T) {
	t.Parallel()
	c, _ := take(t, recorder(t, nil), serve(t, banded(standards, `<style>html,body{height:100%;overflow:hidden} @keyframes f {0%, 100% {opacity: 0} 50% {opacity: 1}}
		#p > div {animation: f linear both; animation-timeline: view()}</style><div id=p style="height:600px;overflow-y:auto"></div><script>bands(p, 1, 40, 100)</script>`)).URL)
	if said := detail(c, record.ProblemFaint); c.Outcome != evidence.Partial || !strings.HasSuffix(said, " parts") {
		t.Errorf("outcome %s: %v", c.Outcome, c.Problems)
	}
}

// All panes are counted, however many there are.
func TestManyPanesAreCounted(t *testing.T) {
	t.Parallel()
	c, _ := take(t, recorder(t, nil), serve(t, html(`<title>Page</title><p>Some words</p><style>.p{height:100px;width:200px;overflow-y:auto;float:left}</style><script>
		for (let i = 0; i < 300; i++) { const p = document.createElement('div'); p.className = 'p'; p.innerHTML = '<div style="height:300px">' + i + '</div>'; document.body.append(p); }</script>`)).URL)
	if said := detail(c, record.ProblemPanesLeft); said != "6 of 300" {
		t.Errorf("outcome %s: %v", c.Outcome, c.Problems)
	}
}

// What a page offers to show more of, and nobody opened, is counted.
func TestWhatIsFoldedIsCounted(t *testing.T) {
	t.Parallel()
	for name, row := range map[string]struct{ body, said string }{
		"details":           {`<details><summary>Comments</summary><p>hidden</p></details><details open><summary>Open</summary><p>shown</p></details>`, "1 places offer to show more"},
		"a clamped text":    {`<p style="width:200px;display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden">` + strings.Repeat("many words ", 30) + `</p>`, "1 texts are shown in part"},
		"a text that fits":  {`<p style="width:200px;display:-webkit-box;-webkit-box-orient:vertical;-webkit-line-clamp:2;overflow:hidden">few words</p>`, ""},
		"tabs":              {`<div role=tablist><button role=tab aria-selected=true>A</button><button role=tab aria-selected=false>B</button></div><div role=tabpanel>a</div><div role=tabpanel hidden>b</div>`, "1 tabs were not opened"},
		"an album":          {`<div role=dialog><p>1 of 9</p><button aria-label="Photo suivante">›</button><button aria-label="Suivant">›</button></div>`, "1 buttons lead on to what is not shown"},
		"a row, scrolled":   {`<div><div style="width:300px;overflow-x:auto"><div style="width:900px;height:100px">row</div></div><button aria-label="Next">›</button></div>`, ""},
		"behind many links": {strings.Repeat(`<a href="#x">word</a> `, 800) + `<button>View more comments</button>`, "1 places offer to show more"},
		"answers":           {`<button>View replies (3)</button><button>Voir les réponses (3)</button><button>Antwoorden bekijken (3)</button><button>En voir plus</button><a href="/other">Lire la suite</a><button aria-expanded=true>3 replies</button>`, "4 places offer to show more"},
		"in a frame":        {`<iframe srcdoc="<button>View more comments</button>"></iframe>`, "1 places offer to show more"},
		"in a shadow root":  {`<div id=s></div><script>s.attachShadow({mode: 'open'}).innerHTML = '<button>View more comments</button>'</script>`, "1 places offer to show more"},
		"a story":           {`<div style="width:400px;height:600px"><div style="display:flex;gap:2px">` + strings.Repeat(`<i style="height:3px;flex:1;background:#ccc"></i>`, 7) + `</div><div style="height:590px;background:linear-gradient(red,blue)"></div></div>`, "7 marks in a row, as photos or stories have them that follow each other; what others stand for was not looked at"},
		"dots and an arrow": {`<div style="width:500px"><img width=500 height=400 src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'/>"><button>›</button><div style="text-align:center;display:flex;gap:4px">` + strings.Repeat(`<i style="height:6px;width:6px;background:#333"></i>`, 3) + `</div></div>`, "1 buttons lead on to what is not shown, 3 marks in a row, as photos or stories have them that follow each other; what others stand for was not looked at"},
		"a bar of progress": {`<form style="width:400px;height:300px"><div style="display:flex;gap:2px">` + strings.Repeat(`<i style="height:3px;flex:1;background:#ccc"></i>`, 4) + `</div><p>Words</p></form>`, ""},
		"several":           {`<details><summary>Comments</summary><p>hidden</p></details><button>Next story</button>`, "1 places offer to show more, 1 buttons lead on to what is not shown"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c, _ := take(t, recorder(t, nil), serve(t, html(`<title>Page</title><p>Some words</p>`+row.body)).URL)
			if said := detail(c, record.ProblemFolded); said != row.said || (c.Outcome == evidence.Complete) != (row.said == "") {
				t.Errorf("outcome %s: %q", c.Outcome, said)
			}
		})
	}
}

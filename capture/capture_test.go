package capture

import (
	"bytes"
	"encoding/json"
	"fmt"
	"image"
	"image/png"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"constat/capture/device"
	"constat/capture/exchange"
	"constat/capture/record"
	"constat/capture/sight"
	"constat/capture/tab"
	"constat/evidence"
)

func TestOrdinaryPage(t *testing.T) {
	t.Parallel()
	server := serve(t, html(`<body style="margin:0"><h1>Hello é 例</h1><p style="height:2000px">text</p></body>`))
	address := server.URL + "/page?q=1#part"
	c, sink := take(t, recorder(t, nil), address)
	wantOutcome(t, c, evidence.Complete)

	p := c.Page
	host := strings.TrimPrefix(server.URL, "http://")
	if p.FinalAddress != address || p.Status != 200 || p.MediaType != "text/html" || p.HTTPVersion != "http/1.1" ||
		p.RemoteAddress != host || !p.LocalNetwork || p.TLS != nil || p.Title != "Page" || len(p.Redirects) != 0 {
		t.Errorf("page facts: %+v", p)
	}
	if p.Width != 1280 || p.Height != p.PageHeight || p.Height < 2000 {
		t.Errorf("pictured %d × %d of %d", p.Width, p.Height, p.PageHeight)
	}
	if got := string(sink.files[evidence.TextName]); !strings.Contains(got, "Hello é 例") || !strings.Contains(got, "text") {
		t.Errorf("text %q", got)
	}
	if !bytes.Contains(sink.files[evidence.MHTMLName], []byte("Snapshot-Content-Location: "+server.URL+"/page?q=1")) {
		t.Error("page.mhtml does not name the page")
	}
	if has(c, evidence.TLSChainName) {
		t.Error("a certificate chain without TLS")
	}
	b := c.Browser
	if b.Product == "" || b.Protocol == "" || b.V8 == "" || b.UserAgent == "" || !b.Headless || b.Sandbox == slices.Contains(b.Flags, "--no-sandbox") {
		t.Errorf("browser facts: %+v", b)
	}
	for _, f := range b.Flags {
		if strings.Contains(f, "/") {
			t.Errorf("flag %q holds a path", f)
		}
	}
	for _, item := range []string{record.ItemFreshProfile, device.ItemProxy, record.ItemClock, record.ItemByLink, record.ItemStartEnd, record.ItemSandbox} {
		if !slices.ContainsFunc(c.Preconditions, func(p evidence.Precondition) bool { return p.Item == item && p.State != "" }) {
			t.Errorf("no precondition %s", item)
		}
	}
	if len(c.Clock) != 1 || c.Clock[0].OffsetSecs < -2 || c.Clock[0].OffsetSecs > 5 {
		t.Errorf("clock %+v", c.Clock)
	}
	if c.Started.Zone != "CET" || !strings.HasSuffix(c.Started.Local, "+01:00") {
		t.Errorf("started %+v", c.Started)
	}
	exchanges := readHeaders(t, sink)
	if len(exchanges) != 1 || !exchanges[0].Raw || exchanges[0].Status != 200 || field(exchanges[0].Request, "Host") != host {
		t.Errorf("headers: %+v", exchanges)
	}
}

func readHeaders(t *testing.T, sink *memory) []headersExchange {
	t.Helper()
	var file headersFile
	if err := json.Unmarshal(sink.files[evidence.HeadersName], &file); err != nil || file.Format != headersFormat {
		t.Fatalf("headers.json: %v, format %q", err, file.Format)
	}
	return file.Exchanges
}

func field(list []exchange.Field, name string) string {
	for _, f := range list {
		if strings.EqualFold(f.Name, name) {
			return f.Value
		}
	}
	return ""
}

// ruler is a page of coloured bands, 100 pixels each, whose colour tells which
// band it is.
func ruler(height int) http.HandlerFunc {
	return html(fmt.Sprintf(`<body style="margin:0"><script>
		for (let y = 0; y < %d; y += 100) {
			const n = y / 100 + 1, d = document.createElement('div');
			d.style.cssText = 'height:' + Math.min(100, %d - y) + 'px;background:rgb(' + [n & 255, n >> 8, 200] + ')';
			document.body.append(d);
		}
	</script></body>`, height, height))
}

func rulerColour(y int) [3]uint32 {
	n := uint32(y/100 + 1)
	return [3]uint32{n & 255, n >> 8, 200}
}

func TestTallPagesAreExact(t *testing.T) {
	t.Parallel()
	for _, height := range []int{13_000, 20_050} {
		t.Run(fmt.Sprint(height), func(t *testing.T) {
			t.Parallel()
			server := serve(t, ruler(height))
			c, sink := take(t, recorder(t, nil), server.URL)
			wantOutcome(t, c, evidence.Complete)
			if c.Page.Height != height || c.Page.PageHeight != height {
				t.Fatalf("height %d of %d", c.Page.Height, c.Page.PageHeight)
			}
			dated := opened(t, sink.files[evidence.DatedName])
			top := dated.Bounds().Dy() - height
			if top < 50 || dated.Bounds().Dx() != 1280 {
				t.Fatalf("dated copy is %v", dated.Bounds())
			}
			y, tiles := 0, 0
			var parents []evidence.Digest
			for _, a := range c.Artifacts {
				if !evidence.IsTile(a.Name) {
					continue
				}
				tiles++
				if a.Name != evidence.TileName(tiles) || a.Role != evidence.Original {
					t.Errorf("tile %d is %+v", tiles, a)
				}
				parents = append(parents, a.SHA256)
				tile := opened(t, sink.files[a.Name])
				if tile.Bounds().Dy() > sight.TileHeight {
					t.Errorf("tile of %d pixels", tile.Bounds().Dy())
				}
				for row := range tile.Bounds().Dy() {
					for _, x := range []int{0, 640, 1279} {
						want := rulerColour(y)
						if got := rgb(tile, x, row); got != want {
							t.Fatalf("%s %d,%d is %v, want %v", a.Name, x, row, got, want)
						}
						if got := rgb(dated, x, top+y); got != want {
							t.Fatalf("dated copy %d,%d is %v, want %v", x, top+y, got, want)
						}
					}
					y++
				}
			}
			if y != height {
				t.Errorf("tiles hold %d pixels", y)
			}
			a, _ := evidence.Manifest{Artifacts: c.Artifacts}.Artifact(evidence.DatedName)
			if a.Role != evidence.Derived || !slices.Equal(a.Parents, parents) {
				t.Errorf("dated copy: %+v", a)
			}
		})
	}
}

func opened(t *testing.T, b []byte) image.Image {
	t.Helper()
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func rgb(img image.Image, x, y int) [3]uint32 {
	r, g, b, _ := img.At(x, y).RGBA()
	return [3]uint32{r >> 8, g >> 8, b >> 8}
}

func TestPictureIsCutAtTheLimit(t *testing.T) {
	t.Parallel()
	server := serve(t, ruler(9_000))
	c, _ := take(t, recorder(t, func(c *Config) { c.Limits.MaxHeight = 4_500 }), server.URL)
	wantOutcome(t, c, evidence.Partial, record.ProblemCut)
	if got, want := detail(c, record.ProblemCut), "cut at 4500 px of 9000 px"; got != want {
		t.Errorf("detail %q, want %q", got, want)
	}
	if c.Page.Height != 4_500 || c.Page.PageHeight != 9_000 {
		t.Errorf("height %d of %d", c.Page.Height, c.Page.PageHeight)
	}
}

func TestScaleTwo(t *testing.T) {
	t.Parallel()
	server := serve(t, ruler(3_000))
	sink := &memory{}
	c, err := recorder(t, nil).Capture(t.Context(), evidence.Request{Address: server.URL, Scale: 2}, sink, nil)
	if err != nil {
		t.Fatal(err)
	}
	consistent(t, c, sink)
	if c.Page.Width != 2560 || c.Page.Height != 6000 || c.Page.PageHeight != 6000 {
		t.Errorf("page %d × %d of %d", c.Page.Width, c.Page.Height, c.Page.PageHeight)
	}
	tile := opened(t, sink.files[evidence.TileName(2)])
	if tile.Bounds().Dy() != 2000 || rgb(tile, 9, 0) != rulerColour(2000) {
		t.Errorf("second tile %v begins with %v", tile.Bounds(), rgb(tile, 9, 0))
	}
}

func TestRedirectsAreRecorded(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		switch r.URL.Path {
		case "/1":
			w.Header().Set("Set-Cookie", "secret=1")
			http.Redirect(w, r, "/2", http.StatusFound)
		case "/2":
			http.Redirect(w, r, "/3", http.StatusMovedPermanently)
		case "/3":
			io.WriteString(w, `<meta http-equiv="refresh" content="0;url=/4">`)
		case "/4":
			io.WriteString(w, `<script>location.href = "/5"</script>`)
		case "/5":
			io.WriteString(w, `<title>End</title><p>arrived`)
		default:
			http.NotFound(w, r)
		}
	})
	c, sink := take(t, recorder(t, nil), server.URL+"/1")
	wantOutcome(t, c, evidence.Complete)
	at := func(n int) string { return fmt.Sprintf("%s/%d", server.URL, n) }
	want := []evidence.Redirect{
		{From: at(1), To: at(2), Kind: "http", Status: 302},
		{From: at(2), To: at(3), Kind: "http", Status: 301},
		{From: at(3), To: at(4), Kind: "meta"},
		{From: at(4), To: at(5), Kind: "script"},
	}
	if !slices.Equal(c.Page.Redirects, want) {
		t.Errorf("redirects %+v", c.Page.Redirects)
	}
	if c.Page.FinalAddress != at(5) || c.Page.Title != "End" {
		t.Errorf("ended at %q %q", c.Page.FinalAddress, c.Page.Title)
	}
	exchanges := readHeaders(t, sink)
	var statuses []int
	for _, x := range exchanges {
		statuses = append(statuses, x.Status)
		if !x.Raw {
			t.Errorf("%s without raw headers", x.Address)
		}
	}
	if !slices.Equal(statuses, []int{302, 301, 200, 200, 200}) {
		t.Errorf("exchanges %v", statuses)
	}
	if field(exchanges[0].Response, "Location") != "/2" {
		t.Errorf("first answer: %+v", exchanges[0].Response)
	}
}

func TestSessionHeadersAreTakenOut(t *testing.T) {
	t.Parallel()
	const secret = "s3cr3t-of-the-session"
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Add("Set-Cookie", "a="+secret)
		w.Header().Add("Set-Cookie", "b="+secret)
		w.Header().Set("X-CSRF-Token", secret)
		w.Header().Add("X-Twice", "one")
		w.Header().Add("X-Twice", "two")
		if r.URL.Path == "/" {
			http.Redirect(w, r, "/next", http.StatusFound)
			return
		}
		io.WriteString(w, "<p>page")
	})
	c, sink := take(t, recorder(t, nil), server.URL)
	for name, b := range sink.files {
		if bytes.Contains(b, []byte(secret)) {
			t.Errorf("%s holds a session", name)
		}
	}
	want := []evidence.Redaction{
		{Place: "headers.json: request", What: "Cookie", Reason: "session-data", Count: 1},
		{Place: "headers.json: response", What: "Set-Cookie", Reason: "session-data", Count: 4},
		{Place: "headers.json: response", What: "X-Csrf-Token", Reason: "session-data", Count: 2},
		{Place: "page.wacz: request", What: "Cookie", Reason: "session-data", Count: 2},
		{Place: "page.wacz: response", What: "Set-Cookie", Reason: "session-data", Count: 6},
		{Place: "page.wacz: response", What: "X-Csrf-Token", Reason: "session-data", Count: 3},
	}
	if !slices.Equal(c.Redactions, want) {
		t.Errorf("redactions %+v", c.Redactions)
	}
	twice := 0
	for _, f := range readHeaders(t, sink)[1].Response {
		if f.Name == "X-Twice" {
			twice++
		}
	}
	if twice != 2 {
		t.Errorf("a header that came twice is there %d times", twice)
	}
}

func TestPracticeIsMarked(t *testing.T) {
	t.Parallel()
	server := serve(t, html("<p>page"))
	_, plain := take(t, recorder(t, nil), server.URL)
	_, marked := take(t, recorder(t, func(c *Config) { c.Practice = true }), server.URL)
	a := opened(t, plain.files[evidence.DatedName]).Bounds().Dy()
	img := opened(t, marked.files[evidence.DatedName])
	if img.Bounds().Dy() <= a || rgb(img, 2, 2) != [3]uint32{0xb0, 0, 0x20} {
		t.Errorf("no mark: %d and %d pixels", a, img.Bounds().Dy())
	}
}

func TestHostileTitleIsKeptAsItIs(t *testing.T) {
	t.Parallel()
	server := serve(t, html("<script>document.title = 'a\\u202eb\\u0007c'</script><form><input name=title></form>"+
		"<img name=body><img name=title><p>words"))
	c, sink := take(t, recorder(t, nil), server.URL)
	// The browser itself makes a blank of the control character.
	if c.Page.Title != "a\u202eb c" {
		t.Errorf("title %q", c.Page.Title)
	}
	if !strings.Contains(string(sink.files[evidence.TextName]), "words") {
		t.Errorf("text %q", sink.files[evidence.TextName])
	}
}

func TestLazyPicturesAreLoaded(t *testing.T) {
	t.Parallel()
	var far bytes.Buffer
	if err := png.Encode(&far, image.NewGray(image.Rect(0, 0, 40, 40))); err != nil {
		t.Fatal(err)
	}
	asked := make(chan struct{}, 4)
	page := html(`<body style="margin:0"><div style="height:11000px"></div><img loading=lazy src="/far.png">`)
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/far.png" {
			page(w, r)
			return
		}
		asked <- struct{}{}
		w.Header().Set("Content-Type", "image/png")
		w.Write(far.Bytes())
	})
	c, _ := take(t, recorder(t, nil), server.URL)
	wantOutcome(t, c, evidence.Complete)
	if len(asked) != 1 {
		t.Errorf("the far picture was asked for %d times", len(asked))
	}
}

func TestBandSaysWhere(t *testing.T) {
	page := func(address string) shownPage { return shownPage{Shown: tab.Shown{Address: address}} }
	w := &way{request: evidence.Request{Address: " https://Example.org "}}
	if b := w.band(page("https://example.org/")); b.Entered != "" || b.Address != "https://example.org/" || b.Mark != "" {
		t.Errorf("band %+v", b)
	}
	if b := w.band(page("https://example.org/login")); b.Entered != "https://Example.org" {
		t.Errorf("the address that was entered is missing: %+v", b)
	}
}

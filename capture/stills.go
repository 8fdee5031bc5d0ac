package capture

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"image"
	"image/png"
	"io"
	"math"
	"net"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"constat/capture/record"
	"constat/capture/tab"
	"constat/evidence"
)

// Still is a file of which a picture is wanted, and what became of it.
type Still struct {
	MediaType string
	Size      int64
	Open      func(ctx context.Context) (io.ReadCloser, error) // from its beginning, as often as it is asked

	// Every is how many seconds lie between two stills of a film; nought: four moments of it.
	Every int

	PNG []byte // the picture; nil: the browser showed none
	// Times are the places of a film that the picture shows, in seconds; empty for what stands still.
	Times []string
	// Sheets are all of them where stills are wanted at intervals: the first is PNG.
	Sheets [][]byte
	// Of is how many stills the film would have.
	Of int
}

// ItemFilmStills is the item of the checklist that says which stills of films there are, where they were asked for.
const ItemFilmStills = record.ItemFilmStills

// MaxStills is how many stills of one film are made.
const MaxStills = maxSheets * onSheet

const (
	stillWidth  = 1240 // CSS pixels: a sheet of paper at 150 dots an inch
	stillHeight = 1754
	stillLimit  = 40 * time.Second // for one file
	stillsLimit = 5 * time.Minute
	maxStillPNG = 24 << 20
	stillLooks  = 60 // at a PDF, until it is drawn
	onSheet     = 12 // stills of a film
	maxSheets   = 10
)

// ShowsStill reports whether the browser may be able to show a file of that type, of which this
// program draws no picture itself.
func ShowsStill(mediaType string) bool {
	return mediaType == "image/avif" || mediaType == "image/heic" || mediaType == "image/heif" || mediaType == "application/pdf" || strings.HasPrefix(mediaType, "video/")
}

// Stills has an empty browser show files, and pictures them: a photo whole, the first page of a PDF, four
// moments of a film on one sheet. The files are served on this device alone, at an address that nobody can
// guess; the browser reaches nothing else. What it cannot show stays without a picture. It returns how the
// browser calls itself.
func (r *Recorder) Stills(ctx context.Context, files []*Still) (product string, err error) {
	ctx, stop := context.WithTimeout(ctx, stillsLimit)
	defer stop()
	alone := *r
	alone.extraFlags = append(alone.extraFlags[:len(alone.extraFlags):len(alone.extraFlags)], "host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1")
	req := evidence.Request{ViewWidth: stillWidth, ViewHeight: stillHeight, Scale: 1}
	s, err := newStillServer()
	if err != nil {
		return "", err
	}
	defer s.close()
	// The last of two flags of one name counts. Loopback goes by the proxy only when it is told to.
	alone.extraFlags = append(alone.extraFlags, "proxy-server=http://"+s.listener.Addr().String(), "proxy-bypass-list=<-loopback>")
	b, err := alone.startWithTab(ctx, req)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, b.Close()) }()
	for _, f := range files {
		if ctx.Err() != nil || b.tab.Gone() || b.tab.Crashed() {
			break // what is left stays without a picture
		}
		s.show(f)
		one, done := b.tab.Within(ctx, stillLimit)
		picture(one, b.tab, s.address, f)
		done()
	}
	return b.Facts.Product, context.Cause(ctx)
}

// picture makes the picture of one file, if it can.
func picture(ctx context.Context, t *tab.Tab, address string, f *Still) {
	switch {
	case f.MediaType == "application/pdf":
		if goTo(ctx, address+"file#toolbar=0&navpanes=0&scrollbar=0&view=Fit") == nil {
			f.PNG = shootPDF(ctx, t)
		}
	case goTo(ctx, address) == nil:
		if f.Every > 0 {
			stillsAt(ctx, t, f)
			return
		}
		script := photoScript
		if strings.HasPrefix(f.MediaType, "video/") {
			script = fmt.Sprintf(momentsScript, 0, 0, onSheet)
		}
		if answer := sheetAsked(ctx, t, script); answer != nil {
			f.PNG, f.Times = shootStill(ctx, answer.Width, answer.Height), answer.Times
		}
	}
}

// sheet is what a script drew.
type sheet struct {
	Width, Height, Length float64
	Times                 []string
}

func sheetAsked(ctx context.Context, t *tab.Tab, script string) *sheet {
	var answer sheet
	if t.Ask(ctx, script, &answer) != nil || answer.Width < 1 || answer.Height < 1 {
		return nil
	}
	return &answer
}

// stillsAt makes the sheets of a film.
func stillsAt(ctx context.Context, t *tab.Tab, f *Still) {
	for n := range maxSheets {
		answer := sheetAsked(ctx, t, fmt.Sprintf(momentsScript, f.Every, n*onSheet*f.Every, onSheet))
		if answer == nil || len(answer.Times) == 0 {
			return
		}
		f.Of = max(int(math.Ceil(answer.Length/float64(f.Every))), 1)
		png := shootStill(ctx, answer.Width, answer.Height)
		if png == nil {
			return
		}
		f.Sheets, f.Times = append(f.Sheets, png), append(f.Times, answer.Times...)
		f.PNG = f.Sheets[0]
		if len(f.Times) >= f.Of {
			return
		}
	}
}

// goTo goes to an address and does not wait for more than that it begins.
func goTo(ctx context.Context, address string) error {
	answer, err := chromedp.Call(ctx, page.Navigate, page.NavigateParams{URL: address})
	if err == nil && answer.ErrorText != "" {
		err = errors.New(answer.ErrorText)
	}
	return err
}

// photoScript shows a picture as large as the sheet allows, and never larger than it is.
const photoScript = `(async () => {
	const i = document.createElement('img');
	i.style.cssText = 'position:absolute;left:0;top:0;max-width:100vw;max-height:100vh;background:#fff';
	i.src = 'file';
	document.body.append(i);
	await i.decode();
	const r = i.getBoundingClientRect();
	return {Width: Math.floor(r.width), Height: Math.floor(r.height), Times: []};
})()`

// momentsScript draws moments of a film on one sheet, each with its time below it: four of it, or one each so
// many seconds from a second on. The film stays where it is for the next sheet.
const momentsScript = `(async (every, from, most) => {
	const known = globalThis.film;
	const v = globalThis.film = known || document.createElement('video');
	if (globalThis.drawn) globalThis.drawn.remove();
	const wait = (name) => new Promise((done, fail) => {
		v.addEventListener(name, done, {once: true});
		v.addEventListener('error', () => fail(new Error('film')), {once: true});
	});
	if (!known) {
		v.muted = true; v.preload = 'auto'; v.src = 'file';
		const loaded = wait('loadeddata');
		v.load();
		await loaded;
	}
	if (!v.videoWidth) throw new Error('no picture');
	const length = Number.isFinite(v.duration) ? v.duration : 0;
	let times = length > 0.5 ? [0, length / 4, length / 2, length * 3 / 4] : [0];
	if (every) {
		times = [];
		for (let at = from; at < Math.max(length, 0.1) && times.length < most; at += every) times.push(at);
	}
	const columns = every ? 3 : times.length > 1 ? 2 : 1, band = 34, gap = 8;
	const wide = every ? 408 : 616, high = every ? 400 : 800;
	const scale = Math.min(wide / v.videoWidth, high / v.videoHeight, 1);
	const w = Math.max(Math.round(v.videoWidth * scale), 160), h = Math.round(v.videoHeight * scale);
	const c = document.createElement('canvas');
	c.width = columns * w + (columns - 1) * gap; c.height = Math.ceil(times.length / columns) * (h + band);
	c.style.cssText = 'position:absolute;left:0;top:0';
	const g = c.getContext('2d');
	g.fillStyle = '#fff'; g.fillRect(0, 0, c.width, c.height);
	g.font = '20px sans-serif';
	const said = [];
	for (let n = 0; n < times.length; n++) {
		if (n > 0 || from > 0) { const there = wait('seeked'); v.currentTime = times[n]; await there; }
		const x = n %% columns * (w + gap), y = Math.floor(n / columns) * (h + band);
		g.drawImage(v, x, y, Math.round(v.videoWidth * scale), h);
		said.push(v.currentTime.toFixed(1));
		g.fillStyle = '#000'; g.fillText(said[n] + ' s', x + 2, y + h + 24);
	}
	document.body.append(c);
	globalThis.drawn = c;
	await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
	return {Width: c.width, Height: c.height, Length: length, Times: said};
})(%d, %d, %d)`

// shootStill pictures the upper left of the sheet.
func shootStill(ctx context.Context, width, height float64) []byte {
	clip := &page.Viewport{Width: min(width, stillWidth), Height: min(height, stillHeight), Scale: 1}
	result, err := chromedp.Call(ctx, page.CaptureScreenshot, page.CaptureScreenshotParams{Format: page.CaptureScreenshotFormatPng, Clip: clip})
	if err != nil {
		return nil
	}
	return checkedPNG(result.Data)
}

// shootPDF waits until the browser's viewer has drawn the page: until two pictures are the same and show
// a sheet with something on it. A request for a password and a notice that it cannot be read are none.
func shootPDF(ctx context.Context, t *tab.Tab) []byte {
	var before []byte
	for range stillLooks {
		now := shootStill(ctx, stillWidth, stillHeight)
		if now != nil && bytes.Equal(now, before) {
			if sheet := sheetOf(now); sheet != nil {
				return sheet
			}
		}
		before = now
		if t.Pause(ctx, 250*time.Millisecond) != nil {
			break
		}
	}
	return nil
}

func checkedPNG(b []byte) []byte {
	c, err := png.DecodeConfig(bytes.NewReader(b))
	if err != nil || len(b) > maxStillPNG || c.Width > 2*stillWidth || c.Height > 2*stillHeight {
		return nil
	}
	return b
}

// sheetOf cuts the sheet out of what lies around it in the viewer; nil where there is none that spans the
// view in one direction, or nothing is on it.
func sheetOf(b []byte) []byte {
	img, err := png.Decode(bytes.NewReader(b))
	if err != nil {
		return nil
	}
	type colour [3]uint32
	at := func(x, y int) colour {
		r, g, bl, _ := img.At(x, y).RGBA()
		return colour{r, g, bl}
	}
	bounds := img.Bounds()
	around := at(bounds.Max.X-1, bounds.Max.Y-1)
	var sheet image.Rectangle
	seen := map[colour]bool{}
	for y := bounds.Min.Y; y < bounds.Max.Y; y++ {
		for x := bounds.Min.X; x < bounds.Max.X; x++ {
			if c := at(x, y); c != around {
				sheet = sheet.Union(image.Rect(x, y, x+1, y+1))
				if len(seen) < 3 {
					seen[c] = true
				}
			}
		}
	}
	cut, ok := img.(interface {
		SubImage(image.Rectangle) image.Image
	})
	if !ok || len(seen) < 3 || sheet.Dx()*100 < bounds.Dx()*85 && sheet.Dy()*100 < bounds.Dy()*85 {
		return nil
	}
	var out bytes.Buffer
	if png.Encode(&out, cut.SubImage(sheet)) != nil {
		return nil
	}
	return out.Bytes()
}

// stillServer serves one file at a time on this device.
type stillServer struct {
	listener net.Listener
	server   *http.Server
	address  string
	mu       sync.Mutex
	now      stillServed // what is served
}

// stillServed is a file at its address.
type stillServed struct {
	*Still
	token string
}

func newStillServer() (*stillServer, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	s := &stillServer{listener: l}
	s.server = &http.Server{Handler: s, ReadHeaderTimeout: 10 * time.Second}
	go func() { _ = s.server.Serve(l) }()
	return s, nil
}

func (s *stillServer) close() { _ = s.server.Close() }

// show serves another file from now on, at another address.
func (s *stillServer) show(f *Still) {
	at := stillServed{f, rand.Text()}
	u := url.URL{Scheme: "http", Host: s.listener.Addr().String(), Path: "/" + at.token + "/"}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.address, s.now = u.String(), at
}

// ServeHTTP implements [http.Handler].
func (s *stillServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	f := s.now
	s.mu.Unlock()
	// It is the browser's proxy, too: whatever else is asked for, of any host and port, ends here.
	if r.Host != s.listener.Addr().String() || r.Method == http.MethodConnect {
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	w.Header().Set("Content-Security-Policy", "default-src 'none'; img-src 'self'; media-src 'self'; object-src 'self'; plugin-types application/pdf")
	switch r.URL.Path {
	case "/" + f.token + "/":
		w.Header().Set("Content-Type", "text/html")
		_, _ = io.WriteString(w, "<!doctype html><body style='margin:0;background:#fff'>")
	case "/" + f.token + "/file":
		w.Header().Set("Content-Type", f.MediaType)
		if f.MediaType == "application/pdf" {
			w.Header().Del("Content-Security-Policy")
		}
		body := &again{ctx: r.Context(), f: f.Still}
		defer body.close()
		http.ServeContent(w, r, "", time.Time{}, body)
	default:
		http.NotFound(w, r)
	}
}

// again is a file that can be read from its beginning only, as one that can be read from anywhere.
type again struct {
	ctx     context.Context
	f       *Still
	r       io.ReadCloser
	at, now int64 // wanted, and where r is
}

// Read implements [io.Reader].
func (a *again) Read(p []byte) (int, error) {
	if a.at >= a.f.Size {
		return 0, io.EOF
	}
	if a.r == nil || a.now > a.at {
		a.close()
		r, err := a.f.Open(a.ctx)
		if err != nil {
			return 0, err
		}
		a.r, a.now = r, 0
	}
	if a.now < a.at {
		n, err := io.CopyN(io.Discard, a.r, a.at-a.now)
		if a.now += n; err != nil {
			return 0, err
		}
	}
	n, err := a.r.Read(p)
	a.now += int64(n)
	a.at = a.now
	return n, err
}

// Seek implements [io.Seeker].
func (a *again) Seek(off int64, whence int) (int64, error) {
	switch whence {
	case io.SeekCurrent:
		off += a.at
	case io.SeekEnd:
		off += a.f.Size
	}
	if off < 0 {
		return a.at, fmt.Errorf("seek to %d", off)
	}
	a.at = off
	return off, nil
}

func (a *again) close() {
	if a.r != nil {
		_ = a.r.Close()
		a.r = nil
	}
}

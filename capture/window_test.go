package capture

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image/png"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"

	"constat/capture/chrome"
	"constat/capture/displaytest"
	"constat/capture/record"
	"constat/evidence"
)

// club is a site with a sign-in form, and pages for those alone who signed in.
type club struct {
	*httptest.Server
	mu    sync.Mutex
	asked []string      // method and path of every request, in order
	words []string      // what the pages told of themselves
	late  chan struct{} // closed when the second page may come
}

// The secrets that must not be in any file.
const (
	clubPassword = "hunter-9f3a"
	clubSession  = "5e551074b0c4"
)

func openClub(t *testing.T) *club {
	t.Helper()
	c := &club{late: make(chan struct{})}
	c.Server = serve(t, c.answer)
	t.Cleanup(sync.OnceFunc(func() {
		select {
		case <-c.late:
		default:
			close(c.late)
		}
	}))
	return c
}

func (c *club) answer(w http.ResponseWriter, r *http.Request) {
	c.mu.Lock()
	if r.URL.Path == "/tell" {
		c.words = append(c.words, r.URL.RawQuery)
		c.mu.Unlock()
		w.WriteHeader(http.StatusNoContent)
		return
	}
	c.asked = append(c.asked, r.Method+" "+r.URL.Path)
	c.mu.Unlock()
	cookie, err := r.Cookie("session")
	member := err == nil && cookie.Value == clubSession
	body := ""
	switch {
	case r.URL.Path == "/login" && r.Method == http.MethodPost:
		if r.FormValue("name") == "ana" && r.FormValue("password") == clubPassword {
			http.SetCookie(w, &http.Cookie{Name: "session", Value: clubSession, HttpOnly: true})
			http.SetCookie(w, &http.Cookie{Name: "seen", Value: clubSession})
			http.Redirect(w, r, "/members", http.StatusSeeOther)
			return
		}
		body = "<h1>wrong</h1>"
	case r.URL.Path == "/login":
		body = `<title>Sign in</title><form method=post action="/login">
			<input name=name onfocus="tell('field')" style="width:90%;height:500px"><input name=password type=password><button>In</button></form>
			<script>tell('form')</script>`
	case !member:
		http.Redirect(w, r, "/login?ticket="+clubSession, http.StatusFound)
		return
	case r.URL.Path == "/members":
		body = `<title>Members</title><style>body{margin:0} i{display:block;height:100px}</style>
			<a href="/second" target="_blank" id=a style="position:fixed;right:0;bottom:0;width:200px;height:200px;background:#0000ff">next</a>
			<button id=b style="display:block;width:100%;height:500px" onclick="c.hidden=false;b.remove();tell('opened')">comments</button>
			<div id=c hidden></div>
			<script>for (let n = 0; n < 40; n++) c.innerHTML += '<i style="background:rgb(' + n * 6 + ',200,50)">comment ' + n + '</i>';
			onscroll = () => tell('y' + Math.round(scrollY)); tell('members')</script>`
	case r.URL.Path == "/second":
		<-c.late
		body = `<title>Second</title><body style="background:#00ff00"><h1>second page</h1><script>tell('second')</script>`
	default:
		http.NotFound(w, r)
		return
	}
	w.Header().Set("Content-Type", "text/html; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	io.WriteString(w, "<!doctype html><script>tell = (s) => fetch('/tell?' + s)</script>"+body)
}

// told returns what the pages told last that begins so.
func (c *club) told(prefix string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, w := range slices.Backward(c.words) {
		if strings.HasPrefix(w, prefix) {
			return w
		}
	}
	return ""
}

func (c *club) requests(which string) int {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := 0
	for _, a := range c.asked {
		if a == which {
			n++
		}
	}
	return n
}

// signIn does what a person does.
func (c *club) signIn(t *testing.T) {
	t.Helper()
	until(t, func() bool { return c.told("form") != "" })
	press(t, 500, 450, func() bool { return c.told("field") != "" }) // the field is as wide as the window
	displaytest.Type(t, "ana")
	displaytest.Key(t, "Tab")
	displaytest.Type(t, clubPassword)
	displaytest.Key(t, "Return")
	until(t, func() bool { return c.told("members") != "" })
}

// front waits until the window shows a page with that title.
func front(t *testing.T, w *Window, title string) WindowPage {
	t.Helper()
	var p WindowPage
	until(t, func() bool {
		var err error
		p, err = w.Front(t.Context())
		return err == nil && p.Title == title
	})
	return p
}

func keep(t *testing.T, w *Window, p WindowPage) (*Capture, *memory) {
	t.Helper()
	sink := &memory{}
	c, err := w.Keep(t.Context(), p, sink, nil)
	if err != nil {
		t.Fatalf("keep: %v", err)
	}
	consistent(t, c, sink)
	return c, sink
}

func opens(t *testing.T, r *Recorder, start string) *Window {
	t.Helper()
	w, err := r.OpenWindow(t.Context(), start)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := w.Close(); err != nil {
			t.Error(err)
		}
	})
	return w
}

// A person signs in, opens the comments, scrolls, keeps the page, goes on to another one in
// a tab of its own, keeps that, and closes the window.
func TestSignedInPageIsKeptAsItStands(t *testing.T) {
	displaytest.Start(t, 1200, 900)
	site := openClub(t)
	r := recorder(t, nil)
	w := opens(t, r, site.URL+"/login")
	site.signIn(t)
	press(t, 500, 450, func() bool { return site.told("opened") != "" }) // so is the button
	displaytest.Do(t, "click", "--repeat", "6", "5")                     // the wheel
	until(t, func() bool { return len(site.told("y")) == len("y700") })
	at := settledScroll(t, site)
	displaytest.Picture(t, "window-signed-in")

	c, sink := keep(t, w, front(t, w, "Members"))
	wantOutcome(t, c, evidence.Complete, record.ProblemWACZLeftOut)
	if n := site.requests("GET /members"); n != 1 {
		t.Errorf("the page was asked for %d times", n)
	}
	p := c.Page
	if p.FinalAddress != site.URL+"/members" || c.Request.Address != p.FinalAddress || !c.Request.Window || p.Status != 200 ||
		p.RemoteAddress != strings.TrimPrefix(site.URL, "http://") || len(p.Redirects) != 0 || c.Browser.Headless {
		t.Errorf("request %+v, page %+v, headless %t", c.Request, p, c.Browser.Headless)
	}
	// The first view is the window as it stood; the tiles are the page from its top.
	shown, err := png.Decode(bytes.NewReader(sink.files[evidence.FirstViewName]))
	if err != nil {
		t.Fatal(err)
	}
	red, green, _, _ := shown.At(10, 5).RGBA()
	if got, want := int(red>>8)/6, (at+5)/100; got != want || green>>8 != 200 {
		t.Errorf("first view begins with comment %d, want %d (scrolled to %d)", got, want, at)
	}
	tile, err := png.Decode(bytes.NewReader(sink.files[evidence.TileName(1)]))
	if err != nil {
		t.Fatal(err)
	}
	for n := range 39 {
		if red, green, _, _ := tile.At(10, n*100+50).RGBA(); int(red>>8)/6 != n || green>>8 != 200 {
			t.Errorf("row %d of the tile is no comment %d", n*100+50, n)
		}
	}
	if p.Height != p.PageHeight || p.Height != 4000 || p.Width != c.Request.ViewWidth {
		t.Errorf("pictured %d × %d of %d, view %d", p.Width, p.Height, p.PageHeight, c.Request.ViewWidth)
	}
	if !strings.Contains(string(sink.files[evidence.TextName]), "comment 39") {
		t.Error("the opened comments are not in the text")
	}
	noSecrets(t, c, sink)
	for _, want := range []evidence.Redaction{
		{Place: "headers.json: request", What: "Cookie", Reason: "session-data", Count: 1},
		{Place: "headers.json: request", What: "Referer", Reason: "before-keeping", Count: 1},
		{Place: "manifest.json: redirects", What: "Redirect", Reason: "before-keeping", Count: 1},
	} {
		if !slices.Contains(c.Redactions, want) {
			t.Errorf("no redaction %+v in %+v", want, c.Redactions)
		}
	}
	for item, state := range map[string]evidence.PreconditionState{
		record.ItemFreshProfile: evidence.Met, record.ItemEmptyCache: evidence.NotMet, record.ItemFirstPage: evidence.NotChecked, record.ItemByLink: evidence.NotChecked,
	} {
		if !slices.ContainsFunc(c.Preconditions, func(p evidence.Precondition) bool { return p.Item == item && p.State == state }) {
			t.Errorf("precondition %s is not %s", item, state)
		}
	}
	// It stands as it stood, and takes input again.
	until(t, func() bool { return site.told("y") == "y"+strconv.Itoa(at) })
	displaytest.Do(t, "click", "4")
	until(t, func() bool { return settledScroll(t, site) < at })

	// The next page, in a tab that the page opens.
	members := front(t, w, "Members")
	displaytest.Click(t, 900, 800)
	until(t, func() bool { return site.requests("GET /second") == 1 && w.pages(t) == 2 })
	close(site.late)
	until(t, func() bool { return site.told("second") != "" })
	second := front(t, w, "Second")
	displaytest.Picture(t, "window-second")
	c, sink = keep(t, w, second)
	wantOutcome(t, c, evidence.Complete, record.ProblemWACZLeftOut)
	if c.Page.FinalAddress != site.URL+"/second" || c.Page.Status != 200 || site.requests("GET /second") != 1 {
		t.Errorf("second page: %+v, %v, asked for %d times", c.Page, c.Problems, site.requests("GET /second"))
	}
	noSecrets(t, c, sink)
	// The first one is behind it, and can still be kept.
	c, _ = keep(t, w, members)
	if c.Page.Title != "Members" || site.requests("GET /members") != 1 {
		t.Errorf("page behind: %+v", c.Page)
	}

	// "New window" of the menu would be one with a history.
	displaytest.Key(t, "ctrl+n")
	until(t, func() bool { return w.pages(t) == 2 })
	displaytest.Picture(t, "window-after-new")
	displaytest.Click(t, 500, 300) // it may have taken the keyboard with it
	displaytest.Key(t, "ctrl+shift+w")
	ends(t, w)
	if _, err := w.Front(t.Context()); !isGone(err) {
		t.Errorf("front of a closed window: %v", err)
	}
	if _, err := w.Keep(t.Context(), second, &memory{}, nil); !isGone(err) {
		t.Errorf("keep of a closed window: %v", err)
	}
	if left := leftovers(r.config.WorkDir); len(left) > 0 {
		t.Errorf("left behind: %s", left)
	}
}

// pages counts the pages of the browser, also outside of the window's own context.
func (w *Window) pages(t *testing.T) (n int) {
	t.Helper()
	list, err := chromedp.CallBrowser(w.browser.Context(), target.GetTargets, target.GetTargetsParams{})
	if err != nil {
		t.Error(err)
	}
	for _, one := range list.TargetInfos {
		if one.Type == "page" {
			n++
		}
	}
	return n
}

// until waits for what a person would wait for, on a busy machine.
func until(t *testing.T, condition func() bool) {
	t.Helper()
	tick := time.NewTicker(20 * time.Millisecond)
	defer tick.Stop()
	late := time.After(paced(t, time.Minute))
	for !condition() {
		select {
		case <-tick.C:
		case <-late:
			displaytest.Picture(t, "window-failed")
			t.Fatal("it did not come about")
		}
	}
}

// press clicks, as often as a person would when nothing happens: a window that has just
// opened does not listen yet.
func press(t *testing.T, x, y int, done func() bool) {
	t.Helper()
	again := paced(t, 2*time.Second)
	clicked := time.Now().Add(-again - time.Second)
	until(t, func() bool {
		if !done() && time.Since(clicked) > again {
			displaytest.Click(t, x, y)
			clicked = time.Now()
		}
		return done()
	})
}

func isGone(err error) bool {
	var gone *BrowserGoneError
	return errors.As(err, &gone)
}

func ends(t *testing.T, w *Window) {
	t.Helper()
	select {
	case <-w.Done():
	case <-time.After(paced(t, time.Minute)):
		displaytest.Picture(t, "window-failed")
		t.Fatal("the window has not ended")
	}
}

// settledScroll is where the page is when it has come to rest.
func settledScroll(t *testing.T, site *club) int {
	t.Helper()
	tick := time.NewTicker(300 * time.Millisecond)
	defer tick.Stop()
	before := ""
	for range 30 {
		now := site.told("y")
		if now == before {
			break
		}
		before = now
		<-tick.C
	}
	y, err := strconv.Atoi(strings.TrimPrefix(before, "y"))
	if err != nil {
		t.Fatalf("scrolled to %q", before)
	}
	return y
}

func noSecrets(t *testing.T, c *Capture, sink *memory) {
	t.Helper()
	all := fmt.Sprintf("%+v", *c)
	for _, b := range sink.files {
		all += string(b)
	}
	for _, secret := range []string{clubPassword, clubSession, "/login"} {
		if strings.Contains(all, secret) {
			t.Errorf("the record holds %q", secret)
		}
	}
}

// Cancelling is answered at once and leaves the window as it was; a browser that is
// killed takes the window with it.
func TestWindowOutlivesACancelledKeepAndNotItsBrowser(t *testing.T) {
	displaytest.Start(t, 1200, 900)
	server := serve(t, html(`<body style="height:9000px"><h1 style="padding-top:600px">here</h1><script>onscroll = () => document.title = 'at ' + scrollY; scrollTo(0, 500)</script>`))
	r := recorder(t, nil)
	w := opens(t, r, server.URL)
	p := front(t, w, "at 500")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	began := time.Now()
	sink := &memory{fail: func(name string) error {
		if name == evidence.TileName(1) {
			began = time.Now()
			cancel()
		}
		return nil
	}}
	if c, err := w.Keep(ctx, p, sink, nil); c != nil || !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v, %v", c, err)
	}
	if took := time.Since(began); took > paced(t, 3*time.Second) { // a busy machine; alone it is a fraction of a second
		t.Errorf("answered after %v", took)
	}
	front(t, w, "at 500")
	c, _ := keep(t, w, p)
	wantOutcome(t, c, evidence.Complete, record.ProblemWACZLeftOut)
	if _, err := w.Keep(t.Context(), WindowPage{Address: server.URL + "/other", tab: p.tab}, &memory{}, nil); !isChanged(err) {
		t.Errorf("another page: %v", err)
	}
	if err := chromedp.FromContext(w.browser.Context()).Browser.Process().Kill(); err != nil {
		t.Fatal(err)
	}
	ends(t, w)
	if left := leftovers(r.config.WorkDir); len(left) > 0 {
		t.Errorf("left behind: %s", left)
	}
}

func isChanged(err error) bool {
	var changed *PageChangedError
	return errors.As(err, &changed)
}

// What scrolls inside of the page is put back, too; the window's own pages are none to keep,
// and what the page asks meanwhile is not the person's to answer.
func TestKeptPageIsPutBack(t *testing.T) {
	displaytest.Start(t, 1200, 900)
	server := serve(t, html(`<style>#p{height:400px;overflow:auto} i{display:block;height:100px}</style><div id=p></div><p style="height:3000px">
		<script>for (let n = 0; n < 30; n++) p.innerHTML += '<i>line ' + n + '</i>'; p.scrollTop = 700;
		const at = () => document.title = p.scrollTop + ' of ' + scrollY;
		p.onscroll = onscroll = () => { at(); if (p.scrollTop === 0 && !window.asked) { asked = true; alert('sure?') } }; at()</script>`))
	w := opens(t, recorder(t, nil), "")
	if _, err := w.Front(t.Context()); !errors.Is(err, ErrNoPage) {
		t.Errorf("empty window: %v", err)
	}
	if err := w.Close(); err != nil {
		t.Error(err)
	}
	w = opens(t, recorder(t, nil), server.URL)
	p := front(t, w, "700 of 0")
	c, _ := keep(t, w, p)
	wantOutcome(t, c, evidence.Complete, record.ProblemWACZLeftOut, record.ProblemDialog)
	if !has(c, evidence.PaneName(1, 1)) {
		t.Error("the pane is not pictured")
	}
	front(t, w, "700 of 0")
}

func TestWindowNeedsAScreen(t *testing.T) {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return // they always have one
	}
	t.Setenv("DISPLAY", "")
	t.Setenv("WAYLAND_DISPLAY", "")
	for _, display := range []string{"", ":9999"} { // none, and one that does not exist
		t.Setenv("DISPLAY", display)
		_, err := recorder(t, nil).OpenWindow(t.Context(), "")
		var start *chrome.StartError
		if !errors.As(err, &start) || start.Hint != chrome.HintDisplay {
			t.Errorf("display %q: %v", display, err)
		}
	}
	_, err := recorder(t, nil).OpenWindow(t.Context(), "ftp://example.org/")
	var address *AddressError
	if !errors.As(err, &address) {
		t.Errorf("address: %v", err)
	}
}

package capture

import (
	"context"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"encoding/base64"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"constat/capture/chrome"
	"constat/capture/record"
	"constat/capture/tab"
	"constat/evidence"
	"constat/internal/pace"
)

// impatient limits are for pages of which something never comes.
func impatient(c *Config) {
	p := pace.Browser(c.Executable.Path)
	c.Limits.Load = p.Of(1500 * time.Millisecond)
	c.Limits.Settle = p.Of(time.Second)
	c.Limits.Picture = p.Of(8 * time.Second)
	c.Limits.Record = p.Of(3 * time.Second)
}

func TestUntrustedCertificateIsRefused(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(html("<p>page"))
	t.Cleanup(server.Close)
	err := refuse[*NetworkError](t, recorder(t, nil), server.URL)
	if err.Kind != KindTLS || err.Code != "net::ERR_CERT_AUTHORITY_INVALID" || err.Address != server.URL {
		t.Errorf("error %+v", err)
	}
}

// The product has no switch that weakens the check of certificates. This test
// adds one for the one key of its own server, through a field that only tests can set.
func TestTLSFactsAndChain(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(html("<p>page"))
	server.EnableHTTP2 = true
	server.StartTLS()
	t.Cleanup(server.Close)
	r := recorder(t, nil)
	key := sha256.Sum256(server.Certificate().RawSubjectPublicKeyInfo)
	r.extraFlags = []string{"ignore-certificate-errors-spki-list=" + base64.StdEncoding.EncodeToString(key[:])}
	c, sink := take(t, r, server.URL)
	wantOutcome(t, c, evidence.Complete)
	if c.Page.TLS == nil {
		t.Fatal("no TLS facts")
	}
	f := *c.Page.TLS
	if f.Protocol != "TLS 1.3" || f.Cipher == "" || f.KeyExchange == "" || len(f.Names) == 0 ||
		!f.ValidFrom.Equal(server.Certificate().NotBefore) || !f.ValidTo.Equal(server.Certificate().NotAfter) ||
		f.LeafSHA256 != evidence.Sum(server.Certificate().Raw) {
		t.Errorf("TLS facts %+v", f)
	}
	if c.Page.HTTPVersion != "h2" {
		t.Errorf("protocol %q", c.Page.HTTPVersion)
	}
	block, _ := pem.Decode(sink.files[evidence.TLSChainName])
	if block == nil {
		t.Fatal("no PEM")
	}
	if cert, err := x509.ParseCertificate(block.Bytes); err != nil || !cert.Equal(server.Certificate()) {
		t.Errorf("first certificate of the chain: %v", err)
	}
}

func TestOldTLSIsRefused(t *testing.T) {
	t.Parallel()
	server := httptest.NewUnstartedServer(html("<p>page"))
	server.TLS = &tls.Config{MaxVersion: tls.VersionTLS10}
	server.StartTLS()
	t.Cleanup(server.Close)
	if err := refuse[*NetworkError](t, recorder(t, nil), server.URL); err.Kind != KindTLS {
		t.Errorf("error %+v", err)
	}
}

func TestNobodyListens(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	address := "http://" + l.Addr().String()
	l.Close()
	if err := refuse[*NetworkError](t, recorder(t, nil), address); err.Kind != KindRefused || err.Code != "net::ERR_CONNECTION_REFUSED" {
		t.Errorf("error %+v", err)
	}
}

func TestNameDoesNotExist(t *testing.T) {
	t.Parallel()
	if err := refuse[*NetworkError](t, recorder(t, nil), "http://nowhere.invalid/"); err.Kind != KindDNS {
		t.Errorf("error %+v", err)
	}
}

func TestRedirectToNowhereIsAnError(t *testing.T) {
	t.Parallel()
	server := serve(t, html(`<script>location.href = "http://nowhere.invalid/"</script>`))
	if err := refuse[*NetworkError](t, recorder(t, nil), server.URL); err.Kind != KindDNS {
		t.Errorf("error %+v", err)
	}
}

// hanging serves what begin writes, and then nothing until the test ends.
func hanging(t *testing.T, begin http.HandlerFunc) *httptest.Server {
	ended := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		begin(w, r)
		http.NewResponseController(w).Flush()
		select {
		case <-ended:
		case <-r.Context().Done():
		}
	}))
	t.Cleanup(func() { close(ended); server.Close() })
	return server
}

func TestServerNeverAnswers(t *testing.T) {
	t.Parallel()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	e := refuse[*NetworkError](t, recorder(t, impatient), "http://"+l.Addr().String())
	if e.Kind != KindTimeout || e.Code != tab.CodeNoAnswer {
		t.Errorf("error %+v", e)
	}
}

func TestHalfAnAnswer(t *testing.T) {
	t.Parallel()
	var count counted
	half := "<title>Half</title><h1>the first half</h1>" + strings.Repeat(" ", 2048)
	server := hanging(t, count.count(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		io.WriteString(w, half)
	}))
	c, sink := take(t, recorder(t, impatient), server.URL)
	wantOutcome(t, c, evidence.Partial, record.ProblemLoadTimeout, record.ProblemWACZIncomplete)
	count.once(t, "GET /")
	if a := answerTo(t, recordsOf(t, sink), "/"); a.truncated != "time" || a.body != half {
		t.Errorf("archived %q, %q", a.truncated, a.body)
	}
	if !strings.Contains(string(sink.files[evidence.TextName]), "the first half") {
		t.Errorf("text %q", sink.files[evidence.TextName])
	}
}

func TestAnswerBreaksOff(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		w.Header().Set("Content-Length", "90000")
		io.WriteString(w, "<h1>begins</h1>"+strings.Repeat("x ", 2048))
		http.NewResponseController(w).Flush()
		conn, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			conn.Close()
		}
	})
	c, sink := take(t, recorder(t, impatient), server.URL)
	wantOutcome(t, c, evidence.Partial, record.ProblemIncomplete, record.ProblemWACZIncomplete)
	if a := answerTo(t, recordsOf(t, sink), "/"); a.truncated != "disconnect" || !strings.Contains(a.body, "<") {
		t.Errorf("archived %q, %q", a.truncated, a.body)
	}
}

func TestResourceWithoutEnd(t *testing.T) {
	t.Parallel()
	server := hanging(t, func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/" {
			w.Header().Set("Content-Length", "47")
			w.Header().Set("Content-Type", "text/html")
			io.WriteString(w, `<h1>here</h1><img src="/never.png" width="10" >`)
		}
	})
	c, _ := take(t, recorder(t, impatient), server.URL)
	wantOutcome(t, c, evidence.Partial, record.ProblemLoadTimeout)
}

func TestMissingPicturesAreCounted(t *testing.T) {
	t.Parallel()
	server := serve(t, html(`<h1>here</h1><img src="/missing/1"><img src="/missing/2"><img src="http://nowhere.invalid/3">`))
	c, _ := take(t, recorder(t, nil), server.URL)
	wantOutcome(t, c, evidence.Partial, record.ProblemResourceFailed)
	if got, want := detail(c, record.ProblemResourceFailed), "3: 1 × Image net::ERR_NAME_NOT_RESOLVED, 2 × Image 404"; got != want {
		t.Errorf("detail %q, want %q", got, want)
	}
}

func TestDialogsAreDismissedAndKept(t *testing.T) {
	t.Parallel()
	server := serve(t, html(`<h1>here</h1><script>alert("pay\u202e or else"); if (confirm("sure?")) document.write("no");
		addEventListener("beforeunload", (e) => e.preventDefault())</script>`))
	c, sink := take(t, recorder(t, nil), server.URL)
	wantOutcome(t, c, evidence.Complete, record.ProblemDialog, record.ProblemDialog)
	if got, want := detail(c, record.ProblemDialog), "alert: pay or else"; got != want {
		t.Errorf("detail %q, want %q", got, want)
	}
	if got := string(sink.files[evidence.TextName]); strings.Contains(got, "no") {
		t.Errorf("text %q", got)
	}
}

func TestDialogsWithoutEnd(t *testing.T) {
	t.Parallel()
	server := serve(t, html(`<h1>here</h1><script>for (;;) alert("again")</script>`))
	c, sink := take(t, recorder(t, impatient), server.URL)
	if c.Outcome != evidence.Partial || len(c.Problems) > 10+3 || detail(c, record.ProblemScriptStopped) == "" {
		t.Errorf("outcome %s, problems %v", c.Outcome, c.Problems)
	}
	if !strings.Contains(string(sink.files[evidence.TextName]), "here") {
		t.Errorf("text %q", sink.files[evidence.TextName])
	}
}

// The browser stops a script that opens dialogs only after so many of them, which on a slow machine
// takes longer than any limit for a picture. There is one all the same.
func TestDialogsAreStoppedHoweverLongItTakes(t *testing.T) {
	t.Parallel()
	server := serve(t, html(`<h1>here</h1><script>for (;;) alert("again")</script>`))
	c, sink := take(t, recorder(t, func(c *Config) {
		impatient(c)
		p := pace.Browser(c.Executable.Path)
		c.Limits.Picture, c.Limits.Record = p.Of(2*time.Second), p.Of(time.Second)
	}), server.URL)
	if c.Outcome != evidence.Partial || !strings.HasPrefix(detail(c, record.ProblemScriptStopped), "more than") {
		t.Errorf("outcome %s, problems %v", c.Outcome, c.Problems)
	}
	if !strings.Contains(string(sink.files[evidence.TextName]), "here") {
		t.Errorf("text %q", sink.files[evidence.TextName])
	}
}

func TestScriptWithoutEnd(t *testing.T) {
	t.Parallel()
	for name, body := range map[string]string{
		"from the beginning": `<h1>here</h1><script>for (;;);</script><p>after`,
		"after a while":      `<h1>here</h1><script>setTimeout(() => { for (;;); }, 200)</script><p>after`,
		"again and again":    `<h1>here</h1><script>setInterval(() => { for (;;); }, 1)</script><p>after`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, html(body))
			c, sink := take(t, recorder(t, impatient), server.URL)
			if c.Outcome != evidence.Partial || detail(c, record.ProblemScriptStopped) == "" {
				t.Errorf("outcome %s, problems %v", c.Outcome, c.Problems)
			}
			if !strings.Contains(string(sink.files[evidence.TextName]), "here") || !has(c, evidence.TileName(1)) {
				t.Errorf("text %q, artifacts %d, problems %v", sink.files[evidence.TextName], len(c.Artifacts), c.Problems)
			}
		})
	}
}

func TestDownloadIsNoPage(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/zip")
		w.Header().Set("Content-Disposition", "attachment; filename=x.zip")
		io.WriteString(w, "PK")
	})
	if err := refuse[*NetworkError](t, recorder(t, nil), server.URL); err.Kind != KindAborted || err.Code != CodeDownload {
		t.Errorf("error %+v", err)
	}
}

func TestNoContentIsNoPage(t *testing.T) {
	t.Parallel()
	server := serve(t, func(w http.ResponseWriter, r *http.Request) { w.WriteHeader(http.StatusNoContent) })
	if err := refuse[*NetworkError](t, recorder(t, nil), server.URL); err.Kind != KindAborted || err.Code != tab.CodeNoContent {
		t.Errorf("error %+v", err)
	}
}

func TestPageGoesAwayWhileItIsPictured(t *testing.T) {
	t.Parallel()
	away := make(chan struct{})
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/html")
		if r.URL.Path == "/away" {
			io.WriteString(w, "<h1>second</h1>")
			close(away)
			return
		}
		io.WriteString(w, "<h1>first</h1>")
	})
	r := recorder(t, nil)
	var s *tab.Tab
	r.hooks.loaded = func(_ context.Context, loaded *tab.Tab) { s = loaded }
	sink := &memory{fail: func(name string) error {
		if name == evidence.FirstViewName {
			go tab.Send(s.Context(), page.Navigate, page.NavigateParams{URL: server.URL + "/away"})
			<-away
		}
		return nil
	}}
	c, err := r.Capture(t.Context(), evidence.Request{Address: server.URL + "/"}, sink, nil)
	if err != nil {
		t.Fatal(err)
	}
	consistent(t, c, sink)
	if c.Page.FinalAddress != server.URL+"/" || detail(c, record.ProblemChanged) == "" {
		t.Errorf("address %q, problems %v", c.Page.FinalAddress, c.Problems)
	}
}

// crash ends the process of the page, as a page can that uses up its memory.
func crash(s *tab.Tab) {
	// It is not answered; the context ends with the page's process.
	_ = tab.Send(s.Alive(), page.Crash, cdp.Empty{})
}

func TestPageCrashesBeforeThePicture(t *testing.T) {
	t.Parallel()
	server := serve(t, html(`<h1>here</h1>`))
	r := recorder(t, nil)
	r.hooks.loaded = func(_ context.Context, s *tab.Tab) { crash(s) }
	if err := refuse[*BrowserGoneError](t, r, server.URL); err.What != "page" {
		t.Errorf("error %+v", err)
	}
}

func TestPageCrashesAfterTheFirstView(t *testing.T) {
	t.Parallel()
	server := serve(t, ruler(9_000))
	r := recorder(t, impatient)
	var s *tab.Tab
	r.hooks.loaded = func(_ context.Context, loaded *tab.Tab) { s = loaded }
	sink := &memory{fail: func(name string) error {
		if name == evidence.FirstViewName {
			crash(s)
		}
		return nil
	}}
	c, err := r.Capture(t.Context(), evidence.Request{Address: server.URL}, sink, nil)
	if err != nil {
		t.Fatal(err)
	}
	consistent(t, c, sink)
	if c.Outcome != evidence.Partial || detail(c, record.ProblemNoFullPage) == "" || !slices.Contains(problems(c), record.ProblemPageCrashed) {
		t.Errorf("outcome %s, problems %v", c.Outcome, c.Problems)
	}
	a, _ := evidence.Manifest{Artifacts: c.Artifacts}.Artifact(evidence.DatedName)
	first, _ := evidence.Manifest{Artifacts: c.Artifacts}.Artifact(evidence.FirstViewName)
	if len(a.Parents) != 1 || a.Parents[0] != first.SHA256 {
		t.Errorf("dated copy made from %v", a.Parents)
	}
}

func TestBrowserIsKilled(t *testing.T) {
	t.Parallel()
	server := serve(t, html(`<h1>here</h1>`))
	r := recorder(t, nil)
	r.hooks.loaded = func(_ context.Context, s *tab.Tab) {
		if err := chromedp.FromContext(s.Context()).Browser.Process().Kill(); err != nil {
			t.Error(err)
		}
		<-s.Lost()
	}
	if err := refuse[*BrowserGoneError](t, r, server.URL); err.What != "browser" {
		t.Errorf("error %+v", err)
	}
}

func TestSinkFails(t *testing.T) {
	t.Parallel()
	server := serve(t, ruler(9_000))
	full := errors.New("disk full")
	for _, name := range []string{evidence.FirstViewName, evidence.TileName(2), evidence.DatedName, evidence.MHTMLName} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			sink := &memory{fail: func(n string) error {
				if n == name {
					return full
				}
				return nil
			}}
			c, err := recorder(t, nil).Capture(t.Context(), evidence.Request{Address: server.URL}, sink, nil)
			if !errors.Is(err, full) || c != nil {
				t.Errorf("capture %v, error %v", c, err)
			}
		})
	}
}

func TestWholeLimitKeepsWhatThereIs(t *testing.T) {
	t.Parallel()
	server := serve(t, ruler(9_000))
	r := recorder(t, nil)
	var timeIsUp context.CancelFunc
	r.hooks.begun = func(stop context.CancelFunc) { timeIsUp = stop }
	sink := &memory{fail: func(name string) error {
		if name == evidence.TileName(1) {
			timeIsUp()
		}
		return nil
	}}
	c, err := r.Capture(t.Context(), evidence.Request{Address: server.URL}, sink, nil)
	if err != nil {
		t.Fatal(err)
	}
	consistent(t, c, sink)
	if c.Outcome != evidence.Partial || detail(c, record.ProblemWholeTimeout) == "" {
		t.Errorf("outcome %s, problems %v", c.Outcome, c.Problems)
	}
}

// The sandbox is never given up silently: as root the browser refuses, and as
// anybody else the record says that it is on.
func TestSandboxStaysOn(t *testing.T) {
	t.Parallel()
	server := serve(t, html("<p>page"))
	r := recorder(t, func(c *Config) { c.NoSandbox = false })
	if os.Geteuid() == 0 {
		err := refuse[*chrome.StartError](t, r, server.URL)
		if err.Hint != chrome.HintRoot || !strings.Contains(err.Output, "no-sandbox") {
			t.Errorf("hint %q, output %q", err.Hint, err.Output)
		}
		return
	}
	if c, _ := take(t, r, server.URL); !c.Browser.Sandbox || slices.Contains(c.Browser.Flags, "--no-sandbox") {
		t.Errorf("browser %+v", c.Browser)
	}
}

func TestRedirectsWithoutEnd(t *testing.T) {
	t.Parallel()
	// Chromium itself gives up on HTTP redirects.
	server := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, r.URL.Path+"x", http.StatusFound) })
	if err := refuse[*NetworkError](t, recorder(t, impatient), server.URL); err.Code != "net::ERR_TOO_MANY_REDIRECTS" {
		t.Errorf("error %+v", err)
	}
	// A script can go on for ever; what it shows meanwhile is kept.
	server = serve(t, html(`<h1>on and on</h1><script>onload = () => setTimeout(() => location.href = "?" + Math.random(), 50)</script>`))
	sink := &memory{}
	c, err := recorder(t, impatient).Capture(t.Context(), evidence.Request{Address: server.URL}, sink, nil)
	if err != nil {
		t.Fatal(err)
	}
	consistent(t, c, sink)
	if len(c.Page.Redirects) == 0 || len(c.Page.Redirects) > 100 || c.Outcome != evidence.Partial {
		t.Errorf("outcome %s, problems %v, %d redirects", c.Outcome, c.Problems, len(c.Page.Redirects))
	}
}

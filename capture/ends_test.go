package capture

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/chromedp"

	"constat/capture/chrome"
	"constat/capture/record"
	"constat/capture/tab"
	"constat/evidence"
)

// phase does something when a capture reaches a step, or has done the first part of it.
type phase struct {
	step   evidence.Step
	amount bool
	do     func()
	once   sync.Once
}

func (p *phase) Step(s evidence.Step) {
	if s == p.step && !p.amount {
		p.once.Do(p.do)
	}
}

func (p *phase) Amount(int64, int64) {
	if p.amount {
		p.once.Do(p.do)
	}
}

// soon is the second in which a cancelled capture answers, and two more for a busy machine.
func soon(t *testing.T) time.Duration { return paced(t, 3*time.Second) }

// Cancelling is answered at once in each phase, with browser and folder gone, which the
// cleanup of recorder looks for.
func TestCancelInEveryPhase(t *testing.T) {
	t.Parallel()
	page := func(cancel func()) http.HandlerFunc {
		return at(map[string]http.HandlerFunc{
			"/load": func(w http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() },
			"/half": func(w http.ResponseWriter, r *http.Request) {
				io.WriteString(w, "<h1>half")
				http.NewResponseController(w).Flush()
				cancel()
				<-r.Context().Done()
			},
			"/settle": html(`<h1>here</h1><script>onload = () => fetch('/asked')</script>`),
			"/scroll": html(`<div style="height:30000px">here</div><script>onscroll = () => fetch('/asked')</script>`),
			"/asked":  func(w http.ResponseWriter, r *http.Request) { cancel(); <-r.Context().Done() },
			"/busy":   html(`<h1>here</h1><script>fetch('/asked'); for (;;);</script>`),
			"/":       ruler(9_000),
			"/pane":   html(`<div style="height:600px;overflow-y:scroll"><div style="height:6000px;background:linear-gradient(red,blue)"></div></div>`),
			"/cover":  html(overlaid(`<button onclick="document.getElementById('overlay').remove()">Reject all</button>`, "")),
		})
	}
	for name, row := range map[string]struct {
		path     string
		progress *phase
		artifact string // whose coming is the moment
	}{
		"waiting for an answer":   {path: "/load"},
		"in half an answer":       {path: "/half"},
		"while the page settles":  {path: "/settle"},
		"while a script spins":    {path: "/busy"},
		"before the first view":   {path: "/", progress: &phase{step: evidence.StepFirstView}},
		"with the first view":     {path: "/", artifact: evidence.FirstViewName},
		"while scrolling":         {path: "/scroll"},
		"between two tiles":       {path: "/", progress: &phase{amount: true}},
		"in a pane":               {path: "/pane", artifact: evidence.PaneName(1, 2)},
		"before the record":       {path: "/", progress: &phase{step: evidence.StepRecord}},
		"while MHTML is made":     {path: "/", artifact: evidence.TextName},
		"before the dated copy":   {path: "/", progress: &phase{step: evidence.StepDated}},
		"when the overlay is off": {path: "/cover", artifact: evidence.UncoveredName(1)},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, stop := context.WithCancel(t.Context())
			defer stop()
			moment := make(chan time.Time, 1)
			cancel := sync.OnceFunc(func() { moment <- time.Now(); stop() })
			s := serve(t, page(cancel))
			sink := &memory{fail: func(name string) error {
				if name == row.artifact {
					cancel()
				}
				return nil
			}}
			var progress evidence.Progress = evidence.NoProgress{}
			if row.progress != nil {
				row.progress.do, progress = cancel, row.progress
			}
			c, err := recorder(t, nil).Capture(ctx, evidence.Request{Address: s.URL + row.path}, sink, progress)
			waited := time.Since(<-moment)
			if !errors.Is(err, context.Canceled) || c != nil {
				t.Errorf("capture %v, error %v", c, err)
			}
			if waited > soon(t) {
				t.Errorf("answered after %v", waited)
			}
		})
	}
}

// However the browser or this program ends, nothing of a capture stays.
func TestBrowserIsKilledLater(t *testing.T) {
	t.Parallel()
	for artifact, want := range map[string]string{
		evidence.FirstViewName: record.ProblemNoFullPage, evidence.HeadersName: record.ProblemNoText, evidence.TextName: record.ProblemBrowserGone,
	} {
		t.Run(artifact, func(t *testing.T) {
			t.Parallel()
			r := recorder(t, nil)
			var s *tab.Tab
			r.hooks.loaded = func(_ context.Context, loaded *tab.Tab) { s = loaded }
			sink := &memory{fail: func(name string) error {
				if name == artifact {
					process := chromedp.FromContext(s.Context()).Browser.Process()
					if err := process.Kill(); err != nil {
						t.Error(err)
					}
					<-s.Lost()
				}
				return nil
			}}
			c, err := r.Capture(t.Context(), evidence.Request{Address: serve(t, ruler(9_000)).URL}, sink, nil)
			if err != nil {
				t.Fatal(err)
			}
			consistent(t, c, sink)
			if codes := problems(c); c.Outcome != evidence.Partial || !slices.Contains(codes, want) || !slices.Contains(codes, record.ProblemBrowserGone) {
				t.Errorf("outcome %s, problems %v", c.Outcome, c.Problems)
			}
		})
	}
}

func TestKilledInEveryPhase(t *testing.T) {
	t.Parallel()
	address := serve(t, ruler(9_000)).URL
	for _, step := range []evidence.Step{evidence.StepBrowser, evidence.StepLoad, evidence.StepFullPage, evidence.StepRecord} {
		t.Run(string(step), func(t *testing.T) {
			t.Parallel()
			dir := recorder(t, nil).config.WorkDir
			victim := exec.Command(os.Args[0], "-test.run=^TestVictim$")
			victim.Env = append(os.Environ(), victimEnv+"="+dir+"|"+address+"|"+string(step))
			out, err := victim.StdoutPipe()
			if err != nil {
				t.Fatal(err)
			}
			if err := victim.Start(); err != nil {
				t.Fatal(err)
			}
			reached := false
			for lines := bufio.NewScanner(out); !reached && lines.Scan(); {
				reached = lines.Text() == string(step)
			}
			if err := victim.Process.Kill(); err != nil || !reached {
				t.Fatalf("the step was reached: %t; %v", reached, err)
			}
			victim.Wait()
			if _, err := chrome.Sweep(dir); err != nil {
				t.Error(err)
			}
			eventually(t, func() bool { return len(leftovers(dir)) == 0 })
		})
	}
}

// A page that uses up its memory loses its process. The limit is lowered for the sake of the
// machine that runs the tests.
func TestPageAllocatesWithoutEnd(t *testing.T) {
	t.Parallel()
	server := serve(t, html(`<h1>here</h1><script>const all = []; for (;;) all.push([all.length, {}])</script>`))
	r := recorder(t, nil)
	r.extraFlags = []string{"js-flags=--max-old-space-size=60"}
	if e := refuse[*BrowserGoneError](t, r, server.URL); e.What != "page" {
		t.Errorf("error %+v", e)
	}
}

func TestRefreshesWithoutEnd(t *testing.T) {
	t.Parallel()
	for kind, page := range map[string]http.HandlerFunc{
		"meta": func(w http.ResponseWriter, r *http.Request) {
			html(`<h1>on and on</h1><meta http-equiv=refresh content="0;url=/`+fmt.Sprint(len(r.URL.Path))+r.URL.Path[1:]+`">`)(w, r)
		},
		"http": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Refresh", "0;url=/"+fmt.Sprint(len(r.URL.Path))+r.URL.Path[1:])
			html(`<h1>on and on</h1>`)(w, r)
		},
	} {
		t.Run(kind, func(t *testing.T) {
			t.Parallel()
			sink := &memory{}
			c, err := recorder(t, impatient).Capture(t.Context(), evidence.Request{Address: serve(t, page).URL}, sink, nil)
			if err != nil {
				t.Fatal(err)
			}
			consistent(t, c, sink)
			if n := len(c.Page.Redirects); n == 0 || n > 100 || c.Page.Redirects[0].Kind != kind || c.Outcome != evidence.Partial {
				t.Errorf("outcome %s, problems %v, redirects %v", c.Outcome, c.Problems, c.Page.Redirects)
			}
		})
	}
}

// Nothing is shown of a page that never stands for as long as a picture takes: it is held where it is.
func TestNeverStandingIsHeld(t *testing.T) { // not beside others: it is about what painting takes
	var asked atomic.Int64
	heavy := strings.Repeat(`<p style="filter: blur(40px); width: 90vw; height: 90vh; background: linear-gradient(red, blue)">on`, 60)
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Refresh", fmt.Sprintf("0;url=/%d", asked.Add(1)))
		html(`<h1>on and on</h1><iframe srcdoc="<p>frame"></iframe>`+heavy)(w, r)
	})
	c, sink := take(t, recorder(t, impatient), server.URL)
	consistent(t, c, sink)
	held := slices.ContainsFunc(c.Problems, func(p evidence.Problem) bool { return p.Values["form"] == "held" })
	if c.Outcome != evidence.Partial || !held || detail(c, record.ProblemChanged) == "" {
		t.Errorf("outcome %s, problems %v", c.Outcome, c.Problems)
	}
}

// A page may ask before it is left, once somebody has touched it. It is let go, and that is no
// dialog of its content.
func TestLeavingIsAccepted(t *testing.T) {
	t.Parallel()
	left := make(chan struct{})
	server := serve(t, at(map[string]http.HandlerFunc{
		"/": html(`<h1>here</h1><script>addEventListener('beforeunload', (e) => e.preventDefault());
			onmousedown = () => setTimeout(() => location.href = '/next')</script>`),
		"/next": func(w http.ResponseWriter, r *http.Request) { close(left); html(`<h1>next</h1>`)(w, r) },
	}))
	r := recorder(t, nil)
	r.hooks.loaded = func(whole context.Context, s *tab.Tab) {
		limit, done := s.Within(whole, paced(t, 10*time.Second))
		defer done()
		err := tab.Send(limit, input.DispatchMouseEvent, input.DispatchMouseEventParams{
			Type: input.DispatchMouseEventTypeMousePressed, X: 10, Y: 10, Button: input.MouseButtonLeft, ClickCount: 1,
		})
		if err != nil {
			t.Error(err)
		}
		select {
		case <-left:
		case <-limit.Done():
			t.Error("the page was not let go")
		}
	}
	c, _ := take(t, r, server.URL+"/")
	if slices.Contains(problems(c), record.ProblemDialog) || detail(c, record.ProblemChanged) == "" {
		t.Errorf("problems %v", c.Problems)
	}
}

// An address for another program starts none. The programs that a desktop would ask stand first
// in the path, and tell when they are called.
func TestNoOtherProgramIsStarted(t *testing.T) {
	dir := t.TempDir()
	called := filepath.Join(dir, "called")
	for _, name := range []string{"xdg-open", "gio", "kde-open", "xdg-mime", "gvfs-open", "exo-open"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n[ \"$1\" = query ] || echo \"$0 $*\" >> '"+called+"'\n"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir+string(filepath.ListSeparator)+os.Getenv("PATH"))
	server := serve(t, html(`<h1>here</h1><a id=a href="mailto:a@b.example">a</a><script>a.click(); location.href = "tel:110"</script>`))
	c, _ := take(t, recorder(t, nil), server.URL)
	if c.Outcome != evidence.Complete || !strings.Contains(detail(c, record.ProblemProgram), ":") {
		t.Errorf("outcome %s, problems %v", c.Outcome, c.Problems)
	}
	if b, err := os.ReadFile(called); err == nil {
		t.Errorf("called: %s", b)
	}
}

package view

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"constat/app/flow"
	"constat/app/view/widget"
	"constat/evidence"
)

// deaf is a rig in a case whose authority counts how often it is asked and
// never answers with a timestamp.
func deaf(t *testing.T) (*rig, *atomic.Int32) {
	t.Helper()
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	t.Cleanup(server.Close)
	r := inCase(t, evidence.Authority{Name: "deaf", URL: server.URL})
	s := r.app.Settings()
	s.LockMinutes = 100_000
	if err := r.app.SaveSettings(s); err != nil {
		t.Fatal(err)
	}
	return r, &asked
}

func TestMissingTimestampsAreAskedForByThemselves(t *testing.T) {
	r, asked := deaf(t)
	r.keep("https://exemple.be/p/1")
	if asked.Load() != 1 {
		t.Fatalf("asked %d times while keeping", asked.Load())
	}
	r.exec.tick()
	told := r.w.stamps.told
	if asked.Load() != 1 || !told.After(r.clock.now()) {
		t.Fatalf("asked %d times, again at %v", asked.Load(), told)
	}
	if want := r.w.missingWords(1); !strings.Contains(want, told.In(r.clock.now().Location()).Format("15:04")) || !strings.Contains(r.words(), want) {
		t.Errorf("%q is not shown: %s", want, r.words())
	}
	r.clock.at = told.Add(-time.Second)
	r.exec.tick()
	if asked.Load() != 1 {
		t.Error("asked before it was due")
	}
	r.clock.at = told.Add(stampsLeast)
	r.exec.tick()
	if asked.Load() != 2 {
		t.Errorf("asked %d times when it was due", asked.Load())
	}
	if again := r.w.stamps.told; !again.After(told) {
		t.Errorf("asked again at %v, after %v", again, told)
	}
	if r.w.notice != nil {
		t.Errorf("the background disturbs: %+v", r.w.notice)
	}

	// After unlocking it goes on where it was, because the log knows.
	told = r.w.stamps.told
	r.press("window.lock")
	if !r.w.stamps.next.IsZero() {
		t.Error("asks on although locked")
	}
	r.clock.at = told.Add(stampsLeast)
	r.exec.tick()
	if asked.Load() != 2 {
		t.Error("asked although locked")
	}
	r.typeInto(0, passphrase)
	r.press("window.unlock.open")
	r.exec.tick()
	if asked.Load() != 3 {
		t.Errorf("asked %d times after unlocking", asked.Load())
	}
}

func TestOneCanAskNow(t *testing.T) {
	r, asked := deaf(t)
	r.keep("https://exemple.be/p/1")
	r.exec.tick()
	r.press("window.stamps.again")
	if asked.Load() != 2 {
		t.Errorf("asked %d times", asked.Load())
	}
	r.clock.pass(stampsLeast)
	r.exec.tick()
	if asked.Load() != 2 || !r.w.stamps.told.After(r.clock.now()) {
		t.Errorf("asked %d times, again at %v", asked.Load(), r.w.stamps.told)
	}
}

func TestTheBackgroundTakesNothingFromThePerson(t *testing.T) {
	r, _ := deaf(t)
	r.keep("https://exemple.be/p/1")
	r.keep("https://exemple.be/p/2")
	r.exec.tick()
	r.fields()[0].SetText("https://exemple.be/en-cours")
	var second *widget.PressCard
	for _, o := range r.everything() {
		if c, ok := o.(*widget.PressCard); ok {
			second = c
		}
	}
	r.win.Canvas().Focus(second)
	r.win.Resize(fyne.NewSize(1000, 500))
	at := r.w.frame.scroll.Offset
	r.clock.at = r.w.stamps.told.Add(stampsLeast)
	r.exec.tick()
	if got := r.fields()[0].Text; got != "https://exemple.be/en-cours" {
		t.Errorf("address %q", got)
	}
	c, ok := r.win.Canvas().Focused().(*widget.PressCard)
	if !ok || c == second || !strings.Contains(wordsIn(c), "E-001") {
		t.Errorf("the focus is on %T", r.win.Canvas().Focused())
	}
	if got := r.w.frame.scroll.Offset; got != at {
		t.Errorf("scrolled from %v to %v", at, got)
	}

	// Not while the person works, nor on another screen.
	r.exec.held = true
	r.w.show(&captureScreen{request: flow.PreserveRequest{Case: r.w.matter.ID, Address: "https://exemple.be/", Subject: flow.SubjectMinor}, from: &homeScreen{}})
	r.clock.pass(48 * time.Hour)
	r.exec.tick()
	if r.w.stamps.lane.busy() {
		t.Error("asks while a page is being kept")
	}
}

func TestLockAndExitEndTheBackground(t *testing.T) {
	for name, leave := range map[string]func(*rig){
		"lock": func(r *rig) { r.press("window.lock") },
		"exit": func(r *rig) { r.w.Exit() },
	} {
		t.Run(name, func(t *testing.T) {
			r, asked := deaf(t)
			r.keep("https://exemple.be/p/1")
			r.exec.tick()
			r.clock.at = r.w.stamps.told.Add(stampsLeast)
			r.exec.held = true
			r.exec.tick()
			if !r.w.stamps.lane.busy() {
				t.Fatal("no round runs")
			}
			leave(r)
			r.exec.finish()
			r.exec.tick()
			r.exec.finish()
			if r.w.stamps.lane.busy() || asked.Load() != 1 {
				t.Errorf("goes on: asked %d times", asked.Load())
			}
		})
	}
}

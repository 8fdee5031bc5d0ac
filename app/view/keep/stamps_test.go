package keep

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"constat/app/flow/keep"
	"constat/app/view/viewtest"
	"constat/app/view/widget"
	"constat/evidence"
)

// roundsApart is the least time between two rounds in the background.
const roundsApart = 30 * time.Second

// deaf is a rig in a case whose authority counts how often it is asked and
// never answers with a timestamp.
func deaf(t *testing.T) (*viewtest.Rig, *atomic.Int32) {
	t.Helper()
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		asked.Add(1)
		w.WriteHeader(http.StatusServiceUnavailable)
	}))
	t.Cleanup(server.Close)
	r := inCase(t, evidence.Authority{Name: "deaf", URL: server.URL})
	s := r.App.Settings()
	s.LockMinutes = 100_000
	if err := r.App.SaveSettings(s); err != nil {
		t.Fatal(err)
	}
	return r, &asked
}

func TestMissingTimestampsAreAskedForByThemselves(t *testing.T) {
	r, asked := deaf(t)
	r.Keep("https://exemple.be/p/1")
	if asked.Load() != 1 {
		t.Fatalf("asked %d times while keeping", asked.Load())
	}
	r.Exec.Tick()
	told := r.W.Stamps().Told()
	if asked.Load() != 1 || !told.After(r.Clock.Now()) {
		t.Fatalf("asked %d times, again at %v", asked.Load(), told)
	}
	if want := missingWords(r.W, 1); !strings.Contains(want, told.In(r.Clock.Now().Location()).Format("15:04")) || !strings.Contains(r.Words(), want) {
		t.Errorf("%q is not shown: %s", want, r.Words())
	}
	r.Clock.At = told.Add(-time.Second)
	r.Exec.Tick()
	if asked.Load() != 1 {
		t.Error("asked before it was due")
	}
	r.Clock.At = told.Add(roundsApart)
	r.Exec.Tick()
	if asked.Load() != 2 {
		t.Errorf("asked %d times when it was due", asked.Load())
	}
	if again := r.W.Stamps().Told(); !again.After(told) {
		t.Errorf("asked again at %v, after %v", again, told)
	}
	if r.Noticed() {
		t.Errorf("the background disturbs: %+v", r.Words())
	}

	// After unlocking it goes on where it was, because the log knows.
	told = r.W.Stamps().Told()
	r.Press("window.lock")
	if !r.W.Stamps().Told().IsZero() {
		t.Error("asks on although locked")
	}
	r.Clock.At = told.Add(roundsApart)
	r.Exec.Tick()
	if asked.Load() != 2 {
		t.Error("asked although locked")
	}
	r.TypeInto(0, viewtest.Passphrase)
	r.Press("window.unlock.open")
	r.Exec.Tick()
	if asked.Load() != 3 {
		t.Errorf("asked %d times after unlocking", asked.Load())
	}
}

func TestOneCanAskNow(t *testing.T) {
	r, asked := deaf(t)
	r.Keep("https://exemple.be/p/1")
	r.Exec.Tick()
	r.Press("window.stamps.again")
	if asked.Load() != 2 {
		t.Errorf("asked %d times", asked.Load())
	}
	r.Clock.Pass(roundsApart)
	r.Exec.Tick()
	if asked.Load() != 2 || !r.W.Stamps().Told().After(r.Clock.Now()) {
		t.Errorf("asked %d times, again at %v", asked.Load(), r.W.Stamps().Told())
	}
}

func TestTheBackgroundTakesNothingFromThePerson(t *testing.T) {
	r, _ := deaf(t)
	r.Keep("https://exemple.be/p/1")
	r.Keep("https://exemple.be/p/2")
	r.Exec.Tick()
	r.Fields()[0].SetText("https://exemple.be/en-cours")
	var second *widget.PressCard
	for _, o := range r.Everything() {
		if c, ok := o.(*widget.PressCard); ok {
			second = c
		}
	}
	r.Win.Canvas().Focus(second)
	r.Win.Resize(fyne.NewSize(1000, 500))
	at := r.Scroll().Offset
	r.Clock.At = r.W.Stamps().Told().Add(roundsApart)
	r.Exec.Tick()
	if got := r.Fields()[0].Text; got != "https://exemple.be/en-cours" {
		t.Errorf("address %q", got)
	}
	c, ok := r.Win.Canvas().Focused().(*widget.PressCard)
	if !ok || c == second || !strings.Contains(viewtest.WordsIn(c), "E-001") {
		t.Errorf("the focus is on %T", r.Win.Canvas().Focused())
	}
	if got := r.Scroll().Offset; got != at {
		t.Errorf("scrolled from %v to %v", at, got)
	}

	// Not while the person works, nor on another screen.
	r.Exec.Held = true
	r.W.Show(&captureScreen{request: keep.PreserveRequest{Case: r.W.Desk().Case.ID, Address: "https://exemple.be/", Subject: keep.SubjectMinor}, from: &homeScreen{}})
	r.Clock.Pass(48 * time.Hour)
	r.Exec.Tick()
	if r.W.Stamps().Lane().Busy() {
		t.Error("asks while a page is being kept")
	}
}

func TestLockAndExitEndTheBackground(t *testing.T) {
	for name, leave := range map[string]func(*viewtest.Rig){
		"lock": func(r *viewtest.Rig) { r.Press("window.lock") },
		"exit": func(r *viewtest.Rig) { r.Window.Exit() },
	} {
		t.Run(name, func(t *testing.T) {
			r, asked := deaf(t)
			r.Keep("https://exemple.be/p/1")
			r.Exec.Tick()
			r.Clock.At = r.W.Stamps().Told().Add(roundsApart)
			r.Exec.Held = true
			r.Exec.Tick()
			if !r.W.Stamps().Lane().Busy() {
				t.Fatal("no round runs")
			}
			leave(r)
			r.Exec.Finish()
			r.Exec.Tick()
			r.Exec.Finish()
			if r.W.Stamps().Lane().Busy() || asked.Load() != 1 {
				t.Errorf("goes on: asked %d times", asked.Load())
			}
		})
	}
}

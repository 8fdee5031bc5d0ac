package settings

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2/test"

	"constat/app/flow/proof"
	"constat/app/view/viewtest"
	"constat/app/view/widget"
	"constat/assets/words"
)

func TestLanguageChangesAtOnceAndIsKept(t *testing.T) {
	r := inCase(t)
	r.TypeInto(0, "https://exemple.be/en-cours")
	for _, lang := range words.Languages {
		r.Pick(words.Names[lang])
		if r.W.Text().Lang() != lang || r.App.Settings().Language != lang {
			t.Errorf("language is %s, settings say %s, want %s", r.W.Text().Lang(), r.App.Settings().Language, lang)
		}
		r.Sees("window.keep.what", "window.exit", "window.side.call")
		if got := r.Fields()[0].Text; got != "https://exemple.be/en-cours" {
			t.Errorf("what was typed is lost: %q", got)
		}
	}
}

func TestPickerOpensAMenuThatChooses(t *testing.T) {
	r := newRig(t)
	for _, o := range r.Everything() {
		if p, ok := o.(*widget.Picker); ok {
			test.Tap(p)
			break
		}
	}
	top := r.Win.Canvas().Overlays().Top()
	if top == nil {
		t.Fatal("no menu opened")
	}
	if got := len(viewtest.ObjectsOf(top)); got < len(words.Languages) {
		t.Errorf("menu has %d objects", got)
	}
}

func TestSettings(t *testing.T) {
	r := inCase(t)
	r.Press("window.settings.title")
	r.Sees("window.tsa.title", "window.tsa.built-in")
	r.TypeInto(1, "nonsense")
	r.Press("window.tsa.add")
	r.Sees("error.authority-spec.what")
	r.Fields()[1].SetText("http://127.0.0.1:1/tsa")
	r.Press("window.tsa.add")
	r.Sees("window.tsa.system-roots", "window.tsa.remove", "window.settings.saved")
	if got := r.App.Settings().Authorities; len(got) != 1 || got[0].URL != "http://127.0.0.1:1/tsa" {
		t.Errorf("authorities %+v", got)
	}
	r.Press("window.tsa.remove")
	if got := r.App.Settings().Authorities; len(got) != 0 {
		t.Errorf("authorities %+v", got)
	}
	r.Pick(r.W.Text().N("window.settings.minutes", 2))
	if r.W.LockMinutes() != 2 {
		t.Errorf("locks after %d minutes", r.W.LockMinutes())
	}
	r.TypeInto(0, "/opt/browser")
	r.Press("window.settings.store")
	if got := r.App.Settings().Browser; got != "/opt/browser" {
		t.Errorf("browser %q", got)
	}
	r.Press("window.back")
	r.Sees("window.keep.what")
}

// A proof that needs no authority is off until somebody ticks it; the screen says who is asked and what they see.
func TestCalendarsAreOffUntilChosen(t *testing.T) {
	r := inCase(t)
	r.W.Show(&settingsScreen{})
	if len(r.App.Settings().Calendars) != 0 || len(r.App.Proof.Calendars()) != 0 {
		t.Fatal("on, and nobody chose it")
	}
	how := r.W.T("tsa.calendars-how", "Calendars", strings.Join(proof.KnownCalendars(), ", "))
	if !strings.Contains(r.Words(), how) {
		t.Errorf("what leaves is not said: %s", r.Words())
	}
	r.Tick(r.W.T("tsa.calendars"))
	if !slices.Equal(r.App.Proof.Calendars(), proof.KnownCalendars()) {
		t.Errorf("%v", r.App.Settings().Calendars)
	}
	r.Tick(r.W.T("tsa.calendars"))
	if len(r.App.Settings().Calendars) != 0 {
		t.Errorf("%v", r.App.Settings().Calendars)
	}
}

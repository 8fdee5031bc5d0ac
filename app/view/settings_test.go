package view

import (
	"path/filepath"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"constat/app/view/widget"
	"constat/assets/words"
)

func TestLanguageChangesAtOnceAndIsKept(t *testing.T) {
	r := inCase(t)
	r.typeInto(0, "https://exemple.be/en-cours")
	for _, lang := range words.Languages {
		r.pick(words.Names[lang])
		if r.w.text.Lang() != lang || r.app.Settings().Language != lang {
			t.Errorf("language is %s, settings say %s, want %s", r.w.text.Lang(), r.app.Settings().Language, lang)
		}
		r.sees("window.keep.what", "window.exit", "window.side.call")
		if got := r.fields()[0].Text; got != "https://exemple.be/en-cours" {
			t.Errorf("what was typed is lost: %q", got)
		}
	}
}

// pick chooses an entry of the first list that offers it.
func (r *rig) pick(label string) {
	r.t.Helper()
	for _, o := range r.everything() {
		if p, ok := o.(*widget.Picker); ok {
			if i := slices.Index(p.Choices(), label); i >= 0 {
				p.Pick(i)
				return
			}
		}
	}
	r.t.Fatalf("no list offers %q", label)
}

func TestPickerOpensAMenuThatChooses(t *testing.T) {
	r := newRig(t)
	for _, o := range r.everything() {
		if p, ok := o.(*widget.Picker); ok {
			test.Tap(p)
			break
		}
	}
	top := r.win.Canvas().Overlays().Top()
	if top == nil {
		t.Fatal("no menu opened")
	}
	if got := len(objectsOf(top)); got < len(words.Languages) {
		t.Errorf("menu has %d objects", got)
	}
}

func TestSettings(t *testing.T) {
	r := inCase(t)
	r.press("window.settings.title")
	r.sees("window.tsa.title", "window.tsa.built-in")
	r.typeInto(1, "nonsense")
	r.press("window.tsa.add")
	r.sees("error.authority-spec.what")
	r.fields()[1].SetText("http://127.0.0.1:1/tsa")
	r.press("window.tsa.add")
	r.sees("window.tsa.system-roots", "window.tsa.remove", "window.settings.saved")
	if got := r.app.Settings().Authorities; len(got) != 1 || got[0].URL != "http://127.0.0.1:1/tsa" {
		t.Errorf("authorities %+v", got)
	}
	r.press("window.tsa.remove")
	if got := r.app.Settings().Authorities; len(got) != 0 {
		t.Errorf("authorities %+v", got)
	}
	r.pick(r.w.text.N("window.settings.minutes", 2))
	if r.w.lockMinutes() != 2 {
		t.Errorf("locks after %d minutes", r.w.lockMinutes())
	}
	r.typeInto(0, "/opt/browser")
	r.press("window.settings.store")
	if got := r.app.Settings().Browser; got != "/opt/browser" {
		t.Errorf("browser %q", got)
	}
	r.press("window.back")
	r.sees("window.keep.what")
}

func TestExportFormBecomesARequest(t *testing.T) {
	r := inCase(t)
	r.w.show(&exportScreen{})
	r.sees("window.export.empty")
	r.keep("https://exemple.be/p/1")
	r.press("window.export.title")
	r.sees("window.export.what", "window.export.password-how", "window.day.title", "window.know.title")
	s := r.w.screen.(*exportScreen)
	if !r.buttonOf("window.export.create").Disabled() {
		t.Error("a ZIP can be made without a password")
	}
	r.typeInto(0, "parole de police")
	s.mask["E-001"] = true
	s.language = slices.Index(words.Languages, "nl")
	q := s.request(r.w)
	if q.Language != "nl" || q.ZipPassword != "parole de police" || !slices.Equal(q.Mask, []string{"E-001"}) ||
		q.Target != filepath.Join(r.home, "dossier-2026-11-23.zip") || q.Case != r.w.matter.ID {
		t.Errorf("request %+v", q)
	}
	if r.w.text.Lang() != "fr" {
		t.Error("the report's language changed the screen's")
	}
	r.win.Resize(fyne.NewSize(1000, 500))
	r.w.frame.scroll.ScrollToOffset(fyne.NewPos(0, 60))
	r.press("window.export.folder")
	r.sees("window.export.open")
	if y := r.w.frame.scroll.Offset.Y; y != 60 {
		t.Errorf("a choice scrolled the form to %v", y)
	}
	q = s.request(r.w)
	if q.ZipPassword != "" || filepath.Ext(q.Target) == ".zip" {
		t.Errorf("request for a folder %+v", q)
	}
	s.name.SetText("../../elsewhere")
	if got := s.request(r.w).Target; got != filepath.Join(r.home, "elsewhere") {
		t.Errorf("a name leads out of the folder: %s", got)
	}
}

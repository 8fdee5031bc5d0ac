package handover

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"fyne.io/fyne/v2"

	"constat/app/flow/handover"
	"constat/assets/words"
)

func TestExportFormBecomesARequest(t *testing.T) {
	r := inCase(t)
	r.W.Show(&exportScreen{})
	r.Sees("window.export.empty")
	r.Keep("https://exemple.be/p/1")
	r.Press("window.export.title")
	r.Sees("window.export.what", "window.export.password-how", "window.day.title", "window.know.title")
	s := r.W.Screen().(*exportScreen)
	if !r.ButtonOf("window.export.create").Disabled() {
		t.Error("a ZIP can be made without a password")
	}
	r.TypeInto(0, "parole de police")
	s.mask["E-001"] = handover.Blur
	s.language = slices.Index(words.Languages, "nl")
	q := s.request(r.W)
	if q.Language != "nl" || q.ZipPassword != "parole de police" || !maps.Equal(q.Mask, map[string]handover.Masking{"E-001": handover.Blur}) ||
		q.Target != filepath.Join(r.Home, "dossier-2026-11-23.zip") || q.Case != r.W.Desk().Case.ID {
		t.Errorf("request %+v", q)
	}
	if r.W.Text().Lang() != "fr" {
		t.Error("the report's language changed the screen's")
	}
	r.Win.Resize(fyne.NewSize(1000, 500))
	r.Scroll().ScrollToOffset(fyne.NewPos(0, 60))
	r.Press("window.export.folder")
	r.Sees("window.export.open")
	if y := r.Scroll().Offset.Y; y != 60 {
		t.Errorf("a choice scrolled the form to %v", y)
	}
	q = s.request(r.W)
	if q.ZipPassword != "" || filepath.Ext(q.Target) == ".zip" {
		t.Errorf("request for a folder %+v", q)
	}
	s.name.SetText("../../elsewhere")
	if got := s.request(r.W).Target; got != filepath.Join(r.Home, "elsewhere") {
		t.Errorf("a name leads out of the folder: %s", got)
	}
}

func TestFreeNameAvoidsWhatIsThere(t *testing.T) {
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "dossier.zip"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got := freeName(dir, "dossier"); got != "dossier 2" {
		t.Errorf("free name %q", got)
	}
}

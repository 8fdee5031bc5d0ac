package handover

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"constat/app/flow/handover"
	"constat/app/flow/proof"
	"constat/assets/words"
	"constat/evidence"
)

func TestExportFormBecomesARequest(t *testing.T) {
	r := inCase(t)
	r.W.Show(&exportScreen{})
	r.Sees("window.export.empty")
	r.Keep("https://exemple.be/p/1")
	r.Press("window.export.title")
	if r.W.Screen().(*exportScreen).kept() {
		t.Error("an address alone is ticked as evidence that is kept")
	}
	r.Sees("window.export.what", "window.export.password-how", "window.day.title", "window.know.title")
	s := r.W.Screen().(*exportScreen)
	if !r.ButtonOf("window.export.create").Disabled() {
		t.Error("a ZIP can be made without a password")
	}
	r.TypeInto(0, "parole de police")
	r.TypeInto(1, "parole de police")
	if !r.ButtonOf("window.export.create").Disabled() {
		t.Error("a bundle goes to a place that nobody chose")
	}
	r.Press("window.export.own")
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

// A sheet with the password is made only where it is asked for, under a name of its own.
func TestASheetWithThePassword(t *testing.T) {
	r := inCase(t)
	r.Keep("https://exemple.be/p/1")
	r.W.Show(&exportScreen{})
	s := r.W.Screen().(*exportScreen)
	r.Press("window.export.own")
	r.TypeInto(0, "parole de police")
	if q := s.request(r.W); q.Slip != "" {
		t.Errorf("without being asked: %s", q.Slip)
	}
	s.slip = true
	r.W.Rebuild()
	r.Sees("window.export.slip", "window.export.slip-how")
	first := s.request(r.W).Slip
	if first != filepath.Join(r.Home, "dossier-2026-11-23-feuille.pdf") {
		t.Errorf("the sheet: %s", first)
	}
	if err := os.WriteFile(first, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if q := s.request(r.W); q.Slip != filepath.Join(r.Home, "dossier-2026-11-23-feuille 2.pdf") {
		t.Errorf("the sheet is over another: %s", q.Slip)
	}
	s.slipDir = t.TempDir()
	if q := s.request(r.W); filepath.Dir(q.Slip) != s.slipDir {
		t.Errorf("the sheet: %s", q.Slip)
	}
	s.zip = false
	if q := s.request(r.W); q.Slip != "" {
		t.Errorf("of a folder: %s", q.Slip)
	}
}

// What the checker said goes onto a page beside the bundle.
func TestTheCheckOnAPage(t *testing.T) {
	r := inCase(t)
	r.Keep("https://exemple.be/p/1")
	s := &exportScreen{}
	r.W.Show(s)
	s.done = &handover.ExportResult{Target: filepath.Join(r.Home, "dossier"), Verdict: proof.TimeNotProven,
		Checks: []evidence.Check{{Name: "proof-of-time", State: evidence.NotDone, Detail: "none"}}}
	r.W.Rebuild()
	r.Press("window.export.page")
	want := filepath.Join(r.Home, "dossier-verification.pdf")
	if b, err := os.ReadFile(want); err != nil || !bytes.HasPrefix(b, []byte("%PDF-")) || s.answer != want {
		t.Errorf("%v, %q", err, s.answer)
	}
	r.Press("window.export.page")
	if s.answer != filepath.Join(r.Home, "dossier-verification 2.pdf") {
		t.Errorf("a second one: %q", s.answer)
	}
}

// A stick that is plugged in is proposed, with its room; what is not known to be done is not ticked.
func TestAStickIsProposedAndTheListTicksWhatIsTrue(t *testing.T) {
	r := inCase(t)
	r.Keep("https://exemple.be/p/1")
	stick := t.TempDir()
	r.Sticks = []string{stick}
	s := &exportScreen{}
	r.W.Show(s)
	if s.dir != stick {
		t.Errorf("the bundle goes to %q", s.dir)
	}
	r.Sees("window.export.where", "window.day.stick", "window.day.report")
	if want := r.W.T("export.needs", "Bytes", r.W.Text().Bytes(s.bytes())); !strings.Contains(r.Words(), strings.Join(strings.Fields(want), " ")) {
		t.Errorf("%q is not shown", want)
	}
	if s.onStick() {
		t.Error("nothing is on the stick yet")
	}
	s.done = &handover.ExportResult{Target: filepath.Join(r.Home, "dossier.zip")}
	if s.onStick() {
		t.Error("a ZIP in the home folder is no stick")
	}
	s.done.Target = filepath.Join(stick, "dossier.zip")
	if !s.onStick() {
		t.Error("it is on the stick")
	}

	// Two of them, or none: the person chooses.
	for _, sticks := range [][]string{{stick, t.TempDir()}, nil} {
		r.Sticks = sticks
		s = &exportScreen{}
		r.W.Show(s)
		if s.dir != "" {
			t.Errorf("%d sticks: the bundle goes to %q", len(sticks), s.dir)
		}
	}
	r.Sees("window.export.no-stick")
	r.Sticks = []string{stick}
	r.Press("window.export.look-again")
	if s.dir != stick {
		t.Errorf("plugged in later: %q", s.dir)
	}
}

// What goes along is chosen here, with a count and a size; none is no bundle.
func TestChoosingWhatGoesAlong(t *testing.T) {
	r := inCase(t)
	for _, n := range []string{"1", "2", "3"} {
		r.Keep("https://exemple.be/p/" + n)
	}
	r.W.Show(&exportScreen{})
	s := r.W.Screen().(*exportScreen)
	r.Press("window.export.own")
	r.Press("window.export.folder")
	says := func(here, of int) {
		t.Helper()
		want := r.W.T("export.chosen", "Here", here, "Of", of, "Bytes", r.W.Text().Bytes(s.bytes()))
		if !strings.Contains(r.Words(), strings.Join(strings.Fields(want), " ")) {
			t.Errorf("%q is not shown", want)
		}
	}
	says(3, 3)
	if q := s.request(r.W); q.Exhibits != nil {
		t.Errorf("nobody chose, and it asks for %v", q.Exhibits)
	}
	r.Press("window.export.choose-none")
	says(0, 3)
	if !r.ButtonOf("window.export.create").Disabled() {
		t.Error("a bundle of nothing can be made")
	}
	r.Tick("E-002")
	says(1, 3)
	r.Sees("window.export.choice-how", "window.export.not-taken")
	if q := s.request(r.W); !slices.Equal(q.Exhibits, []string{"E-002"}) || r.ButtonOf("window.export.create").Disabled() {
		t.Errorf("it asks for %v", q.Exhibits)
	}
	r.Press("window.export.create")
	if s.done == nil || !slices.Equal(s.done.ByChoice(), []string{"E-001", "E-003"}) || s.done.Of != 3 {
		t.Fatalf("made: %+v", s.done)
	}
	if said := "1 des 3 pièces du dossier"; !strings.Contains(r.Words(), said) {
		t.Errorf("%q is not shown", said)
	}
	r.Press("window.export.another")
	r.Press("window.export.choose-none")
	r.Press("window.export.choose-all")
	if q := r.W.Screen().(*exportScreen).request(r.W); q.Exhibits != nil {
		t.Errorf("all, and it asks for %v", q.Exhibits)
	}
}

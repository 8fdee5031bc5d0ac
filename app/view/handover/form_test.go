package handover

import (
	"bytes"
	"fmt"
	"image"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"

	"constat/app/flow"
	"constat/app/flow/handover"
	"constat/app/flow/look"
	"constat/app/flow/proof"
	"constat/app/view/stage"
	"constat/app/view/viewtest"
	"constat/app/view/widget"
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
	s.sticks = []flow.Stick{{Name: "SANDISK", Path: s.dir}}
	r.W.Refresh()
	r.Sees("window.export.open-stick")
	s.sticks = nil
	r.W.Refresh()
	if y := r.Scroll().Offset.Y; y != 60 {
		t.Errorf("a choice scrolled the form to %v", y)
	}
	q = s.request(r.W)
	if q.ZipPassword != "" || filepath.Ext(q.Target) == ".zip" {
		t.Errorf("request for a folder %+v", q)
	}
	r.Press("window.export.age")
	r.Sees("window.export.key-how")
	if !r.ButtonOf("window.export.create").Disabled() {
		t.Error("a file for a key can be made without one")
	}
	const key = "age1vmva82plheplen3xqzvht5qkg8ytrxcvtxyju0r82jdhx85d2s6s5eswc9"
	s.key.SetText(key)
	if q := s.request(r.W); r.ButtonOf("window.export.create").Disabled() || !slices.Equal(q.Recipients, []string{key}) || q.ZipPassword != "" ||
		q.Target != filepath.Join(r.Home, "dossier-2026-11-23.zip.age") {
		t.Errorf("request for a key %+v", q)
	}
	r.Press("window.export.zip")
	r.Sees("window.export.hide-how")
	s.hide = true
	if q := s.request(r.W); !q.HideNames || q.ZipPassword == "" || q.Recipients != nil {
		t.Errorf("request for a ZIP without names %+v", q)
	}
	r.Press("window.export.folder")
	if q := s.request(r.W); q.HideNames || q.Recipients != nil {
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

// What calendars were asked and did not give is said, as it is of authorities; and nothing where nobody wanted them.
func TestCalendarsAreSaid(t *testing.T) {
	const promise = "\x00\x83\xdf\xe3\x0d\x2e\xf9\x0c\x8e\x12\x11https://a.example" // a pending attestation
	calendar := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, promise) }))
	defer calendar.Close()
	const none = "http://127.0.0.1:1"
	for _, c := range []struct {
		chosen []string
		says   func(w *stage.Stage) string
	}{
		{nil, func(*stage.Stage) string { return "" }},
		{[]string{calendar.URL, none}, func(w *stage.Stage) string { return w.T("export.calendars", "Taken", "1", "Of", "2") }},
		{[]string{none}, func(w *stage.Stage) string { return w.T("export.calendars-none", "Of", "1") }},
	} {
		r := inCase(t)
		r.Keep("https://exemple.be/p/1")
		settings := r.App.Settings()
		settings.Calendars = c.chosen
		if err := r.App.SaveSettings(settings); err != nil {
			t.Fatal(err)
		}
		r.W.Show(&exportScreen{})
		r.Press("window.export.own")
		r.Press("window.export.folder")
		r.Press("window.export.create")
		want := strings.Join(strings.Fields(c.says(r.W)), " ")
		if said := r.Words(); !strings.Contains(said, want) || strings.Contains(said, "calendrier") != (want != "") {
			t.Errorf("%v: %q is not what is said:\n%s", c.chosen, want, said)
		}
	}
}

// Whoever has hundreds of exhibits looks for some of them: a screen is drawn of a dozen, the rest of the form is as
// near as with few, for the keys, too, and what is chosen holds for what is not drawn.
func TestChoosingAmongHundreds(t *testing.T) {
	r := inCase(t)
	r.Win.Resize(viewtest.Least)
	var list []look.Exhibit
	for n := range 300 {
		e := look.Exhibit{Exhibit: evidence.ExhibitID(n + 1), Kind: evidence.WebCapture, Address: fmt.Sprintf("https://exemple.be/p/%d", n+1), Title: "publication"}
		if n%100 == 7 {
			e.Title = "Insulte de compte_x"
		}
		list = append(list, e)
	}
	s := &exportScreen{list: list, loaded: true, mask: map[string]handover.Masking{}, out: map[string]bool{}, dir: r.Home, zip: false, thumbs: map[string]image.Image{}}
	s.name, s.password = widget.NewField(r.W.Keys(), "dossier"), widget.NewSecret(r.W.Keys(), "")
	s.name.SetText("dossier")
	r.Put(s)
	r.Sees("window.find.exhibits", "window.export.choose-all")
	says := func(here int) {
		t.Helper()
		if got := len(s.chosenIDs()); got != here {
			t.Errorf("%d go along, want %d", got, here)
		}
	}
	says(300)
	stops := func() int {
		r.Win.Canvas().Unfocus()
		create := r.ButtonOf("window.export.create")
		for n := 1; n < 200; n++ {
			r.Win.Canvas().FocusNext()
			if r.Win.Canvas().Focused() == create {
				return n
			}
		}
		return 200
	}
	if n := stops(); n > 50 {
		t.Errorf("Tab needs %d stops to the button that makes it", n)
	}
	r.Press("window.export.choose-none")
	says(0)
	r.W.Focus(s.find.Field)
	test.Type(s.find.Field, "insulte")
	r.Sees("window.export.choose-found", "window.export.leave-found")
	if n := len(s.rows(r.W)); n != 3 {
		t.Errorf("%d are shown", n)
	}
	r.Press("window.export.choose-found")
	says(3)
	if q := s.request(r.W); !slices.Equal(q.Exhibits, []string{"E-008", "E-108", "E-208"}) {
		t.Errorf("it asks for %v", q.Exhibits)
	}
	test.Type(s.find.Field, " xyz")
	r.Sees("window.find.none")
	s.find.Field.SetText("")
	r.Press("window.export.choose-all")
	says(300)
	before := len(s.rows(r.W))
	for _, o := range r.Everything() {
		if b, ok := o.(*widget.Button); ok && b.Words() == r.W.N("keep.more", rowsMost) {
			test.Tap(b)
			break
		}
	}
	if now := len(s.rows(r.W)); now != before+rowsMost {
		t.Errorf("%d are drawn, then %d", before, now)
	}
}

// chosenIDs are the exhibits that go along, also where all of them do.
func (s *exportScreen) chosenIDs() (ids []string) {
	for _, e := range s.list {
		if !e.Closed && !s.out[e.Exhibit] {
			ids = append(ids, e.Exhibit)
		}
	}
	return ids
}

// BenchmarkChoosing draws the form of so many exhibits anew, as each box that is ticked does.
func BenchmarkChoosing(b *testing.B) {
	for _, n := range []int{10, 300, 1000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			r := viewtest.InCase(b, rooms())
			var list []look.Exhibit
			for i := range n {
				list = append(list, look.Exhibit{Exhibit: evidence.ExhibitID(i + 1), Kind: evidence.WebCapture, Title: "publication"})
			}
			s := &exportScreen{list: list, loaded: true, mask: map[string]handover.Masking{}, out: map[string]bool{}, dir: r.Home, thumbs: map[string]image.Image{}}
			s.name, s.password = widget.NewField(r.W.Keys(), ""), widget.NewSecret(r.W.Keys(), "")
			r.Put(s)
			b.ResetTimer()
			for range b.N {
				r.W.Refresh()
			}
		})
	}
}

package view

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/storage"

	"constat/app/flow"
	"constat/evidence"
)

// file makes a file to import.
func (r *rig) file(name, content string) string {
	r.t.Helper()
	path := filepath.Join(r.home, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		r.t.Fatal(err)
	}
	return path
}

// drop drags files into the window.
func (r *rig) drop(uris ...string) {
	r.t.Helper()
	var list []fyne.URI
	for _, u := range uris {
		parsed, err := storage.ParseURI(u)
		if err != nil {
			r.t.Fatal(err)
		}
		list = append(list, parsed)
	}
	r.win.(*droppable).drop(fyne.NewPos(600, 400), list)
}

func (r *rig) exhibits() []flow.ExhibitView {
	r.t.Helper()
	list, err := r.w.session.Exhibits(r.t.Context(), r.w.matter.ID)
	if err != nil {
		r.t.Fatal(err)
	}
	return list
}

func TestFilesAreChosenAskedAboutAndKept(t *testing.T) {
	r := inCase(t)
	first := r.file("premier.txt", "une capture\n")
	second := r.file("second.txt", "une autre\n")
	r.press("window.keep.files")
	r.sees("window.import.drop")
	r.press("window.import.button")
	r.sees("window.import.choose")
	r.fields()[0].SetText(first)
	r.press("window.choose.file")
	r.sees("window.import.question", "window.age.law")
	r.press("window.import.add")
	r.fields()[0].SetText(second)
	r.press("window.choose.file")
	if got := r.w.screen.(*importScreen).files; !slices.Equal(got, []string{first, second}) {
		t.Errorf("files %q", got)
	}
	r.press("window.age.no")
	r.sees("window.import.fresh", "window.import.not-proven", "window.claims.title", "claim.original-name")
	list := r.exhibits()
	if len(list) != 1 || list[0].Kind != evidence.Import {
		t.Fatalf("exhibits %+v", list)
	}
	for _, want := range []string{"premier.txt", "second.txt", "import-01.txt"} {
		if !strings.Contains(r.words(), want) {
			t.Errorf("%q is not shown: %s", want, r.words())
		}
	}
	r.escape()
	r.sees("kind.import")
	if !strings.Contains(r.words(), "E-001 · premier.txt, second.txt") {
		t.Errorf("the import is listed without its files: %s", r.words())
	}
}

func TestFilesCanBeDroppedOnTheCase(t *testing.T) {
	r := inCase(t)
	a, b := r.file("a.txt", "a\n"), r.file("b.txt", "b\n")
	r.drop("file://"+a, "https://exemple.be/image.png")
	r.sees("window.import.question", "window.import.no-file")
	r.drop("file://"+b, "file://"+a)
	s := r.w.screen.(*importScreen)
	if !slices.Equal(s.files, []string{a, b}) || s.foreign {
		t.Errorf("files %q, foreign %v", s.files, s.foreign)
	}
	r.press("window.import.remove")
	if !slices.Equal(s.files, []string{b}) {
		t.Errorf("files %q", s.files)
	}
	r.press("window.age.no")
	if list := r.exhibits(); len(list) != 1 || len(list[0].Manifest.Artifacts) != 1 {
		t.Errorf("exhibits %+v", list)
	}

	// Elsewhere nothing happens.
	before := r.w.screen
	r.drop("file://" + a)
	if r.w.screen != before {
		t.Errorf("a drop on an exhibit leads to %T", r.w.screen)
	}
	r.press("window.lock")
	r.drop("file://" + a)
	r.sees("window.unlock.what")
}

func TestNothingIsImportedUnder18(t *testing.T) {
	for _, answer := range []string{"window.age.yes", "window.age.unsure"} {
		t.Run(answer, func(t *testing.T) {
			r := inCase(t)
			a, b := r.file("a.txt", "a\n"), r.file("b.txt", "b\n")
			r.drop("file://" + a)
			r.press(answer)
			r.sees("window.import.stop", "window.help.child-focus", "window.help.police", "window.help.institute")
			r.drop("file://" + b) // not on an answer
			r.sees("window.import.stop")
			r.press("window.back")
			// Asking again, or among other files, is no way around it.
			r.drop("file://"+b, "file://"+a)
			r.press("window.age.no")
			r.sees("window.import.stop")
			if list := r.exhibits(); len(list) != 0 {
				t.Errorf("exhibits %+v", list)
			}
		})
	}
}

// A file of an exhibit that was closed is not kept again, whatever its name is
// now: who helps is shown, as if the answer had been another one.
func TestAFileThatIsClosedIsNotKeptAgain(t *testing.T) {
	r := inCase(t)
	r.drop("file://" + r.file("a.txt", "a\n"))
	r.press("window.age.no")
	if _, err := r.w.session.MarkMinor(t.Context(), r.w.matter.ID, "E-001"); err != nil {
		t.Fatal(err)
	}
	r.escape()
	r.drop("file://" + r.file("b.txt", "a\n"))
	r.press("window.age.no")
	r.sees("window.import.stop", "window.help.child-focus")
	if want := r.w.text.T("error.closed-file.what", "Exhibit", "E-001", "Title", r.w.matter.Title); !strings.Contains(r.words(), want) {
		t.Errorf("%q is not shown: %s", want, r.words())
	}
	if list := r.exhibits(); len(list) != 1 {
		t.Errorf("%d exhibits", len(list))
	}
}

func TestAFileThatIsGoneIsSaidAndCanBeTriedAgain(t *testing.T) {
	r := inCase(t)
	gone := filepath.Join(r.home, "parti.txt")
	r.drop("file://" + gone)
	r.press("window.age.no")
	r.sees("window.import.not-kept", "window.notice.copy")
	r.file("parti.txt", "revenu\n")
	r.press("window.capture.again")
	r.sees("window.import.fresh")
}

func TestAnImportCanBeStopped(t *testing.T) {
	r := inCase(t)
	a := r.file("a.txt", "a\n")
	r.drop("file://" + a)
	r.exec.held = true
	r.press("window.age.no")
	r.sees("window.import.running", "step.import-store")
	before := r.w.screen
	r.drop("file://" + a)
	if r.w.screen != before {
		t.Error("a drop ends a running import")
	}
	r.press("window.capture.stop")
	r.exec.finish()
	r.exec.held = false
	r.sees("window.import.stopped")
	if list := r.exhibits(); len(list) != 0 {
		t.Errorf("exhibits %+v", list)
	}
}

// TestAStepThatComesAgainGoesOn: an import has the same steps once a file.
func TestAStepThatComesAgainGoesOn(t *testing.T) {
	c := &clock{time.Date(2026, 11, 23, 11, 0, 0, 0, time.UTC)}
	m := &meter{now: c.now}
	for _, s := range []evidence.Step{"import-store", "import-facts", "import-store", "import-facts"} {
		m.Step(s)
		m.Amount(1, 2)
		c.pass(time.Second)
	}
	m.end()
	got := m.snapshot()
	if len(got) != 2 {
		t.Fatalf("stages %+v", got)
	}
	for _, s := range got {
		if s.running || s.took != 2*time.Second {
			t.Errorf("stage %+v", s)
		}
	}
}

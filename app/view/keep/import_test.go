package keep

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"constat/app/view/viewtest"
	"constat/evidence"
)

// file makes a file to import.
func file(r *viewtest.Rig, name, content string) string {
	r.T.Helper()
	path := filepath.Join(r.Home, name)
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		r.T.Fatal(err)
	}
	return path
}

func TestFilesAreChosenAskedAboutAndKept(t *testing.T) {
	r := inCase(t)
	first := file(r, "premier.txt", "une capture\n")
	second := file(r, "second.txt", "une autre\n")
	r.Press("window.keep.files")
	r.Sees("window.import.drop")
	r.Press("window.import.button")
	r.Sees("window.import.choose")
	r.Fields()[0].SetText(first)
	r.Press("window.choose.file")
	r.Sees("window.age.question", "window.age.law")
	r.Press("window.import.add")
	r.Fields()[0].SetText(second)
	r.Press("window.choose.file")
	if got := r.W.Screen().(*importScreen).files; !slices.Equal(got, []string{first, second}) {
		t.Errorf("files %q", got)
	}
	r.Press("window.age.no")
	r.Sees("window.import.fresh", "window.import.not-proven")
	r.Press("window.claims.title")
	r.Sees("claim.original-name")
	list := r.Exhibits()
	if len(list) != 1 || list[0].Kind != evidence.Import {
		t.Fatalf("exhibits %+v", list)
	}
	for _, want := range []string{"premier.txt", "second.txt", "import-01.txt"} {
		if !strings.Contains(r.Words(), want) {
			t.Errorf("%q is not shown: %s", want, r.Words())
		}
	}
	r.Escape()
	r.Sees("kind.import")
	if !strings.Contains(r.Words(), "E-001 · premier.txt, second.txt") {
		t.Errorf("the import is listed without its files: %s", r.Words())
	}
}

func TestFilesCanBeDroppedOnTheCase(t *testing.T) {
	r := inCase(t)
	a, b := file(r, "a.txt", "a\n"), file(r, "b.txt", "b\n")
	r.Drop("file://"+a, "https://exemple.be/image.png")
	r.Sees("window.age.question", "window.import.no-file")
	r.Drop("file://"+b, "file://"+a)
	s := r.W.Screen().(*importScreen)
	if !slices.Equal(s.files, []string{a, b}) || s.foreign {
		t.Errorf("files %q, foreign %v", s.files, s.foreign)
	}
	r.Press("window.import.remove")
	if !slices.Equal(s.files, []string{b}) {
		t.Errorf("files %q", s.files)
	}
	r.Press("window.age.no")
	if list := r.Exhibits(); len(list) != 1 || len(list[0].Manifest.Artifacts) != 1 {
		t.Errorf("exhibits %+v", list)
	}

	// Elsewhere nothing happens.
	before := r.W.Screen()
	r.Drop("file://" + a)
	if r.W.Screen() != before {
		t.Errorf("a drop on an exhibit leads to %T", r.W.Screen())
	}
	r.Press("window.lock")
	r.Drop("file://" + a)
	r.Sees("window.unlock.what")
}

func TestNothingIsImportedUnder18(t *testing.T) {
	for _, answer := range []string{"window.age.yes", "window.age.unsure"} {
		t.Run(answer, func(t *testing.T) {
			r := inCase(t)
			a, b := file(r, "a.txt", "a\n"), file(r, "b.txt", "b\n")
			r.Drop("file://" + a)
			r.Press(answer)
			r.Sees("window.import.stop", "window.help.child-focus", "window.help.police", "window.help.institute")
			r.Drop("file://" + b) // not on an answer
			r.Sees("window.import.stop")
			r.Press("window.back")
			// Asking again, or among other files, is no way around it.
			r.Drop("file://"+b, "file://"+a)
			r.Press("window.age.no")
			r.Sees("window.import.stop")
			if list := r.Exhibits(); len(list) != 0 {
				t.Errorf("exhibits %+v", list)
			}
		})
	}
}

// A file of an exhibit that was closed is not kept again, whatever its name is
// now: who helps is shown, as if the answer had been another one.
func TestAFileThatIsClosedIsNotKeptAgain(t *testing.T) {
	r := inCase(t)
	r.Drop("file://" + file(r, "a.txt", "a\n"))
	r.Press("window.age.no")
	if _, err := r.W.Session().Keep.MarkMinor(t.Context(), r.W.Desk().Case.ID, "E-001"); err != nil {
		t.Fatal(err)
	}
	r.Escape()
	r.Drop("file://" + file(r, "b.txt", "a\n"))
	r.Press("window.age.no")
	r.Sees("window.import.stop", "window.help.child-focus")
	if want := r.W.Text().T("error.closed-file.what", "Exhibit", "E-001", "Title", r.W.Desk().Case.Title); !strings.Contains(r.Words(), want) {
		t.Errorf("%q is not shown: %s", want, r.Words())
	}
	if list := r.Exhibits(); len(list) != 1 {
		t.Errorf("%d exhibits", len(list))
	}
}

func TestAFileThatIsGoneIsSaidAndCanBeTriedAgain(t *testing.T) {
	r := inCase(t)
	gone := filepath.Join(r.Home, "parti.txt")
	r.Drop("file://" + gone)
	r.Press("window.age.no")
	r.Sees("window.import.not-kept", "window.notice.copy")
	file(r, "parti.txt", "revenu\n")
	r.Press("window.capture.again")
	r.Sees("window.import.fresh")
}

func TestAnImportCanBeStopped(t *testing.T) {
	r := inCase(t)
	a := file(r, "a.txt", "a\n")
	r.Drop("file://" + a)
	r.Exec.Held = true
	r.Press("window.age.no")
	r.Sees("window.import.running", "step.import-store")
	before := r.W.Screen()
	r.Drop("file://" + a)
	if r.W.Screen() != before {
		t.Error("a drop ends a running import")
	}
	r.Press("window.capture.stop")
	r.Press("window.capture.stop-sure")
	r.Exec.Finish()
	r.Exec.Held = false
	r.Sees("window.import.stopped")
	if list := r.Exhibits(); len(list) != 0 {
		t.Errorf("exhibits %+v", list)
	}
}

package settings

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// A copy on a stick: added, pushed, checked; unplugged, it is said; forgotten, it stays there.
func TestSafeCopy(t *testing.T) {
	r := inCase(t)
	r.W.Show(&copiesScreen{})
	r.Sees("window.copies.ask", "window.copies.learns-how", "window.copies.none")
	stick := filepath.Join(r.Home, "stick")
	r.TypeInto(0, stick)
	r.Press("window.copies.add")
	r.Sees("window.copies.never", "window.copies.kind.folder")
	r.Press("window.copies.push")
	r.Sees("window.copies.later")
	if names, err := os.ReadDir(stick); err != nil || len(names) != 1 {
		t.Errorf("%v, %v", names, err)
	}
	if strings.Contains(r.Words(), r.W.T("copies.never")) {
		t.Error("it is not said that it was pushed")
	}
	r.Press("window.copies.check")
	away := stick + "-away"
	if err := os.Rename(stick, away); err != nil {
		t.Fatal(err)
	}
	r.Press("window.copies.push")
	r.Sees("error.copy-unreachable.what")
	r.Press("window.copies.forget")
	r.Sees("window.copies.none")
	if _, err := os.Stat(away); err != nil {
		t.Error(err)
	}
}

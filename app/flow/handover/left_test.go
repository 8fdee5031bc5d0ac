package handover_test

import (
	"bytes"
	"context"
	"crypto/ed25519"
	"errors"
	"image"
	"image/png"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"constat/app/flow/flowtest"
	"constat/app/flow/handover"
	"constat/app/flow/keep"
	"constat/evidence"
	"constat/evidence/vault"
	"constat/internal/stock"
)

// TestWhatAKilledExportLeftIsSwept: what a killed export left is readable, and
// nobody would look for it. What others put there stays.
func TestWhatAKilledExportLeftIsSwept(t *testing.T) {
	data := t.TempDir()
	s, c := flowtest.Open(t, flowtest.AppIn(t, data))
	flowtest.Record(t, s, c, "https://example.org/1")
	dir := t.TempDir()
	left := map[string]bool{ // whether it is to be swept
		".liasse.partial-1234567":     true,
		".liasse.partial-folder/data": true,
		".liasse":                     false,
		".other.partial-1234567":      false,
		"liasse.partial-1234567":      false,
		"more.liasse.partial-1234567": false,
	}
	for name := range left {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte("PICTURE"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := handover.ExportRequest{Case: c.ID, Target: filepath.Join(dir, "liasse"), Language: "fr"}
	seen := &noted{dir: filepath.Join(data, "exports")}
	if _, err := s.Handover.Export(t.Context(), r, seen); err != nil {
		t.Fatal(err)
	}
	if seen.most != 1 || seen.count() != 0 {
		t.Errorf("%d notes of where it was written while it ran, %d after it", seen.most, seen.count())
	}
	for name, swept := range left {
		if _, err := os.Lstat(filepath.Join(dir, name)); (err != nil) != swept {
			t.Errorf("%s: swept: %v, want %v", name, err != nil, swept)
		}
	}
}

// noted counts the notes of running exports at each step.
type noted struct {
	evidence.NoProgress
	dir  string
	most int
}

func (n *noted) Step(evidence.Step) { n.most = max(n.most, n.count()) }

func (n *noted) count() int {
	list, _ := os.ReadDir(n.dir)
	return len(list)
}

// TestAKilledExportIsSweptAtTheNextStart: wherever it was written, and without anybody
// exporting there once more. A folder that is not there keeps its note.
func TestAKilledExportIsSweptAtTheNextStart(t *testing.T) {
	dir, gone := t.TempDir(), filepath.Join(t.TempDir(), "stick")
	left := filepath.Join(dir, ".liasse.partial-77")
	other := filepath.Join(dir, ".other.partial-77")
	for _, path := range []string{left, other} {
		if err := os.MkdirAll(filepath.Join(path, "data"), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	notes := t.TempDir()
	v := keyed{evidence.Sum([]byte("a key"))}
	note := func(name, target string) string {
		path := filepath.Join(notes, name)
		if err := os.WriteFile(path, []byte(target), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	mine := v.key.String()[:16]
	here, cut, away := note(mine+"-1", filepath.Join(dir, "liasse")), note(mine+"-2", ""), note(mine+"-3", filepath.Join(gone, "liasse"))
	foreign := note("0123456789abcdef-1", filepath.Join(dir, "other"))
	handover.New(handover.Config{Vault: v, Begun: notes})
	for path, stays := range map[string]bool{left: false, other: true, here: false, cut: false, away: true, foreign: true} {
		if _, err := os.Lstat(path); (err == nil) != stays {
			t.Errorf("%s: there: %v, want %v", path, err == nil, stays)
		}
	}
}

// keyed is a vault of which only the key matters.
type keyed struct{ key evidence.Digest }

func (keyed) Case(context.Context, string) (*vault.Case, error) { return nil, errors.ErrUnsupported }
func (keyed) PublicKey() ed25519.PublicKey                      { return nil }
func (k keyed) SigningKeyFingerprint() evidence.Digest          { return k.key }

// TestAMaskedPictureIsNotOnThePaper asks a stranger what pictures the report has.
func TestAMaskedPictureIsNotOnThePaper(t *testing.T) {
	s, c := flowtest.Open(t, flowtest.App(t))
	photo := image.NewGray(image.Rect(0, 0, 123, 77))
	for i := range photo.Pix {
		photo.Pix[i] = byte(i * i)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, photo); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(t.TempDir(), "photo.png")
	if err := os.WriteFile(path, b.Bytes(), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Keep.Import(t.Context(), keep.ImportRequest{Case: c.ID, Files: []string{path}, Subject: keep.SubjectAdult}, evidence.NoProgress{}); err != nil {
		t.Fatal(err)
	}
	for _, row := range []struct {
		mask  map[string]handover.Masking
		shown bool
	}{{nil, true}, {map[string]handover.Masking{"E-001": handover.LeaveOut}, false}, {map[string]handover.Masking{"*": handover.Blur}, false}} {
		r := handover.ExportRequest{Case: c.ID, Target: filepath.Join(t.TempDir(), "liasse"), Language: "fr", Mask: row.mask}
		if _, err := s.Handover.Export(t.Context(), r, evidence.NoProgress{}); err != nil {
			t.Fatal(err)
		}
		list := strings.Fields(stock.Run(t, r.Target, "pdfimages", "-list", "data/report.pdf"))
		if shown := slices.Contains(list, "123") && slices.Contains(list, "77"); shown != row.shown {
			t.Errorf("mask %v: shown: %v\n%v", row.mask, shown, list)
		}
	}
}

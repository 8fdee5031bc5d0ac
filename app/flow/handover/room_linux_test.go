package handover_test

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"testing"

	"constat/app/flow/flowtest"
	"constat/app/flow/handover"
	"constat/app/flow/keep"
	"constat/evidence"
	"constat/internal/smalldisk"
)

// TestRoomIsLookedForFirst: on a stick that is too small nothing is begun, and another case's bundle
// on it stays as it is.
func TestRoomIsLookedForFirst(t *testing.T) {
	disk := smalldisk.Mount(t, 8<<20)
	other := filepath.Join(disk.Dir, "liasse")
	if err := os.Mkdir(other, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(other, "bagit.txt"), []byte("of another case"), 0o600); err != nil {
		t.Fatal(err)
	}
	s, c := flowtest.Open(t, flowtest.App(t))
	film := filepath.Join(t.TempDir(), "film.mp4")
	if err := os.WriteFile(film, append([]byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom"), bytes.Repeat([]byte{7}, 9<<20)...), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Keep.Import(t.Context(), keep.ImportRequest{Case: c.ID, Files: []string{film}, Subject: keep.SubjectAdult}, evidence.NoProgress{}); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"dossier", "dossier.zip"} {
		_, err := s.Handover.Export(t.Context(), handover.ExportRequest{Case: c.ID, Target: filepath.Join(disk.Dir, name), Language: "fr"}, evidence.NoProgress{})
		if e, ok := errors.AsType[*handover.RoomError](err); !ok || e.Needed < 9<<20 || e.Free > 8<<20 {
			t.Errorf("%s: %v", name, err)
		}
	}
	// What is there already is not touched either.
	if _, err := s.Handover.Export(t.Context(), handover.ExportRequest{Case: c.ID, Target: other, Language: "fr"}, evidence.NoProgress{}); err == nil {
		t.Error("a bundle took the place of another")
	}
	list, err := os.ReadDir(disk.Dir)
	if err != nil || len(list) != 1 {
		t.Errorf("%d things on the stick, %v", len(list), err)
	}
	if b, err := os.ReadFile(filepath.Join(other, "bagit.txt")); err != nil || string(b) != "of another case" {
		t.Errorf("%q, %v", b, err)
	}
}

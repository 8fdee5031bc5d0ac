package verify_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"constat/bundle"
	"constat/bundle/internal/sample"
	"constat/bundle/verify"
	"constat/evidence"
)

// TestAZipThatShowsNoNames is read like any other, and every altered byte of it is seen.
func TestAZipThatShowsNoNames(t *testing.T) {
	const password = "tr0mbone é 例"
	w := build(t, sample.Options{})
	path := filepath.Join(t.TempDir(), "liasse.zip")
	made, err := bundle.WriteSealed(t.Context(), path, bundle.Sealing{Password: password, HideNames: true}, inputOf(w.c), evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	got := check(t, path, verify.Options{Policy: untimed, ZipPassword: password})
	if !got.Valid || got.Fingerprint != made.Fingerprint || got.Files != made.Files {
		t.Errorf("%s\n%s", got.Verdict, failures(got))
	}
	for _, wrong := range []string{"", "trombone"} {
		if _, err := verify.Verify(t.Context(), path, verify.Options{ZipPassword: wrong}); !errors.Is(err, verify.ErrPassword) {
			t.Errorf("password %q: %v", wrong, err)
		}
	}
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	gone, leave := context.WithCancel(t.Context())
	leave()
	if _, err := verify.VerifyArchive(gone, bytes.NewReader(b), int64(len(b)), verify.Options{ZipPassword: password}); !errors.Is(err, context.Canceled) {
		t.Errorf("nobody waits: %v", err)
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil || len(z.File) != 1 || z.File[0].Name != bundle.ContentsName || bytes.Contains(b, []byte("exhibits")) {
		t.Fatalf("%v, %d entries", err, len(z.File))
	}
	at, err := z.File[0].DataOffset()
	if err != nil {
		t.Fatal(err)
	}
	end := at + int64(z.File[0].CompressedSize64)
	for _, i := range []int64{at + 18, at + (end-at)/2, end - 11, end - 10, end - 1} {
		bad := bytes.Clone(b)
		bad[i] ^= 1
		changed := filepath.Join(t.TempDir(), "changed.zip")
		if err := os.WriteFile(changed, bad, 0o600); err != nil {
			t.Fatal(err)
		}
		r := check(t, changed, verify.Options{Policy: untimed, ZipPassword: password})
		if r.Verdict != verify.NotValid || strings.Contains(fmt.Sprint(r.Checks), "names") || !strings.Contains(failures(r), "contents.zip: is not as it was written") {
			t.Errorf("byte %d of %d: %s\n%s", i, len(b), r.Verdict, failures(r))
		}
	}
}

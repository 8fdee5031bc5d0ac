package verify_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"constat/bundle"
	"constat/bundle/internal/sample"
	"constat/bundle/verify"
	"constat/evidence"
)

func TestZip(t *testing.T) {
	w := build(t, sample.Options{})
	for _, password := range []string{"", "tr0mbone é 例"} {
		path := filepath.Join(t.TempDir(), "liasse.zip")
		r, err := bundle.WriteZip(t.Context(), path, password, inputOf(w.c), evidence.NoProgress{})
		if err != nil {
			t.Fatal(err)
		}
		got := check(t, path, verify.Options{Policy: untimed, ZipPassword: password})
		if !got.Valid || got.Fingerprint != r.Fingerprint || got.Files != r.Files {
			t.Errorf("%q: %s\n%s", password, got.Verdict, failures(got))
		}
		if password == "" {
			continue
		}
		for _, wrong := range []string{"", "trombone"} {
			if _, err := verify.Verify(t.Context(), path, verify.Options{ZipPassword: wrong}); !errors.Is(err, verify.ErrPassword) {
				t.Errorf("password %q: %v", wrong, err)
			}
		}
		// A flipped byte in the data of any sealed entry is found.
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range z.File {
			at, err := f.DataOffset()
			if err != nil {
				t.Fatal(err)
			}
			bad := bytes.Clone(b)
			bad[at+int64(f.CompressedSize64)-1] ^= 1 // in its code
			changed := filepath.Join(t.TempDir(), "changed.zip")
			if err := os.WriteFile(changed, bad, 0o600); err != nil {
				t.Fatal(err)
			}
			r := check(t, changed, verify.Options{ZipPassword: password})
			if want := strings.TrimPrefix(f.Name, "liasse/"); r.Verdict != verify.NotValid || !strings.Contains(failures(r), "readable: "+want) {
				t.Errorf("%s: %s\n%s", f.Name, r.Verdict, failures(r))
			}
		}
	}
}

// zipOf makes a ZIP with entries as given.
func zipOf(t *testing.T, fill func(z *zip.Writer) error) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.zip")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	z := zip.NewWriter(f)
	if err := errors.Join(fill(z), z.Close(), f.Close()); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestHostileZip(t *testing.T) {
	w := build(t, sample.Options{Tall: 1000})
	entry := func(name string, mode fs.FileMode, content []byte) func(z *zip.Writer) error {
		return func(z *zip.Writer) error {
			if err := z.AddFS(os.DirFS(w.dir)); err != nil {
				return err
			}
			h := &zip.FileHeader{Name: name, Method: zip.Deflate}
			h.SetMode(mode)
			out, err := z.CreateHeader(h)
			if err != nil {
				return err
			}
			_, err = out.Write(content)
			return err
		}
	}
	for _, c := range []struct{ name, want string }{
		{"../outside", "leads elsewhere"}, {"/etc/passwd", "is absolute"}, {"data/../../x", "leads elsewhere"}, {`data\x`, "backslash"},
		{"C:/x", "colon"}, {"data//x", "leads elsewhere"}, {"data/./x", "leads elsewhere"}, {"data/x\x00y", "control"}, {"data/x\u202ey", "control"},
		{"data/x.", "ends with a dot"}, {"bagit.txt", "one name"}, {"BagIt.txt", "one name"}, {"surplus.txt", "tag-files: surplus.txt"},
	} {
		r := check(t, zipOf(t, entry(c.name, 0o600, []byte("x"))), verify.Options{})
		if r.Verdict != verify.NotValid || !strings.Contains(failures(r), c.want) {
			t.Errorf("%q: %s, want %q in\n%s", c.name, r.Verdict, c.want, failures(r))
		}
	}
	for _, mode := range []fs.FileMode{fs.ModeSymlink | 0o777, fs.ModeDevice | 0o600, fs.ModeNamedPipe | 0o600} {
		r := check(t, zipOf(t, entry("data/link", mode, []byte("/etc/passwd"))), verify.Options{})
		if r.Verdict != verify.NotValid || !strings.Contains(failures(r), `"data/link" is a link or a device`) {
			t.Errorf("%v: %s\n%s", mode, r.Verdict, failures(r))
		}
	}
	bomb := zipOf(t, entry("bomb", 0o600, make([]byte, 600<<20)))
	if r := check(t, bomb, verify.Options{}); r.Verdict != verify.NotValid || !strings.Contains(failures(r), "limits: ") {
		t.Errorf("bomb: %s\n%s", r.Verdict, failures(r))
	}
	// A ZIP whose entries are those of a whole bundle is valid, whatever program made it.
	if r := check(t, zipOf(t, func(z *zip.Writer) error { return z.AddFS(os.DirFS(w.dir)) }), verify.Options{Policy: untimed}); !r.Valid {
		t.Errorf("plain: %s\n%s", r.Verdict, failures(r))
	}
	if r := check(t, zipOf(t, func(z *zip.Writer) error { return z.AddFS(os.DirFS(filepath.Dir(w.dir))) }), verify.Options{Policy: untimed}); !r.Valid {
		t.Errorf("in a folder: %s\n%s", r.Verdict, failures(r))
	}
}

package verify_test

import (
	"archive/zip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"constat/bundle/internal/sample"
	"constat/bundle/verify"
	"constat/evidence"
)

// Bytes behind the end of compressed data are read by nobody, and belong to nobody.
func TestNothingHidesBehindCompressedData(t *testing.T) {
	w := build(t, sample.Options{Tall: 1000})
	path := zipOf(t, func(z *zip.Writer) error {
		if err := z.AddFS(os.DirFS(w.dir)); err != nil {
			return err
		}
		out, err := z.CreateRaw(&zip.FileHeader{Name: "surplus.txt", Method: zip.Deflate, CompressedSize64: 9})
		if err == nil {
			_, err = out.Write([]byte("\x03\x00hidden!")) // the empty text, and more
		}
		return err
	})
	if r := check(t, path, verify.Options{Policy: untimed}); !strings.Contains(failures(r), "readable: surplus.txt: has bytes after the end") {
		t.Errorf("%s\n%s", r.Verdict, failures(r))
	}
}

// What Finder and Explorer leave is named, and is not of the bundle; a list that
// names such a file names one that is missing.
func TestWhatADesktopLeaves(t *testing.T) {
	w := build(t, sample.Options{Tall: 1000})
	dir := w.copy(t)
	litter := []string{".DS_Store", "data/._report.pdf", "data/exhibits/E-001/Thumbs.db", "desktop.ini", "System Volume Information/IndexerVolumeGuid"}
	for _, name := range litter {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o700); err != nil {
			t.Fatal(err)
		}
		write(t, dir, name, []byte("x"))
	}
	r := check(t, dir, verify.Options{Policy: untimed})
	if !r.Valid {
		t.Errorf("%s\n%s", r.Verdict, failures(r))
	}
	for _, name := range litter {
		if said := details(r, "of-this-computer"); !strings.HasPrefix(said, "not-done: ") || !strings.Contains(said, name) {
			t.Errorf("%s is not named in %q", name, said)
		}
	}
	if code, out := script(t, dir, "--allow-no-timestamp"); code != 0 || !strings.Contains(out, "OTHER") {
		t.Errorf("the script ends with %d\n%s", code, out)
	}
	write(t, dir, "manifest-sha256.txt", append(read(t, dir, "manifest-sha256.txt"), []byte(evidence.Sum([]byte("x")).String()+"  data/._report.pdf\n")...))
	if r := check(t, dir, verify.Options{Policy: untimed}); !strings.Contains(failures(r), "data/._report.pdf: missing") {
		t.Errorf("%s\n%s", r.Verdict, failures(r))
	}
	// Finder's own ZIPs have a second folder of such files.
	path := zipOf(t, func(z *zip.Writer) error {
		for name, root := range map[string]string{"liasse/": w.dir, "__MACOSX/liasse/": filepath.Join(dir, "System Volume Information")} {
			for _, f := range files(t, root) {
				out, err := z.Create(name + f)
				if err == nil {
					_, err = out.Write(read(t, root, f))
				}
				if err != nil {
					return err
				}
			}
		}
		return nil
	})
	if r := check(t, path, verify.Options{Policy: untimed}); !r.Valid {
		t.Errorf("with a second folder: %s\n%s", r.Verdict, failures(r))
	}
}

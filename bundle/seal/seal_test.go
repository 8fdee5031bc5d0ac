package seal_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"constat/bundle/seal"
)

// TestSevenZipIsTheJudge writes awkward entries and lets 7-Zip take them out again.
func TestSevenZipIsTheJudge(t *testing.T) {
	content := map[string]string{
		"b/empty.txt": "", "b/empty.png": "", "b/one.txt": "x", "b/é 例.txt": "accents", "b/block.png": strings.Repeat("0123456789abcdef", 256),
		"b/odd.png": strings.Repeat("x", 4097), "b/text.txt": strings.Repeat("all work and no play ", 200_000), "b/big.png": strings.Repeat("\x00\xff", 4<<20),
	}
	for _, password := range []string{"", "tr0mbone", "pass phrase é 例"} {
		dir := t.TempDir()
		path := filepath.Join(dir, "x.zip")
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		w := seal.NewWriter(f, password, time.Date(2026, 11, 23, 0, 0, 0, 0, time.UTC))
		for name, s := range content {
			if err := w.Add(name, strings.NewReader(s)); err != nil {
				t.Fatal(err)
			}
		}
		if err := errors.Join(w.Close(), f.Close()); err != nil {
			t.Fatal(err)
		}
		cmd := exec.CommandContext(t.Context(), "7z", "x", "-y", "-o"+dir, "-p"+password, path)
		cmd.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%q: %v\n%s", password, err, out)
		}
		for name, want := range content {
			got, err := os.ReadFile(filepath.Join(dir, name))
			if err != nil || string(got) != want {
				t.Errorf("%q: %s: %d bytes, %v", password, name, len(got), err)
			}
		}
	}
}

func TestNames(t *testing.T) {
	w := seal.NewWriter(io.Discard, "x", time.Time{})
	for _, name := range []string{"", ".", "..", "../x", "/x", "a/../b", "a//b", "a/", `a\b`} {
		if err := w.Add(name, strings.NewReader("")); !errors.Is(err, seal.ErrName) {
			t.Errorf("%q: %v", name, err)
		}
	}
	if err := w.Add("a", strings.NewReader("")); err != nil {
		t.Error(err)
	}
	if err := w.Add("a", strings.NewReader("")); !errors.Is(err, seal.ErrName) {
		t.Errorf("twice: %v", err)
	}
}

func TestSaltsDiffer(t *testing.T) {
	var a, b bytes.Buffer
	for _, out := range []*bytes.Buffer{&a, &b} {
		w := seal.NewWriter(out, "x", time.Time{})
		if err := errors.Join(w.Add("a.png", strings.NewReader("the same")), w.Close()); err != nil {
			t.Fatal(err)
		}
	}
	if bytes.Equal(a.Bytes(), b.Bytes()) || bytes.Contains(a.Bytes(), []byte("the same")) {
		t.Error("two archives are alike, or plain")
	}
}

func BenchmarkSealed(b *testing.B) {
	data := bytes.Repeat([]byte("0123456789abcdef"), 1<<20)
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		w := seal.NewWriter(io.Discard, "x", time.Time{})
		if err := errors.Join(w.Add("a.png", bytes.NewReader(data)), w.Close()); err != nil {
			b.Fatal(err)
		}
	}
}

package handover

import (
	"errors"
	"testing"

	"constat/evidence"
	"constat/evidence/vault"
)

// TestAStickThatTakesNoLargeFile: a folder lies there in files, an archive in one.
func TestAStickThatTakesNoLargeFile(t *testing.T) {
	film := func(size int64) evidence.Artifact {
		return evidence.Artifact{Name: "f", MediaType: "video/mp4", Size: size}
	}
	of := func(artifacts ...evidence.Artifact) []vault.Exhibit {
		return []vault.Exhibit{{Manifest: evidence.Manifest{Artifacts: artifacts}}}
	}
	x := &Exporter{largest: func(string) int64 { return 1<<32 - 1 }}
	for _, c := range []struct {
		target string
		list   []vault.Exhibit
		size   int64 // of the file that is too large; 0: none is
	}{
		{"a", of(film(3<<30), film(3<<30)), 0}, {"a.zip", of(film(3<<30), film(3<<30)), 6 << 30}, {"a.zip.age", of(film(3<<30), film(3<<30)), 6 << 30},
		{"a", of(film(5 << 30)), 5 << 30}, {"a.zip", of(film(1<<32 - 1)), 0}, {"a.zip", of(evidence.Artifact{MediaType: "text/plain", Size: 5 << 30}), 0},
	} {
		err := x.room(c.target, c.list)
		e, ok := errors.AsType[*LargestError](err)
		if ok != (c.size > 0) || ok && e.Size != c.size || !ok && err != nil {
			t.Errorf("%s: %v, want %d", c.target, err, c.size)
		}
	}
	x.largest = func(string) int64 { return 0 }
	if err := x.room("a.zip", of(film(9<<30))); err != nil {
		t.Error(err)
	}
}

// TakesAtMost has a place take files of so many bytes, as a stick in FAT does.
func TakesAtMost(x *Exporter, n int64) { x.largest = func(string) int64 { return n } }

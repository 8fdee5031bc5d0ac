package verify

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"constat/bundle"
	"constat/bundle/internal/sample"
	"constat/evidence"
)

// changing is a tree of which one file is another as soon as it was read once: a
// stick that is pulled out, or somebody who knows when the digests are taken.
type changing struct {
	tree
	name   string
	change func([]byte) []byte
	opened int
}

func (c *changing) open(name string) (io.ReadCloser, error) {
	r, err := c.tree.open(name)
	if err != nil || name != c.name {
		return r, err
	}
	if c.opened++; c.opened == 1 {
		return r, nil
	}
	defer r.Close()
	b, err := io.ReadAll(r)
	return io.NopCloser(bytes.NewReader(c.change(b))), err
}

// TestAFileThatChangesWhileItIsChecked: what is read again is what was hashed,
// or it is said. The change is of a kind that nothing else would notice.
func TestAFileThatChangesWhileItIsChecked(t *testing.T) {
	c := sample.New(t, sample.Options{Practice: true, Tall: 1000})
	made, err := bundle.Write(t.Context(), t.TempDir()+"/liasse", bundle.Input{
		Case: c.Case, Exhibits: c.Exhibits, WriteLog: c.WriteLog, Language: "fr", Location: time.UTC,
		CreatedAt: sample.Start.Add(3 * time.Hour), Software: sample.Software, Stamp: c.Stamp,
	}, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	t1, l, err := openTree(t.Context(), made.Dir, "")
	if err != nil {
		t.Fatal(err)
	}
	defer t1.Close()
	judge := func(name string, change func([]byte) []byte) Report {
		t.Helper()
		// The sample says when it was kept, and the authority stamps today.
		o := Options{Roots: c.Roots, Practice: true, Policy: Policy{Timely: 100 * 365 * 24 * time.Hour}}
		k := &checker{ctx: t.Context(), o: o, tree: &changing{tree: t1, name: name, change: change},
			sizes: maps.Clone(l.sizes), failures: map[string]int{}, sums: map[string]sums{}}
		if err := k.all(); err != nil {
			t.Fatal(err)
		}
		return k.verdict()
	}
	if r := judge("", nil); !r.Valid {
		t.Fatalf("unchanged: %v", r.Checks)
	}
	for name, change := range map[string]func([]byte) []byte{
		"bag-info.txt": func(b []byte) []byte {
			return bytes.Replace(b, []byte("Constat-Language: fr"), []byte("Constat-Language: nl"), 1)
		},
		"manifest-sha256.txt": func(b []byte) []byte { // the same lines in another order
			lines := slices.Collect(bytes.Lines(b))
			lines[0], lines[1] = lines[1], lines[0]
			return bytes.Join(lines, nil)
		},
		"data/custody-log.jsonl": func(b []byte) []byte { // who did it is linked by the line after it only
			i := bytes.LastIndex(b, []byte(`"actor":"person"`))
			return slices.Concat(b[:i], []byte(`"actor":"nobody"`), b[i+len(`"actor":"person"`):])
		},
	} {
		r := judge(name, change)
		said := slices.ContainsFunc(r.Checks, func(c evidence.Check) bool {
			return c.State == evidence.Failed && strings.HasPrefix(c.Detail, name) && strings.Contains(c.Detail, errChanged.Error())
		})
		if r.Verdict != NotValid || !said {
			t.Errorf("%s: %s\n%v", name, r.Verdict, r.Checks)
		}
	}
	if _, err := (&changing{tree: t1, name: "none"}).open("none"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%v", err)
	}
}

package verify

import (
	"bytes"
	"io"

	"constat/evidence/tsa/renewal"
)

// besideTree is a bundle with files that are to lie over the whole and do not yet.
type besideTree struct {
	tree
	files map[string][]byte
}

// besides adds them to a tree and to what was found in it. What would not lie over the
// whole, or in the place of something, is left out: it is not there.
func besides(t tree, l *listing, files []renewal.File) tree {
	out := besideTree{t, map[string][]byte{}}
	for _, f := range files {
		if _, taken := l.sizes[f.Name]; taken || !isOfWhole(f.Name) {
			continue
		}
		l.sizes[f.Name] = int64(len(f.Data))
		out.files[f.Name] = f.Data
	}
	if len(out.files) == 0 {
		return t
	}
	return out
}

func (b besideTree) open(name string) (io.ReadCloser, error) {
	if data, beside := b.files[name]; beside {
		return io.NopCloser(bytes.NewReader(data)), nil
	}
	return b.tree.open(name)
}

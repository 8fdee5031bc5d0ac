package verify

import (
	"crypto"
	"io"
	"strings"
	"testing"
)

// counting is a tree of files of one byte that counts how often one was opened.
type counting struct{ opened int }

func (c *counting) open(string) (io.ReadCloser, error) {
	c.opened++
	return io.NopCloser(strings.NewReader("x")), nil
}

func (*counting) Close() error { return nil }

// However many records ask for digests by another hash, all of a bundle is read for it once.
func TestDigestsAreTakenOnce(t *testing.T) {
	files := &counting{}
	c := &checker{ctx: t.Context(), tree: files, sizes: map[string]int64{"a": 1, "b": 1}, sums: map[string]sums{"a": {}, "b": {}}}
	for range 100 {
		for _, h := range []crypto.Hash{crypto.SHA3_256, crypto.SHA384, crypto.SHA512} {
			sums, err := c.digestsOf([]string{"a", "b"}, h)
			if err != nil || len(sums) != 2 || len(sums[0]) != h.Size() {
				t.Fatalf("%v: %x, %v", h, sums, err)
			}
		}
	}
	if files.opened != 4 {
		t.Errorf("%d files were opened", files.opened)
	}
}

package capture

import (
	"context"
	"io"
	"net/http/httptest"
	"testing"

	"constat/capture/benchmark/page"
	"constat/evidence"
)

// hashed is a sink that reads and hashes as a vault does, and keeps nothing.
type hashed struct{}

func (hashed) Put(_ context.Context, meta evidence.Artifact, r io.Reader) (evidence.Artifact, error) {
	h := evidence.NewHasher()
	_, err := io.Copy(h, r)
	meta.SHA256, meta.SHA512, meta.Size = h.Sums()
	return meta, err
}

// BenchmarkCapture is a complete capture, launch included, of a page of forty
// pictures; benchmark/run.sh compares it with other tools.
func BenchmarkCapture(b *testing.B) {
	handler, err := page.Handler()
	if err != nil {
		b.Fatal(err)
	}
	server := httptest.NewServer(handler)
	defer server.Close()
	r := recorder(b, nil)
	for b.Loop() {
		c, err := r.Capture(b.Context(), evidence.Request{Address: server.URL}, hashed{}, evidence.NoProgress{})
		if err != nil {
			b.Fatal(err)
		}
		if c.Outcome != evidence.Complete {
			b.Fatalf("outcome %s, problems %v", c.Outcome, c.Problems)
		}
	}
}

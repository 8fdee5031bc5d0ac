package after_test

import (
	"bytes"
	"errors"
	"testing"
	"time"

	"constat/bundle/paper"
	"constat/bundle/paper/after"
)

func drawn(t testing.TB) []byte {
	t.Helper()
	d, err := paper.New(paper.Options{Title: "T & <é>", Created: time.Date(2026, 11, 30, 8, 0, 0, 0, time.UTC), NoSystem: true})
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		d.AddPage()
		d.Text(10, 20, paper.Style{Size: 10}, "page")
		d.Link(10, 10, 5, 5, 1, "page é", func() { d.Text(10, 30, paper.Style{Size: 10}, "1") })
	}
	var b bytes.Buffer
	if err := d.Write(&b); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Nothing that was there is changed, and a token has its place and no more.
func TestReserveChangesNothing(t *testing.T) {
	before := drawn(t)
	r, err := after.Reserve(before, after.Material{Certificates: [][]byte{[]byte("one"), []byte("two")}})
	if err != nil {
		t.Fatal(err)
	}
	token := bytes.Repeat([]byte{0xa5}, 24<<10)
	full, err := r.Fill(token)
	if err != nil || !bytes.HasPrefix(full, before) {
		t.Fatalf("%v", err)
	}
	place := bytes.Index(full, bytes.Repeat([]byte("a5"), len(token)))
	again, err := r.Fill(token[:10])
	if err != nil || len(again) != len(full) || !bytes.Equal(again[:place+20], full[:place+20]) ||
		!bytes.Equal(again[place+2*len(token):], full[place+2*len(token):]) {
		t.Errorf("%v: the token changed what is around it", err)
	}
	if _, err := r.Fill(append(token, 0)); err == nil {
		t.Error("a token that is too large was put in")
	}
	if r.Digest() != mustReserve(t, before).Digest() {
		t.Error("the same file has another digest")
	}
}

func mustReserve(t *testing.T, pdf []byte) *after.Reserved {
	t.Helper()
	r, err := after.Reserve(pdf, after.Material{Certificates: [][]byte{[]byte("one"), []byte("two")}})
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func FuzzReserve(f *testing.F) {
	f.Add(drawn(f))
	f.Add([]byte("xref\n0 1\n0000000000 65535 f \ntrailer\n<</Size 1/Root 1 0 R>>\nstartxref\n0\n%%EOF\n"))
	f.Add([]byte("%PDF\nxref\n0 9999999999\ntrailer\n<</Prev 5>>\nstartxref\n5\n%%EOF\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := after.Reserve(b, after.Material{})
		if err != nil {
			if !errors.Is(err, after.ErrForm) {
				t.Errorf("error %v", err)
			}
			return
		}
		if full, err := r.Fill([]byte("token")); err != nil || !bytes.HasPrefix(full, b) {
			t.Errorf("%v: what was there is changed", err)
		}
	})
}

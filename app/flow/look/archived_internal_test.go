package look

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io"
	"testing"
	"testing/iotest"

	"constat/evidence"
)

// anArchive is the beginning of a WACZ: a stored entry with a record for each body.
func anArchive(t testing.TB, bodies ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	h := make([]byte, 30)
	copy(h, "PK\x03\x04")
	binary.LittleEndian.PutUint16(h[26:], uint16(len(archiveName)))
	binary.LittleEndian.PutUint16(h[28:], 3)
	b.Write(h)
	b.WriteString(archiveName + "xyz")
	for i, body := range bodies {
		block := "HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\n\r\n" + string(body)
		z := gzip.NewWriter(&b)
		fmt.Fprintf(z, "WARC/1.1\r\nWARC-Type: %s\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n", [2]string{"response", "request"}[i%2], len(block), block)
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
	}
	b.WriteString("PK\x07\x08 and what follows")
	return b.Bytes()
}

func aPicture(t testing.TB, w, h int, plain bool) []byte {
	t.Helper()
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	if !plain {
		img.Set(w/2, h/2, color.White)
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// Only responses count; of these, to tell what a page shows, neither small nor plain pictures.
func TestWhatAnArchiveTells(t *testing.T) {
	large, small, narrow, plain := aPicture(t, 500, 400, false), aPicture(t, 199, 900, false), aPicture(t, 300, 300, false), aPicture(t, 500, 400, true)
	b := anArchive(t, large, []byte("asked"), small, nil, narrow, nil, plain, nil, []byte("some text"))
	for telling, want := range map[bool][][]byte{true: {large}, false: {large, small, narrow, plain, []byte("some text")}} {
		got, err := archived(bytes.NewReader(b), telling)
		if err != nil || len(got) != len(want) {
			t.Errorf("telling %v: %d of %d, %v", telling, len(got), len(want), err)
		}
		for _, w := range want {
			if !got[evidence.Sum(w)] {
				t.Errorf("telling %v: %d bytes are missing", telling, len(w))
			}
		}
	}

	if _, err := archived(bytes.NewReader([]byte("PK\x03\x04")), false); err == nil {
		t.Error("no archive")
	}
}

// TestWhatCannotBeReadIsNotTakenForRead: cut, damaged in the middle, or not to be opened.
func TestWhatCannotBeReadIsNotTakenForRead(t *testing.T) {
	b := anArchive(t, aPicture(t, 500, 400, false), nil, aPicture(t, 600, 400, false))
	var m evidence.Manifest
	m.Kind = evidence.WebCapture
	m.Artifacts = []evidence.Artifact{{Name: evidence.WACZName, Size: int64(len(b))}}
	torn := errors.New("torn")
	for name, c := range map[string]struct {
		open  func() (io.ReadCloser, error)
		whole bool
	}{
		"all of it": {func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }, true},
		"cut":       {func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b[:len(b)/2])), nil }, false},
		"torn where a record ends": {func() (io.ReadCloser, error) {
			end := bytes.LastIndex(b, []byte("PK\x07\x08"))
			return io.NopCloser(io.MultiReader(bytes.NewReader(b[:end]), iotest.ErrReader(torn))), nil
		}, false},
		"closed": {func() (io.ReadCloser, error) { return nil, torn }, false},
	} {
		x := Holder{Manifest: m, Open: func(context.Context, string) (io.ReadCloser, error) { return c.open() }}
		if _, whole, err := TellsSoFar(t.Context(), x); whole != c.whole || err != nil {
			t.Errorf("%s: whole %t, %v", name, whole, err)
		}
	}
}

func FuzzArchived(f *testing.F) {
	f.Add(anArchive(f, aPicture(f, 500, 400, false), []byte("x")), true)
	f.Add(anArchive(f, []byte("GIF89a\xff\xff\xff\xff")), false)
	f.Fuzz(func(_ *testing.T, b []byte, telling bool) { _, _ = archived(bytes.NewReader(b), telling) })
}

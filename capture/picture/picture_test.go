package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"hash/crc32"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math/rand/v2"
	"strings"
	"testing"
)

// drawn makes a picture of gradients and noise, so that every filter occurs.
func drawn(width, height int, seed uint64, alpha bool) image.Image {
	rnd := rand.New(rand.NewPCG(seed, 7))
	img := image.NewNRGBA(image.Rect(0, 0, width, height))
	for y := range height {
		for x := range width {
			c := color.NRGBA{uint8(x * 3), uint8(y * 5), uint8((x*y + int(seed)) >> 3), 255}
			if rnd.IntN(4) == 0 {
				c.R = uint8(rnd.UintN(256))
			}
			if alpha && x%3 == 0 {
				c.A = uint8(rnd.UintN(256))
			}
			img.SetNRGBA(x, y, c)
		}
	}
	return img
}

func encoded(t testing.TB, img image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func decoded(t testing.TB, b []byte) *Picture {
	t.Helper()
	p, err := Decode(b)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// filtered encodes an opaque image with one filter type in every line.
func filtered(t testing.TB, img image.Image, filter byte) []byte {
	t.Helper()
	size := img.Bounds().Size()
	raw := make([][]byte, size.Y+1)
	raw[0] = make([]byte, size.X*3)
	for y := range size.Y {
		for x := range size.X {
			r, g, b, _ := img.At(x, y).RGBA()
			raw[y+1] = append(raw[y+1], byte(r>>8), byte(g>>8), byte(b>>8))
		}
	}
	var out bytes.Buffer
	j, err := NewJoiner(&out, size.X, size.Y, 3)
	if err != nil {
		t.Fatal(err)
	}
	for y := range size.Y {
		row, above, line := raw[y+1], raw[y], []byte{filter}
		for i := range row {
			var left, corner byte
			if i >= 3 {
				left, corner = row[i-3], above[i-3]
			}
			predicted := []byte{0, left, above[i], byte((int(left) + int(above[i])) / 2), paeth(left, above[i], corner)}[filter]
			line = append(line, row[i]-predicted)
		}
		if err := j.lines(line, y%3 == 2); err != nil {
			t.Fatal(err)
		}
	}
	j.left = 0
	if err := j.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestJoinIsPixelExact(t *testing.T) {
	const width = 97
	var parts [][]byte
	for f := byte(0); f <= filterPaeth; f++ {
		parts = append(parts, filtered(t, drawn(width, 20+int(f), uint64(f), false), f))
	}
	band, err := Band(BandText{Address: "https://example.org/", Facts: []string{"now"}}, BandWidth(1), 1)
	if err != nil {
		t.Fatal(err)
	}
	band = band.SubImage(image.Rect(0, 0, width, band.Bounds().Dy())).(*image.RGBA)
	height := band.Bounds().Dy()
	for _, p := range parts {
		height += decoded(t, p).Height
	}
	for _, channels := range []int{3, 4} {
		var out bytes.Buffer
		j, err := NewJoiner(&out, width, height, channels)
		if err != nil {
			t.Fatal(err)
		}
		if err := j.WriteImage(band); err != nil {
			t.Fatal(err)
		}
		for _, p := range parts {
			if err := j.WritePicture(decoded(t, p)); err != nil {
				t.Fatal(err)
			}
		}
		if err := j.Close(); err != nil {
			t.Fatal(err)
		}
		joined, err := png.Decode(bytes.NewReader(out.Bytes()))
		if err != nil {
			t.Fatalf("%d channels: %v", channels, err)
		}
		assertBelow(t, joined, band, 0)
		y := band.Bounds().Dy()
		for _, p := range parts {
			img, err := png.Decode(bytes.NewReader(p))
			if err != nil {
				t.Fatal(err)
			}
			assertBelow(t, joined, img, y)
			y += img.Bounds().Dy()
		}
		if joined.Bounds().Dy() != y {
			t.Errorf("height %d, want %d", joined.Bounds().Dy(), y)
		}
	}
}

func assertBelow(t *testing.T, joined, part image.Image, top int) {
	t.Helper()
	for y := range part.Bounds().Dy() {
		for x := range part.Bounds().Dx() {
			r1, g1, b1, a1 := joined.At(x, top+y).RGBA()
			r2, g2, b2, a2 := part.At(x, y).RGBA()
			if r1 != r2 || g1 != g2 || b1 != b2 || a1 != a2 {
				t.Fatalf("pixel %d,%d differs", x, top+y)
			}
		}
	}
}

func TestTransparentIsSetOnWhite(t *testing.T) {
	img := image.NewNRGBA(image.Rect(0, 0, 2, 1))
	img.SetNRGBA(0, 0, color.NRGBA{0, 0, 0, 0})
	img.SetNRGBA(1, 0, color.NRGBA{200, 0, 0, 255})
	var out bytes.Buffer
	j, err := NewJoiner(&out, 2, 1, 3)
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(j.WritePicture(decoded(t, encoded(t, img))), j.Close()); err != nil {
		t.Fatal(err)
	}
	p := decoded(t, out.Bytes())
	if got, want := p.Corner(), [4]byte{255, 255, 255, 255}; got != want {
		t.Errorf("transparent pixel became %v", got)
	}
}

func TestUniform(t *testing.T) {
	flat := image.NewNRGBA(image.Rect(0, 0, 50, 40))
	for i := range flat.Pix {
		flat.Pix[i] = []byte{10, 20, 30, 255}[i%4]
	}
	for f := byte(0); f <= filterPaeth; f++ {
		if !decoded(t, filtered(t, flat, f)).Uniform() {
			t.Errorf("filter %d: one colour not seen", f)
		}
	}
	flat.SetNRGBA(49, 39, color.NRGBA{10, 20, 31, 255})
	for f := byte(0); f <= filterPaeth; f++ {
		if decoded(t, filtered(t, flat, f)).Uniform() {
			t.Errorf("filter %d: last pixel overlooked", f)
		}
	}
}

func TestDecodeRefusesDamage(t *testing.T) {
	good := encoded(t, drawn(31, 17, 1, false))
	for n := range good {
		if _, err := Decode(good[:n]); !errors.Is(err, ErrPicture) {
			t.Fatalf("cut at %d of %d: %v", n, len(good), err)
		}
	}
	for n := range good {
		bad := bytes.Clone(good)
		bad[n] ^= 0x10
		if _, err := Decode(bad); err == nil {
			t.Fatalf("byte %d changed and not noticed", n)
		}
	}
	if _, err := Decode(append(bytes.Clone(good), 0)); !errors.Is(err, ErrPicture) {
		t.Errorf("trailing byte: %v", err)
	}
	// A header that promises more than its data can hold.
	lying := bytes.Clone(good)
	binary.BigEndian.PutUint32(lying[16:], 9000)
	binary.BigEndian.PutUint32(lying[20:], 8000)
	binary.BigEndian.PutUint32(lying[29:], crc32.ChecksumIEEE(lying[12:29]))
	if _, err := Decode(lying); !errors.Is(err, ErrPicture) {
		t.Errorf("lying header: %v", err)
	}
	grey := encoded(t, image.NewGray(image.Rect(0, 0, 3, 3)))
	if _, err := Decode(grey); !errors.Is(err, ErrPicture) {
		t.Errorf("grey: %v", err)
	}
}

func TestJoinerKeepsItsPromise(t *testing.T) {
	p := decoded(t, encoded(t, drawn(10, 5, 1, false)))
	var out bytes.Buffer
	j, err := NewJoiner(&out, 10, 9, 3)
	if err != nil {
		t.Fatal(err)
	}
	if err := j.WritePicture(p); err != nil {
		t.Fatal(err)
	}
	if err := j.WritePicture(p); err == nil {
		t.Error("more lines than announced were accepted")
	}
	if err := j.Close(); err == nil {
		t.Error("missing lines were accepted")
	}
	if err := j.WritePicture(decoded(t, encoded(t, drawn(11, 1, 1, false)))); err == nil {
		t.Error("another width was accepted")
	}
	if _, err := NewJoiner(&out, 0, 9, 3); err == nil {
		t.Error("no width was accepted")
	}
}

func TestBandHoldsTheWholeAddress(t *testing.T) {
	p, err := newPen(1)
	if err != nil {
		t.Fatal(err)
	}
	address := "https://example.org/" + strings.Repeat("0123456789abcdef", 500) + "/é/例/\U00020000"
	lines := wrapAnywhere(p.mono, address, 600)
	joined := strings.Join(lines, "")
	if want := p.mono.visible(address); joined != want {
		t.Error("wrapping changed the address")
	}
	if !strings.Contains(joined, "[U+20000]") {
		t.Error("a character without a glyph was dropped")
	}
	for _, l := range lines {
		if w := p.mono.width(l).Ceil(); w > 600 {
			t.Errorf("a line is %d pixels wide", w)
		}
	}
	short, err := Band(BandText{Address: "https://example.org/"}, 800, 1)
	if err != nil {
		t.Fatal(err)
	}
	long, err := Band(BandText{Address: address, Mark: "PRACTICE — NOT EVIDENCE", Facts: []string{"a", "b"}}, 800, 1)
	if err != nil {
		t.Fatal(err)
	}
	if long.Bounds().Dy() < short.Bounds().Dy()+40*bandLine {
		t.Errorf("bands of %d and %d pixels", short.Bounds().Dy(), long.Bounds().Dy())
	}
	if c := long.RGBAAt(2, 2); c != bandAlarm {
		t.Errorf("the mark's ground is %v", c)
	}
	if _, err := Band(BandText{}, BandWidth(1)-1, 1); err == nil {
		t.Error("a band too narrow to read was drawn")
	}
}

func FuzzDecode(f *testing.F) {
	f.Add(encoded(f, drawn(5, 4, 1, false)))
	f.Add(encoded(f, drawn(5, 4, 2, true)))
	f.Add([]byte(signature))
	f.Fuzz(func(t *testing.T, b []byte) {
		p, err := Decode(b)
		if err != nil {
			if !errors.Is(err, ErrPicture) {
				t.Fatal(err)
			}
			return
		}
		p.Uniform()
		var out bytes.Buffer
		j, err := NewJoiner(&out, p.Width, p.Height, p.Channels)
		if err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(j.WritePicture(p), j.Close()); err != nil {
			t.Fatal(err)
		}
		again, err := png.Decode(&out)
		if err != nil {
			t.Fatal(err)
		}
		first, err := png.Decode(bytes.NewReader(b))
		if err != nil {
			return // image/png is stricter about ancillary chunks
		}
		assertBelow(t, again, first, 0)
	})
}

func BenchmarkDecodeAndJoin(b *testing.B) {
	data := encoded(b, drawn(1280, 4000, 3, false))
	b.SetBytes(1280 * 4000 * 3)
	for b.Loop() {
		p, err := Decode(data)
		if err != nil {
			b.Fatal(err)
		}
		j, err := NewJoiner(new(discard), p.Width, p.Height, p.Channels)
		if err != nil {
			b.Fatal(err)
		}
		if err := errors.Join(j.WritePicture(p), j.Close()); err != nil {
			b.Fatal(err)
		}
	}
}

type discard struct{}

func (*discard) Write(b []byte) (int, error) { return len(b), nil }

func TestNarrowPictureStandsOnTheLeft(t *testing.T) {
	part := filtered(t, drawn(5, 4, 1, false), filterPaeth)
	own, err := png.Decode(bytes.NewReader(part))
	if err != nil {
		t.Fatal(err)
	}
	for _, channels := range []int{3, 4} {
		var out bytes.Buffer
		j, err := NewJoiner(&out, 7, 4, channels)
		if err == nil {
			err = errors.Join(j.WritePicture(decoded(t, part)), j.Close())
		}
		if err != nil {
			t.Fatal(err)
		}
		joined, err := png.Decode(&out)
		if err != nil {
			t.Fatalf("%d channels: %v", channels, err)
		}
		assertBelow(t, joined, own, 0)
		for y := range 4 {
			for x := 5; x < 7; x++ {
				if r, g, b, a := joined.At(x, y).RGBA(); r&g&b&a != 0xffff {
					t.Errorf("%d channels: %d,%d is not white", channels, x, y)
				}
			}
		}
	}
}

// Two pictures of different widths and filters are compared where both have pixels.
func TestSame(t *testing.T) {
	img := image.NewRGBA(image.Rect(0, 0, 40, 30))
	draw.Draw(img, img.Bounds(), drawn(40, 30, 3, false), image.Point{}, draw.Src)
	wide := image.NewRGBA(image.Rect(0, 0, 60, 90))
	draw.Draw(wide, wide.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(wide, img.Bounds(), img, image.Point{}, draw.Src)
	wide.Set(20, 9, color.Black)
	wide.Set(9, 20, color.Black)
	a, b := decoded(t, filtered(t, img, filterPaeth)), decoded(t, filtered(t, wide, filterUp))
	for r, want := range map[image.Rectangle]bool{
		image.Rect(10, 10, 40, 30): true, image.Rect(0, 0, 20, 20): true, image.Rect(21, 0, 22, 30): true,
		image.Rect(0, 0, 21, 10): false, image.Rect(9, 20, 10, 21): false, image.Rect(0, 0, 40, 30): false,
		image.Rect(10, 10, 41, 30): false, image.Rect(-1, 10, 5, 12): false,
	} {
		if a.Same(b, r) != want || b.Same(a, r) != want {
			t.Errorf("%v: %t, want %t", r, !want, want)
		}
	}
}

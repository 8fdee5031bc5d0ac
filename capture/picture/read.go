package picture

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"io"

	"github.com/klauspost/compress/zlib"
)

// ErrPicture reports bytes that are not a PNG this package reads.
var ErrPicture = errors.New("not a usable PNG")

// maxPixels is the largest picture that [Decode] reads: 80 million pixels.
const maxPixels = 80_000_000

// signature is the eight bytes that begin every PNG (clause 5.2).
const signature = "\x89PNG\r\n\x1a\n"

// Filter types of a scanline (clause 9.2).
const (
	filterNone = iota
	filterSub
	filterUp
	filterAverage
	filterPaeth
)

// Picture is a PNG whose every byte was checked. Its scanlines are inflated and
// still filtered.
type Picture struct {
	Width, Height int
	Channels      int    // 3: RGB, 4: RGBA; 8 bits each
	dense         bool   // the browser could not make a third of it when it deflated it
	lines         []byte // Height × (1 + Width × Channels): filter type, then filtered bytes
}

func (p *Picture) stride() int { return 1 + p.Width*p.Channels }

func (p *Picture) line(y int) []byte { return p.lines[y*p.stride() : (y+1)*p.stride()] }

// chunks walks the chunks of a PNG (clause 5.3), each checked against its CRC.
type chunks struct{ rest []byte }

func (c *chunks) next() (kind string, data []byte, err error) {
	if len(c.rest) < 12 {
		return "", nil, fmt.Errorf("%w: ends within a chunk", ErrPicture)
	}
	n := binary.BigEndian.Uint32(c.rest)
	if uint64(n)+12 > uint64(len(c.rest)) {
		return "", nil, fmt.Errorf("%w: ends within a chunk", ErrPicture)
	}
	body, sum := c.rest[4:8+n], binary.BigEndian.Uint32(c.rest[8+n:])
	if crc32.ChecksumIEEE(body) != sum {
		return "", nil, fmt.Errorf("%w: checksum of chunk %.4q", ErrPicture, body)
	}
	c.rest = c.rest[12+n:]
	return string(body[:4]), body[4:], nil
}

// Decode checks the whole of a PNG and returns its scanlines. Trailing bytes
// after the end chunk are refused.
func Decode(b []byte) (*Picture, error) {
	if !bytes.HasPrefix(b, []byte(signature)) {
		return nil, fmt.Errorf("%w: no signature", ErrPicture)
	}
	c := &chunks{rest: b[len(signature):]}
	kind, head, err := c.next()
	if err != nil {
		return nil, err
	}
	if kind != "IHDR" {
		return nil, fmt.Errorf("%w: begins with chunk %q", ErrPicture, kind)
	}
	p, err := parseHeader(head)
	if err != nil {
		return nil, err
	}
	var parts []io.Reader
	size := 0
	for kind != "IEND" {
		var data []byte
		if kind, data, err = c.next(); err != nil {
			return nil, err
		}
		switch {
		case kind == "IDAT":
			parts = append(parts, bytes.NewReader(data))
			size += len(data)
		case kind == "IEND", kind[0]&0x20 != 0: // lower case: ancillary, may be ignored
		default:
			return nil, fmt.Errorf("%w: critical chunk %q", ErrPicture, kind)
		}
	}
	if len(c.rest) != 0 {
		return nil, fmt.Errorf("%w: %d bytes after its end", ErrPicture, len(c.rest))
	}
	if err := p.inflate(io.MultiReader(parts...), size); err != nil {
		return nil, err
	}
	return p, nil
}

// parseHeader reads IHDR (clause 11.2.1).
func parseHeader(head []byte) (*Picture, error) {
	if len(head) != 13 {
		return nil, fmt.Errorf("%w: header of %d bytes", ErrPicture, len(head))
	}
	w, h := binary.BigEndian.Uint32(head), binary.BigEndian.Uint32(head[4:])
	if w == 0 || h == 0 || w > maxPixels || h > maxPixels || uint64(w)*uint64(h) > maxPixels {
		return nil, fmt.Errorf("%w: %d × %d pixels", ErrPicture, w, h)
	}
	p := &Picture{Width: int(w), Height: int(h)}
	switch depth, colour, rest := head[8], head[9], head[10:]; {
	case depth != 8 || rest[0] != 0 || rest[1] != 0 || rest[2] != 0:
		return nil, fmt.Errorf("%w: %d bits, methods %v", ErrPicture, depth, rest)
	case colour == 2:
		p.Channels = 3
	case colour == 6:
		p.Channels = 4
	default:
		return nil, fmt.Errorf("%w: colour type %d", ErrPicture, colour)
	}
	return p, nil
}

// inflate reads exactly as many bytes as the header promises. Deflate cannot
// compress better than 1 to 1,032, so that a header that lies is noticed
// before anything is allocated for it.
func (p *Picture) inflate(r io.Reader, compressed int) error {
	want := p.Height * p.stride()
	if want/1032 > compressed {
		return fmt.Errorf("%w: %d bytes cannot hold %d × %d pixels", ErrPicture, compressed, p.Width, p.Height)
	}
	z, err := zlib.NewReader(r)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrPicture, err)
	}
	defer z.Close()
	lines := make([]byte, want)
	if _, err := io.ReadFull(z, lines); err != nil {
		return fmt.Errorf("%w: pixels: %w", ErrPicture, err)
	}
	// The end must be here, and its checksum right.
	var one [1]byte
	if n, err := io.ReadFull(z, one[:]); n != 0 || err != io.EOF {
		return fmt.Errorf("%w: more pixels than its size says, or a wrong checksum", ErrPicture)
	}
	p.lines, p.dense = lines, compressed > want/3
	for y := range p.Height {
		if f := p.line(y)[0]; f > filterPaeth {
			return fmt.Errorf("%w: filter type %d in line %d", ErrPicture, f, y)
		}
	}
	return nil
}

// Uniform reports whether every pixel has the same colour. It stops at the
// first that differs.
func (p *Picture) Uniform() bool {
	above := make([]byte, p.Width*p.Channels)
	row := make([]byte, len(above))
	var first []byte
	for y := range p.Height {
		p.unfilter(y, row, above)
		if first == nil {
			first = bytes.Clone(row[:p.Channels])
		}
		for x := 0; x < len(row); x += p.Channels {
			if !bytes.Equal(row[x:x+p.Channels], first) {
				return false
			}
		}
		above, row = row, above
	}
	return true
}

// Same reports whether both show the same in a rectangle, which must lie in both.
func (p *Picture) Same(other *Picture, r image.Rectangle) bool {
	if p.Channels != other.Channels || !r.In(p.bounds()) || !r.In(other.bounds()) {
		return false
	}
	mine, theirs := p.rows(), other.rows()
	for y := range r.Max.Y {
		a, b := mine(y), theirs(y)
		if from, to := r.Min.X*p.Channels, r.Max.X*p.Channels; y >= r.Min.Y && !bytes.Equal(a[from:to], b[from:to]) {
			return false
		}
	}
	return true
}

// Unlike counts the lines of a rectangle that show something else in the other picture; all of them where the two
// cannot be compared.
func (p *Picture) Unlike(other *Picture, r image.Rectangle) (n int) {
	if p.Channels != other.Channels || !r.In(p.bounds()) || !r.In(other.bounds()) {
		return r.Dy()
	}
	mine, theirs := p.rows(), other.rows()
	for y := range r.Max.Y {
		a, b := mine(y), theirs(y)
		if from, to := r.Min.X*p.Channels, r.Max.X*p.Channels; y >= r.Min.Y && !bytes.Equal(a[from:to], b[from:to]) {
			n++
		}
	}
	return n
}

func (p *Picture) bounds() image.Rectangle { return image.Rect(0, 0, p.Width, p.Height) }

// rows returns what restores the lines, which must be asked for in order.
func (p *Picture) rows() func(y int) []byte {
	above, row := make([]byte, p.Width*p.Channels), make([]byte, p.Width*p.Channels)
	return func(y int) []byte {
		above, row = row, above
		p.unfilter(y, row, above)
		return row
	}
}

// Corner returns the first pixel, as red, green, blue and alpha.
func (p *Picture) Corner() [4]byte {
	row, above := make([]byte, p.Width*p.Channels), make([]byte, p.Width*p.Channels)
	p.unfilter(0, row, above)
	c := [4]byte{0, 0, 0, 255}
	copy(c[:], row[:p.Channels])
	return c
}

// unfilter restores line y into row; above is the restored line before it,
// zeros for the first (clause 9.2).
func (p *Picture) unfilter(y int, row, above []byte) {
	line := p.line(y)
	copy(row, line[1:])
	n := p.Channels
	switch line[0] {
	case filterSub:
		for i := n; i < len(row); i++ {
			row[i] += row[i-n]
		}
	case filterUp:
		for i := range row {
			row[i] += above[i]
		}
	case filterAverage:
		for i := range row {
			left := 0
			if i >= n {
				left = int(row[i-n])
			}
			row[i] += byte((left + int(above[i])) / 2)
		}
	case filterPaeth:
		for i := range row {
			var left, corner byte
			if i >= n {
				left, corner = row[i-n], above[i-n]
			}
			row[i] += paeth(left, above[i], corner)
		}
	}
}

// paeth is the predictor of clause 9.4.
func paeth(left, above, corner byte) byte {
	p := int(left) + int(above) - int(corner)
	pl, pa, pc := abs(p-int(left)), abs(p-int(above)), abs(p-int(corner))
	switch {
	case pl <= pa && pl <= pc:
		return left
	case pa <= pc:
		return above
	}
	return corner
}

func abs(n int) int { return max(n, -n) }

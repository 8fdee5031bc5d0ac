package picture

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash"
	"hash/adler32"
	"hash/crc32"
	"image"
	"io"

	"github.com/klauspost/compress/flate"
)

// Joiner writes one PNG made of pictures set one below the other. It is used
// from one goroutine.
type Joiner struct {
	w        io.Writer
	deflate  *flate.Writer    // the one that writes
	kinds    [2]*flate.Writer // for plain lines and for dense ones
	sum      hash.Hash32      // of everything that was deflated
	idat     *chunkWriter
	width    int
	channels int
	left     int // lines that are still to come
}

// maxSide is the largest width and height of a PNG (clause 11.2.1).
const maxSide = 1<<31 - 1

// NewJoiner writes the beginning of a PNG of the given size. channels is 3 for
// RGB or 4 for RGBA; pictures of the other kind are converted.
func NewJoiner(w io.Writer, width, height, channels int) (*Joiner, error) {
	if width < 1 || height < 1 || width > maxSide || height > maxSide || channels != 3 && channels != 4 {
		return nil, fmt.Errorf("picture: cannot join to %d × %d pixels of %d channels", width, height, channels)
	}
	if _, err := io.WriteString(w, signature); err != nil {
		return nil, err
	}
	head := make([]byte, 13)
	binary.BigEndian.PutUint32(head, uint32(width))
	binary.BigEndian.PutUint32(head[4:], uint32(height))
	head[8], head[9] = 8, map[int]byte{3: 2, 4: 6}[channels]
	if err := writeChunk(w, "IHDR", head); err != nil {
		return nil, err
	}
	j := &Joiner{w: w, idat: &chunkWriter{w: w}, sum: adler32.New(), width: width, channels: channels, left: height}
	// The fastest levels: the lines are filtered already, and the originals
	// beside it are what must be small.
	for i, level := range []int{flate.BestSpeed, flate.HuffmanOnly} {
		var err error
		if j.kinds[i], err = flate.NewWriter(j.idat, level); err != nil {
			return nil, err
		}
	}
	j.deflate = j.kinds[0]
	_, err := j.idat.Write([]byte{0x78, 0x01}) // RFC 1950: deflate, window of 32 KiB, fastest
	return j, err
}

// lines deflates filtered lines. In dense ones, such as those of photographs, strings that repeat are
// not worth looking for.
func (j *Joiner) lines(b []byte, dense bool) error {
	next := j.kinds[0]
	if dense {
		next = j.kinds[1]
	}
	if next != j.deflate {
		// Flushed, a stream ends at a byte; the other begins there, and knows nothing of what came
		// before.
		if err := j.deflate.Flush(); err != nil {
			return err
		}
		j.deflate = next
		j.deflate.Reset(j.idat)
	}
	j.sum.Write(b)
	_, err := j.deflate.Write(b)
	return err
}

// WritePicture appends a picture. What a narrower one leaves of the Joiner's width is white.
func (j *Joiner) WritePicture(p *Picture) error {
	if err := j.room(p.Width, p.Height); err != nil {
		return err
	}
	if p.Channels != j.channels || p.Width != j.width {
		return j.writeConverted(p)
	}
	if err := j.lines(p.firstLineAlone(), p.dense); err != nil {
		return err
	}
	return j.lines(p.lines[p.stride():], p.dense)
}

// WriteImage appends an opaque image.
func (j *Joiner) WriteImage(img *image.RGBA) error {
	size := img.Bounds().Size()
	if size.X != j.width {
		return fmt.Errorf("picture: width %d instead of %d", size.X, j.width)
	}
	if err := j.room(size.X, size.Y); err != nil {
		return err
	}
	line := make([]byte, 1, 1+size.X*j.channels)
	for y := range size.Y {
		line = line[:1] // filter type none
		row := img.Pix[y*img.Stride:][:size.X*4]
		for x := 0; x < len(row); x += 4 {
			line = append(line, row[x:x+j.channels]...)
		}
		if err := j.lines(line, false); err != nil {
			return err
		}
	}
	return nil
}

// Close writes the end. It fails when the announced height was not reached.
// The underlying writer is left open.
func (j *Joiner) Close() error {
	if j.left != 0 {
		return fmt.Errorf("picture: %d lines missing", j.left)
	}
	if err := j.deflate.Close(); err != nil {
		return err
	}
	if _, err := j.idat.Write(j.sum.Sum(nil)); err != nil {
		return err
	}
	if err := j.idat.flush(); err != nil {
		return err
	}
	return writeChunk(j.w, "IEND", nil)
}

func (j *Joiner) room(width, height int) error {
	if width > j.width {
		return fmt.Errorf("picture: width %d instead of %d", width, j.width)
	}
	if height > j.left {
		return errors.New("picture: more lines than announced")
	}
	j.left -= height
	return nil
}

// firstLineAlone returns the first line filtered so that it does not depend on
// what stands above it. In its own file zeros stood there: Up changed nothing
// and Paeth was Sub, so only Average has to be computed.
func (p *Picture) firstLineAlone() []byte {
	line := append([]byte(nil), p.line(0)...)
	switch line[0] {
	case filterUp:
		line[0] = filterNone
	case filterPaeth:
		line[0] = filterSub
	case filterAverage:
		p.unfilter(0, line[1:], make([]byte, len(line)-1))
		line[0] = filterNone
	}
	return line
}

// writeConverted turns RGBA to RGB (on white, as a page is) or RGB to RGBA, and fills the width.
func (j *Joiner) writeConverted(p *Picture) error {
	above := make([]byte, p.Width*p.Channels)
	row := make([]byte, len(above))
	line := make([]byte, 1, 1+j.width*j.channels)
	for y := range p.Height {
		p.unfilter(y, row, above)
		line = line[:1]
		for x := 0; x < len(row); x += p.Channels {
			px := row[x : x+p.Channels]
			if p.Channels == j.channels {
				line = append(line, px...)
				continue
			}
			if j.channels == 4 {
				line = append(line, px[0], px[1], px[2], 255)
				continue
			}
			for _, c := range px[:3] {
				a := uint32(px[3])
				line = append(line, byte((uint32(c)*a+255*(255-a)+127)/255))
			}
		}
		for len(line) < cap(line) {
			line = append(line, 255)
		}
		if err := j.lines(line, p.dense); err != nil {
			return err
		}
		above, row = row, above
	}
	return nil
}

// chunkWriter cuts the compressed stream into IDAT chunks.
type chunkWriter struct {
	w   io.Writer
	buf []byte
}

const chunkSize = 256 << 10

func (c *chunkWriter) Write(b []byte) (int, error) {
	n := len(b)
	for len(b) > 0 {
		take := min(len(b), chunkSize-len(c.buf))
		c.buf, b = append(c.buf, b[:take]...), b[take:]
		if len(c.buf) == chunkSize {
			if err := c.flush(); err != nil {
				return 0, err
			}
		}
	}
	return n, nil
}

func (c *chunkWriter) flush() error {
	if len(c.buf) == 0 {
		return nil
	}
	err := writeChunk(c.w, "IDAT", c.buf)
	c.buf = c.buf[:0]
	return err
}

func writeChunk(w io.Writer, kind string, data []byte) error {
	head := make([]byte, 8, 12)
	binary.BigEndian.PutUint32(head, uint32(len(data)))
	copy(head[4:], kind)
	crc := crc32.Update(crc32.ChecksumIEEE(head[4:]), crc32.IEEETable, data)
	if _, err := w.Write(head); err != nil {
		return err
	}
	if _, err := w.Write(data); err != nil {
		return err
	}
	_, err := w.Write(binary.BigEndian.AppendUint32(nil, crc))
	return err
}

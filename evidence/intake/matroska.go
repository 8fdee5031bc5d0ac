package intake

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"math/bits"
	"strconv"
	"time"

	"constat/evidence"
)

// Elements of Matroska (RFC 9559) that lead to a fact, with the mark of their
// length in front, as RFC 8794 writes them.
const (
	mkvSegment    = 0x18538067
	mkvInfo       = 0x1549A966
	mkvTracks     = 0x1654AE6B
	mkvTrack      = 0xAE
	mkvVideo      = 0xE0
	mkvCluster    = 0x1F43B675
	mkvScale      = 0x2AD7B1
	mkvDuration   = 0x4489
	mkvDate       = 0x4461
	mkvMuxer      = 0x4D80
	mkvWriter     = 0x5741
	mkvTitle      = 0x7BA9
	mkvWidth      = 0xB0
	mkvHeight     = 0xBA
	mkvUnknown    = -1        // length of an element that ends with its parent
	fromMatroska  = 978307200 // 2001-01-01 UTC, the start of its clock, in Unix seconds
	maxElements   = 20_000
	maxElement    = 1 << 10 // bytes of one value
	nanosecPerSec = 1e9
)

var errElement = evidence.Say("box", "element does not fit where it stands").Err()

// errDone ends the walk at the first cluster: what follows is picture and sound.
var errDone = errors.New("done")

type mkvWalk struct {
	r             io.ReaderAt
	elements      int
	scale         uint64 // nanoseconds of a unit of duration
	duration      float64
	date          time.Time
	width, height uint64
	software      []string
	title         string
}

func readMatroska(r io.ReaderAt, size int64) (mkvWalk, error) {
	w := mkvWalk{r: r, scale: 1_000_000}
	err := w.walk(0, size)
	if errors.Is(err, errDone) {
		err = nil
	}
	return w, err
}

func (w *mkvWalk) walk(off, end int64) error {
	for off < end {
		if w.elements++; w.elements > maxElements {
			return errLimit
		}
		id, size, body, err := w.element(off)
		if err != nil {
			return err
		}
		next := body + size
		if size == mkvUnknown {
			next = end
		}
		if next > end || next < body {
			return errElement
		}
		switch id {
		case mkvCluster:
			return errDone
		case mkvSegment, mkvInfo, mkvTracks, mkvTrack, mkvVideo:
			err = w.walk(body, next)
		default:
			err = w.value(id, body, next)
		}
		if err != nil {
			return err
		}
		off = next
	}
	return nil
}

// element reads an id and a length (RFC 8794, 4 and 5).
func (w *mkvWalk) element(off int64) (id, size, body int64, err error) {
	var b [12]byte
	n, err := w.r.ReadAt(b[:], off)
	if n < 2 {
		return 0, 0, 0, notEOF(err)
	}
	idLen := bits.LeadingZeros8(b[0]) + 1
	if idLen > 4 || n <= idLen {
		return 0, 0, 0, errElement
	}
	for _, c := range b[:idLen] {
		id = id<<8 | int64(c)
	}
	sizeLen := bits.LeadingZeros8(b[idLen]) + 1
	if sizeLen > 8 || n < idLen+sizeLen {
		return 0, 0, 0, errElement
	}
	size = int64(b[idLen]) & (1<<(8-sizeLen) - 1)
	for _, c := range b[idLen+1 : idLen+sizeLen] {
		size = size<<8 | int64(c)
	}
	if size == 1<<(7*sizeLen)-1 {
		size = mkvUnknown
	}
	return id, size, off + int64(idLen+sizeLen), nil
}

func (w *mkvWalk) value(id, off, end int64) error {
	switch id {
	case mkvScale, mkvDuration, mkvDate, mkvMuxer, mkvWriter, mkvTitle, mkvWidth, mkvHeight:
	default:
		return nil
	}
	b := make([]byte, min(end-off, maxElement))
	if n, err := w.r.ReadAt(b, off); n < len(b) {
		return notEOF(err)
	}
	switch id {
	case mkvScale:
		w.scale = unsigned(b)
	case mkvDuration:
		w.duration = float(b)
	case mkvDate:
		if v := int64(unsigned(b)); len(b) == 8 {
			w.date = time.Unix(fromMatroska, 0).Add(time.Duration(v)).UTC()
		}
	case mkvMuxer, mkvWriter:
		w.software = append(w.software, string(b))
	case mkvTitle:
		w.title = string(b)
	case mkvWidth:
		if w.width == 0 {
			w.width = unsigned(b)
		}
	case mkvHeight:
		if w.height == 0 {
			w.height = unsigned(b)
		}
	}
	return nil
}

func unsigned(b []byte) (v uint64) {
	for _, c := range b[:min(len(b), 8)] {
		v = v<<8 | uint64(c)
	}
	return v
}

func float(b []byte) float64 {
	switch len(b) {
	case 4:
		return float64(math.Float32frombits(binary.BigEndian.Uint32(b)))
	case 8:
		return math.Float64frombits(binary.BigEndian.Uint64(b))
	}
	return 0
}

func (j *job) matroskaFacts(file evidence.Artifact) {
	w, err := readMatroska(j.in, j.size)
	say := func(name, value string) { j.fact(file.Name, FromMatroska, name, value) }
	if !w.date.IsZero() {
		say(FactCreated, w.date.Format(time.RFC3339))
	}
	if d := w.duration * float64(w.scale) / nanosecPerSec; d > 0 && d < 1e12 {
		say(FactDuration, strconv.FormatFloat(d, 'f', 3, 64))
	}
	if w.width > 0 && w.height > 0 {
		say(FactWidth, fmt.Sprint(w.width))
		say(FactHeight, fmt.Sprint(w.height))
	}
	for i, s := range w.software {
		if i == 0 || s != w.software[i-1] {
			say(FactSoftware, s)
		}
	}
	say(FactDescription, w.title)
	if err != nil {
		j.problem(ProblemContainer, fileWhy(file.Name, err))
	}
}

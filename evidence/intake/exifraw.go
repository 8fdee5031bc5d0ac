package intake

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/bep/imagemeta"
)

const (
	maxRawEXIF  = 8 // EXIF blocks of one picture that are looked at
	maxRawTags  = 500
	maxSegments = 2000 // of a JPEG, or chunks of a PNG, before its picture
)

// rawTag is a value of EXIF as the file has it, for what the library renders otherwise than it stands
// there, or leaves out because a tag or a whole block stands twice.
type rawTag struct{ name, value string }

// rawNames are the tags of dates, by number; GPS is read in its own directory.
var rawNames = map[uint16]string{0x9003: FactTaken, 0x9004: FactDigitized, 0x0132: FactChanged}

// rawEXIF reads the EXIF blocks of a JPEG, PNG or WebP.
func rawEXIF(f imagemeta.ImageFormat, r io.ReaderAt, size int64) (tags []rawTag, blocks int) {
	for _, b := range exifBlocks(f, r, size) {
		w := rawWalk{b: b}
		w.run()
		tags, blocks = append(tags, w.out...), blocks+1
	}
	return tags, blocks
}

// exifBlocks finds the blocks; each begins with its byte order.
func exifBlocks(f imagemeta.ImageFormat, r io.ReaderAt, size int64) (all [][]byte) {
	take := func(off, n int64) {
		if n > 0 && n <= maxEXIFRead/16 && off+n <= size && len(all) < maxRawEXIF {
			b := make([]byte, n)
			if got, _ := r.ReadAt(b, off); int64(got) == n {
				all = append(all, bytes.TrimPrefix(b, []byte("Exif\x00\x00")))
			}
		}
	}
	var h [12]byte
	at := func(off int64, n int) bool { got, _ := r.ReadAt(h[:n], off); return got == n }
	switch f {
	case imagemeta.JPEG:
		for off, n := int64(2), 0; n < maxSegments && at(off, 10) && h[0] == 0xff; n++ {
			if h[1] == 0xda || h[1] == 0xd9 {
				break
			}
			length := int64(binary.BigEndian.Uint16(h[2:]))
			if h[1] == 0xe1 && string(h[4:10]) == "Exif\x00\x00" {
				take(off+4, length-2)
			}
			off += 2 + length
		}
	case imagemeta.PNG:
		for off, n := int64(8), 0; n < maxSegments && at(off, 8); n++ {
			length := int64(binary.BigEndian.Uint32(h[:]))
			if string(h[4:8]) == "eXIf" {
				take(off+8, length)
			}
			off += 12 + length
		}
	case imagemeta.WebP:
		for off, n := int64(12), 0; n < maxSegments && at(off, 8); n++ {
			length := int64(binary.LittleEndian.Uint32(h[4:]))
			if string(h[:4]) == "EXIF" {
				take(off+8, length)
			}
			off += 8 + length + length&1
		}
	}
	return all
}

// rawWalk reads one block (TIFF 6.0, EXIF 2.32).
type rawWalk struct {
	b    []byte
	bo   binary.ByteOrder
	tags int
	out  []rawTag
}

func (w *rawWalk) run() {
	switch {
	case len(w.b) < 8:
		return
	case string(w.b[:2]) == "II":
		w.bo = binary.LittleEndian
	case string(w.b[:2]) == "MM":
		w.bo = binary.BigEndian
	default:
		return
	}
	w.directory(w.bo.Uint32(w.b[4:]), false, 0)
}

func (w *rawWalk) directory(at uint32, gps bool, depth int) {
	if depth > 3 || uint64(at)+2 > uint64(len(w.b)) {
		return
	}
	n := int(w.bo.Uint16(w.b[at:]))
	for i := range n {
		off := int(at) + 2 + 12*i
		if w.tags++; w.tags > maxRawTags || off+12 > len(w.b) {
			return
		}
		e := w.b[off : off+12]
		tag, kind, count := w.bo.Uint16(e), w.bo.Uint16(e[2:]), w.bo.Uint32(e[4:])
		switch {
		case (tag == 0x8769 || tag == 0x8825) && !gps:
			w.directory(w.bo.Uint32(e[8:]), tag == 0x8825, depth+1)
		case gps && tag == 0x1d:
			w.say(FactSatelliteDate, text(w.value(e, kind, count)))
		case gps && tag == 7:
			w.say(FactSatelliteTime, w.clock(w.value(e, kind, count), count))
		case !gps && rawNames[tag] != "":
			w.say(rawNames[tag], text(w.value(e, kind, count)))
		case !gps && (tag == 0x9c9b || tag == 0x9c9c || tag == 0x9c9f): // Windows: title, comment, subject
			name := FactDescription
			if tag == 0x9c9c {
				name = FactComment
			}
			w.say(name, wide(binary.LittleEndian, w.value(e, kind, count)))
		case !gps && tag == 0x010e:
			v := bytes.TrimRight(w.value(e, kind, count), "\x00 ")
			if utf8.Valid(v) {
				w.say(FactDescription, string(v))
			} else { // as before UTF-8; the library makes it unreadable
				w.say(FactDescription, latin1(v))
			}
		case !gps && tag == 0x9286:
			w.say(FactComment, w.comment(w.value(e, kind, count)))
		}
	}
}

func (w *rawWalk) say(name, value string) {
	if strings.TrimSpace(value) != "" {
		w.out = append(w.out, rawTag{name, value})
	}
}

// value is the bytes of a tag, or nil.
func (w *rawWalk) value(e []byte, kind uint16, count uint32) []byte {
	size := map[uint16]uint64{1: 1, 2: 1, 3: 2, 4: 4, 5: 8, 7: 1, 10: 8}[kind] * uint64(count)
	if size <= 4 {
		return e[8 : 8+size]
	}
	off := uint64(w.bo.Uint32(e[8:]))
	if size > maxTagSize || off+size > uint64(len(w.b)) {
		return nil
	}
	return w.b[off : off+size]
}

// text ends at the first zero byte, as ASCII values do; a line end in it stays.
func text(b []byte) string {
	b, _, _ = bytes.Cut(b, []byte{0})
	return string(b)
}

// clock writes three fractions; where one has no denominator nobody wrote a time.
func (w *rawWalk) clock(b []byte, count uint32) string {
	if count != 3 || len(b) != 24 {
		return ""
	}
	var part [3]string
	for i := range part {
		n, d := w.bo.Uint32(b[8*i:]), w.bo.Uint32(b[8*i+4:])
		switch {
		case d == 0:
			return ""
		case n%d == 0:
			part[i] = fmt.Sprintf("%02d", n/d)
		default:
			part[i] = strings.TrimRight(fmt.Sprintf("%09.6f", float64(n)/float64(d)), "0")
		}
	}
	return strings.Join(part[:], ":")
}

// mostlyASCII reports bytes of which most are letters and signs of ASCII: in UTF-16 every second one
// would be zero then.
func mostlyASCII(b []byte) bool {
	n := 0
	for _, c := range b {
		if c >= ' ' && c < 0x7f {
			n++
		}
	}
	return n*4 > len(b)*2
}

// comment reads UserComment: eight bytes name the character code (EXIF 2.32, 4.6.5).
func (w *rawWalk) comment(b []byte) string {
	if len(b) < 8 {
		return ""
	}
	code, b := string(bytes.TrimRight(b[:8], "\x00")), b[8:]
	switch code {
	case "ASCII", "":
		return text(b)
	case "UNICODE":
		bo := w.bo
		switch {
		case utf8.Valid(bytes.TrimRight(b, "\x00 ")) && bytes.IndexByte(bytes.TrimRight(b, "\x00 "), 0) < 0 && len(bytes.Trim(b, "\x00 ")) > 1 && mostlyASCII(b) && (len(b)%2 == 1 || len(bytes.Trim(b, "\x00 ")) > 8):
			return text(b) // some programs write UTF-8 under this name
		case bytes.HasPrefix(b, []byte("\xff\xfe")):
			bo, b = binary.LittleEndian, b[2:]
		case bytes.HasPrefix(b, []byte("\xfe\xff")):
			bo, b = binary.BigEndian, b[2:]
		case len(b) > 1 && b[0] == 0 && b[1] != 0:
			bo = binary.BigEndian // some programs write one order in blocks of the other
		case len(b) > 1 && b[0] != 0 && b[1] == 0:
			bo = binary.LittleEndian
		}
		return wide(bo, b)
	}
	return ""
}

// wide is UTF-16 up to its end or a zero.
func wide(bo binary.ByteOrder, b []byte) string {
	var units []uint16
	for ; len(b) >= 2 && bo.Uint16(b) != 0; b = b[2:] {
		units = append(units, bo.Uint16(b))
	}
	return string(utf16.Decode(units))
}

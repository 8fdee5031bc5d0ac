package playlist

import (
	"bytes"
	"encoding/binary"
	"mime"
	"net/http"
)

// What a piece is, by its beginning and by what its server says of it.

// KindOf tells what a film in pieces is, by its beginning.
func KindOf(head []byte, sound bool) string {
	name := ""
	if len(head) >= 8 {
		name = string(head[4:8])
	}
	switch {
	case (name == "ftyp" || name == "styp" || name == "moof" || name == "sidx") && sound:
		return "audio/mp4"
	case name == "ftyp" || name == "styp" || name == "moof" || name == "sidx":
		return "video/mp4"
	case len(head) > 188 && head[0] == 0x47 && head[188] == 0x47:
		return "video/mp2t"
	case bytes.HasPrefix(head, []byte{0x1a, 0x45, 0xdf, 0xa3}) && sound:
		return "audio/webm"
	case bytes.HasPrefix(head, []byte{0x1a, 0x45, 0xdf, 0xa3}):
		return "video/webm"
	case bytes.HasPrefix(head, []byte("ID3")), len(head) > 1 && head[0] == 0xff && head[1]&0xf6 == 0xf0:
		return "audio/aac"
	}
	return "application/octet-stream"
}

// NotAPiece tells a type that no piece of a film has: a page or a message in its place.
func NotAPiece(kind string) string {
	said, _, _ := mime.ParseMediaType(kind)
	switch said {
	case "text/html", "application/json", "application/xml", "text/xml", "application/xhtml+xml":
		return said
	}
	return ""
}

// NotByItsBeginning tells what no piece of a film begins with: a page, a message, a list.
func NotByItsBeginning(head []byte) string {
	if Is(head) {
		return "HLS/DASH"
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head[:min(len(head), 1<<10)], []byte("\xef\xbb\xbf")), " \t\r\n")
	if len(text) > 0 && (text[0] == '<' || text[0] == '{') {
		return http.DetectContentType(head)
	}
	return ""
}

// Encrypted tells by the beginning of an MP4, in whichever piece it stands, that a key is needed (ISO/IEC 23001-7).
func Encrypted(head []byte) bool {
	head = head[:min(len(head), 64<<10)]
	return bytes.Contains(head, []byte("sinf")) && (bytes.Contains(head, []byte("encv")) || bytes.Contains(head, []byte("enca")))
}

// Form follows a piece as it comes, to tell by its own form whether it ended where it should: of an answer whose length
// nobody said, nothing else does. The boxes of MP4 say how long they are (ISO/IEC 14496-12, 4.2), and packets of a
// transport stream are 188 bytes (ISO/IEC 13818-1, 2.4.3.2).
type Form struct {
	read    int64
	first   byte
	head    []byte // of the box that begins, as far as it came
	left    int64  // of the box that goes on
	boxes   bool
	unknown bool // a box without a length, or nothing that is followed
}

// Write takes what comes next of the piece; it never fails.
func (f *Form) Write(b []byte) (int, error) {
	n := len(b)
	if f.read == 0 && n > 0 {
		f.first = b[0]
	}
	f.read += int64(n)
	for len(b) > 0 && !f.unknown {
		if f.left > 0 {
			step := min(f.left, int64(len(b)))
			b, f.left = b[step:], f.left-step
			continue
		}
		f.head, b = append(f.head, b[0]), b[1:]
		f.box()
	}
	return n, nil
}

// box reads the length of a box once its first bytes are there.
func (f *Form) box() {
	n := len(f.head)
	if n < 8 {
		return
	}
	if n == 8 && !f.boxes { // the first says whether there are boxes at all
		if KindOf(f.head, false) != "video/mp4" {
			f.unknown = true
			return
		}
		f.boxes = true
	}
	size := int64(binary.BigEndian.Uint32(f.head))
	if size == 1 {
		if n < 16 {
			return
		}
		size = int64(min(binary.BigEndian.Uint64(f.head[8:]), 1<<62))
	}
	if size < int64(n) { // nought: as far as the file goes
		f.unknown = true
		return
	}
	f.head, f.left = f.head[:0], size-int64(n)
}

// Whole tells whether what came ends where its form ends; not known if it has none that says so.
func (f *Form) Whole() (whole, known bool) {
	switch {
	case f.boxes && !f.unknown:
		return f.left == 0 && len(f.head) == 0, true
	case f.first == 0x47 && f.read >= 188:
		return f.read%188 == 0, true
	}
	return false, false
}

package intake

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"slices"
	"strings"

	"github.com/bep/imagemeta"

	"constat/evidence"
)

// maxCopied is how large a picture is, at most, of which a copy without what it says of itself is made.
const maxCopied = 128 << 20

var (
	errNoCopy   = evidence.Say("copy-format", "no copy is made of this format").Err()
	errCopyLeft = evidence.Say("copy-left", "the copy still said something of itself and was not kept").Err()
	errPicture  = evidence.Say("copy-structure", "the picture's structure is not as its format wants it").Err()
)

// copyWithout puts a copy of a picture beside it that says nothing of itself: no position, no date, no
// device, no name. Only the picture remains, to the bit, and how it is to be turned. Of other formats than
// JPEG, PNG and WebP none is made, which is said.
func (j *job) copyWithout(file evidence.Artifact, what content) error {
	if what.kind != Picture && what.kind != Video || len(j.out.Redactions) == 0 && what.kind == Video {
		return nil
	}
	var copied []byte
	var removed []string
	err := errNoCopy
	if what.exif == imagemeta.JPEG || what.exif == imagemeta.PNG || what.exif == imagemeta.WebP {
		b := make([]byte, min(j.size, maxCopied+1))
		if n, _ := j.in.ReadAt(b, 0); n == len(b) && n <= maxCopied {
			if copied, removed, err = without(what.exif, b, j.orientation(file.Name)); err == nil && bytes.Equal(copied, b) {
				return nil // there is nothing to leave out
			}
		}
	}
	if err == nil && saysSomething(j.ctx, copied, what) {
		err = errCopyLeft
	}
	if err != nil {
		j.problem(ProblemCopy, fileWhy(file.Name, err))
		return nil
	}
	meta := evidence.Artifact{Name: strings.TrimSuffix(file.Name, "."+what.ext) + "-copy." + what.ext, Role: evidence.Derived,
		MediaType: what.media, Parents: []evidence.Digest{file.SHA256}}
	n := int64(len(copied))
	a, _, err := j.put(meta, bytes.NewReader(copied), n, 0, n)
	if err != nil {
		return err
	}
	j.fact(a.Name, FromContent, FactRemoved, strings.Join(removed, "; "))
	return nil
}

// orientation is how the picture asks to be turned, or 0.
func (j *job) orientation(artifact string) byte {
	for _, f := range j.out.Facts {
		if f.Artifact == artifact && f.Name == FactOrientation {
			if len(f.Value) == 1 && f.Value[0] >= '2' && f.Value[0] <= '8' {
				return f.Value[0] - '0'
			}
			return 0
		}
	}
	return 0
}

// saysSomething reads a copy as any file that is brought, and reports whether it says more than its
// size and how it is turned.
func saysSomething(ctx context.Context, b []byte, what content) bool {
	j := job{ctx: ctx, in: &input{ctx: ctx, f: bytes.NewReader(b)}, size: int64(len(b))}
	j.pictureFacts(evidence.Artifact{Name: "copy"}, what)
	for _, f := range j.out.Facts {
		if !slices.Contains([]string{FactWidth, FactHeight, FactOrientation}, f.Name) {
			return true
		}
	}
	return len(j.out.Redactions) > 0 || len(j.out.Problems) > 0
}

// without leaves out of a picture whatever is not needed to draw it, and says what that was.
func without(f imagemeta.ImageFormat, b []byte, orientation byte) (copied []byte, removed []string, err error) {
	switch f {
	case imagemeta.JPEG:
		return jpegWithout(b, orientation)
	case imagemeta.PNG:
		return pngWithout(b, orientation)
	case imagemeta.WebP:
		return webpWithout(b, orientation)
	}
	return nil, nil, errNoCopy
}

// turning is EXIF that holds the orientation and nothing else (TIFF 6.0).
func turning(orientation byte) []byte {
	return []byte{'M', 'M', 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation, 0, 0, 0, 0, 0, 0}
}

// note adds what was removed once.
func note(removed []string, what string) []string {
	if slices.Contains(removed, what) {
		return removed
	}
	return append(removed, what)
}

// jpegWithout keeps the tables and scans of a JPEG (ITU-T T.81), the first APP0 without its thumbnail, and
// Adobe's APP14, which says how colours are coded. What stands behind the picture, such as the film of a
// moving photo, goes.
func jpegWithout(b []byte, orientation byte) ([]byte, []string, error) {
	if len(b) < 4 || b[0] != 0xff || b[1] != 0xd8 {
		return nil, nil, errPicture
	}
	out := append(make([]byte, 0, len(b)), b[:2]...)
	if orientation != 0 {
		exif := append([]byte("Exif\x00\x00"), turning(orientation)...)
		out = append(append(out, 0xff, 0xe1, 0, byte(len(exif)+2)), exif...)
	}
	var removed []string
	jfif, scans := false, 0
	for at := 2; ; {
		for at+1 < len(b) && b[at] == 0xff && b[at+1] == 0xff {
			at++ // fill bytes
		}
		if at+2 > len(b) || b[at] != 0xff {
			return nil, nil, errPicture
		}
		marker := b[at+1]
		if marker == 0xd9 {
			if scans == 0 {
				return nil, nil, errPicture
			}
			out = append(out, 0xff, 0xd9)
			if more := len(b) - at - 2; more > 0 {
				removed = note(removed, fmt.Sprintf("%d bytes behind the picture", more))
			}
			return out, removed, nil
		}
		if at+4 > len(b) {
			return nil, nil, errPicture
		}
		end := at + 2 + int(binary.BigEndian.Uint16(b[at+2:]))
		if end < at+4 || end > len(b) {
			return nil, nil, errPicture
		}
		body := b[at+4 : end]
		switch {
		case marker == 0xe0 && bytes.HasPrefix(body, []byte("JFIF\x00")) && len(body) >= 14 && !jfif:
			jfif = true
			out = append(append(append(out, 0xff, 0xe0, 0, 16), body[:12]...), 0, 0)
			if body[12] != 0 || body[13] != 0 {
				removed = note(removed, "thumbnail")
			}
		case marker == 0xee && bytes.HasPrefix(body, []byte("Adobe")) && len(body) >= 12:
			out = append(append(out, 0xff, 0xee, 0, 14), body[:12]...)
		case marker >= 0xe0 && marker <= 0xef, marker == 0xfe:
			removed = note(removed, appName(marker, body))
		case marker >= 0xf0 || marker < 0xc0:
			removed = note(removed, fmt.Sprintf("marker %02X", marker))
		default:
			out = append(out, b[at:end]...)
		}
		at = end
		if marker == 0xda {
			scans++
			for at+1 < len(b) && (b[at] != 0xff || b[at+1] == 0 || b[at+1] >= 0xd0 && b[at+1] <= 0xd7) {
				at++
			}
			out = append(out, b[end:at]...)
		}
	}
}

func appName(marker byte, body []byte) string {
	for prefix, name := range map[string]string{"Exif\x00": "EXIF", "http://ns.adobe.com/xap": "XMP", "http://ns.adobe.com/xmp": "XMP", "Photoshop": "IPTC",
		"ICC_PROFILE": "ICC", "MPF\x00": "MPF"} {
		if bytes.HasPrefix(body, []byte(prefix)) {
			return name
		}
	}
	if marker == 0xfe {
		return "COM"
	}
	return fmt.Sprintf("APP%d", marker-0xe0)
}

// pngDraws are the chunks that a PNG is drawn with (PNG, third edition), also where it moves.
var pngDraws = []string{"IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "cICP", "sBIT", "bKGD", "acTL", "fcTL", "fdAT"}

func pngWithout(b []byte, orientation byte) ([]byte, []string, error) {
	const sign = "\x89PNG\r\n\x1a\n"
	if !bytes.HasPrefix(b, []byte(sign)) {
		return nil, nil, errPicture
	}
	out := append(make([]byte, 0, len(b)), sign...)
	var removed []string
	for at := len(sign); at+12 <= len(b); {
		length := int64(binary.BigEndian.Uint32(b[at:]))
		if length > int64(len(b)-at-12) {
			return nil, nil, errPicture
		}
		end := at + 12 + int(length)
		kind := string(b[at+4 : at+8])
		if slices.Contains(pngDraws, kind) {
			out = append(out, b[at:end]...)
		} else {
			removed = note(removed, kind)
		}
		if kind == "IHDR" && orientation != 0 {
			exif := turning(orientation)
			chunk := append([]byte("eXIf"), exif...)
			out = append(binary.BigEndian.AppendUint32(out, uint32(len(exif))), chunk...)
			out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(chunk))
		}
		at = end
		if kind == "IEND" {
			if more := len(b) - at; more > 0 {
				removed = note(removed, fmt.Sprintf("%d bytes behind the picture", more))
			}
			return out, removed, nil
		}
	}
	return nil, nil, errPicture
}

var webpDraws = []string{"VP8 ", "VP8L", "VP8X", "ALPH", "ANIM", "ANMF"}

// webpWithout keeps the chunks that a WebP is drawn with (WebP container specification).
func webpWithout(b []byte, orientation byte) ([]byte, []string, error) {
	if len(b) < 12 || string(b[:4]) != "RIFF" || string(b[8:12]) != "WEBP" {
		return nil, nil, errPicture
	}
	whole := int64(binary.LittleEndian.Uint32(b[4:])) + 8
	if whole > int64(len(b)) {
		return nil, nil, errPicture
	}
	var removed []string
	if more := int64(len(b)) - whole; more > 0 {
		removed = note(removed, fmt.Sprintf("%d bytes behind the picture", more))
	}
	b = b[:whole]
	out := append(make([]byte, 0, len(b)), b[:12]...)
	flags := -1
	for at := 12; at+8 <= len(b); {
		length := int64(binary.LittleEndian.Uint32(b[at+4:]))
		end := int64(at) + 8 + length + length&1
		if int64(at)+8+length > int64(len(b)) {
			return nil, nil, errPicture
		}
		end = min(end, int64(len(b)))
		kind := string(b[at : at+4])
		switch {
		case kind == "VP8X" && length >= 10 && flags < 0:
			flags = len(out) + 8
			out = append(out, b[at:end]...)
			out[flags] &^= 0x20 | 0x08 | 0x04 // ICC, EXIF, XMP
		case slices.Contains(webpDraws, kind):
			out = append(out, b[at:end]...)
		default:
			removed = note(removed, strings.TrimSpace(strings.ToValidUTF8(kind, "?")))
		}
		at = int(end)
	}
	if orientation != 0 && flags > 0 {
		exif := turning(orientation)
		out[flags] |= 0x08
		out = append(binary.LittleEndian.AppendUint32(append(out, "EXIF"...), uint32(len(exif))), exif...)
	}
	binary.LittleEndian.PutUint32(out[4:], uint32(len(out)-8))
	return out, removed, nil
}

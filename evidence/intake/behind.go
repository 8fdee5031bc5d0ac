package intake

import (
	"bufio"
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/bep/imagemeta"

	"constat/evidence"
)

// behind says what stands in a picture's file behind the picture itself: the film of a motion photo, a
// second picture, anything. Whoever sees the picture does not see it.
func (j *job) behind(file evidence.Artifact, what content) {
	var end int64
	switch {
	case what.exif == imagemeta.JPEG:
		end = j.jpegEnd(func(words []byte) { // T.81, B.2.4.5
			if words = bytes.Trim(words, "\x00 \r\n"); !utf8.Valid(words) {
				words = []byte(latin1(words))
			}
			j.fact(file.Name, FromContent, FactComment, string(words))
		})
	case what.exif == imagemeta.PNG:
		j.chunks(8, func(kind string, off, n int64) bool {
			if kind == "IEND" { // one that has none has no end
				end = off + n + 4
			}
			return end == 0
		})
	case what.exif == imagemeta.WebP:
		var h [4]byte
		if j.at(4, h[:]) {
			n := int64(binary.LittleEndian.Uint32(h[:]))
			end = 8 + n + n&1
		}
	case what.exif == imagemeta.HEIF, what.exif == imagemeta.AVIF:
		j.filmBox(file)
	}
	if end <= 0 || end >= j.size {
		return
	}
	rest := io.NewSectionReader(j.in, end, j.size-end)
	head := make([]byte, min(rest.Size(), 1<<20))
	n, _ := io.ReadFull(rest, head)
	head = head[:n]
	if len(bytes.Trim(head, "\x00\xff\r\n ")) == 0 && rest.Size() <= 1<<20 {
		return // filled up
	}
	is := identify(rest, head[:min(len(head), headSize)], "")
	media := is.media
	if at := bytes.Index(head, []byte("ftyp")); at >= 4 && is.kind == Other { // behind a mark of the phone's
		media = "video/mp4"
	}
	j.fact(file.Name, FromContent, FactBehind, fmt.Sprintf("%s; %d", media, rest.Size()))
}

// filmBox finds the film of a motion photo in HEIF, a box of its own.
func (j *job) filmBox(file evidence.Artifact) {
	var h [16]byte
	for off, n := int64(0), 0; n < 100 && off+16 <= j.size && j.at(off, h[:]); n++ {
		size, head := int64(binary.BigEndian.Uint32(h[:])), int64(8)
		switch size { // ISO/IEC 14496-12, 4.2: to the end of the file; a length of its own
		case 0:
			size = j.size - off
		case 1:
			size, head = int64(binary.BigEndian.Uint64(h[8:])), 16
		}
		if string(h[4:8]) == "mpvd" {
			j.fact(file.Name, FromContent, FactBehind, fmt.Sprintf("video/mp4; %d", min(max(size, head), j.size-off)-head))
		}
		if size < 8 {
			return
		}
		off += size
	}
}

// jpegEnd is where a JPEG's picture ends, or zero. Marks inside of what is packed do not count (T.81, B.1.1).
// Comments on the way go to comment.
func (j *job) jpegEnd(comment func([]byte)) int64 {
	r := bufio.NewReaderSize(io.NewSectionReader(j.in, 2, j.size-2), 64<<10)
	at := int64(2)
	next := func() (byte, bool) {
		c, err := r.ReadByte()
		at++
		return c, err == nil
	}
	for {
		c, ok := next()
		for ok && c != 0xff { // between scans: what is packed
			c, ok = next()
		}
		for ok && c == 0xff {
			c, ok = next()
		}
		switch {
		case !ok || j.ctx.Err() != nil:
			return 0
		case c == 0xd9:
			return at
		case c == 0 || c == 1 || c >= 0xd0 && c <= 0xd8:
			continue
		}
		var l [2]byte
		if _, err := io.ReadFull(r, l[:]); err != nil {
			return 0
		}
		n := int(binary.BigEndian.Uint16(l[:])) - 2
		if n < 0 {
			return 0
		}
		if c == 0xfe && n < maxTagSize {
			words := make([]byte, n)
			if _, err := io.ReadFull(r, words); err != nil {
				return 0
			}
			comment(words)
		} else if _, err := r.Discard(n); err != nil {
			return 0
		}
		at += int64(n) + 2
	}
}

// maxChunks bounds the chunks of a picture; writers make one of each 8 KiB.
const maxChunks = 1_000_000

// chunks goes through a PNG's chunks until fn says so.
func (j *job) chunks(off int64, fn func(kind string, off, n int64) bool) {
	var h [8]byte
	for n := 0; n < maxChunks && j.ctx.Err() == nil && j.at(off, h[:]); n++ {
		length := int64(binary.BigEndian.Uint32(h[:]))
		if !fn(string(h[4:]), off+8, length) {
			return
		}
		off += 12 + length
	}
}

// metaSource is what the library reads EXIF, XMP and IPTC from: the file, or, where it would lose its
// place in it or knows no such chunk, a WebP of nothing but these, which is what it reads best.
func (j *job) metaSource(f imagemeta.ImageFormat, source imagemeta.Source) (imagemeta.ImageFormat, io.ReadSeeker) {
	var dims, exif, xmp []byte
	read := func(off, n int64) []byte {
		b := make([]byte, min(n, 8<<20))
		got, _ := j.in.ReadAt(b, off)
		return b[:got]
	}
	switch {
	case f == imagemeta.PNG && source == imagemeta.XMP:
		dims = make([]byte, 6)
		j.chunks(8, func(kind string, off, n int64) bool {
			if kind == "iTXt" {
				if key, value, ok := bytes.Cut(read(off, n), []byte{0}); ok && string(key) == "XML:com.adobe.xmp" {
					xmp = []byte(internationalText(value, 8<<20))
				}
			}
			return xmp == nil
		})
		if xmp == nil {
			return f, nil
		}
	case f == imagemeta.WebP:
		var h [8]byte
		for off, n := int64(12), 0; n < maxSegments && j.at(off, h[:]); n++ {
			length := int64(binary.LittleEndian.Uint32(h[4:]))
			switch string(h[:4]) {
			case "VP8X":
				if b := read(off+8, length); len(b) >= 10 {
					dims = b[4:10]
				}
			case "EXIF":
				exif = bytes.TrimPrefix(read(off+8, length), []byte("Exif\x00\x00"))
			case "XMP ":
				xmp = read(off+8, length)
			}
			off += 8 + length + length&1
		}
	}
	if dims == nil {
		return f, &seekLimit{r: j.in, size: j.size, left: maxEXIFRead}
	}
	var b bytes.Buffer
	flags := byte(0)
	chunk := func(kind string, data []byte) {
		b.WriteString(kind)
		_ = binary.Write(&b, binary.LittleEndian, uint32(len(data)))
		b.Write(data)
	}
	if exif != nil {
		flags |= 1 << 3
	}
	if xmp != nil {
		flags |= 1 << 2
	}
	b.WriteString("RIFF\x00\x00\x00\x00WEBP")
	chunk("VP8X", append([]byte{flags, 0, 0, 0}, dims...))
	if exif != nil {
		chunk("EXIF", exif)
	}
	if xmp != nil {
		chunk("XMP ", xmp)
	}
	return imagemeta.WebP, &seekLimit{r: bytes.NewReader(b.Bytes()), size: int64(b.Len()), left: maxEXIFRead}
}

// internationalText is the text of an iTXt chunk behind its keyword (ISO 15948, 11.3.4.5).
func internationalText(b []byte, most int64) string {
	if len(b) < 2 {
		return ""
	}
	part := bytes.SplitN(b[2:], []byte{0}, 3)
	if value := part[len(part)-1]; b[0] == 0 {
		return string(value)
	} else {
		return inflated(value, most)
	}
}

func inflated(b []byte, most int64) string {
	z, err := zlib.NewReader(bytes.NewReader(b))
	if err != nil {
		return ""
	}
	defer z.Close()
	var out strings.Builder
	_, _ = io.Copy(&out, io.LimitReader(z, most)) // as far as it goes
	return out.String()
}

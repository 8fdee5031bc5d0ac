package look

import (
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"image"
	"io"
	"net/textproto"
	"strconv"
	"strings"

	"constat/evidence"
	"constat/evidence/upright"
)

const (
	archiveName   = "archive/data.warc.gz"
	maxWARCHeader = 1 << 20
	maxRecords    = 500_000
	// What is less than this is a sign of the site: a logo, an icon, a face beside a name.
	minSide   = 200     // pixels of the shorter side
	minPixels = 150_000 // of the whole picture
	minBytes  = 64 << 10
	// imageHead is enough to tell how large a picture is.
	imageHead = 256 << 10
)

var errArchive = errors.New("web archive cannot be read")

// archived are the digests of the bodies in a web archive: all of them, or those that tell what its page
// shows, which are pictures, films, sound and PDFs that are neither small nor of one colour. It reads a WACZ (docs/formats.md)
// from front to back: the records come first, each a gzip member of its own.
func archived(r io.Reader, telling bool) (map[evidence.Digest]bool, error) {
	held := map[evidence.Digest]bool{}
	br := bufio.NewReaderSize(r, 256<<10)
	var h [30]byte
	if _, err := io.ReadFull(br, h[:]); err != nil || string(h[:4]) != "PK\x03\x04" {
		return nil, errArchive
	}
	name := make([]byte, binary.LittleEndian.Uint16(h[26:]))
	if _, err := io.ReadFull(br, name); err != nil || string(name) != archiveName || binary.LittleEndian.Uint16(h[8:]) != 0 {
		return nil, errArchive
	}
	if _, err := br.Discard(int(binary.LittleEndian.Uint16(h[28:]))); err != nil {
		return nil, errArchive
	}
	z := new(gzip.Reader)
	for range maxRecords {
		magic, err := br.Peek(2)
		if err != nil && !errors.Is(err, io.EOF) {
			return held, errArchive
		}
		if err != nil || magic[0] != 0x1f || magic[1] != 0x8b {
			return held, nil // what stands behind the records
		}
		if err := z.Reset(br); err != nil {
			return held, errArchive
		}
		z.Multistream(false)
		if sum, ok := record(z, telling); ok {
			held[sum] = true
		}
		if _, err := io.Copy(io.Discard, z); err != nil {
			return held, errArchive
		}
	}
	return held, errArchive
}

// record reads one record, and tells the digest of a body that is wanted.
func record(r io.Reader, telling bool) (evidence.Digest, bool) {
	br := bufio.NewReader(io.LimitReader(r, 1<<40))
	line, err := readLine(br)
	if err != nil || !strings.HasPrefix(line, "WARC/") {
		return evidence.Digest{}, false
	}
	fields, err := mimeHeader(br)
	if err != nil || fields.Get("Warc-Type") != "response" {
		return evidence.Digest{}, false
	}
	length, err := strconv.ParseInt(fields.Get("Content-Length"), 10, 64)
	if err != nil || length < 0 {
		return evidence.Digest{}, false
	}
	block := bufio.NewReader(io.LimitReader(br, length))
	if _, err := readLine(block); err != nil { // the status line
		return evidence.Digest{}, false
	}
	header, err := mimeHeader(block)
	if err != nil {
		return evidence.Digest{}, false
	}
	var head bytes.Buffer
	hasher := evidence.NewHasher()
	_, _ = io.CopyN(io.MultiWriter(&head, hasher), block, imageHead) // a shorter body is whole
	if _, err := io.Copy(hasher, block); err != nil {
		return evidence.Digest{}, false
	}
	sum, _, size := hasher.Sums()
	if size == 0 || telling && !counts(header.Get("Content-Type"), head.Bytes(), size) {
		return evidence.Digest{}, false
	}
	return sum, true
}

// readLine is ReadString up to a line feed, of what has one before maxWARCHeader: packed bytes may be
// gigabytes of one letter.
func readLine(r *bufio.Reader) (string, error) {
	var line []byte
	for {
		part, err := r.ReadSlice('\n')
		if line = append(line, part...); len(line) > maxWARCHeader {
			return "", errArchive
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return string(line), err
		}
	}
}

func mimeHeader(r *bufio.Reader) (textproto.MIMEHeader, error) {
	h := textproto.MIMEHeader{}
	for read := 0; read < maxWARCHeader; {
		line, err := readLine(r)
		if err != nil {
			return nil, err
		}
		if read += len(line); strings.TrimSpace(line) == "" {
			return h, nil
		}
		if name, value, ok := strings.Cut(line, ":"); ok {
			h.Add(strings.TrimSpace(name), strings.TrimSpace(value))
		}
	}
	return nil, errArchive
}

// counts reports whether a body can be what a page shows.
func counts(mediaType string, head []byte, size int64) bool {
	if c, _, err := image.DecodeConfig(bytes.NewReader(head)); err == nil {
		return min(c.Width, c.Height) >= minSide && c.Width >= minPixels/max(c.Height, 1) && !(size <= imageHead && plain(head))
	}
	mediaType, _, _ = strings.Cut(strings.ToLower(mediaType), ";")
	mediaType = strings.TrimSpace(mediaType)
	// AVIF and what else cannot be measured here counts by its size; drawings are made of words.
	return shows(mediaType) && mediaType != "image/svg+xml" && !strings.Contains(mediaType, "icon") &&
		size >= map[bool]int64{true: minBytes / 4, false: minBytes}[strings.HasPrefix(mediaType, "image/")]
}

// plain reports a picture of one colour from edge to edge: it shows nobody. One that cannot be decoded
// is not plain.
func plain(b []byte) bool {
	c, _, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil || c.Width <= 0 || c.Height <= 0 || c.Width > maxTilePixels/c.Height {
		return false
	}
	img, err := upright.Decode(b)
	if err != nil {
		return false
	}
	r0, g0, b0, a0 := img.At(img.Bounds().Min.X, img.Bounds().Min.Y).RGBA()
	near := func(x, y uint32) bool { return max(x, y)-min(x, y) <= 0x0300 } // what compression makes of one colour
	for y := img.Bounds().Min.Y; y < img.Bounds().Max.Y; y++ {
		for x := img.Bounds().Min.X; x < img.Bounds().Max.X; x++ {
			r, g, b, a := img.At(x, y).RGBA()
			if !near(r, r0) || !near(g, g0) || !near(b, b0) || !near(a, a0) {
				return false
			}
		}
	}
	return true
}

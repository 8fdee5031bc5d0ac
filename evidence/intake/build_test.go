package intake_test

import (
	"archive/zip"
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
	"math"
	"testing"
)

// tag is one entry of an EXIF directory.
type tag struct {
	id    uint16
	value any // string, uint16, [3]uint32 (degrees, minutes, seconds), or []tag (a directory)
}

// phone is what a phone writes.
var phone = []tag{
	{0x010f, "Maker"}, {0x0110, "Phone 12"}, {0x0112, uint16(6)}, {0x0131, "17.2"},
	{0x0132, "2024:01:05 14:03:22"}, {0x013b, "Ann Owner"}, {0x013c, "Anns-Phone"},
	{0x8769, []tag{{0x9003, "2024:01:05 14:03:21"}, {0x9011, "+01:00"}, {0xa431, "SERIAL-4711"}, {0xa434, "back camera"}}},
	{0x8825, []tag{{0x0001, "N"}, {0x0002, [3]uint32{50, 50, 47}}, {0x0003, "E"}, {0x0004, [3]uint32{4, 21, 9}}, {0x001d, "2024:01:05"}}},
}

// marks are what must not be among the facts of such a phone's picture.
var marks = []string{"SERIAL", "Ann Owner", "Anns-Phone", "50.8", "4.35", "50 50", "47"}

// tiff writes a little-endian TIFF header with one directory (TIFF 6.0, 2).
func tiff(tags []tag) []byte {
	b := append([]byte("II*\x00"), le32(8)...)
	return append(b, directory(tags, 8)...)
}

func directory(tags []tag, at int) []byte {
	le := binary.LittleEndian
	dir := le.AppendUint16(nil, uint16(len(tags)))
	var data []byte
	dataAt := at + 2 + 12*len(tags) + 4
	for _, t := range tags {
		dir = le.AppendUint16(dir, t.id)
		var typ uint16
		var count int
		var value []byte
		switch v := t.value.(type) {
		case string:
			typ, count, value = 2, len(v)+1, append([]byte(v), 0)
		case uint16:
			typ, count, value = 3, 1, le.AppendUint16(nil, v)
		case [3]uint32:
			typ, count = 5, 3
			for _, n := range v {
				value = append(append(value, le32(int(n))...), le32(1)...)
			}
		case []tag:
			typ, count, value = 4, 1, le32(dataAt+len(data))
			data = append(data, directory(v, dataAt+len(data))...)
		}
		dir = le.AppendUint16(dir, typ)
		dir = le.AppendUint32(dir, uint32(count))
		if len(value) > 4 {
			dir = append(dir, le32(dataAt+len(data))...)
			data = append(data, value...)
			if len(data)%2 == 1 {
				data = append(data, 0)
			}
			continue
		}
		dir = append(dir, append(value, 0, 0, 0)[:4]...)
	}
	return append(append(dir, 0, 0, 0, 0), data...)
}

func le32(n int) []byte { return binary.LittleEndian.AppendUint32(nil, uint32(n)) }
func be32(n int) []byte { return binary.BigEndian.AppendUint32(nil, uint32(n)) }
func be16(n int) []byte { return binary.BigEndian.AppendUint16(nil, uint16(n)) }

func cat(parts ...any) []byte {
	var b []byte
	for _, p := range parts {
		switch p := p.(type) {
		case string:
			b = append(b, p...)
		case []byte:
			b = append(b, p...)
		}
	}
	return b
}

func drawing() image.Image {
	m := image.NewRGBA(image.Rect(0, 0, 40, 30))
	for x := range 40 {
		m.Set(x, x%30, color.RGBA{uint8(x * 6), 80, 120, 255})
	}
	return m
}

// jpegFile is a real JPEG with EXIF in its APP1 segment; nil leaves it out.
func jpegFile(t testing.TB, exif []byte) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, drawing(), nil); err != nil {
		t.Fatal(err)
	}
	if exif == nil {
		return b.Bytes()
	}
	app1 := cat("\xff\xe1", be16(len(exif)+8), "Exif\x00\x00", exif)
	return cat("\xff\xd8", app1, b.Bytes()[2:])
}

// pngFile is a real PNG, with EXIF in its eXIf chunk if there is some.
func pngFile(t testing.TB, exif []byte) []byte {
	var b bytes.Buffer
	if err := png.Encode(&b, drawing()); err != nil {
		t.Fatal(err)
	}
	if exif == nil {
		return b.Bytes()
	}
	body := cat("eXIf", exif)
	chunk := cat(be32(len(exif)), body, be32(int(crc32.ChecksumIEEE(body))))
	return cat(b.Bytes()[:33], chunk, b.Bytes()[33:]) // after IHDR
}

func gifFile(t testing.TB) []byte {
	var b bytes.Buffer
	if err := gif.Encode(&b, drawing(), nil); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// webpFile has the chunks of a WebP; its picture data is empty.
func webpFile(exif []byte) []byte {
	chunk := func(name string, b []byte) []byte {
		c := cat(name, le32(len(b)), b)
		return append(c, make([]byte, len(b)%2)...)
	}
	vp8x := chunk("VP8X", cat("\x08\x00\x00\x00", "\x27\x00\x00", "\x1d\x00\x00")) // 40 x 30, with EXIF
	body := cat("WEBP", vp8x, chunk("EXIF", exif))
	return cat("RIFF", le32(len(body)), body)
}

func box(name string, parts ...any) []byte {
	b := cat(parts...)
	return cat(be32(len(b)+8), name, b)
}

// heicFile has the boxes of a HEIC that lead to its EXIF (ISO 23008-12); its
// picture data is left out.
func heicFile(exif []byte) []byte {
	ftyp := box("ftyp", "heic", be32(0), "mif1heic")
	item := cat(be32(6), "Exif\x00\x00", exif)
	build := func(at int) []byte {
		return box("meta", be32(0),
			box("hdlr", be32(0), be32(0), "pict", make([]byte, 13)),
			box("pitm", be32(0), be16(1)),
			box("iinf", be32(0), be16(1), box("infe", be32(2<<24), be16(1), be16(0), "Exif\x00")),
			box("iloc", be32(0), "\x44\x00", be16(1), be16(1), be16(0), be16(1), be32(at), be32(len(item))))
	}
	at := len(ftyp) + len(build(0)) + 8
	return cat(ftyp, build(at), box("mdat", item))
}

// movieFile has the boxes of a phone's video; its picture data is empty.
func movieFile(brand string, tracks ...string) []byte {
	mvhd := box("mvhd", be32(0), be32(fromMac(1704459802)), be32(fromMac(1704459815)), be32(600), be32(7407), make([]byte, 80))
	var traks []byte
	for _, kind := range tracks {
		tkhd := box("tkhd", be32(0), make([]byte, 72), be32(1080<<16), be32(1920<<16))
		traks = append(traks, box("trak", tkhd, box("mdia", box("hdlr", be32(0), be32(0), kind, make([]byte, 13))))...)
	}
	keys := box("keys", be32(0), be32(3),
		box("mdta", "com.apple.quicktime.location.ISO6709"), box("mdta", "com.apple.quicktime.make"), box("mdta", "com.apple.quicktime.creationdate"))
	value := func(n int, s string) []byte { return box(string(be32(n)), box("data", be32(1), be32(0), s)) }
	ilst := box("ilst", value(1, "+50.8465+004.3525/"), value(2, "Apple"), value(3, "2024-01-05T14:03:22+0100"))
	meta := box("meta", box("hdlr", be32(0), be32(0), "mdta", make([]byte, 12)), keys, ilst)
	udta := box("udta", box("\xa9mod", be16(8), be16(0), "Phone 12"), box("\xa9xyz", be16(18), be16(0), "+50.8465+004.3525/"), be32(0))
	return cat(box("ftyp", brand, be32(0), "isom"), box("mdat", make([]byte, 1000)), box("moov", mvhd, traks, udta, meta))
}

func fromMac(unix int) int { return unix + 2082844800 }

// element is one element of Matroska, with a length of two bytes (RFC 8794, 4).
func element(id string, parts ...any) []byte {
	b := cat(parts...)
	return cat(id, be16(0x4000|len(b)), b)
}

// matroskaFile has the elements of a recorded video, as a browser writes it:
// the length of the segment is not known.
func matroskaFile(doctype string) []byte {
	date := make([]byte, 8)
	binary.BigEndian.PutUint64(date, uint64((1704459802-978307200)*1_000_000_000))
	duration := binary.BigEndian.AppendUint64(nil, math.Float64bits(12345))
	return cat(element("\x1a\x45\xdf\xa3", element("\x42\x82", doctype)),
		"\x18\x53\x80\x67\x01\xff\xff\xff\xff\xff\xff\xff",
		element("\x15\x49\xa9\x66", element("\x2a\xd7\xb1", "\x0f\x42\x40"), element("\x44\x89", duration),
			element("\x44\x61", date), element("\x4d\x80", "Chrome"), element("\x57\x41", "Chrome")),
		element("\x16\x54\xae\x6b", element("\xae", element("\xe0", element("\xb0", "\x05\x00"), element("\xba", "\x02\xd0")))),
		element("\x1f\x43\xb6\x75", make([]byte, 100)))
}

type entry struct {
	name string
	data []byte
}

// zipFile is a ZIP as phones write it.
func zipFile(t testing.TB, entries ...entry) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range entries {
		w, err := z.CreateHeader(&zip.FileHeader{Name: e.name, Method: zip.Deflate})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(e.data); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func crc(s string) uint32 { return crc32.ChecksumIEEE([]byte(s)) }

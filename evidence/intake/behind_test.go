package intake_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"strings"
	"testing"

	"constat/evidence/intake"
)

func chunk(name string, data []byte) []byte {
	b := append([]byte(name), data...)
	return cat(be32(len(data)), b, binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(b)))
}

// Whoever sees a picture does not see what else its file holds; what only fills it up is nothing.
func TestWhatStandsBehindAPictureIsSaid(t *testing.T) {
	photo, still := jpegFile(t, tiff(phone)), pngFile(t, nil)
	film := movieFile("mp42", "vide")
	for name, c := range map[string]struct {
		b    []byte
		want string
	}{
		"motion.jpg":   {cat(photo, film), fmt.Sprintf("video/mp4; %d", len(film))},
		"samsung.jpg":  {cat(photo, "\x00\x00\x30\x0a\x10\x00\x00\x00MotionPhoto_Data", film), fmt.Sprintf("video/mp4; %d", len(film)+24)},
		"two.jpg":      {cat(photo, photo), fmt.Sprintf("image/jpeg; %d", len(photo))},
		"words.png":    {cat(still, "I know where you live"), "text/plain; 21"},
		"motion.heic":  {cat(heicFile(tiff(phone)), box("mpvd", film)), fmt.Sprintf("video/mp4; %d", len(film))},
		"plain.jpg":    {photo, ""},
		"cut.jpg":      {photo[:len(photo)-2], ""},
		"filled.jpg":   {cat(photo, make([]byte, 300)), ""},
		"plain.png":    {still, ""},
		"plain.webp":   {webpFile(tiff(phone)), ""},
		"plain.heic":   {heicFile(tiff(phone)), ""},
		"scripted.jpg": {cat(photo, "PK\x03\x04", make([]byte, 30)), "application/zip; 34"},
	} {
		res, _ := onDisk(t, name, c.b, intake.Options{})
		if got := strings.Join(facts(res, intake.FactBehind), " "); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

// XMP of a PNG, chunks behind one of odd length, texts that are packed or that a program wrote of what
// it was told to draw.
func TestMetadataThatReadersMiss(t *testing.T) {
	const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description ` +
		`xmlns:photoshop="http://ns.adobe.com/photoshop/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/" photoshop:DateCreated="2020-01-01" exif:GPSLatitude="50,50.77N"/></rdf:RDF></x:xmpmeta>`
	var packed bytes.Buffer
	z := zlib.NewWriter(&packed)
	_, _ = z.Write([]byte("\xe9cran"))
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	still := pngFile(t, nil)
	with := func(chunks ...[]byte) []byte { return cat(still[:33], bytes.Join(chunks, nil), still[33:]) }
	res, _ := onDisk(t, "a.png", with(chunk("iTXt", []byte("XML:com.adobe.xmp\x00\x00\x00\x00\x00"+xmp))), intake.Options{})
	wantFacts(t, res, map[string]string{intake.FactTaken: "2020-01-01", intake.FactPosition: "yes"})
	res, _ = onDisk(t, "b.png", with(chunk("zTXt", cat("Comment\x00\x00", packed.Bytes())), chunk("tEXt", []byte("Title\x00mia"))), intake.Options{})
	wantFacts(t, res, map[string]string{intake.FactComment: "écran", intake.FactDescription: "mia"})
	res, _ = onDisk(t, "c.png", with(chunk("tEXt", []byte("parameters\x00photo of mia, Steps: 20"))), intake.Options{})
	wantFacts(t, res, map[string]string{intake.FactComment: "photo of mia, Steps: 20"})

	exif := tiff(phone)
	body := cat("WEBPVP8X", le32(10), "\x0c\x00\x00\x00\x27\x00\x00\x1d\x00\x00", "ICCP", le32(3), "abc\x00", "EXIF", le32(len(exif)+6), "Exif\x00\x00", exif,
		make([]byte, len(exif)&1), "XMP ", le32(len(xmp)), xmp, make([]byte, len(xmp)&1))
	res, _ = onDisk(t, "a.webp", cat("RIFF", le32(len(body)), body), intake.Options{})
	plain, _ := onDisk(t, "a.jpg", jpegFile(t, exif), intake.Options{})
	if got, want := facts(res, intake.FactModel), facts(plain, intake.FactModel); len(got) != 1 || got[0] != want[0] {
		t.Errorf("model %q, want %q", got, want)
	}
	if len(facts(res, intake.FactPosition)) != 2 || !strings.Contains(strings.Join(facts(res, intake.FactTaken), " "), "2020-01-01") {
		t.Errorf("%+v", res.Facts)
	}
	wantProblems(t, res)
}

// Words and dates as cameras and programs wrote them that came before the rules, or do not keep them.
func TestWordsOfPicturesAreRead(t *testing.T) {
	photo := jpegFile(t, nil)
	for name, c := range map[string]struct {
		b    []byte
		want map[string]string
	}{
		"latin":   {jpegFile(t, tiff([]tag{{0x010e, "\xe9t\xe9"}})), map[string]string{intake.FactDescription: "été"}},
		"blank":   {jpegFile(t, tiff([]tag{{0x0132, "    :  :     :  :  "}})), map[string]string{intake.FactChanged: ""}},
		"words":   {cat(photo[:2], "\xff\xfe", be16(13), "I know you!", photo[2:]), map[string]string{intake.FactComment: "I know you!"}},
		"windows": {jpegFile(t, tiff([]tag{{0x9c9c, "m\x00i\x00a\x00\x00"}})), map[string]string{intake.FactComment: "mia"}},
	} {
		res, _ := onDisk(t, "a.jpg", c.b, intake.Options{})
		wantFacts(t, res, c.want)
		if t.Failed() {
			t.Fatal(name, res.Facts)
		}
	}
	// A clock that was counted from another year is told from one that was right.
	film := box("moov", box("mvhd", be32(0), be32(1704459802), be32(1704459802), be32(600), be32(600), make([]byte, 80)))
	res, _ := onDisk(t, "a.mp4", cat(box("ftyp", "mp42", be32(0), "isom"), film), intake.Options{})
	wantFacts(t, res, map[string]string{intake.FactContradiction: "created: 1904 + 1958-01-04T13:03:22Z; 1970 + 2024-01-05T13:03:22Z"})
}

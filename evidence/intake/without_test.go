package intake_test

import (
	"bytes"
	"hash/crc32"
	"image"
	"strings"
	"testing"

	"constat/evidence"
	"constat/evidence/intake"
)

// A picture of each format with everything in it that pictures say of themselves.
func talkative(t testing.TB) map[string][]byte {
	t.Helper()
	xmp := "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'><rdf:Description xmlns:exif='http://ns.adobe.com/exif/1.0/' exif:GPSLatitude='50,51.0N' exif:GPSLongitude='4,21.0E' xmlns:dc='http://purl.org/dc/elements/1.1/'><dc:creator><rdf:Seq><rdf:li>Mia Secret</rdf:li></rdf:Seq></dc:creator></rdf:Description></rdf:RDF></x:xmpmeta>"
	segment := func(marker byte, body string) []byte {
		return cat(string([]byte{0xff, marker}), be16(len(body)+2), body)
	}
	jpg := jpegFile(t, tiff(phone))
	jpg = cat(jpg[:2], segment(0xe1, "http://ns.adobe.com/xap/1.0/\x00"+xmp), segment(0xed, "Photoshop 3.0\x008BIM\x04\x04\x00\x00\x00\x00\x00\x0a\x1c\x02\x50\x00\x05Secre"),
		segment(0xfe, "Secret comment"), segment(0xe2, "ICC_PROFILE\x00\x01\x01Mia's Secret screen"), segment(0xe0, "JFIF\x00\x01\x02\x00\x00\x01\x00\x01\x01\x01Sec"), jpg[2:], "ftypmp42 Secret film")
	chunk := func(kind, body string) []byte {
		return cat(be32(len(body)), kind, body, be32(int(crc32.ChecksumIEEE([]byte(kind+body)))))
	}
	png := pngFile(t, tiff(phone))
	png = cat(png[:33], chunk("tEXt", "Author\x00Mia Secret"), chunk("iTXt", "XML:com.adobe.xmp\x00\x00\x00\x00\x00"+xmp), chunk("tIME", "\x07\xe8\x01\x05\x0e\x03\x16"),
		chunk("iCCP", "Secret\x00\x00x"), png[33:], "Secret behind")
	return map[string][]byte{"a.jpg": jpg, "a.png": png}
}

// The copy is the same picture and says nothing; it names its original and what was left out. Nothing
// else changes: the original is exact, and so is all that is known of it.
func TestCopiesSayNothing(t *testing.T) {
	for name, b := range talkative(t) {
		plain, _ := onDisk(t, name, b, intake.Options{})
		res, sink := onDisk(t, name, b, intake.Options{Copies: true})
		if len(res.Artifacts) != 2 || len(plain.Artifacts) != 1 {
			t.Fatalf("%s: %+v %v", name, res.Artifacts, res.Problems)
		}
		c := res.Artifacts[1]
		ext := name[1:]
		if c.Name != "import-01-copy"+ext || c.Role != evidence.Derived || len(c.Parents) != 1 || c.Parents[0] != res.Artifacts[0].SHA256 {
			t.Errorf("%s: %+v", name, c)
		}
		for _, fact := range plain.Facts {
			if !strings.Contains(strings.Join(facts(res, fact.Name), "|"), fact.Value) {
				t.Errorf("%s: fact %+v is gone", name, fact)
			}
		}
		removed := strings.Join(facts(res, intake.FactRemoved), "")
		for _, want := range map[string][]string{"a.jpg": {"EXIF", "XMP", "IPTC", "COM", "ICC", "thumbnail", "20 bytes behind the picture"}, "a.png": {"tEXt", "iTXt", "tIME", "iCCP", "eXIf", "13 bytes behind the picture"}}[name] {
			if !strings.Contains(removed, want) {
				t.Errorf("%s: removed %q lacks %s", name, removed, want)
			}
		}
		copied := sink.bytes[c.Name]
		for _, secret := range []string{"Secre", "adobe", "Acme", "Mia"} {
			if bytes.Contains(copied, []byte(secret)) {
				t.Errorf("%s: the copy holds %q", name, secret)
			}
		}
		again, _ := onDisk(t, name, copied, intake.Options{Copies: true})
		for _, f := range again.Facts {
			switch f.Name {
			case intake.FactWidth, intake.FactHeight, intake.FactOrientation, intake.FactOriginalName, intake.FactModified:
			default:
				t.Errorf("%s: the copy says %+v", name, f)
			}
		}
		if len(again.Redactions) > 0 || len(again.Problems) > 0 {
			t.Errorf("%s: %v %v", name, again.Redactions, again.Problems)
		}
		samePicture(t, name, b, copied)
		if before, after := facts(plain, intake.FactOrientation), facts(again, intake.FactOrientation); len(before) > 0 && before[0] != "1" && strings.Join(after, "") != before[0] {
			t.Errorf("%s: to be turned %q, before %q", name, after, before)
		}
	}
}

func samePicture(t *testing.T, name string, a, b []byte) {
	t.Helper()
	one, _, err := image.Decode(bytes.NewReader(a))
	if err != nil {
		t.Fatal(name, err)
	}
	two, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		t.Fatal(name, err)
	}
	if one.Bounds() != two.Bounds() {
		t.Fatal(name, one.Bounds(), two.Bounds())
	}
	for y := range one.Bounds().Dy() {
		for x := range one.Bounds().Dx() {
			if one.At(x, y) != two.At(x, y) {
				t.Fatalf("%s: another picture at %d, %d", name, x, y)
			}
		}
	}
}

// Where no copy can be made it is said, and the file is kept all the same.
func TestCopiesThatAreNotMade(t *testing.T) {
	jpg := jpegFile(t, tiff(phone))
	for name, c := range map[string]struct {
		b    []byte
		want []string
	}{
		"a.heic": {heicFile(tiff(phone)), []string{intake.ProblemCopy}}, "cut.jpg": {jpg[:len(jpg)-40], []string{intake.ProblemCopy}},
		"a.tif": {tiff(phone), []string{intake.ProblemCopy}}, "a.gif": {gifFile(t), nil}, "a.txt": {[]byte("tekst"), nil},
		"a.webp": {webpFile(tiff(phone)), nil},
	} {
		res, _ := onDisk(t, name, c.b, intake.Options{Copies: true})
		wantProblems(t, res, c.want...)
	}
	res, sink := onDisk(t, "a.webp", webpFile(tiff(phone)), intake.Options{Copies: true})
	if len(res.Artifacts) != 2 || bytes.Contains(sink.bytes["import-01-copy.webp"], []byte("Acme")) {
		t.Errorf("webp: %+v", res.Artifacts)
	}
	if plain, _ := onDisk(t, "b.png", pngFile(t, nil), intake.Options{Copies: true}); len(plain.Artifacts) != 1 {
		t.Errorf("a copy of what says nothing: %+v", plain.Artifacts)
	}
}

func FuzzCopies(f *testing.F) {
	for _, b := range talkative(f) {
		f.Add(b)
	}
	f.Add(webpFile(tiff(phone)))
	f.Add(jpegFile(f, nil))
	f.Fuzz(func(t *testing.T, b []byte) {
		src, sink := bytesSource("a", b), &memory{}
		res, err := intake.Import(t.Context(), src, sink, intake.Options{Copies: true, MaxSize: 8 << 20}, evidence.NoProgress{})
		if err != nil {
			t.Fatal(err)
		}
		check(t, res, sink, b)
		if len(res.Artifacts) < 2 || res.Kind != intake.Picture {
			return
		}
		copied, _ := onDisk(t, "copy", sink.bytes[res.Artifacts[1].Name], intake.Options{})
		if len(copied.Redactions) > 0 {
			t.Fatalf("the copy says %v", copied.Redactions)
		}
	})
}

package intake_test

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"

	"constat/evidence"
	"constat/evidence/intake"
)

func TestEveryKindIsToldByItsContent(t *testing.T) {
	mp3 := cat("\xff\xfb\x90\x00", make([]byte, 400))
	for _, c := range []struct {
		name string
		b    []byte
		kind intake.Kind
		ext  string
		typ  string
	}{
		{"a.jpg", jpegFile(t, nil), intake.Picture, "jpg", "image/jpeg"},
		{"a.png", pngFile(t, nil), intake.Picture, "png", "image/png"},
		{"a.gif", gifFile(t), intake.Picture, "gif", "image/gif"},
		{"a.webp", webpFile(tiff(phone)), intake.Picture, "webp", "image/webp"},
		{"a.heic", heicFile(tiff(phone)), intake.Picture, "heic", "image/heic"},
		{"a.tif", tiff(phone), intake.Picture, "tif", "image/tiff"},
		{"a.bmp", cat("BM", make([]byte, 12), le32(40), make([]byte, 40)), intake.Picture, "bmp", "image/bmp"},
		{"a.mp4", movieFile("isom", "vide", "soun"), intake.Video, "mp4", "video/mp4"},
		{"a.mov", movieFile("qt  ", "vide"), intake.Video, "mov", "video/quicktime"},
		{"a.3gp", movieFile("3gp4", "vide"), intake.Video, "3gp", "video/3gpp"},
		{"a.webm", matroskaFile("webm"), intake.Video, "webm", "video/webm"},
		{"a.mkv", matroskaFile("matroska"), intake.Video, "mkv", "video/matroska"},
		{"a.avi", cat("RIFF", le32(100), "AVI LIST"), intake.Video, "avi", "video/x-msvideo"},
		{"a.m4a", movieFile("mp42", "soun"), intake.Audio, "m4a", "audio/mp4"},
		{"a.mp3", mp3, intake.Audio, "mp3", "audio/mpeg"},
		{"a.mp3", cat("ID3\x04\x00\x00\x00\x00\x00\x00", mp3), intake.Audio, "mp3", "audio/mpeg"},
		{"a.opus", cat("OggS", make([]byte, 30)), intake.Audio, "ogg", "audio/ogg"},
		{"a.wav", cat("RIFF", le32(100), "WAVEfmt "), intake.Audio, "wav", "audio/wav"},
		{"a.aac", cat("\xff\xf1\x50\x80", make([]byte, 30)), intake.Audio, "aac", "audio/aac"},
		{"a.amr", cat("#!AMR\n", make([]byte, 30)), intake.Audio, "amr", "audio/AMR"},
		{"a.pdf", cat("%PDF-1.7\n%\xe2\xe3\n"), intake.PDF, "pdf", "application/pdf"},
		{"a.eml", cat("Received: by x\r\nFrom: a@b.example\r\nDate: Fri, 5 Jan 2024 14:03:22 +0100\r\n\r\nhello"), intake.Email, "eml", "message/rfc822"},
		{"a.msg", outlookFile("__properties_version1.0"), intake.Email, "msg", "application/vnd.ms-outlook"},
		{"a.doc", outlookFile("WordDocument"), intake.Other, "bin", "application/octet-stream"},
		{"a.zip", zipFile(t, entry{"notes.txt", []byte("x")}), intake.Other, "zip", "application/zip"},
		{"a.docx", zipFile(t, entry{"[Content_Types].xml", []byte("x")}, entry{"word/document.xml", []byte("x")}), intake.Other, "docx",
			"application/vnd.openxmlformats-officedocument.wordprocessingml.document"},
		{"a.txt", []byte("Élodie wrote: come\r\n"), intake.Text, "txt", "text/plain"},
		{"a.txt", []byte("\xff\xfeh\x00i\x00"), intake.Text, "txt", "text/plain"},
		{"a.txt", []byte("caf\xe9 at noon"), intake.Text, "txt", "text/plain"},
		{"a.html", []byte("<!DOCTYPE html><script>alert(1)</script>"), intake.Other, "txt", "text/html"},
		{"a.svg", []byte("<?xml version=\"1.0\"?><svg/>"), intake.Other, "txt", "text/xml"},
		{"a.exe", cat("MZ\x90\x00", make([]byte, 60)), intake.Other, "bin", "application/octet-stream"},
		{"a.7z", cat("7z\xbc\xaf\x27\x1c", make([]byte, 60)), intake.Other, "7z", "application/x-7z-compressed"},
	} {
		res, _ := onDisk(t, c.name, c.b, intake.Options{})
		a := res.Artifacts[0]
		if res.Kind != c.kind || a.Name != "import-01."+c.ext || a.MediaType != c.typ {
			t.Errorf("%s: kind %s, artifact %s, %s", c.name, res.Kind, a.Name, a.MediaType)
		}
		wantFacts(t, res, map[string]string{intake.FactOriginalName: c.name, intake.FactModified: "2024-01-05T13:03:22Z", intake.FactNamedOtherwise: ""})
		if t.Failed() {
			t.Fatalf("%s: %+v", c.name, res.Facts)
		}
	}
}

// outlookFile has the header and the first directory sector of a compound file ([MS-CFB]).
func outlookFile(stream string) []byte {
	b := make([]byte, 512*4)
	copy(b, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
	b[30] = 9 // sectors of 512 bytes
	b[48] = 1 // the directory is in sector 1
	for i, c := range []byte(stream) {
		b[1024+128+2*i] = c
	}
	return b
}

func TestNameThatSaysOtherwiseIsAFact(t *testing.T) {
	for name, want := range map[string]string{
		"photo.png":    "name ends in .png, content is image/jpeg",
		"PHOTO.ZIP":    "name ends in .zip, content is image/jpeg",
		"photo.JPEG":   "",
		"photo":        "",
		"photo.backup": "",
	} {
		res, _ := onDisk(t, name, jpegFile(t, nil), intake.Options{})
		wantFacts(t, res, map[string]string{intake.FactNamedOtherwise: want})
		wantProblems(t, res)
	}
}

func TestPictureSaysOfItself(t *testing.T) {
	for name, b := range map[string][]byte{
		"a.jpg": jpegFile(t, tiff(phone)), "a.png": pngFile(t, tiff(phone)), "a.webp": webpFile(tiff(phone)),
		"a.heic": heicFile(tiff(phone)), "a.tif": tiff(phone),
	} {
		t.Run(name, func(t *testing.T) {
			res, _ := onDisk(t, name, b, intake.Options{})
			wantFacts(t, res, map[string]string{
				intake.FactTaken: "2024:01:05 14:03:21", intake.FactTakenOffset: "+01:00", intake.FactChanged: "2024:01:05 14:03:22",
				intake.FactMake: "Maker", intake.FactModel: "Phone 12", intake.FactSoftware: "17.2", intake.FactOrientation: "6",
				intake.FactLens: "back camera", intake.FactPosition: "yes", intake.FactSatelliteDate: "2024:01:05",
			})
			all := fmt.Sprint(res.Facts, res.Problems)
			for _, mark := range marks {
				if strings.Contains(all, mark) {
					t.Errorf("facts hold %q: %s", mark, all)
				}
			}
			var left []string
			for _, r := range res.Redactions {
				left = append(left, fmt.Sprintf("%s %s %s %d", r.Place, r.What, r.Reason, r.Count))
			}
			place := res.Artifacts[0].Name + ": exif "
			want := []string{place + "position data-economy 2", place + "serial number data-economy 1", place + "name of a person or device data-economy 2"}
			if !slices.Equal(left, want) {
				t.Errorf("redactions %q", left)
			}
			wantProblems(t, res)
		})
	}
}

// ImageMagick reads the same EXIF out of our picture: it is a real one.
func TestPictureIsARealOne(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.jpg")
	if err := os.WriteFile(path, jpegFile(t, tiff(phone)), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "identify", "-format", "%wx%h %[EXIF:DateTimeOriginal] %[EXIF:Model] %[EXIF:GPSLatitude]", path).CombinedOutput()
	if got := string(out); err != nil || got != "40x30 2024:01:05 14:03:21 Phone 12 50/1, 50/1, 47/1" {
		t.Fatalf("%q %v", got, err)
	}
	res, _ := onDisk(t, "a.jpg", jpegFile(t, tiff(phone)), intake.Options{})
	wantFacts(t, res, map[string]string{intake.FactWidth: "40", intake.FactHeight: "30"})
}

func TestSizesOfPictures(t *testing.T) {
	for _, b := range [][]byte{jpegFile(t, nil), pngFile(t, nil), gifFile(t), webpFile(tiff(nil))} {
		res, _ := onDisk(t, "a", b, intake.Options{})
		wantFacts(t, res, map[string]string{intake.FactWidth: "40", intake.FactHeight: "30", intake.FactPosition: ""})
		wantProblems(t, res)
	}
}

func TestMovieSaysOfItself(t *testing.T) {
	res, _ := onDisk(t, "a.mov", movieFile("qt  ", "vide", "soun"), intake.Options{})
	wantFacts(t, res, map[string]string{
		intake.FactBrand: "qt", intake.FactCreated: "2024-01-05T13:03:22Z", intake.FactChanged: "2024-01-05T13:03:35Z",
		intake.FactDuration: "12.345", intake.FactWidth: "1080", intake.FactHeight: "1920", intake.FactMake: "Apple",
		intake.FactModel: "Phone 12", intake.FactTaken: "2024-01-05T14:03:22+0100", intake.FactPosition: "yes",
	})
	if all := fmt.Sprint(res.Facts); strings.Contains(all, "50.8") {
		t.Errorf("facts hold a position: %s", all)
	}
	if len(res.Redactions) != 1 || res.Redactions[0].Count != 2 || res.Redactions[0].What != "position" {
		t.Errorf("redactions %+v", res.Redactions)
	}
	wantProblems(t, res)
}

func TestMatroskaSaysOfItself(t *testing.T) {
	res, _ := onDisk(t, "a.webm", matroskaFile("webm"), intake.Options{})
	wantFacts(t, res, map[string]string{intake.FactCreated: "2024-01-05T13:03:22Z", intake.FactDuration: "12.345",
		intake.FactWidth: "1280", intake.FactHeight: "720", intake.FactSoftware: "Chrome"})
	wantProblems(t, res)
}

func TestDamagedFilesAreKeptWithAProblem(t *testing.T) {
	movie := movieFile("isom", "vide")
	noSuchType := cat("II*\x00", le32(8), "\x01\x00", "\x0f\x01\x63\x00", le32(1), le32(0), le32(0))
	for name, c := range map[string]struct {
		b    []byte
		want string
	}{
		"empty.jpg":     {nil, intake.ProblemEmpty},
		"exif-bad.jpg":  {jpegFile(t, noSuchType), intake.ProblemEXIF},
		"movie-cut.mp4": {movie[:len(movie)-100], intake.ProblemContainer},
		"moov-cut.mp4":  {movie[:600], intake.ProblemContainer},
		"mkv-cut.mkv":   {matroskaFile("matroska")[:60], intake.ProblemContainer},
		"zip-cut.zip":   {zipFile(t, entry{"a", []byte("b")})[:50], intake.ProblemZIP},
		"gif-cut.gif":   {[]byte("GIF89a\x01"), intake.ProblemContainer},
	} {
		t.Run(name, func(t *testing.T) {
			res, _ := onDisk(t, name, c.b, intake.Options{})
			wantProblems(t, res, c.want)
		})
	}
}

func TestNamesAreKeptAndNeverPaths(t *testing.T) {
	for name, problem := range map[string]string{
		"cut\u202egpj.exe":         intake.ProblemHiddenName,
		"a\x07b\x1b[31m.txt":       intake.ProblemHiddenName,
		"\u200fabc.txt":            intake.ProblemHiddenName,
		"Bildschirmfoto ä (1).txt": "",
		strings.Repeat("x", 250):   "",
	} {
		res, _ := onDisk(t, name, []byte("text\n"), intake.Options{})
		wantFacts(t, res, map[string]string{intake.FactOriginalName: name})
		if problem == "" {
			wantProblems(t, res)
		} else {
			wantProblems(t, res, problem)
			if d := res.Problems[0].Detail; strings.ContainsAny(d, "\u202e\x07\u200f") {
				t.Errorf("detail %q", d)
			}
		}
	}
	for _, name := range []string{"../../etc/passwd", `C:\Users\Ann\passwd`, "passwd"} {
		src := bytesSource(name, []byte("x\n"))
		res, _ := imported(t, src, []byte("x\n"), intake.Options{First: 7})
		wantFacts(t, res, map[string]string{intake.FactOriginalName: "passwd"})
		if res.Artifacts[0].Name != "import-07.txt" || res.Next != 8 {
			t.Errorf("artifact %s, next %d", res.Artifacts[0].Name, res.Next)
		}
	}
	res, _ := imported(t, bytesSource("a\xff.txt", []byte("x\n")), []byte("x\n"), intake.Options{})
	wantFacts(t, res, map[string]string{intake.FactOriginalName: "a\uFFFD.txt", intake.FactNameBytes: "61ff2e747874"})
}

func TestFactsAreBounded(t *testing.T) {
	b := jpegFile(t, tiff([]tag{{0x010e, strings.Repeat("é", 1900)}, {0x010f, strings.Repeat("x", 20000)}, {0x0110, "M\x00\x00"}}))
	res, _ := onDisk(t, "a.jpg", b, intake.Options{})
	wantFacts(t, res, map[string]string{intake.FactDescription: strings.Repeat("é", 1000), intake.FactMake: "", intake.FactModel: "M"})
	wantProblems(t, res, intake.ProblemFactCut)
}

// Metadata that never ends, points at itself, or says that it is enormous takes
// neither time nor memory with it: the file is kept, and the facts end.
func TestHugeEXIFIsNotFollowed(t *testing.T) {
	var many []tag
	for i := range 60_000 {
		many = append(many, tag{uint16(0x4000 + i%0x4000), uint16(1)})
	}
	value := func(typ string, count, at int) []byte { // one tag, "Make", in a directory of its own
		return cat("II*\x00", le32(8), "\x01\x00", "\x0f\x01", typ, le32(count), le32(at), le32(0))
	}
	loop := cat("II*\x00", le32(8), "\x01\x00", "\x69\x87\x04\x00", le32(1), le32(8), le32(8)) // the EXIF directory is this one
	for name, b := range map[string][]byte{
		"tags.tif":  tiff(many),
		"text.jpg":  jpegFile(t, value("\x02\x00", 0xfffffff0, 8)),
		"count.jpg": jpegFile(t, value("\x05\x00", 0x7fffffff, 26)),
		"far.jpg":   jpegFile(t, value("\x02\x00", 4000, 0xfffffff0)),
		"loop.jpg":  jpegFile(t, loop),
	} {
		t.Run(name, func(t *testing.T) {
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			res, sink := onDisk(t, name, b, intake.Options{})
			runtime.ReadMemStats(&after)
			if got := after.TotalAlloc - before.TotalAlloc; got > 64<<20 {
				t.Errorf("%d bytes were allocated for %d", got, len(b))
			}
			if len(res.Artifacts) == 0 || !bytes.Equal(sink.bytes[res.Artifacts[0].Name], b) {
				t.Errorf("not kept: %+v", res.Artifacts)
			}
			if len(res.Facts) > 20 {
				t.Errorf("%d facts", len(res.Facts))
			}
		})
	}
}

var _ evidence.Sink = (*memory)(nil)

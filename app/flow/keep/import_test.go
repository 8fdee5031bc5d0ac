package keep_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"image"
	"image/jpeg"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"constat/app/flow"
	"constat/app/flow/flowtest"
	"constat/app/flow/handover"
	"constat/app/flow/keep"
	"constat/app/flow/look"
	"constat/evidence"
	"constat/evidence/intake"
	"constat/evidence/tsa/tsatest"
	"constat/internal/stock"
)

func write(t *testing.T, dir, name string, b []byte) string {
	t.Helper()
	path := filepath.Join(dir, name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func chatExport(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range map[string]string{
		"WhatsApp Chat with X.txt": "20/11/2026, 21:14 - X: envoie 500 euros\n20/11/2026, 21:15 - X: IMG-1.jpg (file attached)\n",
		"IMG-1.jpg":                "\xff\xd8\xff\xe0 not really a picture",
	} {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func TestImportKeepsFilesExactlyAndSaysWhatTheySayOfThemselves(t *testing.T) {
	authority := tsatest.New(t, tsatest.Options{Name: "one"})
	s, c := flowtest.Open(t, flowtest.App(t, authority.Authority()))
	dir := t.TempDir()
	var photo bytes.Buffer
	if err := jpeg.Encode(&photo, image.NewGray(image.Rect(0, 0, 40, 30)), nil); err != nil {
		t.Fatal(err)
	}
	chat, mail := chatExport(t), []byte("From: x@example.org\r\nSubject: =?utf-8?q?menace?=\r\nDate: Fri, 20 Nov 2026 21:20:00 +0100\r\n\r\nbonjour\r\n")
	files := []string{write(t, dir, "photo écran.jpg", photo.Bytes()), write(t, dir, "chat.zip", chat), write(t, dir, "mail.eml", mail)}
	p := &flowtest.Steps{}
	e, err := s.Keep.Import(t.Context(), keep.ImportRequest{Case: c.ID, Files: files, Subject: keep.SubjectAdult}, p)
	if err != nil {
		t.Fatal(err)
	}
	if e.Kind != evidence.Import || e.Pending() || e.Exhibit != "E-001" {
		t.Errorf("%s %s %+v", e.Kind, e.Exhibit, e.Timestamps)
	}
	for name, want := range map[string][]byte{"photo": photo.Bytes(), "chat": chat, "mail": mail} {
		if !slices.ContainsFunc(e.Artifacts, func(a look.Artifact) bool { return a.SHA256 == evidence.Sum(want).String() && a.Role == "original" }) {
			t.Errorf("%s is not among the artifacts: %+v", name, e.Artifacts)
		}
	}
	said := map[string]string{}
	for _, x := range e.Manifest.Claims {
		said[x.Name] = x.Value
	}
	if said[intake.FactMessages] != "2" || said[intake.FactFirst] == "" || said[intake.FactOriginalName] == "" {
		t.Errorf("claims %v", said)
	}
	if pv, err := s.Look.Preview(t.Context(), c.ID, e.Exhibit, 1); err != nil || pv.Image.Bounds().Dx() != 40 {
		t.Errorf("preview of the photo: %v", err)
	}
	out := filepath.Join(t.TempDir(), "out")
	if _, _, err := s.Handover.Extract(t.Context(), c.ID, e.Exhibit, out); err != nil {
		t.Fatal(err)
	}
	target := filepath.Join(t.TempDir(), "bundle")
	res, err := s.Handover.Export(t.Context(), handover.ExportRequest{Case: c.ID, Target: target, Language: "fr"}, evidence.NoProgress{})
	if err != nil || !res.Valid {
		t.Fatalf("%v %v", err, res.Checks)
	}
	stock.Run(t, target, "sha256sum", "--strict", "--quiet", "-c", "manifest-sha256.txt")
	stock.Run(t, target, "qpdf", "--check", "data/report.pdf")
}

func TestImportRefusesAndKeepsNothingHalf(t *testing.T) {
	s, c := flowtest.Open(t, flowtest.App(t))
	dir := t.TempDir()
	good := write(t, dir, "a.txt", []byte("text"))
	link := filepath.Join(dir, "link")
	if err := os.Symlink(good, link); err != nil {
		t.Fatal(err)
	}
	for name, files := range map[string][]string{
		"folder": {dir}, "link": {link}, "device": {"/dev/zero"}, "missing": {filepath.Join(dir, "none")}, "a good one and a bad one": {good, dir},
	} {
		_, err := s.Keep.Import(t.Context(), keep.ImportRequest{Case: c.ID, Files: files, Subject: keep.SubjectAdult}, evidence.NoProgress{})
		if _, ok := errors.AsType[*intake.SourceError](err); !ok || flow.ExitCode(err) != flow.ExitFailed {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := s.Keep.Import(t.Context(), keep.ImportRequest{Case: c.ID, Subject: keep.SubjectAdult}, evidence.NoProgress{}); flow.ExitCode(err) != flow.ExitUsage {
		t.Errorf("no file: %v", err)
	}
	if _, err := s.Keep.Import(t.Context(), keep.ImportRequest{Case: c.ID, Files: []string{good}, Subject: keep.SubjectUnsure}, evidence.NoProgress{}); !errors.Is(err, keep.ErrSubject) {
		t.Errorf("under 18: %v", err)
	}
	if list, err := s.Look.Exhibits(t.Context(), c.ID); err != nil || len(list) != 0 {
		t.Errorf("%d exhibits, %v", len(list), err)
	}
	if objects, _ := filepath.Glob(filepath.Join(s.Vault(), "cases", "*", "objects", "*")); len(objects) != 0 {
		t.Errorf("left behind: %v", objects)
	}
}

// What was closed as under 18 is not kept again under another name, in another
// case or inside of a chat export; an empty file and others go on as before.
func TestAFileOfAClosedExhibitIsNotImportedAgain(t *testing.T) {
	s, c := flowtest.Open(t, flowtest.App(t))
	dir := t.TempDir()
	chat := chatExport(t)
	photo := chatPhoto(t, chat)
	kept := func(id string, files ...string) (look.Exhibit, error) {
		return s.Keep.Import(t.Context(), keep.ImportRequest{Case: id, Files: files, Subject: keep.SubjectAdult}, evidence.NoProgress{})
	}
	empty := write(t, dir, "empty.txt", nil)
	e, err := kept(c.ID, write(t, dir, "photo.jpg", photo), empty)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := kept(c.ID, write(t, dir, "again.jpg", photo)); err != nil {
		t.Fatalf("before it was closed: %v", err)
	}
	if _, err := s.Keep.MarkMinor(t.Context(), c.ID, e.Exhibit); err != nil {
		t.Fatal(err)
	}
	other, err := s.Keep.CreateCase(t.Context(), "Autre")
	if err != nil {
		t.Fatal(err)
	}
	objects := func() int {
		list, _ := filepath.Glob(filepath.Join(s.Vault(), "cases", "*", "objects", "*"))
		return len(list)
	}
	before := objects()
	good := write(t, dir, "other.txt", []byte("something else"))
	for name, files := range map[string][]string{
		"under another name": {write(t, dir, "x.bin", photo)}, "after a good one": {good, write(t, dir, "y.jpg", photo)},
		"in a chat": {write(t, dir, "chat.zip", chat)},
	} {
		for _, id := range []string{c.ID, other.ID} {
			_, err := kept(id, files...)
			found, ok := errors.AsType[*keep.ClosedFileError](err)
			if !ok || !errors.Is(err, look.ErrMinor) || found.Exhibit != e.Exhibit || found.Case != c.ID || found.Title != c.Title || flow.ExitCode(err) != flow.ExitFailed {
				t.Errorf("%s: %v", name, err)
			}
		}
	}
	if objects() != before {
		t.Errorf("%d objects, before %d", objects(), before)
	}
	if _, err := kept(other.ID, empty, good); err != nil {
		t.Errorf("other files: %v", err)
	}
}

// chatPhoto is the first picture in a chat export.
func chatPhoto(t *testing.T, chat []byte) []byte {
	t.Helper()
	z, err := zip.NewReader(bytes.NewReader(chat), int64(len(chat)))
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range z.File {
		if strings.HasSuffix(f.Name, ".txt") {
			continue
		}
		r, err := f.Open()
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		b, err := io.ReadAll(r)
		if err != nil || len(b) == 0 {
			t.Fatalf("%s: %d bytes, %v", f.Name, len(b), err)
		}
		return b
	}
	t.Fatal("no picture in the chat")
	return nil
}

func TestPlatformOfAnAddress(t *testing.T) {
	s, c := flowtest.Open(t, flowtest.App(t))
	e := flowtest.Record(t, s, c, "https://discord.com/channels/81384788765712384/381871767846780928/1176543210987654321")
	if e.Platform == nil || string(e.Platform.Platform) != "discord" || e.Platform.Time == nil || e.Platform.Time.Time.Year() != 2023 {
		t.Errorf("platform %+v", e.Platform)
	}
	if e := flowtest.Record(t, s, c, "https://example.org/p/1"); e.Platform != nil {
		t.Errorf("an unknown site is %+v", e.Platform)
	}
}

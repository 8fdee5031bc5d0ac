package keep_test

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"constat/app/flow/flowtest"
	"constat/app/flow/handover"
	"constat/app/flow/keep"
	"constat/app/flow/look"
	"constat/evidence"
)

// Closing reaches the bytes wherever they are, and they come in again in no wrapping: as the file,
// in an e-mail, in a ZIP, in a chat; nor do they leave in any exhibit that holds them.
func TestClosingReachesTheSameBytesEverywhere(t *testing.T) {
	s, c := flowtest.Open(t, flowtest.App(t))
	dir := t.TempDir()
	photo := bytes.Repeat([]byte("\xff\xd8\xff picture"), 40)
	zipped := func(names ...string) []byte {
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		for _, n := range names {
			f, err := z.Create(n)
			if err != nil {
				t.Fatal(err)
			}
			content := photo
			if filepath.Ext(n) == ".txt" {
				content = []byte("[05/01/2024, 14:03:22] Mia: x\n")
			}
			if _, err := f.Write(content); err != nil {
				t.Fatal(err)
			}
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	mail := "From: k@example.org\nDate: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: image/jpeg; name=s.jpg\nContent-Transfer-Encoding: base64\n\n" +
		base64.StdEncoding.EncodeToString(photo) + "\n--b--\n"
	other, err := s.Keep.CreateCase(t.Context(), "Autre")
	if err != nil {
		t.Fatal(err)
	}
	wrapped := map[string]string{
		"file": write(t, dir, "other name.bin", photo), "mail": write(t, dir, "mail.eml", []byte(mail)), "zip": write(t, dir, "plain.zip", zipped("s.jpg")),
		"chat": write(t, dir, "chat.zip", zipped("_chat.txt", "s.jpg")),
	}
	imported := func(id, file string) (look.Exhibit, error) {
		return s.Keep.Import(t.Context(), keep.ImportRequest{Case: id, Files: []string{file}, Subject: keep.SubjectAdult}, evidence.NoProgress{})
	}
	marked, err := imported(c.ID, write(t, dir, "s.jpg", photo))
	if err != nil {
		t.Fatal(err)
	}
	shut, err := imported(other.ID, write(t, dir, "kept.webarchive", []byte("bplist00 WebMainResource")))
	if err != nil {
		t.Fatal(err)
	}
	var want []string
	for _, way := range []string{"file", "mail", "zip", "chat"} {
		for _, id := range []string{c.ID, other.ID} {
			e, err := imported(id, wrapped[way])
			if err != nil {
				t.Fatal(err)
			}
			name := e.Exhibit
			if id != c.ID {
				name = id + "/" + name
			}
			want = append(want, name)
		}
	}
	harmless, err := imported(c.ID, write(t, dir, "other.txt", []byte("something else")))
	if err != nil {
		t.Fatal(err)
	}
	closed, err := s.Keep.MarkMinor(t.Context(), c.ID, marked.Exhibit)
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(want)
	got := slices.Clone(closed.ClosedWith)
	if slices.Sort(got); !slices.Equal(got, want) {
		t.Errorf("closed with it %q, want %q", got, want)
	}
	if want := []string{other.ID + "/" + shut.Exhibit}; !slices.Equal(closed.ClosedUnread, want) {
		t.Errorf("not looked into: %q, want %q", closed.ClosedUnread, want)
	}
	for way, file := range wrapped {
		if _, err := imported(other.ID, file); !errors.Is(err, look.ErrMinor) {
			t.Errorf("%s comes in again: %v", way, err)
		}
	}
	for _, id := range []string{c.ID, other.ID} {
		list, err := s.Look.Exhibits(t.Context(), id)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range list {
			if e.Closed == (e.Exhibit == harmless.Exhibit && id == c.ID || e.Exhibit == shut.Exhibit && id == other.ID) {
				t.Errorf("%s/%s closed: %v", id, e.Exhibit, e.Closed)
			}
			if _, _, err := s.Handover.Extract(t.Context(), id, e.Exhibit, filepath.Join(dir, id+e.Exhibit)); e.Closed && !errors.Is(err, look.ErrMinor) {
				t.Errorf("%s goes out: %v", e.Exhibit, err)
			}
		}
	}
	out := filepath.Join(dir, "bundle")
	made, err := s.Handover.Export(t.Context(), handover.ExportRequest{Case: c.ID, Target: out, Language: "en"}, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	// Of what shares a file nobody said how old anybody is.
	for _, l := range made.LeftOut {
		if want := map[bool]string{true: "minor", false: "same"}[l.Exhibit == marked.Exhibit]; l.Reason != want {
			t.Errorf("%s is left out as %q, want %q", l.Exhibit, l.Reason, want)
		}
	}
	err = filepath.WalkDir(out, func(path string, d os.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		if bytes.Contains(b, photo) || bytes.Contains(b, []byte(mail)) {
			t.Errorf("%s holds it", path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

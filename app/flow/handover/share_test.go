package handover_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"constat/app/flow/flowtest"
	"constat/app/flow/handover"
	"constat/app/flow/keep"
	"constat/app/flow/proof"
	"constat/evidence"
	"constat/evidence/tsa/tsatest"
	"constat/internal/stock"
)

// Who exports chooses what goes along; the bundle says so, and its own check agrees.
func TestAChoiceOfExhibits(t *testing.T) {
	authority := tsatest.New(t, tsatest.Options{Name: "one"})
	app := flowtest.App(t, authority.Authority())
	s, c := flowtest.Open(t, app)
	for _, n := range []string{"1", "2", "3", "4"} {
		flowtest.Record(t, s, c, "https://exemple.be/p/"+n)
	}
	if _, err := s.Keep.SaveFacts(t.Context(), c.ID, "E-002", map[string]string{"suspected-person": "Quelqu'un d'exemple"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Keep.MarkMinor(t.Context(), c.ID, "E-004"); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	ask := func(name string, exhibits ...string) (handover.ExportResult, error) {
		r := handover.ExportRequest{Case: c.ID, Target: filepath.Join(dir, name), Language: "fr", Exhibits: exhibits, CaseUCO: filepath.Join(dir, name+".jsonld")}
		return s.Handover.Export(t.Context(), r, evidence.NoProgress{})
	}
	r, err := ask("part", "E-003", "E-001")
	if err != nil {
		t.Fatal(err)
	}
	want := []handover.Left{{Exhibit: "E-004", Reason: "minor"}, {Exhibit: "E-002", Reason: "choice"}}
	if !slices.Equal(r.Exhibits, []string{"E-001", "E-003"}) || r.Of != 4 || !slices.Equal(r.LeftOut, want) || r.Verdict != proof.Valid {
		t.Errorf("%s: %v of %d, without %v\n%v", r.Verdict, r.Exhibits, r.Of, r.LeftOut, r.Checks)
	}
	const graph = "2 of 4 exhibits of the case; left out by choice of who exported: 1 (E-002); closed, because the person shown may have been under 18: 1 (E-004)"
	if b, err := os.ReadFile(r.CaseUCO); err != nil || !strings.Contains(string(b), graph) {
		t.Errorf("the graph does not say what is not in it: %v", err)
	}
	v, err := app.Proof.VerifyBundle(t.Context(), r.Target, proof.VerifyOptions{RootsPEM: []byte(authority.RootPEM)})
	if err != nil || !v.Valid || v.Of != 4 || !slices.Equal(v.LeftOut, []string{"E-002"}) || len(v.Exhibits) != 2 {
		t.Errorf("verify: %+v, %v", v, err)
	}
	pages := stock.Run(t, r.Target, "pdftotext", "-raw", "data/report.pdf", "-")
	if !strings.Contains(pages, "2 des 4 pièces du dossier") || strings.Contains(pages, "Quelqu'un d'exemple") {
		t.Errorf("the report says of it:\n%s", pages[:min(len(pages), 4000)])
	}
	if said := stock.Run(t, r.Target, "sh", "verify/verify.sh", authority.RootPath); !strings.Contains(said, "LEFT OUT   1 of 4 exhibits, by choice of who exported: E-002\n") {
		t.Errorf("the script says:\n%s", said)
	}

	all, err := ask("all")
	if err != nil || all.Of != 4 || len(all.Exhibits) != 3 || all.ByChoice() != nil {
		t.Errorf("all: %v of %d, without %v: %v", all.Exhibits, all.Of, all.LeftOut, err)
	}
	if every, err := ask("every", "E-001", "E-002", "E-003"); err != nil || every.ByChoice() != nil {
		t.Errorf("every one by name: without %v: %v", every.LeftOut, err)
	}

	for id, closed := range map[string]bool{"E-004": true, "E-009": false, "": false, "*": false} {
		if _, err := ask("no", "E-001", id); err == nil {
			t.Errorf("%q goes along", id)
		} else if e, ok := errors.AsType[*handover.ChoiceError](err); !ok || e.Closed != closed {
			t.Errorf("%q: %v", id, err)
		}
	}
	if _, err := s.Handover.Export(t.Context(), handover.ExportRequest{Case: c.ID, Target: filepath.Join(dir, "none"), Language: "fr", Exhibits: []string{}}, evidence.NoProgress{}); !errors.Is(err, handover.ErrNothingChosen) {
		t.Errorf("none: %v", err)
	}
	for _, name := range []string{"no", "none"} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			t.Errorf("%s was made", name)
		}
	}
}

// What was left out by choice and lies in another exhibit that goes along is named, in whatever wrapping.
func TestAChoiceThatGoesAlongElsewhere(t *testing.T) {
	app := flowtest.App(t, tsatest.New(t, tsatest.Options{Name: "one"}).Authority())
	s, c := flowtest.Open(t, app)
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	var packed bytes.Buffer
	z := zip.NewWriter(&packed)
	w, err := z.Create("album/IMG_1.bin")
	if err == nil {
		_, err = w.Write([]byte("the same bytes"))
	}
	if err := errors.Join(err, z.Close()); err != nil {
		t.Fatal(err)
	}
	for _, f := range []struct{ name, text string }{
		{"one.bin", "the same bytes"}, {"two.zip", packed.String()}, {"three.bin", "other bytes"}, {"four.bin", "the same bytes"},
		{"five.warc", "WARC/1.1\r\nWARC-Type: response\r\nContent-Length: 33\r\n\r\nHTTP/1.1 200 OK\r\n\r\nthe same bytes\r\n\r\n"},
	} {
		if err := os.WriteFile(at(f.name), []byte(f.text), 0o600); err != nil {
			t.Fatal(err)
		}
		r := keep.ImportRequest{Case: c.ID, Files: []string{at(f.name)}, Subject: keep.SubjectAdult}
		if _, err := s.Keep.Import(t.Context(), r, evidence.NoProgress{}); err != nil {
			t.Fatal(err)
		}
	}
	for _, row := range []struct {
		in   []string
		want []handover.Still
	}{
		{[]string{"E-002", "E-003"}, []handover.Still{{Exhibit: "E-001", In: "E-002", File: "album/IMG_1.bin"}, {Exhibit: "E-004", In: "E-002", File: "album/IMG_1.bin"}}},
		{[]string{"E-001"}, []handover.Still{{Exhibit: "E-002", In: "E-001", File: "import-01.txt"}, {Exhibit: "E-004", In: "E-001", File: "import-01.txt"}}},
		{[]string{"E-003"}, nil},
		{[]string{"E-005"}, []handover.Still{{Exhibit: "E-001", In: "E-005", File: "import-01.txt"}, {Exhibit: "E-002", In: "E-005", File: "import-01.txt"}, {Exhibit: "E-004", In: "E-005", File: "import-01.txt"}}},
		{nil, nil},
	} {
		r := handover.ExportRequest{Case: c.ID, Target: at(fmt.Sprint("bundle", row.in)), Language: "fr", Exhibits: row.in}
		made, err := s.Handover.Export(t.Context(), r, evidence.NoProgress{})
		if err != nil || !slices.Equal(made.Still, row.want) {
			t.Errorf("%v: %v, want %v: %v", row.in, made.Still, row.want, err)
		}
		pages := strings.ReplaceAll(strings.Join(strings.Fields(stock.Run(t, r.Target, "pdftotext", "-raw", "data/report.pdf", "-")), " "), "\u00a0", " ")
		left, in := made.StillIn()
		said := fmt.Sprintf("Des fichiers de %d pièces laissées de côté (%s) se trouvent néanmoins dans cette liasse, dans : %s.",
			len(left), strings.Join(left, ", "), strings.Join(in, ", "))
		if strings.Contains(pages, said) != (len(left) > 0) {
			t.Errorf("%v: the report does not say %q, or says it of none", row.in, said)
		}
	}
}

// What goes along in a web archive that cannot be unpacked here is not known either: the exhibit is named.
func TestAChoiceBesideWhatCannotBeUnpacked(t *testing.T) {
	app := flowtest.App(t)
	s, c := flowtest.Open(t, app)
	dir := t.TempDir()
	for name, text := range map[string]string{"one.bin": "some bytes", "two.warc": "WARC/1.1\r\nWARC-Type: response\r\nContent-Length: 50\r\n\r\nHTTP/1.1 200 OK\r\nContent-Encoding: br\r\n\r\nsome more\r\n\r\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"one.bin", "two.warc"} {
		r := keep.ImportRequest{Case: c.ID, Files: []string{filepath.Join(dir, name)}, Subject: keep.SubjectAdult}
		if _, err := s.Keep.Import(t.Context(), r, evidence.NoProgress{}); err != nil {
			t.Fatal(err)
		}
	}
	for in, want := range map[string][]string{"E-001": {"E-002"}, "E-002": {"E-002"}} {
		r := handover.ExportRequest{Case: c.ID, Target: filepath.Join(dir, "bundle-"+in), Language: "fr", Exhibits: []string{in}}
		made, err := s.Handover.Export(t.Context(), r, evidence.NoProgress{})
		if err != nil || !slices.Equal(made.Unread, want) {
			t.Errorf("%s goes along: not read %v, want %v: %v", in, made.Unread, want, err)
		}
	}
}

// A vault that cannot be written hands over all of it, and no earlier export speaks for that bundle;
// what was left out by choice could not be shown.
func TestNoChoiceWithoutANote(t *testing.T) {
	app := flowtest.App(t)
	s, c := flowtest.Open(t, app)
	flowtest.Record(t, s, c, "https://exemple.be/p/1")
	flowtest.Record(t, s, c, "https://exemple.be/p/2")
	dir := t.TempDir()
	ask := func(ctx context.Context, name string, exhibits ...string) (handover.ExportResult, error) {
		r := handover.ExportRequest{Case: c.ID, Target: filepath.Join(dir, name), Language: "fr", Exhibits: exhibits}
		return s.Handover.Export(ctx, r, evidence.NoProgress{})
	}
	// The last line of the log is that of an export of one exhibit, which came to nothing.
	ctx, cancel := context.WithCancel(t.Context())
	r := handover.ExportRequest{Case: c.ID, Target: filepath.Join(dir, "stopped"), Language: "fr", Exhibits: []string{"E-001"}}
	if _, err := s.Handover.Export(ctx, r, stopAt{cancel: cancel}); !errors.Is(err, context.Canceled) {
		t.Fatalf("stopped: %v", err)
	}
	log := filepath.Join(s.Vault(), "cases", c.ID, "log")
	lines, err := os.ReadDir(log)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(log, fmt.Sprintf("%08d.part", len(lines)+1)), 0o700); err != nil { // where the next one would be made
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(log, fmt.Sprintf("%08d.part", len(lines)+1), "x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if got, err := ask(t.Context(), "part", "E-002"); !errors.Is(err, handover.ErrChoiceNotNoted) {
		t.Fatalf("a choice that nobody noted: %+v, %v", got.LeftOut, err)
	}
	got, err := ask(t.Context(), "all")
	if err != nil || got.NotNoted == "" || got.Verdict == proof.NotValid || len(got.Exhibits) != 2 {
		t.Fatalf("all: %+v, %v", got, err)
	}
}

// stopAt cancels when the files are collected.
type stopAt struct {
	evidence.NoProgress
	cancel context.CancelFunc
}

func (s stopAt) Step(step evidence.Step) {
	if step == evidence.StepCollect {
		s.cancel()
	}
}

// Of what was left out and cannot be read, nobody knows whether it goes along elsewhere: it is named.
func TestAChoiceThatCannotBeRead(t *testing.T) {
	app := flowtest.App(t)
	s, c := flowtest.Open(t, app)
	flowtest.Record(t, s, c, "https://exemple.be/p/1")
	under := filepath.Join(s.Vault(), "cases", c.ID)
	before := map[string]bool{}
	each := func(do func(path string)) {
		if err := filepath.WalkDir(under, func(path string, d fs.DirEntry, err error) error {
			if err == nil && d.Type().IsRegular() {
				do(path)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	}
	each(func(path string) { before[path] = true })
	flowtest.Record(t, s, c, "https://exemple.be/p/2")
	each(func(path string) {
		if before[path] || filepath.Base(filepath.Dir(path)) == "log" {
			return
		}
		if err := os.WriteFile(path, []byte("spoilt"), 0o600); err != nil {
			t.Fatal(err)
		}
	})
	if err := s.Lock(); err != nil {
		t.Fatal(err)
	}
	s, err := app.Unlock(t.Context(), s.Vault(), flowtest.Passphrase)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Lock()
	r := handover.ExportRequest{Case: c.ID, Target: filepath.Join(t.TempDir(), "part"), Language: "fr", Exhibits: []string{"E-001"}}
	made, err := s.Handover.Export(t.Context(), r, evidence.NoProgress{})
	if err != nil || !slices.Equal(made.Unread, []string{"E-002"}) || len(made.Exhibits) != 1 {
		t.Errorf("%v, %v, %v", made.Exhibits, made.Unread, err)
	}
}

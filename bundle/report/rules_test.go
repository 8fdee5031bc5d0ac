package report_test

import (
	"bytes"
	"os"
	"testing"

	"constat/bundle/internal/pdfrules"
	"constat/bundle/internal/sample"
	"constat/bundle/report"
	"constat/evidence/tsa/tsatest"
	"constat/internal/stock"
)

// The report keeps to what PDF/A-3b and PDF/UA-1 ask of it, as far as that can be looked at here; and
// the files within are those of the exhibits.
func TestTheReportAsAFile(t *testing.T) {
	a := tsatest.New(t, tsatest.Options{Name: "tsa-one"})
	c := sample.New(t, sample.Options{Authority: []*tsatest.Server{a}, Practice: true})
	c.Exhibits[0].Mask = report.Blur
	c.Exhibits[2].Mask = report.LeaveOut
	in := input(t, c, "nl", true)
	in.List = []byte("a list\n")
	in.Account = report.Account{Happened: "Iets", Sections: []report.Section{{Title: "Wat", Lines: []string{"één", "twee 😀"}}, {Title: "Leeg"}}}
	path, _ := draw(t, in, "as-a-file")
	for _, s := range pdfrules.Broken(t, stock.Run, path) {
		t.Error(s)
	}
	dir := t.TempDir()
	stock.Run(t, "", "pdfdetach", "-saveall", "-o", dir, path)
	for name, want := range map[string][]byte{"evidence-sha256.txt": in.List, "E-001-manifest.json": c.Exhibits[0].ManifestBytes} {
		if b, err := os.ReadFile(dir + "/" + name); err != nil || !bytes.Equal(b, want) {
			t.Errorf("%s: %v, %d bytes", name, err, len(b))
		}
	}
	read := stock.Run(t, "", "pdfinfo", "-struct-text", path)
	for _, want := range []string{"E-001", "nl", "één", "twee "} {
		if !bytes.Contains([]byte(read), []byte(want)) {
			t.Errorf("who has it read aloud does not hear %q", want)
		}
	}
}

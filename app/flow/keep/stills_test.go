package keep_test

import (
	"bytes"
	"fmt"
	"testing"

	"constat/app/flow/flowtest"
	"constat/app/flow/keep"
	"constat/evidence"
)

// onePage is a PDF of one page.
func onePage(content string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var at []int
	for i, o := range []string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>", "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R>>",
		fmt.Sprintf("<</Length %d>>stream\n%s\nendstream", len(content), content)} {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj%s endobj\n", i+1, o)
	}
	x := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(at)+1)
	for _, o := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF", len(at)+1, x)
	return b.Bytes()
}

// Of a file that this program draws no picture itself there is one beside it, made from it; of one that the
// browser cannot show there is none, and both are kept as they are.
func TestAFileIsShownAsTheBrowserShowsIt(t *testing.T) {
	s, c := flowtest.Open(t, flowtest.App(t))
	dir := t.TempDir()
	e, err := s.Keep.Import(t.Context(), keep.ImportRequest{Case: c.ID, Subject: keep.SubjectAdult, Files: []string{
		write(t, dir, "brief.pdf", onePage("1 0 0 rg 100 400 300 300 re f 0 0 1 rg 200 500 50 50 re f")), write(t, dir, "kapot.pdf", []byte("%PDF-1.7 and nothing")),
	}}, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	m := e.Manifest
	if len(m.Artifacts) != 3 || e.Outcome != evidence.Complete {
		t.Fatalf("%v %+v", e.Outcome, m.Artifacts)
	}
	shown := m.Artifacts[2]
	if shown.Name != "import-01-shown.png" || !shown.IsShown() || shown.Parents[0] != m.Artifacts[0].SHA256 {
		t.Errorf("%+v", shown)
	}
	if sets := m.PictureSets(); len(sets) != 1 || sets[0].Pictures[0].Name != shown.Name {
		t.Errorf("%+v", sets)
	}
	p, err := s.Look.Preview(t.Context(), c.ID, e.Exhibit, 1)
	if err != nil {
		t.Fatal(err)
	}
	b := p.Image.Bounds()
	r, g, _, _ := p.Image.At(b.Dx()*300/595, b.Dy()*(842-600)/842).RGBA()
	if r < 0xd000 || g > 0x3000 || b.Dy() < b.Dx() {
		t.Errorf("the page is not in the picture: %v %x %x", b, r, g)
	}
}

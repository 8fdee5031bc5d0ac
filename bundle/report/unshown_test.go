package report_test

import (
	"strings"
	"testing"

	"constat/bundle/internal/sample"
	"constat/bundle/report"
	"constat/evidence"
	"constat/internal/stock"
)

// A photo of a phone and a film cannot be drawn here; their page says so, with name and digest.
func TestWhatIsNotDrawnIsNamed(t *testing.T) {
	m := evidence.Manifest{Exhibit: "E-001", Kind: evidence.Import, Outcome: evidence.Complete}
	for _, a := range [][2]string{{"import-01.heic", "image/heic"}, {"import-02.mp4", "video/mp4"}, {"import-03.txt", "text/plain"}} {
		m.Artifacts = append(m.Artifacts, evidence.Artifact{Name: a[0], Role: evidence.Original, MediaType: a[1], Size: 1, SHA256: evidence.Sum([]byte(a[0]))})
		m.Claims = append(m.Claims, evidence.Claim{Artifact: a[0], Name: "original-name", Value: "IMG_" + a[0], Source: "file-system"})
	}
	in := input(t, sample.New(t, sample.Options{Tall: 1000}), "en", false)
	in.Exhibits = []report.Exhibit{{Manifest: m}}
	path, _ := draw(t, in, "unshown")
	all := flat(stock.Run(t, "", "pdftotext", "-raw", path, "-"))
	_, after, ok := strings.Cut(all, flat("Not shown on paper"))
	if !ok || !strings.Contains(after, "IMG_import-01.heic") || !strings.Contains(after, "IMG_import-02.mp4") {
		t.Errorf("not named: %v", ok)
	}
	if before, _, _ := strings.Cut(after, flat("annex:")); strings.Contains(before, "IMG_import-03.txt") {
		t.Error("a text is named as not shown")
	}
}

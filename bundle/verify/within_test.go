package verify_test

import (
	"bytes"
	"regexp"
	"strings"
	"testing"

	"constat/bundle/internal/sample"
	"constat/bundle/verify"
)

// The manifests that lie in the report are those of the bundle: one that was put in another's place is
// noticed, also where nobody dated the bundle.
func TestTheFilesInTheReportAreThoseOfTheBundle(t *testing.T) {
	c := build(t, sample.Options{Tall: 1000})
	o := verify.Options{Policy: untimed}
	if r := check(t, c.dir, o); strings.Contains(failures(r), "within it") {
		t.Fatal(failures(r))
	}
	b := read(t, c.dir, "data/report.pdf")
	all := regexp.MustCompile(`/EF <</F ([0-9]+) 0 R /UF [0-9]+ 0 R>>`).FindAllSubmatch(b, -1)
	if len(all) < 3 || len(all[1][0]) != len(all[2][0]) {
		t.Fatalf("%d files within", len(all))
	}
	write(t, c.dir, "data/report.pdf", bytes.Replace(b, all[1][0], all[2][0], 1))
	if r := check(t, c.dir, o); !strings.Contains(failures(r), `the file "E-00`) {
		t.Errorf("a manifest in the place of another: %s", failures(r))
	}
	other := strings.Replace(string(all[1][0]), "/UF "+string(all[1][1]), "/UF "+string(all[2][1]), 1)
	write(t, c.dir, "data/report.pdf", bytes.Replace(b, all[1][0], []byte(other), 1))
	if r := check(t, c.dir, o); !strings.Contains(failures(r), "two names") {
		t.Errorf("two contents under one name: %s", failures(r))
	}
	write(t, c.dir, "data/report.pdf", bytes.Replace(b, []byte("/EmbeddedFiles <</Names [(E-001-manifest.json)"), []byte("/EmbeddedFiles <</Names [(E-001-manifesu.json)"), 1))
	if r := check(t, c.dir, o); !strings.Contains(failures(r), "within it") {
		t.Errorf("another name: %s", failures(r))
	}
}

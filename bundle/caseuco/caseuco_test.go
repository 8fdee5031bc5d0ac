package caseuco_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"constat/bundle/caseuco"
	"constat/bundle/internal/sample"
	"constat/bundle/report"
	"constat/evidence"
	"constat/evidence/tsa/tsatest"
)

// graph is a case of every kind, with an authority that answers, and with a second visit.
func graph(t *testing.T) (*sample.Case, []byte) {
	t.Helper()
	c := sample.New(t, sample.Options{Authority: []*tsatest.Server{tsatest.New(t, tsatest.Options{Name: "tsa-one"})}, Tall: 900})
	c.Recheck(evidence.Recheck{Exhibit: "E-001", ManifestSHA256: evidence.Sum(c.Exhibits[0].ManifestBytes), State: evidence.StillOnline, Reason: "same"})
	return c, written(t, c)
}

func written(t *testing.T, c *sample.Case) []byte {
	t.Helper()
	var log, out bytes.Buffer
	if err := c.WriteLog(t.Context(), &log); err != nil {
		t.Fatal(err)
	}
	sum := evidence.Sum([]byte("the list"))
	if err := caseuco.Write(&out, caseuco.Input{Exhibits: c.Exhibits, Log: log.Bytes(), Fingerprint: sum, Stamps: named(c.Stamp(context.Background(), sum))}); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func named(list []report.Stamp) []report.Stamp {
	for i := range list {
		list[i].FileName = "evidence-sha256." + list[i].Authority.Name + ".tsr"
	}
	return list
}

type thing map[string]any

func things(t *testing.T, b []byte) (list []thing) {
	t.Helper()
	var whole struct {
		Graph []thing `json:"@graph"`
	}
	if err := json.Unmarshal(b, &whole); err != nil {
		t.Fatal(err)
	}
	return whole.Graph
}

// Everything of the bundle is in the graph, under names that stay, and no time that was not verified.
func TestTheGraphHoldsTheBundle(t *testing.T) {
	c, b := graph(t)
	if again := written(t, c); len(again) != len(b) {
		t.Error("the same case makes another graph") // the token over the list is another one, as long
	}
	count := map[string]int{}
	for _, n := range things(t, b) {
		count[n["@type"].(string)]++
		if n["uco-core:name"] == "timestamp" {
			count["timestamp"]++
		}
	}
	files, stamps := 1, 1
	for _, e := range c.Exhibits {
		files += 1 + len(e.Manifest.Artifacts) + len(e.Stamps)
		stamps += len(e.Stamps)
		for _, a := range e.Manifest.Artifacts {
			if !strings.Contains(string(b), a.SHA256.String()) || !strings.Contains(string(b), a.SHA512.String()) {
				t.Errorf("%s %s is not there", e.Manifest.Exhibit, a.Name)
			}
		}
	}
	if count["uco-observable:File"] != files+1 || count["case-investigation:ProvenanceRecord"] != len(c.Exhibits) || count["timestamp"] != stamps || count["case-investigation:Investigation"] != 1 {
		t.Errorf("%v of %d files, %d exhibits, %d timestamps", count, files+1, len(c.Exhibits), stamps)
	}
	for i := range c.Exhibits {
		for k := range c.Exhibits[i].Stamps {
			c.Exhibits[i].Stamps[k].Verified = nil
		}
	}
	n := 0
	for _, x := range things(t, written(t, c)) {
		if x["uco-core:name"] == "timestamp" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d timestamps have a time, 1 is verified", n)
	}
}

// The shapes that CASE and UCO publish find nothing wrong, each name is one of theirs, and a
// spoiled graph is noticed.
func TestThePublishedShapesJudgeIt(t *testing.T) {
	judges, err := filepath.Abs(filepath.Join("..", "..", "out", "judges-rdf"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(judges, "shacl.mjs")); err != nil {
		t.Fatal("no SHACL validator: scripts/prepare.sh test installs it")
	}
	ontologies := os.Getenv("CONSTAT_CASE_UCO")
	if ontologies == "" {
		ontologies = filepath.Join("..", "..", "..", "shared", "data", "case-uco")
	}
	if _, err := os.Stat(filepath.Join(ontologies, "uco-core.ttl")); err != nil {
		t.Skip("the published ontologies are not here: CONSTAT_CASE_UCO names their folder, or they lie in shared/data/case-uco beside the repository")
	}
	_, b := graph(t)
	spoiled := [][2]string{{"", ""}, {"uco-action:startTime", "uco-action:started"}, {`"@type": "xsd:hexBinary"`, `"@type": "xsd:string"`},
		{`"uco-core:isDirectional": true`, `"uco-core:isDirectional": "yes"`}, {`"case-investigation:ProvenanceRecord"`, `"case-investigation:Record"`}}
	args := []string{filepath.Join(judges, "shacl.mjs"), ontologies}
	dir := t.TempDir()
	if out := os.Getenv("REPORT_OUT"); out != "" {
		dir = out
	}
	for i, s := range spoiled {
		now := bytes.ReplaceAll(b, []byte(s[0]), []byte(s[1]))
		if s[0] == "" {
			now = b
		} else if bytes.Equal(now, b) {
			t.Errorf("nothing is called %s", s[0])
		}
		args = append(args, filepath.Join(dir, fmt.Sprintf("case-%d.jsonld", i)))
		if err := os.WriteFile(args[len(args)-1], now, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.CommandContext(t.Context(), "node", args...) // once: it reads two megabytes of ontologies
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v\n%s", err, said.String())
	}
	for i, line := range strings.Split(strings.TrimSpace(string(out)), "\n") {
		var a struct {
			Triples                       int
			Violations, Warnings, Unknown []string
		}
		if err := json.Unmarshal([]byte(line), &a); err != nil {
			t.Fatal(err)
		}
		if wrong := len(a.Violations) + len(a.Warnings) + len(a.Unknown); a.Triples < 500 || (wrong > 0) != (i > 0) {
			t.Errorf("%q: %+v", spoiled[i], a)
		}
	}
}

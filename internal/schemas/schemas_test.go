package schemas

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func formats(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(filepath.Dir(File(Manifest)), "..", "formats.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// example is a file that formats.md spells out.
func example(t *testing.T, name string) string {
	t.Helper()
	_, rest, _ := strings.Cut(formats(t), "<!-- file: "+name+" -->\n```json\n")
	body, _, ok := strings.Cut(rest, "```\n")
	if !ok {
		t.Fatalf("no example of %s", name)
	}
	return body
}

// node is as much of a schema as the tables say.
type node struct {
	Required   []string                   `json:"required"`
	Properties map[string]json.RawMessage `json:"properties"`
	Defs       map[string]node            `json:"$defs"`
}

var tables = regexp.MustCompile(`(?m)^<!-- fields: \S+ (\S+) -->\n((?:\|.*\n)+)`)

// The schemas name the fields of the tables of formats.md, which a test of package
// evidence holds to the code: no more, no fewer, and the same ones always there.
func TestTheTablesAreTheSchemas(t *testing.T) {
	said := map[string][2][]string{}
	for _, m := range tables.FindAllStringSubmatch(formats(t), -1) {
		var all, always []string
		for _, row := range strings.Split(strings.TrimSpace(m[2]), "\n")[2:] {
			cells := strings.Split(row, " | ")
			name := strings.Trim(cells[0], "|` ")
			all = append(all, name)
			if cells[2] == "yes" {
				always = append(always, name)
			}
		}
		said[m[1]] = [2][]string{all, always}
	}
	top := map[Schema]string{Account: "accountList", Manifest: "Manifest", CustodyLine: "Entry", Email: "mailList"}
	n := 0
	for _, s := range All {
		b, err := os.ReadFile(File(s))
		if err != nil {
			t.Fatal(err)
		}
		var whole node
		if err := json.Unmarshal(b, &whole); err != nil {
			t.Fatalf("%s: %v", s, err)
		}
		nodes := maps.Clone(whole.Defs)
		if name := top[s]; name != "" {
			nodes[name] = whole
		}
		for name, have := range nodes {
			want, ok := said[name]
			if !ok {
				continue
			}
			n++
			if got := slices.Sorted(maps.Keys(have.Properties)); !slices.Equal(got, slices.Sorted(slices.Values(want[0]))) {
				t.Errorf("%s: %s has %q, the table %q", s, name, got, want[0])
			}
			if !slices.Equal(slices.Sorted(slices.Values(have.Required)), slices.Sorted(slices.Values(want[1]))) {
				t.Errorf("%s: of %s always %q, the table says %q", s, name, have.Required, want[1])
			}
		}
	}
	if n < 20 {
		t.Errorf("only %d tables were compared", n)
	}
}

// What formats.md spells out satisfies the schemas; spoiled in one place it does not.
func TestTheWorkedExample(t *testing.T) {
	manifest := example(t, "manifest.json")
	Hold(t, Manifest, []byte(manifest))
	lines := strings.Split(strings.TrimSpace(example(t, "custody-log.jsonl")), "\n")
	for _, line := range lines {
		Hold(t, CustodyLine, []byte(line))
	}
	for _, c := range []struct {
		of       Schema
		in       string
		old, now string
	}{
		{Manifest, manifest, `constat-manifest/1`, `constat-manifest/2`},
		{Manifest, manifest, `"E-001"`, `"E-1"`},
		{Manifest, manifest, `"address-only"`, `"hearsay"`},
		{Manifest, manifest, `"kind": "address-only"`, `"kind": "recheck"`},
		{Manifest, manifest, `"size": 14`, `"size": "14"`},
		{Manifest, manifest, `"size": 14`, `"size": -1`},
		{Manifest, manifest, `"role": "original"`, `"role": "derived"`},
		{Manifest, manifest, `"problems": []`, `"problems": null`},
		{Manifest, manifest, `"custody_head"`, `"custody"`},
		{Manifest, manifest, `"name": "note.txt"`, `"name": "../note.txt"`},
		{Manifest, manifest, `.31Z`, `.310Z`},
		{CustodyLine, lines[1], `"previous":"`, `"previous":"x`},
		{CustodyLine, lines[1], `"previous"`, `"before"`},
		{CustodyLine, lines[1], `"seq":2`, `"seq":0`},
		{CustodyLine, lines[0], `"action":"case-created"`, `"action":"captured"`},
		{CustodyLine, lines[0], `"detail":{`, `"detail":{"n":1,`},
	} {
		spoiled := strings.Replace(c.in, c.old, c.now, 1)
		if spoiled == c.in {
			t.Errorf("%s has no %s", c.of, c.old)
		}
		if Judge(c.of, []byte(spoiled)) == nil {
			t.Errorf("%s: %s was not noticed", c.of, c.now)
		}
	}
}

// An answer that contradicts itself is none.
func TestAnAnswerAgreesWithItself(t *testing.T) {
	answer := func(valid bool, verdict, state string) []byte {
		return fmt.Appendf(nil, `{"valid":%v,"verdict":%q,"checks":[{"name":"paths","state":%q}]}`, valid, verdict, state)
	}
	Hold(t, Verify, answer(true, "valid", "passed"))
	Hold(t, Verify, answer(false, "not-valid", "failed"))
	Hold(t, Verify, answer(false, "consistent-time-not-proven", "not-done"))
	for _, bad := range [][]byte{answer(true, "not-valid", "failed"), answer(false, "valid", "passed"), answer(true, "valid", "failed"),
		answer(false, "not-valid", "passed"), answer(false, "maybe", "passed"), answer(true, "valid", "good"), []byte(`{"valid":true,"verdict":"valid","checks":[]}`)} {
		if Judge(Verify, bad) == nil {
			t.Errorf("not noticed: %s", bad)
		}
	}
}

// What export and timestamp calendar answer may not say two things at once either.
func TestAnswersOfExportAndCalendar(t *testing.T) {
	d := strings.Repeat("a", 64)
	export := `{"bundle":"/b/a.zip.age","report":"","read_me":"","fingerprint":"` + d + `","files":30,"bytes":9,"pages":7,` +
		`"timestamps":[{"authority":"one","time":"2026-12-01T10:00:00Z","state":"verified","checks":[],"root_sha256":"` + d + `"}],` +
		`"checks":[{"name":"paths","state":"passed"}],"valid":true,"verdict":"valid","recipients":["age1qz"],"exhibits":["E-001"],"of":2,` +
		`"left_out":[{"exhibit":"E-002","reason":"choice"}]}`
	calendar := `{"bundle":"b","file":"tagmanifest-sha256.txt.ots","changed":true,"aside":"/b.ots","unread":"no proof",` +
		`"answers":[{"calendar":"http://127.0.0.1","state":"taken"}],"open_timestamps":{"file":"tagmanifest-sha256.txt.ots","pending":["http://127.0.0.1"]},"verdict":"valid"}`
	Hold(t, Export, []byte(export))
	Hold(t, Calendar, []byte(calendar))
	for _, c := range []struct {
		of       Schema
		in       string
		old, now string
	}{
		{Export, export, `"valid":true`, `"valid":false`},
		{Export, export, `"state":"passed"`, `"state":"failed"`},
		{Export, export, `"time":"2026-12-01T10:00:00Z"`, `"time":null`},
		{Export, export, `"state":"verified"`, `"state":"pending"`},
		{Export, export, `.zip.age`, `.zip`},
		{Export, export, `"report":""`, `"report":"/b/report.pdf"`},
		{Export, export, `"recipients":["age1qz"]`, `"recipients":[]`},
		{Export, export, `"choice"`, `"forgotten"`},
		{Export, export, `"of":2`, `"of":0`},
		{Calendar, calendar, `"changed":true`, `"changed":false`},
		{Calendar, calendar, `"unread":"no proof",`, ``},
		{Calendar, calendar, `"file":"tagmanifest-sha256.txt.ots","changed"`, `"changed"`},
		{Calendar, calendar, `"taken"`, `"proven"`},
		{Calendar, calendar, `"answers":[{"calendar":"http://127.0.0.1","state":"taken"}]`, `"answers":null`},
	} {
		spoiled := strings.Replace(c.in, c.old, c.now, 1)
		if spoiled == c.in {
			t.Errorf("%s has no %s", c.of, c.old)
		}
		if Judge(c.of, []byte(spoiled)) == nil {
			t.Errorf("%s: %s was not noticed", c.of, c.now)
		}
	}
}

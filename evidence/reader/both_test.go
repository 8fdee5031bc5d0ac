package reader

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"constat/evidence"
)

// These tests hold this reader against the one that the vault and the bundle are
// written with. The two must agree on every field of what both accept; the writer's
// never refuses what this one accepts; and this one refuses what the writer's accepts
// by a rule of Stricter alone.

// plain is a value as a test can compare it: what the tables name, without fields that
// may be left out and say nothing.
func plain(v *value, t *table) any {
	switch v.kind {
	case isObject:
		out := map[string]any{}
		for _, f := range v.fields {
			if t == nil {
				out[f.name] = f.text
				continue
			}
			i := t.find(f.name)
			if i < 0 {
				continue
			}
			r := t.rows[i]
			of := r.of
			if r.typ == aMoment {
				of = moment
			}
			one := plain(f.value, of)
			if f.raw == nil || !r.always && says(one) == "" {
				continue
			}
			out[f.name] = one
		}
		return out
	case isList:
		out := []any{}
		for _, one := range v.items {
			out = append(out, plain(one, t))
		}
		return out
	case isText:
		return v.text
	}
	var x any
	_ = json.Unmarshal(v.raw, &x)
	return x
}

// says is empty for what an optional field is left out for.
func says(x any) string {
	switch x := x.(type) {
	case bool:
		if !x {
			return ""
		}
	case float64:
		if x == 0 {
			return ""
		}
	case string:
		return x
	case []any:
		if len(x) == 0 {
			return ""
		}
	case map[string]any:
		if len(x) == 0 {
			return ""
		}
	}
	return "something"
}

// writers is the same for what the writer read. An empty list that it left out is empty.
func writers(t testing.TB, m any) any {
	b, err := json.Marshal(m)
	if err != nil {
		t.Fatal(err)
	}
	var x any
	if err := json.Unmarshal(b, &x); err != nil {
		t.Fatal(err)
	}
	return x
}

// agree holds the verdicts against each other, and reports whether both accepted.
func agree(t testing.TB, b []byte, theirs, ours error) bool {
	t.Helper()
	no, refused := errors.AsType[*Refused](ours)
	switch {
	case ours != nil && !refused:
		t.Errorf("%v is no Refused", ours)
	case ours == nil && theirs != nil:
		t.Errorf("accepted, the writer refuses: %v\n%q", theirs, b)
	case ours != nil && theirs == nil && !slices.Contains(Stricter(), no.Rule):
		t.Errorf("refused by %s, which is not in the list of differences: %v\n%q", no.Rule, ours, b)
	}
	return ours == nil && theirs == nil
}

// sameManifest compares everything that both read.
func sameManifest(t testing.TB, b []byte) error {
	t.Helper()
	theirs, err := evidence.DecodeManifest(b)
	ours, no := ReadManifest(b)
	if !agree(t, b, err, no) {
		return no
	}
	if got, want := plain(ours.all, manifest), writers(t, theirs); !reflect.DeepEqual(got, want) {
		t.Errorf("read differently:\n%v\n%v\n%q", got, want, b)
	}
	same := ours.Practice == (theirs.Practice != "") && ours.Case == theirs.Case && ours.Exhibit == theirs.Exhibit &&
		ours.Kind == string(theirs.Kind) && ours.Head == Head{theirs.CustodyHead.Seq, SHA256(theirs.CustodyHead.SHA256)} &&
		len(ours.Artifacts) == len(theirs.Artifacts) && (ours.Recheck != nil) == (theirs.Recheck != nil)
	if same && ours.Recheck != nil {
		same = *ours.Recheck == Recheck{theirs.Recheck.Exhibit, SHA256(theirs.Recheck.ManifestSHA256)}
	}
	for i := 0; same && i < len(ours.Artifacts); i++ {
		a, w := ours.Artifacts[i], theirs.Artifacts[i]
		same = a.Name == w.Name && a.Derived == (w.Role == evidence.Derived) && a.Size == w.Size &&
			a.SHA256 == SHA256(w.SHA256) && a.SHA512 == SHA512(w.SHA512) && len(a.Parents) == len(w.Parents)
		for j := 0; same && j < len(a.Parents); j++ {
			same = a.Parents[j] == SHA256(w.Parents[j])
		}
	}
	if !same {
		t.Errorf("taken out differently: %+v\n%q", ours, b)
	}
	return nil
}

// sameLog compares two readers of a log up to the first line that one refuses.
func sameLog(t testing.TB, lines [][]byte) error {
	t.Helper()
	var theirs evidence.Chain
	var ours Log
	for _, b := range lines {
		e, err := theirs.Accept(b)
		l, no := ours.Next(b)
		if !agree(t, b, err, no) {
			return no
		}
		if got, want := plain(l.all, line), writers(t, e); !reflect.DeepEqual(got, want) {
			t.Errorf("read differently:\n%v\n%v\n%q", got, want, b)
		}
		if l.Seq != e.Seq || !l.Time.Equal(e.Time) || l.Action != string(e.Action) || l.Case != e.Case || l.Exhibit != e.Exhibit ||
			l.Digest != SHA256(e.Digest) || l.Actor != e.Actor || l.Previous != SHA256(e.Previous) || l.SHA256 != SHA256(evidence.Sum(b)) ||
			len(l.Detail) != len(e.Detail) || len(e.Detail) > 0 && !reflect.DeepEqual(l.Detail, e.Detail) {
			t.Errorf("taken out differently: %+v\n%q", l, b)
		}
		if h := theirs.Head(); ours.Head() != (Head{h.Seq, SHA256(h.SHA256)}) {
			t.Errorf("heads %v and %v", ours.Head(), h)
		}
	}
	return nil
}

func TestMadeUpManifestsReadAlike(t *testing.T) {
	for seed := range uint64(100) {
		m := newMaker(seed)
		b, err := m.manifest().Encode()
		if err != nil {
			t.Fatal(err)
		}
		if err := sameManifest(t, b); err != nil {
			t.Fatalf("refused what the program writes: %v\n%s", err, b)
		}
		for range 30 {
			v, err := parse(b)
			if err != nil {
				t.Fatal(err)
			}
			m.damage(v)
			_ = sameManifest(t, append(v.indented(nil, 0), '\n'))
			_ = sameManifest(t, m.noise(b))
		}
	}
}

func TestMadeUpLogsReadAlike(t *testing.T) {
	for seed := range uint64(100) {
		m := newMaker(seed)
		lines := m.log(t)
		if err := sameLog(t, lines); err != nil {
			t.Fatalf("refused what the program writes: %v", err)
		}
		for range 30 {
			i := m.IntN(len(lines))
			v, err := parse(lines[i])
			if err != nil {
				t.Fatal(err)
			}
			m.damage(v)
			_ = sameLog(t, slices.Concat(lines[:i], [][]byte{v.compact(nil)}, lines[i+1:]))
			_ = sameLog(t, slices.Concat(lines[:i], [][]byte{m.noise(lines[i])}, lines[i+1:]))
			_ = sameLog(t, slices.Delete(slices.Clone(lines), i, i+1))
		}
		text := append(bytes.Join(lines, []byte("\n")), '\n')
		for _, b := range [][]byte{text, text[:len(text)-1], m.noise(text)} {
			theirs, err := evidence.VerifyChain(bytes.NewReader(b), nil)
			ours, no := ReadLog(bytes.NewReader(b), nil)
			if agree(t, b, err, no) && ours != (Head{theirs.Seq, SHA256(theirs.SHA256)}) {
				t.Errorf("heads %v and %v", ours, theirs)
			}
		}
	}
}

// TestWorkedExample: both read the example of the document, which is written by hand.
func TestWorkedExample(t *testing.T) {
	doc := document(t)
	part := func(name string) []byte {
		_, rest, _ := strings.Cut(doc, "<!-- file: "+name+" -->\n```json\n")
		text, _, ok := strings.Cut(rest, "```\n")
		if !ok {
			t.Fatalf("no example of %s", name)
		}
		return []byte(text)
	}
	if err := sameManifest(t, part("manifest.json")); err != nil {
		t.Error(err)
	}
	log := part("custody-log.jsonl")
	if err := sameLog(t, bytes.Split(bytes.TrimSuffix(log, []byte("\n")), []byte("\n"))); err != nil {
		t.Error(err)
	}
	m, err := ReadManifest(part("manifest.json"))
	if err != nil {
		t.Fatal(err)
	}
	var at Line
	head, err := ReadLog(bytes.NewReader(log), func(l Line) error {
		if l.Seq == m.Head.Seq {
			at = l
		}
		return nil
	})
	if err != nil || head.Seq != 3 || at.SHA256 != m.Head.SHA256 {
		t.Errorf("%d lines, anchor %v: %v", head.Seq, at.SHA256 == m.Head.SHA256, err)
	}
}

// TestEveryDifference: each rule of Stricter refuses something that the writer accepts.
func TestEveryDifference(t *testing.T) {
	m := newMaker(1)
	one := m.manifest()
	one.Kind, one.Recheck, one.Practice = evidence.WebCapture, nil, ""
	one.Page = &evidence.Page{Redirects: []evidence.Redirect{}, TLS: &evidence.TLS{LeafSHA256: evidence.Sum(nil)}}
	one.Request = &evidence.Request{Address: "https://example.org/"}
	b, err := one.Encode()
	if err != nil {
		t.Fatal(err)
	}
	good := string(b)
	const first = `{"format":"constat-custody/1","seq":1,"time":"2026-11-23T10:00:00Z","action":"case-created","case":"0123456789abcdef","actor":"x"}`
	var c evidence.Chain
	if _, err := c.Accept([]byte(first)); err != nil {
		t.Fatal(err)
	}
	sum := c.Head().SHA256.String()
	after := func(middle, end string) string {
		return `{"format":"constat-custody/1","seq":2,"time":"2026-11-23T10:00:00Z","action":` + middle +
			`,"actor":"x","previous":"` + sum + `"` + end + `}`
	}
	utc := regexp.MustCompile(`"utc": "[^"]*Z"`).FindString(good)
	local := regexp.MustCompile(`"local": "[^"]*"`).FindString(good)
	todo := map[Rule]bool{} // have no example yet
	for _, r := range Stricter() {
		todo[r] = true
	}
	for _, d := range []struct {
		rule     Rule
		manifest string   // or
		lines    []string // the last one is refused
	}{
		{rule: RuleDepth, manifest: strings.Replace(good, "{\n", `{"new":`+strings.Repeat("[", 100)+strings.Repeat("]", 100)+",\n", 1)},
		{rule: RuleSpelling, manifest: strings.Replace(good, "https://example.org", `https:\/\/example.org`, 1)},
		{rule: RuleSpelling, lines: []string{strings.Replace(first, `"x"`, `"\u0078"`, 1)}},
		{rule: RuleLayout, manifest: good + "\n"},
		{rule: RuleLayout, manifest: strings.Replace(good, "{\n  ", "{\n   ", 1)},
		{rule: RuleLayout, lines: []string{" " + first}},
		{rule: RuleOrder, lines: []string{strings.Replace(first, `"seq":1,"time":"2026-11-23T10:00:00Z"`, `"time":"2026-11-23T10:00:00Z","seq":1`, 1)}},
		{rule: RuleOrder, lines: []string{strings.Replace(first, `"x"`, `"x","detail":{"b":"","a":""}`, 1)}},
		{rule: RuleMissing, lines: []string{strings.Replace(first, `,"actor":"x"`, "", 1)}},
		{rule: RuleNull, lines: []string{strings.Replace(first, `"actor":"x"`, `"actor":null`, 1)}},
		{rule: RuleRange, manifest: strings.Replace(good, `"view_width": 0`, `"view_width": 9007199254740992`, 1)},
		{rule: RuleTime, manifest: strings.Replace(good, utc, `"utc": "2026-11-23T10:42:07+00:00"`, 1)},
		{rule: RuleTime, lines: []string{strings.Replace(first, `10:00:00Z`, `10:00:00.10Z`, 1)}},
		{rule: RuleMoment, manifest: strings.Replace(good, local, `"local": "yesterday"`, 1)},
		{rule: RuleZero, manifest: strings.Replace(good, evidence.Sum(nil).String(), strings.Repeat("0", 64), 1)},
		{rule: RuleZero, lines: []string{strings.Replace(first, `"x"`, `"x","previous":"`+strings.Repeat("0", 64)+`"`, 1)}},
		{rule: RuleExhibit, lines: []string{first, after(`"viewed","case":"0123456789abcdef","exhibit":"../x"`, "")}},
		{rule: RuleLast, lines: []string{first, after(`"viewed","case":"0123456789abcdef"`, `,"new":1`)}},
		{rule: RuleFirst, lines: []string{strings.Replace(first, "case-created", "viewed", 1)}},
		{rule: RuleFirst, lines: []string{first, after(`"case-created","case":"0123456789abcdef"`, "")}},
	} {
		delete(todo, d.rule)
		var theirs, ours error
		if d.manifest != "" {
			_, theirs = evidence.DecodeManifest([]byte(d.manifest))
			_, ours = ReadManifest([]byte(d.manifest))
		} else {
			var c evidence.Chain
			var l Log
			for _, b := range d.lines {
				_, theirs = c.Accept([]byte(b))
				_, ours = l.Next([]byte(b))
			}
		}
		if no, ok := errors.AsType[*Refused](ours); theirs != nil || !ok || no.Rule != d.rule {
			t.Errorf("%s: the writer says %v, this says %v", d.rule, theirs, ours)
		}
	}
	for r := range todo {
		t.Errorf("%s has no example", r)
	}
}

func document(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "..", "docs", "formats.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// TestTablesAreThoseOfTheDocument: names, order, types and what is always there.
func TestTablesAreThoseOfTheDocument(t *testing.T) {
	marker := regexp.MustCompile(`(?m)^<!-- fields: \S+ (\S+) -->\n\|.*\n\|.*\n((?:\|.*\n)+)`)
	want := map[string][]string{}
	for _, m := range marker.FindAllStringSubmatch(document(t), -1) {
		for _, r := range strings.Split(strings.TrimSpace(m[2]), "\n") {
			cells := strings.Split(strings.Trim(r, "| "), " | ")
			want[m[1]] = append(want[m[1]], fmt.Sprint(strings.Trim(cells[0], "`"), " ", cells[1], " ", cells[2] == "yes"))
		}
	}
	for _, tab := range []*table{line, manifest, software, browser, moment, request, page, nameAnswer, redirect, tls, recheck, problem,
		clock, precondition, artifact, claim, redaction, head} {
		var got []string
		for _, r := range tab.rows {
			got = append(got, fmt.Sprint(r.name, " ", r.typ, " ", r.always))
		}
		if !slices.Equal(got, want[tab.name]) {
			t.Errorf("%s:\nhere     %q\ndocument %q", tab.name, got, want[tab.name])
		}
	}
}

// The tables of the document that are no tables of this package have other readers.
func FuzzManifest(f *testing.F) {
	for seed := range uint64(5) {
		b, err := newMaker(seed).manifest().Encode()
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(`{"format":"constat-manifest/1"}`))
	f.Fuzz(func(t *testing.T, b []byte) { _ = sameManifest(t, b) })
}

func FuzzLine(f *testing.F) {
	for seed := range uint64(5) {
		f.Add(newMaker(seed).log(f)[0])
	}
	f.Add([]byte(`{"format":"constat-custody/1"}`))
	f.Fuzz(func(t *testing.T, b []byte) { _ = sameLog(t, [][]byte{b}) })
}

// FuzzJSON: what is read is written again as it stood, and the standard library agrees
// that it is JSON.
func FuzzJSON(f *testing.F) {
	for _, s := range []string{`{"a":[1,-2.5e+7,"\u2028\ufffd"],"b":{}}`, `[]`, `"\\"`, `-0`, `{"a":1,"a":2}`, `[1,]`, "\"\xff\""} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		v, err := parse(b)
		if err != nil {
			return
		}
		if !json.Valid(b) {
			t.Errorf("%q is not JSON", b)
		}
		var compact bytes.Buffer
		if err := json.Compact(&compact, b); err != nil || !bytes.Equal(compact.Bytes(), v.compact(nil)) {
			t.Errorf("%q became %q: %v", b, v.compact(nil), err)
		}
		var indented bytes.Buffer
		if err := json.Indent(&indented, bytes.TrimSpace(b), "", "  "); err != nil || v.kind < isText && !bytes.Equal(indented.Bytes(), v.indented(nil, 0)) {
			t.Errorf("%q became %q: %v", b, v.indented(nil, 0), err)
		}
	})
}

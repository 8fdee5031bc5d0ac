package evidence_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"constat/evidence"
)

// formatsDoc is docs/formats.md, which promises to be equal to the code.
func formatsDoc(t *testing.T) string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("..", "docs", "formats.md"))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// example is a file that the worked example spells out.
func example(t *testing.T, doc, name string) []byte {
	t.Helper()
	_, rest, _ := strings.Cut(doc, "<!-- file: "+name+" -->\n```json\n")
	body, _, ok := strings.Cut(rest, "```\n")
	if !ok {
		t.Fatalf("no example of %s", name)
	}
	return []byte(body)
}

func TestFormatsDocExample(t *testing.T) {
	doc := formatsDoc(t)
	manifest := example(t, doc, "manifest.json")
	m, err := evidence.DecodeManifest(manifest)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := m.Encode(); err != nil || !bytes.Equal(again, manifest) {
		t.Errorf("the program would write other bytes: %v\n%s", err, again)
	}
	note := evidence.Sum([]byte("seen on Monday"))
	if a, _ := m.Artifact("note.txt"); a.SHA256 != note || a.SHA512 != evidence.Sum512([]byte("seen on Monday")) {
		t.Errorf("digests of note.txt: %v", a)
	}
	digests := []evidence.Digest{note, evidence.Sum(manifest)}
	var entries []evidence.Entry
	var again evidence.Chain
	head, err := evidence.VerifyChain(bytes.NewReader(example(t, doc, "custody-log.jsonl")), func(e evidence.Entry, line []byte) error {
		digests = append(digests, evidence.Sum(line))
		entries = append(entries, e)
		if _, written, err := again.Next(e); err != nil || !bytes.Equal(written, line) {
			t.Errorf("the program would write another line %d: %v\n%s", e.Seq, err, written)
		}
		_, err := again.Accept(line)
		return err
	})
	if err != nil || head.Seq != 3 {
		t.Fatalf("%d lines, %v", head.Seq, err)
	}
	if m.CustodyHead != (evidence.LogHead{Seq: 1, SHA256: entries[1].Previous}) || entries[1].Digest != evidence.Sum(manifest) {
		t.Error("manifest and log do not name each other")
	}
	for _, d := range digests {
		if !strings.Contains(doc, "| `"+d.String()+"` |") {
			t.Errorf("digest %s is not in the table", d)
		}
	}
}

var marker = regexp.MustCompile(`(?m)^<!-- (fields|constants): (\S+) (\S+) -->\n((?:\|.*\n)+)`)

// TestFormatsDocTables compares every marked table with the source that it
// names: the JSON fields of a struct in order, or the values of its constants.
func TestFormatsDocTables(t *testing.T) {
	seen := map[string]bool{}
	for _, m := range marker.FindAllStringSubmatch(formatsDoc(t), -1) {
		kind, file, name, table := m[1], m[2], m[3], m[4]
		seen[name] = true
		f, err := parser.ParseFile(token.NewFileSet(), filepath.Join("..", filepath.FromSlash(file)), nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		var got, want []string
		for _, row := range strings.Split(strings.TrimSpace(table), "\n")[2:] {
			cells := strings.Split(row, " | ")
			got = append(got, strings.Trim(cells[0], "|` "))
			if kind == "fields" {
				got[len(got)-1] += " " + cells[2]
			}
		}
		if kind == "fields" {
			want = fieldsOf(f, name)
		} else {
			want = constantsOf(f, name)
			slices.Sort(want)
			slices.Sort(got)
		}
		if len(want) == 0 || !slices.Equal(got, want) {
			t.Errorf("%s %s in %s:\ndocument %q\ncode     %q", kind, name, file, got, want)
		}
	}
	for _, name := range []string{"Manifest", "Entry", "Artifact", "Page", "record", "Outcome", "Action", "Problem", "Item", "Check"} {
		if !seen[name] {
			t.Errorf("there is no table of %s", name)
		}
	}
}

// fieldsOf returns "name yes" or "name no" for each field: whether it is always there.
func fieldsOf(f *ast.File, name string) (list []string) {
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.TypeSpec)
		if !ok || spec.Name.Name != name {
			return true
		}
		for _, field := range spec.Type.(*ast.StructType).Fields.List {
			if field.Tag == nil {
				continue // not written
			}
			tag, _ := strconv.Unquote(field.Tag.Value)
			json, omit, _ := strings.Cut(reflect.StructTag(tag).Get("json"), ",")
			list = append(list, json+map[bool]string{true: " yes", false: " no"}[omit == ""])
		}
		return false
	})
	return list
}

// constantsOf returns the values of the string constants of that type, or whose names begin so.
func constantsOf(f *ast.File, name string) (list []string) {
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || len(spec.Values) != 1 {
			return true
		}
		typ, _ := spec.Type.(*ast.Ident)
		value, _ := spec.Values[0].(*ast.BasicLit)
		if value != nil && value.Kind == token.STRING && (typ != nil && typ.Name == name || strings.HasPrefix(spec.Names[0].Name, name)) {
			s, _ := strconv.Unquote(value.Value)
			list = append(list, s)
		}
		return true
	})
	return list
}

// TestFormatsDocNames: every name of a format that the code writes is in the document.
func TestFormatsDocNames(t *testing.T) {
	doc := formatsDoc(t)
	for _, s := range []string{
		evidence.ManifestFormat, evidence.CustodyFormat, evidence.PracticeMark, evidence.FirstViewName, evidence.TileName(1),
		evidence.DatedName, evidence.MHTMLName, evidence.TextName, evidence.WACZName, evidence.HeadersName, evidence.TLSChainName,
		evidence.TLSChainsName, evidence.ManifestName,
	} {
		if !strings.Contains(doc, "`"+s+"`") {
			t.Errorf("%s is not in the document", s)
		}
	}
	for _, f := range evidence.FactFields() {
		if !strings.Contains(doc, "`"+f.Name+"`") {
			t.Errorf("fact %s is not in the document", f.Name)
		}
	}
	if !strings.Contains(doc, evidence.TokenName("<authority>")) {
		t.Error("the name of a timestamp reply is not in the document")
	}
}

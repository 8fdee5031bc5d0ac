package pdfrules

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

type (
	dict = map[string]any
	list = []any
)

// file is what qpdf says of a file.
type file struct {
	t       testing.TB
	raw     []byte
	objects map[string]dict // "obj:3 0 R": value, or stream
	broken  []string
	root    dict
}

// Run runs a program of this system; stock.Run is one.
type Run func(t testing.TB, dir, name string, args ...string) string

// Broken names the rules that the file at path breaks. It needs qpdf.
func Broken(t testing.TB, run Run, path string) []string {
	t.Helper()
	raw, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	out := filepath.Join(t.TempDir(), "file.json")
	run(t, "", "qpdf", "--json-output=2", "--json-stream-data=inline", "--decode-level=generalized", path, out)
	b, err := os.ReadFile(out)
	if err != nil {
		t.Fatal(err)
	}
	var all struct{ Qpdf []json.RawMessage }
	if err := json.Unmarshal(b, &all); err != nil || len(all.Qpdf) != 2 {
		t.Fatalf("qpdf: %v", err)
	}
	f := &file{t: t, raw: raw}
	if err := json.Unmarshal(all.Qpdf[1], &f.objects); err != nil {
		t.Fatal(err)
	}
	trailer := f.objects["trailer"]["value"].(dict)
	f.root = f.dict(trailer["/Root"])
	f.archive(trailer)
	f.access()
	slices.Sort(f.broken)
	return slices.Compact(f.broken)
}

func (f *file) rule(holds bool, clause, what string, args ...any) {
	if !holds {
		f.broken = append(f.broken, clause+": "+fmt.Sprintf(what, args...))
	}
}

// value follows references.
func (f *file) value(v any) any {
	s, ok := v.(string)
	if !ok {
		return v
	}
	o, ok := f.objects["obj:"+s]
	if !ok {
		return v
	}
	if st, ok := o["stream"].(dict); ok {
		return st["dict"]
	}
	return o["value"]
}

func (f *file) dict(v any) dict { d, _ := f.value(v).(dict); return d }
func (f *file) list(v any) list { l, _ := f.value(v).(list); return l }

func (f *file) stream(v any) []byte {
	s, _ := v.(string)
	st, _ := f.objects["obj:"+s]["stream"].(dict)
	data, _ := st["data"].(string)
	b, err := base64.StdEncoding.DecodeString(data)
	if err != nil {
		f.t.Fatal(err)
	}
	return b
}

func text(v any) string {
	s, _ := v.(string)
	return strings.TrimPrefix(s, "u:")
}

// archive has the rules of ISO 19005-3.
func (f *file) archive(trailer dict) {
	head := f.raw[:min(15, len(f.raw))]
	binary := len(head) == 15 && head[9] == '%' && head[14] == '\n' && min(head[10], head[11], head[12], head[13]) > 127
	f.rule(binary && bytes.HasPrefix(head, []byte("%PDF-1.7\n")), "A 6.1.2", "header %q", head)
	f.rule(len(f.list(trailer["/ID"])) == 2, "A 6.1.3", "no identifier")
	f.rule(trailer["/Encrypt"] == nil, "A 6.1.3", "encrypted")
	intents := f.list(f.root["/OutputIntents"])
	f.rule(len(intents) == 1, "A 6.2.3", "%d output intents", len(intents))
	for _, o := range intents {
		d := f.dict(o)
		icc := f.stream(d["/DestOutputProfile"])
		f.rule(d["/S"] == "/GTS_PDFA1" && d["/OutputConditionIdentifier"] != nil, "A 6.2.3", "output intent %v", d)
		f.rule(f.dict(d["/DestOutputProfile"])["/N"] == 3.0 && len(icc) > 128 && string(icc[36:40]) == "acsp" && string(icc[12:20]) == "mntrRGB ",
			"A 6.2.3", "profile of %d bytes", len(icc))
	}
	xmp := string(f.stream(f.root["/Metadata"]))
	f.rule(strings.Contains(xmp, "<pdfaid:part>3<") && strings.Contains(xmp, "<pdfaid:conformance>B<"), "A 6.6.4", "identification")
	f.rule(f.root["/AA"] == nil && f.root["/OCProperties"] == nil && f.root["/Requirements"] == nil, "A 6.1.11", "catalog %v", f.root)
	form := f.dict(f.root["/AcroForm"])
	f.rule(form["/NeedAppearances"] == nil && form["/XFA"] == nil, "A 6.4.1", "form")
	fonts := 0
	for name, o := range f.objects {
		d, _ := o["value"].(dict)
		if st, ok := o["stream"].(dict); ok {
			d = st["dict"].(dict)
			f.rule(d["/F"] == nil && d["/FFilter"] == nil, "A 6.1.7", "%s: an outside file", name)
			f.rule(!strings.Contains(fmt.Sprint(d["/Filter"]), "LZW"), "A 6.1.7", "%s: LZW", name)
		}
		f.rule(longest(o) <= 32767, "A 6.1.13", "%s: a string of %d bytes", name, longest(o))
		f.rule(d["/S"] != "/JavaScript" && d["/S"] != "/Launch" && d["/JS"] == nil, "A 6.5.1", "%s: an action", name)
		f.rule(d["/Group"] == nil && d["/SMask"] == nil && d["/BM"] == nil && d["/ca"] == nil, "A 6.2.10", "%s: transparency", name)
		if d["/Subtype"] == "/Image" {
			f.rule(d["/Interpolate"] != true && d["/Alternates"] == nil && d["/OPI"] == nil, "A 6.2.8", "%s: %v", name, d)
			space := d["/ColorSpace"]
			if list := f.list(space); len(list) == 4 && list[0] == "/Indexed" {
				space = list[1]
			}
			f.rule(space == "/DeviceRGB" || space == "/DeviceGray", "A 6.2.4", "%s: %v", name, d["/ColorSpace"])
		}
		if d["/Type"] == "/Font" && d["/Subtype"] == "/Type0" {
			fonts++
			below := f.dict(f.list(d["/DescendantFonts"])[0])
			f.rule(len(f.stream(f.dict(below["/FontDescriptor"])["/FontFile2"])) > 0, "A 6.2.11.4", "%s: not embedded", name)
			f.rule(below["/CIDToGIDMap"] != nil && d["/Encoding"] == "/Identity-H", "A 6.2.11.3", "%s", name)
			f.rule(len(f.stream(d["/ToUnicode"])) > 0, "UA 7.21.7", "%s: no way to Unicode", name)
		} else {
			f.rule(d["/Type"] != "/Font" || d["/Subtype"] == "/CIDFontType2", "A 6.2.11", "%s: %v", name, d)
		}
		if d["/Type"] == "/Filespec" {
			f.rule(d["/AFRelationship"] != nil && d["/F"] != nil && d["/UF"] != nil, "A 6.8", "%s: %v", name, d)
			f.rule(f.dict(f.dict(d["/EF"])["/F"])["/Subtype"] != nil, "A 6.8", "%s: no MIME type", name)
			f.rule(slices.Contains(f.list(f.root["/AF"]), any(strings.TrimPrefix(name, "obj:"))), "A 6.8", "%s: not associated", name)
		}
	}
	f.rule(fonts > 0, "A 6.2.11", "no fonts")
}

// longest is the longest string of bytes in an object.
func longest(v any) (n int) {
	switch v := v.(type) {
	case dict:
		for k, x := range v {
			if k != "data" {
				n = max(n, longest(x))
			}
		}
	case list:
		for _, x := range v {
			n = max(n, longest(x))
		}
	case string:
		if rest, ok := strings.CutPrefix(v, "b:"); ok {
			return len(rest) / 2
		}
		return len(v)
	}
	return n
}

// access has the rules of ISO 14289-1.
func (f *file) access() {
	f.rule(f.dict(f.root["/MarkInfo"])["/Marked"] == true, "UA 7.1", "not marked")
	f.rule(f.dict(f.root["/ViewerPreferences"])["/DisplayDocTitle"] == true, "UA 7.1", "the title is not shown")
	f.rule(strings.Contains(string(f.stream(f.root["/Metadata"])), "<dc:title>"), "UA 7.1", "no title")
	f.rule(text(f.root["/Lang"]) != "", "UA 7.2", "no language")
	tree := f.dict(f.root["/StructTreeRoot"])
	parents := map[float64]any{}
	f.numbers(tree["/ParentTree"], parents)
	seen := map[string]bool{}
	level := 0
	f.walk(tree["/K"], "StructTreeRoot", seen, &level)
	f.rule(level > 0, "UA 7.4", "no headings")
	pages := 0
	for name, o := range f.objects {
		d, _ := o["value"].(dict)
		if d["/Type"] != "/Page" {
			continue
		}
		pages++
		annots := f.list(d["/Annots"])
		f.rule(len(annots) == 0 || d["/Tabs"] == "/S", "UA 7.18.3", "%s: order of tabs", name)
		of := f.list(parents[number(d["/StructParents"])])
		n := f.content(name, f.stream(d["/Contents"]))
		f.rule(n == len(of), "UA 7.1", "%s: %d pieces, %d in the tree", name, n, len(of))
		for i, e := range of {
			f.rule(seen[fmt.Sprint(e)], "UA 7.1", "%s: piece %d belongs to nothing", name, i)
		}
		for _, a := range annots {
			d := f.dict(a)
			flags := int(number(d["/F"]))
			f.rule(flags&4 != 0 && flags&(1|2|32) == 0, "A 6.3.2", "%s: flags %d", name, flags)
			e, ok := parents[number(d["/StructParent"])]
			kind := f.dict(e)["/S"]
			want := map[any]string{"/Link": "/Link", "/Widget": "/Form"}[d["/Subtype"]]
			f.rule(ok && kind == want && seen[fmt.Sprint(e)], "UA 7.18.1", "%s: %v in %v", name, d["/Subtype"], kind)
			f.rule(d["/Subtype"] != "/Link" || text(d["/Contents"]) != "", "UA 7.18.5", "%s: a link without words", name)
		}
	}
	f.rule(pages > 0, "UA 7.1", "no pages")
}

func number(v any) float64 { n, _ := v.(float64); return n }

// numbers reads a tree of them (7.9.7 of ISO 32000-1).
func (f *file) numbers(v any, into map[float64]any) {
	d := f.dict(v)
	for _, k := range f.list(d["/Kids"]) {
		f.numbers(k, into)
	}
	nums := f.list(d["/Nums"])
	for i := 0; i+1 < len(nums); i += 2 {
		into[number(nums[i])] = nums[i+1]
	}
}

var within = map[string][]string{
	"/TR": {"/Table"}, "/TH": {"/TR"}, "/TD": {"/TR"}, "/Document": {"StructTreeRoot"}, "/Table": {"/Sect", "/Document"},
	"/H1": {"/Sect", "/Document"}, "/H2": {"/Sect", "/Document"}, "/Figure": {"/Sect", "/Document", "/TD"},
}

// walk looks at the elements in the order in which they are read.
func (f *file) walk(v any, parent string, seen map[string]bool, level *int) {
	switch v := v.(type) {
	case list:
		for _, k := range v {
			f.walk(k, parent, seen, level)
		}
		return
	case float64:
		return
	}
	e := f.dict(v)
	if e["/Type"] == "/MCR" || e["/Type"] == "/OBJR" {
		return
	}
	kind, _ := e["/S"].(string)
	f.rule(!seen[fmt.Sprint(v)], "UA 7.1", "%v twice", v)
	seen[fmt.Sprint(v)] = true
	if in, known := within[kind]; known {
		f.rule(slices.Contains(in, parent), "UA 7.5", "%s in %s", kind, parent)
	}
	switch kind {
	case "/H1", "/H2", "/H3":
		n := int(kind[2] - '0')
		f.rule(n <= *level+1, "UA 7.4.2", "%s behind level %d", kind, *level)
		*level = n
	case "/Figure":
		f.rule(text(e["/Alt"]) != "", "UA 7.3", "a figure without words")
	case "/TH":
		f.rule(f.dict(e["/A"])["/Scope"] != nil, "UA 7.5", "a head of nothing")
	case "/Document", "/Sect", "/P", "/Table", "/TR", "/TD", "/Link", "/Form":
	default:
		f.rule(false, "UA 7.1", "kind %q", kind)
	}
	f.walk(e["/K"], kind, seen, level)
}

var operator = regexp.MustCompile(`(?s)\((?:\\.|[^\\()])*\)|<[0-9A-Fa-f\s]*>|/[^\s/<>\[\]()]+|[A-Za-z'"*]+[0-9]?|<<|>>`)

// content looks whether each thing on a page belongs to what is read or not, and counts the pieces.
func (f *file) content(page string, b []byte) (pieces int) {
	var open []string
	var before []string
	for _, m := range operator.FindAll(b, -1) {
		s := string(m)
		if bytes.IndexByte([]byte("(</"), m[0]) >= 0 || s == ">>" {
			before = append(before, s)
			continue
		}
		switch s {
		case "BMC", "BDC":
			tag := ""
			for _, x := range before {
				if x[0] == '/' && x != "/MCID" {
					tag = x
					break
				}
			}
			if slices.Contains(before, "/MCID") {
				pieces++
			} else {
				f.rule(tag == "/Artifact" || len(open) > 0, "UA 7.1", "%s: %s outside of all", page, tag)
			}
			open = append(open, tag)
		case "EMC":
			f.rule(len(open) > 0, "UA 7.1", "%s: EMC", page)
			open = open[:max(len(open)-1, 0)]
		case "Tj", "TJ", "Do", "f", "F", "S", "s", "B", "b":
			f.rule(len(open) > 0, "UA 7.1", "%s: %s outside of all", page, s)
			f.rule(len(open) < 2 || open[0] != "/Artifact" || open[1] == "/Span", "UA 7.1", "%s: read within an artifact", page)
		case "q", "Q", "BT", "ET":
		}
		before = nil
	}
	f.rule(len(open) == 0, "UA 7.1", "%s: left open: %v", page, open)
	return pieces
}

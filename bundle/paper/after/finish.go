package after

import (
	"bytes"
	"compress/zlib"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"io"
	"regexp"
	"slices"
	"strings"
	"time"
	"unicode/utf16"
)

// Description is what a file says of itself.
type Description struct {
	Language string // RFC 3066, e.g. "fr-BE"
	Title    string
	Creator  string // the program, with its version
	Producer string // what wrote the file
	Keywords string // ASCII
	Created  time.Time
	Root     *Element // of what is read, in its order; nil: the file has no tags
	Links    [][]string
	Files    []File
}

// File is one that lies in the document as it is (14.13 of ISO 32000-2, ISO 19005-3, 6.8).
type File struct {
	Name      string // ASCII
	MediaType string
	About     string // what it is, in the language of the document
	Data      []byte
	Created   time.Time
}

// Finish writes a file anew that the library ended: with all that it cannot say. Pages and pictures
// are copied as they are, the numbers of objects stay.
func Finish(w io.Writer, pdf []byte, d Description) error {
	f, err := open(pdf)
	if err != nil {
		return err
	}
	pages, err := f.pages()
	if err != nil {
		return err
	}
	links, err := f.links(pages, d.Links)
	if err != nil {
		return err
	}
	if err := f.catalog(d); err != nil {
		return err
	}
	if d.Root != nil {
		if err := f.tag(d.Root, pages, links); err != nil {
			return err
		}
	}
	if err := f.dates(); err != nil {
		return err
	}
	f.outline()
	f.toUnicode()
	return f.rewrite(w)
}

var kidOf = regexp.MustCompile(`([0-9]+) 0 R`)

// pages are the objects of the pages, which the library lists in one place.
func (f *file) pages() (out []int, err error) {
	root, err := f.object(f.root)
	if err != nil {
		return nil, err
	}
	body, err := f.object(find([]byte(root), number("Pages")))
	if err != nil {
		return nil, err
	}
	_, list, found := strings.Cut(body, "/Kids [")
	list, _, ended := strings.Cut(list, "]")
	for _, m := range kidOf.FindAllStringSubmatch(list, -1) {
		out = append(out, atoi([]byte(m[1])))
	}
	if !found || !ended || len(out) == 0 {
		return nil, fmt.Errorf("%w: pages", ErrForm)
	}
	return out, nil
}

// links makes an object of each link, since the library writes them into their page, and says of each
// where it leads (ISO 14289-1, 7.18.5) and that it is printed (ISO 19005-3, 6.3.2).
func (f *file) links(pages []int, words [][]string) ([][]int, error) {
	out := make([][]int, len(pages))
	for i, page := range pages {
		body, err := f.object(page)
		if err != nil {
			return nil, err
		}
		before, rest, has := strings.Cut(body, "/Annots [")
		if !has {
			continue
		}
		list, rest, ended := strings.Cut(rest, ">>]")
		if !ended {
			return nil, fmt.Errorf("%w: links", ErrForm)
		}
		var all strings.Builder
		for n, s := range strings.Split(list, "<</Type /Annot ")[1:] {
			s = "<</Type /Annot " + strings.TrimSuffix(s, ">>") + "/F 4"
			if i < len(words) && n < len(words[i]) {
				s += "/Contents " + textString(words[i][n])
			}
			o := f.add(s + ">>")
			out[i] = append(out[i], o)
			fmt.Fprintf(&all, "%d 0 R ", o)
		}
		f.added[page] = before + "/Annots [" + strings.TrimSuffix(all.String(), " ") + "]" + rest
	}
	return out, nil
}

// catalog says what the file is: language, title, colours, metadata, files within.
func (f *file) catalog(d Description) error {
	body, err := f.object(f.root)
	if err != nil {
		return err
	}
	before, rest, found := strings.Cut(body, "/Names <<\n")
	_, rest, ended := strings.Cut(rest, "\n>>\n")
	if !found || !ended {
		return fmt.Errorf("%w: names", ErrForm)
	}
	f.added[f.root] = before + rest
	meta := f.stream("/Type /Metadata /Subtype /XML ", xmp(d))
	profile := f.deflated("/N 3 ", sRGB())
	intent := f.add(fmt.Sprintf("<</Type /OutputIntent /S /GTS_PDFA1 /OutputConditionIdentifier (sRGB IEC61966-2.1) "+
		"/Info (sRGB IEC61966-2.1) /DestOutputProfile %d 0 R>>", profile))
	s := fmt.Sprintf("/Lang (%s)\n/ViewerPreferences <</DisplayDocTitle true>>\n/Metadata %d 0 R\n/OutputIntents [%d 0 R]\n",
		plainASCII(d.Language), meta, intent)
	if len(d.Files) > 0 {
		s += f.files(d.Files)
	}
	return f.extend(f.root, s)
}

// files puts files into the document, in the order of their names.
func (f *file) files(all []File) string {
	all = slices.Clone(all)
	slices.SortFunc(all, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	var names, refs strings.Builder
	for i, file := range all {
		if i > 0 && file.Name == all[i-1].Name {
			continue
		}
		subtype := strings.NewReplacer("/", "#2F", "+", "#2B").Replace(file.MediaType)
		data := f.deflated(fmt.Sprintf("/Type /EmbeddedFile /Subtype /%s /Params <</Size %d /ModDate %s>> ",
			subtype, len(file.Data), date(file.Created)), file.Data)
		spec := f.add(fmt.Sprintf("<</Type /Filespec /F %s /UF %s /Desc %s /AFRelationship /Data /EF <</F %d 0 R /UF %d 0 R>>>>",
			textString(file.Name), textString(file.Name), textString(file.About), data, data))
		fmt.Fprintf(&names, "%s %d 0 R ", textString(file.Name), spec)
		fmt.Fprintf(&refs, "%d 0 R ", spec)
	}
	return fmt.Sprintf("/Names <</EmbeddedFiles <</Names [%s]>>>>\n/AF [%s]\n", strings.TrimSuffix(names.String(), " "), strings.TrimSuffix(refs.String(), " "))
}

func date(t time.Time) string { return "(D:" + t.UTC().Format("20060102150405") + "+00'00')" }

var dateOf = regexp.MustCompile(`\(D:([0-9]{14})\)`)

// dates says that the dates of the file's properties are UTC: the library names no zone.
func (f *file) dates() error {
	body, err := f.object(f.info)
	if err != nil {
		return err
	}
	f.added[f.info] = dateOf.ReplaceAllString(body, "(D:$1+00'00')")
	return nil
}

var (
	firstOf  = number("First")
	nextOf   = number("Next")
	topOf    = number("Outlines")
	noCount  = "/Count 0>>"
	outlines = regexp.MustCompile(`>>\s*$`)
)

// outline says how many entries the outline has (12.3.3): the library says none.
func (f *file) outline() {
	root, err := f.object(f.root)
	n := find([]byte(root), topOf)
	if err != nil || n == 0 {
		return
	}
	if body, err := f.object(n); err == nil {
		f.added[n] = outlines.ReplaceAllString(body, fmt.Sprintf("\n/Count %d>>", f.entries(find([]byte(body), firstOf))))
	}
}

// entries counts an entry and those behind it; what is below one is closed.
func (f *file) entries(n int) (count int) {
	for n > 0 && count < maxEntries {
		body, err := f.object(n)
		if err != nil {
			return count
		}
		count++
		within := 0
		if first := find([]byte(body), firstOf); first > 0 {
			within = f.entries(first)
		}
		instead := ">>"
		if within > 0 {
			instead = fmt.Sprintf("/Count -%d>>", within)
		}
		if !strings.Contains(body, noCount) {
			return count
		}
		f.added[n] = strings.Replace(body, noCount, instead, 1)
		n = find([]byte(body), nextOf)
	}
	return count
}

// maxEntries of an outline on one level.
const maxEntries = 1 << 20

// toUnicode replaces what leads from the characters of fonts to Unicode: the library has one range of
// all, which goes over the ends of rows (9.10.3) and has characters that are none.
func (f *file) toUnicode() {
	better := 0
	for n, at := range f.offsets {
		if at <= 0 || at >= len(f.data) {
			continue
		}
		head := f.data[at:min(at+128, len(f.data))]
		if !bytes.HasPrefix(head, fmt.Appendf(nil, "%d 0 obj\n<</Length ", n)) || !bytes.Contains(head, []byte(">>\nstream\n/CIDInit")) {
			continue
		}
		if better == 0 {
			better = f.deflated("", characterMap())
		}
		f.same(n, better)
	}
}

// same makes an object say what another one does. A reference would do, but not every reader follows two.
func (f *file) same(n, as int) { f.added[n] = f.added[as] }

func characterMap() []byte {
	var rows []string
	for hi := range 256 {
		first, last := hi<<8, hi<<8|0xff
		switch hi {
		case 0:
			first = 1
		case 0xfe:
			last = 0xfefe
		case 0xff:
			last = 0xfffd
		}
		if hi < 0xd8 || hi > 0xdf { // surrogates
			rows = append(rows, fmt.Sprintf("<%04X> <%04X> <%04X>\n", first, last, first))
		}
	}
	var b bytes.Buffer
	b.WriteString("/CIDInit /ProcSet findresource begin\n12 dict begin\nbegincmap\n/CIDSystemInfo <</Registry (Adobe) /Ordering (UCS) /Supplement 0>> def\n" +
		"/CMapName /Adobe-Identity-UCS def\n/CMapType 2 def\n1 begincodespacerange\n<0000> <FFFF>\nendcodespacerange\n")
	for part := range slices.Chunk(rows, 100) {
		fmt.Fprintf(&b, "%d beginbfrange\n%sendbfrange\n", len(part), strings.Join(part, ""))
	}
	b.WriteString("endcmap\nCMapName currentdict /CMap defineresource pop\nend\nend\n")
	return b.Bytes()
}

// deflated is a new object with a stream.
func (f *file) deflated(entries string, data []byte) int {
	var b bytes.Buffer
	z, _ := zlib.NewWriterLevel(&b, zlib.BestCompression) // a valid level, and a buffer takes all
	_, _ = z.Write(data)
	_ = z.Close()
	return f.stream(entries+"/Filter /FlateDecode ", b.Bytes())
}

// counting notes how much was written, and its digest.
type counting struct {
	w   io.Writer
	sum hash.Hash
	n   int
	err error
}

func (c *counting) Write(p []byte) (int, error) {
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.w.Write(p)
	c.sum.Write(p[:n])
	c.n += n
	c.err = err
	return n, err
}

// rewrite writes the file as one, with a table of all objects.
func (f *file) rewrite(w io.Writer) error {
	ends := []int{f.table}
	for _, at := range f.offsets {
		ends = append(ends, at)
	}
	slices.Sort(ends)
	out := &counting{w: w, sum: sha256.New()}
	fmt.Fprint(out, "%PDF-1.7\n%\xe2\xe3\xcf\xd3\n") // ISO 19005-3, 6.1.2
	at := make([]int, f.size)
	for n := 1; n < f.size; n++ {
		at[n] = out.n
		if body, has := f.added[n]; has {
			fmt.Fprintf(out, "%d 0 obj\n", n)
			_, _ = io.WriteString(out, body)
			fmt.Fprint(out, "\nendobj\n")
			continue
		}
		from := f.offsets[n]
		i, found := slices.BinarySearch(ends, from)
		if !found || i+1 >= len(ends) {
			return fmt.Errorf("%w: object %d", ErrForm, n)
		}
		_, _ = out.Write(f.data[from:ends[i+1]])
	}
	id := strings.ToUpper(hex.EncodeToString(out.sum.Sum(nil)[:16]))
	table := out.n
	fmt.Fprintf(out, "xref\n0 %d\n0000000000 65535 f \n", f.size)
	for _, o := range at[1:] {
		fmt.Fprintf(out, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(out, "trailer\n<<\n/Size %d\n/Root %d 0 R\n/Info %d 0 R\n/ID [<%s><%s>]\n>>\nstartxref\n%d\n%%%%EOF\n",
		f.size, f.root, f.info, id, id, table)
	return out.err
}

func utf16BOM(s string) []byte {
	b := []byte{0xfe, 0xff}
	for _, u := range utf16.Encode([]rune(s)) {
		b = append(b, byte(u>>8), byte(u))
	}
	return b
}

package renewal

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"constat/evidence"
	"constat/evidence/tsa"
)

// Format is the first line of a renewal list.
const Format = "constat-renewal/1"

// Limits of a renewal list.
const (
	MaxList        = 1 << 20 // bytes
	maxItems       = 2048
	maxGenerations = 100
	maxSize        = 1 << 40 // bytes of one file
)

// Kind is what a listed file is.
type Kind string

const (
	Manifest   Kind = "manifest"   // what was timestamped first; always the first item
	Renewal    Kind = "renewal"    // an earlier renewal list
	Token      Kind = "token"      // a whole TimeStampResp
	Revocation Kind = "revocation" // an OCSP answer or a revocation list
)

// Item is one listed file.
type Item struct {
	Kind   Kind
	Name   string // see [evidence.CheckArtifactName]
	Size   int64  // bytes
	SHA256 evidence.Digest
	SHA512 evidence.Digest512
}

// List is a renewal list.
type List struct {
	Generation int // 1 for the first renewal
	Items      []Item
}

// Errors of this package.
var (
	ErrList    = errors.New("not a renewal list")        // [Parse]
	ErrHistory = errors.New("not a history of renewals") // [Build]
)

// File is a file as it is kept.
type File struct {
	Name string
	Data []byte
}

// Generation is one round of timestamps: over the manifest in generation 0,
// over List in every other.
type Generation struct {
	List       File // empty in generation 0
	Tokens     []File
	Revocation []File // what was fetched for the tokens
}

// History is everything that was kept of a manifest's timestamps, in order.
type History struct {
	Manifest    File
	Generations []Generation
	// Cover are later timestamps that stand at the moment that is asked about,
	// over something else that names every file of this history by its digest:
	// a bundle's list of the evidence, or of the whole. [Build] does not look at them.
	Cover []Cover
}

// Cover is a later timestamp over all that a history holds.
type Cover struct {
	Token string
	Time  *tsa.Timestamp
	Until time.Time // until when it stands itself
	Ends  Reason    // what ends then
}

// item describes a file.
func item(kind Kind, f File) Item {
	return Item{Kind: kind, Name: f.Name, Size: int64(len(f.Data)), SHA256: evidence.Sum(f.Data), SHA512: evidence.Sum512(f.Data)}
}

// items lists a generation's files as the next list has to have them.
func (g Generation) items(number int) []Item {
	var out []Item
	if number > 0 {
		out = append(out, item(Renewal, g.List))
	}
	for _, part := range []struct {
		kind  Kind
		files []File
	}{{Token, g.Tokens}, {Revocation, g.Revocation}} {
		var some []Item
		for _, f := range part.files {
			some = append(some, item(part.kind, f))
		}
		slices.SortFunc(some, func(a, b Item) int { return cmp.Compare(a.Name, b.Name) })
		out = append(out, some...)
	}
	return out
}

// Build returns the list whose digest the next timestamps are to be over. The
// same history always leads to the same bytes. The lists of earlier renewals
// have to be those that Build made; an [ErrHistory] says what is not.
func Build(h History) ([]byte, error) {
	if len(h.Generations) == 0 || len(h.Generations) > maxGenerations {
		return nil, fmt.Errorf("%w: %d generations", ErrHistory, len(h.Generations))
	}
	l := List{Items: []Item{item(Manifest, h.Manifest)}}
	for n, g := range h.Generations {
		l.Generation = n
		if n == 0 && (g.List.Name != "" || len(g.List.Data) > 0) {
			return nil, fmt.Errorf("%w: generation 0 has a list", ErrHistory)
		}
		if n > 0 && !bytes.Equal(l.text(), g.List.Data) {
			return nil, fmt.Errorf("%w: list of generation %d is not about what came before it", ErrHistory, n)
		}
		l.Items = append(l.Items, g.items(n)...)
	}
	l.Generation = len(h.Generations)
	text := l.text()
	// What cannot be read must not be timestamped.
	if _, err := Parse(text); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrHistory, err)
	}
	return text, nil
}

// text writes the list byte for byte.
func (l List) text() []byte {
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s\ngeneration %d\n", Format, l.Generation)
	for _, i := range l.Items {
		fmt.Fprintf(&b, "%s %s %d\n", i.Kind, i.Name, i.Size)
		fmt.Fprintf(&b, "SHA256 (%s) = %s\n", i.Name, i.SHA256)
		fmt.Fprintf(&b, "SHA512 (%s) = %s\n", i.Name, i.SHA512)
	}
	return b.Bytes()
}

// Parse reads a list. It accepts exactly what [Build] can write, so that no
// two texts mean the same; its errors are [ErrList].
func Parse(b []byte) (List, error) {
	var l List
	bad := func(line int, format string, args ...any) (List, error) {
		return List{}, fmt.Errorf("%w: line %d: %s", ErrList, line, fmt.Sprintf(format, args...))
	}
	if len(b) > MaxList {
		return List{}, fmt.Errorf("%w: %d bytes", ErrList, len(b))
	}
	text, ended := strings.CutSuffix(string(b), "\n")
	if !ended {
		return List{}, fmt.Errorf("%w: does not end with a line feed", ErrList)
	}
	lines := strings.Split(text, "\n")
	if lines[0] != Format {
		return bad(1, "%.40q is not %s", lines[0], Format)
	}
	if len(lines) < 2 {
		return bad(2, "missing")
	}
	var ok bool
	number, found := strings.CutPrefix(lines[1], "generation ")
	if n, valid := decimal(number, maxGenerations); !found || !valid || n == 0 {
		return bad(2, "generation %.40q", lines[1])
	} else {
		l.Generation = int(n)
	}
	lines = lines[2:]
	if len(lines)%3 != 0 || len(lines) > 3*maxItems {
		return List{}, fmt.Errorf("%w: %d lines of items", ErrList, len(lines))
	}
	for n := 0; n < len(lines); n += 3 {
		var i Item
		if i, ok = parseItem(lines[n : n+3]); !ok {
			return bad(n+3, "item %.80q", lines[n])
		}
		l.Items = append(l.Items, i)
	}
	if err := l.check(); err != nil {
		return List{}, err
	}
	return l, nil
}

// parseItem reads the three lines of an item.
func parseItem(lines []string) (i Item, ok bool) {
	fields := strings.Split(lines[0], " ")
	if len(fields) != 3 || evidence.CheckArtifactName(fields[1]) != nil {
		return i, false
	}
	i.Kind, i.Name = Kind(fields[0]), fields[1]
	if i.Size, ok = decimal(fields[2], maxSize); !ok {
		return i, false
	}
	first, ok1 := strings.CutPrefix(lines[1], "SHA256 ("+i.Name+") = ")
	second, ok2 := strings.CutPrefix(lines[2], "SHA512 ("+i.Name+") = ")
	var err1, err2 error
	i.SHA256, err1 = evidence.ParseDigest(first)
	i.SHA512, err2 = evidence.ParseDigest512(second)
	return i, ok1 && ok2 && err1 == nil && err2 == nil
}

// decimal reads a number in its one form: digits without a leading zero.
func decimal(s string, most int64) (int64, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return n, err == nil && n >= 0 && n <= most && strconv.FormatInt(n, 10) == s
}

// check demands the order: the manifest; for every generation, from the second
// on, its list; then tokens, at least one; then revocation records; names
// ascending within each, and none twice.
func (l List) check() error {
	bad := func(format string, args ...any) error {
		return fmt.Errorf("%w: %s", ErrList, fmt.Sprintf(format, args...))
	}
	follows := map[Kind][]Kind{
		"":         {Manifest},
		Manifest:   {Token},
		Token:      {Token, Revocation, Renewal},
		Revocation: {Revocation, Renewal},
		Renewal:    {Token},
	}
	var last Item
	names := map[string]bool{}
	lists := 0
	for _, i := range l.Items {
		switch key := strings.ToLower(i.Name); {
		case !slices.Contains(follows[last.Kind], i.Kind):
			return bad("%.20q after %.20q", i.Kind, last.Kind)
		case i.Kind == last.Kind && i.Name <= last.Name:
			return bad("%s is not after %s", i.Name, last.Name)
		case names[key]: // also where a file system does not tell them apart
			return bad("%s is there twice", i.Name)
		default:
			names[key] = true
		}
		if i.Kind == Renewal {
			lists++
		}
		last = i
	}
	if last.Kind != Token && last.Kind != Revocation || lists != l.Generation-1 {
		return bad("generation %d with %d earlier lists, ending with %.20q", l.Generation, lists, last.Kind)
	}
	return nil
}

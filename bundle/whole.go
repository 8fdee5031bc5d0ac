package bundle

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"constat/evidence/tsa"
	"constat/evidence/tsa/renewal"
)

// Whole is what lies over a finished bundle: the list that names all of it, the
// timestamps over that list, and their renewals. It is the one place where a
// bundle that was handed over may get something new, because no list of the
// bundle names what lies there: nothing that was sealed is touched.
type Whole struct {
	// History has what counts, in order. The last generation has no token if a
	// renewal wrote its list and then nobody answered.
	History renewal.History

	// Records are the evidence records, the oldest first: each is the one before it,
	// renewed.
	Records []renewal.File

	Proof *renewal.File // OpenTimestamps; nil: there is none

	dir         string
	taken       names
	knowsProofs bool // the bundle's own scripts
}

// ErrOld: the bundle's own scripts know no renewals of the whole, and would call
// the new files wrong.
var ErrOld = errors.New("the bundle's own scripts know no renewals of the whole")

// ErrFolder: a ZIP is not written into; what is in it is renewed as a folder.
var ErrFolder = errors.New("not the folder of a bundle")

// renewable stands in the script of bundles that may be renewed.
const renewable = "renewals of the whole"

// WholeName is what the timestamps over the whole are over.
const WholeName = tagList

const (
	maxList  = 64 << 20 // bytes
	maxProof = 1 << 20  // more than its reader takes
)

var (
	ofRecord  = regexp.MustCompile(`^evidence-record-([1-9][0-9]{0,2})\.ers$`)
	ofWhole   = regexp.MustCompile(`^(?:tagmanifest-sha256|renewal-([1-9][0-9]{0,2}))\.[A-Za-z0-9._-]+\.(?:tsr|ocsp|crl)$`)
	wholeList = regexp.MustCompile(`^renewal-([1-9][0-9]{0,2})\.txt$`)
)

type tooLarge struct {
	name  string
	limit int64
}

func (e *tooLarge) Error() string { return fmt.Sprintf("%s: more than %d bytes", e.name, e.limit) }

// unless lets what is too large be there, as everything that does not hold: no verdict
// rests on such a file, and it ends no renewal. Its beginning is nothing that can be read.
func unless(b []byte, err error) ([]byte, error) {
	if _, large := errors.AsType[*tooLarge](err); large {
		return b, nil
	}
	return b, err
}

// OpenWhole reads it from a bundle's folder. It does not judge.
func OpenWhole(dir string) (*Whole, error) {
	info, err := os.Stat(dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return nil, ErrFolder
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	read := func(name string, limit int64) ([]byte, error) {
		f, err := root.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		b, err := io.ReadAll(io.LimitReader(f, limit+1))
		if err == nil && int64(len(b)) > limit {
			err = &tooLarge{name, limit}
		}
		return b, err
	}
	script, err := read("verify/verify.sh", 1<<20)
	if err != nil {
		return nil, err
	}
	if !strings.Contains(string(script), renewable) {
		return nil, ErrOld
	}
	w := &Whole{dir: dir, taken: names{}, knowsProofs: strings.Contains(string(script), knowsProofs)}
	list, err := read(tagList, maxList)
	if err != nil {
		return nil, err
	}
	w.History.Manifest = renewal.File{Name: tagList, Data: list}
	entries, err := fs.ReadDir(root.FS(), ".")
	if err != nil {
		return nil, err
	}
	rounds := map[int]*renewal.Generation{0: {}}
	last := 0
	for _, e := range entries { // by name, so in the order of a list
		name := e.Name()
		if isPartial(name) && e.Type().IsRegular() { // of a renewal that was cut off
			if err := root.Remove(name); err != nil {
				return nil, err
			}
			continue
		}
		w.taken[strings.ToLower(name)] = true
		if m := ofRecord.FindStringSubmatch(name); m != nil && e.Type().IsRegular() {
			b, err := unless(read(name, maxList))
			if err != nil {
				return nil, err
			}
			w.Records = append(w.Records, renewal.File{Name: name, Data: b})
			continue
		}
		if name == ProofName && e.Type().IsRegular() {
			b, err := unless(read(name, maxProof))
			if err != nil {
				return nil, err
			}
			w.Proof = &renewal.File{Name: name, Data: b}
			continue
		}
		m := ofWhole.FindStringSubmatch(name)
		isList := m == nil && wholeList.MatchString(name)
		if isList {
			m = wholeList.FindStringSubmatch(name)
		}
		if m == nil || !e.Type().IsRegular() {
			continue
		}
		n, _ := strconv.Atoi(m[1]) // empty: generation 0
		if rounds[n] == nil {
			rounds[n] = &renewal.Generation{}
		}
		b, err := read(name, tsa.MaxCRL)
		if err != nil {
			return nil, err
		}
		f, g := renewal.File{Name: name, Data: b}, rounds[n]
		switch {
		case isList:
			g.List = f
		case strings.HasSuffix(name, ".tsr"):
			g.Tokens = append(g.Tokens, f)
		default:
			g.Revocation = append(g.Revocation, f)
		}
		last = max(last, n)
	}
	slices.SortFunc(w.Records, func(a, b renewal.File) int { return recordNumber(a.Name) - recordNumber(b.Name) })
	for n := range last + 1 {
		if rounds[n] == nil || n > 0 && rounds[n].List.Name == "" {
			return nil, fmt.Errorf("%w: %s is missing", renewal.ErrHistory, renewal.ListName(n))
		}
		w.History.Generations = append(w.History.Generations, *rounds[n])
	}
	return w, nil
}

// Newest is the number of the last generation that has a timestamp, and the name
// of what its timestamps are over.
func (w *Whole) Newest() (generation int, over string) {
	for n, g := range slices.Backward(w.History.Generations) {
		if len(g.Tokens) > 0 && n > 0 {
			return n, g.List.Name
		}
	}
	return 0, tagList
}

// TokenName is the name of an authority's reply in a generation.
func (w *Whole) TokenName(generation int, authority string) string {
	return w.stem(generation) + "." + authority + ".tsr"
}

func (w *Whole) stem(generation int) string {
	if generation > 0 {
		return strings.TrimSuffix(renewal.ListName(generation), ".txt")
	}
	return strings.TrimSuffix(tagList, ".txt")
}

// RevocationName is the next free name for a record about one token.
func (w *Whole) RevocationName(token string, kind tsa.RevocationKind) string {
	for n := 1; ; n++ {
		name := fmt.Sprintf("%s.%02d.%s", strings.TrimSuffix(token, ".tsr"), n, kind)
		if !w.taken[strings.ToLower(name)] {
			return name
		}
	}
}

const partialEnd = ".partial"

func isPartial(name string) bool {
	base, dotted := strings.CutPrefix(name, ".")
	base, ended := strings.CutSuffix(base, partialEnd)
	return dotted && ended && mayCome(base)
}

// mayCome reports whether a finished bundle may get a file of this name.
func mayCome(name string) bool {
	return ofWhole.MatchString(name) || wholeList.MatchString(name) || ofRecord.MatchString(name) || name == ProofName
}

// Add writes one file, which must be none of those that are there, and syncs it.
func (w *Whole) Add(f renewal.File) error {
	if !mayCome(f.Name) {
		return fmt.Errorf("%w: %.60q belongs to no timestamp over the whole", ErrInput, f.Name)
	}
	if err := w.taken.take(f.Name); err != nil {
		return err
	}
	return w.write(f, false)
}

func (w *Whole) write(f renewal.File, replace bool) error {
	root, err := os.OpenRoot(w.dir)
	if err != nil {
		return err
	}
	defer root.Close()
	// Under another name first: half a token under its own would be a bad one.
	partial := "." + f.Name + partialEnd
	out, err := root.OpenFile(partial, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	_, err = out.Write(f.Data)
	if err == nil {
		err = out.Sync()
	}
	err = errors.Join(err, out.Close())
	if err == nil {
		if _, there := root.Lstat(f.Name); there == nil && !replace { // of another renewal at the same moment
			err = &ExistsError{Path: filepath.Join(w.dir, f.Name)}
		} else {
			err = root.Rename(partial, f.Name)
		}
	}
	if err != nil {
		return errors.Join(err, root.Remove(partial))
	}
	return syncDir(filepath.Clean(w.dir))
}

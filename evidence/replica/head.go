package replica

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"constat/evidence"
	"constat/evidence/vault"
)

const (
	folderPrefix = "constat-vault-"
	headFormat   = "constat-copy/1"
	headPurpose  = "constat-copy head"
	maxHead      = 256 << 20 // bytes, of a whole one of a million files
	maxHeads     = 99_999_999
	maxKeyFile   = 64 << 10
)

var (
	idName    = regexp.MustCompile(`^[0-9a-f]{32}$`)
	headName  = regexp.MustCompile(`^[0-9]{8}$`)
	keyName   = regexp.MustCompile(`^(vault\.json|identity\.age|recovery\.age)-([0-9]{8})-([0-9a-f]{64})$`)
	vaultPath = regexp.MustCompile(
		`^(vault\.json|identity\.age|recovery\.age|state\.age|copies\.age|cases/[0-9a-f]{16}/(head|notes|log/[0-9]{8}|objects/[0-9a-f]{32}))$`,
	)
)

// fileRef says which file of the place is a path of the vault.
type fileRef struct {
	Path   string          `json:"path"`
	Size   int64           `json:"size"`
	SHA256 evidence.Digest `json:"sha256"`
}

// headFile is one push.
type headFile struct {
	Format   string                `json:"format"`
	Vault    string                `json:"vault"`
	Number   uint64                `json:"number"`
	Previous evidence.Digest       `json:"previous,omitzero"` // SHA-256 of the head before, as it lies there
	Device   string                `json:"device"`            // random; which device pushed
	Time     time.Time             `json:"time"`              // UTC, by its clock
	Whole    bool                  `json:"whole,omitempty"`   // Files are all there are; otherwise those that are new
	Total    int                   `json:"total"`             // files that this head and those before it name
	Files    []fileRef             `json:"files"`
	Cases    map[string]vault.Head `json:"cases"`
}

// head is a push as it was read.
type head struct {
	headFile
	digest evidence.Digest // of its bytes at the place
}

func folder(id string) string             { return folderPrefix + id + "/" }
func headPath(id string, n uint64) string { return fmt.Sprintf("%sheads/%08d", folder(id), n) }
func filePath(id string, d evidence.Digest) string {
	s := d.String()
	return folder(id) + "files/" + s[:2] + "/" + s
}

// maxOthers bounds under how many further names a file is put whose name is taken by other bytes.
const maxOthers = 9

// otherPath is the n-th name of a file; 0 is the first.
func otherPath(id string, d evidence.Digest, n int) string {
	if n == 0 {
		return filePath(id, d)
	}
	return fmt.Sprintf("%s-%d", filePath(id, d), n)
}

func keyPath(id, name string, n uint64, d evidence.Digest) string {
	return fmt.Sprintf("%skeys/%s-%08d-%s", folder(id), name, n, d)
}

// isKeyFile: a restore begins with these, before it can read heads.
func isKeyFile(path string) bool {
	return path == "vault.json" || path == "identity.age" || path == "recovery.age"
}

// immutable paths keep their bytes until recipients change.
func immutable(path string) bool {
	return strings.Contains(path, "/log/") || strings.Contains(path, "/objects/")
}

// readPlace reads one try of a name; it may have at most limit bytes.
func readPlace(ctx context.Context, p Place, name string, try int, limit int64) (b []byte, err error) {
	r, err := p.Get(ctx, name, try)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	b, err = io.ReadAll(io.LimitReader(r, limit+1))
	if err == nil && int64(len(b)) > limit {
		err = &PlaceError{Kind: Broken, Err: fmt.Errorf("%s has more than %d bytes", name, limit)}
	}
	return b, err
}

// maxTries bounds how many earlier versions of a name are looked at.
const maxTries = 16

// readHead reads one head, whichever of its versions this vault wrote; [vault.ErrForeign] if none,
// [ErrMissing] if there is none.
func readHead(ctx context.Context, p Place, k *vault.Key, n uint64) (head, error) {
	var last error
	for try := range maxTries {
		b, err := readPlace(ctx, p, headPath(k.ID(), n), try, maxHead)
		if errors.Is(err, ErrMissing) {
			if last == nil {
				last = err
			}
			break
		}
		if broken(err) {
			last = vault.ErrForeign
			continue
		}
		if err != nil {
			return head{}, err
		}
		var h head
		if err := k.Open(headPurpose, b, &h.headFile); err != nil || !h.sound(k.ID(), n) {
			last = vault.ErrForeign
			continue
		}
		h.digest = evidence.Sum(b)
		return h, nil
	}
	return head{}, last
}

func broken(err error) bool {
	e, ok := errors.AsType[*PlaceError](err)
	return ok && e.Kind == Broken
}

// sound checks what this vault wrote once more: nothing leads out of a folder by it.
func (h headFile) sound(id string, n uint64) bool {
	if h.Format != headFormat || h.Vault != id || h.Number != n || h.Total < 0 {
		return false
	}
	return !slices.ContainsFunc(h.Files, func(f fileRef) bool { return f.Size < 0 || !vaultPath.MatchString(f.Path) })
}

// headNumbers lists the numbers of what lies under heads, lowest first, beginning after one.
func headNumbers(ctx context.Context, p Place, id string, after uint64) ([]uint64, error) {
	var list []uint64
	prefix := folder(id) + "heads/"
	from := ""
	if after > 0 {
		from = headPath(id, after)
	}
	err := p.List(ctx, prefix, from, func(name string, _ int64) error {
		base := strings.TrimPrefix(name, prefix)
		if n, err := strconv.ParseUint(base, 10, 64); err == nil && headName.MatchString(base) && n > after {
			list = append(list, n)
		}
		return nil
	})
	slices.Sort(list)
	return slices.Compact(list), err
}

// story is what the heads of a place tell.
type story struct {
	newest  head // Number 0: there is none
	files   map[string]fileRef
	highest uint64   // number of anything under heads
	foreign []uint64 // heads that this vault did not write
	gaps    []uint64 // heads that a later one follows and that are not there
}

// readStory reads the heads of a place, from the newest back to one that lists everything.
func readStory(ctx context.Context, p Place, k *vault.Key) (story, error) {
	s := story{files: map[string]fileRef{}}
	numbers, err := headNumbers(ctx, p, k.ID(), 0)
	if err != nil {
		return s, err
	}
	if len(numbers) > 0 {
		s.highest = numbers[len(numbers)-1]
	}
	var follows head // the one that was read before, with a higher number
	for _, n := range slices.Backward(numbers) {
		h, err := readHead(ctx, p, k, n)
		if errors.Is(err, vault.ErrForeign) {
			s.foreign = append(s.foreign, n)
			continue
		}
		if errors.Is(err, ErrMissing) {
			continue
		}
		if err != nil {
			return s, err
		}
		if s.newest.Number == 0 {
			s.newest = h
		} else if follows.Previous != h.digest {
			// What the one between would have said is not known.
			s.gaps = append(s.gaps, follows.Number-1)
		}
		for _, f := range h.Files {
			if _, newer := s.files[f.Path]; !newer {
				s.files[f.Path] = f
			}
		}
		if h.Whole {
			return s, nil
		}
		follows = h
	}
	if follows.Number > 0 && follows.Previous != (evidence.Digest{}) {
		s.gaps = append(s.gaps, follows.Number-1)
	}
	return s, nil
}

// openBytes is what [Place.Put] takes, of bytes in memory.
func openBytes(b []byte) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader(b)), nil }
}

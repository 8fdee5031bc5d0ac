package replica

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"constat/evidence"
	"constat/evidence/vault"
	"constat/evidence/vault/disk"
)

// Secret is what opens a vault: its passphrase, or its recovery code as typed.
type Secret struct {
	Text string
	Code bool
	// ID names the vault, if the place has several.
	ID string
}

// Restored is what a restore made.
type Restored struct {
	ID      string                `json:"id"`
	Number  uint64                `json:"number"` // of the head that was restored
	Time    time.Time             `json:"time"`   // of that push: what was recorded after it is not in the copy
	Files   int                   `json:"files"`
	Bytes   int64                 `json:"bytes"`
	Cases   map[string]vault.Head `json:"-"` // how far each log goes by that head
	Missing []string              `json:"missing"`
	Damaged []string              `json:"damaged"`
	Gaps    int                   `json:"heads_missing"`
	Foreign int                   `json:"heads_foreign"`
}

const restoringName = "restoring" // lies in the folder until it is a vault

// Restore makes a vault of the newest copy at a place, in a folder that is empty, missing, or that
// an interrupted restore began. What is missing or damaged at the place is named, and the rest is
// restored.
func Restore(ctx context.Context, place Place, secret Secret, dir string, p evidence.Progress) (Restored, error) {
	if p == nil {
		p = evidence.NoProgress{}
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Restored{}, err
	}
	if err := checkTarget(dir); err != nil {
		return Restored{}, err
	}
	id, err := findVault(ctx, place, secret.ID)
	if err != nil {
		return Restored{}, err
	}
	k, err := unlock(ctx, place, id, secret)
	if err != nil {
		return Restored{}, err
	}
	st, err := readStory(ctx, place, k)
	if err != nil {
		return Restored{}, err
	}
	if st.newest.Number == 0 {
		return Restored{}, ErrNoCopy
	}
	r := Restored{
		ID:      id,
		Number:  st.newest.Number,
		Time:    st.newest.Time,
		Cases:   st.newest.Cases,
		Gaps:    len(st.gaps),
		Foreign: len(st.foreign),
	}
	d := disk.New(dir, nil, nil)
	if err := d.Mkdir(dir); err != nil {
		return r, err
	}
	if err := d.Write(dir, restoringName, func(w io.Writer) error { _, err := io.WriteString(w, restoringText); return err }); err != nil {
		return r, err
	}
	if err := fetchAll(ctx, place, k, st, d, dir, &r, p); err != nil {
		return r, err
	}
	return r, d.FS.Remove(filepath.Join(dir, restoringName))
}

const restoringText = "{\n}\n"

// checkTarget accepts a folder that is empty, or that a restore began.
func checkTarget(dir string) error {
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	began, vaultThere := false, false
	for _, e := range entries {
		began = began || e.Name() == restoringName && e.Type().IsRegular()
		vaultThere = vaultThere || e.Name() == "vault.json"
	}
	if len(entries) == 0 || began && !vaultThere {
		return nil
	}
	return ErrTarget
}

// findVault finds out whose copies are there.
func findVault(ctx context.Context, place Place, want string) (string, error) {
	if want != "" {
		if !idName.MatchString(want) {
			return "", ErrNoCopy
		}
		return want, nil
	}
	ids, err := Vaults(ctx, place)
	if err != nil {
		return "", err
	}
	switch len(ids) {
	case 0:
		return "", ErrNoCopy
	case 1:
		return ids[0], nil
	}
	return "", &ManyError{IDs: ids}
}

// maxVaults bounds how many vaults are listed.
const maxVaults = 10_000

var errEnough = errors.New("enough")

// Vaults lists the vaults of which there is a copy at a place, by [vault.Key.ID].
func Vaults(ctx context.Context, place Place) ([]string, error) {
	var ids []string
	err := place.Folders(ctx, func(name string) error {
		id, ok := strings.CutPrefix(name, folderPrefix)
		if ok && idName.MatchString(id) {
			if ids = append(ids, id); len(ids) == maxVaults {
				return errEnough
			}
		}
		return nil
	})
	if err != nil && !errors.Is(err, errEnough) {
		return nil, err
	}
	slices.Sort(ids)
	return slices.Compact(ids), nil
}

// maxUnlocks bounds how many key files are tried: each takes a second.
const maxUnlocks = 4

// unlock opens the newest key file that the secret opens.
func unlock(ctx context.Context, place Place, id string, secret Secret) (*vault.Key, error) {
	want := "identity.age"
	if secret.Code {
		want = "recovery.age"
	}
	type file struct {
		name string
		n    uint64
	}
	var list []file
	prefix := folder(id) + "keys/"
	err := place.List(ctx, prefix, "", func(name string, size int64) error {
		m := keyName.FindStringSubmatch(strings.TrimPrefix(name, prefix))
		if m != nil && m[1] == want && size <= maxKeyFile {
			n, _ := strconv.ParseUint(m[2], 10, 64) // eight digits
			list = append(list, file{name, n})
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(list) == 0 {
		return nil, ErrNoCopy
	}
	slices.SortFunc(list, func(a, b file) int { return int(b.n) - int(a.n) })
	var first error
	for _, f := range list[:min(len(list), maxUnlocks)] {
		for try := range maxTries {
			b, err := readPlace(ctx, place, f.name, try, maxKeyFile)
			if errors.Is(err, ErrMissing) {
				break
			}
			if err != nil && !broken(err) {
				return nil, err
			}
			if evidence.Sum(b).String() != f.name[len(f.name)-64:] {
				continue // not what was put under this name
			}
			k, err := vault.UnlockKey(ctx, b, secret.Text, secret.Code)
			if err == nil && k.ID() == id {
				return k, nil
			}
			if ctx.Err() != nil {
				return nil, context.Cause(ctx)
			}
			if first == nil {
				first = err
			}
			break
		}
	}
	if first == nil {
		first = ErrNoCopy
	}
	return nil, first
}

// fetchAll brings every file; vault.json last.
func fetchAll(ctx context.Context, place Place, k *vault.Key, st story, d disk.Disk, dir string, r *Restored, p evidence.Progress) error {
	p.Step(evidence.StepCopy)
	var total, done int64
	for _, ref := range st.files {
		total += ref.Size
	}
	counted := &pace{ctx: ctx, begun: time.Now(), done: func(n int) { done += int64(n); p.Amount(min(done, total), total) }}
	paths := slices.Sorted(maps.Keys(st.files))
	if i := slices.Index(paths, "vault.json"); i >= 0 {
		paths = append(slices.Delete(paths, i, i+1), "vault.json")
	}
	for _, path := range paths {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		ref := st.files[path]
		if same(d, filepath.Join(dir, filepath.FromSlash(path)), ref) {
			done += ref.Size
			r.Files++
			r.Bytes += ref.Size
			continue
		}
		folder, name := filepath.Split(filepath.Join(dir, filepath.FromSlash(path)))
		folder = filepath.Clean(folder)
		if err := d.Mkdir(folder); err != nil {
			return err
		}
		_, good, err := fetchOne(ctx, place, k.ID(), ref, counted, func(r io.Reader) error {
			in := bufio.NewReader(r)
			// What does not even begin like a file of a vault is not written: nobody would sweep it.
			if start, err := in.Peek(len(ageStart)); (err == nil || err == io.EOF) && string(start) != ageStart && path != "vault.json" {
				return errOther
			}
			return d.Write(folder, name, func(w io.Writer) error { _, err := io.Copy(w, in); return err })
		})
		switch {
		case errors.Is(err, ErrMissing):
			r.Missing = append(r.Missing, path)
		case broken(err):
			r.Damaged = append(r.Damaged, path)
		case err != nil:
			return fmt.Errorf("restore %s: %w", path, err)
		case !good:
			r.Damaged = append(r.Damaged, path)
		default:
			r.Files++
			r.Bytes += ref.Size
		}
	}
	return nil
}

const ageStart = "age-encryption.org/v1\n"

// same reports whether an interrupted restore has brought a file already.
func same(d disk.Disk, path string, ref fileRef) bool {
	f, err := d.FS.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	b := evidence.NewHasher()
	if _, err := io.Copy(b, io.LimitReader(f, ref.Size+1)); err != nil {
		return false
	}
	sum, _, n := b.Sums()
	return sum == ref.SHA256 && n == ref.Size
}

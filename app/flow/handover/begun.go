package handover

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// A killed export leaves readable originals, under a hidden name, wherever the
// person wanted the bundle. So while one runs, its target is noted in the data
// folder, for this vault; whoever next opens the vault, and so is alone with it,
// sweeps there. The note goes when the export ends, however it ends. A target that
// cannot be reached, like a stick that is not plugged in, stays noted.

const maxNoted = 1 << 15

// noteTarget notes where an export writes; done forgets it.
func (x *Exporter) noteTarget(target string) (done func(), err error) {
	if x.begun == "" {
		return func() {}, nil
	}
	if err := os.MkdirAll(x.begun, 0o700); err != nil {
		return nil, err
	}
	f, err := os.CreateTemp(x.begun, x.mine()+"-*")
	if err != nil {
		return nil, err
	}
	_, err = f.WriteString(target)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return nil, errors.Join(err, os.Remove(f.Name()))
	}
	return func() { _ = os.Remove(f.Name()) }, nil // what stays is swept once more
}

// mine tells this vault's notes from those of other vaults, which may be open.
func (x *Exporter) mine() string { return x.vault.SigningKeyFingerprint().String()[:16] }

// sweepKilled removes what killed exports from this vault left. What cannot be
// removed now keeps its note, and stops nothing.
func (x *Exporter) sweepKilled() {
	notes, err := os.ReadDir(x.begun)
	if err != nil {
		return
	}
	for _, n := range notes {
		path := filepath.Join(x.begun, n.Name())
		if !strings.HasPrefix(n.Name(), x.mine()+"-") || !n.Type().IsRegular() {
			continue
		}
		b, err := readAtMost(path, maxNoted)
		if err != nil {
			continue
		}
		target := string(b)
		if !filepath.IsAbs(target) { // the note itself was cut off: nothing had been written yet
			_ = os.Remove(path)
			continue
		}
		if _, err := os.Stat(filepath.Dir(target)); errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if sweepPartial(target) == nil {
			_ = os.Remove(path)
		}
	}
}

func readAtMost(path string, limit int64) ([]byte, error) {
	info, err := os.Lstat(path)
	if err != nil {
		return nil, err
	}
	if info.Size() > limit {
		return nil, fs.ErrInvalid
	}
	return os.ReadFile(path)
}

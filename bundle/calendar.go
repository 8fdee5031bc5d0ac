package bundle

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"constat/evidence"
	"constat/evidence/held"
	"constat/evidence/tsa/renewal"
)

// ProofName is an OpenTimestamps proof over the list of the whole: `ots` finds the
// file that it is about by its name.
const ProofName = tagList + ".ots"

// knowsProofs stands in the script of bundles that may get one.
const knowsProofs = "OpenTimestamps"

// ErrNoProofs: the bundle's own scripts know no OpenTimestamps proof, and would call it wrong.
var ErrNoProofs = errors.New("the bundle's own scripts know no OpenTimestamps proof")

// calendar has the whole taken in by calendars, if somebody asked for that. It needs
// no authority, so it is tried also where none answered; without an answer there is none.
func (w *writer) calendar(ctx context.Context) error {
	if w.in.Calendars == nil {
		return nil
	}
	b := w.in.Calendars(ctx, evidence.Sum(w.tagged))
	if len(b) == 0 {
		return ctx.Err()
	}
	return w.putBytes(ctx, ProofName, b)
}

// SetProofAside moves a proof that nobody can continue out of the bundle, to beside its folder,
// and says where it is now. Nothing of it is lost, and a new one may take its place.
func (w *Whole) SetProofAside() (string, error) {
	dir, err := filepath.Abs(w.dir)
	if err != nil {
		return "", err
	}
	for n := 1; n < 1000; n++ {
		aside := fmt.Sprintf("%s.set-aside-%d.ots", dir, n)
		switch _, err := os.Lstat(aside); {
		case err == nil:
			continue
		case !errors.Is(err, fs.ErrNotExist):
			return "", err
		}
		if err := held.Rename(filepath.Join(dir, ProofName), aside); err != nil {
			return "", err
		}
		w.Proof = nil
		return aside, errors.Join(syncDir(filepath.Dir(dir)), syncDir(dir))
	}
	return "", &ExistsError{Path: dir + ".set-aside-999.ots"}
}

// PutProof writes an OpenTimestamps proof, in the place of the one that it continues.
// It is the one file of a finished bundle that is replaced: no list names it, and
// what it replaces is part of it.
func (w *Whole) PutProof(data []byte) error {
	if !w.knowsProofs {
		return ErrNoProofs
	}
	w.Proof = &renewal.File{Name: ProofName, Data: data}
	return w.write(*w.Proof, true)
}

package bundle

import (
	"context"
	"fmt"
	"strings"

	"constat/evidence"
	"constat/evidence/tsa"
	"constat/evidence/tsa/renewal"
)

// names are the names that are taken in one folder, in lower case: some systems
// do not tell capitals apart.
type names map[string]bool

// take refuses a name that is none, or that is taken.
func (n names) take(name string) error {
	if err := evidence.CheckArtifactName(name); err != nil {
		return fmt.Errorf("%w: %w", ErrInput, err)
	}
	key := strings.ToLower(name)
	if n[key] {
		return fmt.Errorf("%w: %s twice", ErrInput, name)
	}
	n[key] = true
	return nil
}

// unverified begins the name of a reply that this program could not verify: it
// is no token of the format, and nobody may take it for one.
const unverified = "unverified-"

// stamps gives every stamp its file name. Two authorities of one name, or a
// reply that would take another file's place, are wrong use. Replies that could
// not be verified are many of one authority.
func (n names) stamps(stamps []Stamp, name func(authority string) string) ([]Stamp, error) {
	out := make([]Stamp, len(stamps))
	for i, s := range stamps {
		s.FileName = name(s.Authority.Name)
		if s.Unverified() {
			stem := strings.TrimSuffix(unverified+s.FileName, ".tsr")
			s.FileName = stem + ".tsr"
			for k := 2; n[strings.ToLower(s.FileName)]; k++ {
				s.FileName = fmt.Sprintf("%s.%02d.tsr", stem, k)
			}
		}
		if s.Kept() || s.Unverified() {
			if err := n.take(s.FileName); err != nil {
				return nil, err
			}
		}
		out[i] = s
	}
	return out, nil
}

// revocation refuses what is not named as a record of the given stem.
func (n names) revocation(files []File, stem string) error {
	for _, f := range files {
		if !strings.HasPrefix(f.Name, stem+".") ||
			!strings.HasSuffix(f.Name, "."+string(tsa.KindOCSP)) && !strings.HasSuffix(f.Name, "."+string(tsa.KindCRL)) {
			return fmt.Errorf("%w: %.60q is no name of a revocation record", ErrInput, f.Name)
		}
		if err := n.take(f.Name); err != nil {
			return err
		}
	}
	return nil
}

// nameTokens gives everything that belongs to the timestamps of an exhibit its
// name. The exhibit's own slices are replaced, not altered.
func nameTokens(e *Exhibit) (err error) {
	taken := names{evidence.ManifestName: true}
	for _, a := range e.Manifest.Artifacts {
		taken[strings.ToLower(a.Name)] = true
	}
	if e.Stamps, err = taken.stamps(e.Stamps, evidence.TokenName); err != nil {
		return err
	}
	if err := taken.revocation(e.Revocation, "manifest"); err != nil {
		return err
	}
	renewals := make([]Renewal, len(e.Renewals))
	for i, r := range e.Renewals {
		n := i + 1
		if want := renewal.ListName(n); r.ListName == "" {
			r.ListName = want
		} else if r.ListName != want {
			return fmt.Errorf("%w: list %.60q instead of %s", ErrInput, r.ListName, want)
		}
		if err := taken.take(r.ListName); err != nil {
			return err
		}
		if l, err := renewal.Parse(r.List); err != nil {
			return fmt.Errorf("%w: %s: %w", ErrInput, r.ListName, err)
		} else if l.Generation != n {
			return fmt.Errorf("%w: %s is of generation %d", ErrInput, r.ListName, l.Generation)
		}
		if r.Stamps, err = taken.stamps(r.Stamps, func(a string) string { return renewal.TokenName(n, a) }); err != nil {
			return err
		}
		if err := taken.revocation(r.Revocation, strings.TrimSuffix(r.ListName, ".txt")); err != nil {
			return err
		}
		renewals[i] = r
	}
	e.Renewals = renewals
	return nil
}

// timestamps writes the replies of an exhibit, its renewals, and what was kept
// for judging them.
func (w *writer) timestamps(ctx context.Context, dir string, e Exhibit) error {
	if err := w.tokens(ctx, dir, e.Stamps); err != nil {
		return err
	}
	files := e.Revocation
	for _, r := range e.Renewals {
		if err := w.putBytes(ctx, dir+r.ListName, r.List); err != nil {
			return err
		}
		if err := w.tokens(ctx, dir, r.Stamps); err != nil {
			return err
		}
		files = append(files[:len(files):len(files)], r.Revocation...)
	}
	for _, f := range files {
		if err := w.putBytes(ctx, dir+f.Name, f.Data); err != nil {
			return err
		}
	}
	return nil
}

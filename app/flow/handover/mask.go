package handover

import (
	"slices"

	"constat/bundle"
	"constat/evidence"
	"constat/evidence/vault"
)

// masking is what paper shows of an exhibit's pictures. A visit to an exhibit shows the same page: it
// is masked no less.
func masking(mask map[string]Masking, m evidence.Manifest) Masking {
	of := func(id string) Masking {
		if choice, named := mask[id]; named {
			return choice
		}
		return mask["*"]
	}
	own := of(m.Exhibit)
	if m.Recheck == nil {
		return own
	}
	first := of(m.Recheck.Exhibit)
	switch {
	case own == LeaveOut || first == LeaveOut:
		return LeaveOut
	case own == Blur || first == Blur:
		return Blur
	}
	return Shown
}

// checkMasking refuses what is no way of masking, and exhibits that are not there: a slip must not
// show a picture.
func checkMasking(mask map[string]Masking, list []vault.Exhibit, closed []bundle.LeftOut) error {
	for id, choice := range mask {
		if choice != Shown && choice != Blur && choice != LeaveOut {
			return &MaskError{Exhibit: id, Choice: string(choice)}
		}
		if id != "*" && !slices.ContainsFunc(list, func(e vault.Exhibit) bool { return e.ID == id }) &&
			!slices.ContainsFunc(closed, func(l bundle.LeftOut) bool { return l.Exhibit == id }) {
			return &MaskError{Exhibit: id}
		}
	}
	return nil
}

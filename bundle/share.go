package bundle

import (
	"fmt"
	"strings"

	"constat/bundle/report"
	"constat/evidence"
)

// ShareOf sorts what is left out by why; what is here is added by whoever knows it.
func ShareOf(out []LeftOut) (s evidence.Share) {
	for _, l := range out {
		switch l.Reason {
		case report.LeftOutChoice:
			s.Chosen = append(s.Chosen, l.Exhibit)
		case report.LeftOutDamaged:
			s.Damaged = append(s.Damaged, l.Exhibit)
		default:
			s.Closed = append(s.Closed, l.Exhibit)
		}
	}
	return s
}

// share is what this bundle says of every exhibit of the case.
func (w *writer) share() evidence.Share {
	s := ShareOf(w.in.LeftOut)
	for _, e := range w.in.Exhibits {
		s.Here = append(s.Here, e.Manifest.Exhibit)
	}
	return s
}

// checkShare refuses a bundle of which its own signed line says something else: a checker would call
// it wrong. What is left out by choice takes such a line.
func (w *writer) checkShare(exporting evidence.Entry, lines []evidence.Digest) error {
	share := w.share()
	if w.in.Head != nil && exporting.Seq > 0 && signedLine(w.in.Head, w.in.Case.ID, lines) == int(exporting.Seq) &&
		exporting.Detail[evidence.ShareOf] != "" {
		if !share.In(exporting.Detail) {
			return fmt.Errorf("%w: line %d of the log says something else of what is here", ErrInput, exporting.Seq)
		}
		return nil
	}
	if len(share.Chosen) > 0 {
		return fmt.Errorf("%w: no signed line says that %s was left out by choice", ErrInput, strings.Join(share.Chosen, " "))
	}
	return nil
}

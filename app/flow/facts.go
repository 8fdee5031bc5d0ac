package flow

import (
	"context"
	"errors"

	"constat/evidence"
	"constat/evidence/vault"
)

// ErrMinor: the exhibit was marked as showing someone who was or may have been
// under 18. It is neither shown nor exported, and nothing of it is deleted.
var ErrMinor = errors.New("exhibit is closed: the person shown may have been under 18")

// told is what the custody log says about an exhibit besides its files.
type told struct {
	facts  map[string]string // the latest words of each field
	closed bool              // marked as under 18

	of       string        // what it is a second visit to
	rechecks []RecheckView // the visits to it, oldest first
}

// tellings reads the whole log once. Earlier words stay in it.
func tellings(ctx context.Context, c *vault.Case) (map[string]told, error) {
	entries, err := c.Entries(ctx)
	if err != nil {
		return nil, err
	}
	all := map[string]told{}
	for _, e := range entries {
		switch e.Action {
		case evidence.ActFactsEdited:
			x := all[e.Exhibit]
			if x.facts == nil {
				x.facts = map[string]string{}
			}
			for name, value := range e.Detail {
				if value == "" {
					delete(x.facts, name)
				} else {
					x.facts[name] = value
				}
			}
			all[e.Exhibit] = x
		case evidence.ActMarkedMinor:
			x := all[e.Exhibit]
			x.closed = true
			all[e.Exhibit] = x
		case evidence.ActRechecked:
			tellRecheck(all, e)
		}
	}
	// What is closed is closed with every visit to it.
	for id, x := range all {
		if x.of != "" && all[x.of].closed {
			x.closed = true
			all[id] = x
		}
	}
	return all, nil
}

// SaveFacts keeps what the person tells about an exhibit, as typed. Only what
// changed is written; the earlier words stay in the custody log. An empty value
// takes a fact back.
func (s *Session) SaveFacts(ctx context.Context, caseID, exhibit string, facts map[string]string) (ExhibitView, error) {
	if err := evidence.CheckFacts(facts); err != nil {
		return ExhibitView{}, err
	}
	c, err := s.v.Case(ctx, caseID)
	if err != nil {
		return ExhibitView{}, err
	}
	all, err := tellings(ctx, c)
	if err != nil {
		return ExhibitView{}, err
	}
	changed := map[string]string{}
	for name, value := range facts {
		if all[exhibit].facts[name] != value {
			changed[name] = value
		}
	}
	if len(changed) > 0 {
		if _, err := c.Append(ctx, evidence.Entry{Action: evidence.ActFactsEdited, Exhibit: exhibit, Detail: changed}); err != nil {
			return ExhibitView{}, err
		}
	}
	return s.exhibit(ctx, c, exhibit)
}

// MarkMinor closes an exhibit's display and export at once and for good. It
// deletes nothing: whether to keep or hand over such a file is for Child Focus,
// the police or a lawyer to say.
func (s *Session) MarkMinor(ctx context.Context, caseID, exhibit string) (ExhibitView, error) {
	c, err := s.v.Case(ctx, caseID)
	if err != nil {
		return ExhibitView{}, err
	}
	e, err := s.open(ctx, c, exhibit)
	if errors.Is(err, ErrMinor) {
		return s.exhibit(ctx, c, exhibit)
	}
	marked := exhibit
	if e.Manifest.Recheck != nil { // a visit shows what the exhibit shows: both are closed
		marked = e.Manifest.Recheck.Exhibit
	}
	if _, err := c.Append(ctx, evidence.Entry{Action: evidence.ActMarkedMinor, Exhibit: marked}); err != nil {
		return ExhibitView{}, err
	}
	return s.exhibit(ctx, c, exhibit)
}

// open returns an exhibit whose content may be shown.
func (s *Session) open(ctx context.Context, c *vault.Case, exhibit string) (vault.Exhibit, error) {
	e, err := c.Exhibit(ctx, exhibit)
	if err != nil {
		return vault.Exhibit{}, err
	}
	all, err := tellings(ctx, c)
	if err != nil {
		return vault.Exhibit{}, err
	}
	if all[exhibit].closed {
		return vault.Exhibit{}, ErrMinor
	}
	return e, nil
}

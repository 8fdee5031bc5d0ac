package look

import (
	"context"
	"errors"
	"slices"
	"time"

	"constat/evidence"
	"constat/evidence/vault"
)

// ErrMinor: the exhibit was marked as showing someone who was or may have been
// under 18. It is neither shown nor exported, and nothing of it is deleted.
var ErrMinor = errors.New("exhibit is closed: the person shown may have been under 18")

// Telling is what the custody log says about an exhibit besides its files.
type Telling struct {
	Facts  map[string]string // the latest words of each field
	Closed bool              // marked as under 18

	because  bool      // closed because it holds a file of one that was marked
	of       string    // what it is a second visit to
	rechecks []Recheck // the visits to it, oldest first
}

// Tellings reads the whole log once. Earlier words stay in it.
func Tellings(ctx context.Context, c *vault.Case) (map[string]Telling, error) {
	entries, err := c.Entries(ctx)
	if err != nil {
		return nil, err
	}
	return tellings(entries), nil
}

// TellingOf is what the log says about one exhibit. Of a long log it reads no more than it must.
func TellingOf(ctx context.Context, c *vault.Case, exhibit string) (Telling, error) {
	entries, err := c.EntriesAbout(ctx, exhibit)
	if err != nil {
		return Telling{}, err
	}
	return tellings(entries)[exhibit], nil
}

func tellings(entries []evidence.Entry) map[string]Telling {
	all := map[string]Telling{}
	for _, e := range entries {
		switch e.Action {
		case evidence.ActFactsEdited:
			x := all[e.Exhibit]
			if x.Facts == nil {
				x.Facts = map[string]string{}
			}
			for name, value := range e.Detail {
				if value == "" {
					delete(x.Facts, name)
				} else {
					x.Facts[name] = value
				}
			}
			all[e.Exhibit] = x
		case evidence.ActMarkedMinor:
			x := all[e.Exhibit]
			x.Closed = true
			x.because = e.Detail["because"] != ""
			all[e.Exhibit] = x
		case evidence.ActRechecked:
			tellRecheck(all, e)
		}
	}
	// What is closed is closed with every visit to it.
	for id, x := range all {
		if x.of != "" && all[x.of].Closed {
			if !x.Closed {
				x.because = all[x.of].because
			}
			x.Closed = true
			all[id] = x
		}
	}
	return all
}

// Marked reports whether the exhibit itself was marked, or is a visit to one that was. Otherwise it
// may be closed because it holds a file of another one.
func (t Telling) Marked() bool { return t.Closed && !t.because }

// Open returns an exhibit whose content may be shown.
func Open(ctx context.Context, c *vault.Case, exhibit string) (vault.Exhibit, error) {
	e, err := c.Exhibit(ctx, exhibit)
	if err != nil {
		return vault.Exhibit{}, err
	}
	all, err := Tellings(ctx, c)
	if err != nil {
		return vault.Exhibit{}, err
	}
	if all[exhibit].Closed {
		return vault.Exhibit{}, ErrMinor
	}
	return e, nil
}

// RecheckDetail is what the custody log says of a visit: enough to list it.
func RecheckDetail(m evidence.Manifest) map[string]string {
	d := map[string]string{
		"of": m.Recheck.Exhibit, "state": string(m.Recheck.State), "reason": m.Recheck.Reason,
		"began": m.Started.UTC.Format(time.RFC3339Nano),
	}
	if m.Recheck.Detail != "" {
		d["facts"] = m.Recheck.Detail
	}
	return d
}

// tellRecheck keeps a visit with the exhibit that it is about.
func tellRecheck(all map[string]Telling, e evidence.Entry) {
	visit := all[e.Exhibit]
	visit.of = e.Detail["of"]
	all[e.Exhibit] = visit
	v := Recheck{
		Exhibit: e.Exhibit,
		Time:    e.Time,
		State:   evidence.RecheckState(e.Detail["state"]),
		Reason:  e.Detail["reason"],
		Detail:  e.Detail["facts"],
	}
	if began, err := time.Parse(time.RFC3339Nano, e.Detail["began"]); err == nil {
		v.Time = began
	}
	x := all[visit.of]
	x.rechecks = append(x.rechecks, v)
	slices.SortStableFunc(x.rechecks, func(a, b Recheck) int { return a.Time.Compare(b.Time) })
	all[visit.of] = x
}

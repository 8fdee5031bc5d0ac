package stage

import (
	"context"
	"slices"

	"constat/app/flow"
	"constat/app/flow/keep"
	"constat/app/flow/look"
)

// Refreshed is the open case as it stands in the vault.
type Refreshed struct {
	matter   look.Case
	Exhibits []look.Exhibit
	Lists    []keep.List // of addresses
}

// Reload reads the exhibits of the open case and the case itself anew.
func (w *Stage) Reload(done func(Refreshed, error)) {
	session, id := w.Session(), w.Desk().Case.ID
	Run(w.Aside(), func(ctx context.Context) (Refreshed, error) {
		var r Refreshed
		var err error
		if r.matter, err = Matter(ctx, session, id); err != nil {
			return r, err
		}
		if r.Exhibits, err = session.Look.Exhibits(ctx, id); err != nil {
			return r, err
		}
		r.Lists, err = session.Keep.Lists(ctx, id)
		return r, err
	}, func(r Refreshed, err error) {
		if err == nil {
			w.Holds(r.matter)
		}
		done(r, err)
	})
}

// Matter reads a case as it stands in the vault; the zero case, if it is there no more.
func Matter(ctx context.Context, session *flow.Session, id string) (look.Case, error) {
	cases, err := session.Look.Cases(ctx)
	if i := slices.IndexFunc(cases, func(c look.Case) bool { return c.ID == id }); i >= 0 {
		return cases[i], err
	}
	return look.Case{}, err
}

// Holds says what the open case holds now, so that the column at the left is true of it.
func (w *Stage) Holds(c look.Case) {
	if c.ID != "" && c.ID == w.Desk().Case.ID {
		w.Desk().Case = c
	}
}

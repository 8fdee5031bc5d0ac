package stage

import (
	"context"
	"slices"

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
		cases, err := session.Look.Cases(ctx)
		if err != nil {
			return r, err
		}
		if i := slices.IndexFunc(cases, func(c look.Case) bool { return c.ID == id }); i >= 0 {
			r.matter = cases[i]
		}
		if r.Exhibits, err = session.Look.Exhibits(ctx, id); err != nil {
			return r, err
		}
		r.Lists, err = session.Keep.Lists(ctx, id)
		return r, err
	}, func(r Refreshed, err error) {
		if err == nil && r.matter.ID != "" {
			w.Desk().Case = r.matter
		}
		done(r, err)
	})
}

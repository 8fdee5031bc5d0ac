package stage

import (
	"context"
	"slices"

	"constat/app/flow"
)

// Refreshed is the open case as it stands in the vault.
type Refreshed struct {
	matter   flow.CaseView
	Exhibits []flow.ExhibitView
	Lists    []flow.ListView // of addresses
}

// Reload reads the exhibits of the open case and the case itself anew.
func (w *Stage) Reload(done func(Refreshed, error)) {
	session, id := w.Session(), w.Desk().Case.ID
	Run(w.Aside(), func(ctx context.Context) (Refreshed, error) {
		var r Refreshed
		cases, err := session.Cases(ctx)
		if err != nil {
			return r, err
		}
		if i := slices.IndexFunc(cases, func(c flow.CaseView) bool { return c.ID == id }); i >= 0 {
			r.matter = cases[i]
		}
		if r.Exhibits, err = session.Exhibits(ctx, id); err != nil {
			return r, err
		}
		r.Lists, err = session.Lists(ctx, id)
		return r, err
	}, func(r Refreshed, err error) {
		if err == nil && r.matter.ID != "" {
			w.Desk().Case = r.matter
		}
		done(r, err)
	})
}

package cases

import (
	"testing"
	"time"

	"constat/app/flow/look"
	"constat/app/view/stage"
	"constat/app/view/viewtest"
)

// gallery is every screen of the cases in a state that shows most of it.
func gallery(r *viewtest.Rig) viewtest.Gallery {
	at := time.Date(2026, 11, 23, 12, 0, 1, 0, time.UTC)
	return viewtest.Gallery{
		"05-cases": func() stage.Screen {
			return &casesScreen{loaded: true, list: []look.Case{{ID: "1", Title: "Novembre", CreatedAt: at, Exhibits: 3, Pending: 1, Exported: true}, {ID: "2", Title: "x", Practice: true, CreatedAt: at, Exhibits: 1}}}
		},
		"06-new-case": func() stage.Screen { return &newCaseScreen{} },
		"28-unseen-code": func() stage.Screen {
			if err := r.W.CodeMark().Set(); err != nil {
				r.T.Fatal(err)
			}
			return &casesScreen{loaded: true, list: []look.Case{{ID: "1", Title: "Novembre", CreatedAt: at, Exhibits: 3}}}
		},
	}
}

func TestNoTextIsCut(t *testing.T) {
	r := inCase(t)
	r.Look(t, gallery(r))
}

func TestTabReachesEverythingAndBringsItIntoView(t *testing.T) {
	r := inCase(t)
	r.Tab(t, gallery(r))
}

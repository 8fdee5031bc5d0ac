package open

import (
	"strings"
	"testing"

	"constat/app/flow"
	"constat/app/flow/proof"
	"constat/app/view/place"
	"constat/app/view/secret"
	"constat/app/view/stage"
	"constat/app/view/viewtest"
	"constat/evidence"
	"constat/evidence/replica"
)

// gallery is every screen of this step in a state that shows most of it.
func gallery(r *viewtest.Rig) viewtest.Gallery {
	return viewtest.Gallery{
		"01-first": func() stage.Screen { return &firstScreen{} },
		"02-code": func() stage.Screen {
			s := secret.NewCode("K7QX2-M4VNP-8RTWD-3HJCE-9YB6A-FZ5KU", nil)
			r.W.Show(s)
			r.Press("window.code.copy")
			r.Press("window.code.save")
			r.Press("window.choose.folder")
			return s
		},
		"03-unlock":  func() stage.Screen { return &unlockScreen{} },
		"04-recover": func() stage.Screen { return &recoverScreen{} },
		"05-found": func() stage.Screen {
			return &foundScreen{done: true}
		},
		"06-restore": func() stage.Screen { return &restoreScreen{form: place.Form{Kind: 2}, code: true} },
		"07-restored": func() stage.Screen {
			r := flow.RestoredCopy{Restored: replica.Restored{Time: r.App.Now(), Files: 2412, Missing: []string{"a"}, Damaged: []string{"b", "c"}, Gaps: 1, Foreign: 2},
				Cases: []flow.RestoredCase{{Case: "1", Lost: 12, LostExhibits: 3}, {Case: "2"}}}
			return &restoreScreen{back: &r}
		},
		"08-check": func() stage.Screen { return &checkScreen{from: &firstScreen{}} },
		"09-checked": func() stage.Screen {
			at := r.App.Now()
			return &checkScreen{from: &firstScreen{}, path: "/media/usb/Dossier-2026", open: map[string]bool{"check.every": true}, saved: "/media/usb/controle.pdf", result: &proof.CheckResult{
				Verdict: proof.TimeNotProven, Fingerprint: strings.Repeat("0f", 32), StandsUntil: &at, Practice: true,
				Checks: []evidence.Check{{Name: "bag", State: evidence.Passed}, {Name: "timestamp", State: evidence.NotDone, Detail: "no root"},
					{Name: "report", State: evidence.Failed, Detail: strings.Repeat("a long detail of a check ", 12)}}}}
		},
		"08-check-one": func() stage.Screen { return &checkScreen{from: &firstScreen{}, said: "check.one"} },
		"08-check-locked": func() stage.Screen {
			return &checkScreen{from: &firstScreen{}, path: "/media/usb/Dossier-2026.zip", asks: true}
		},
		"10-help": func() stage.Screen { return &helpScreen{} },
		"10-help-elsewhere": func() stage.Screen {
			return &helpScreen{country: "DE", copied: "hateaid"}
		},
		"21-broken": func() stage.Screen { return &brokenScreen{} },
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

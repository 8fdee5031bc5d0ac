package handover

import (
	"testing"
	"time"

	"constat/app/flow/handover"
	"constat/app/flow/proof"
	"constat/app/view/stage"
	"constat/app/view/viewtest"
	"constat/app/view/widget"
	"constat/evidence"
)

// gallery is every screen of this step in a state that shows most of it.
func gallery(r *viewtest.Rig) viewtest.Gallery {
	list := viewtest.ACase().List()
	at := time.Date(2026, 11, 23, 12, 0, 1, 0, time.UTC)
	export := func(done *handover.ExportResult) *exportScreen {
		s := &exportScreen{list: list, loaded: true, mask: map[string]handover.Masking{"E-002": handover.LeaveOut}, dir: "/home/someone/Bureau", zip: done == nil, done: done}
		s.name, s.password = widget.NewField(r.W.Keys(), ""), widget.NewSecret(r.W.Keys(), "")
		s.name.SetText("dossier-2026-11-23")
		return s
	}
	return viewtest.Gallery{
		"16-export": func() stage.Screen { return export(nil) },
		"16-export-part": func() stage.Screen {
			s := export(nil)
			s.out = map[string]bool{"E-001": true, "E-005": true}
			return s
		},
		"16-export-slip": func() stage.Screen {
			s := export(nil)
			s.slip = true
			return s
		},
		"16-export-key": func() stage.Screen {
			s := export(nil)
			s.zip, s.age = false, true
			s.key = widget.NewField(r.W.Keys(), "")
			s.key.SetText("age1")
			return s
		},
		"17-export-running": func() stage.Screen {
			s := export(nil)
			r.Running(&s.job, r.Capturing)
			return s
		},
		"18-export-slip": func() stage.Screen {
			s := export(&handover.ExportResult{Target: "/home/someone/Bureau/dossier-2026-11-23.zip", Slip: "/home/someone/Bureau/dossier-2026-11-23-feuille.pdf",
				Exhibits: []string{"E-002", "E-003"}, Of: 5, LeftOut: []handover.Left{{Exhibit: "E-001", Reason: "choice"}, {Exhibit: "E-004", Reason: "minor"}, {Exhibit: "E-005", Reason: "choice"}},
				Beside: "no space left", Fingerprint: viewtest.MadeUp().ManifestSHA256, Files: 41, Bytes: 38_000_000, Pages: 12, Valid: true, Verdict: proof.Valid})
			s.answer = "/home/someone/Bureau/dossier-2026-11-23-verification.pdf"
			return s
		},
		"18-export-key": func() stage.Screen {
			return export(&handover.ExportResult{Target: "/home/someone/Bureau/dossier-2026-11-23.zip.age", Fingerprint: viewtest.MadeUp().ManifestSHA256, Files: 41, Bytes: 38_000_000, Pages: 12, Valid: true, Verdict: proof.Valid})
		},
		"18-export-done": func() stage.Screen {
			return export(&handover.ExportResult{Target: "/home/someone/Bureau/dossier-2026-11-23", Report: "/x/report.pdf", Fingerprint: viewtest.MadeUp().ManifestSHA256, Files: 41, Bytes: 38_000_000, Pages: 12, Valid: true,
				Timestamps: []proof.Timestamp{{Authority: "quovadis-eu", State: proof.Verified, Time: &at}, {Authority: "digicert", State: proof.Pending}},
				Checks:     []evidence.Check{{Name: "chain", State: evidence.NotDone, Detail: "no reply"}}})
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

// TestHostileTextIsCleanedBeforeItIsDrawn spoils everything that an exhibit says.
func TestHostileTextIsCleanedBeforeItIsDrawn(t *testing.T) {
	r := inCase(t)
	r.Clean(t, viewtest.Gallery{"export": func() stage.Screen {
		return &exportScreen{list: viewtest.Hostile(), loaded: true, mask: map[string]handover.Masking{},
			name: widget.NewField(r.W.Keys(), ""), password: widget.NewSecret(r.W.Keys(), "")}
	}})
}

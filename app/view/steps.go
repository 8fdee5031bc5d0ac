package view

import (
	"constat/app/view/stage"
)

// step is one entry of the list at the left. Steps are numbered in this order, which
// is that of stage.StepKeep and what follows it.
type step struct {
	name, detail string
	done         bool
	open         func()
}

func (w *Window) steps() []step {
	open := w.desk.Case
	exported := w.stage.T("step.not-exported")
	if open.Exported {
		exported = w.stage.T("step.exported")
	}
	told := w.stage.T("step.not-told")
	if open.Told > 0 {
		told = w.stage.N("step.told", open.Told)
	}
	to := func(p stage.Place) func() { return func() { w.goTo(w.at(p)) } }
	return []step{
		{w.stage.T("keep.title"), w.stage.N("side.kept", open.Exhibits), open.Kept > 0, to(stage.Kept)},
		{w.stage.T("remove.title"), w.stage.N("step.reported", open.Reports), open.Reports > 0, to(stage.Remove)},
		{w.stage.T("complain.title"), told, open.Told > 0, to(stage.Complain)},
		{w.stage.T("export.title"), exported, open.Exported, to(stage.Handover)},
	}
}

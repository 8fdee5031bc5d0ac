package view_test

import (
	"testing"

	"constat/app/view/cases"
	"constat/app/view/complain"
	"constat/app/view/handover"
	"constat/app/view/keep"
	"constat/app/view/open"
	"constat/app/view/remove"
	"constat/app/view/settings"
	"constat/app/view/stage"
	"constat/app/view/viewtest"
	"constat/evidence"
)

// rooms are those of the whole window.
func rooms() stage.Rooms {
	return stage.House(open.Rooms(), cases.Rooms(), keep.Rooms(), handover.Rooms(), settings.Rooms(), remove.Rooms(), complain.Rooms())
}

// inCase is a rig with an open case.
func inCase(t *testing.T, authorities ...evidence.Authority) *viewtest.Rig {
	t.Helper()
	return viewtest.InCase(t, rooms(), authorities...)
}

// newRig is a rig that shows the first start.
func newRig(t *testing.T, authorities ...evidence.Authority) *viewtest.Rig {
	t.Helper()
	return viewtest.New(t, rooms(), authorities...)
}

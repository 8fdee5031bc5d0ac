package complain

import (
	"testing"

	"constat/app/view/cases"
	"constat/app/view/handover"
	"constat/app/view/keep"
	"constat/app/view/open"
	"constat/app/view/remove"
	"constat/app/view/settings"
	"constat/app/view/stage"
	"constat/app/view/viewtest"
)

// inCase is a rig with an open case and the whole window.
func inCase(t *testing.T) *viewtest.Rig {
	t.Helper()
	return viewtest.InCase(t, stage.House(open.Rooms(), cases.Rooms(), keep.Rooms(), handover.Rooms(), settings.Rooms(), remove.Rooms(), Rooms()))
}

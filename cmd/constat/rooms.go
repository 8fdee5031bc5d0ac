package main

import (
	"constat/app/view/cases"
	"constat/app/view/complain"
	"constat/app/view/handover"
	"constat/app/view/keep"
	"constat/app/view/open"
	"constat/app/view/remove"
	"constat/app/view/settings"
	"constat/app/view/stage"
)

// rooms are the screens of every step; the window knows none of them by name.
func rooms() stage.Rooms {
	return stage.House(open.Rooms(), cases.Rooms(), keep.Rooms(), remove.Rooms(), complain.Rooms(), handover.Rooms(), settings.Rooms())
}

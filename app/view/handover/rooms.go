package handover

import "constat/app/view/stage"

// Rooms says which screens of this step stand where.
func Rooms() stage.Rooms {
	return stage.Rooms{
		stage.Handover: func() stage.Screen { return &exportScreen{} },
	}
}

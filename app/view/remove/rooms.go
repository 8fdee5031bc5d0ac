package remove

import "constat/app/view/stage"

// Rooms says which screens of this step stand where.
func Rooms() stage.Rooms {
	return stage.Rooms{
		stage.Remove: func() stage.Screen { return &removeScreen{} },
	}
}

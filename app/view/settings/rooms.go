package settings

import "constat/app/view/stage"

// Rooms says which screens of this step stand where.
func Rooms() stage.Rooms {
	return stage.Rooms{
		stage.Settings: func() stage.Screen { return &settingsScreen{} },
		stage.NewCode:  func() stage.Screen { return &renewScreen{} },
	}
}

package open

import "constat/app/view/stage"

// Rooms says which screens of this step stand where.
func Rooms() stage.Rooms {
	return stage.Rooms{
		stage.First:  func() stage.Screen { return &firstScreen{} },
		stage.Unlock: func() stage.Screen { return &unlockScreen{} },
		stage.Found:  func() stage.Screen { return &foundScreen{again: true} },
		stage.Help:   func() stage.Screen { return &helpScreen{} },
		stage.Broken: func() stage.Screen { return &brokenScreen{} },
	}
}

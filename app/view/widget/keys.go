package widget

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
)

// shiftsToQuit within shiftWindow leave at once, from any screen and any field.
const (
	shiftsToQuit = 3
	shiftWindow  = 3 * time.Second
)

// Keys hears every key, whichever widget has the focus: our widgets pass on
// what they are told, and the canvas passes on the rest.
type Keys struct {
	now      func() time.Time
	active   func()          // the person is there
	quit     func()          // shift three times
	enter    func()          // the screen's main action
	back     func()          // escape
	hold     func(down bool) // V goes down or up
	reveal   func()          // a widget got the focus: bring it into view
	shifts   int
	shiftAt  time.Time
	holdDown bool

	area   func()                   // from the screen to what is around it, and back
	menu   func()                   // closes the one that is open
	exitAt func(fyne.Position) bool // where quick exit is
	edit   EditWords                // of the menu of a field
	wheel  func(*fyne.ScrollEvent)  // scrolls the screen
}

// NewKeys hears for a window: active says that the person is there, quit leaves,
// and reveal brings what has the focus into view.
func NewKeys(now func() time.Time, active, quit, reveal func()) *Keys {
	return &Keys{now: now, active: active, quit: quit, reveal: reveal}
}

// Set says what the keys of the present screen do; a key that is held is let go.
func (k *Keys) Set(enter, back func(), hold func(down bool)) {
	k.Release()
	k.enter, k.back, k.hold = enter, back, hold
}

// AreaTo says what F6 does.
func (k *Keys) AreaTo(area func()) { k.area = area }

// WheelTo says what the wheel scrolls over a field, which would keep it for itself.
func (k *Keys) WheelTo(scroll func(*fyne.ScrollEvent)) { k.wheel = scroll }

// Down hears a key go down.
func (k *Keys) Down(e *fyne.KeyEvent) {
	k.active()
	switch e.Name {
	case desktop.KeyShiftLeft, desktop.KeyShiftRight:
		if at := k.now(); k.shifts == 0 || at.Sub(k.shiftAt) > shiftWindow {
			k.shifts, k.shiftAt = 0, at
		}
		if k.shifts++; k.shifts >= shiftsToQuit {
			k.shifts = 0
			k.quit()
		}
		return
	case fyne.KeyF6:
		if k.area != nil {
			k.area()
		}
	case fyne.KeyV:
		if k.hold != nil && !k.holdDown {
			k.holdDown = true
			k.hold(true)
		}
	}
	k.shifts = 0
}

// Shifts is how often Shift went down in a row.
func (k *Keys) Shifts() int { return k.shifts }

// Up hears a key go up.
func (k *Keys) Up(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyV && k.holdDown {
		k.holdDown = false
		if k.hold != nil {
			k.hold(false)
		}
	}
}

// Typed handles what no widget wanted for itself.
func (k *Keys) Typed(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape && k.menu != nil {
		k.CloseMenu()
		return
	}
	switch e.Name {
	case fyne.KeyEscape:
		if k.back != nil {
			k.back()
		}
	case fyne.KeyReturn, fyne.KeyEnter:
		if k.enter != nil {
			k.enter()
		}
	}
}

// Release forgets a held key when its screen goes.
func (k *Keys) Release() {
	k.CloseMenu()
	if k.holdDown && k.hold != nil {
		k.hold(false)
	}
	k.holdDown, k.hold, k.enter, k.back = false, nil, nil, nil
}

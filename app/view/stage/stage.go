package stage

import (
	"context"
	"maps"
	"time"

	"fyne.io/fyne/v2"

	"constat/app/flow"
	"constat/app/flow/look"
	"constat/app/view/widget"
	"constat/assets/words"
	"constat/evidence"
)

// Screen is one thing to see and do. Its fields keep what was typed; Build draws it
// anew, also in another language.
type Screen interface {
	Build(w *Stage) Page
}

// What a screen can be besides.
type (
	// Opener starts something when it is shown.
	Opener interface{ Open(w *Stage) }
	// Leaver has something to end when another one comes, or the vault is locked.
	Leaver interface{ Leave(w *Stage) }
	// Keeper has something typed that is not saved yet. MayLeave reports whether one
	// may go; if not, it asks the person, and then calls then.
	Keeper interface {
		MayLeave(w *Stage, then func()) bool
	}
	// Freshener lists the case anew when the background got timestamps.
	Freshener interface{ Freshen(w *Stage) }
	// Follower shows how the background's copies of the vault went.
	Follower interface{ Follow(w *Stage) }
	// Ticker looks after something every second.
	Ticker interface{ Tick(w *Stage) }
	// Patient is beside something that the person does elsewhere: the vault stays open
	// at least so long.
	Patient interface{ Patience() time.Duration }
	// Returner goes back to where one came from.
	Returner interface{ ReturnTo(from Screen) }
	// Dropper takes what is dragged into the window: files, and whether something among it
	// was no file.
	Dropper interface {
		Dropped(w *Stage, files []string, foreign bool)
	}
)

// Page is a screen as it is drawn.
type Page struct {
	Title string
	Body  fyne.CanvasObject
	Focus fyne.Focusable
	Enter func()       // the main action
	Back  func()       // one step back
	Hold  func(b bool) // the key V
	Step  int          // of the list at the left; 0: none
	Stay  bool         // what is shown cannot be shown again: no way aside but quick exit, and help over it
}

// The steps of the list at the left, in their order.
const (
	StepKeep = iota + 1
	StepRemove
	StepComplain
	StepHandover
)

// Place is where one can go without knowing the screen that stands there.
type Place string

const (
	First    Place = "first"    // there is no vault yet
	Unlock   Place = "unlock"   // the vault is locked
	Found    Place = "found"    // what was found when the vault was opened
	Broken   Place = "broken"   // the program cannot work
	Cases    Place = "cases"    // every case
	Kept     Place = "kept"     // the open case: keep something, and what is kept
	Remove   Place = "remove"   // how something is taken down
	Complain Place = "complain" // a complaint is prepared
	Handover Place = "handover" // what goes to the police
	Settings Place = "settings"
	NewCode  Place = "new-code" // another recovery code
	Help     Place = "help"     // who helps, from everywhere
)

// Places are all of them.
func Places() []Place {
	return []Place{First, Unlock, Found, Broken, Cases, Kept, Remove, Complain, Handover, Settings, NewCode, Help}
}

// Rooms says which screen stands at each place.
type Rooms map[Place]func() Screen

// House puts the rooms of every step together.
func House(steps ...Rooms) Rooms {
	all := Rooms{}
	for _, r := range steps {
		maps.Copy(all, r)
	}
	return all
}

// Shell is what a screen may ask of the window.
type Shell interface {
	Drawing
	Ways
	Lanes
	Vault
	Device
}

// Drawing is about what is on the screen.
type Drawing interface {
	Text() *words.Text
	Speak(lang string) // changes the language, at once and for the next time
	Keys() *widget.Keys
	Focus(fyne.Focusable)
	// Rebuild draws the present screen anew; Refresh also leaves the focus where it is.
	Rebuild()
	Refresh()
	ToTop()
	// Explain is the one way to show an error: what happened, what to do, and the
	// details to copy. A cancelled job is not an error.
	Explain(err error)
	ClearNotice() // what is explained goes with the next drawing
}

// Ways lead to other screens.
type Ways interface {
	// Show goes to a screen. What the one before was waiting for is cancelled.
	Show(Screen)
	// GoTo is Show, but not while something runs, or was typed, that the person would lose.
	GoTo(Screen)
	// At makes the screen that stands at a place.
	At(Place) Screen
	// Screen is the present one.
	Screen() Screen
}

// Lanes is where work runs beside the window. All of it is cancelled by the lock.
type Lanes interface {
	Work() Lane  // what the present screen waits for
	Aside() Lane // pictures, and small things beside it
	Ahead() Lane // the browser that starts ahead of a capture
	// Beside does something small that is not cancelled; leaving waits for it a while. What went wrong is
	// handed to failed on the window's goroutine, also after a lock, and to nobody once the window is gone.
	Beside(work func() error, failed func(error))
	// Life ends with the lock.
	Life() context.Context
}

// Vault is about what is open.
type Vault interface {
	App() *flow.App
	Folder() string // of the vault
	CodeMark() *CodeMark
	Locking() bool // the vault before is still being closed
	// Enter makes an unlocked vault the window's own.
	Enter(*flow.Session)
	Session() *flow.Session // nil while locked
	Desk() *Desk
	Stamps() Stamps
	LockMinutes() int // how long the window stays open without the person
}

// Device is about what lies around the window.
type Device interface {
	Now() time.Time
	Home() string // the person's home folder, where choosing a folder begins
	Copy(s string)
	CopySecret(s string) // goes from the clipboard after a while
	OpenFile(path string) error
}

// Stamps asks for missing timestamps in the background while the vault is open.
type Stamps interface {
	Soon()           // a round begins soon: something was kept without all its timestamps
	Stop()           // the person asks now
	Told() time.Time // when authorities are asked again; zero: not known
	Lane() Lane      // that it runs on
}

// Desk is what lies open from unlock to lock.
type Desk struct {
	Case     look.Case // its ID is empty if none is open
	Practice Practice
	Target   string   // exhibit that is to be taken down; empty: not said
	Refused  []string // files that are not imported until the vault is locked
}

// Practice is the running practice page, if any.
type Practice struct {
	CaseID  string
	Address string
	Stop    func()
}

// StopPractice ends the practice page.
func (d *Desk) StopPractice() {
	if d.Practice.Stop != nil {
		d.Practice.Stop()
	}
	d.Practice = Practice{}
}

// Stage is a window as its screens see it, with short names for what every screen
// uses.
type Stage struct{ Shell }

// T is a text of the window.
func (w *Stage) T(key string, pairs ...any) string { return w.Text().T("window."+key, pairs...) }

// N is a text of the window that depends on a number.
func (w *Stage) N(key string, n int, pairs ...any) string {
	return w.Text().N("window."+key, n, pairs...)
}

// Shared is the text of a key that window and report have in common; the fallback
// stands for a value that a later version may bring.
func (w *Stage) Shared(key, fallback string) string {
	if w.Text().Has(key) {
		return w.Text().T(key)
	}
	return evidence.Shorten(fallback, 120)
}

// Button is a button with a text of the window.
func (w *Stage) Button(kind widget.ButtonKind, key string, press func()) *widget.Button {
	return widget.NewButton(w.Keys(), kind, w.T(key), press)
}

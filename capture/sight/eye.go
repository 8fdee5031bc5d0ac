package sight

import (
	"sync"
	"time"

	protocol "github.com/chromedp/cdproto/browser"

	"constat/capture/record"
	"constat/capture/tab"
	"constat/capture/words"
	"constat/evidence"
)

// Eye looks at the page of one tab.
type Eye struct {
	fading   bool // parts of the page fade at the edges of the window
	tardy    bool // what a pane shows comes late, without any sign: each picture of it waits
	unsteady int  // pictures of such a pane that were taken while it was still changing
	tab      *tab.Tab
	address  string // as entered
	view     View
	limits   Limits
	now      func() time.Time
	kept     *record.Kept
	progress evidence.Progress
	window   bool // the person uses it

	framed  int           // pictures of frames of other sites
	under   int           // pictures of what a bar covered
	covered []span        // rows of the page that lie under something in every picture
	inside  float64       // rows of panes, the same
	closed  bool          // a consent overlay was closed
	waited  time.Duration // for what a page was loading at an edge, in this stage
	spent   time.Duration // the same of those before
	// restless is how many edges were waited at until a limit was over.
	restless int
	away     bool // the page is scrolled on while a part of it is pictured

	words []Words      // of the panes, and of a page that draws only what the window shows
	dates []words.Date // that stood in them

	// drawing is held while the browser makes a picture: it moves its view for that.
	drawing sync.Mutex
	shots   sync.WaitGroup // those of a window that are under way

	// Of a window that the person uses:
	lens      lens             // how large it shows the page
	outer     *protocol.Bounds // how it stood when its page was measured
	minimised bool             // so it was, and so it becomes again
}

// View is what the window shows: CSS pixels, and pixels of the picture for one of them.
type View struct{ Width, Height, Scale int }

// Limits bound what is pictured; all are needed.
type Limits struct {
	Settle  time.Duration // for late requests
	Scroll  time.Duration // scrolling the page, and once more its panes
	Picture time.Duration // one shot
	Record  time.Duration // one answer

	MaxHeight, MaxWidth int // pixels that are scrolled and pictured
	ScrollSteps         int // windows that a page is scrolled down
}

// Options are what an Eye is made of; all are needed, the view of a window excepted, which
// [Eye.Stand] finds.
type Options struct {
	Tab      *tab.Tab
	Address  string // as entered
	View     View
	Limits   Limits
	Now      func() time.Time
	Kept     *record.Kept
	Progress evidence.Progress
	Window   bool // the person uses it
}

// Open makes an Eye; it looks at nothing yet.
func Open(o Options) *Eye {
	return &Eye{
		tab:      o.Tab,
		address:  o.Address,
		view:     o.View,
		limits:   o.Limits,
		now:      o.Now,
		kept:     o.Kept,
		progress: o.Progress,
		window:   o.Window,
	}
}

// Words are the lines that stood in a pane, or in a page that draws only what the window shows, put together
// from all steps.
type Words struct {
	Page   bool
	Lines  []string
	Unread int // steps that were pictured and not read, or not to their end
}

// Words are those that were read on the way.
func (e *Eye) Words() []Words { return e.words }

// Dates are the dates told from now that stood there.
func (e *Eye) Dates() []words.Date { return e.dates }

// Rest waits for shots that nobody waits for any more: one would lay the page out anew.
func (e *Eye) Rest() { e.shots.Wait() }

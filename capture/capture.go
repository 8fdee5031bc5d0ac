package capture

import (
	"context"
	"errors"
	"sync"
	"time"

	"constat/capture/archive"
	"constat/capture/chrome"
	"constat/capture/record"
	"constat/capture/sight"
	"constat/capture/tab"
	"constat/evidence"
)

// Limits bound a capture. A zero field means its default.
type Limits struct {
	Launch  time.Duration // until the empty browser answers; default 30 s
	Load    time.Duration // until the page says that it has loaded; default 30 s
	Settle  time.Duration // after that, for late requests, fonts and pictures; default 4 s
	Scroll  time.Duration // scrolling the page, and once more its panes; default 20 s
	Picture time.Duration // one shot; default 20 s
	Record  time.Duration // one of text, MHTML, certificate; default 15 s
	Whole   time.Duration // everything; default 210 s

	MaxHeight int // pixels of page height that are scrolled and pictured; default 100,000
	MaxWidth  int // pixels of page width that are pictured; default 10,000
	// ScrollSteps is how many windows a page is scrolled down; default 300.
	ScrollSteps int
	MaxText     int   // characters of visible text; default 4,000,000
	MaxMHTML    int64 // bytes loaded by the page up to which MHTML is made; default 150 MB
	MaxBody     int64 // bytes of one body that goes into page.wacz; default 16 MB
	MaxBodies   int64 // bytes of all of them together; default 1 GB
	MaxFilms    int64 // bytes of films, and of a file that was opened, that are asked for once more; default 2 GB
}

func (l Limits) withDefaults() Limits {
	duration := func(d *time.Duration, def time.Duration) {
		if *d <= 0 {
			*d = def
		}
	}
	number := func(n *int, def int) {
		if *n <= 0 {
			*n = def
		}
	}
	duration(&l.Launch, 30*time.Second)
	duration(&l.Load, 30*time.Second)
	duration(&l.Settle, 4*time.Second)
	duration(&l.Picture, 20*time.Second)
	duration(&l.Record, 15*time.Second)
	duration(&l.Whole, 210*time.Second)
	duration(&l.Scroll, 20*time.Second)
	number(&l.MaxHeight, 100_000)
	number(&l.MaxWidth, 10_000)
	number(&l.ScrollSteps, 300)
	number(&l.MaxText, 4_000_000)
	if l.MaxMHTML <= 0 {
		l.MaxMHTML = 150 << 20
	}
	if l.MaxBody <= 0 {
		l.MaxBody = 16 << 20
	}
	if l.MaxBodies <= 0 {
		l.MaxBodies = 1 << 30
	}
	if l.MaxFilms <= 0 {
		l.MaxFilms = 2 << 30
	}
	return l
}

// What each room needs of them.
func (l Limits) tab() tab.Limits {
	return tab.Limits{Launch: l.Launch, Load: l.Load, Settle: l.Settle, Record: l.Record}
}

func (l Limits) sight() sight.Limits {
	return sight.Limits{
		Settle: l.Settle, Scroll: l.Scroll, Picture: l.Picture, Record: l.Record,
		MaxHeight: l.MaxHeight, MaxWidth: l.MaxWidth, ScrollSteps: l.ScrollSteps,
	}
}

func (l Limits) archive() archive.Limits {
	return archive.Limits{Record: l.Record, MaxBody: l.MaxBody, MaxBodies: l.MaxBodies}
}

// Config is what a [Recorder] is made of.
type Config struct {
	Executable chrome.Executable // from [chrome.Find]
	// WorkDir is a private folder of this program. Every capture makes its own
	// folder in it, with mode 0700, and removes it; see [chrome.Sweep]. It is created
	// if it is missing.
	WorkDir string
	// NoSandbox switches the browser's sandbox off. The record says so.
	NoSandbox bool
	// Practice marks the dated copy with [evidence.PracticeMark].
	Practice bool
	// TimeServer is asked for the time during a capture (NTP), as host or host:port; empty means none.
	TimeServer string
	// SystemTime says that TimeServer is what [SystemTimeServer] found; the record says so, also
	// where it found none.
	SystemTime bool
	// Warmer, if there is one, may have a browser ready; see [Recorder.Warm].
	Warmer *Warmer
	Limits Limits
	// Now is the clock; its location is the person's zone. Default time.Now.
	Now func() time.Time
}

// Recorder records pages. It is safe for concurrent use.
type Recorder struct {
	config Config
	// extraFlags are added to the browser's command line. Only tests set them.
	extraFlags []string
	// hooks let tests act in the middle of a capture.
	hooks hooks
	sign  func(hash string) (signature, publicKey []byte, err error)
}

// Signing is a Recorder that has web archives signed; see package wacz for what is signed, and how.
func (r *Recorder) Signing(sign func(hash string) (signature, publicKey []byte, err error)) *Recorder {
	signing := *r
	signing.sign = sign
	return &signing
}

// hooks are called at points of a capture that cannot be reached from outside.
type hooks struct {
	made   func(profile string)                    // the browser is about to start
	begun  func(stop context.CancelFunc)           // how the limit for the whole can be made to come
	loaded func(whole context.Context, t *tab.Tab) // the page has settled
	ending func(folder string)                     // just before the browser is ended
}

// New checks the configuration; it starts nothing.
func New(c Config) (*Recorder, error) {
	if c.Executable.Path == "" {
		return nil, errors.New("capture: no browser given")
	}
	if c.WorkDir == "" {
		return nil, errors.New("capture: no work folder given")
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	c.Limits = c.Limits.withDefaults()
	return &Recorder{config: c}, nil
}

// Capture is what was recorded of one page. Its fields go into the manifest as
// they are.
type Capture struct {
	Browser       evidence.Browser
	Request       evidence.Request // with the defaults filled in
	Page          evidence.Page
	Started       evidence.Moment
	Pictured      evidence.Moment // when the first view was taken; it is on the dated copy
	Finished      evidence.Moment
	Outcome       evidence.Outcome
	Problems      []evidence.Problem
	Clock         []evidence.ClockCheck
	Preconditions []evidence.Precondition
	Artifacts     []evidence.Artifact
	Redactions    []evidence.Redaction
}

// Default size of the window, in CSS pixels.
const (
	defaultViewWidth  = 1280
	defaultViewHeight = 900
)

// minimumView keeps the band legible and the layout sane.
const minimumView = 320

// maximumScale is the finest picture that is taken.
const maximumScale = 4

// Capture loads the address of the request and records it. See the package
// documentation for the artifacts. Zero fields of the request get defaults:
// 1280 × 900 pixels, or 412 × 915 in the phone view, at scale 1. A consent overlay
// that can be refused is refused at the very end, unless the request says to leave it,
// and the page is pictured once more; see [evidence.UncoveredName].
//
// The error is an [*AddressError], [*chrome.StartError], [*BrowserGoneError],
// [*NetworkError], the context's, or the sink's. With an error there is no
// Capture.
func (r *Recorder) Capture(
	ctx context.Context,
	req evidence.Request,
	sink evidence.Sink,
	progress evidence.Progress,
) (c *Capture, err error) {
	u, err := ParseAddress(req.Address)
	if err != nil {
		return nil, err
	}
	if progress == nil {
		progress = evidence.NoProgress{}
	}
	req.Window, req.Zoom, req.ScreenScale, req.Pinch = false, 0, 0, 0 // that is what [Window.Keep] says
	req = withDefaults(req)
	started := evidence.MomentOf(r.config.Now())
	whole, stop := context.WithTimeout(ctx, r.config.Limits.Whole)
	defer stop()
	if r.hooks.begun != nil {
		r.hooks.begun(stop)
	}

	progress.Step(evidence.StepBrowser)
	b, err := r.obtain(whole, req)
	if err != nil {
		return nil, wholeError(ctx, err, req.Address)
	}
	defer func() {
		if removeErr := b.Close(); removeErr != nil && err == nil {
			// Nothing is lost; the next Sweep tries again.
			c.Problems = append(c.Problems, evidence.Problem{Code: record.ProblemFolderStays})
		}
	}()
	leave := sync.OnceFunc(func() {
		if r.hooks.ending != nil {
			r.hooks.ending(b.Folder())
		}
		b.End()
	})
	defer leave()
	// A cancelled capture does not wait for its steps to notice.
	unhook := context.AfterFunc(ctx, b.End)
	defer unhook()
	t, err := r.open(whole, b, req)
	if err != nil {
		return nil, wholeError(ctx, err, req.Address)
	}
	kept := record.Keep(ctx, sink)
	w := r.way(b, req, t, kept, progress)
	w.started, w.notes = started, t.Notes()
	if r.config.TimeServer != "" {
		w.asked = r.askTime(whole)
	}
	if !req.Light {
		w.archive, err = archive.Begin(whole, t, kept, r.config.Limits.archive(), r.config.Now, r.sign)
		if err != nil {
			return nil, wholeError(ctx, err, req.Address)
		}
		defer w.archive.Abandon()
	}
	c, err = w.follow(whole, func(whole context.Context) (arrival, error) {
		return w.load(whole, u.String(), r.hooks.loaded)
	}, func() { go leave() })
	if err != nil {
		return nil, wholeError(ctx, err, req.Address)
	}
	return c, nil
}

// way is a capture that begins now.
func (r *Recorder) way(b *browser, req evidence.Request, t *tab.Tab, kept *record.Kept, progress evidence.Progress) *way {
	c := r.config
	return &way{
		config: c, request: req, started: evidence.MomentOf(c.Now()), browser: b, tab: t, kept: kept, progress: progress,
		eye: sight.Open(sight.Options{
			Tab: t, Address: req.Address, View: sight.View{Width: req.ViewWidth, Height: req.ViewHeight, Scale: req.Scale},
			Limits: c.Limits.sight(), Now: c.Now, Kept: kept, Progress: progress, Window: req.Window,
		}),
	}
}

// wholeError prefers the caller's reason for ending to what it led to, and
// names the limit for the whole as what it is.
func wholeError(ctx context.Context, err error, address string) error {
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case errors.Is(err, context.DeadlineExceeded):
		return &NetworkError{Code: tab.CodeNoAnswer, Kind: KindTimeout, Address: address}
	}
	return err
}

func withDefaults(req evidence.Request) evidence.Request {
	if req.Phone {
		if req.ViewWidth <= 0 {
			req.ViewWidth = phoneViewWidth
		}
		if req.ViewHeight <= 0 {
			req.ViewHeight = phoneViewHeight
		}
	}
	if req.ViewWidth <= 0 {
		req.ViewWidth = defaultViewWidth
	}
	if req.ViewHeight <= 0 {
		req.ViewHeight = defaultViewHeight
	}
	req.ViewWidth = min(max(req.ViewWidth, minimumView), sight.TileHeight)
	req.ViewHeight = min(max(req.ViewHeight, minimumView), sight.TileHeight)
	req.Scale = min(max(req.Scale, 1), maximumScale)
	return req
}

package capture

import (
	"context"
	"errors"
	"strings"
	"time"

	"constat/capture/archive"
	"constat/capture/exchange"
	"constat/capture/record"
	"constat/capture/sight"
	"constat/capture/tab"
	"constat/capture/wacz"
	"constat/evidence"
)

// way is what the stages of one capture share. What one of them finds it returns.
type way struct {
	config   Config
	request  evidence.Request
	started  evidence.Moment
	browser  *browser
	tab      *tab.Tab
	eye      *sight.Eye
	archive  *archive.Archive // nil where there is none
	kept     *record.Kept
	notes    *record.Notes
	progress evidence.Progress
	heard    []archive.Playlist  // lists of films in pieces
	read     map[string]filmList // the same, as far as they were understood, by their addresses
	local    bool                // the page is of the local network itself
	looked   int                 // pieces that they name, see mostPieces
	fed      fedFilms            // films of which the page had less than all
	asked    <-chan timeAnswer   // nil: no time server is to be asked
}

// arrival is how a page came to be shown.
type arrival struct {
	glimpse    *sight.Glimpse          // of it as it had settled, if there was time for one
	beginnings []evidence.Precondition // of the browser, and of how the page was reached
}

// follow is the whole way of a capture, once there is a tab: load → look → picture → scroll →
// picture → record → archive → judge. The context has the limit for the whole. The first view makes
// a capture usable: what fails before it is an error, what fails later a problem; but for the sink
// and the end of the caller, who gets no capture then. Nothing more is asked of the page once leave
// is called, and the dated copy is written meanwhile.
func (w *way) follow(ctx context.Context, arrive func(context.Context) (arrival, error), leave func()) (*Capture, error) {
	came, err := arrive(ctx)
	if err != nil {
		return nil, err
	}
	page := w.look()
	first, err := w.eye.FirstView(ctx, w.eye.Viewer(ctx, page.facts.MediaType, came.glimpse))
	if err != nil {
		return nil, err
	}
	scrolled, pictured := sight.NotScrolled(), first.Alone()
	defer func() { pictured.Abandon() }()
	var mhtml *serialized
	drawn := func() {
		if may, _ := w.serializable(); may {
			mhtml = w.serialize(ctx)
		}
	}
	if !w.request.Light {
		scrolled = w.eye.Scroll(ctx)
		picturing, done := leaving(ctx, w.config.Limits.Whole/5)
		pictured, err = w.eye.Page(picturing, sight.Task{First: first, Band: w.band(page), Shown: page.Shown, Drawn: drawn})
		if err == nil && pictured.Whole {
			err = w.eye.Panes(picturing, scrolled)
			if err == nil && !scrolled.Unasked() {
				frames, silent := w.frames(picturing)
				err = w.eye.Foreign(picturing, frames, silent)
			}
		}
		done()
		if err != nil {
			return nil, err
		}
	}
	texts, err := w.record(ctx, page, mhtml)
	if err != nil {
		return nil, err
	}
	// What the page loads once its overlay is refused is not what was found.
	archived, err := w.archive.Finish(ctx, archivedPage(page, texts.title, w.started))
	if err == nil && !w.request.Light && !w.request.LeaveOverlays {
		err = w.eye.Uncover(ctx)
	}
	if err != nil {
		return nil, err
	}
	w.eye.NoteCovered(ctx)
	opened, asked, pieces, err := w.again(ctx, page)
	if err != nil {
		return nil, err
	}
	w.archive.NoteFilms(keptFilms(asked))
	w.noteJoined(pieces)
	names := w.names(ctx, page)
	w.lastLook()
	leave()
	if err := errors.Join(pictured.Finish(w.progress), w.kept.Ended()); err != nil {
		return nil, err
	}
	return w.judge(findings{
		came: came, page: page, first: first, scrolled: scrolled, pictured: pictured, texts: texts, archived: archived, names: names,
		opened: opened, asked: asked, pieces: pieces,
	}), nil
}

// frames are those that the page cannot look into, and how many of them do not answer or are too many.
func (w *way) frames(ctx context.Context) (list []*tab.Frame, silent int) {
	foreign, silent := w.archive.Foreign(ctx)
	own, more := w.tab.Frames(ctx)
	return append(own, foreign...), silent + more
}

// leaving is a context that ends so long before the other does, so that there is time for what follows: of a
// page of very many elements one picture takes seconds.
func leaving(ctx context.Context, rest time.Duration) (context.Context, context.CancelFunc) {
	end, ok := ctx.Deadline()
	if !ok {
		return context.WithCancel(ctx)
	}
	return context.WithDeadline(ctx, end.Add(-rest))
}

// load asks for the address of the request, and waits until its page has settled.
func (w *way) load(ctx context.Context, address string, loaded func(context.Context, *tab.Tab)) (arrival, error) {
	empty := lookEmpty(ctx, w.tab, w.config.Limits.Record)
	w.browser.resolver.Ready(ctx)
	w.progress.Step(evidence.StepLoad)
	glimpse, err := tab.Load(ctx, w.tab, address, w.eye.Glimpse)
	if err == nil && loaded != nil {
		loaded(ctx, w.tab)
	}
	return arrival{glimpse: glimpse, beginnings: empty.preconditions(w.browser)}, err
}

// shownPage is a page as it had loaded. What happens to it later is a problem of its own.
type shownPage struct {
	tab.Shown
	facts evidence.Page
	left  []evidence.Redaction // of the way to it
}

// answered is the request that the shown document came with; nil if that is not known.
func (p shownPage) answered() *exchange.Hop {
	for i := len(p.Way) - 1; i >= 0; i-- {
		if h := p.Way[i].Last(); h != nil && h.Response != nil {
			return h
		}
	}
	return nil
}

// look takes over the facts of the page as it has loaded.
func (w *way) look() shownPage {
	p := shownPage{Shown: w.tab.Shown()}
	if w.request.Window {
		p.Way, p.left = documentAlone(w.tab)
	}
	p.facts.FinalAddress = p.Address
	var cut evidence.Said
	if p.facts.Redirects, cut = bounded(redirects(p.Way)); cut.Detail != "" {
		w.notes.Add(record.ProblemWayCut, cut)
	}
	if h := p.answered(); h != nil {
		pageFacts(&p.facts, h)
	}
	w.browser.resolver.End()
	return p
}

// band is what stands over the dated copy.
func (w *way) band(p shownPage) sight.Band {
	b := sight.Band{Address: p.Address}
	if entered := strings.TrimSpace(w.request.Address); !sameAddress(entered, p.Address) {
		b.Entered = entered
	}
	if w.config.Practice {
		b.Mark = evidence.PracticeMark
	}
	return b
}

// sameAddress ignores what a browser adds to an address by itself.
func sameAddress(entered, final string) bool {
	u, err := ParseAddress(entered)
	if err != nil {
		return false
	}
	if u.Path == "" {
		u.Path = "/"
	}
	u.Host = strings.ToLower(u.Host)
	return u.String() == final || entered == final
}

// archivedPage is what a player opens: the address of the document as it was
// asked for last, and when it came.
func archivedPage(p shownPage, title string, started evidence.Moment) wacz.Page {
	a := wacz.Page{URL: p.Address, Title: title, Date: started.UTC}
	if h := p.answered(); h != nil {
		a.URL, a.Date = exchange.WithoutUser(h.URL), h.At
	}
	a.URL, _, _ = strings.Cut(a.URL, "#")
	return a
}

// lastLook notes what the page and the browser still tell, before the browser is ended.
func (w *way) lastLook() {
	w.tab.NoteFailures()
	if w.tab.Gone() {
		w.notes.Add(record.ProblemBrowserGone, evidence.Said{})
	} else if w.tab.Crashed() {
		w.notes.Add(record.ProblemPageCrashed, evidence.Said{})
	}
}

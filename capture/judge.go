package capture

import (
	"os"
	"slices"

	"constat/capture/device"
	"constat/capture/exchange"
	"constat/capture/record"
	"constat/capture/sight"
	"constat/evidence"
)

// findings are what the stages of a capture found, from which it is judged.
type findings struct {
	came     arrival
	page     shownPage
	first    *sight.First
	scrolled sight.Scrolled
	pictured *sight.Pictured
	texts    texts
	archived []evidence.Redaction
	names    resolved
	opened   bool      // the address is that of a file, which was kept whole
	asked    []fetched // what was asked for once more
	pieces   []*pieced // films in pieces
}

// judge draws the sum: outcome, clock and preconditions.
func (w *way) judge(f findings) *Capture {
	c := &Capture{
		Browser: w.browser.Facts, Request: w.request, Page: f.page.facts, Started: w.started, Pictured: f.first.Pictured,
		Artifacts:  w.kept.Artifacts(),
		Redactions: append([]evidence.Redaction{}, slices.Concat(f.page.left, f.texts.left, f.archived)...),
	}
	c.Page.Title, c.Page.Names, c.Page.Dates = f.texts.title, f.names.answers, f.texts.dates
	c.Page.Width, c.Page.Height, c.Page.PageHeight = f.pictured.Width, f.pictured.Height, f.pictured.PageHeight
	if c.Page.TLS != nil {
		c.Page.TLS.LeafSHA256 = f.texts.leaf
	}
	outcome := evidence.Complete
	h := f.page.answered()
	if h != nil {
		outcome = w.noteStatus(h)
	}
	if found := f.texts.found; found.Outcome != "" && (outcome == evidence.Complete || outcome == found.Outcome) {
		outcome = found.Outcome
		w.notes.Add(record.ProblemRecognised, found.Reason)
	}
	c.Problems = w.notes.Problems()
	if outcome == evidence.Complete {
		switch {
		case f.pictured.Blank && !f.opened:
			outcome = evidence.Blank
		case slices.ContainsFunc(c.Problems, func(p evidence.Problem) bool {
			// What the browser's viewer shows of a file, and what the archive has of it, costs nothing then.
			return lessens(p) && !(f.opened && (p.Code == record.ProblemViewer || p.Code == record.ProblemWACZIncomplete))
		}):
			outcome = evidence.Partial
		}
	}
	c.Outcome = outcome
	c.Finished = evidence.MomentOf(w.config.Now())
	var clocks []evidence.Precondition
	c.Clock, clocks = clocksOf(w.config, w.asked, h)
	slices.SortStableFunc(c.Artifacts, func(a, b evidence.Artifact) int { return place(a.Name) - place(b.Name) })
	c.Preconditions = append(preconditions(c, f), clocks...)
	return c
}

// noteStatus adds a problem for an answer that is an error and is not an
// outcome of its own.
func (w *way) noteStatus(h *exchange.Hop) evidence.Outcome {
	outcome, bad := outcomeOf(h)
	if bad && outcome == evidence.Complete {
		w.notes.Add(record.ProblemHTTPStatus, evidence.Say("", "{#status}", h.Response.Status))
	}
	return outcome
}

// lessens tells a problem that costs the record something of the page from one
// that is only worth knowing.
func lessens(p evidence.Problem) bool {
	switch p.Code {
	case record.ProblemDialog,
		record.ProblemMHTMLLeftOut,
		record.ProblemWACZLeftOut,
		record.ProblemFolderStays,
		record.ProblemStreams,
		record.ProblemOverlayClosed,
		record.ProblemOverlayStays,
		record.ProblemUncoveredCut,
		record.ProblemPopup,
		record.ProblemDownload,
		record.ProblemProgram,
		record.ProblemChainsLeft,
		record.ProblemWayCut:
		return false
	}
	return true
}

// place orders artifacts as a reader looks at them.
func place(name string) int {
	switch {
	case evidence.IsFilm(name):
		return 0
	case evidence.IsFilmPart(name):
		name = evidence.WACZName // beside it
	}
	order := []string{evidence.FirstViewName, "", "", "", evidence.DatedName, evidence.MHTMLName, evidence.TextName, evidence.UnseenName,
		evidence.WACZName, evidence.HeadersName, evidence.TLSChainName, evidence.TLSChainsName}
	if evidence.IsTile(name) {
		return 1
	}
	if evidence.IsStep(name) || evidence.IsUnder(name) {
		return 2
	}
	if evidence.IsUncovered(name) {
		return 3
	}
	if i := slices.Index(order, name); i >= 0 {
		return i
	}
	return len(order)
}

// preconditions is the checklist after NF Z67-147, as far as a capture can
// know. It never claims conformity.
func preconditions(c *Capture, f findings) []evidence.Precondition {
	state := func(ok bool) evidence.PreconditionState {
		if ok {
			return evidence.Met
		}
		return evidence.NotMet
	}
	byLink := evidence.Say("entered", "address entered").Precondition(record.ItemByLink, evidence.NotMet)
	if c.Request.Window { // the person went where they wanted in it before; how, nobody recorded
		byLink = evidence.Say("window", "window").Precondition(record.ItemByLink, evidence.NotChecked)
	}
	var product, remote evidence.Said
	if c.Browser.Product != "" {
		product = evidence.Say("", "{product}", c.Browser.Product)
	}
	if c.Page.RemoteAddress != "" {
		remote = evidence.Say("", "{address}", c.Page.RemoteAddress)
	}
	return append(
		f.came.beginnings,
		device.Proxy(os.Getenv),
		product.Precondition(record.ItemVersions, state(c.Browser.Product != "")),
		evidence.Say("", "{started} / {pictured} / {finished}", c.Started.Local, c.Pictured.Local, c.Finished.Local).
			Precondition(record.ItemStartEnd, evidence.Met),
		remote.Precondition(record.ItemRemoteAddress, state(c.Page.RemoteAddress != "")),
		byLink,
		evidence.Precondition{Item: record.ItemSandbox, State: state(c.Browser.Sandbox)},
		f.scrolled.Precondition(),
		device.NameServers(),
		f.names.precondition,
		askedAgain(f.asked, f.pieces, c.Request.NoFilms),
		phonePrecondition(c.Request, c.Browser.UserAgent),
		evidence.Precondition{Item: record.ItemLocalAddresses, State: evidence.NotChecked},
		evidence.Precondition{Item: record.ItemNetworkCapture, State: evidence.NotMet},
	)
}

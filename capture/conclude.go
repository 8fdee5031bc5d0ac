package capture

import (
	"context"
	"os"
	"slices"

	"constat/capture/device"
	"constat/capture/exchange"
	"constat/capture/record"
	"constat/evidence"
)

// pageKnown takes over the facts of the page as it has loaded. What happens to
// it later is a problem of its own.
func (t *taking) pageKnown() {
	t.known = t.Shown()
	if t.visible {
		t.known.Way = t.documentAlone()
	}
	t.navigations = t.known.Way
	p := &t.capture.Page
	p.FinalAddress = t.known.Address
	var cut string
	if p.Redirects, cut = bounded(redirects(t.navigations)); cut != "" {
		t.Notes().Add(record.ProblemWayCut, "%s", cut)
	}
	if h := t.answered(); h != nil {
		pageFacts(p, h)
	}
	t.browser.resolver.End()
}

// answered is the request that the shown document came with.
func (t *taking) answered() *exchange.Hop {
	for i := len(t.navigations) - 1; i >= 0; i-- {
		if h := t.navigations[i].Last(); h != nil && h.Response != nil {
			return h
		}
	}
	return nil
}

// lastLook notes what the page and the browser still tell, before the browser is ended.
func (t *taking) lastLook(whole context.Context) {
	t.named = t.nameAnswers(whole)
	t.NoteFailures()
	if t.Gone() {
		t.Notes().Add(record.ProblemBrowserGone, "")
	} else if t.Crashed() {
		t.Notes().Add(record.ProblemPageCrashed, "")
	}
}

// conclude draws the sum: outcome, clock and preconditions.
func (t *taking) conclude() {
	c := t.capture
	outcome := evidence.Complete
	h := t.answered()
	if h != nil {
		outcome = t.noteStatus(h)
	}
	if t.found.Outcome != "" && (outcome == evidence.Complete || outcome == t.found.Outcome) {
		outcome = t.found.Outcome
		t.Notes().Add(record.ProblemRecognised, "%s", t.found.Reason)
	}
	c.Problems = t.Notes().Problems()
	if outcome == evidence.Complete {
		switch {
		case t.blank:
			outcome = evidence.Blank
		case slices.ContainsFunc(c.Problems, lessens):
			outcome = evidence.Partial
		}
	}
	c.Outcome = outcome
	c.Finished = evidence.MomentOf(t.now())
	var clocks []evidence.Precondition
	c.Clock, clocks = t.clocks(h)
	if c.Redactions == nil {
		c.Redactions = []evidence.Redaction{}
	}
	slices.SortStableFunc(c.Artifacts, func(a, b evidence.Artifact) int { return place(a.Name) - place(b.Name) })
	c.Preconditions = append(t.preconditions(), clocks...)
}

// noteStatus adds a problem for an answer that is an error and is not an
// outcome of its own.
func (t *taking) noteStatus(h *exchange.Hop) evidence.Outcome {
	outcome, bad := outcomeOf(h)
	if bad && outcome == evidence.Complete {
		t.Notes().Add(record.ProblemHTTPStatus, "%d", h.Response.Status)
	}
	return outcome
}

// lessens tells a problem that costs the record something of the page from one
// that is only worth knowing.
func lessens(p evidence.Problem) bool {
	switch p.Code {
	case record.ProblemDialog, record.ProblemMHTMLLeftOut, record.ProblemWACZLeftOut, record.ProblemFolderStays, record.ProblemStreams, record.ProblemOverlayClosed, record.ProblemOverlayStays, record.ProblemUncoveredCut,
		record.ProblemPopup, record.ProblemDownload, record.ProblemProgram, record.ProblemChainsLeft, record.ProblemWayCut:
		return false
	}
	return true
}

// place orders artifacts as a reader looks at them.
func place(name string) int {
	order := []string{evidence.FirstViewName, "", "", "", evidence.DatedName, evidence.MHTMLName, evidence.TextName,
		evidence.WACZName, evidence.HeadersName, evidence.TLSChainName, evidence.TLSChainsName}
	if evidence.IsTile(name) {
		return 1
	}
	if evidence.IsStep(name) {
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
func (t *taking) preconditions() []evidence.Precondition {
	c := t.capture
	state := func(ok bool) evidence.PreconditionState {
		if ok {
			return evidence.Met
		}
		return evidence.NotMet
	}
	byLink := evidence.Precondition{Item: record.ItemByLink, State: evidence.NotMet, Detail: "address entered"}
	beginnings := t.empty.preconditions
	if c.Request.Window { // the person went where they wanted in it before; how, nobody recorded
		byLink.State, byLink.Detail = evidence.NotChecked, "window"
		beginnings = windowPreconditions
	}
	return append(beginnings(t.browser),
		device.Proxy(os.Getenv),
		evidence.Precondition{Item: record.ItemVersions, State: state(c.Browser.Product != ""), Detail: c.Browser.Product},
		evidence.Precondition{Item: record.ItemStartEnd, State: evidence.Met, Detail: c.Started.Local + " / " + c.Pictured.Local + " / " + c.Finished.Local},
		evidence.Precondition{Item: record.ItemRemoteAddress, State: state(c.Page.RemoteAddress != ""), Detail: c.Page.RemoteAddress},
		byLink,
		evidence.Precondition{Item: record.ItemSandbox, State: state(c.Browser.Sandbox)},
		t.scrolled.precondition(),
		device.NameServers(), t.named,
		phonePrecondition(c.Request, c.Browser.UserAgent),
		evidence.Precondition{Item: record.ItemLocalAddresses, State: evidence.NotChecked},
		evidence.Precondition{Item: record.ItemNetworkCapture, State: evidence.NotMet},
	)
}

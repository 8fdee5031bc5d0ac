package keep

import (
	"math"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"constat/app/flow/look"
	"constat/app/flow/proof"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
)

// earliest returns the first of the verified times. Nothing else may be shown
// as a time that is proven.
func earliest(e look.Exhibit) (proof.Timestamp, int) {
	var first proof.Timestamp
	n := 0
	for _, t := range e.Timestamps {
		if t.State != proof.Verified || t.Time == nil {
			continue
		}
		if n++; n == 1 || t.Time.Before(*first.Time) {
			first = t
		}
	}
	return first, n
}

// clockTolerance is the difference that is not worth a line.
const clockTolerance = 2.0

// provenCard says in words what the timestamps prove.
func provenCard(w *stage.Stage, e look.Exhibit) fyne.CanvasObject {
	objects := []fyne.CanvasObject{widget.NewText(widget.Strong(w.T("proof.title")))}
	first, n := earliest(e)
	if n == 0 {
		objects = append(objects, widget.Point(widget.ToneLook, "clock",
			widget.Stack(0, widget.NewText(widget.Plain(w.T("proof.no-time"))), widget.NewText(widget.SmallMute(w.T("proof.no-time-do"))))))
	} else {
		at := first.Time.In(w.Now().Location())
		key := "proof.existed"
		if e.Kind == evidence.AddressOnly {
			key = "proof.noted"
		} else if e.Kind == evidence.Rechecked {
			key = "proof.visited"
		}
		zone := w.Text().Zone(at)
		if first.Accuracy > 0 {
			zone += ", ± " + w.Text().Decimal(first.Accuracy, digitsFor(first.Accuracy)) + " s"
		}
		words := widget.Marked(w.Text().N("window."+key, len(e.Artifacts), "When", w.Text().DateTime(at), "Zone", zone))
		objects = append(
			objects,
			widget.Point(
				widget.ToneOK,
				"check",
				widget.Stack(0, widget.NewText(words...), widget.NewText(widget.SmallMute(w.N("proof.services", n)))),
			),
			widget.Point(
				widget.ToneOK,
				"check",
				widget.NewText(widget.Plain(w.T("proof.unchanged")+" · "), widget.Mono(e.ManifestSHA256.Grouped()[:14]+" …")),
			),
		)
	}
	if met(e, "fresh-profile") {
		objects = append(objects, widget.Point(widget.ToneOK, "check", widget.NewText(widget.Plain(w.T("proof.fresh")))))
	}
	if e.Phone {
		objects = append(objects, widget.Point(widget.ToneQuiet, "ring", widget.NewText(widget.Plain(w.T("proof.phone")))))
	}
	if line := clockLine(w, e, first); line != nil {
		objects = append(objects, line)
	}
	return widget.Card(objects...)
}

// clockLine says how this device's clock compared with others: the first that
// it differed from, or else that it agreed with the service of the time shown.
func clockLine(w *stage.Stage, e look.Exhibit, first proof.Timestamp) fyne.CanvasObject {
	differs := func(seconds float64) fyne.CanvasObject {
		key := "proof.clock-ahead"
		if seconds < 0 {
			key = "proof.clock-behind"
		}
		return widget.Point(widget.ToneLook, "look", widget.NewText(
			widget.Plain(w.T(key, "Seconds", w.Text().Decimal(math.Abs(seconds), 1))+" "), widget.Muted(w.T("proof.in-report"))))
	}
	for _, c := range e.Manifest.Clock {
		if math.Abs(c.OffsetSecs) >= clockTolerance {
			return differs(c.OffsetSecs)
		}
	}
	c := first.Clock
	switch {
	case c == nil:
		return nil
	case math.Abs(c.Offset)-c.Uncertainty >= clockTolerance:
		return differs(c.Offset)
	}
	return widget.Point(
		widget.ToneOK,
		"check",
		widget.NewText(widget.Plain(w.T("proof.clock-agrees", "Seconds", w.Text().Decimal(math.Abs(c.Offset)+c.Uncertainty, 1)))),
	)
}

// digitsFor shows a second as "1" and a millisecond as "0.001".
func digitsFor(seconds float64) int {
	switch {
	case seconds >= 1 && seconds == math.Trunc(seconds):
		return 0
	case seconds >= 0.1:
		return 1
	}
	return 3
}

func met(e look.Exhibit, item string) bool {
	return slices.ContainsFunc(e.Manifest.Precondition, func(p evidence.Precondition) bool {
		return p.Item == item && p.State == evidence.Met
	})
}

func notProvenCard(w *stage.Stage, e look.Exhibit) fyne.CanvasObject {
	key := "proof.not-how"
	if e.Kind == evidence.AddressOnly {
		key = "proof.not-address"
	} else if e.Kind == evidence.Import {
		key = "import.not-proven"
	} else if e.Kind == evidence.Rechecked {
		key = "recheck.limits"
	}
	return widget.Card(widget.NewText(widget.Strong(w.T("proof.not"))), widget.NewText(widget.Muted(w.T(key))))
}

// moment shows one instant on the device's clock and in UTC.
func moment(w *stage.Stage, m evidence.Moment) []widget.Span {
	local := m.UTC.In(w.Now().Location())
	if at, err := time.Parse(time.RFC3339Nano, m.Local); err == nil {
		local = at
	}
	spans := []widget.Span{widget.Small(w.Text().DateTime(local) + " (" + w.Text().Zone(local) + ")")}
	if _, offset := local.Zone(); offset != 0 {
		spans = append(spans, widget.SmallMute(" · "+w.Text().Clock(m.UTC.UTC())+" UTC"))
	}
	return spans
}

// factsCard shows what the person told, then what was noted by itself.
func (s *exhibitScreen) factsCard(w *stage.Stage) fyne.CanvasObject {
	e := s.e
	complete := w.Button(widget.ButtonQuiet, "facts.complete", func() { w.GoTo(&factsScreen{of: s}) })
	complete.Small()
	facts := []fyne.CanvasObject{widget.RowGrow(12, 0, widget.NewText(widget.Strong(w.T("facts.title"))), complete)}
	if told := toldLines(w, e.Facts, isFact); len(told) > 0 {
		facts = append(facts, widget.NewText(widget.SmallMute(w.T("facts.told"))))
		facts = append(facts, told...)
	} else {
		facts = append(facts, widget.NewText(widget.SmallMute(w.T("facts.none"))))
	}
	if known := platformFacts(w, e.Platform); len(known) > 0 {
		facts = append(facts, widget.Rule(), widget.NewText(widget.SmallMute(w.T("facts.from-address"))))
		facts = append(facts, known...)
	}
	return widget.Card(facts...)
}

// notedCard is what was noted by itself, behind one line that counts it.
func (s *exhibitScreen) notedCard(w *stage.Stage) fyne.CanvasObject {
	lines := s.noted(w)
	return s.fold(w, "noted", "", w.N("facts.noted-n", len(lines)), w.T("facts.noted-by"), func() []fyne.CanvasObject { return lines })
}

func (s *exhibitScreen) noted(w *stage.Stage) (facts []fyne.CanvasObject) {
	e := s.e
	add := func(key string, value ...widget.Span) { facts = append(facts, widget.Fact(w.T(key), value...)) }
	tiny := func(s string) widget.Span { return widget.Small(evidence.Shorten(s, 300)) }
	address := func(s string) widget.Span { return widget.Mono(evidence.Shorten(s, 400)) }

	if e.Address != "" {
		add("facts.address", address(e.Address))
	}
	if e.FinalAddress != "" && e.FinalAddress != e.Address {
		add("facts.final", address(e.FinalAddress))
	}
	if e.Title != "" {
		add("facts.name", tiny(e.Title))
	}
	if e.Kind == evidence.AddressOnly {
		add("facts.noted", moment(w, e.Started)...)
		return facts
	}
	add("facts.started", moment(w, e.Started)...)
	add("facts.finished", moment(w, e.Finished)...)
	if p := e.Manifest.Page; p != nil {
		if p.Status > 0 {
			add("facts.status", tiny(w.Text().Number(int64(p.Status))+" "+p.StatusText))
		}
		if p.RemoteAddress != "" {
			where := tiny(p.RemoteAddress)
			where.Mono, where.Size = true, widget.SizeMono
			spans := []widget.Span{where}
			if p.LocalNetwork {
				spans = append(spans, widget.SmallMute(" · "+w.T("facts.local")))
			}
			add("facts.server", spans...)
		}
		if p.TLS != nil {
			add("facts.tls", tiny(p.TLS.Protocol+" · "+p.TLS.Subject), widget.SmallMute(" · "+evidence.Shorten(p.TLS.Issuer, 120)))
		} else {
			add("facts.tls", widget.Small(w.T("facts.no-tls")))
		}
		if p.Width > 0 {
			add(
				"facts.size",
				widget.Small(w.T("facts.pixels", "Width", w.Text().Number(int64(p.Width)), "Height", w.Text().Number(int64(p.Height)))),
			)
		}
	}
	if r := e.Manifest.Request; r != nil && r.ViewWidth > 0 {
		add("facts.view", sight(w, r)...)
	}
	if b := e.Manifest.Browser; b != nil {
		spans := []widget.Span{tiny(b.Product)}
		if !b.Sandbox {
			spans = append(spans, widget.SmallMute(" · "+w.T("facts.no-sandbox")))
		}
		add("facts.browser", spans...)
	}
	return facts
}

// preconditionsCard is the checklist under which the page was kept, behind one line that counts it.
func (s *exhibitScreen) preconditionsCard(w *stage.Stage) fyne.CanvasObject {
	e, count := s.e, map[evidence.PreconditionState]int{}
	if len(e.Manifest.Precondition) == 0 {
		return nil
	}
	for _, p := range e.Manifest.Precondition {
		count[p.State]++
	}
	title := w.N("conditions.met", count[evidence.Met])
	if n := count[evidence.NotMet]; n > 0 {
		title += ", " + w.N("conditions.not-met", n)
	}
	if n := len(e.Manifest.Precondition) - count[evidence.Met] - count[evidence.NotMet]; n > 0 {
		title += ", " + w.N("conditions.not-checked", n)
	}
	return s.fold(w, "conditions", "", title, w.T("conditions.title"), func() (objects []fyne.CanvasObject) {
		for _, p := range e.Manifest.Precondition {
			t, name := widget.ToneQuiet, "ring"
			switch p.State {
			case evidence.Met:
				t, name = widget.ToneOK, "check"
			case evidence.NotMet:
				t, name = widget.ToneLook, "look"
			}
			objects = append(objects, widget.Point(t, name, widget.NewText(
				widget.Small(w.Shared("precondition."+p.Item, p.Item)),
				widget.SmallMute(" · "+w.Shared("precondition.state."+string(p.State), string(p.State))))))
		}
		return objects
	})
}

// fold is one line that stands for many: what it says is counted, what it holds is shown on request.
func (s *exhibitScreen) fold(w *stage.Stage, id, mark, title, right string, content func() []fyne.CanvasObject) fyne.CanvasObject {
	return widget.NewFold(w.Keys(), s.open[id], widget.ToneLook, mark, title, right, func() {
		if s.open == nil {
			s.open = map[string]bool{}
		}
		s.open[id] = !s.open[id]
		w.Refresh()
	}, content)
}

// stampsCard is the timestamps with their checks, behind one line that counts them.
func (s *exhibitScreen) stampsCard(w *stage.Stage) fyne.CanvasObject {
	e, checks, states := s.e, map[evidence.CheckState]int{}, map[proof.State]int{}
	for _, t := range e.Timestamps {
		states[t.State]++
		for _, c := range t.Checks {
			checks[c.State]++
		}
	}
	title, mark := w.N("stamps.passed", checks[evidence.Passed]), ""
	if n := checks[evidence.Failed]; n > 0 {
		title, mark = title+", "+w.N("stamps.failed", n), "look"
	}
	if n := checks[evidence.NotDone]; n > 0 {
		title += ", " + w.N("stamps.not-done", n)
	}
	var right []string
	for _, state := range []proof.State{proof.Verified, proof.Pending, proof.Rejected} {
		if n := states[state]; n > 0 {
			right = append(right, w.Text().T("timestamp.state."+string(state))+" ×"+w.Text().Number(int64(n)))
		}
	}
	if len(right) == 0 {
		right = append(right, w.T("stamps.none"))
	}
	return s.fold(w, "stamps", mark, title, w.T("stamps.title")+": "+strings.Join(right, ", "), func() []fyne.CanvasObject {
		objects := []fyne.CanvasObject{widget.NewText(widget.SmallMute(w.T("stamps.what")))}
		if len(e.Timestamps) == 0 {
			objects = append(objects, widget.NewText(widget.Muted(w.T("stamps.none"))))
		}
		for i, t := range e.Timestamps {
			if i > 0 {
				objects = append(objects, widget.Rule())
			}
			objects = append(objects, stampLines(w, t)...)
		}
		return objects
	})
}

func stampLines(w *stage.Stage, t proof.Timestamp) []fyne.CanvasObject {
	state := w.Text().T("timestamp.state." + string(t.State))
	var out []fyne.CanvasObject
	switch t.State {
	case proof.Verified:
		at := t.Time.In(w.Now().Location())
		out = append(out, widget.Point(widget.ToneOK, "check", widget.Stack(0,
			widget.NewText(widget.Strong(evidence.Shorten(t.Authority, 80)), widget.Plain(" · "+state)),
			widget.NewText(widget.Small(w.Text().DateTime(at)+" ("+w.Text().Zone(at)+")")))))
		for _, words := range stampFacts(w, t) {
			out = append(out, widget.Inset(0, 0, 0, 28, widget.NewText(widget.SmallMute(words))))
		}
	case proof.Rejected:
		out = append(out, widget.Point(widget.ToneLook, "look", widget.NewText(widget.Strong(evidence.Shorten(t.Authority, 80)), widget.Plain(" · "+state))),
			widget.Inset(0, 0, 0, 28, widget.NewText(widget.SmallMute(evidence.Shorten(proof.NotVerifiedWords(w.Text(), t.Checks), 400)))))
		return out
	default:
		why := ""
		if t.Reason != "" {
			why = " · " + w.Shared("window.reason."+t.Reason, t.Reason)
		}
		out = append(out, widget.Point(widget.ToneLook, "clock", widget.NewText(widget.Strong(evidence.Shorten(t.Authority, 80)), widget.Plain(" · "+state), widget.SmallMute(why))))
	}
	for _, c := range t.Checks {
		tn, name := widget.ToneQuiet, "ring"
		switch c.State {
		case evidence.Passed:
			tn, name = widget.ToneOK, "check"
		case evidence.Failed:
			tn, name = widget.ToneLook, "cross"
		}
		spans := []widget.Span{
			widget.Small(w.Shared("check."+c.Name, c.Name)),
			widget.SmallMute(" · " + w.Shared("check.state."+string(c.State), string(c.State))),
		}
		if c.State != evidence.Passed && c.Detail != "" {
			spans = append(spans, widget.SmallMute(" · "+evidence.Shorten(proof.CheckDetail(w.Text(), c), 160)))
		}
		out = append(out, widget.Inset(0, 0, 0, 28, widget.Point(tn, name, widget.NewText(spans...))))
	}
	return out
}

// stampFacts are what else is known of a verified timestamp: the gap to the
// capture, the device's clock, and what a source said of the service.
func stampFacts(w *stage.Stage, t proof.Timestamp) []string {
	var out []string
	for _, said := range []string{proof.ListedWords(w.Text(), t), proof.StandsWords(w.Text(), t)} {
		if said != "" {
			out = append(out, evidence.Shorten(said, 400)) // it names what a list names
		}
	}
	if t.Gap != nil {
		out = append(out, proof.GapWords(w.Text(), *t.Gap, t.Tries))
	}
	if t.Clock != nil {
		out = append(out, proof.ClockWords(w.Text(), *t.Clock))
	}
	if day, err := time.Parse(time.DateOnly, t.LabelOn); err == nil {
		out = append(out, w.Text().T("timestamp.label."+t.Label, "Date", w.Text().Day(day)))
	}
	return out
}

// filesCard is every file with its digest, behind one line that counts them.
func (s *exhibitScreen) filesCard(w *stage.Stage) fyne.CanvasObject {
	e, digest := s.e, s.e.ManifestSHA256
	var bytes int64
	for _, a := range e.Artifacts {
		bytes += a.Size
	}
	title := w.N("files.title", len(e.Artifacts)) + ", " + w.Text().Bytes(bytes)
	return s.fold(w, "files", "", title, digest.Grouped()[:14]+" …", func() []fyne.CanvasObject {
		objects := []fyne.CanvasObject{
			widget.NewText(widget.Strong(w.T("hash.title"))), widget.NewText(widget.SmallMute(w.T("hash.what"))),
			widget.RowGrow(12, 0, widget.NewText(widget.Mono(digest.Grouped())),
				w.Button(widget.ButtonPlain, "copy", func() { w.Copy(digest.String()) })),
		}
		for _, a := range e.Artifacts {
			objects = append(objects, widget.Columns(
				12,
				200,
				420,
				widget.NewText(widget.Mono(evidence.Shorten(a.Name, 120))),
				widget.NewText(
					widget.Small(w.Shared("role."+a.Role, a.Role)+" · "+w.Text().Bytes(a.Size)),
					widget.MonoMute(" · "+evidence.Shorten(a.SHA256, 8)),
				),
			))
		}
		return objects
	})
}

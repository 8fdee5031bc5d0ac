package report

import (
	"context"
	"fmt"
	"math"
	"strings"
	"time"
	"unicode/utf8"

	"constat/bundle/detail"
	"constat/bundle/paper"
	"constat/evidence"
)

// Limits of text on paper; the manifest has it whole.
const (
	maxShown     = 1500 // characters of one text from outside
	maxCondition = 240  // of what was observed of a condition
	maxRedirects = 20
	maxListed    = 200 // rows of one table
)

// exhibit draws the first page of one exhibit: the picture, what there is to know, and a line of proof.
func (w *writer) exhibit(ctx context.Context, e Exhibit) error {
	m := e.Manifest
	w.newPage()
	w.firstOf[m.Exhibit] = w.Pages()
	w.Bookmark(m.Exhibit+" · "+w.name(m), 0)
	w.skip(1)
	w.lines(titleStyle, left, width, m.Exhibit+" · "+evidence.Shorten(w.name(m), 120))
	if a := address(m); a != "" {
		w.lines(mono, left, width, w.Cut(mono, a, width)) // whole among the facts
	} else if m.Kind == evidence.Import && len(m.Artifacts) > 0 {
		w.lines(mono, left, width, "data/exhibits/"+m.Exhibit+"/"+m.Artifacts[0].Name)
		if _, ok := claim(m, m.Artifacts[0].Name, claimOriginalName); ok {
			w.lines(smallGray, left, width, w.t.T("report.claim.name-note"))
		}
	}
	w.skip(2)
	rows := w.factsOf(e)
	w.need(panelBand + panelHeight + 12)
	end, some, err := w.panel(ctx, e)
	if err != nil {
		return err
	}
	if some {
		rows = w.beside(w.y, end, rows)
		w.y = end + 2
	}
	w.facts(40, rows)
	w.proofBox(e)
	w.rechecks(m)
	w.pictureList(e)
	w.dates(m)
	w.told(e)
	w.unshown(m)
	if err := w.mails(ctx, e); err != nil {
		return err
	}
	if err := w.accounts(ctx, e); err != nil {
		return err
	}
	return w.messages(ctx, e)
}

// proofBox says in two lines what is proven of an exhibit, and where the rest stands.
func (w *writer) proofBox(e Exhibit) {
	const pad = 2.6
	n := len(e.Manifest.Artifacts) + 1
	first, k := w.t.N("report.proof.untimed", n), verified(e.Stamps)
	if k > 0 {
		first = w.t.N("report.proof.timed", n, "When", w.moment(earliest(e.Stamps)))
	}
	passed, rest := 0, 0
	for _, s := range e.Stamps {
		for _, c := range s.Checks {
			if c.State == evidence.Passed {
				passed++
			} else {
				rest++
			}
		}
	}
	second := w.t.T("report.proof.services", "K", k, "Of", len(e.Stamps)) + " · " +
		w.t.T("report.proof.checks", "Passed", w.t.Number(int64(passed)), "Rest", w.t.Number(int64(rest))) + " · " + w.t.T("report.annex.page")
	lines := w.Wrap(bodyBold, first, width-2*pad)
	more := w.Wrap(body, second, width-2*pad-10)
	h := 2*pad + body.LineHeight()*float64(len(lines)+len(more))
	w.skip(2.4)
	w.need(h)
	w.Box(left, w.y, width, h, 1, "1234", frameWidth, 20)
	y, x := w.y+pad, 0.0
	w.In(paper.Paragraph, func() {
		for _, l := range lines {
			w.Text(left+pad, y+body.Ascent(), bodyBold, l)
			y += body.LineHeight()
		}
	})
	w.In(paper.Paragraph, func() {
		for _, l := range more {
			x = w.Text(left+pad, y+body.Ascent(), body, l+" ")
			y += body.LineHeight()
		}
		w.refer(annexKey(e), left+pad+x+0.4, y-body.LineHeight()+body.Ascent(), body)
	})
	w.y += h
}

func annexKey(e Exhibit) string { return "annex " + e.Manifest.Exhibit }

// annexes hold, exhibit by exhibit, what a checker reads and an officer need not:
// answers of authorities, conditions, files with their digests, claims.
func (w *writer) annexes() {
	for _, e := range w.in.Exhibits {
		w.facing(e)
		w.In(paper.Section, func() { w.annex(e) })
	}
}

func (w *writer) annex(e Exhibit) {
	w.newPage()
	w.firstOf[annexKey(e)] = w.Pages()
	title := w.t.T("report.annex.title", "Exhibit", e.Manifest.Exhibit)
	w.Bookmark(title, 0)
	w.skip(1)
	w.lines(titleStyle, left, width, title)
	w.In(paper.Paragraph, func() {
		x := w.Text(left, w.y+body.Ascent(), bodyGray, w.t.T("report.annex.back")+" ")
		w.refer(e.Manifest.Exhibit, left+x+0.4, w.y+body.Ascent(), bodyGray)
	})
	w.skip(body.LineHeight() + 2)
	w.facts(40, w.technical(e))
	w.stamps(e)
	w.conditions(e)
	w.files(e.Manifest)
	w.claims(e.Manifest)
}

// shown is text from outside, safe and of bearable length.
func (w *writer) shown(s string) string {
	n := len([]rune(s))
	if n <= maxShown {
		return evidence.Clean(s)
	}
	return evidence.Shorten(s, maxShown) + " " + w.t.T("report.fact.cut", "N", w.t.Number(int64(n)))
}

// shownAddress is an address among the facts: of a long one the beginning, and where all of it stands.
func (w *writer) shownAddress(m evidence.Manifest, s string) string {
	const shown, most = 300, 400
	s = evidence.Clean(s)
	n := utf8.RuneCountInString(s)
	if n <= most {
		return s
	}
	begin := string([]rune(s)[:shown])
	return begin + "… " + w.t.T("report.fact.cut-address", "N", w.t.Number(int64(n-shown)),
		"Path", "data/exhibits/"+m.Exhibit+"/"+evidence.ManifestName)
}

func (w *writer) factsOf(e Exhibit) []fact {
	m := e.Manifest
	rows := []fact{
		{w.t.T("report.fact.kind"), text(w.orCode("kind.", string(m.Kind)))},
		{w.recorded(m), text(w.span(m.Started.UTC, m.Finished.UTC))},
		{w.t.T("report.fact.outcome"), w.outcome(m)},
		{w.t.T("report.fact.problems"), w.problems(m.Problems)},
	}
	rows = append(rows, w.recheckFacts(m)...)
	rows = append(rows, w.pageFacts(m)...)
	rows = append(rows, w.platform(e.Platform)...)
	return rows
}

// technical are the facts that a checker needs.
func (w *writer) technical(e Exhibit) []fact {
	m := e.Manifest
	return append(w.answerFacts(m.Page), []fact{
		{w.t.T("report.fact.view"), w.sight(m.Request)},
		{w.t.T("report.fact.browser"), w.browser(m)},
		{w.t.T("report.fact.software"), text(evidence.Shorten(strings.TrimSpace(
			m.Software.Name+" "+m.Software.Version+" · "+m.Software.OS+" · "+m.Software.Arch), 300))},
		{w.t.T("report.fact.clock"), w.clock(m.Clock)},
		{w.t.T("report.fact.manifest"), cell{{grouped(evidence.Sum(e.ManifestBytes)), mono}}},
		{w.t.T("report.fact.log"), text(w.t.T("report.fact.log-line", "Seq", w.t.Number(int64(m.CustodyHead.Seq)),
			"Start", m.CustodyHead.SHA256.Grouped()[:19]))},
	}...)
}

// span is "lundi 23 novembre 2026, 11:42:07 → 11:42:14 UTC+1 (10:42:07 → 10:42:14 UTC)".
func (w *writer) span(from, to time.Time) string {
	a, b := from.In(w.loc), to.In(w.loc)
	s := w.t.Date(a) + ", " + w.t.Clock(a) + " → " + w.t.Clock(b) + " " + w.t.Zone(a)
	if w.t.Zone(a) != "UTC" {
		s += " (" + w.t.Clock(from.UTC()) + " → " + w.t.Clock(to.UTC()) + " UTC)"
	}
	return s
}

func (w *writer) outcome(m evidence.Manifest) cell {
	said := w.orCode("outcome.", string(m.Outcome))
	if m.Recheck == nil {
		said = w.result(m)
	}
	c := cell{{said, bodyBold}}
	if m.Page == nil || m.Page.Width == 0 {
		return c
	}
	size := w.t.T("report.fact.size", "Width", w.t.Number(int64(m.Page.Width)), "Height", w.t.Number(int64(m.Page.Height)))
	if m.Page.PageHeight > m.Page.Height {
		size += " · " + w.t.T("report.fact.taller", "Height", w.t.Number(int64(m.Page.PageHeight)))
	}
	return append(c, part{size, body})
}

func (w *writer) problems(ps []evidence.Problem) cell {
	var c cell
	for i, p := range ps {
		if i == maxListed {
			return append(c, part{w.t.T("report.fact.more", "N", len(ps)-i), body})
		}
		s := w.orCode("problem.", p.Code)
		if p.Detail != "" {
			s += " · " + w.shown(detail.Problem(w.t, p))
		}
		c = append(c, part{s, body})
	}
	return c
}

func (w *writer) pageFacts(m evidence.Manifest) []fact {
	var rows []fact
	if m.Request != nil {
		rows = append(rows, fact{w.t.T("report.fact.asked"), monoCell(w.shownAddress(m, m.Request.Address))})
	}
	p := m.Page
	if p == nil {
		return rows
	}
	if m.Request == nil || m.Request.Address != p.FinalAddress {
		rows = append(rows, fact{w.t.T("report.fact.final"), monoCell(w.shownAddress(m, p.FinalAddress))})
	}
	if p.LocalNetwork {
		rows = append(rows, fact{w.t.T("report.fact.network"), cell{{w.t.T("report.fact.local-network"), bodyBold}}})
	}
	return rows
}

// answerFacts are how the page came: the way to it, the server's answer, names, certificate.
func (w *writer) answerFacts(p *evidence.Page) []fact {
	if p == nil {
		return nil
	}
	var rows []fact
	var way cell
	for i, r := range p.Redirects {
		if i == maxRedirects {
			way = append(way, part{w.t.T("report.fact.more", "N", len(p.Redirects)-i), body})
			break
		}
		kind := evidence.Shorten(r.Kind, 40)
		if r.Status != 0 {
			kind += fmt.Sprintf(" %d", r.Status)
		}
		way = append(way, part{kind + ": " + evidence.Shorten(r.From, 300) + " → " + evidence.Shorten(r.To, 300), mono})
	}
	rows = append(rows, fact{w.t.T("report.fact.redirects"), way})

	var answer []string
	if p.Status != 0 {
		answer = append(answer, strings.TrimSpace(fmt.Sprintf("%d %s", p.Status, evidence.Shorten(p.StatusText, 60))))
	}
	for _, s := range []string{p.RemoteAddress, p.HTTPVersion, p.MediaType} {
		if s != "" {
			answer = append(answer, evidence.Shorten(s, 100))
		}
	}
	if p.ServerDate != "" {
		answer = append(answer, w.t.T("report.fact.server-date", "Date", evidence.Shorten(p.ServerDate, 60)))
	}
	if len(answer) > 0 {
		rows = append(rows, fact{w.t.T("report.fact.answer"), text(strings.Join(answer, " · "))})
	}
	if row, ok := w.names(p.Names); ok {
		rows = append(rows, row)
	}
	if t := p.TLS; t != nil {
		c := cell{{evidence.Shorten(t.Subject, 200) + " · " + evidence.Shorten(t.Protocol+" · "+t.Cipher, 100), body},
			{w.t.T("report.fact.issued", "Issuer", evidence.Shorten(t.Issuer, 200),
				"From", w.t.Day(t.ValidFrom.UTC()), "To", w.t.Day(t.ValidTo.UTC())), body}}
		if !t.LeafSHA256.IsZero() {
			c = append(c, part{t.LeafSHA256.String(), monoSmall})
		}
		rows = append(rows, fact{w.t.T("report.fact.certificate"), c})
	}
	return rows
}

// maxNames is how many hosts' answers are printed, that of the document first; the manifest has
// them all.
const maxNames = 3

// names is what the browser was told of the page's hosts.
func (w *writer) names(answers []evidence.NameAnswer) (fact, bool) {
	var c cell
	for i, a := range answers {
		if i == maxNames {
			c = append(c, part{w.t.T("report.fact.more", "N", len(answers)-i), body})
			break
		}
		names := evidence.Shorten(strings.Join(append([]string{a.Host}, a.Aliases...), " = "), 200)
		c = append(c, part{names + " → " + evidence.Shorten(strings.Join(a.Addresses, ", "), 200), mono})
		switch a.Source {
		case evidence.NamesDNS, evidence.NamesHTTPS, evidence.NamesSystem, evidence.NamesHosts:
			c = append(c, part{w.t.T("report.fact.names-" + a.Source), body})
		}
	}
	return fact{w.t.T("report.fact.names"), c}, len(c) > 0
}

// sight says how the page was seen: a site may show a phone something else.
func (w *writer) sight(r *evidence.Request) cell {
	if r == nil || r.ViewWidth == 0 {
		return nil
	}
	size := w.t.T("view.window", "Width", w.t.Number(int64(r.ViewWidth)), "Height", w.t.Number(int64(r.ViewHeight)), "Scale", r.Scale)
	c := text(w.t.T("view.computer") + " · " + size)
	if r.Window {
		c = cell{{w.t.T("view.own-window"), bodyBold}, {size, body}}
	}
	if r.Phone {
		c = cell{{w.t.T("view.phone"), bodyBold}, {size, body}}
	}
	if r.Zoom != 0 {
		c = append(c, part{w.t.T("view.zoom", "Zoom", r.Zoom), body})
	}
	if r.Pinch != 0 {
		c = append(c, part{w.t.T("view.pinch", "Pinch", r.Pinch), body})
	}
	if r.LeaveOverlays {
		c = append(c, part{w.t.T("view.overlays-left"), body})
	}
	if r.NoFilms {
		c = append(c, part{w.t.T("view.no-films"), body})
	}
	if r.FilmStills != 0 {
		c = append(c, part{w.t.T("view.film-stills", "N", r.FilmStills), body})
	}
	return c
}

func (w *writer) browser(m evidence.Manifest) cell {
	b := m.Browser
	if b == nil {
		return nil
	}
	c := cell{{evidence.Shorten(b.Product, 120), body}}
	if !b.Sandbox {
		c = append(c, part{w.t.T("report.fact.no-sandbox"), bodyBold})
	}
	if b.UserAgent != "" {
		c = append(c, part{evidence.Shorten(b.UserAgent, 300), monoSmall})
	}
	return c
}

func (w *writer) clock(cs []evidence.ClockCheck) cell {
	var c cell
	for _, k := range cs {
		if math.IsNaN(k.OffsetSecs) || math.IsInf(k.OffsetSecs, 0) {
			continue
		}
		sign := "+"
		if k.OffsetSecs < 0 {
			sign = "−"
		}
		digits := 1 // a header Date has whole seconds
		if k.Source == "ntp" {
			digits = 3
		}
		s := w.t.T(
			"report.fact.clock-line",
			"Source",
			w.orCode("clock.source.", k.Source),
			"Offset",
			sign+w.t.Decimal(math.Abs(k.OffsetSecs), digits),
		)
		if k.Detail != "" {
			s += " · " + w.shown(detail.Clock(w.t, k))
		}
		c = append(c, part{s, body})
	}
	return c
}

// files lists every artifact with its whole digest, and what was taken out.
func (w *writer) files(m evidence.Manifest) {
	if len(m.Artifacts) > 0 {
		w.head(w.t.T("report.file.title"), "data/exhibits/"+m.Exhibit+"/")
		cols := []column{
			{title: w.t.T("report.file.name"), width: 52},
			{title: w.t.T("report.file.bytes"), width: 24, right: true},
			{title: "SHA-256", width: width - 76},
		}
		var rows [][]cell
		for i, a := range m.Artifacts {
			if i == maxListed {
				rows = append(rows, []cell{text(w.t.T("report.fact.more", "N", len(m.Artifacts)-i)), nil, nil})
				break
			}
			name := monoCell(a.Name)
			if a.Role == evidence.Derived {
				name = append(name, part{w.t.T("report.file.derived"), small})
			}
			rows = append(rows, []cell{name, {{w.t.Number(a.Size), mono}}, {{a.SHA256.String(), monoSmall}}})
		}
		w.table(cols, rows)
	}
	w.skip(2.5)
	if len(m.Redactions) == 0 {
		if m.Kind == evidence.WebCapture {
			w.para(bodyGray, w.t.T("report.redaction.none"))
		}
		return
	}
	var out []string
	for i, r := range m.Redactions {
		if i == maxListed {
			out = append(out, w.t.T("report.fact.more", "N", len(m.Redactions)-i))
			break
		}
		if m.Kind == evidence.Import {
			out = append(out, fmt.Sprintf("%d × %s (%s)", r.Count, w.orCode("report.redaction.what.", r.What), evidence.Shorten(r.Place, 80)))
			continue
		}
		out = append(out, fmt.Sprintf("%d × %s (%s; %s)", r.Count, evidence.Shorten(r.What, 60), evidence.Shorten(r.Place, 80), evidence.Shorten(r.Reason, 120)))
	}
	key := "report.redaction.list"
	if m.Kind == evidence.Import { // the file that was handed over holds all of it
		key = "report.redaction.import"
	}
	w.para(bodyGray, w.t.T(key, "List", strings.Join(out, ", ")))
	var copies []string
	for _, a := range m.Artifacts {
		if _, ok := claim(m, a.Name, claimRemoved); ok && len(copies) < maxListed {
			copies = append(copies, a.Name)
		}
	}
	if len(copies) > 0 {
		w.para(bodyGray, w.t.T("report.redaction.copy", "List", strings.Join(copies, ", ")))
	}
}

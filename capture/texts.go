package capture

import (
	"context"
	"errors"
	"slices"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"constat/capture/recognise"
	"constat/capture/record"
	"constat/capture/words"
	"constat/evidence"
)

// texts is what came of the record besides its files.
type texts struct {
	title string
	found recognise.Finding    // what the page turned out to be, if not what was asked for
	leaf  evidence.Digest      // of the certificate of the page's origin
	left  []evidence.Redaction // of headers.json
	dates []evidence.RelativeDate
}

// record keeps what is not a picture. What cannot be had is a problem, also time that is up: there
// are pictures. Only the sink and the caller's end are errors.
func (w *way) record(ctx context.Context, page shownPage, begun *serialized) (texts, error) {
	w.progress.Step(evidence.StepRecord)
	var all texts
	// The headers are here already, so they come first: they are kept even when time is up.
	for _, step := range []func() error{
		func() error { return w.headers(page, &all) },
		func() error { return w.text(ctx, page, &all) },
		func() error { return w.mhtml(ctx, begun) },
		func() error { return w.certificates(ctx, page, &all) },
	} {
		err := step()
		switch {
		case w.kept.Ended() != nil:
			return all, w.kept.Ended()
		case err != nil && (ctx.Err() == nil || !errors.Is(err, ctx.Err())):
			return all, err
		case ctx.Err() != nil:
			w.notes.Add(record.ProblemWholeTimeout, evidence.Say("after", "{#n:.0f} s", w.config.Limits.Whole.Seconds()))
			return all, nil
		}
	}
	return all, nil
}

// text keeps the visible text and the title, and apart from it what is in the page and cannot be seen.
func (w *way) text(ctx context.Context, page shownPage, all *texts) error {
	closed := w.tab.Pierce(ctx) // it has a limit of its own
	limit, done := w.tab.Within(ctx, w.config.Limits.Record)
	defer done()
	most := w.config.Limits.MaxText
	var p words.Page
	if err := w.tab.Ask(limit, words.Script(most), &p); err != nil {
		w.notes.Add(record.ProblemNoText, w.tab.Why(err))
		return nil
	}
	all.title = p.Title
	frames, silent := w.frames(limit)
	w.films(limit, frames)
	parts, unseen, length := []string{p.Text}, []string{p.Unseen}, p.Length
	left := unlooked{closed: closed, frames: silent}
	left.of(p)
	dates := p.Dates
	// What lists showed on the way that draw only what the window shows, and panes.
	for _, read := range w.eye.Words() {
		if !words.Missing(p.Text, read.Lines) {
			continue
		}
		left.steps += read.Unread
		one := strings.Join(read.Lines, "\n")
		if read.Page && !words.Missing(one, words.Lines(p.Text)) {
			parts, length = nil, 0 // what the window shows at the beginning is in it
		}
		parts, length = append(parts, one), length+len(utf16.Encode([]rune(one)))
	}
	dates = append(dates, w.eye.Dates()...)
	for _, f := range frames {
		left.closed += f.Pierce(limit)
		var inner words.Page
		if f.Ask(limit, words.Script(most), &inner) == nil {
			parts, unseen = append(parts, inner.Text), append(unseen, inner.Unseen)
			length, dates = length+inner.Length, append(dates, inner.Dates...)
			left.of(inner)
		} else {
			left.frames++
		}
	}
	all.dates = datesOf(dates)
	whole := joined(parts, most)
	all.found = w.recognise(limit, page, p.Title, strings.ToValidUTF8(p.Text, string(utf8.RuneError)), p.Length, frames)
	if length > most {
		w.notes.Add(record.ProblemTextCut, evidence.Say("characters", "{#n} of {#of} characters", most, length))
	}
	left.note(w.notes, most)
	w.folds(limit, frames)
	if err := w.kept.Put(evidence.TextName, "text/plain; charset=utf-8", []byte(whole)); err != nil || w.request.Light {
		return err
	}
	var sections []string
	if hidden := joined(unseen, most); hidden != "" {
		sections = append(sections, unseenHead+hidden)
	}
	if aside := joined(left.texts, most); aside != "" {
		sections = append(sections, unlookedHead+aside)
	}
	if sections == nil {
		return nil
	}
	return w.kept.Put(evidence.UnseenName, "text/plain; charset=utf-8", []byte(strings.Join(sections, "\n\n")))
}

const (
	// unseenHead stands above what is in the page and not visible.
	unseenHead = "IN THE PAGE, NOT VISIBLE\n\n"
	// unlookedHead stands above what is in the page, of which nobody knows whether it is visible.
	unlookedHead = "IN THE PAGE, NOT LOOKED AT WHETHER IT IS VISIBLE\n\n"
)

// unlooked is what the texts of a page lack.
type unlooked struct {
	texts         []string // of parts whose elements were not looked at one by one
	parts, size   int      // how many those are, and their characters
	closed        int      // elements that may hold a closed shadow root and were not looked into
	frames, steps int      // frames, and steps of lists, that were not read
	hidden        int      // characters that cannot be seen, where not all are kept
}

func (u *unlooked) of(p words.Page) {
	u.texts, u.parts, u.size = append(u.texts, p.Unlooked), u.parts+p.Parts, u.size+p.PartsOf
	u.frames, u.hidden = u.frames+p.Frames, u.hidden+p.Whole
}

// note names each with its number.
func (u *unlooked) note(notes *record.Notes, most int) {
	if u.parts > 0 {
		notes.Add(record.ProblemTextCut, evidence.Say("text-unlooked",
			"{#n} parts with {#size} characters were not looked at one by one: whether they can be seen is not known", u.parts, u.size))
	}
	if u.closed > 0 {
		notes.Add(record.ProblemTextCut, evidence.Say("text-closed", "{#n} elements that may hold a closed part of the page were not looked into", u.closed))
	}
	if u.frames > 0 {
		notes.Add(record.ProblemTextCut, evidence.Say("text-frames", "{#n} frames were not read", u.frames))
	}
	if u.steps > 0 {
		notes.Add(record.ProblemTextCut, evidence.Say("text-steps", "{#n} steps of a list were pictured and not read, or not to their end", u.steps))
	}
	if u.hidden > most {
		notes.Add(record.ProblemTextCut, evidence.Say("text-unseen", "of what cannot be seen {#n} of {#of} characters", most, u.hidden))
	}
}

// joined puts texts one after the other, cut to so many UTF-16 units.
func joined(parts []string, most int) string {
	parts = slices.DeleteFunc(parts, func(one string) bool { return strings.TrimSpace(one) == "" })
	text := strings.ToValidUTF8(strings.Join(parts, "\n\n"), string(utf8.RuneError))
	if len(text) <= most {
		return text
	}
	units := 0
	for i, r := range text {
		if units += max(utf16.RuneLen(r), 1); units > most {
			return text[:i]
		}
	}
	return text
}

// maxDates bounds the relative dates of a manifest.
const maxDates = 500

// datesOf are the dates that were told from now, each with what the page carries beside it, once.
func datesOf(found []words.Date) (list []evidence.RelativeDate) {
	seen := map[words.Date]bool{}
	for _, d := range found {
		if seen[d] || len(list) == maxDates {
			continue
		}
		seen[d] = true
		list = append(list, evidence.RelativeDate{
			Shown: evidence.Shorten(d.Shown, 100), Absolute: evidence.Shorten(d.Absolute, 200), From: evidence.Shorten(d.From, 40),
		})
	}
	return list
}

// serialized is the page as the browser serializes it (RFC 2557), while it is made.
type serialized struct {
	done chan struct{} // closed when it is there, or will not be
	data string
	err  error
}

// serialize has the browser begin. It may be asked as soon as the last tile is drawn, since the
// tiles are still to be read then.
func (w *way) serialize(ctx context.Context) *serialized {
	m := &serialized{done: make(chan struct{})}
	go func() {
		defer close(m.done)
		limit, done := w.tab.Within(ctx, w.config.Limits.Record)
		defer done()
		snapshot, err := chromedp.Call(limit, page.CaptureSnapshot, page.CaptureSnapshotParams{
			Format: page.CaptureSnapshotFormatMhtml,
		})
		m.data, m.err = snapshot.Data, err
	}()
	return m
}

// serializable tells whether MHTML may be made, and otherwise the problem.
func (w *way) serializable() (bool, evidence.Problem) {
	// The browser makes it in a temporary file, which must not be on a disk.
	if !w.browser.TempInMemory() {
		return false, evidence.Problem{Code: record.ProblemMHTMLLeftOut}
	}
	// The browser hands the file over in one piece, which must fit into memory
	// several times.
	if received := w.tab.Received(); received > w.config.Limits.MaxMHTML {
		return false, evidence.Say("page-bytes", "page of {#n} bytes", received).Problem(record.ProblemNoMHTML)
	}
	return true, evidence.Problem{}
}

// mhtml keeps the page as the browser serializes it.
func (w *way) mhtml(ctx context.Context, m *serialized) error {
	if w.request.Light {
		return nil
	}
	if m == nil {
		may, problem := w.serializable()
		if !may {
			w.notes.Add(problem.Code, evidence.Said{Detail: problem.Detail, Values: problem.Values})
			return nil
		}
		m = w.serialize(ctx)
	}
	<-m.done
	if m.err != nil || m.data == "" {
		w.notes.Add(record.ProblemNoMHTML, w.tab.Why(m.err))
		return nil
	}
	return w.kept.Put(evidence.MHTMLName, "multipart/related", []byte(m.data))
}

func (w *way) headers(page shownPage, all *texts) error {
	b, left, err := encodeHeaders(page.Way)
	if err != nil {
		w.notes.Add(record.ProblemNoHeaders, evidence.Say("", "{why}", err))
		return nil
	}
	all.left = left
	return w.kept.Put(evidence.HeadersName, "application/json", b)
}

package capture

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"constat/capture/recognise"
	"constat/capture/record"
	"constat/evidence"
)

// What is asked of the page in the isolated world, see [tab.Tab.Ask].
const (
	// textScript answers with the visible text, cut to a length, and the whole length. The text of
	// frames that can be asked, those of the same origin, follows that of the page.
	textScript = `(() => {
		const get = (type, name, of) => Object.getOwnPropertyDescriptor(type.prototype, name).get.call(of);
		const texts = [], documents = [document];
		for (let i = 0; i < documents.length && documents.length < 100; i++) {
			const of = documents[i], own = of.defaultView;
			const body = get(Document, 'body', of) || get(Document, 'documentElement', of);
			texts.push(body instanceof own.HTMLElement ? get(own.HTMLElement, 'innerText', body)
				: body ? get(Node, 'textContent', body) : '');
			for (const f of Document.prototype.querySelectorAll.call(of, 'iframe, frame')) {
				const r = f.getBoundingClientRect();
				try {
					if (r.width > 1 && r.height > 1 && own.getComputedStyle(f).visibility === 'visible' && f.contentDocument) documents.push(f.contentDocument);
				} catch { /* of another site */ }
			}
		}
		const text = texts.filter((one, i) => one || !i).join('\n\n');
		return {title: get(Document, 'title', document).slice(0, 10000), length: text.length, text: text.slice(0, %d)};
	})()`
	// shownScript counts what tells a sign-in page or a test for humans from a page with content.
	shownScript = `(() => {
		const all = (selector) => Array.from(Document.prototype.querySelectorAll.call(document, selector)).slice(0, 500);
		const visible = (e) => { const r = e.getBoundingClientRect();
			return r.width > 1 && r.height > 1 && getComputedStyle(e).visibility === 'visible'; };
		return {
			passwords: all('input[type=password]').filter(visible).length,
			articles: all('article, [role=article]').filter((e) => visible(e) && e.textContent.trim().length > 40).length,
			frames: all('iframe[src]').filter(visible).map((e) => e.src.slice(0, 500)).slice(0, 50),
		};
	})()`
)

type pageText struct {
	Title  string `json:"title"`
	Length int    `json:"length"` // UTF-16 units, as JavaScript counts
	Text   string `json:"text"`
}

// record keeps what is not a picture. What cannot be had is a problem; only
// the sink and the context are errors. The headers are here already, so they
// come first: they are kept even when time is up.
func (t *taking) record(ctx context.Context) error {
	for _, step := range []func(context.Context) error{t.headers, t.text, t.mhtml, t.certificates} {
		if err := step(ctx); err != nil {
			return err
		}
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
	}
	return nil
}

// text keeps the visible text and the title.
func (t *taking) text(ctx context.Context) error {
	limit, done := t.Within(ctx, t.limits.Record)
	defer done()
	var p pageText
	if err := t.Ask(limit, fmt.Sprintf(textScript, t.limits.MaxText), &p); err != nil {
		t.Notes().Add(record.ProblemNoText, "%s", t.Why(err))
		return nil
	}
	t.capture.Page.Title = p.Title
	text := strings.ToValidUTF8(p.Text, string(utf8.RuneError))
	t.look(limit, text, p.Length)
	if p.Length > t.limits.MaxText {
		t.Notes().Add(record.ProblemTextCut, "%d of %d characters", t.limits.MaxText, p.Length)
	}
	return t.keep(evidence.TextName, "text/plain; charset=utf-8", []byte(text))
}

// look reads from the page whether it is what was asked for.
func (t *taking) look(ctx context.Context, text string, length int) {
	c := t.capture
	shown := recognise.Page{
		Requested: strings.TrimSpace(c.Request.Address), Address: c.Page.FinalAddress, Title: c.Page.Title,
		Text: text[:min(len(text), recognise.EnoughText)], TextLength: length,
	}
	if u, err := ParseAddress(c.Request.Address); err == nil {
		shown.Requested = u.String()
	}
	var counts struct {
		Passwords, Articles int
		Frames              []string
	}
	if t.Ask(ctx, shownScript, &counts) != nil {
		return // what cannot be counted is not judged
	}
	shown.Passwords, shown.Articles, shown.Frames = counts.Passwords, counts.Articles, counts.Frames
	t.found, _ = recognise.Recognise(shown)
}

// serialized is the page as the browser serializes it (RFC 2557), while it is made.
type serialized struct {
	done chan struct{} // closed when it is there, or will not be
	data string
	err  error
}

// serialize has the browser begin. It may be asked as soon as the last tile is drawn, since the tiles are still to be
// read then.
func (t *taking) serialize(ctx context.Context) *serialized {
	m := &serialized{done: make(chan struct{})}
	go func() {
		defer close(m.done)
		limit, done := t.Within(ctx, t.limits.Record)
		defer done()
		snapshot, err := chromedp.Call(limit, page.CaptureSnapshot, page.CaptureSnapshotParams{
			Format: page.CaptureSnapshotFormatMhtml,
		})
		m.data, m.err = snapshot.Data, err
	}()
	return m
}

// serializable tells whether MHTML may be made, and otherwise the problem.
func (t *taking) serializable() (bool, evidence.Problem) {
	// The browser makes it in a temporary file, which must not be on a disk.
	if !t.browser.TempInMemory() {
		return false, evidence.Problem{Code: record.ProblemMHTMLLeftOut}
	}
	// The browser hands the file over in one piece, which must fit into memory
	// several times.
	if received := t.Received(); received > t.limits.MaxMHTML {
		return false, evidence.Problem{Code: record.ProblemNoMHTML, Detail: fmt.Sprintf("page of %d bytes", received)}
	}
	return true, evidence.Problem{}
}

// mhtml keeps the page as the browser serializes it.
func (t *taking) mhtml(ctx context.Context) error {
	if t.capture.Request.Light {
		return nil
	}
	if t.serialized == nil {
		may, problem := t.serializable()
		if !may {
			t.Notes().Add(problem.Code, "%s", problem.Detail)
			return nil
		}
		t.serialized = t.serialize(ctx)
	}
	m := t.serialized
	<-m.done
	if m.err != nil || m.data == "" {
		t.Notes().Add(record.ProblemNoMHTML, "%s", t.Why(m.err))
		return nil
	}
	return t.keep(evidence.MHTMLName, "multipart/related", []byte(m.data))
}

func (t *taking) headers(context.Context) error {
	b, left, err := encodeHeaders(t.navigations)
	if err != nil {
		t.Notes().Add(record.ProblemNoHeaders, "%v", err)
		return nil
	}
	t.capture.Redactions = append(t.capture.Redactions, left...)
	return t.keep(evidence.HeadersName, "application/json", b)
}

// keep puts one original into the sink.
func (t *taking) keep(name, mediaType string, b []byte) error {
	a, err := t.sink.Put(t.caller, evidence.Artifact{
		Name: name, Role: evidence.Original, MediaType: mediaType,
	}, bytes.NewReader(b))
	if err != nil {
		return fmt.Errorf("capture: keep %s: %w", name, err)
	}
	t.capture.Artifacts = append(t.capture.Artifacts, a)
	return nil
}

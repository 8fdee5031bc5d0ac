package capture

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strconv"
	"strings"
	"time"

	cdpio "github.com/chromedp/cdproto/io"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"constat/capture/archive"
	"constat/capture/exchange"
	"constat/capture/record"
	"constat/capture/tab"
	"constat/evidence"
)

// What a browser gives up of a film after its first megabyte, and what it shows in a viewer of its own, is
// asked for once more: by the browser itself, in the page's own session (decision 0038).

const (
	// beginScript asks for a file in the isolated world, and leaves its stream there.
	beginScript = `(async (address, same) => {
		const answer = await fetch(address, {credentials: same ? 'include' : 'same-origin', cache: 'default'});
		globalThis.piece = null;
		globalThis.stream = answer.body ? answer.body.getReader() : null;
		return {status: answer.status, length: Number(answer.headers.get('content-length')) || 0, coded: !!answer.headers.get('content-encoding')};
	})(%q, %t)`
	// moreScript reads on, about as much at a time as it is told.
	moreScript = `(async (most) => {
		let text = '', n = 0;
		const late = performance.now() + 1000;
		while (n < most && globalThis.stream && (!n || performance.now() < late)) {
			// A piece that does not come in time is waited for again the next time.
			globalThis.piece = globalThis.piece || globalThis.stream.read();
			const got = await Promise.race([globalThis.piece, new Promise((done) => setTimeout(() => done(null), 1000))]);
			if (!got) break;
			globalThis.piece = null;
			const {done, value} = got;
			if (done) { globalThis.stream = null; break; }
			n += value.length;
			let one = '';
			for (let i = 0; i < value.length; i += 0x3000) one += btoa(String.fromCharCode.apply(null, value.subarray(i, i + 0x3000)));
			text += (text ? ',' : '') + one;
		}
		return {text, done: !globalThis.stream};
	})(%d)`
	endScript = `(() => { if (globalThis.stream) globalThis.stream.cancel(); globalThis.stream = globalThis.piece = null; return true; })()`
	// atATime is how much is read at a time.
	atATime = 2 << 20
	// maxHeld is how large a file may be that the browser hands over in one piece.
	maxHeld = 100 << 20
	// maxLoaded is how much the browser may hold for us where the page's own world may not ask.
	maxLoaded = 256 << 20
)

// fetched is one file that was asked for once more.
type fetched struct {
	address  string
	at       time.Time
	got, of  int64 // of: nought if it is not known
	status   int
	artifact string
	why      error
}

func (a fetched) whole() bool { return a.why == nil && a.got > 0 && (a.of == 0 || a.got == a.of) }

// cut says what of a file is not there.
func (a fetched) cut(t *tab.Tab) evidence.Said {
	if a.got > 0 {
		return evidence.Say("bytes-of", "{#n} of {#of} bytes", a.got, a.of)
	}
	if errors.Is(a.why, errBudget) {
		return evidence.Say("film-budget", "{#of} bytes are more than are asked for", a.of)
	}
	return t.Why(a.why)
}

// again asks for files: the one that was opened directly, and films of which the page has a part only. What
// is kept whole so is no gap any more. Only the sink and the caller's end are errors.
func (w *way) again(ctx context.Context, page shownPage) (opened bool, list []fetched, err error) {
	if w.request.Light || w.request.Window || w.request.NoFilms || w.tab.Gone() || w.tab.Crashed() {
		return false, nil, nil
	}
	left := w.config.Limits.MaxFilms
	if kind := page.facts.MediaType; directly(kind) && page.facts.Status < 300 {
		one, err := w.keepOpened(ctx, page, left)
		if err != nil {
			return false, list, err
		}
		list, left, opened = append(list, one), left-one.got, one.whole()
		if !opened {
			w.notes.Add(record.ProblemFileCut, one.cut(w.tab))
		}
	}
	for n, f := range w.archive.CutFilms() {
		if opened && f.Address == page.Address || !strings.HasPrefix(f.Address, "http") {
			continue
		}
		if ctx.Err() != nil || n >= maxAgain {
			break
		}
		if f.Of > left {
			list = append(list, fetched{address: f.Address, of: f.Of, why: errBudget})
			continue
		}
		one, err := w.keepAgain(ctx, f.Address, evidence.FilmName(n+1, f.MediaType), f.MediaType, left)
		if err != nil {
			return opened, list, err
		}
		list, left = append(list, one), left-one.got
	}
	return opened, list, nil
}

// maxAgain is how many films are asked for.
const maxAgain = 20

var errBudget = errors.New("the budget for films is used up")

// directly tells what is a file by itself, which the browser shows in a viewer of its own.
func directly(mediaType string) bool {
	sort, _, _ := strings.Cut(mediaType, "/")
	return sort == "image" && mediaType != "image/svg+xml" || sort == "video" || sort == "audio" || mediaType == "application/pdf"
}

// keepOpened keeps the file that the address leads to: as the browser still has it, and otherwise it is asked
// for once more.
func (w *way) keepOpened(ctx context.Context, page shownPage, budget int64) (fetched, error) {
	kind := page.facts.MediaType
	name := evidence.OpenedName(kind)
	n, _ := w.tab.Document()
	if h := page.answered(); n != nil && h != nil && h.Response != nil && h.Response.Status == 200 && !strings.HasPrefix(kind, "video/") && !strings.HasPrefix(kind, "audio/") {
		promised, _ := strconv.ParseInt(exchange.Header(h.Response.Headers, "Content-Length"), 10, 64)
		if promised > 0 && promised <= min(maxHeld, budget) && exchange.Header(h.Response.Headers, "Content-Encoding") == "" {
			limit, done := w.tab.Within(ctx, w.config.Limits.Record)
			body, err := chromedp.Call(limit, network.GetResponseBody, network.GetResponseBodyParams{RequestID: n.Request()})
			done()
			if err == nil && int64(len(body.Body)) == promised {
				one := fetched{address: page.Address, got: promised, of: promised, artifact: name}
				return one, w.kept.Put(name, kind, body.Body)
			}
		}
	}
	return w.keepAgain(ctx, page.Address, name, kind, budget)
}

// keepAgain asks for one file and keeps what comes.
func (w *way) keepAgain(ctx context.Context, address, name, mediaType string, budget int64) (fetched, error) {
	one := fetched{address: address, at: w.config.Now(), artifact: name}
	from, err := w.openAgain(ctx, address, &one)
	if err != nil {
		one.artifact, one.why = "", err
		return one, nil
	}
	defer from.Close()
	if one.of > budget {
		one.artifact, one.why = "", errBudget
		return one, nil
	}
	counted := &counting{from: io.LimitReader(from, budget)}
	begun := bufio.NewReader(counted)
	if _, err := begun.Peek(1); err != nil { // nothing came
		one.artifact, one.why = "", errors.Join(counted.failed, io.ErrUnexpectedEOF)
		return one, nil
	}
	a, err := w.kept.Stream(evidence.Artifact{Name: name, Role: evidence.Original, MediaType: mediaType}, begun)
	if w.kept.Ended() != nil {
		return one, w.kept.Ended()
	}
	if err != nil {
		return one, record.Lost(name, err)
	}
	one.got, one.why = counted.n, counted.failed
	w.kept.List(a)
	return one, nil
}

// counting ends at an error, and remembers it: what had come is kept.
type counting struct {
	from   io.Reader
	n      int64
	failed error
}

func (c *counting) Read(b []byte) (int, error) {
	n, err := c.from.Read(b)
	c.n += int64(n)
	if err != nil && err != io.EOF {
		c.failed, err = err, io.EOF
	}
	return n, err
}

// openAgain asks for a file: in the isolated world, which streams it; where that may not ask, the browser
// loads it for us, as far as that goes to memory and not to a disk.
func (w *way) openAgain(ctx context.Context, address string, one *fetched) (io.ReadCloser, error) {
	limit, done := w.tab.Within(ctx, w.config.Limits.Record)
	defer done()
	var begun struct {
		Status int
		Length int64
		Coded  bool
	}
	same := sameOrigin(address, w.tab.Shown().Address)
	err := w.tab.Ask(limit, fmt.Sprintf(beginScript, address, same), &begun)
	if err == nil && begun.Status == 200 {
		one.status = begun.Status
		if !begun.Coded {
			one.of = begun.Length
		}
		return &stream{ctx: ctx, tab: w.tab, limit: w.config.Limits.Record}, nil
	}
	if !w.browser.TempInMemory() {
		if err == nil {
			err = evidence.Say("", "{#status}", begun.Status).Err()
		}
		return nil, err
	}
	return w.loadAgain(ctx, address, one)
}

func sameOrigin(a, b string) bool {
	x, err := url.Parse(a)
	y, failed := url.Parse(b)
	return err == nil && failed == nil && x.Scheme == y.Scheme && x.Host == y.Host
}

// stream reads what the isolated world reads.
type stream struct {
	ctx   context.Context
	tab   *tab.Tab
	limit time.Duration
	since time.Time // when bytes came last
	rest  []byte
	done  bool
}

// stalled is how long nothing may come of a file.
const stalled = 8 * time.Second

func (s *stream) Read(b []byte) (int, error) {
	for len(s.rest) == 0 {
		switch {
		case s.done:
			return 0, io.EOF
		case s.since.IsZero():
			s.since = time.Now()
		case time.Since(s.since) > stalled:
			return 0, context.DeadlineExceeded
		}
		var more struct {
			Text string
			Done bool
		}
		limit, done := s.tab.Within(s.ctx, s.limit)
		err := s.tab.Ask(limit, fmt.Sprintf(moreScript, atATime), &more)
		done()
		if err != nil {
			return 0, err
		}
		s.done = more.Done
		for part := range strings.SplitSeq(more.Text, ",") {
			// Each piece was encoded by itself, in pieces whose length is a multiple of three but for the last.
			if s.rest, err = base64.StdEncoding.AppendDecode(s.rest, []byte(part)); err != nil {
				return 0, err
			}
		}
	}
	s.since = time.Now()
	n := copy(b, s.rest)
	s.rest = s.rest[n:]
	return n, nil
}

func (s *stream) Close() error {
	limit, done := s.tab.Within(s.ctx, time.Second)
	defer done()
	var yes bool
	return s.tab.Ask(limit, endScript, &yes)
}

// loadAgain has the browser load a file, with the cookies of the page's session.
func (w *way) loadAgain(ctx context.Context, address string, one *fetched) (io.ReadCloser, error) {
	for _, f := range w.archive.CutFilms() {
		if f.Address == address && f.Of > maxLoaded {
			return nil, errBudget
		}
	}
	limit, done := w.tab.Within(ctx, 4*w.config.Limits.Record)
	defer done()
	r, err := chromedp.Call(limit, network.LoadNetworkResource, network.LoadNetworkResourceParams{
		FrameID: w.tab.Main(), URL: address, Options: &network.LoadNetworkResourceOptions{IncludeCredentials: true},
	})
	switch {
	case err != nil:
		return nil, err
	case r.Resource == nil:
		return nil, tab.ErrNoPage
	case !r.Resource.Success || r.Resource.HTTPStatusCode != 200:
		return nil, evidence.Say("", "{code}", fmt.Sprint(r.Resource.NetErrorName, " ", int(r.Resource.HTTPStatusCode))).Err()
	}
	one.status = int(r.Resource.HTTPStatusCode)
	return &loaded{ctx: ctx, tab: w.tab, limit: w.config.Limits.Record, handle: r.Resource.Stream}, nil
}

// loaded reads what the browser loaded.
type loaded struct {
	ctx    context.Context
	tab    *tab.Tab
	limit  time.Duration
	handle cdpio.StreamHandle
	rest   []byte
	done   bool
}

func (l *loaded) Read(b []byte) (int, error) {
	for len(l.rest) == 0 {
		if l.done {
			return 0, io.EOF
		}
		limit, done := l.tab.Within(l.ctx, l.limit)
		r, err := chromedp.Call(limit, cdpio.Read, cdpio.ReadParams{Handle: l.handle, Size: atATime})
		done()
		if err != nil {
			return 0, err
		}
		l.rest, l.done = r.Data, r.EOF
	}
	n := copy(b, l.rest)
	l.rest = l.rest[n:]
	return n, nil
}

func (l *loaded) Close() error {
	limit, done := l.tab.Within(l.ctx, time.Second)
	defer done()
	return tab.Send(limit, cdpio.Close, cdpio.CloseParams{Handle: l.handle})
}

// askedAgain is the fact for the checklist: what was asked for beside the page, by whom and when.
func askedAgain(list []fetched, no bool) evidence.Precondition {
	if len(list) == 0 {
		if no {
			return evidence.Say("films-not-wanted", "no, as wished").Precondition(record.ItemAskedAgain, evidence.Met)
		}
		return evidence.Precondition{Item: record.ItemAskedAgain, State: evidence.Met}
	}
	var said []evidence.Said
	for _, a := range list {
		if a.status == 0 {
			continue
		}
		said = append(said, evidence.Say("asked-again", "{address} at {@at}, status {#status}, {#n} bytes",
			evidence.Shorten(a.address, 200), a.at, a.status, a.got))
	}
	if said == nil {
		return evidence.Precondition{Item: record.ItemAskedAgain, State: evidence.Met}
	}
	return evidence.Say("asked-again-by", "by the browser, in the page's session: {list}", said).Precondition(record.ItemAskedAgain, evidence.NotMet)
}

// keptFilms are those that need not be named any more.
func keptFilms(list []fetched) map[string]archive.KeptFilm {
	all := map[string]archive.KeptFilm{}
	for _, a := range list {
		if a.artifact != "" {
			all[a.address] = archive.KeptFilm{Got: a.got, Of: a.of, Whole: a.whole()}
		}
	}
	return all
}

package capture

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"slices"
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
	beginScript = `(async (address, same, stretch) => {
		const answer = await fetch(address, {credentials: same ? 'include' : 'same-origin', cache: 'default', headers: stretch ? {Range: 'bytes=' + stretch} : {}});
		globalThis.piece = null;
		globalThis.stream = answer.body ? answer.body.getReader() : null;
		return {status: answer.status, length: Number(answer.headers.get('content-length')) || 0, coded: !!answer.headers.get('content-encoding'),
			kind: answer.headers.get('content-type') || '', end: answer.redirected ? answer.url : '', range: answer.headers.get('content-range') || ''};
	})(%s, %t, %q)`
	// moreScript reads on, about as much at a time as it is told.
	moreScript = `(async (most) => {
		let text = '', n = 0, failed = '';
		const late = performance.now() + 1000;
		while (n < most && globalThis.stream && (!n || performance.now() < late)) {
			// A piece that does not come in time is waited for again the next time.
			globalThis.piece = globalThis.piece || globalThis.stream.read();
			// What had come before it broke off is kept.
			const got = await Promise.race([globalThis.piece, new Promise((done) => setTimeout(() => done(null), 1000))]).catch((e) => { failed = String(e.message || e).slice(0, 200) || '?'; });
			if (failed) { globalThis.stream = globalThis.piece = null; break; }
			if (!got) break;
			globalThis.piece = null;
			const {done, value} = got;
			if (done) { globalThis.stream = null; break; }
			n += value.length;
			let one = '';
			for (let i = 0; i < value.length; i += 0x3000) one += btoa(String.fromCharCode.apply(null, value.subarray(i, i + 0x3000)));
			text += (text ? ',' : '') + one;
		}
		return {text, done: !globalThis.stream, failed};
	})(%d)`
	endScript = `(() => { if (globalThis.stream) globalThis.stream.cancel(); globalThis.stream = globalThis.piece = null; return true; })()`
	// atATime is how much is read at a time.
	atATime = 2 << 20
	// maxHeld is how large a file may be that the browser hands over in one piece.
	maxHeld = 100 << 20
	// maxLoaded is how much the browser may hold for us where the page's own world may not ask.
	maxLoaded = 256 << 20
)

// again asks for files: the one that was opened directly, and films of which the page has a part only. What
// is kept whole so is no gap any more. Only the sink and the caller's end are errors.
func (w *way) again(ctx context.Context, page shownPage) (opened bool, list []fetched, pieces []*pieced, err error) {
	if w.request.Light || w.tab.Gone() || w.tab.Crashed() {
		return false, nil, nil, nil
	}
	w.local = page.facts.LocalNetwork || localAddress(page.Address)
	if w.request.Window {
		list, pieces, err = w.againInWindow(ctx)
		return false, list, pieces, err
	}
	w.heard = w.archive.Playlists()
	lists := w.lists()
	if w.request.NoFilms {
		return false, nil, w.hadOf(lists), nil
	}
	left := w.config.Limits.MaxFilms
	if kind := page.facts.MediaType; directly(kind) && page.facts.Status < 300 {
		one, err := w.keepOpened(ctx, page, left)
		if err != nil {
			return false, list, nil, err
		}
		list, left, opened = append(list, one), left-one.taken(), one.whole()
		if !opened {
			w.notes.Add(record.ProblemFileCut, one.cut(w.tab))
		}
	}
	cut := slices.DeleteFunc(w.archive.CutFilms(), func(f archive.CutFilm) bool {
		return opened && f.Address == page.Address || !strings.HasPrefix(f.Address, "http")
	})
	for n, f := range cut {
		if ctx.Err() != nil || n >= maxAgain {
			break
		}
		if f.Of > left {
			list = append(list, fetched{wanted: wantedFilm(f), why: errBudget})
			continue
		}
		one, err := w.keepAgain(ctx, wantedFilm(f), evidence.FilmName(n+1, f.MediaType), f.MediaType, left)
		if err != nil {
			return opened, list, nil, err
		}
		list, left = append(list, one), left-one.taken()
	}
	pieces, err = w.join(ctx, lists, &list, left, len(list))
	return opened, list, pieces, err
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
	h := page.answered()
	file := w.wantedFile(page.Address, h)
	n, _ := w.tab.Document()
	if n != nil && h != nil && h.Response != nil && h.Response.Status == 200 && !strings.HasPrefix(kind, "video/") && !strings.HasPrefix(kind, "audio/") &&
		file.of <= min(maxHeld, budget) && (file.of > 0 || strings.HasPrefix(kind, "image/") && exchange.EndTold(h.Response)) {
		limit, done := w.tab.Within(ctx, w.config.Limits.Record)
		body, err := chromedp.Call(limit, network.GetResponseBody, network.GetResponseBodyParams{RequestID: n.Request()})
		done()
		got := int64(len(body.Body))
		if file.of == 0 && err == nil && w.tab.CameWhole(n) && got <= budget {
			file.of = got // its end was told by the answer itself
		}
		if err == nil && got > 0 && got == file.of {
			return fetched{wanted: file, got: got, artifact: name}, w.kept.Put(name, kind, body.Body)
		}
	}
	if file.of > budget {
		return fetched{wanted: file, why: errBudget}, nil
	}
	return w.keepAgain(ctx, file, name, kind, budget)
}

// keepAgain asks for one file and keeps what comes, unless it is of another type.
func (w *way) keepAgain(ctx context.Context, file wanted, name, mediaType string, budget int64) (fetched, error) {
	one := fetched{wanted: file}
	from, err := w.openAgain(ctx, &one)
	if err != nil {
		one.why = err
		return one, nil
	}
	defer from.Close()
	if one.told > budget {
		one.why = errBudget
		return one, nil
	}
	counted := &counting{from: io.LimitReader(from, budget)}
	begun := bufio.NewReader(counted)
	head, _ := begun.Peek(archive.Head) // a short file ends sooner; what failed is remembered
	if len(head) == 0 {                 // nothing came
		one.why = errors.Join(counted.failed, io.ErrUnexpectedEOF)
		return one, nil
	}
	one.other = !one.looksLike(head)
	if !sameType(one.kind, file.kind) {
		_, err = io.Copy(io.Discard, io.LimitReader(begun, mostOther))
		one.got, one.why = counted.n, errors.Join(err, counted.failed)
		return one, nil
	}
	return w.stream(one, name, mediaType, begun, counted, budget)
}

// stream keeps what comes, and says of it how much it was, and why it was no more: counted is what begun reads from.
func (w *way) stream(one fetched, name, mediaType string, begun io.Reader, counted *counting, budget int64) (fetched, error) {
	a, err := w.kept.Stream(evidence.Artifact{Name: name, Role: evidence.Original, MediaType: mediaType}, begun)
	if w.kept.Ended() != nil {
		return one, w.kept.Ended()
	}
	if err != nil {
		return one, record.Lost(name, err)
	}
	one.got, one.why, one.artifact = counted.n, counted.failed, name
	if one.why == nil && one.got == budget && one.told != budget {
		one.why = errBudget
	}
	w.kept.List(a)
	return one, nil
}

// mostOther bounds what is read of a file of another type, to say how long it is.
const mostOther = 1 << 20

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
func (w *way) openAgain(ctx context.Context, one *fetched) (io.ReadCloser, error) {
	limit, done := w.tab.Within(ctx, w.config.Limits.Record)
	defer done()
	var begun struct {
		Status int
		Length int64
		Coded  bool
		Kind   string
		End    string
		Range  string
	}
	same := sameOrigin(one.address, w.tab.Shown().Address)
	own := w.tab.Own(one.address)
	one.asked = append(one.asked, request{at: w.config.Now(), own: own})
	err := w.tab.Ask(limit, fmt.Sprintf(beginScript, quoted(one.address), same, one.stretch), &begun)
	own.Asked()
	want := 200
	if one.stretch != "" {
		want = 206
	}
	other := one.stretch != "" && begun.Range != "" && !strings.HasPrefix(begun.Range, "bytes "+one.stretch+"/")
	if !w.mayRead(own) { // also where this world may not read: the browser's own loader does not tell who answered
		if err == nil {
			_ = endStream(ctx, w.tab)
		}
		return nil, errLocal
	}
	if err == nil && begun.Status == want && !other {
		one.kind, one.end, one.ended = begun.Kind, begun.End, own.EndTold()
		if !begun.Coded {
			one.told = begun.Length
		}
		return &stream{ctx: ctx, tab: w.tab, limit: w.config.Limits.Record}, nil
	}
	if err == nil {
		_ = endStream(ctx, w.tab)
		err = evidence.Say("", "{#status}", begun.Status).Err()
		if other {
			err = evidence.Say("", "{range}", "Content-Range: "+evidence.Shorten(begun.Range, 100)).Err()
		}
	}
	if !w.browser.TempInMemory() || one.stretch != "" {
		return nil, err
	}
	return w.loadAgain(ctx, one)
}

// quoted is a text as a script has it.
func quoted(text string) string {
	b, _ := json.Marshal(text)
	return string(b)
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
	why   error // it broke off after the rest
}

// stalled is how long nothing may come of a file.
const stalled = 8 * time.Second

func (s *stream) Read(b []byte) (int, error) {
	for len(s.rest) == 0 {
		switch {
		case s.why != nil:
			return 0, s.why
		case s.done:
			return 0, io.EOF
		case s.since.IsZero():
			s.since = time.Now()
		case time.Since(s.since) > stalled:
			return 0, context.DeadlineExceeded
		}
		var more struct {
			Text   string
			Done   bool
			Failed string
		}
		limit, done := s.tab.Within(s.ctx, s.limit)
		err := s.tab.Ask(limit, fmt.Sprintf(moreScript, atATime), &more)
		done()
		if err != nil {
			return 0, err
		}
		if s.done = more.Done; more.Failed != "" {
			s.why = evidence.Say("", "{code}", more.Failed).Err()
		}
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

func (s *stream) Close() error { return endStream(s.ctx, s.tab) }

// endStream gives up what the isolated world reads.
func endStream(ctx context.Context, t *tab.Tab) error {
	limit, done := t.Within(ctx, time.Second)
	defer done()
	var yes bool
	return t.Ask(limit, endScript, &yes)
}

// loadAgain has the browser load a file, with the cookies of the page's session.
func (w *way) loadAgain(ctx context.Context, one *fetched) (io.ReadCloser, error) {
	if one.of > maxLoaded {
		return nil, errBudget
	}
	limit, done := w.tab.Within(ctx, 4*w.config.Limits.Record)
	defer done()
	ask := request{at: w.config.Now()}
	defer func() { one.asked = append(one.asked, ask) }()
	r, err := chromedp.Call(limit, network.LoadNetworkResource, network.LoadNetworkResourceParams{
		FrameID: w.tab.Main(), URL: one.address, Options: &network.LoadNetworkResourceOptions{IncludeCredentials: true},
	})
	if err == nil && r.Resource == nil {
		err = tab.ErrNoPage
	}
	if err != nil {
		ask.why = w.tab.Why(err)
		return nil, err
	}
	ask.status = int(r.Resource.HTTPStatusCode)
	if !r.Resource.Success || ask.status != 200 {
		if ask.status < 400 { // else that is why
			ask.why = evidence.Say("", "{code}", r.Resource.NetErrorName)
		}
		return nil, evidence.Say("", "{code}", fmt.Sprint(r.Resource.NetErrorName, " ", ask.status)).Err()
	}
	answer := &network.Response{Status: 200, Headers: r.Resource.Headers}
	_, one.told = archive.Extent(answer)
	one.ended = exchange.EndTold(answer)
	one.kind = exchange.Header(answer.Headers, "Content-Type")
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

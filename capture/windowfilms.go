package capture

import (
	"bufio"
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"constat/capture/archive"
	"constat/capture/playlist"
	"constat/capture/record"
	"constat/evidence"
)

// standingFilmsScript lists what a page that had loaded before we listened shows of films: the addresses of
// those that are files, and of lists of pieces, which the browser remembers by name.
const standingFilmsScript = `(() => {
	const files = [], lists = [], root = Object.getOwnPropertyDescriptor(Element.prototype, 'shadowRoot').get;
	let more = 0;
	const put = (list, address) => {
		if (!/^https?:/.test(address) || list.includes(address)) return;
		if (address.length > 8000 || list.length >= 20) more++; else list.push(address);
	};
	const isList = (address) => { try { return /\.(m3u8|mpd)$/i.test(new URL(address).pathname); } catch { return false; } };
	for (const e of performance.getEntriesByType('resource')) if (isList(e.name)) put(lists, e.name);
	const inFrame = (d) => {
		if (d.defaultView) for (const e of d.defaultView.performance.getEntriesByType('resource')) if (isList(e.name)) put(lists, e.name);
		look(Document.prototype.querySelectorAll.call(d, '*'));
	};
	const look = (under) => {
		for (const e of under) {
			if (root.call(e)) look(ShadowRoot.prototype.querySelectorAll.call(root.call(e), '*'));
			const inner = ` + innerDocument + `;
			if (inner) inFrame(inner);
			if (` + isMedia + ` && e.currentSrc && e.readyState > 0) put(isList(e.currentSrc) ? lists : files, e.currentSrc);
		}
	};
	look(Document.prototype.querySelectorAll.call(document, '*'));
	return {files, lists, more};
})()`

// standing is what [standingFilmsScript] finds.
type standing struct {
	Files, Lists []string
	More         int
}

// add takes in what a frame shows.
func (s *standing) add(inner standing) {
	s.More += inner.More
	for _, one := range inner.Files {
		if !slices.Contains(s.Files, one) {
			s.Files = append(s.Files, one)
		}
	}
	for _, one := range inner.Lists {
		if !slices.Contains(s.Lists, one) {
			s.Lists = append(s.Lists, one)
		}
	}
	if n := len(s.Files) - maxAgain; n > 0 {
		s.Files, s.More = s.Files[:maxAgain], s.More+n
	}
	if n := len(s.Lists) - maxAgain; n > 0 {
		s.Lists, s.More = s.Lists[:maxAgain], s.More+n
	}
}

// againInWindow asks for the films of a page that stands in a window of the person's. What the page had of them
// is not known: nothing is compared, and that is said.
func (w *way) againInWindow(ctx context.Context) (list []fetched, pieces []*pieced, err error) {
	var shown standing
	limit, done := w.tab.Within(ctx, w.config.Limits.Record)
	err = w.tab.Ask(limit, standingFilmsScript, &shown)
	frames, _ := w.frames(limit)
	for _, f := range frames {
		var inner standing
		if f.Ask(limit, standingFilmsScript, &inner) == nil { // one that does not answer is counted with its words
			shown.add(inner)
		}
	}
	done()
	if err != nil {
		return nil, nil, nil // the page is busy, and that is said elsewhere
	}
	var cut []evidence.Said
	if shown.More > 0 {
		cut = append(cut, evidence.Say("films-more", "{#n} more films were not looked at", shown.More))
	}
	left, number := w.config.Limits.MaxFilms, 0
	for _, address := range shown.Files {
		one := fetched{wanted: wanted{address: address}, why: errBudget}
		if !w.request.NoFilms && left > 0 && ctx.Err() == nil {
			if one, err = w.keepShown(ctx, address, number+1, left); err != nil {
				return list, nil, err
			}
		}
		if one.artifact != "" {
			number++
		}
		left -= one.taken()
		list = append(list, one)
		if address := evidence.Shorten(address, 200); w.request.NoFilms {
			cut = append(cut, evidence.Say("film-unasked", "{address}: not asked for", address))
		} else if !one.whole() {
			cut = append(cut, evidence.Say("film-why", "{address}: {why}", address, one.cut(w.tab)))
		}
	}
	if len(cut) > 0 {
		w.notes.Add(record.ProblemFilmsCut, evidence.Say("films-of", "{#n} of {#of}: {list}", len(cut), max(len(shown.Files), len(cut)), cut))
	}
	for _, address := range shown.Lists {
		if w.request.NoFilms {
			pieces = append(pieces, &pieced{list: address, unread: errUnasked})
			continue
		}
		l := w.askList(ctx, address, &list)
		if l.failed != nil {
			pieces = append(pieces, &pieced{list: address, unread: l.failed})
			continue
		}
		w.heard = append(w.heard, archive.Playlist{Address: address, Kind: l.kind, Body: l.body})
	}
	more, err := w.join(ctx, w.lists(), &list, left, number)
	return list, append(pieces, more...), err
}

// keepShown asks for a film that is a file, whatever it is: what its answer says of it is all that is known.
func (w *way) keepShown(ctx context.Context, address string, number int, budget int64) (fetched, error) {
	one := fetched{wanted: wanted{address: address}}
	from, err := w.openAgain(ctx, &one)
	if err != nil {
		one.why = err
		return one, nil
	}
	defer from.Close()
	one.of, one.wanted.kind = one.told, one.kind
	kind, _, _ := strings.Cut(strings.ToLower(one.kind), ";")
	kind = strings.TrimSpace(kind)
	counted := &counting{from: io.LimitReader(from, budget)}
	begun := bufio.NewReader(counted)
	head, _ := begun.Peek(512)
	if seen := playlist.KindOf(head, false); kind != "text/html" && !isFilm(kind) && isFilm(seen) {
		kind = seen // many servers call a film a file of whatever kind
	}
	switch {
	case !isFilm(kind), playlist.Is(head):
		one.other = true
		_, err = io.Copy(io.Discard, io.LimitReader(begun, mostOther))
		one.got, one.why = counted.n, errors.Join(err, counted.failed)
		return one, nil
	case one.told > budget:
		one.why = errBudget
		return one, nil
	case len(head) == 0:
		one.why = errors.Join(counted.failed, io.ErrUnexpectedEOF)
		return one, nil
	}
	return w.stream(one, evidence.FilmName(number, kind), kind, begun, counted, budget)
}

func isFilm(kind string) bool {
	return strings.HasPrefix(kind, "video/") || strings.HasPrefix(kind, "audio/")
}

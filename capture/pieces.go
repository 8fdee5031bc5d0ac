package capture

import (
	"bufio"
	"bytes"
	"context"
	"errors"

	"constat/capture/playlist"
	"constat/capture/record"
	"constat/evidence"
)

// A film in pieces (HLS, DASH) is put together from the pieces that its list names, in order and as served,
// each asked for once more by the browser in the page's own session (decision 0063).

const (
	// maxPiece is how long a piece may be to be looked at before it is put behind the others; a longer one is
	// taken as it comes.
	maxPiece = 16 << 20
	// maxFailures is how many pieces in a row may not come until no more is asked for.
	maxFailures = 4
)

var (
	errProtected = errors.New("protected by DRM")
	errUnasked   = errors.New("not asked for")
	errLocal     = errors.New("an address of the local network")
)

// begin is a film before anything of it was asked for.
func (w *way) begin(c choice) (*pieced, playlist.Track) {
	j := &pieced{list: c.list.address, lock: c.r.Lock, beside: c.beside, apart: c.apart, unread: c.list.failed}
	if j.list == "" {
		j.list = c.r.Address
	}
	if j.unread != nil {
		return j, playlist.Track{}
	}
	r := c.r
	if r.Address != "" {
		if r = c.list.Renditions[0]; r.Address != "" { // a list of lists, named by one
			j.unread = playlist.ErrNotRead
			return j, playlist.Track{}
		}
		j.lock = max(j.lock, r.Lock)
	}
	track, err := w.track(r)
	if err != nil {
		j.unread = err
		return j, playlist.Track{}
	}
	j.of, j.seconds, j.endless, j.skipped, j.breaks = len(track.Pieces), track.Seconds, track.Endless, track.Skipped, track.Breaks
	j.first, j.told = track.First, track.Told
	j.otherwise = w.otherwise(c, track.Seconds)
	return j, track
}

// join asks for the pieces of films and puts them together; so many films were kept before. Only the sink and the caller's end are errors.
func (w *way) join(ctx context.Context, lists []filmList, asked *[]fetched, budget int64, number int) (all []*pieced, err error) {
	for _, top := range lists {
		for _, c := range w.chosen(top) {
			if c.list.failed == nil && c.r.Address != "" {
				known := false
				if c.list, known = w.read[c.r.Address]; !known {
					c.list = w.askList(ctx, c.r.Address, asked)
				}
			}
			j, track := w.begin(c)
			all = append(all, j)
			switch {
			case j.unread != nil || j.lock != playlist.Open:
				continue
			case len(all) > maxAgain || budget <= 0:
				j.why = errBudget
				continue
			case ctx.Err() != nil:
				j.why = ctx.Err()
				continue
			}
			number++
			if err := w.joinOne(ctx, j, c, track, number, budget); err != nil {
				return all, err
			}
			budget -= j.bytes
		}
	}
	return all, nil
}

// joinOne asks for the pieces of one and keeps what comes as one file, with its list and the record of each.
func (w *way) joinOne(ctx context.Context, j *pieced, c choice, track playlist.Track, number int, budget int64) error {
	j.table = evidence.FilmPiecesName(number)
	in := &pieceReader{ctx: ctx, way: w, of: j, left: track.Pieces, budget: budget}
	defer in.close()
	begun := bufio.NewReaderSize(in, 64<<10)
	head, _ := begun.Peek(512) // a short film ends sooner
	var film evidence.Artifact
	if len(head) > 0 {
		kind := playlist.KindOf(head, c.r.Sort == playlist.Sound)
		j.film = evidence.FilmName(number, kind)
		a, err := w.kept.Stream(evidence.Artifact{Name: j.film, Role: evidence.Derived, MediaType: kind}, begun)
		switch {
		case w.kept.Ended() != nil:
			return w.kept.Ended()
		case err != nil:
			return record.Lost(j.film, err)
		}
		film = a
	}
	list := evidence.FilmListName(number, c.list.DASH)
	kind := "application/vnd.apple.mpegurl"
	if c.list.DASH {
		kind = "application/dash+xml"
	}
	table, err := j.encoded()
	if err != nil {
		return record.Lost(j.table, err)
	}
	if c.list.within {
		err = w.taken(list, kind, c.list.body)
	} else {
		err = w.kept.Put(list, kind, c.list.body)
	}
	if err == nil {
		err = w.kept.Put(j.table, "application/json", table)
	}
	if err != nil || j.film == "" {
		return err
	}
	kept := w.kept.Artifacts()
	for _, parent := range kept[len(kept)-2:] {
		film.Parents = append(film.Parents, parent.SHA256)
	}
	w.kept.List(film)
	return nil
}

// taken keeps a list that was taken out of an answer, which the archive holds.
func (w *way) taken(name, kind string, body []byte) error {
	for _, a := range w.kept.Artifacts() {
		if a.Name == evidence.WACZName {
			one, err := w.kept.Stream(evidence.Artifact{Name: name, Role: evidence.Derived, MediaType: kind, Parents: []evidence.Digest{a.SHA256}}, bytes.NewReader(body))
			if err != nil {
				return record.Lost(name, err)
			}
			w.kept.List(one)
			return nil
		}
	}
	return w.kept.Put(name, kind, body) // there is no archive that could be its parent
}

package capture

import (
	"context"
	"errors"
	"io"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"constat/capture/playlist"
	"constat/capture/tab"
)

// filmList is a list that the page had, as far as it was understood.
type filmList struct {
	playlist.List
	address string
	kind    string
	body    []byte
	within  bool // it stood in an answer with other things in it
	failed  error
}

// lists are those that the page had: of a list that another one names, only the other.
func (w *way) lists() (tops []filmList) {
	w.read = map[string]filmList{}
	var all []filmList
	var sent [][]string
	for _, p := range w.heard {
		one := filmList{address: p.Address, kind: p.Kind, body: p.Body, within: p.Within}
		one.List, one.failed = playlist.Read(p.Address, p.Body)
		if one.within && !slices.ContainsFunc(one.Renditions, w.begun) {
			continue // of a film that nobody has begun to play
		}
		w.read[one.address] = one
		all, sent = append(all, one), append(sent, p.Sent)
	}
	for n, list := range sent {
		for _, address := range list {
			if _, known := w.read[address]; !known {
				w.read[address] = all[n] // another list may name it so
			}
		}
	}
	// No list and no piece is a film by itself, of whatever list.
	leave := map[string]bool{}
	for _, one := range all {
		leave[one.address] = true
		for _, r := range one.Renditions {
			track, _ := w.track(r)
			for _, p := range track.Pieces {
				leave[p.Address] = true
			}
		}
	}
	for _, address := range w.fed.Shown {
		if _, list := w.read[address]; !list {
			delete(leave, address) // it is shown as a film by itself, whatever a list says
		}
	}
	w.archive.Leave(leave)
	return w.tops(all)
}

// tops are the lists that no other names. Of lists that name each other, or themselves, the first is one, too: it
// says for all of them that they are not understood.
func (w *way) tops(all []filmList) (tops []filmList) {
	named, reached := map[string]bool{}, map[string]bool{}
	for _, one := range all {
		for _, r := range one.Renditions {
			if l, known := w.read[r.Address]; known && r.Address != "" {
				named[l.address] = true
			}
		}
	}
	var reach func(filmList)
	reach = func(one filmList) {
		if reached[one.address] {
			return
		}
		reached[one.address] = true
		for _, r := range one.Renditions {
			if l, known := w.read[r.Address]; known && r.Address != "" {
				reach(l)
			}
		}
	}
	for _, circle := range []bool{false, true} {
		for _, one := range all {
			if !reached[one.address] && (circle || !named[one.address]) {
				tops = append(tops, one)
				reach(one)
			}
		}
	}
	return tops
}

// mostPieces bounds how many pieces are looked at for all lists together, with the bytes of their addresses: a list
// of a few lines can name thousands, in hundreds of renditions.
const mostPieces = 128 << 20

// track are the pieces of a rendition.
func (w *way) track(r playlist.Rendition) (playlist.Track, error) {
	if w.looked > mostPieces {
		return playlist.Track{}, playlist.ErrTooMuch
	}
	track, err := r.Track()
	for _, p := range track.Pieces {
		w.looked += 64 + len(p.Address)
	}
	return track, err
}

// had tells whether the page had something of a rendition.
func (w *way) had(r playlist.Rendition) bool {
	if r.Address != "" {
		_, ok := w.read[r.Address]
		return ok
	}
	track, err := w.track(r)
	return err == nil && slices.ContainsFunc(track.Pieces, func(p playlist.Piece) bool {
		_, ok := w.archive.Piece(p.Address, p.From, p.Length)
		return ok
	})
}

// begun tells the same by where the pieces lie, whatever stretches of that the page asked for.
func (w *way) begun(r playlist.Rendition) bool {
	track, err := w.track(r)
	return err == nil && slices.ContainsFunc(track.Pieces, func(p playlist.Piece) bool { return w.archive.Begun(p.Address) })
}

// hadOf tells of each film in pieces how many of them the page had, where none is to be asked for.
func (w *way) hadOf(lists []filmList) (all []*pieced) {
	for _, top := range lists {
		for _, c := range w.chosen(top) {
			if c.list.failed == nil && c.r.Address != "" {
				c.list = w.read[c.r.Address]
				c.list.failed = errors.Join(c.list.failed, notListed(c.list))
			}
			j, track := w.begin(c)
			j.unasked = true
			for _, p := range track.Pieces {
				if _, ok := w.archive.Piece(p.Address, p.From, p.Length); ok {
					j.had, j.played = j.had+1, j.played+p.Seconds
				}
			}
			all = append(all, j)
		}
	}
	return all
}

func notListed(l filmList) error {
	if l.address == "" {
		return playlist.ErrNotRead
	}
	return nil
}

// choice is a rendition of a film, with the list that its pieces are in.
type choice struct {
	r      playlist.Rendition
	list   filmList
	beside int
	apart  bool
	// offered are the other forms of the same: pictures for pictures, sound for sound.
	offered []playlist.Rendition
}

func (w *way) chosen(top filmList) (all []choice) {
	if top.failed != nil {
		return []choice{{list: top}}
	}
	had := w.had
	if top.within {
		had = w.begun
	}
	picked := top.Choose(had)
	for n, r := range picked {
		c := choice{r: r, list: top, apart: n > 0}
		if n == 0 {
			c.beside = len(top.Renditions) - len(picked) + top.Beside
		}
		for _, o := range top.Renditions {
			if (o.Sort == playlist.Sound) == (r.Sort == playlist.Sound) {
				c.offered = append(c.offered, o)
			}
		}
		all = append(all, c)
	}
	return all
}

// askList asks for a list that the page did not load.
func (w *way) askList(ctx context.Context, address string, asked *[]fetched) filmList {
	one := fetched{wanted: wanted{address: address}}
	list := filmList{address: address}
	if !w.mayAsk(address) {
		list.failed = errLocal
		return list
	}
	defer func() { *asked = append(*asked, one) }()
	from, err := w.openAgain(ctx, &one)
	if err == nil {
		list.body, err = io.ReadAll(io.LimitReader(from, playlist.MaxBytes+1))
		_ = from.Close()
	}
	one.got, one.why = int64(len(list.body)), err
	if list.failed = err; err == nil {
		base := address
		if one.end != "" {
			base = one.end // what it names is named from there
		}
		list.List, list.failed = playlist.Read(base, list.body)
	}
	return list
}

// mayAsk tells whether an address that only a list names is asked for. A page from elsewhere does not have us ask
// this device or what is beside it, a router for one, in whose network the browser stands and the page does not.
func (w *way) mayAsk(address string) bool { return w.local || !localAddress(address) }

// mayRead tells the same of what answered: a public name can lead there, and so can a server that sends the browser on.
func (w *way) mayRead(own *tab.Own) bool {
	return w.local || !slices.ContainsFunc(own.From(), localNetwork)
}

// localAddress tells by the name of a host, in whatever way a browser reads one, that it is of the local network.
func localAddress(address string) bool {
	u, err := url.Parse(address)
	if err != nil {
		return true
	}
	host := strings.TrimSuffix(strings.ToLower(u.Hostname()), ".")
	last := host[strings.LastIndexByte(host, '.')+1:]
	switch {
	case last == "localhost" || last == "local" || last == "internal" || last == "lan" || host == "home.arpa" || strings.HasSuffix(host, ".home.arpa"):
		return true
	case localNetwork(host):
		return true
	case last == host && !strings.Contains(host, ":"): // a name without a dot, or one number for all of it
		return true
	}
	_, failed := netip.ParseAddr(host)
	_, number := strconv.ParseUint(last, 0, 64)
	return failed != nil && number == nil // an address written in another way, as 0x7f.1
}

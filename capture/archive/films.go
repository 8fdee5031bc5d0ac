package archive

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/chromedp/cdproto/network"

	"constat/capture/exchange"
	"constat/capture/record"
	"constat/evidence"
)

// maxFilms are the films and sounds that are named one by one.
const maxFilms = 20

// film is what came of one film or sound: the browser asks for it in stretches, and gives one up
// when it has as much as it wants to play.
type film struct {
	parts map[[2]int64]bool // stretches that the archive has whole, from and to
	of    int64             // bytes that the server promised; nought if it did not say
	kind  string            // media type
	said  string            // the same as the server wrote it
	head  []byte            // its first bytes
}

// Head is how many of the first bytes of a film are compared.
const Head = 64

// CutFilm is a film or a sound of which the archive has a part only, and whose length is known.
type CutFilm struct {
	Address, MediaType string
	Said               string // content type, as the server wrote it
	Of                 int64  // bytes that the server promised
	Head               []byte // the first bytes, as far as the archive has them
}

// CutFilms are those, by their addresses.
func (a *Archive) CutFilms() (list []CutFilm) {
	if a == nil {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	for _, address := range slices.Sorted(maps.Keys(a.films)) {
		if one := a.films[address]; one.of > 0 && one.had() < one.of {
			list = append(list, CutFilm{Address: address, MediaType: one.kind, Said: one.said, Of: one.of, Head: one.head})
		}
	}
	return list
}

// KeptFilm is how much of a film was kept as a file of its own.
type KeptFilm struct {
	Got   int64
	Whole bool
	Other string // what came instead: its content type; empty if it is the film
}

// had is how many bytes of it, from its beginning, the archive holds.
func (f film) had() int64 {
	parts := slices.SortedFunc(maps.Keys(f.parts), func(a, b [2]int64) int { return int(min(max(a[0]-b[0], -1), 1)) })
	var to, n int64
	for _, p := range parts {
		if p[1] > to {
			n += p[1] - max(p[0], to)
			to = p[1]
		}
	}
	return n
}

// film counts what came of a film or a sound. The lock is held.
func (a *Archive) film(x *transfer, body []byte) {
	h := x.Last()
	if h == nil || h.Response == nil || h.Response.Status >= 400 || !carriesBody(h) {
		return
	}
	kind := strings.ToLower(h.Response.MimeType)
	if x.kind != network.ResourceTypeMedia && !strings.HasPrefix(kind, "video/") && !strings.HasPrefix(kind, "audio/") {
		return
	}
	from, of := Extent(h.Response)
	if a.films == nil {
		a.films = map[string]film{}
	}
	one, known := a.films[h.URL]
	if !known {
		one = film{parts: map[[2]int64]bool{}}
	}
	one.of, one.kind, one.said = max(one.of, of), kind, exchange.Header(h.Response.Headers, "Content-Type")
	if from == 0 && len(body) >= Head && one.head == nil {
		one.head = slices.Clone(body[:Head])
	}
	if len(body) > 0 {
		one.parts[[2]int64{from, from + int64(len(body))}] = true
	}
	a.films[h.URL] = one
}

// Extent is where an answer begins in the whole, and how long the whole is; nought if that is not known.
func Extent(r *network.Response) (from, of int64) {
	switch {
	case coded(r.Headers):
		return 0, 0 // what is told is the length of something else
	case r.Status != 206:
		return 0, promised(r.Headers)
	}
	// "bytes 0-1023/4096" (RFC 9110, 14.4)
	where, whole, _ := strings.Cut(strings.TrimPrefix(exchange.Header(r.Headers, "Content-Range"), "bytes "), "/")
	first, _, _ := strings.Cut(where, "-")
	from, _ = strconv.ParseInt(strings.TrimSpace(first), 10, 64)
	of, _ = strconv.ParseInt(strings.TrimSpace(whole), 10, 64)
	return max(from, 0), max(of, 0)
}

// all tells whether a body is as long as its answer promised.
func (x *transfer) all(body []byte) bool {
	h := x.Last()
	if h == nil || h.Response == nil || coded(h.Response.Headers) {
		return false
	}
	n := promised(h.Response.Headers)
	return n > 0 && n == int64(len(body))
}

// NoteFilms names every film and sound of which neither the archive nor a file of its own holds all, with the
// bytes that there are of those that the server promised.
func (a *Archive) NoteFilms(kept map[string]KeptFilm) {
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	var cut []evidence.Said
	for _, address := range slices.Sorted(maps.Keys(a.films)) {
		one, file := a.films[address], kept[address]
		had := one.had()
		if file.Other == "" {
			had = max(had, file.Got)
		}
		switch {
		case file.Whole:
		case file.Other != "" && had < one.of:
			cut = append(cut, evidence.Say("film-other", "{address}: {#n} of {#of} bytes; asked for once more, another file came: {kind}, {#got} bytes",
				evidence.Shorten(address, 200), had, one.of, evidence.Shorten(file.Other, 100), file.Got))
		case one.of > 0 && had >= one.of:
		case one.of > 0:
			cut = append(cut, evidence.Say("film-of", "{address}: {#n} of {#of} bytes", evidence.Shorten(address, 200), had, one.of))
		default:
			cut = append(cut, evidence.Say("film-unknown", "{address}: {#n} bytes, of how many is not known", evidence.Shorten(address, 200), had))
		}
	}
	if len(cut) == 0 {
		return
	}
	n := len(cut)
	a.tab.Notes().Add(record.ProblemFilmsCut, evidence.Say("films-of", "{#n} of {#of}: {list}", n, len(a.films), cut[:min(n, maxFilms)]))
}

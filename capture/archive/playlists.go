package archive

import (
	"bytes"
	"crypto/sha256"
	"fmt"
	"maps"
	"mime"
	"path"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/network"

	"constat/capture/exchange"
	"constat/capture/playlist"
	"constat/evidence"
)

// Bounds on what is remembered of films in pieces.
const (
	maxPlaylists = 64
	maxListBytes = 16 << 20 // of all lists together
	maxPieces    = 20_000
)

// Playlist is a list by which the page had a film in pieces.
type Playlist struct {
	Address string // that it came from in the end
	Kind    string // content type, as the server wrote it
	Body    []byte
	Sent    []string // addresses that led there
	// Within: it stood in an answer with other things in it, at Address without its fragment.
	Within bool
}

// piece is one of a film, as an address and a stretch of what lies there.
type piece struct {
	address      string
	from, length int64 // no length: all of it
}

// Playlists are those that the page had, each as it came last, by their addresses.
func (a *Archive) Playlists() []Playlist {
	if a == nil {
		return nil
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	var list []Playlist
	for _, address := range slices.Sorted(maps.Keys(a.lists)) {
		list = append(list, a.lists[address])
	}
	return list
}

// UnheardLists is how many more there were than are remembered.
func (a *Archive) UnheardLists() int {
	if a == nil {
		return 0
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.moreLists
}

// Piece is the digest of a piece, as the page had it whole; false if it had not.
func (a *Archive) Piece(address string, from, length int64) (evidence.Digest, bool) {
	if a == nil {
		return evidence.Digest{}, false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	d, had := a.pieces[piece{address, from, length}]
	return d, had
}

// Leave is told of addresses that are pieces of films: none of them is a film by itself.
func (a *Archive) Leave(addresses map[string]bool) {
	if a == nil {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	maps.DeleteFunc(a.films, func(address string, _ film) bool { return addresses[address] })
}

// heed remembers what of an answer is of a film in pieces, and tells whether it is a list of some. The lock is
// held.
func (a *Archive) heed(x *transfer, body []byte, whole bool) bool {
	h := x.Last()
	if h == nil || h.Response == nil || !whole || len(body) == 0 || !carriesBody(h) || h.Response.Status >= 300 {
		return false
	}
	address, _, _ := strings.Cut(h.URL, "#")
	if playlist.Is(body) {
		one := Playlist{Address: address, Kind: exchange.Header(h.Response.Headers, "Content-Type"), Body: body}
		for _, before := range x.Hops[:len(x.Hops)-1] {
			asked, _, _ := strings.Cut(before.URL, "#")
			one.Sent = append(one.Sent, asked)
		}
		a.remember(one)
		return true
	}
	if mayHoldLists(x.kind, body) {
		for _, list := range playlist.Within(body) {
			a.rememberWithin(address, list)
		}
		return false
	}
	if len(a.pieces) >= maxPieces || !mayBePiece(x.kind, h) {
		return false
	}
	one := piece{address: address}
	if h.Response.Status == 206 {
		one.from, _ = Extent(h.Response)
		one.length = int64(len(body))
	}
	if a.pieces == nil {
		a.pieces = map[piece]evidence.Digest{}
	}
	a.pieces[one] = sha256.Sum256(body)
	return false
}

// remember takes a list in, in place of the one that came from its address before; those over the bounds are counted.
func (a *Archive) remember(one Playlist) {
	held := len(one.Body)
	for _, l := range a.lists {
		held += len(l.Body)
	}
	if _, known := a.lists[one.Address]; !known && len(a.lists) >= maxPlaylists || len(one.Body) > playlist.MaxBytes || held > maxListBytes {
		a.moreLists++
		return
	}
	if a.lists == nil {
		a.lists = map[string]Playlist{}
	}
	a.lists[one.Address] = one
}

// rememberWithin takes in a list that stood in an answer. Answers from one address may each hold others, as those to
// the questions of scripts do.
func (a *Archive) rememberWithin(address string, body []byte) {
	one := Playlist{Kind: "application/dash+xml", Body: body, Within: true}
	for n := 1; ; n++ {
		one.Address = fmt.Sprintf("%s#mpd-%d", address, n)
		known, taken := a.lists[one.Address]
		if !taken {
			break
		}
		if bytes.Equal(known.Body, body) {
			return
		}
	}
	a.remember(one)
}

// Begun tells whether the page asked for something of what lies at an address, in whatever stretches: some pages
// name these in the address.
func (a *Archive) Begun(address string) bool {
	if a == nil {
		return false
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.begun == nil {
		a.begun = map[string]bool{}
		for p := range a.pieces {
			a.begun[withoutQuery(p.address)] = true
		}
		for address := range a.films {
			a.begun[withoutQuery(address)] = true
		}
	}
	return a.begun[withoutQuery(address)]
}

func withoutQuery(address string) string {
	before, _, _ := strings.Cut(address, "?")
	return before
}

// mayHoldLists tells answers that are read as text and may carry lists for a player.
func mayHoldLists(kind network.ResourceType, body []byte) bool {
	switch kind {
	case network.ResourceTypeDocument, network.ResourceTypeXHR, network.ResourceTypeFetch:
		return bytes.Contains(body, []byte("urn:mpeg:dash:schema:mpd"))
	}
	return false
}

// mayBePiece tells what a player asks for from what else scripts do.
func mayBePiece(kind network.ResourceType, h *exchange.Hop) bool {
	if kind != network.ResourceTypeXHR && kind != network.ResourceTypeFetch && kind != network.ResourceTypeMedia {
		return false
	}
	said, _, err := mime.ParseMediaType(exchange.Header(h.Response.Headers, "Content-Type"))
	sort, _, _ := strings.Cut(said, "/")
	if err != nil || sort == "video" || sort == "audio" || said == "application/octet-stream" || said == "binary/octet-stream" || said == "application/mp4" {
		return true
	}
	before, _, _ := strings.Cut(h.URL, "?")
	switch strings.ToLower(path.Ext(before)) {
	case ".ts", ".m4s", ".mp4", ".m4v", ".m4a", ".aac", ".cmfv", ".cmfa", ".webm":
		return true
	}
	return false
}

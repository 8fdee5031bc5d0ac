package playlist

import (
	"bytes"
	"cmp"
	"errors"
	"math"
	"net/url"
	"slices"
	"strings"
)

// Bounds of a list. What is over them is not read.
const (
	MaxBytes      = 4 << 20  // of one list
	maxRenditions = 200      // of one film
	maxPieces     = 20_000   // of one rendition
	maxAddress    = 8 << 10  // bytes of the address of one piece
	maxAddresses  = 16 << 20 // bytes of all of them together
	maxSeconds    = 1 << 22  // of one piece, and of one film: 48 days
)

var (
	// ErrNotRead is said of what is no list, or one whose pieces cannot be told.
	ErrNotRead = errors.New("playlist: not understood")
	// ErrTooMuch is said of a list over the bounds.
	ErrTooMuch = errors.New("playlist: more than is read")
)

// Sort is what a rendition shows.
type Sort int

// What a rendition can show.
const (
	Both Sort = iota // pictures, and their sound if there is any
	Picture
	Sound
)

// Lock is how its pieces are encrypted.
type Lock int

// How pieces can be encrypted.
const (
	Open      Lock = iota
	Keyed          // with a key that the list names
	Protected      // by DRM
)

// Piece is one of those that a film is made of.
type Piece struct {
	Address      string
	From, Length int64   // the bytes of it; no length: all of them
	Seconds      float64 // how long it plays; nought where the list does not say
	Begin        bool    // it is the beginning that others need, and plays nothing
	Gap          bool    // the list itself says that it is not there
}

// Track is a rendition with its pieces, in their order.
type Track struct {
	Pieces  []Piece
	Seconds float64
	Told    float64 // how long the list says the film is; nought if it does not
	Endless bool    // the list has no end: more pieces come as time goes on
	Skipped int     // pieces that came before, of which the list says only that there were so many
	// First is the number of the first piece, where the list may have named others before it: nought if it cannot.
	First  int64
	Breaks int // places where it goes on otherwise than before
}

// Rendition is one of the forms in which a film is offered.
type Rendition struct {
	Sort      Sort
	Address   string // of the list of its own; empty if its pieces are in this one
	Bandwidth int64
	MediaType string // as the list says; empty if it does not
	Lock      Lock
	sounds    string // the group of sound that goes with it
	group     string // the group that it is in
	preferred bool
	pieces    func() (Track, error)
}

// Track are its pieces; [ErrNotRead] if they are in a list of its own.
func (r Rendition) Track() (Track, error) {
	if r.pieces == nil {
		return Track{}, ErrNotRead
	}
	return r.pieces()
}

// List is a film, in the forms in which it is offered.
type List struct {
	DASH       bool
	Renditions []Rendition
	Beside     int // other things it offers: words to read along, pictures to leaf through
}

// Is tells whether an answer is a list, by its beginning.
func Is(body []byte) bool {
	return isHLS(body) || isDASH(body)
}

// Read reads a list that came from an address.
func Read(address string, body []byte) (List, error) {
	base, err := url.Parse(address)
	if err != nil {
		return List{}, ErrNotRead
	}
	if len(body) > MaxBytes {
		return List{}, ErrTooMuch
	}
	list := List{}
	switch {
	case isHLS(body):
		list, err = readHLS(base, body)
	case isDASH(body):
		list, err = readDASH(base, body)
	default:
		err = ErrNotRead
	}
	if err == nil && len(list.Renditions) == 0 {
		err = ErrNotRead
	}
	return list, err
}

// Choose takes one rendition of pictures, and one of sound where that is apart: the finest of those of which
// the page had something, else the finest.
func (l List) Choose(had func(Rendition) bool) (chosen []Rendition) {
	pick := func(fits func(Rendition) bool) (best Rendition, found bool) {
		better := func(a, b Rendition) int {
			score := func(r Rendition) int {
				n := 0
				if had(r) {
					n += 2
				}
				if r.preferred {
					n++
				}
				return n
			}
			return cmp.Or(cmp.Compare(score(b), score(a)), cmp.Compare(b.Bandwidth, a.Bandwidth))
		}
		var all []Rendition
		for _, r := range l.Renditions {
			if fits(r) {
				all = append(all, r)
			}
		}
		if len(all) == 0 {
			return Rendition{}, false
		}
		slices.SortStableFunc(all, better)
		return all[0], true
	}
	picture, shown := pick(func(r Rendition) bool { return r.Sort != Sound })
	if shown {
		chosen = append(chosen, picture)
	}
	sound, heard := pick(func(r Rendition) bool {
		return r.Sort == Sound && (l.DASH || !shown || picture.sounds != "" && r.group == picture.sounds)
	})
	if heard {
		chosen = append(chosen, sound)
	}
	return chosen
}

// addresses resolves those of pieces, within the bounds.
type addresses struct {
	base *url.URL
	held *int
}

// of is the address of one; only what a browser asks for by HTTP.
func (a addresses) of(text string) (string, error) {
	u, err := a.base.Parse(strings.TrimSpace(text))
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" {
		return "", ErrNotRead
	}
	u.Fragment, u.RawFragment = "", ""
	u.User = nil // a browser asks for no address with a name in it for a script, and the record keeps none
	s := u.String()
	*a.held += len(s)
	if len(s) > maxAddress || *a.held > maxAddresses {
		return "", ErrTooMuch
	}
	return s, nil
}

// seconds takes a number that a list says for one.
func seconds(n float64) float64 {
	if math.IsNaN(n) || n < 0 || n > maxSeconds {
		return 0
	}
	return n
}

// add puts a piece behind the others.
func (t *Track) add(p Piece) error {
	if len(t.Pieces) >= maxPieces {
		return ErrTooMuch
	}
	t.Pieces = append(t.Pieces, p)
	t.Seconds = min(t.Seconds+p.Seconds, maxSeconds)
	return nil
}

func trimmed(body []byte) []byte {
	return bytes.TrimPrefix(body, []byte("\xef\xbb\xbf"))
}

package capture

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"time"

	"constat/capture/playlist"
	"constat/capture/record"
	"constat/evidence"
)

// pieced is a film in pieces, or its sound where that is apart, and what came of it.
type pieced struct {
	list      string // address of the list
	apart     bool   // it is the sound of another
	lock      playlist.Lock
	endless   bool
	skipped   int
	first     int64 // number of the first piece, if the list may have named others before it
	breaks    int
	told      float64   // how long the list says it is; nought if it does not
	otherwise []float64 // how long other forms of it are that are not as long
	untold    int       // pieces of which nobody said where they end
	likened   bool      // it is taken for a film that is shown because it is as long
	beside    int       // other forms in which the list offers it
	of        int       // pieces that the list names, and how long they play
	seconds   float64
	had       int // pieces that are there
	played    float64
	bytes     int64
	pieces    []pieceAsked
	film      string // name of the artifact; empty: nothing was kept
	table     string // of the record of each piece
	unasked   bool   // only what the page had is told
	why       error  // what ended it early
	unread    error  // the list could not be read
	protected bool   // the beginning says so
}

// pieceAsked is one piece that was asked for, in the record of it.
type pieceAsked struct {
	Address string    `json:"address"`
	Range   string    `json:"range,omitempty"` // bytes of it, as asked for
	SentOn  string    `json:"sent_on,omitempty"`
	At      time.Time `json:"at"`
	Status  int       `json:"status,omitempty"`
	Offset  int64     `json:"offset"` // in the film
	Size    int64     `json:"size"`   // nought: it is not in it
	SHA256  string    `json:"sha256,omitempty"`
	Millis  int64     `json:"milliseconds"`   // that it plays, by the list
	Page    string    `json:"page,omitempty"` // "same" or "other": what the page had of it
	Why     string    `json:"why,omitempty"`  // it is not in it
	why     evidence.Said
	left    bool // it was not asked for at all
	begin   bool // others need it
}

const piecesFormat = "constat-pieces/1"

// piecesFile is the record of the pieces of a film.
type piecesFile struct {
	Format string       `json:"format"`
	List   string       `json:"list"`           // address that the list came from
	Film   string       `json:"film,omitempty"` // name of the file; absent: nothing came
	Of     int          `json:"of"`             // pieces that the list names
	Pieces []pieceAsked `json:"pieces"`
}

// is says why a piece is not in it.
func (p *pieceAsked) is(why evidence.Said) { p.why, p.Why = why, why.Detail }

func (j *pieced) encoded() ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	err := enc.Encode(piecesFile{piecesFormat, j.list, j.film, j.of, append([]pieceAsked{}, j.pieces...)})
	return b.Bytes(), err
}

// others are pieces that came otherwise than the page had them.
func (j *pieced) others() (n int) {
	for _, p := range j.pieces {
		if p.Page == "other" && p.Size > 0 {
			n++
		}
	}
	return n
}

// cut says what of it is not there; nothing if it is whole.
func (j *pieced) cut(say func(error) evidence.Said) (list []evidence.Said) {
	address := evidence.Shorten(j.list, 200)
	of, seconds, had, played := j.of, math.Round(j.seconds), j.had, math.Round(j.played)
	switch {
	case j.unread != nil:
		return []evidence.Said{evidence.Say("pieces-unread", "{address}: the list of its pieces was not read: {why}", address, said(j.unread, say))}
	case j.lock == playlist.Protected || j.protected:
		return []evidence.Said{evidence.Say("pieces-protected", "{address}: protected (DRM), not asked for: {#of} pieces, {#seconds} seconds", address, of, seconds)}
	case j.lock == playlist.Keyed:
		return []evidence.Said{evidence.Say("pieces-keyed", "{address}: encrypted with a key, not asked for: {#of} pieces, {#seconds} seconds", address, of, seconds)}
	case j.unasked && had < of:
		return []evidence.Said{evidence.Say("pieces-unasked", "{address}: the page had {#n} of {#of} pieces, {#had} of {#seconds} seconds", address, had, of, played, seconds)}
	}
	if had < of {
		why := evidence.Say("nothing-came", "nothing came")
		for _, p := range j.pieces {
			if p.Why != "" {
				why = p.why
				break
			}
		}
		if j.why != nil {
			why = said(j.why, say)
		}
		list = append(list, evidence.Say("pieces-of", "{address}: {#n} of {#of} pieces, {#had} of {#seconds} seconds: {why}", address, had, of, played, seconds, why))
	}
	if j.endless {
		list = append(list, evidence.Say("pieces-endless", "{address}: without end; the list named {#of} pieces, {#seconds} seconds, at the time", address, of, seconds))
	}
	if j.skipped > 0 {
		list = append(list, evidence.Say("pieces-skipped", "{address}: {#n} pieces before, which the list names no more", address, j.skipped))
	}
	if j.first > 0 {
		list = append(list, evidence.Say("pieces-number", "{address}: the list begins with piece number {#n}; whether there were others before it is not known", address, j.first))
	}
	if j.told-j.seconds > alike {
		list = append(list, evidence.Say("pieces-told", "{address}: the list names pieces of {#seconds} seconds, and says that the film has {#told}", address, seconds, math.Round(j.told)))
	}
	if n := len(j.otherwise); n > 0 {
		list = append(list, evidence.Say("pieces-otherwise", "{address}: {#n} other forms of it are not as long, the longest {#most} seconds; they were not asked for", address, n, math.Round(slices.Max(j.otherwise))))
	}
	if j.headless() {
		list = append(list, evidence.Say("pieces-headless", "{address}: the beginning that the pieces need did not come; without it {file} may not play", address, j.film))
	}
	if j.untold > 0 {
		list = append(list, evidence.Say("pieces-untold", "{address}: of {#n} pieces nobody said where they end; whether they came whole is not known", address, j.untold))
	}
	if n := j.others(); n > 0 {
		list = append(list, evidence.Say("pieces-other", "{address}: {#n} pieces came otherwise than the page had them", address, n))
	}
	return list
}

// alike is how much two lengths of one film may differ, in seconds.
const alike = 1.5

// headless tells that a beginning that others need did not come, and something else did.
func (j *pieced) headless() bool {
	return j.film != "" && slices.ContainsFunc(j.pieces, func(p pieceAsked) bool { return p.begin && p.Size == 0 && p.Why != "" })
}

// otherwise are the lengths of the other forms of a film, as far as their lists are known, that differ from its own.
func (w *way) otherwise(c choice, own float64) (list []float64) {
	for _, r := range c.offered {
		if r.Address != "" {
			l, known := w.read[r.Address]
			if !known || l.failed != nil || len(l.Renditions) != 1 {
				continue
			}
			r = l.Renditions[0]
		}
		if t, err := w.track(r); err == nil && math.Abs(t.Seconds-own) > alike {
			list = append(list, t.Seconds)
		}
	}
	return list
}

func said(err error, say func(error) evidence.Said) evidence.Said {
	switch err {
	case errBudget:
		return evidence.Say("pieces-budget", "more than is asked for")
	case playlist.ErrNotRead:
		return evidence.Say("pieces-odd", "it was not understood")
	case playlist.ErrTooMuch:
		return evidence.Say("pieces-many", "more than is read")
	case errLocal:
		return evidence.Say("pieces-local", "an address of the local network, which is not asked for on behalf of a page from elsewhere")
	case errUnasked:
		return evidence.Say("pieces-no", "not asked for")
	case errProtected:
		return evidence.Say("pieces-drm", "protected (DRM)")
	}
	return say(err)
}

// asked says what was asked for; nothing if nothing was.
func (j *pieced) asked() (list []evidence.Said) {
	sent := slices.DeleteFunc(slices.Clone(j.pieces), func(p pieceAsked) bool { return p.left })
	if len(sent) == 0 {
		return nil
	}
	first, last := sent[0].At, sent[len(sent)-1].At
	file := j.film
	if file == "" {
		file = "–"
	}
	list = append(list, evidence.Say("pieces-asked", "{#n} pieces of {address} from {@at} to {@until}: {#had} came, {#bytes} bytes, joined as {file}; each in {table}",
		len(sent), evidence.Shorten(j.list, 200), first, last, j.had, j.bytes, file, j.table))
	if j.breaks > 0 {
		list = append(list, evidence.Say("pieces-breaks", "{file} goes on otherwise than before in {#n} places; a player may stop there", file, j.breaks))
	}
	if j.likened {
		list = append(list, evidence.Say("pieces-likened", "{file} is taken for a film that the page shows, because it is as long: {#seconds} seconds", file, math.Round(j.seconds)))
	}
	if j.beside > 0 {
		list = append(list, evidence.Say("pieces-beside", "{address} offers {#n} other forms, which were not asked for", evidence.Shorten(j.list, 200), j.beside))
	}
	return list
}

// noteJoined names what of films in pieces is not there, and what a script fed to films that no list is known
// of.
func (w *way) noteJoined(list []*pieced) {
	var cut []evidence.Said
	for _, j := range list {
		cut = append(cut, j.cut(w.tab.Why)...)
	}
	all := len(list)
	if n := w.archive.UnheardLists(); n > 0 {
		cut = append(cut, evidence.Say("pieces-lists", "{#n} more lists of pieces were not looked at", n))
		all += n
	}
	if len(cut) > 0 {
		n := len(cut)
		w.notes.Add(record.ProblemFilmsCut, evidence.Say("films-of", "{#n} of {#of}: {list}", n, max(all, n), cut[:min(n, maxAgain)]))
	}
	w.noteFed(list)
}

// noteFed names the films that a script feeds, but for those that a list accounts for: of the same length.
func (w *way) noteFed(list []*pieced) {
	left := slices.Clone(list)
	var cut []evidence.Said
	for _, f := range w.fed.Found {
		n := slices.IndexFunc(left, func(j *pieced) bool {
			switch {
			case j.unread != nil || j.of == 0:
				return false
			case f.Address == j.list:
				return true
			case !f.Fed || f.Locked:
				return false
			case j.endless:
				return f.Whole == 0
			}
			return f.Whole > 0 && math.Abs(f.Whole-j.seconds) <= alike
		})
		if n >= 0 { // that it is whole, or what of it is missing, stands there
			left[n].likened = f.Address != left[n].list
			length, endless := left[n].seconds, left[n].endless
			left = slices.Delete(left, n, n+1)
			// Its sound may have a list of the same length.
			if n := slices.IndexFunc(left, func(j *pieced) bool { return j.endless == endless && math.Abs(j.seconds-length) <= alike && j.apart }); n >= 0 {
				left = slices.Delete(left, n, n+1)
			}
			continue
		}
		cut = append(cut, f.said())
	}
	if w.fed.More > 0 {
		cut = append(cut, evidence.Say("films-more", "{#n} more films were not looked at", w.fed.More))
	}
	if n := len(cut); n > 0 {
		n += max(w.fed.More-1, 0)
		w.notes.Add(record.ProblemFilmsCut, evidence.Say("films-of", "{#n} of {#of}: {list}", n, max(w.fed.All, n), cut[:min(len(cut), maxAgain)]))
	}
}

package capture

import (
	"bytes"
	"errors"
	"strings"
	"time"

	"constat/capture/archive"
	"constat/capture/exchange"
	"constat/capture/record"
	"constat/capture/tab"
	"constat/evidence"
)

// wanted is a file as the page had it: what is asked for once more is compared with that.
type wanted struct {
	address string
	of      int64  // bytes; nought if nobody said how many
	kind    string // content type, as the server wrote it
	head    []byte // the first bytes, as far as they are known
	stretch string // which bytes of it, if not all: "0-99"
}

func wantedFilm(f archive.CutFilm) wanted {
	return wanted{address: f.Address, of: f.Of, kind: f.Said, head: f.Head}
}

// wantedFile is the file that the address leads to.
func (w *way) wantedFile(address string, h *exchange.Hop) wanted {
	one := wanted{address: address}
	if h != nil && h.Response != nil {
		_, one.of = archive.Extent(h.Response)
		one.kind = exchange.Header(h.Response.Headers, "Content-Type")
	}
	for _, f := range w.archive.CutFilms() {
		if f.Address == address && (one.of == 0 || one.of == f.Of) {
			one.of, one.head = f.Of, f.Head
		}
	}
	return one
}

func sameType(a, b string) bool {
	a, _, _ = strings.Cut(a, ";")
	b, _, _ = strings.Cut(b, ";")
	return strings.EqualFold(strings.TrimSpace(a), strings.TrimSpace(b))
}

// fetched is one file that was asked for once more, and what came.
type fetched struct {
	wanted
	asked    []request
	got      int64
	told     int64  // how many bytes this answer promised; nought if it did not say
	kind     string // its content type
	end      string // the address that it came from, if it was sent on
	ended    bool   // it says itself where it ends
	other    bool   // it is not the file that the page had
	artifact string // empty: nothing of it was kept
	why      error
}

// request is one that was made for a file.
type request struct {
	at     time.Time
	own    *tab.Own // nil: the browser told itself what came of it
	status int
	why    evidence.Said
}

// looksLike compares what is known of an answer, before it is read, with what the page had.
func (a fetched) looksLike(head []byte) bool {
	n := min(len(head), len(a.head))
	return sameType(a.kind, a.wanted.kind) && (a.told == 0 || a.of == 0 || a.told == a.of) &&
		bytes.Equal(head[:n], a.head[:n]) && n >= min(len(a.head), archive.Head)
}

// another tells whether something else came, which may show only when all of it is there.
func (a fetched) another() bool {
	return a.other || a.why == nil && a.got > 0 && a.of > 0 && a.got != a.of
}

// whole tells whether all of the file came. Of which nobody knows the length, nobody knows that.
func (a fetched) whole() bool {
	return a.artifact != "" && a.why == nil && a.of > 0 && a.got == a.of && !a.another()
}

// taken is how much of the budget it took.
func (a fetched) taken() int64 {
	if a.artifact == "" {
		return 0
	}
	return a.got
}

// type of what came, as it is said.
func (a fetched) saidKind() string {
	if a.kind == "" {
		return "?"
	}
	return evidence.Shorten(a.kind, 100)
}

// cut says what of a file is not there.
func (a fetched) cut(t *tab.Tab) evidence.Said {
	switch {
	case a.got > 0 && a.another() && a.of > 0:
		return evidence.Say("file-other", "another file came in place of {#of} bytes: {kind}, {#got} bytes", a.of, a.saidKind(), a.got)
	case a.got > 0 && a.another():
		return evidence.Say("file-other-unknown", "another file came: {kind}, {#got} bytes", a.saidKind(), a.got)
	case a.got > 0 && a.of == 0:
		return evidence.Say("bytes-unknown", "{#n} bytes, of how many is not known", a.got)
	case a.got > 0:
		return evidence.Say("bytes-of", "{#n} of {#of} bytes", a.got, a.of)
	case errors.Is(a.why, errBudget):
		return evidence.Say("film-budget", "{#of} bytes are more than are asked for", max(a.of, a.told))
	}
	return t.Why(a.why)
}

// said are the requests that were sent, also those that nothing came of.
func (a fetched) said() (list []evidence.Said) {
	for n, r := range a.asked {
		address := evidence.Shorten(a.address, 200)
		status, why := r.status, r.why
		if r.own != nil {
			sent, answered, code := r.own.Sent()
			if !sent {
				continue
			}
			status = answered
			hops, end := r.own.Hops()
			for _, hop := range hops {
				list = append(list, evidence.Say("asked-again", "{address} at {@at}, status {#status}, {#n} bytes", evidence.Shorten(hop.Address, 200), r.at, hop.Status, 0))
			}
			if end != "" {
				address = evidence.Shorten(end, 200)
			}
			if code != "" {
				why = evidence.Say("", "{code}", code)
			}
		}
		var got int64
		if n == len(a.asked)-1 { // the one before came to nothing
			got = a.got
		}
		switch {
		case got == 0 && why.Detail != "" && status > 0:
			list = append(list, evidence.Say("asked-again-why", "{address} at {@at}, status {#status}: {why}", address, r.at, status, why))
		case got == 0 && why.Detail != "":
			list = append(list, evidence.Say("asked-again-none", "{address} at {@at}: {why}", address, r.at, why))
		case status == 0:
			list = append(list, evidence.Say("asked-again-none", "{address} at {@at}: {why}", address, r.at, evidence.Say("nothing-came", "nothing came")))
		default:
			list = append(list, evidence.Say("asked-again", "{address} at {@at}, status {#status}, {#n} bytes", address, r.at, status, got))
		}
	}
	return list
}

// askedAgain is the fact for the checklist: what was asked for beside the page, by whom and when.
func askedAgain(list []fetched, pieces []*pieced, no bool) evidence.Precondition {
	var said []evidence.Said
	for _, a := range list {
		said = append(said, a.said()...)
	}
	for _, j := range pieces {
		said = append(said, j.asked()...)
	}
	switch {
	case said == nil && no:
		return evidence.Say("films-not-wanted", "no, as wished").Precondition(record.ItemAskedAgain, evidence.Met)
	case said == nil:
		return evidence.Precondition{Item: record.ItemAskedAgain, State: evidence.Met}
	}
	return evidence.Say("asked-again-by", "by the browser, in the page's session: {list}", said).Precondition(record.ItemAskedAgain, evidence.NotMet)
}

// keptFilms are those that were asked for, with what is there of them.
func keptFilms(list []fetched) map[string]archive.KeptFilm {
	all := map[string]archive.KeptFilm{}
	for _, a := range list {
		if a.got == 0 {
			continue
		}
		one := archive.KeptFilm{Got: a.got, Whole: a.whole()}
		if a.another() {
			one.Other = a.saidKind()
		}
		all[a.address] = one
	}
	return all
}

package keep

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"constat/capture"
	"constat/evidence"
	"constat/evidence/vault"
)

// Bounds of a list.
const (
	MaxList     = 500     // addresses
	MaxParallel = 4       // pages at once
	maxListText = 1 << 20 // bytes of a pasted text or a file
)

// ListLine is a line of a list that is no address.
type ListLine struct {
	Line int    // counted from 1
	Text string // as entered; empty if it holds a password
	Err  error
}

// ListError reports a list that cannot be used. Nothing of it was loaded.
type ListError struct {
	Lines []ListLine // what is no address; empty: there is none at all, or too many
	Count int        // addresses
}

func (e *ListError) Error() string {
	if len(e.Lines) == 0 {
		return fmt.Sprintf("list of %d addresses, not of 1 to %d", e.Count, MaxList)
	}
	var b strings.Builder
	for i, l := range e.Lines {
		if i > 0 {
			b.WriteString("; ")
		}
		fmt.Fprintf(&b, "line %d: %v", l.Line, l.Err)
	}
	return b.String()
}

// ParseList reads a list: an address a line; blank lines and lines that begin
// with # say nothing. Each address counts once; duplicates are those that stood
// there again. Anything else in a line is refused, with every such line in the
// error: a guess at what was meant could load the wrong page.
func ParseList(r io.Reader) (addresses, duplicates []string, err error) {
	lines := bufio.NewScanner(io.LimitReader(r, maxListText+1))
	lines.Buffer(nil, maxListText)
	bad := &ListError{}
	read := 0
	for n := 1; lines.Scan(); n++ {
		read += len(lines.Bytes()) + 1
		text := Pasted(strings.TrimPrefix(lines.Text(), "\ufeff"))
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		if err := CheckAddress(text); err != nil {
			l := ListLine{Line: n, Err: err}
			if e, ok := errors.AsType[*capture.AddressError](err); ok {
				l.Text = e.Address
			}
			bad.Lines = append(bad.Lines, l)
			continue
		}
		if slices.Contains(addresses, text) {
			if !slices.Contains(duplicates, text) {
				duplicates = append(duplicates, text)
			}
			continue
		}
		if len(addresses) <= MaxList {
			addresses = append(addresses, text)
		}
	}
	if err := lines.Err(); err != nil && !errors.Is(err, bufio.ErrTooLong) {
		return nil, nil, err
	} else if err != nil || read > maxListText {
		return nil, nil, &ListError{Count: MaxList + 1}
	}
	bad.Count = len(addresses)
	if len(bad.Lines) > 0 || bad.Count == 0 || bad.Count > MaxList {
		return nil, nil, bad
	}
	return addresses, duplicates, nil
}

// listFormat is the format of a list as it lies in the vault.
const listFormat = "constat-list/1"

// ListAddress is one address of a list, with the answer about age for it.
type ListAddress struct {
	Address string  `json:"address"`
	Subject Subject `json:"subject"`
}

// ListOptions say how the pages of a list are kept otherwise than usual, as in
// a [PreserveRequest].
type ListOptions struct {
	Phone         bool `json:"phone,omitempty"`
	Scale         int  `json:"scale,omitempty"`
	LeaveOverlays bool `json:"leave_overlays,omitempty"`
	NoFilms       bool `json:"no_films,omitempty"`
	FilmStills    int  `json:"film_stills,omitempty"`
}

type listFile struct {
	Format    string        `json:"format"`
	Addresses []ListAddress `json:"addresses"`
	Options   ListOptions   `json:"options"`
}

// ListState says how far an address of a list is.
type ListState string

const (
	ListWaiting ListState = "waiting" // not begun, or interrupted: nothing of it was kept
	ListRunning ListState = "running" // its page is being kept now
	ListKept    ListState = "kept"    // there is an exhibit; its outcome says what it shows
	ListNoted   ListState = "noted"   // an address-only record: nothing was loaded
	ListFailed  ListState = "failed"  // no page came; it can be tried again
)

// ListItem is one address of a list.
type ListItem struct {
	ListAddress
	State   ListState        `json:"state"`
	Exhibit string           `json:"exhibit,omitempty"`
	Outcome evidence.Outcome `json:"outcome,omitempty"`
	Cause   string           `json:"cause,omitempty"`  // of a failure: stable; words under "error.<cause>"
	Detail  string           `json:"detail,omitempty"` // of a failure: the cause's own text
}

// done reports whether nothing is left to do for the address.
func (i ListItem) done() bool { return i.State == ListKept || i.State == ListNoted }

// List is a list and how far it is.
type List struct {
	ID     string     `json:"id"` // the number of its entry in the custody log
	Case   string     `json:"case"`
	MadeAt time.Time  `json:"made_at"` // UTC
	Items  []ListItem `json:"list"`

	Options ListOptions `json:"options"`
}

// Count counts the addresses in a state.
func (v List) Count(s ListState) (n int) {
	for _, i := range v.Items {
		if i.State == s {
			n++
		}
	}
	return n
}

// Left is how many addresses are neither kept nor noted.
func (v List) Left() int { return len(v.Items) - v.Count(ListKept) - v.Count(ListNoted) }

// Usable reports whether every address is noted, or kept as what was asked for.
func (v List) Usable() bool {
	return !slices.ContainsFunc(v.Items, func(i ListItem) bool {
		return !i.done() || i.State == ListKept && !i.Outcome.Usable()
	})
}

// MakeList puts a list of addresses into the vault, before anything is loaded,
// so that it can be taken up after Cancel, a lock or a power cut. The question
// about age is answered for each address: what is not 'adult' is never loaded,
// and becomes an address-only record. If the same list is in the case and not
// finished, that one is returned.
func (k *Keeper) MakeList(ctx context.Context, caseID string, addresses []ListAddress, o ListOptions) (List, error) {
	if o.Scale < 0 || o.Scale > 2 {
		return List{}, ErrScale
	}
	if o.FilmStills < 0 || o.FilmStills > MaxStillSeconds {
		return List{}, ErrStills
	}
	if len(addresses) == 0 || len(addresses) > MaxList {
		return List{}, &ListError{Count: len(addresses)}
	}
	f := listFile{Format: listFormat, Options: o}
	seen := map[string]bool{}
	load := 0
	for _, a := range addresses {
		a.Address = Pasted(a.Address)
		if err := CheckAddress(a.Address); err != nil {
			return List{}, err
		}
		if seen[a.Address] {
			continue
		}
		seen[a.Address] = true
		if !k.mayLoad(a.Address, a.Subject) && a.Subject == SubjectAdult {
			a.Subject = SubjectUnsure // answered otherwise before
		}
		if a.Subject == SubjectAdult {
			load++
		}
		f.Addresses = append(f.Addresses, a)
	}
	c, err := k.vault.Case(ctx, caseID)
	if err != nil {
		return List{}, err
	}
	b, err := json.Marshal(f)
	if err != nil {
		return List{}, err
	}
	lists, err := c.Lists(ctx)
	if err != nil {
		return List{}, err
	}
	h, err := historyOf(ctx, c)
	if err != nil {
		return List{}, err
	}
	for _, l := range slices.Backward(lists) {
		if string(l.Bytes) != string(b) {
			continue
		}
		if v, err := h.view(l); err != nil || v.Left() > 0 {
			return v, err
		}
	}
	l, err := c.AddList(ctx, b, map[string]string{"addresses": strconv.Itoa(len(f.Addresses)), "to_load": strconv.Itoa(load)})
	if err != nil {
		return List{}, err
	}
	// What was kept of an address before is no part of a new list.
	return h.view(l)
}

// Lists returns the lists of a case, oldest first. One that is damaged in the
// vault is passed over: what was kept of it are exhibits like others.
func (k *Keeper) Lists(ctx context.Context, caseID string) ([]List, error) {
	c, err := k.vault.Case(ctx, caseID)
	if err != nil {
		return nil, err
	}
	lists, err := c.Lists(ctx)
	if err != nil || len(lists) == 0 {
		return nil, err
	}
	h, err := historyOf(ctx, c)
	if err != nil {
		return nil, err
	}
	var out []List
	for _, l := range lists {
		if v, err := h.view(l); err == nil { // what is unreadable is passed over
			out = append(out, v)
		}
	}
	return out, nil
}

var errListFile = errors.New("list in the vault cannot be read")

// history is what the log and the exhibits of a case say about addresses.
type history struct {
	caseID string
	failed []evidence.Entry
	kept   []keptAddress
}

type keptAddress struct {
	seq     uint64 // of the entry that made the exhibit
	exhibit string
	kind    evidence.Kind
	outcome evidence.Outcome
	address string
}

// historyOf reads a case once, for all of its lists.
func historyOf(ctx context.Context, c *vault.Case) (history, error) {
	h := history{caseID: c.Info().ID}
	entries, err := c.Entries(ctx)
	if err != nil {
		return h, err
	}
	for _, e := range entries {
		if e.Action == evidence.ActCaptureFailed {
			h.failed = append(h.failed, e)
		}
	}
	err = c.EachExhibit(ctx, func(e vault.Exhibit) error {
		if r := e.Manifest.Request; r != nil {
			h.kept = append(h.kept, keptAddress{e.Recorded.Seq, e.ID, e.Manifest.Kind, e.Manifest.Outcome, strings.TrimSpace(r.Address)})
		}
		return nil
	})
	return h, err
}

// view derives how far a list is from what happened since it was made: nothing
// else has to be written for that, so nothing can disagree.
func (h history) view(l vault.List) (List, error) {
	var f listFile
	if l.Damage != nil {
		return List{}, fmt.Errorf("%w: %w", errListFile, l.Damage)
	}
	if err := json.Unmarshal(l.Bytes, &f); err != nil || f.Format != listFormat || len(f.Addresses) > MaxList {
		return List{}, fmt.Errorf("%w: %d addresses, %v", errListFile, len(f.Addresses), err)
	}
	v := List{ID: strconv.FormatUint(l.Seq, 10), Case: h.caseID, MadeAt: l.Time, Options: f.Options}
	place := map[string]int{}
	for i, a := range f.Addresses {
		v.Items = append(v.Items, ListItem{ListAddress: a, State: ListWaiting})
		place[a.Address] = i
	}
	for _, e := range h.failed {
		i, listed := place[strings.TrimSpace(e.Detail["address"])]
		if e.Seq <= l.Seq || !listed {
			continue
		}
		item := &v.Items[i]
		item.State, item.Cause, item.Detail = ListFailed, e.Detail["cause"], e.Detail["reason"]
		if item.Cause == causeCancelled {
			item.State, item.Cause, item.Detail = ListWaiting, "", ""
		}
	}
	for _, k := range h.kept {
		if i, listed := place[k.address]; listed && k.seq > l.Seq {
			v.Items[i].keep(k.exhibit, k.kind, k.outcome)
		}
	}
	return v, nil
}

// keep notes the exhibit of an address. What was loaded counts more than what
// was only noted, and the first one counts.
func (i *ListItem) keep(exhibit string, kind evidence.Kind, outcome evidence.Outcome) {
	state := ListKept
	switch {
	case kind == evidence.AddressOnly:
		state = ListNoted
	case kind != evidence.WebCapture:
		return
	}
	if i.done() && (i.State == ListKept || state == ListNoted) {
		return
	}
	i.State, i.Exhibit, i.Outcome, i.Cause, i.Detail = state, exhibit, outcome, "", ""
}

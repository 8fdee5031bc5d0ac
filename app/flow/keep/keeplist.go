package keep

import (
	"context"
	"errors"
	"slices"
	"sync"

	"constat/app/flow/look"
	"constat/capture"
	"constat/capture/chrome"
	"constat/evidence"
)

// ErrNoList: the case has no list of addresses, or none with that id.
var ErrNoList = errors.New("there is no such list of addresses in the case")

// KeepListRequest asks to go on with a list.
type KeepListRequest struct {
	Case        string
	List        string // empty: the newest
	MaxParallel int    // pages at once; 0: 1; more than [MaxParallel] is that
	Authorities []evidence.Authority
}

// ListProgress hears how a list goes on. Its methods are called from several
// goroutines.
type ListProgress interface {
	// Item tells that the i-th address has another state.
	Item(i int, item ListItem)
	// At hears the stages of the i-th address.
	At(i int) evidence.Progress
}

// causeCancelled is the cause of a capture that a person stopped.
const causeCancelled = "cancelled"

// KeepList keeps what is left of a list, failed addresses once more. An address
// that fails does not stop the others; what stands in the way on this device
// (no browser, a full disk) does. After Cancel or an error the list is returned
// with what was kept, and can be taken up again.
func (k *Keeper) KeepList(ctx context.Context, r KeepListRequest, p ListProgress) (List, error) {
	v, err := k.pickList(ctx, r.Case, r.List)
	if err != nil {
		return List{}, err
	}
	all, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var mu sync.Mutex // guards the items of v
	set := func(i int, item ListItem) {
		mu.Lock()
		v.Items[i] = item
		mu.Unlock()
		p.Item(i, item)
	}
	var running sync.WaitGroup
	room := make(chan struct{}, min(max(r.MaxParallel, 1), MaxParallel))
	for i, item := range slices.Clone(v.Items) {
		if item.done() {
			continue
		}
		select {
		case room <- struct{}{}:
		case <-all.Done():
		}
		if all.Err() != nil {
			break
		}
		item.State, item.Cause, item.Detail = ListRunning, "", ""
		set(i, item)
		running.Go(func() {
			defer func() { <-room }()
			after, err := k.keepListed(all, r, v.Options, item, p.At(i))
			set(i, after)
			if err != nil {
				stop(err)
			}
		})
	}
	running.Wait()
	if ctx.Err() != nil {
		return v, context.Cause(ctx)
	}
	return v, context.Cause(all)
}

// pickList finds the list to go on with.
func (k *Keeper) pickList(ctx context.Context, caseID, id string) (List, error) {
	lists, err := k.Lists(ctx, caseID)
	if err != nil {
		return List{}, err
	}
	for _, v := range slices.Backward(lists) {
		if id == "" || v.ID == id {
			return v, nil
		}
	}
	return List{}, ErrNoList
}

// keepListed keeps one address, or notes it. Its error is one that stops the list.
func (k *Keeper) keepListed(ctx context.Context, r KeepListRequest, o ListOptions, item ListItem, p evidence.Progress) (ListItem, error) {
	var e look.Exhibit
	err := ErrSubject
	if item.Subject == SubjectAdult {
		e, err = k.Preserve(ctx, PreserveRequest{
			Case: r.Case, Address: item.Address, Subject: SubjectAdult, Authorities: r.Authorities,
			Phone: o.Phone, Scale: o.Scale, LeaveOverlays: o.LeaveOverlays, NoFilms: o.NoFilms, FilmStills: o.FilmStills,
		}, p)
	}
	if errors.Is(err, ErrSubject) {
		e, err = k.Record(ctx, RecordRequest{Case: r.Case, Address: item.Address, Authorities: r.Authorities}, p)
	}
	switch {
	case err == nil:
		item.keep(e.Exhibit, e.Kind, e.Outcome)
		return item, nil
	case ctx.Err() != nil:
		item.State = ListWaiting
		return item, nil
	}
	item.State, item.Detail = ListFailed, evidence.Shorten(err.Error(), 500)
	item.Cause = k.causeOf(err)
	if pageFailed(err) {
		err = nil
	}
	return item, err
}

// pageFailed tells what is the page's own trouble from what the next page would
// meet as well.
func pageFailed(err error) bool {
	if _, ok := errors.AsType[*capture.NetworkError](err); ok {
		return true
	}
	if _, ok := errors.AsType[*capture.BrowserGoneError](err); ok {
		return true
	}
	e, ok := errors.AsType[*chrome.StartError](err)
	return ok && e.Hint == chrome.HintTimeout // a busy moment
}

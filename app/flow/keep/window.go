package keep

import (
	"context"
	"errors"
	"strings"

	"constat/app/flow/look"
	"constat/capture"
	"constat/evidence"
	"constat/evidence/vault"
)

// Window is a visible window of our own browser, in which the person signs in where they must
// and from which they keep pages. It keeps nothing of its own, and its session goes with it.
// It is safe for concurrent use.
type Window struct {
	keeper *Keeper
	of     *vault.Case
	w      *capture.Window
}

// WindowRequest asks for a window.
type WindowRequest struct {
	Case    string
	Address string // where it begins; empty: nowhere
	Subject Subject
}

// WindowPage is the page that would be kept.
type WindowPage struct {
	Address string
	Title   string // of the page, as it is; clean before showing
	page    capture.WindowPage
}

// KeepRequest asks to keep a page of a window.
type KeepRequest struct {
	Page        WindowPage // from [Window.Page]
	Subject     Subject    // about what this page shows
	Authorities []evidence.Authority
	Meant       Meant
	NoFilms     bool // as in [PreserveRequest]
	FilmStills  int  // the same
}

// OpenWindow opens a window. Only with SubjectAdult, and for an address that was never answered
// otherwise and is not that of a closed exhibit; else it returns ErrSubject, and Record is the way.
// One window is open at a time: another one is closed first. Locking the vault closes it.
func (k *Keeper) OpenWindow(ctx context.Context, r WindowRequest) (*Window, error) {
	if r.Address = Pasted(r.Address); r.Address != "" {
		if err := CheckAddress(r.Address); err != nil {
			return nil, err
		}
		if err := k.checkSubject(ctx, r.Address, r.Subject); err != nil {
			return nil, err
		}
	}
	if r.Subject != SubjectAdult {
		return nil, ErrSubject
	}
	c, err := k.vault.Case(ctx, r.Case)
	if err != nil {
		return nil, err
	}
	recorder, err := k.recorder(c.Info().Practice)
	if err != nil {
		return nil, err
	}
	if err := k.CloseWindow(); err != nil {
		return nil, err
	}
	opened, err := recorder.OpenWindow(ctx, strings.TrimSpace(r.Address))
	if err != nil {
		return nil, err
	}
	w := &Window{keeper: k, of: c, w: opened}
	if !k.holdWindow(w) {
		return nil, errors.Join(vault.ErrClosed, opened.Close())
	}
	if ctx.Err() != nil { // nobody waits for it any more
		return nil, errors.Join(context.Cause(ctx), w.Close())
	}
	return w, nil
}

// holdWindow makes the Keeper close the window when it ends; false when it has ended.
func (k *Keeper) holdWindow(w *Window) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.ended {
		return false
	}
	k.window = w
	return true
}

// CloseWindow closes the window that is open, if there is one.
func (k *Keeper) CloseWindow() error {
	k.mu.Lock()
	w := k.window
	k.window = nil
	k.mu.Unlock()
	if w == nil {
		return nil
	}
	return w.w.Close()
}

// Page tells which page would be kept now: that of the tab in front.
func (w *Window) Page(ctx context.Context) (WindowPage, error) {
	p, err := w.w.Front(ctx)
	return WindowPage{Address: p.Address, Title: p.Title, page: p}, err
}

// Keep keeps a page as it stands in the window, without loading it again: capture, manifest, vault,
// timestamps. The answer about age is about this page: any but 'adult' closes the window, for good
// for this address, and returns ErrSubject; so does the address of a closed exhibit. Cancelling
// leaves the window open.
func (w *Window) Keep(ctx context.Context, r KeepRequest, p evidence.Progress) (look.Exhibit, error) {
	k := w.keeper
	if err := k.checkSubject(ctx, r.Page.Address, r.Subject); errors.Is(err, ErrSubject) {
		return look.Exhibit{}, errors.Join(err, w.Close())
	} else if err != nil {
		return look.Exhibit{}, err
	}
	if r.FilmStills < 0 || r.FilmStills > MaxStillSeconds {
		return look.Exhibit{}, ErrStills
	}
	draft := w.of.NewDraft()
	r.Page.page.NoFilms, r.Page.page.FilmStills = r.NoFilms, r.FilmStills
	page, err := w.w.Keep(ctx, r.Page.page, draft, p)
	if err != nil {
		return look.Exhibit{}, errors.Join(err, draft.Abort(), k.noteFailure(ctx, w.of, r.Page.Address, err))
	}
	m := captured(page)
	if err := k.filmStills(ctx, w.of, draft, &m, p); err != nil {
		return look.Exhibit{}, errors.Join(err, draft.Abort())
	}
	e, err := k.keep(ctx, w.of, draft, evidence.ActCaptured, m, r.Authorities, p)
	if err != nil {
		return look.Exhibit{}, err
	}
	return k.tell(ctx, e, r.Meant), nil
}

// Done is closed when the window has ended: by Close, by the person, or because its browser did.
func (w *Window) Done() <-chan struct{} { return w.w.Done() }

// Close closes the window; what the person signed in to is signed in to no more.
func (w *Window) Close() error {
	w.keeper.mu.Lock()
	if w.keeper.window == w {
		w.keeper.window = nil
	}
	w.keeper.mu.Unlock()
	return w.w.Close()
}

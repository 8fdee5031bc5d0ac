package keep

import (
	"fyne.io/fyne/v2"

	"constat/app/flow/keep"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
)

// options is how a page is to be kept otherwise than usual. They are folded away,
// and forgotten after one page: nothing of it stands in the way.
type options struct {
	open                               bool
	phone, fine, left, stills, noFilms bool
}

// stillSeconds lie between two stills of a film.
const stillSeconds = 10

// request is what is asked of flow once the question about age is answered.
func (o options) request(id, address string) keep.PreserveRequest {
	r := keep.PreserveRequest{Case: id, Address: address, Subject: keep.SubjectAdult, Phone: o.phone, LeaveOverlays: o.left, NoFilms: o.noFilms}
	if o.fine {
		r.Scale = 2
	}
	if o.stills {
		r.FilmStills = stillSeconds
	}
	return r
}

// list is the same for a list of addresses.
func (o options) list() keep.ListOptions {
	r := o.request("", "")
	return keep.ListOptions{Phone: r.Phone, Scale: r.Scale, LeaveOverlays: r.LeaveOverlays, NoFilms: r.NoFilms, FilmStills: r.FilmStills}
}

// fold draws the options, or the one line that opens them.
func (o *options) fold(w *stage.Stage) fyne.CanvasObject {
	if !o.open {
		more := w.Button(widget.ButtonQuiet, "options.open", func() {
			o.open = true
			w.Refresh()
		})
		more.Small()
		return widget.Row(0, more)
	}
	check := func(on *bool, what, how string) fyne.CanvasObject {
		return widget.NewCheck(w.Keys(), *on, func(now bool) { *on = now }, widget.Small(what+" "), widget.SmallMute(how))
	}
	return widget.Stack(0,
		check(&o.phone, w.T("options.phone"), w.T("options.phone-how")),
		check(&o.fine, w.T("options.fine"), w.T("options.fine-how")),
		check(&o.left, w.T("options.left"), w.T("options.left-how")),
		check(&o.stills, w.T("options.stills"), w.T("options.stills-how", "N", stillSeconds)),
		check(&o.noFilms, w.T("options.no-films"), w.T("options.no-films-how")))
}

// sight says how the page was seen.
func sight(w *stage.Stage, r *evidence.Request) []widget.Span {
	how := "view.computer"
	if r.Window {
		how = "view.own-window"
	} else if r.Phone {
		how = "view.phone"
	}
	spans := []widget.Span{widget.Small(w.Text().T(how)), widget.SmallMute(" · " + w.Text().T("view.window",
		"Width", w.Text().Number(int64(r.ViewWidth)), "Height", w.Text().Number(int64(r.ViewHeight)), "Scale", r.Scale))}
	if r.Zoom != 0 {
		spans = append(spans, widget.SmallMute(" · "+w.Text().T("view.zoom", "Zoom", r.Zoom)))
	}
	if r.Pinch != 0 {
		spans = append(spans, widget.SmallMute(" · "+w.Text().T("view.pinch", "Pinch", r.Pinch)))
	}
	if r.LeaveOverlays {
		spans = append(spans, widget.SmallMute(" · "+w.Text().T("view.overlays-left")))
	}
	if r.NoFilms {
		spans = append(spans, widget.SmallMute(" · "+w.Text().T("view.no-films")))
	}
	if r.FilmStills != 0 {
		spans = append(spans, widget.SmallMute(" · "+w.Text().T("view.film-stills", "N", r.FilmStills)))
	}
	return spans
}

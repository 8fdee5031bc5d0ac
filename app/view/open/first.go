package open

import (
	"context"

	"fyne.io/fyne/v2"

	"constat/app/flow"
	"constat/app/view/secret"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
)

// firstScreen explains the program and makes the vault.
type firstScreen struct {
	secret secret.Pair
	job    stage.Job
	looked bool
}

// Open says what is to be known of the vault's place before it is made.
func (s *firstScreen) Open(w *stage.Stage) {
	if s.looked {
		return
	}
	s.looked = true
	dir := w.Folder()
	stage.Run(
		w.Aside(),
		func(context.Context) (error, error) { return flow.Place(dir, true), nil },
		func(place, _ error) { w.Explain(place) },
	)
}

func (s *firstScreen) Build(w *stage.Stage) stage.Page {
	create := w.Button(widget.ButtonPrimary, "first.create", func() { s.create(w) })
	s.secret.Init(w, func() { create.Disable(s.job.Busy() || w.Locking() || !s.secret.Ready()) })
	if s.job.Busy() {
		create.Rename(w.T("busy"))
	}
	form := []fyne.CanvasObject{
		widget.NewText(widget.Head(w.T("first.passphrase"))),
		widget.NewText(widget.Muted(w.T("first.passphrase-why"))),
	}
	form = append(form, s.secret.Objects()...)
	form = append(form, widget.Row(0, create))
	can := widget.Card(
		widget.NewText(widget.Head(w.T("first.what"))),
		widget.Point(widget.ToneOK, "check", widget.NewText(widget.Plain(w.T("first.what-1")))),
		widget.Point(widget.ToneOK, "check", widget.NewText(widget.Plain(w.T("first.what-2")))),
		widget.Point(widget.ToneOK, "check", widget.NewText(widget.Plain(w.T("first.what-3")))),
	)
	cannot := widget.LookCard(
		widget.NewText(widget.Strong(w.T("first.hide"))),
		widget.Point(widget.ToneLook, "look", widget.NewText(widget.Plain(w.T("first.hide-1")))),
		widget.Point(widget.ToneLook, "look", widget.NewText(widget.Plain(w.T("first.hide-2")))),
		widget.Rule(), widget.NewText(widget.Small(w.T("first.exit"))),
	)
	restore := w.Button(widget.ButtonQuiet, "first.restore", func() {
		if !s.job.Busy() && !w.Locking() {
			w.Show(&restoreScreen{})
		}
	})
	return stage.Page{
		Title: w.T("first.title"),
		Body: widget.Columns(20, 0.52, 620, widget.Stack(14, can, cannot),
			widget.Stack(14, widget.Card(form...), widget.Wrap(widget.GapSmall, restore, checkButton(w, s)))),
		Focus: s.secret.First,
		Enter: func() { s.create(w) },
	}
}

type newVault struct {
	session *flow.Session
	code    string
}

func (s *firstScreen) create(w *stage.Stage) {
	if s.job.Busy() || w.Locking() || !s.secret.Ready() {
		return
	}
	passphrase := s.secret.First.Text
	stage.Start(w, &s.job, stage.Task[newVault]{
		Work: func(ctx context.Context, _ evidence.Progress) (newVault, error) {
			session, code, err := w.App().CreateVault(ctx, w.Folder(), passphrase)
			return newVault{session, code}, err
		},
		Done: func(v newVault) {
			s.secret = secret.Pair{}
			w.Enter(v.session)
			err := w.CodeMark().Set()
			w.Show(secret.NewCode(v.code, nil))
			w.Explain(err)
		},
	})
}

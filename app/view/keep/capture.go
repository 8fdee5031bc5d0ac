package keep

import (
	"context"
	"errors"

	"fyne.io/fyne/v2"

	"constat/app/flow/keep"
	"constat/app/flow/look"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
)

// captureScreen shows a capture step by step.
type captureScreen struct {
	request keep.PreserveRequest
	from    *homeScreen
	job     stage.Job
}

// captureSteps are what is to come, in order.
var captureSteps = []evidence.Step{
	evidence.StepBrowser, evidence.StepLoad, evidence.StepFirstView, evidence.StepFullPage,
	evidence.StepRecord, evidence.StepDated, evidence.StepEncrypt, evidence.StepTimestamp,
}

func (s *captureScreen) Open(w *stage.Stage) { s.start(w) }

func (s *captureScreen) start(w *stage.Stage) {
	session, request := w.Session(), s.request
	makeExhibit(w, &s.job, func(ctx context.Context, p evidence.Progress) (look.Exhibit, error) {
		return session.Keep.Preserve(ctx, request, p)
	}, func(err error) error {
		if errors.Is(err, keep.ErrSubject) { // answered otherwise before
			w.Show(&recordScreen{address: request.Address, from: s.from, subject: keep.SubjectUnsure, earlier: true})
			return nil
		}
		return err
	})
}

// makeExhibit runs the use case that makes an exhibit and shows what came of it.
func makeExhibit(w *stage.Stage, j *stage.Job,
	work func(context.Context, evidence.Progress) (look.Exhibit, error), failed func(error) error) {
	stage.Watch(w, j, stage.Task[look.Exhibit]{
		Work:   work,
		Done:   func(e look.Exhibit) { w.Show(&exhibitScreen{id: e.Exhibit, fresh: true}) },
		Failed: failed,
	})
}

// stepAmount says how far a step of a capture is.
func stepAmount(w *stage.Stage) stage.Amount {
	return func(step evidence.Step, done, total int64) string {
		switch step {
		case evidence.StepFullPage:
			return w.T("progress.pixels", "Done", w.Text().Number(done), "Total", w.Text().Number(total))
		case evidence.StepTimestamp:
			return w.T("progress.of", "Done", w.Text().Number(done), "Total", w.Text().Number(total))
		}
		return ""
	}
}

func (s *captureScreen) Build(w *stage.Stage) stage.Page {
	back := func() { w.Show(s.from) }
	var focus fyne.Focusable
	var below fyne.CanvasObject
	title := w.T("capture.running")
	if s.job.Over() {
		again := w.Button(widget.ButtonPrimary, "capture.again", func() {
			w.ClearNotice()
			s.start(w)
		})
		title = w.T("capture.not-kept")
		if s.job.Stopped() {
			title = w.T("capture.stopped")
		}
		below, focus = widget.Wrap(widget.GapSmall, again, w.Button(widget.ButtonPlain, "back", back)), again
	} else {
		var stop *widget.Button
		stop, back = s.job.Stopper(w)
		below, focus = widget.RowGrow(14, 1, stop, widget.NewText(widget.SmallMute(w.T("capture.safe")))), nil
	}
	job := widget.Card(
		widget.NewText(widget.Head(title)),
		widget.Space(2),
		s.job.Steps(w, captureSteps, stepAmount(w)),
		widget.Space(4),
		below,
	)
	help := widget.Stack(14,
		widget.Card(widget.NewText(widget.Strong(w.T("calm.wrong"))), widget.NewText(widget.Muted(w.T("calm.look")))),
		widget.Card(widget.NewText(widget.Strong(w.T("calm.then"))), widget.NewText(widget.Muted(w.T("calm.then-how")))))
	return stage.Page{
		Title: w.T("capture.title"), Step: stage.StepKeep, Focus: focus, Back: back,
		Body: widget.Stack(16, addressCard(s.request.Address), widget.Columns(20, 0.56, 620, job, help)),
	}
}

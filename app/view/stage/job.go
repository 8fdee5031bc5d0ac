package stage

import (
	"context"

	"fyne.io/fyne/v2"

	"constat/app/view/widget"
	"constat/evidence"
)

// Job is what a screen does and waits for: at most once at a time. The zero value is
// one that was never started.
type Job struct {
	busy    bool
	over    bool
	stopped bool
	asked   bool // whether to stop
	meter   *Meter
	list    *stepList
}

// Task is what a job is to do.
type Task[T any] struct {
	Work func(context.Context, evidence.Progress) (T, error)
	Done func(T)
	// Failed may put things right and says what is left to explain; nil: all of it.
	Failed func(error) error
	// Sample draws how far a watched job is; nil: the list of its steps is drawn.
	Sample func()
}

// Busy reports whether the job runs.
func (j *Job) Busy() bool { return j.busy }

// Over reports whether it ended without a result.
func (j *Job) Over() bool { return j.over }

// Stopped reports whether the person stopped it.
func (j *Job) Stopped() bool { return j.stopped }

// Start runs a job on the lane that the screen waits for, and draws the screen with
// it. What fails is explained on the screen drawn anew. Nothing happens while the job
// runs already.
func Start[T any](w *Stage, j *Job, t Task[T]) {
	begin(w, j, t, evidence.NoProgress{}, nil)
}

// Watch is Start for a job that reports its steps.
func Watch[T any](w *Stage, j *Job, t Task[T]) {
	if j.busy {
		return
	}
	j.meter, j.list = NewMeter(w.Now), nil
	sample := t.Sample
	if sample == nil {
		sample = func() {
			if j.list != nil {
				j.list.sample()
			}
		}
	}
	begin(w, j, t, j.meter, sample)
}

func begin[T any](w *Stage, j *Job, t Task[T], progress evidence.Progress, sample func()) {
	if j.busy {
		return
	}
	j.busy, j.over, j.stopped, j.asked = true, false, false, false
	var v T
	var err error
	w.Work().Start(func(ctx context.Context) { v, err = t.Work(ctx, progress) }, func() {
		j.busy = false
		if sample != nil {
			j.meter.end()
			sample() // a last time
		}
		if err == nil {
			t.Done(v)
			return
		}
		j.over = true
		if t.Failed != nil {
			err = t.Failed(err)
		}
		w.Rebuild()
		w.Explain(err)
	}, sample)
	if j.busy {
		w.Rebuild()
	}
}

// Wait greys the button of a running job and says so.
func (j *Job) Wait(w *Stage, b *widget.Button) {
	if j.busy {
		b.Disable(true)
		b.Rename(w.T("busy"))
	}
}

// Stopper is the button that stops the running job, and the same for Escape. What was begun would be
// lost, so it asks once; Space, pressed for something else, ends nothing. It stays pressed until the
// job has ended.
func (j *Job) Stopper(w *Stage) (stop *widget.Button, halt func()) {
	key := "capture.stop"
	if j.asked {
		key = "capture.stop-sure"
	}
	stop = w.Button(widget.ButtonPlain, key, nil)
	stop.DeafToSpace()
	pressed := func() {
		stop.Disable(true)
		stop.Rename(w.T("capture.stopping"))
	}
	halt = func() {
		if !j.asked {
			j.asked = true
			w.Refresh()
			return
		}
		j.stopped = true
		pressed()
		w.Work().Abort()
	}
	stop.SetPress(halt)
	if j.stopped {
		pressed()
	}
	return stop, halt
}

// Steps draws the steps of a watched job: those that ran, and those that are still
// expected, in order. The amount, in words, may be empty.
func (j *Job) Steps(w *Stage, expect []evidence.Step, amount Amount) fyne.CanvasObject {
	j.list = newStepList(w.Text(), j.meter, expect, amount)
	return j.list.Progress
}

package view_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"constat/app/flow/look"
	"constat/app/view"
	"constat/app/view/stage"
	"constat/app/view/viewtest"
	"constat/evidence"
)

func TestLaneDropsWhatWasSuperseded(t *testing.T) {
	var group sync.WaitGroup
	exec := &viewtest.Script{Held: true}
	l := view.NewLane(exec, &group, t.Context())
	var got []string
	var first context.Context
	start := func(name string) {
		stage.Run(l, func(ctx context.Context) (string, error) {
			if first == nil {
				first = ctx
			}
			return name, nil
		}, func(v string, err error) { got = append(got, v) })
	}
	start("old")
	start("new")
	exec.Finish()
	if len(got) != 1 || got[0] != "new" {
		t.Errorf("results %q, want only the new one", got)
	}
	if first.Err() == nil {
		t.Error("the superseded job was not cancelled")
	}
	if l.Busy() {
		t.Error("lane is busy after its job")
	}
	group.Wait() // every job was counted down
}

func TestLaneAbortStillDelivers(t *testing.T) {
	var group sync.WaitGroup
	exec := &viewtest.Script{Held: true}
	l := view.NewLane(exec, &group, t.Context())
	var got error
	stage.Run(l, func(ctx context.Context) (int, error) { return 0, ctx.Err() }, func(_ int, err error) { got = err })
	l.Abort()
	exec.Finish()
	if !errors.Is(got, context.Canceled) {
		t.Errorf("aborted job delivered %v", got)
	}
}

func TestLaneStopDeliversNothing(t *testing.T) {
	var group sync.WaitGroup
	exec := &viewtest.Script{Held: true}
	l := view.NewLane(exec, &group, t.Context())
	stage.Run(l, func(context.Context) (int, error) { return 1, nil }, func(int, error) { t.Error("a stopped job delivered") })
	l.Stop()
	exec.Finish()
}

func TestAWatchedJobIsSampledAndEndsWithALastSample(t *testing.T) {
	r := newRig(t)
	r.Exec.Held = true
	var job stage.Job
	drawn := 0
	stage.Watch(r.W, &job, stage.Task[int]{
		Work: func(_ context.Context, p evidence.Progress) (int, error) {
			p.Step(evidence.StepLoad)
			for i := range int64(10_000) {
				p.Amount(i, 10_000) // the window hears of none of these by itself
			}
			r.Clock.Pass(2 * time.Second)
			p.Step(evidence.StepEncrypt)
			return 0, nil
		},
		Done:   func(int) {},
		Sample: func() { drawn++ },
	})
	r.Exec.Tick()
	if drawn != 1 {
		t.Errorf("%d samples after one tick", drawn)
	}
	r.Exec.Finish()
	if drawn != 2 {
		t.Errorf("%d samples after the end, want the tick and a last one", drawn)
	}
	r.Exec.Tick()
	if drawn != 2 {
		t.Error("sampling went on after the end")
	}
	said := viewtest.WordsIn(job.Steps(r.W, nil, nil))
	for _, seconds := range []string{"2,0", "0,0"} { // both steps have ended
		if want := r.W.T("progress.seconds", "Seconds", seconds); !strings.Contains(said, strings.Join(strings.Fields(want), " ")) {
			t.Errorf("%q is not said: %s", want, said)
		}
	}
}

// TestAJobRunsOnceAndItsErrorIsSaidOnce: what eleven screens did by hand.
func TestAJobRunsOnceAndItsErrorIsSaidOnce(t *testing.T) {
	r := newRig(t)
	var job stage.Job
	var done []int
	ran := 0
	start := func(fail, undone error) {
		stage.Start(r.W, &job, stage.Task[int]{
			Work: func(context.Context, evidence.Progress) (int, error) { ran++; return ran, fail },
			Done: func(n int) { done = append(done, n) },
			Failed: func(err error) error {
				if !job.Over() || job.Busy() {
					t.Error("told of a failure of a job that is not over")
				}
				return errors.Join(err, undone)
			},
		})
	}
	r.Exec.Held = true
	start(nil, nil)
	start(nil, nil)
	if !job.Busy() {
		t.Error("not busy while it runs")
	}
	r.Exec.Finish()
	if job.Busy() || job.Over() || ran != 1 || len(done) != 1 {
		t.Errorf("ran %d times, done %v, busy %v, over %v", ran, done, job.Busy(), job.Over())
	}
	start(look.ErrMinor, nil)
	r.Exec.Finish()
	if !r.Noticed() || len(done) != 1 {
		t.Errorf("done %v, screen: %s", done, r.Words())
	}
	r.W.ClearNotice()
	start(context.Canceled, nil)
	r.Exec.Finish()
	if r.Noticed() || !job.Over() {
		t.Error("a job that was cancelled is shown as an error")
	}
}

// TestBackgroundRunsBesideAndStops holds the real executor to its contract.
func TestBackgroundRunsBesideAndStops(t *testing.T) {
	newRig(t)
	exec := view.Background()
	done := make(chan struct{})
	exec.Go(func() { exec.Do(func() { close(done) }) })
	<-done
	ticks := make(chan struct{}, 100)
	stop := exec.Every(time.Millisecond, func() { ticks <- struct{}{} })
	<-ticks
	<-ticks
	stop()
	stop() // twice is allowed
}

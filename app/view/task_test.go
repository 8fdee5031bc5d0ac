package view

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"constat/evidence"
)

func TestLaneDropsWhatWasSuperseded(t *testing.T) {
	var group sync.WaitGroup
	exec := &script{held: true}
	l := newLane(exec, &group)
	var got []string
	var first context.Context
	start := func(name string) {
		run(l, t.Context(), func(ctx context.Context) (string, error) {
			if first == nil {
				first = ctx
			}
			return name, nil
		}, func(v string, err error) { got = append(got, v) })
	}
	start("old")
	start("new")
	exec.finish()
	if len(got) != 1 || got[0] != "new" {
		t.Errorf("results %q, want only the new one", got)
	}
	if first.Err() == nil {
		t.Error("the superseded job was not cancelled")
	}
	if l.busy() {
		t.Error("lane is busy after its job")
	}
	group.Wait() // every job was counted down
}

func TestLaneAbortStillDelivers(t *testing.T) {
	var group sync.WaitGroup
	exec := &script{held: true}
	l := newLane(exec, &group)
	var got error
	run(l, t.Context(), func(ctx context.Context) (int, error) { return 0, ctx.Err() }, func(_ int, err error) { got = err })
	l.abort()
	exec.finish()
	if !errors.Is(got, context.Canceled) {
		t.Errorf("aborted job delivered %v", got)
	}
}

func TestLaneStopDeliversNothing(t *testing.T) {
	var group sync.WaitGroup
	exec := &script{held: true}
	l := newLane(exec, &group)
	run(l, t.Context(), func(context.Context) (int, error) { return 1, nil }, func(int, error) { t.Error("a stopped job delivered") })
	l.stop()
	exec.finish()
}

func TestMeterIsSampledAndEndsWithALastSample(t *testing.T) {
	var group sync.WaitGroup
	exec := &script{held: true}
	c := &clock{time.Unix(0, 0)}
	m := &meter{now: c.now}
	l := newLane(exec, &group)
	drawn := 0
	runMeter(l, t.Context(), m, func() { drawn++ }, func(_ context.Context, p evidence.Progress) (int, error) {
		p.Step(evidence.StepLoad)
		for i := range int64(10_000) {
			p.Amount(i, 10_000) // the window hears of none of these by itself
		}
		c.pass(2 * time.Second)
		p.Step(evidence.StepEncrypt)
		return 0, nil
	}, func(int, error) {})
	exec.tick()
	if drawn != 1 {
		t.Errorf("%d samples after one tick", drawn)
	}
	exec.finish()
	if drawn != 2 {
		t.Errorf("%d samples after the end, want the tick and a last one", drawn)
	}
	exec.tick()
	if drawn != 2 {
		t.Error("sampling went on after the end")
	}
	s := m.snapshot()
	if len(s) != 2 || s[0].took != 2*time.Second || s[0].done != 9999 || s[1].running {
		t.Errorf("stages %+v", s)
	}
}

// TestBackgroundRunsBesideAndStops holds the real executor to its contract.
func TestBackgroundRunsBesideAndStops(t *testing.T) {
	newRig(t)
	exec := Background()
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

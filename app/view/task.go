package view

import (
	"context"
	"sync"
	"time"

	"fyne.io/fyne/v2"

	"constat/evidence"
)

// Executor runs work beside the window and brings what follows back to it.
// Tests give a scripted one, so that no test waits.
type Executor interface {
	// Go runs work beside the window.
	Go(work func())
	// Do runs update on the window's goroutine, later, in order.
	Do(update func())
	// Every runs update on the window's goroutine again and again until stop is called.
	Every(d time.Duration, update func()) (stop func())
}

// Background is the real executor: the only place that starts goroutines and
// calls fyne.Do.
func Background() Executor { return background{} }

type background struct{}

func (background) Go(work func())   { go work() }
func (background) Do(update func()) { fyne.Do(update) }

func (background) Every(d time.Duration, update func()) func() {
	tick, done := time.NewTicker(d), make(chan struct{})
	go func() {
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				// Waits, so that a slow window is not flooded.
				fyne.DoAndWait(func() {
					select {
					case <-done:
					default:
						update()
					}
				})
			}
		}
	}()
	return sync.OnceFunc(func() { close(done) })
}

// lane holds at most one running job. Starting another one cancels the one
// before and drops its result, so that what comes late cannot overwrite what
// the person asked for since. Its methods belong to the window's goroutine.
type lane struct {
	exec   Executor
	group  *sync.WaitGroup // of every job of the window; quick exit waits for it
	turn   int
	cancel context.CancelFunc
	ticks  func()
}

func newLane(exec Executor, group *sync.WaitGroup) *lane { return &lane{exec: exec, group: group} }

// busy reports whether a job runs.
func (l *lane) busy() bool { return l.cancel != nil }

// abort asks the job to end; its result still arrives.
func (l *lane) abort() {
	if l.cancel != nil {
		l.cancel()
	}
}

// stop ends the job and drops its result.
func (l *lane) stop() {
	l.turn++
	l.finish()
}

func (l *lane) finish() {
	if l.cancel != nil {
		l.cancel()
	}
	if l.ticks != nil {
		l.ticks()
	}
	l.cancel, l.ticks = nil, nil
}

// run does work beside the window and hands the result to done on the window's
// goroutine, unless the lane was stopped or used for something else meanwhile.
func run[T any](l *lane, ctx context.Context, work func(context.Context) (T, error), done func(T, error)) {
	l.stop()
	ctx, cancel := context.WithCancel(ctx)
	l.cancel = cancel
	turn := l.turn
	l.group.Add(1)
	l.exec.Go(func() {
		defer l.group.Done()
		v, err := work(ctx)
		l.exec.Do(func() {
			if l.turn != turn {
				cancel()
				return
			}
			l.finish()
			done(v, err)
		})
	})
}

// sampling is how often a running job's progress is drawn.
const sampling = 200 * time.Millisecond

// runMeter is run for a job that reports its stages. Progress is sampled, with
// a last sample when the job ends.
func runMeter[T any](l *lane, ctx context.Context, m *meter, draw func(),
	work func(context.Context, evidence.Progress) (T, error), done func(T, error)) {
	ended := false
	run(l, ctx, func(ctx context.Context) (T, error) { return work(ctx, m) }, func(v T, err error) {
		ended = true
		m.end()
		draw()
		done(v, err)
	})
	if !ended {
		l.ticks = l.exec.Every(sampling, draw)
	}
}

// stage is one step of a job, as the meter saw it.
type stage struct {
	step        evidence.Step
	began       time.Time
	took        time.Duration
	running     bool
	done, total int64
}

// meter listens to a job. It is an evidence.Progress: safe for concurrent use.
type meter struct {
	now    func() time.Time
	mu     sync.Mutex
	stages []stage
	last   int // index of the one that began last
}

var _ evidence.Progress = (*meter)(nil)

func (m *meter) Step(s evidence.Step) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closeLast()
	for i := range m.stages {
		if m.stages[i].step == s { // e.g. once a file: it goes on where it stood
			m.stages[i].began = m.now().Add(-m.stages[i].took)
			m.stages[i].running, m.last = true, i
			m.stages[i].done, m.stages[i].total = 0, 0
			return
		}
	}
	m.stages = append(m.stages, stage{step: s, began: m.now(), running: true})
	m.last = len(m.stages) - 1
}

func (m *meter) closeLast() {
	if len(m.stages) == 0 || !m.stages[m.last].running {
		return
	}
	s := &m.stages[m.last]
	s.running, s.took = false, m.now().Sub(s.began)
}

func (m *meter) Amount(done, total int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.stages) > 0 {
		m.stages[m.last].done, m.stages[m.last].total = done, total
	}
}

func (m *meter) end() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closeLast()
}

func (m *meter) snapshot() []stage {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]stage(nil), m.stages...)
}

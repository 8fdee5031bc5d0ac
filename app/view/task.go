package view

import (
	"context"
	"sync"
	"time"

	"fyne.io/fyne/v2"
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

// lane is a stage.Lane. Its methods belong to the window's goroutine.
type lane struct {
	exec   Executor
	group  *sync.WaitGroup        // of every job of the window; quick exit waits for it
	life   func() context.Context // ends with the lock
	turn   int
	cancel context.CancelFunc
	ticks  func()
}

func newLane(exec Executor, group *sync.WaitGroup, life func() context.Context) *lane {
	return &lane{exec: exec, group: group, life: life}
}

// Busy reports whether a job runs.
func (l *lane) Busy() bool { return l.cancel != nil }

// Abort asks the job to end; its result still arrives.
func (l *lane) Abort() {
	if l.cancel != nil {
		l.cancel()
	}
}

// Stop ends the job and drops its result.
func (l *lane) Stop() {
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

// sampling is how often a running job's progress is drawn.
const sampling = 200 * time.Millisecond

// Start does work beside the window, and then done on the window's goroutine, unless
// the lane was stopped or used for something else meanwhile.
func (l *lane) Start(work func(context.Context), done, sample func()) {
	l.Stop()
	ctx, cancel := context.WithCancel(l.life())
	l.cancel = cancel
	turn := l.turn
	l.group.Add(1)
	l.exec.Go(func() {
		defer l.group.Done()
		work(ctx)
		l.exec.Do(func() {
			if l.turn != turn {
				cancel()
				return
			}
			l.finish()
			done()
		})
	})
	if sample != nil && l.turn == turn && l.Busy() {
		l.ticks = l.exec.Every(sampling, sample)
	}
}

package viewtest

import "time"

// Script is an executor without goroutines: work runs at once, or when a test says
// so, and timers run when a test lets time pass.
type Script struct {
	Held   bool // work is held back
	Late   bool // what work brings back to the window is held back
	queue  []func()
	timers []*timer
}

type timer struct {
	f       func()
	stopped bool
}

// Go runs work, or holds it back.
func (s *Script) Go(work func()) {
	if s.Held {
		s.queue = append(s.queue, work)
		return
	}
	work()
}

// Do runs an update, or holds it back.
func (s *Script) Do(update func()) {
	if s.Late {
		s.queue = append(s.queue, update)
		return
	}
	update()
}

// Every makes a timer that fires with Tick.
func (s *Script) Every(_ time.Duration, f func()) func() {
	t := &timer{f: f}
	s.timers = append(s.timers, t)
	return func() { t.stopped = true }
}

// Finish runs what was held back, oldest first.
func (s *Script) Finish() {
	for len(s.queue) > 0 {
		work := s.queue[0]
		s.queue = s.queue[1:]
		work()
	}
}

// Tick lets every running timer fire once.
func (s *Script) Tick() {
	for _, t := range append([]*timer(nil), s.timers...) {
		if !t.stopped {
			t.f()
		}
	}
}

// Clock is a time that a test moves.
type Clock struct{ At time.Time }

// Now is the time.
func (c *Clock) Now() time.Time { return c.At }

// Pass lets time pass.
func (c *Clock) Pass(d time.Duration) { c.At = c.At.Add(d) }

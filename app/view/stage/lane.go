package stage

import "context"

// Lane holds at most one running job. Starting another one cancels the one before
// and drops its result, so that what comes late cannot overwrite what the person
// asked for since.
type Lane interface {
	// Start does work beside the window, and then done on the window's goroutine,
	// unless the lane was stopped or used for something else meanwhile. While it runs,
	// sample is called now and then; nil: never.
	Start(work func(context.Context), done, sample func())
	Busy() bool
	Abort() // asks the job to end; its result still arrives
	Stop()  // ends the job and drops its result
}

// Run does work on a lane and hands the result to done.
func Run[T any](l Lane, work func(context.Context) (T, error), done func(T, error)) {
	var v T
	var err error
	l.Start(func(ctx context.Context) { v, err = work(ctx) }, func() { done(v, err) }, nil)
}

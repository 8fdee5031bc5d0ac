package view

import (
	"context"
	"sync"
	"time"

	"constat/app/view/stage"
)

// What tests see besides.

// ClipboardLimit is how long the recovery code stays on the clipboard.
const ClipboardLimit = clipboardLimit

// LockIn is how long it still takes until the vault locks by itself.
func (w *Window) LockIn() time.Duration { return w.lockIn() }

// NewLane is a lane of no window.
func NewLane(exec Executor, group *sync.WaitGroup, life context.Context) stage.Lane {
	return newLane(exec, group, func() context.Context { return life })
}

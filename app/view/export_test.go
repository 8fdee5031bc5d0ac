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

// Saves has the window give back this memory.
func (w *Window) Saves(m Memory) { w.cfg.Memory = m }

// Redraw draws the screen anew.
func (w *Window) Redraw() { w.rebuild() }

// Touch says that the person is there.
func (w *Window) Touch() { w.seen() }

// Heap is the runtime's memory.
var Heap Memory = heap{}

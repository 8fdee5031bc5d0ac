package view_test

import (
	"testing"
	"time"

	"constat/app/view"
)

// purse counts how often memory was given back.
type purse struct {
	spare uint64
	given int
}

func (p *purse) Spare() uint64 { return p.spare }
func (p *purse) GiveBack()     { p.given++; p.spare = 0 }

func TestMemoryIsGivenBackAtRest(t *testing.T) {
	r := inCase(t)
	p := &purse{spare: 1 << 30}
	r.Window.Saves(p)
	pass := func(d time.Duration) {
		r.Clock.Pass(d)
		r.Window.Touch()
		r.Exec.Tick()
	}
	r.Window.Redraw()
	pass(time.Second)
	if p.given != 0 {
		t.Fatal("given back while the window may still be drawing")
	}
	pass(3 * time.Second)
	if p.given != 1 {
		t.Fatalf("given back %d times at rest, want once", p.given)
	}
	p.spare = 1 << 20
	pass(time.Minute)
	if p.given != 1 {
		t.Error("a collection for next to nothing")
	}
	p.spare = 1 << 30
	pass(time.Second)
	p.spare = 1 << 30
	pass(time.Second)
	if p.given != 2 {
		t.Errorf("given back %d times within seconds, want one more", p.given)
	}
	r.Window.Lock()
	pass(time.Minute)
	p.spare = 1 << 30
	pass(time.Minute)
	if p.given < 3 {
		t.Error("behind the lock nothing is given back")
	}
	if view.Heap.Spare() > 1<<40 {
		t.Error("the runtime's measure is not understood")
	}
}

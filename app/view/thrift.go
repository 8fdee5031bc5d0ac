package view

import (
	"runtime/debug"
	"runtime/metrics"
	"time"
)

// Memory is what this program holds of the machine's.
type Memory interface {
	// Spare is how much is held that nobody uses, in bytes.
	Spare() uint64
	// GiveBack returns it. It takes as long as the collector does.
	GiveBack()
}

// Of giving memory back: a list or an export takes for a moment what is then kept for the next one, and
// the runtime returns it over minutes; another program on a small machine waits for it.
const (
	thriftQuiet = 3 * time.Second  // after the last drawing
	thriftLeast = 30 * time.Second // between two times
	thriftWorth = 12 << 20         // below, it is not worth a collection
)

// thrift gives memory back while the window is at rest.
type thrift struct {
	w    *Window
	from time.Time // not before
}

// Drawn notes that something was drawn, so that more may follow at once.
func (t *thrift) Drawn() {
	if quiet := t.w.cfg.Now().Add(thriftQuiet); t.from.Before(quiet) {
		t.from = quiet
	}
}

// tick looks every second, which counts nothing and stops nobody.
func (t *thrift) tick() {
	w := t.w
	if w.work.Busy() || w.cfg.Now().Before(t.from) || w.cfg.Memory.Spare() < thriftWorth {
		return
	}
	t.from = w.cfg.Now().Add(thriftLeast)
	w.exec.Go(w.cfg.Memory.GiveBack)
}

// heap is the memory of Go's runtime.
type heap struct{}

func (heap) Spare() uint64 {
	held := []metrics.Sample{
		{Name: "/memory/classes/heap/free:bytes"},
		{Name: "/memory/classes/heap/unused:bytes"},
		{Name: "/memory/classes/heap/objects:bytes"},
		{Name: "/gc/heap/live:bytes"},
	}
	metrics.Read(held)
	spare := held[0].Value.Uint64() + held[1].Value.Uint64()
	// What came since the last collection is in use or not; a part of it is counted, so that one is made in the end.
	if objects, live := held[2].Value.Uint64(), held[3].Value.Uint64(); objects > live {
		spare += (objects - live) / 2
	}
	return spare
}

func (heap) GiveBack() { debug.FreeOSMemory() }

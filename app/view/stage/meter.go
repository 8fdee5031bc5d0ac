package stage

import (
	"sync"
	"time"

	"constat/evidence"
)

// heard is one step of a job, as the meter saw it.
type heard struct {
	step        evidence.Step
	began       time.Time
	took        time.Duration
	running     bool
	done, total int64
}

// Meter listens to a job. It is an evidence.Progress: safe for concurrent use.
type Meter struct {
	now    func() time.Time
	mu     sync.Mutex
	stages []heard
	last   int // index of the one that began last
}

var _ evidence.Progress = (*Meter)(nil)

// NewMeter listens to a job that begins now.
func NewMeter(now func() time.Time) *Meter { return &Meter{now: now} }

// At is the step that began last; empty before the first one.
func (m *Meter) At() evidence.Step {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.stages) == 0 {
		return ""
	}
	return m.stages[len(m.stages)-1].step
}

// Step hears that a step begins.
func (m *Meter) Step(s evidence.Step) {
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
	m.stages = append(m.stages, heard{step: s, began: m.now(), running: true})
	m.last = len(m.stages) - 1
}

func (m *Meter) closeLast() {
	if len(m.stages) == 0 || !m.stages[m.last].running {
		return
	}
	s := &m.stages[m.last]
	s.running, s.took = false, m.now().Sub(s.began)
}

// Amount hears how much of the present step is done.
func (m *Meter) Amount(done, total int64) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.stages) > 0 {
		m.stages[m.last].done, m.stages[m.last].total = done, total
	}
}

func (m *Meter) end() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.closeLast()
}

func (m *Meter) snapshot() []heard {
	m.mu.Lock()
	defer m.mu.Unlock()
	return append([]heard(nil), m.stages...)
}

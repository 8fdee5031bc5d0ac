package stage

import (
	"testing"
	"time"

	"constat/evidence"
)

// clock is a time that a test moves.
type clock struct{ at time.Time }

func (c *clock) now() time.Time       { return c.at }
func (c *clock) pass(d time.Duration) { c.at = c.at.Add(d) }

// TestAStepThatComesAgainGoesOn: an import has the same steps once a file.
func TestAStepThatComesAgainGoesOn(t *testing.T) {
	c := &clock{time.Date(2026, 11, 23, 11, 0, 0, 0, time.UTC)}
	m := NewMeter(c.now)
	for _, s := range []evidence.Step{"import-store", "import-facts", "import-store", "import-facts"} {
		m.Step(s)
		m.Amount(1, 2)
		c.pass(time.Second)
	}
	m.end()
	got := m.snapshot()
	if len(got) != 2 {
		t.Fatalf("stages %+v", got)
	}
	for _, s := range got {
		if s.running || s.took != 2*time.Second {
			t.Errorf("stage %+v", s)
		}
	}
}

func TestAMeterKnowsItsStages(t *testing.T) {
	c := &clock{time.Unix(0, 0)}
	m := NewMeter(c.now)
	if at := m.At(); at != "" {
		t.Errorf("at %q before it began", at)
	}
	m.Step(evidence.StepLoad)
	for i := range int64(10_000) {
		m.Amount(i, 10_000)
	}
	c.pass(2 * time.Second)
	m.Step(evidence.StepEncrypt)
	if at := m.At(); at != evidence.StepEncrypt {
		t.Errorf("at %q", at)
	}
	m.end()
	s := m.snapshot()
	if len(s) != 2 || s[0].took != 2*time.Second || s[0].done != 9999 || s[1].running {
		t.Errorf("stages %+v", s)
	}
}

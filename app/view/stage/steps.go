package stage

import (
	"time"

	"constat/app/view/widget"
	"constat/assets/words"
	"constat/evidence"
)

// Amount says in words how much of a step is done.
type Amount func(step evidence.Step, done, total int64) string

// stepList shows what a meter heard of a job, and what is still to come.
type stepList struct {
	*widget.Progress
	text   *words.Text
	meter  *Meter
	expect []evidence.Step // the steps that are to come, in order
	amount Amount
}

func newStepList(t *words.Text, m *Meter, expect []evidence.Step, amount Amount) *stepList {
	p := &stepList{Progress: widget.NewProgress(), text: t, meter: m, expect: expect, amount: amount}
	p.sample()
	return p
}

// sample takes a sample of the meter.
func (p *stepList) sample() {
	var lines []widget.ProgressLine
	reached := map[evidence.Step]bool{}
	for _, s := range p.meter.snapshot() {
		reached[s.step] = true
		lines = append(lines, p.line(s))
	}
	for _, step := range p.expect {
		if !reached[step] {
			lines = append(lines, widget.ProgressLine{Name: p.text.T("step." + string(step))})
		}
	}
	p.Draw(lines)
}

func (p *stepList) line(s heard) widget.ProgressLine {
	l := widget.ProgressLine{Name: p.text.T("step." + string(s.step))}
	if !s.running {
		l.State = widget.ProgressDone
		l.Clock = p.text.T("window.progress.seconds", "Seconds", p.text.Decimal(s.took.Seconds(), 1))
		return l
	}
	l.State, l.Clock = widget.ProgressRunning, "…"
	if s.total > 0 {
		l.Share = float32(s.done) / float32(s.total)
		if p.amount != nil {
			l.Amount = p.amount(s.step, s.done, s.total)
		}
	}
	if since := p.meter.now().Sub(s.began).Truncate(time.Second); since >= 3*time.Second {
		l.Clock = p.text.T("window.progress.seconds", "Seconds", p.text.Decimal(since.Seconds(), 0))
	}
	return l
}

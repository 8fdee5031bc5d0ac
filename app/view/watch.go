package view

import (
	"time"

	"constat/app/view/widget"
	"constat/assets/words"
	"constat/evidence"
)

// progressList shows what a meter heard of a job, and what is still to come.
type progressList struct {
	*widget.Progress
	text   *words.Text
	meter  *meter
	expect []evidence.Step // the steps that are to come, in order
	amount func(step evidence.Step, done, total int64) string
}

func newProgressList(t *words.Text, m *meter, expect []evidence.Step, amount func(evidence.Step, int64, int64) string) *progressList {
	p := &progressList{Progress: widget.NewProgress(), text: t, meter: m, expect: expect, amount: amount}
	p.sample()
	return p
}

// sample takes a sample of the meter.
func (p *progressList) sample() {
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

func (p *progressList) line(s stage) widget.ProgressLine {
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

// stopper is the button that stops the running work, and the same for Escape.
// It stays pressed until the work has ended.
func (w *Window) stopper(stopped *bool) (stop *widget.Button, halt func()) {
	stop = w.button(widget.ButtonPlain, "capture.stop", nil)
	pressed := func() {
		stop.Disable(true)
		stop.Rename(w.t("capture.stopping"))
	}
	halt = func() {
		*stopped = true
		pressed()
		w.work.abort()
	}
	stop.Does(halt)
	if *stopped {
		pressed()
	}
	return stop, halt
}

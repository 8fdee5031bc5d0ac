package view

import (
	"image/color"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"constat/assets/words"
	"constat/evidence"
)

// progressList shows a job step by step, each with a mark, its name and the
// time it took, under one bar for the whole.
type progressList struct {
	widget.BaseWidget
	text   *words.Text
	meter  *meter
	expect []evidence.Step // the steps that are to come, in order
	amount func(step evidence.Step, done, total int64) string
	bar    *bar
	lines  *fyne.Container
}

func newProgressList(t *words.Text, m *meter, expect []evidence.Step, amount func(evidence.Step, int64, int64) string) *progressList {
	p := &progressList{text: t, meter: m, expect: expect, amount: amount, bar: newBar()}
	p.lines = stack(gapSmall)
	p.ExtendBaseWidget(p)
	p.draw()
	return p
}

// draw takes a sample of the meter.
func (p *progressList) draw() {
	seen := p.meter.snapshot()
	var objects []fyne.CanvasObject
	reached := map[evidence.Step]bool{}
	var part float32
	for _, s := range seen {
		reached[s.step] = true
		if !s.running {
			part++
		} else if s.total > 0 {
			part += min(float32(s.done)/float32(s.total), 1)
		}
		objects = append(objects, p.line(s))
	}
	count := len(seen)
	for _, step := range p.expect {
		if !reached[step] {
			count++
			objects = append(objects, point(toneQuiet, "ring", newText(muted(p.text.T("step."+string(step))))))
		}
	}
	if count > 0 {
		p.bar.set(part / float32(count))
	}
	p.lines.Objects = objects
	p.lines.Refresh()
	p.Refresh()
}

func (p *progressList) line(s stage) fyne.CanvasObject {
	name := p.text.T("step." + string(s.step))
	if !s.running {
		took := p.text.T("window.progress.seconds", "Seconds", p.text.Decimal(s.took.Seconds(), 1))
		return rowTop(12, 1, inset(3, 0, 0, 0, mark("check", roleOK, 16)), newText(plain(name)), line(smallMute(took)))
	}
	spans := []span{strong(name)}
	if s.total > 0 && p.amount != nil {
		if a := p.amount(s.step, s.done, s.total); a != "" {
			spans = append(spans, plain(" · "+a))
		}
	}
	since := p.meter.now().Sub(s.began).Truncate(time.Second)
	clock := "…"
	if since >= 3*time.Second {
		clock = p.text.T("window.progress.seconds", "Seconds", p.text.Decimal(since.Seconds(), 0))
	}
	return rowTop(12, 1, inset(3, 0, 0, 0, mark("dot", roleAccent, 16)), newText(spans...), line(smallMute(clock)))
}

func (p *progressList) heightFor(width float32) float32 { return 10 + 16 + heightOf(p.lines, width) }

func (p *progressList) CreateRenderer() fyne.WidgetRenderer {
	r := &simpleRenderer{objects: []fyne.CanvasObject{p.bar, p.lines}}
	r.layout = func(s fyne.Size) {
		p.bar.Resize(fyne.NewSize(s.Width, 10))
		p.lines.Move(fyne.NewPos(0, 26))
		p.lines.Resize(fyne.NewSize(s.Width, s.Height-26))
	}
	r.min = func() fyne.Size {
		return fyne.NewSize(p.lines.MinSize().Width, p.heightFor(max(p.Size().Width, 200)))
	}
	return r
}

// bar shows a share of a whole.
type bar struct {
	widget.BaseWidget
	share float32
	role  fyne.ThemeColorName
}

func newBar() *bar {
	b := &bar{role: roleAccent}
	b.ExtendBaseWidget(b)
	return b
}

func (b *bar) set(share float32) {
	b.share = max(0, min(share, 1))
	b.Refresh()
}

func (b *bar) CreateRenderer() fyne.WidgetRenderer {
	back, full := canvas.NewRectangle(tint(roleSide)), canvas.NewRectangle(color.Transparent)
	back.CornerRadius, full.CornerRadius = 5, 5
	r := &simpleRenderer{objects: []fyne.CanvasObject{back, full}}
	r.layout = func(s fyne.Size) {
		back.Resize(s)
		full.Resize(fyne.NewSize(s.Width*b.share, s.Height))
	}
	r.refresh = func() {
		full.FillColor = tint(b.role)
		if b.share == 0 {
			full.FillColor = color.Transparent
		}
		r.layout(b.Size())
		full.Refresh()
	}
	r.min = func() fyne.Size { return fyne.NewSize(40, 10) }
	r.refresh()
	return r
}

// stopper is the button that stops the running work, and the same for Escape.
// It stays pressed until the work has ended.
func (w *Window) stopper(stopped *bool) (stop *button, halt func()) {
	stop = w.button(buttonPlain, "capture.stop", nil)
	pressed := func() {
		stop.disable(true)
		stop.rename(w.t("capture.stopping"))
	}
	halt = func() {
		*stopped = true
		pressed()
		w.work.abort()
	}
	stop.press = halt
	if *stopped {
		pressed()
	}
	return stop, halt
}

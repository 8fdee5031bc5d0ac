package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
)

// ProgressState is where a step of a job is.
type ProgressState int

const (
	ProgressWaiting ProgressState = iota
	ProgressRunning
	ProgressDone
)

// ProgressLine is one step of a job, in words.
type ProgressLine struct {
	State  ProgressState
	Name   string
	Amount string  // how much of it is done; may be empty
	Clock  string  // the time that it took, or takes
	Share  float32 // of a running step, how much of it is done
}

// Progress shows a job step by step, each with a mark, its name and the time
// it took, under one bar for the whole.
type Progress struct {
	widget.BaseWidget
	bar   *Bar
	lines *fyne.Container
}

func NewProgress() *Progress {
	p := &Progress{bar: NewBar(), lines: Stack(GapSmall)}
	p.ExtendBaseWidget(p)
	return p
}

// Draw shows how far the job is.
func (p *Progress) Draw(steps []ProgressLine) {
	var objects []fyne.CanvasObject
	var part float32
	for _, s := range steps {
		switch s.State {
		case ProgressDone:
			part++
		case ProgressRunning:
			part += min(s.Share, 1)
		}
		objects = append(objects, s.drawn())
	}
	if len(steps) > 0 {
		p.bar.Set(part/float32(len(steps)), RoleAccent)
	}
	p.lines.Objects = objects
	p.lines.Refresh()
	p.Refresh()
}

func (s ProgressLine) drawn() fyne.CanvasObject {
	switch s.State {
	case ProgressDone:
		return s.timed("check", RoleOK, Plain(s.Name))
	case ProgressRunning:
		spans := []Span{Strong(s.Name)}
		if s.Amount != "" {
			spans = append(spans, Plain(" · "+s.Amount))
		}
		return s.timed("dot", RoleAccent, spans...)
	}
	return Point(ToneQuiet, "ring", NewText(Muted(s.Name)))
}

// timed is a line with its time at the end.
func (s ProgressLine) timed(markName string, role fyne.ThemeColorName, spans ...Span) fyne.CanvasObject {
	return RowTop(12, 1, Inset(3, 0, 0, 0, Mark(markName, role, 16)), NewText(spans...), NewLine(SmallMute(s.Clock)))
}

func (p *Progress) heightFor(width float32) float32 { return 10 + 16 + HeightOf(p.lines, width) }

func (p *Progress) CreateRenderer() fyne.WidgetRenderer {
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

// Bar shows a share of a whole.
type Bar struct {
	widget.BaseWidget
	share float32
	role  fyne.ThemeColorName
}

func NewBar() *Bar {
	b := &Bar{role: RoleAccent}
	b.ExtendBaseWidget(b)
	return b
}

// Set shows a share, in the colour that belongs to it.
func (b *Bar) Set(share float32, role fyne.ThemeColorName) {
	b.share, b.role = max(0, min(share, 1)), role
	b.Refresh()
}

func (b *Bar) CreateRenderer() fyne.WidgetRenderer {
	back, full := canvas.NewRectangle(Tint(RoleSide)), canvas.NewRectangle(color.Transparent)
	back.CornerRadius, full.CornerRadius = 5, 5
	r := &simpleRenderer{objects: []fyne.CanvasObject{back, full}}
	r.layout = func(s fyne.Size) {
		back.Resize(s)
		full.Resize(fyne.NewSize(s.Width*b.share, s.Height))
	}
	r.refresh = func() {
		full.FillColor = Tint(b.role)
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

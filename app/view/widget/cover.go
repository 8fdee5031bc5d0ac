package widget

import (
	"image"
	"image/color"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
)

// hatch is the cover over a picture: diagonal stripes with rounded corners.
func hatch(radius float32) *canvas.Raster {
	var of *canvas.Raster
	of = canvas.NewRaster(func(w, h int) image.Image {
		scale := float32(1)
		if s := of.Size().Width; s > 0 {
			scale = float32(w) / s
		}
		return drawHatch(w, h, radius*scale, 18*scale, toNRGBA(Tint(roleCover)), toNRGBA(Tint(roleCoverLine)))
	})
	return of
}

func toNRGBA(c color.Color) color.NRGBA { return color.NRGBAModel.Convert(c).(color.NRGBA) }

func drawHatch(w, h int, radius, stripe float32, a, b color.NRGBA) image.Image {
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	period := 2 * stripe * 1.4142
	for y := range h {
		for x := range w {
			at := (float32(x) + float32(y)) / period
			at -= float32(int(at))
			c := a
			if at >= 0.5 {
				c = b
			}
			c.A = cornerAlpha(float32(x)+0.5, float32(y)+0.5, float32(w), float32(h), radius)
			img.SetNRGBA(x, y, c)
		}
	}
	return img
}

// cornerAlpha is how much of a pixel lies inside a rectangle with rounded corners.
func cornerAlpha(x, y, w, h, r float32) uint8 {
	dx, dy := max(r-x, x-(w-r), 0), max(r-y, y-(h-r), 0)
	if dx == 0 || dy == 0 {
		return 255
	}
	dist := float32(math.Hypot(float64(dx), float64(dy)))
	return uint8(255 * min(max(r-dist+0.5, 0), 1))
}

// focusInside is the ring of the focus inside of a picture: Fyne clips what can be scrolled.
const focusInside = 3

// Thumb is a small covered picture that stays covered.
func Thumb(width, height float32, words string) fyne.CanvasObject {
	label := NewText(Span{Text: words, Size: SizeSmall, Role: roleCoverInk})
	label.centre = true
	return container.New(&thumbLayout{fyne.NewSize(width, height)}, hatch(RadiusField), label)
}

// Blurred is a covered picture of which only light and colour are left.
func Blurred(width, height float32, mosaic image.Image) fyne.CanvasObject {
	m := canvas.NewImageFromImage(mosaic)
	m.FillMode, m.ScaleMode, m.CornerRadius = canvas.ImageFillStretch, canvas.ImageScaleSmooth, RadiusField
	return Sized(width, height, m)
}

// Cover hides a picture until it is held with the pointer, Space or the key V,
// and hides it again on release. While it is shown the wheel moves it.
type Cover struct {
	pressable
	words  []string
	hold   func(on bool) // asks for the picture, or says that it is no longer wanted
	least  fyne.Size
	held   int
	pic    image.Image
	offset int // first row of pixels shown
	shown  *canvas.Image
}

func NewCover(k *Keys, least fyne.Size, words []string, hold func(bool)) *Cover {
	c := &Cover{words: words, hold: hold, least: least}
	c.keys = k
	c.ExtendBaseWidget(c)
	return c
}

// Grip counts who holds: the pointer and a key may do so at once.
func (c *Cover) Grip(on bool) {
	if on {
		if c.held++; c.held == 1 {
			c.hold(true)
		}
		return
	}
	if c.held == 0 {
		return
	}
	if c.held--; c.held == 0 {
		c.Reveal(nil)
		c.hold(false)
	}
}

// LetGo covers the picture whatever is still pressed.
func (c *Cover) LetGo() {
	if c.held > 0 {
		c.held = 1
		c.Grip(false)
	}
}

// Reveal shows a picture, or covers it with nil. A picture that arrives
// after the release is not shown.
func (c *Cover) Reveal(pic image.Image) {
	if c.held == 0 {
		pic = nil
	}
	c.pic, c.offset = pic, 0
	c.Refresh()
}

// Held reports whether somebody holds it.
func (c *Cover) Held() bool { return c.held > 0 }

func (c *Cover) MouseDown(*desktop.MouseEvent) {
	c.keys.active()
	c.Grip(true)
}
func (c *Cover) MouseUp(*desktop.MouseEvent) { c.Grip(false) }
func (c *Cover) Tapped(*fyne.PointEvent)     {}

func (c *Cover) MouseOut() {
	c.LetGo()
	c.pressable.MouseOut()
}

func (c *Cover) FocusLost() {
	c.LetGo()
	c.pressable.FocusLost()
}

func (c *Cover) KeyDown(e *fyne.KeyEvent) {
	if e.Name == fyne.KeySpace {
		c.keys.active()
		c.Grip(true)
		return
	}
	c.keys.Down(e)
}

func (c *Cover) KeyUp(e *fyne.KeyEvent) {
	if e.Name == fyne.KeySpace {
		c.Grip(false)
		return
	}
	c.keys.Up(e)
}

func (c *Cover) TypedKey(e *fyne.KeyEvent) {
	if c.pic != nil {
		switch e.Name {
		case fyne.KeyDown, fyne.KeyPageDown:
			c.scroll(c.Size().Height / 2)
			return
		case fyne.KeyUp, fyne.KeyPageUp:
			c.scroll(-c.Size().Height / 2)
			return
		}
	}
	if e.Name != fyne.KeySpace {
		c.keys.Typed(e)
	}
}

// Scrolled moves the picture while it is shown.
func (c *Cover) Scrolled(e *fyne.ScrollEvent) {
	if c.pic != nil {
		c.keys.active()
		c.scroll(-e.Scrolled.DY * 3)
	}
}

func (c *Cover) scroll(by float32) {
	size := c.Size()
	if c.pic == nil || size.Width <= 0 {
		return
	}
	scale := float32(c.pic.Bounds().Dx()) / size.Width
	last := c.pic.Bounds().Dy() - int(size.Height*scale)
	c.offset = max(0, min(c.offset+int(by*scale), last))
	c.Refresh()
}

// window is the part of the picture that fits, at full width.
func (c *Cover) window() image.Image {
	sub, ok := c.pic.(interface {
		SubImage(image.Rectangle) image.Image
	})
	size := c.Size()
	if !ok || size.Width <= 0 {
		return c.pic
	}
	b := c.pic.Bounds()
	rows := int(size.Height * float32(b.Dx()) / size.Width)
	return sub.SubImage(image.Rect(b.Min.X, b.Min.Y+c.offset, b.Max.X, min(b.Min.Y+c.offset+rows, b.Max.Y)))
}

func (c *Cover) MinSize() fyne.Size { return c.least }

func (c *Cover) heightFor(float32) float32 { return c.least.Height }

func (c *Cover) CreateRenderer() fyne.WidgetRenderer {
	back := hatch(RadiusField)
	ring := canvas.NewRectangle(color.Transparent)
	ring.CornerRadius, ring.StrokeColor, ring.StrokeWidth = RadiusField, Tint(roleFieldLine), Hairline
	var spans []*Text
	objects := []fyne.CanvasObject{back}
	for _, w := range c.words {
		t := NewText(Span{Text: w, Size: SizeSmall, Role: roleCoverInk})
		t.centre = true
		spans = append(spans, t)
		objects = append(objects, t)
	}
	pic := &canvas.Image{FillMode: canvas.ImageFillContain, ScaleMode: canvas.ImageScaleSmooth}
	pic.Hide()
	c.shown = pic
	objects = append(objects, pic, ring)
	r := &simpleRenderer{objects: objects}
	r.refresh = func() {
		ring.StrokeColor, ring.StrokeWidth = Tint(roleFieldLine), Hairline
		if c.focused {
			ring.StrokeColor, ring.StrokeWidth = Tint(RoleAccent), focusInside
		}
		ring.Refresh()
		if c.pic == nil {
			pic.Image = nil
			pic.Hide()
		} else {
			pic.Image = c.window()
			pic.Show()
		}
		pic.Refresh()
		canvas.Refresh(c)
	}
	r.layout = func(s fyne.Size) {
		ring.Resize(s)
		back.Resize(s)
		pic.Resize(s)
		var total float32
		for _, t := range spans {
			total += t.heightFor(s.Width - 24)
		}
		y := (s.Height - total) / 2
		for _, t := range spans {
			h := t.heightFor(s.Width - 24)
			t.Move(fyne.NewPos(12, y))
			t.Resize(fyne.NewSize(s.Width-24, h))
			y += h
		}
	}
	r.min = c.MinSize
	c.redraw = c.Refresh
	return r
}

// thumbLayout fills with the first object and centres the second.
type thumbLayout struct{ size fyne.Size }

func (l *thumbLayout) heightFor([]fyne.CanvasObject, float32) float32 { return l.size.Height }
func (l *thumbLayout) MinSize([]fyne.CanvasObject) fyne.Size          { return l.size }

func (l *thumbLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	objects[0].Resize(size)
	h := HeightOf(objects[1], size.Width-12)
	objects[1].Move(fyne.NewPos(6, (size.Height-h)/2))
	objects[1].Resize(fyne.NewSize(size.Width-12, h))
}

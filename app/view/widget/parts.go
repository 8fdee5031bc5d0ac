package widget

import (
	"bytes"
	"fmt"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"

	"constat/assets/icons"
)

func hexOf(c color.Color) string {
	r, g, b, _ := c.RGBA()
	return fmt.Sprintf("#%02x%02x%02x", r>>8, g>>8, b>>8)
}

// markResource is a mark in the colour of a role. A mark that does not exist is
// drawn as nothing; a test holds that every name used exists.
func markResource(name string, role fyne.ThemeColorName) fyne.Resource {
	svg, err := icons.Mark(name)
	if err != nil {
		return nil
	}
	ink := hexOf(Tint(role))
	svg = bytes.ReplaceAll(svg, []byte("#ffffff"), []byte(hexOf(Tint(roleOnAccent))))
	svg = bytes.ReplaceAll(svg, []byte("#000000"), []byte(ink))
	return fyne.NewStaticResource("mark-"+name+"-"+ink[1:]+".svg", svg)
}

// Mark draws a mark in a square of the given side.
func Mark(name string, role fyne.ThemeColorName, side float32) fyne.CanvasObject {
	m := canvas.NewImageFromResource(markResource(name, role))
	m.FillMode = canvas.ImageFillContain
	return Sized(side*Scale(), side*Scale(), m)
}

var Transparent = color.Transparent

func Panel(fill, stroke fyne.ThemeColorName, radius float32) *canvas.Rectangle {
	r := canvas.NewRectangle(Tint(fill))
	r.CornerRadius = radius
	if stroke != "" {
		r.StrokeColor, r.StrokeWidth = Tint(stroke), Hairline
	}
	return r
}

// Card is a white card with rounded corners and a hairline.
func Card(objects ...fyne.CanvasObject) fyne.CanvasObject {
	return Inset(16, CardPadding, 16, CardPadding, Stack(GapSmall, objects...), Panel(RoleCard, RoleLine, RadiusCard))
}

// LookCard is a card in amber: look at this.
func LookCard(objects ...fyne.CanvasObject) fyne.CanvasObject {
	return Inset(16, CardPadding, 16, CardPadding, Stack(GapSmall, objects...), Panel(RoleWarnSoft, RoleWarnLine, RadiusCard))
}

// LossCard is a card in red: something is or may be lost.
func LossCard(objects ...fyne.CanvasObject) fyne.CanvasObject {
	return Inset(16, CardPadding, 16, CardPadding, Stack(GapSmall, objects...), Panel(RoleBadSoft, RoleBadLine, RadiusCard))
}

// Tone is what a mark or a chip says by its colour; words say it too.
type Tone int

const (
	ToneQuiet Tone = iota
	ToneOK
	ToneLook
	ToneBad
)

func (t Tone) Roles() (ink, soft fyne.ThemeColorName) {
	switch t {
	case ToneOK:
		return RoleOK, RoleOKSoft
	case ToneLook:
		return RoleWarn, RoleWarnSoft
	case ToneBad:
		return RoleBad, RoleBadSoft
	}
	return RoleMute, RoleSide
}

// Chip is a mark and a word in a rounded field.
func Chip(t Tone, markName, word string) fyne.CanvasObject {
	ink, soft := t.Roles()
	label := NewLine(Span{Text: word, Size: SizeSmall, Role: ink, Bold: true})
	return Inset(3, 11, 3, 9, Row(5, Mark(markName, ink, 12), label), Panel(soft, "", 13))
}

// Point is a line of a list with a mark in front of it.
func Point(t Tone, markName string, content fyne.CanvasObject) fyne.CanvasObject {
	ink, _ := t.Roles()
	return RowTop(12, 1, Inset(3, 0, 0, 0, Mark(markName, ink, 16)), content)
}

// Fact is a line of a table: a name and a value.
func Fact(name string, value ...Span) fyne.CanvasObject {
	return Columns(12, 150, 300, NewText(SmallMute(name)), NewText(value...))
}

// FormLine is a name beside what is chosen or typed.
func FormLine(name string, o fyne.CanvasObject) fyne.CanvasObject {
	return Columns(14, 150, 340, Inset(8, 0, 0, 0, NewText(Muted(name))), o)
}

// Rule is a hairline.
func Rule() fyne.CanvasObject { return Sized(1, Hairline, canvas.NewRectangle(Tint(RoleLine))) }

// Space leaves some room.
func Space(h float32) fyne.CanvasObject { return Sized(1, h, canvas.NewRectangle(color.Transparent)) }

package view

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
	ink := hexOf(tint(role))
	svg = bytes.ReplaceAll(svg, []byte("#ffffff"), []byte(hexOf(tint(roleOnAccent))))
	svg = bytes.ReplaceAll(svg, []byte("#000000"), []byte(ink))
	return fyne.NewStaticResource("mark-"+name+"-"+ink[1:]+".svg", svg)
}

// mark draws a mark in a square of the given side.
func mark(name string, role fyne.ThemeColorName, side float32) fyne.CanvasObject {
	m := canvas.NewImageFromResource(markResource(name, role))
	m.FillMode = canvas.ImageFillContain
	return sized(side, side, m)
}

var transparent = color.Transparent

func panel(fill, stroke fyne.ThemeColorName, radius float32) *canvas.Rectangle {
	r := canvas.NewRectangle(tint(fill))
	r.CornerRadius = radius
	if stroke != "" {
		r.StrokeColor, r.StrokeWidth = tint(stroke), hairline
	}
	return r
}

// card is a white card with rounded corners and a hairline.
func card(objects ...fyne.CanvasObject) fyne.CanvasObject {
	return inset(16, cardPadding, 16, cardPadding, stack(gapSmall, objects...), panel(roleCard, roleLine, radiusCard))
}

// lookCard is a card in amber: look at this.
func lookCard(objects ...fyne.CanvasObject) fyne.CanvasObject {
	return inset(16, cardPadding, 16, cardPadding, stack(gapSmall, objects...), panel(roleWarnSoft, roleWarnLine, radiusCard))
}

// lossCard is a card in red: something is or may be lost.
func lossCard(objects ...fyne.CanvasObject) fyne.CanvasObject {
	return inset(16, cardPadding, 16, cardPadding, stack(gapSmall, objects...), panel(roleBadSoft, roleBadLine, radiusCard))
}

// tone is what a mark or a chip says by its colour; words say it too.
type tone int

const (
	toneQuiet tone = iota
	toneOK
	toneLook
	toneBad
)

func (t tone) roles() (ink, soft fyne.ThemeColorName) {
	switch t {
	case toneOK:
		return roleOK, roleOKSoft
	case toneLook:
		return roleWarn, roleWarnSoft
	case toneBad:
		return roleBad, roleBadSoft
	}
	return roleMute, roleSide
}

// chip is a mark and a word in a rounded field.
func chip(t tone, markName, word string) fyne.CanvasObject {
	ink, soft := t.roles()
	label := line(span{text: word, size: sizeSmall, role: ink, bold: true})
	return inset(3, 11, 3, 9, row(5, mark(markName, ink, 12), label), panel(soft, "", 13))
}

// point is a line of a list with a mark in front of it.
func point(t tone, markName string, content fyne.CanvasObject) fyne.CanvasObject {
	ink, _ := t.roles()
	return rowTop(12, 1, inset(3, 0, 0, 0, mark(markName, ink, 16)), content)
}

// fact is a line of a table: a name and a value.
func fact(name string, value ...span) fyne.CanvasObject {
	return columns(12, 150, 300, newText(smallMute(name)), newText(value...))
}

// rule is a hairline.
func rule() fyne.CanvasObject { return sized(1, hairline, canvas.NewRectangle(tint(roleLine))) }

// space leaves some room.
func space(h float32) fyne.CanvasObject { return sized(1, h, canvas.NewRectangle(color.Transparent)) }

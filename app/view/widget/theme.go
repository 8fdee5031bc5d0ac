package widget

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
)

// The roles of colour. A role means the same on every screen and in both
// palettes: amber says 'look', red is only for loss, petrol is the one action.
const (
	RoleInk        = theme.ColorNameForeground
	RolePaper      = theme.ColorNameBackground
	RoleAccent     = theme.ColorNamePrimary
	roleOnAccent   = theme.ColorNameForegroundOnPrimary
	RoleMute       = theme.ColorNamePlaceHolder
	roleField      = theme.ColorNameInputBackground
	roleFieldLine  = theme.ColorNameInputBorder
	roleHover      = theme.ColorNameHover
	RoleLine       = theme.ColorNameSeparator
	RoleWarn       = theme.ColorNameWarning
	RoleOK         = theme.ColorNameSuccess
	RoleBad        = theme.ColorNameError
	RoleCard       = fyne.ThemeColorName("constat.card")
	RoleSide       = fyne.ThemeColorName("constat.side")
	roleAccentSoft = fyne.ThemeColorName("constat.accent-soft")
	roleAccentOver = fyne.ThemeColorName("constat.accent-over")
	roleInkOver    = fyne.ThemeColorName("constat.ink-over")
	roleOnInk      = fyne.ThemeColorName("constat.on-ink")
	RoleWarnSoft   = fyne.ThemeColorName("constat.warn-soft")
	RoleWarnLine   = fyne.ThemeColorName("constat.warn-line")
	RoleOKSoft     = fyne.ThemeColorName("constat.ok-soft")
	RoleBadSoft    = fyne.ThemeColorName("constat.bad-soft")
	RoleBadLine    = fyne.ThemeColorName("constat.bad-line")
	roleCover      = fyne.ThemeColorName("constat.cover")
	roleCoverLine  = fyne.ThemeColorName("constat.cover-line")
	roleCoverInk   = fyne.ThemeColorName("constat.cover-ink")
)

type palette map[fyne.ThemeColorName]color.NRGBA

func rgb(hex uint32) color.NRGBA {
	return color.NRGBA{R: uint8(hex >> 16), G: uint8(hex >> 8), B: uint8(hex), A: 0xff}
}

var light = palette{
	RoleInk: rgb(0x1d2b33), RolePaper: rgb(0xfbfaf7), RoleAccent: rgb(0x0f6b6b), roleOnAccent: rgb(0xffffff),
	RoleMute: rgb(0x5a6b74), roleField: rgb(0xffffff), roleFieldLine: rgb(0x77868d), roleHover: rgb(0xf1f5f5),
	RoleLine: rgb(0xd9e0e3), RoleWarn: rgb(0x8f5400), RoleOK: rgb(0x216e39), RoleBad: rgb(0x9b1c1c),
	RoleCard: rgb(0xffffff), RoleSide: rgb(0xeef2f2), roleAccentSoft: rgb(0xe3f0ef), roleAccentOver: rgb(0x0c5a5a),
	roleInkOver: rgb(0x2c3e48), roleOnInk: rgb(0xffffff), RoleWarnSoft: rgb(0xfdf3e1), RoleWarnLine: rgb(0xf0dcb4),
	RoleOKSoft: rgb(0xe6f3e9), RoleBadSoft: rgb(0xfbeaea), RoleBadLine: rgb(0xeccaca),
	roleCover: rgb(0xcfd8da), roleCoverLine: rgb(0xc3ced1), roleCoverInk: rgb(0x37464e),
}

var dark = palette{
	RoleInk: rgb(0xe6ecee), RolePaper: rgb(0x151b1f), RoleAccent: rgb(0x66c9c4), roleOnAccent: rgb(0x07201f),
	RoleMute: rgb(0xa5b3ba), roleField: rgb(0x12181b), roleFieldLine: rgb(0x7b8f99), roleHover: rgb(0x26323a),
	RoleLine: rgb(0x33434b), RoleWarn: rgb(0xf2bd6d), RoleOK: rgb(0x85d3a0), RoleBad: rgb(0xf4a8a8),
	RoleCard: rgb(0x1c252a), RoleSide: rgb(0x10161a), roleAccentSoft: rgb(0x17383a), roleAccentOver: rgb(0x85d9d4),
	roleInkOver: rgb(0xcdd8dc), roleOnInk: rgb(0x151b1f), RoleWarnSoft: rgb(0x372a13), RoleWarnLine: rgb(0x5c4719),
	RoleOKSoft: rgb(0x16301f), RoleBadSoft: rgb(0x3a1c1c), RoleBadLine: rgb(0x5e2c2c),
	roleCover: rgb(0x2c383e), roleCoverLine: rgb(0x35434a), roleCoverInk: rgb(0xc6d1d5),
}

// contrast is for who needs more of it: white on black, and every edge is seen.
var contrast = palette{
	RoleInk: rgb(0xffffff), RolePaper: rgb(0x000000), RoleAccent: rgb(0x7ff0ea), roleOnAccent: rgb(0x000000),
	RoleMute: rgb(0xe2e8ea), roleField: rgb(0x000000), roleFieldLine: rgb(0xffffff), roleHover: rgb(0x2a2a2a),
	RoleLine: rgb(0xbfc8cb), RoleWarn: rgb(0xffd47a), RoleOK: rgb(0x9df5b8), RoleBad: rgb(0xffc2c2),
	RoleCard: rgb(0x000000), RoleSide: rgb(0x000000), roleAccentSoft: rgb(0x0c2a2a), roleAccentOver: rgb(0xb8fffb),
	roleInkOver: rgb(0xdddddd), roleOnInk: rgb(0x000000), RoleWarnSoft: rgb(0x1c1400), RoleWarnLine: rgb(0xffd47a),
	RoleOKSoft: rgb(0x00180a), RoleBadSoft: rgb(0x240808), RoleBadLine: rgb(0xffc2c2),
	roleCover: rgb(0x202020), roleCoverLine: rgb(0x303030), roleCoverInk: rgb(0xffffff),
}

// Sizes in device-independent pixels, on a grid of four.
const (
	SizeTitle float32 = 24
	SizeHead  float32 = 17
	sizeBody  float32 = 15
	SizeSmall float32 = 13
	SizeMono  float32 = 12.5
	SizeCode  float32 = 22 // the recovery code, read aloud and copied by hand

	lineHeight float32 = 1.5 // of the text size

	gapTiny, GapSmall, Gap float32 = 4, 8, 12

	RadiusCard  float32 = 12
	RadiusField float32 = 8
	Hairline    float32 = 1
	minTarget   float32 = 36

	SideWidth   float32 = 264
	PageMargin  float32 = 28
	PageTop     float32 = 20
	CardPadding float32 = 18
)

// Looks are the looks that a person can choose; the empty one is as the system says.
var Looks = []string{"", "light", "dark", "contrast"}

// constatTheme is Fyne's default theme in our colours and measures.
type constatTheme struct {
	base  fyne.Theme
	look  string  // of Looks
	scale float32 // of text, from 1
}

// Theme returns the look of the window, for fyne.Settings.SetTheme: light or
// dark as the system says.
func Theme() fyne.Theme { return ThemeOf("", 1) }

// LightTheme returns the light look, for systems that often say nothing about
// it: Fyne then takes them for dark.
func LightTheme() fyne.Theme { return ThemeOf("light", 1) }

// ThemeOf is a look of [Looks] with text so much larger: 1 to [MaxScale].
func ThemeOf(look string, scale float32) fyne.Theme {
	return constatTheme{base: theme.DefaultTheme(), look: look, scale: max(1, min(scale, MaxScale))}
}

// MaxScale is how much larger text can be.
const MaxScale = 2

// sizeScale is how much larger than usual text is.
const sizeScale = fyne.ThemeSizeName("constat.scale")

// Scale is how much larger than usual text is now.
func Scale() float32 {
	a := fyne.CurrentApp()
	if a == nil {
		return 1
	}
	if s := a.Settings().Theme().Size(sizeScale); s > 1 {
		return s
	}
	return 1
}

// Narrow reports whether text is so large that columns are put below each other.
func Narrow() bool { return Scale() > 1.3 }

func (t constatTheme) palette(variant fyne.ThemeVariant) palette {
	switch {
	case t.look == "contrast":
		return contrast
	case t.look == "dark", t.look == "" && variant == theme.VariantDark:
		return dark
	}
	return light
}

func (t constatTheme) Color(name fyne.ThemeColorName, variant fyne.ThemeVariant) color.Color {
	p := t.palette(variant)
	if c, ok := p[name]; ok {
		return c
	}
	switch name {
	case theme.ColorNameFocus, theme.ColorNameHyperlink:
		return p[RoleAccent]
	case theme.ColorNameSelection:
		return p[roleAccentSoft]
	case theme.ColorNameMenuBackground, theme.ColorNameOverlayBackground, theme.ColorNameButton:
		return p[RoleCard]
	case theme.ColorNamePressed:
		return p[RoleLine]
	case theme.ColorNameDisabled:
		return p[roleFieldLine]
	case theme.ColorNameScrollBar:
		return p[roleFieldLine]
	case theme.ColorNameShadow:
		return color.NRGBA{A: 0x14}
	case theme.ColorNameScrollBarBackground:
		return color.Transparent
	}
	return t.base.Color(name, variant)
}

func (t constatTheme) Font(style fyne.TextStyle) fyne.Resource    { return t.base.Font(style) }
func (t constatTheme) Icon(name fyne.ThemeIconName) fyne.Resource { return t.base.Icon(name) }

func (t constatTheme) Size(name fyne.ThemeSizeName) float32 {
	switch name {
	case sizeScale:
		return max(t.scale, 1)
	case theme.SizeNameText:
		return sizeBody * max(t.scale, 1)
	case theme.SizeNameCaptionText:
		return SizeSmall * max(t.scale, 1)
	case theme.SizeNameInputRadius, theme.SizeNameButtonRadius, theme.SizeNamePopupRadius, theme.SizeNameMenuRadius:
		return RadiusField
	case theme.SizeNameInputBorder:
		return Hairline
	case theme.SizeNameInnerPadding:
		return 10
	case theme.SizeNameScrollBar:
		return 10
	case theme.SizeNameScrollBarSmall:
		return 4
	}
	return t.base.Size(name)
}

// Tint is the colour of a role as the person's system wants it now. Screens
// are built anew when that changes.
func Tint(role fyne.ThemeColorName) color.Color {
	s := fyne.CurrentApp().Settings()
	return s.Theme().Color(role, s.ThemeVariant())
}

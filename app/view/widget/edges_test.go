package widget

import (
	"image/color"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
)

// grounds are what things that can be pressed stand on.
var grounds = []fyne.ThemeColorName{RolePaper, RoleCard, RoleSide, roleField, RoleWarnSoft, RoleBadSoft, RoleOKSoft}

// The edges of fields, and what shows the focus, are at least 3 to 1.
func TestEdgesAreSeen(t *testing.T) {
	for name, p := range map[string]palette{"light": light, "dark": dark, "contrast": contrast} {
		for _, on := range grounds {
			for _, edge := range []fyne.ThemeColorName{roleFieldLine, RoleAccent} {
				if got := ratio(p[edge], p[on]); got < 3 {
					t.Errorf("%s: %s on %s is %.2f : 1", name, edge, on, got)
				}
			}
		}
	}
	test.NewTempApp(t)
	for _, look := range []string{"light", "dark", "contrast"} {
		th := ThemeOf(look, 1)
		if got := th.Color(theme.ColorNameInputBorder, theme.VariantLight); got != color.Color(th.Color(roleFieldLine, theme.VariantLight)) {
			t.Errorf("%s: a field's edge is %v", look, got)
		}
	}
}

// What marks the bounds of something that can be pressed is at least 3 to 1 against whatever it may
// stand on, drawn as it is: its edge, or what fills it.
func TestTheBoundsOfWhatCanBePressedAreSeen(t *testing.T) {
	test.NewTempApp(t)
	k := someKeys()
	for _, look := range []string{"light", "dark", "contrast"} {
		fyne.CurrentApp().Settings().SetTheme(ThemeOf(look, 1))
		for name, w := range map[string]fyne.Widget{
			"button": NewButton(k, ButtonPlain, "x", nil), "primary": NewButton(k, ButtonPrimary, "x", nil), "ink": NewButton(k, ButtonInk, "x", nil),
			"list to choose from": NewPicker(k, []string{"a", "b"}, 0, func(int) {}),
			"card":                NewPressCard(k, NewText(Plain("x")), func() {}),
			"fold":                NewFold(k, false, ToneQuiet, "", "x", "", func() {}, nil).(*PressCard),
			"step where one is":   NewStepItem(k, 1, "x", "y", StepHere, func() {}),
			"covered picture":     NewCover(k, fyne.NewSize(80, 60), []string{"x"}, func(bool) {}),
		} {
			for _, on := range grounds {
				ground, best := toNRGBA(Tint(on)), 0.0
				for _, o := range test.WidgetRenderer(w).Objects() {
					r, ok := o.(*canvas.Rectangle)
					if !ok {
						continue
					}
					for _, c := range []color.Color{r.FillColor, r.StrokeColor} {
						if c == nil || toNRGBA(c).A < 0xff || c == r.StrokeColor && r.StrokeWidth < Hairline {
							continue
						}
						best = max(best, ratio(toNRGBA(c), ground))
					}
				}
				if best < 3 {
					t.Errorf("%s: the bounds of a %s on %s are %.2f : 1", look, name, on, best)
				}
			}
		}
	}
}

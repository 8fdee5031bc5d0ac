package widget

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
)

func someKeys() *Keys { return NewKeys(time.Now, func() {}, func() {}, func() {}) }

// Every widget of ours says what it is, with Fyne's interface; a secret is never said.
func TestWidgetsSpeak(t *testing.T) {
	test.NewTempApp(t)
	k := someKeys()
	secret := NewSecret(k, "Mot de passe")
	secret.SetText("brume lanterne")
	field := NewField(k, "Adresse")
	field.SetText("https://exemple.be")
	group := NewChoice(k, 1, func(int) {}, []Span{Plain("oui")}, []Span{Plain("non")})
	named := NewPressCard(k, NewText(Plain("caché")), func() {})
	named.Name("17 contrôles réussis")
	for _, c := range []struct {
		o     fyne.CanvasObject
		label string
		role  fyne.AccessibleRole
	}{
		{NewButton(k, ButtonPlain, "Garder", func() {}), "Garder", fyne.AccessibleRoleButton},
		{NewPicker(k, []string{"a", "b"}, 1, func(int) {}), "b", fyne.AccessibleRoleButton},
		{NewPressCard(k, Stack(2, NewText(Strong("E-001")), NewText(Plain("complète"))), func() {}), "E-001, complète", fyne.AccessibleRoleButton},
		{named, "17 contrôles réussis", fyne.AccessibleRoleButton},
		{NewRowButton(k, "check", "Quand", func() {}), "Quand", fyne.AccessibleRoleButton},
		{NewStepItem(k, 1, "Garder", "3 pièces", StepHere, func() {}), "Garder, 3 pièces", fyne.AccessibleRoleButton},
		{NewText(Plain("a "), Strong("b")), "a b", fyne.AccessibleRoleText},
		{group[0], "oui", fyne.AccessibleRoleButton},
		{group[1], "✓ non", fyne.AccessibleRoleButton},
		{NewCheck(k, true, func(bool) {}, Plain("noté")), "✓ noté", fyne.AccessibleRoleButton},
		{field, "https://exemple.be", fyne.AccessibleRoleText},
		{secret, "Mot de passe", fyne.AccessibleRoleText},
	} {
		a, ok := c.o.(fyne.Accessible)
		if !ok {
			t.Errorf("%T says nothing", c.o)
			continue
		}
		if a.AccessibilityLabel() != c.label || a.AccessibilityRole() != c.role {
			t.Errorf("%T says %q, a %s", c.o, a.AccessibilityLabel(), a.AccessibilityRole())
		}
	}
}

// A group of radio buttons is one stop for Tab; the arrows choose inside of it.
func TestAGroupIsOneStop(t *testing.T) {
	test.NewTempApp(t)
	k := someKeys()
	chosen := 1
	group := NewChoice(k, chosen, func(i int) { chosen = i }, []Span{Plain("un")}, []Span{Plain("deux")}, []Span{Plain("trois")})
	before, after := NewButton(k, ButtonPlain, "avant", func() {}), NewButton(k, ButtonPlain, "après", func() {})
	win := test.NewTempWindow(t, Stack(8, before, group[0], group[1], group[2], after))
	c := win.Canvas()
	c.Focus(before)
	c.FocusNext()
	if c.Focused() != group[1] {
		t.Fatalf("Tab stops at %T", c.Focused())
	}
	c.FocusNext()
	if c.Focused() != after {
		t.Error("a group is more than one stop")
	}
	c.FocusPrevious()
	for i, want := range []int{2, 0, 1} {
		c.Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
		if chosen != want || c.Focused() != group[want] {
			t.Errorf("arrow %d: %d is chosen", i, chosen)
		}
	}
	c.Focused().TypedKey(&fyne.KeyEvent{Name: fyne.KeyUp})
	if chosen != 0 {
		t.Errorf("up: %d", chosen)
	}
	none := NewChoice(k, -1, func(int) {}, []Span{Plain("un")}, []Span{Plain("deux")})
	if none[0].Disabled() || !none[1].Disabled() {
		t.Error("where none is chosen Tab stops at the first")
	}
}

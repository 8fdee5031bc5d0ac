package view

import (
	"reflect"
	"strings"
	"testing"
	"unicode"

	"fyne.io/fyne/v2/canvas"

	"constat/app/flow"
	"constat/app/view/widget"
	"constat/evidence"
)

// spoil puts text that lies and does not end into every string that can be
// reached, and one more element into every list.
func spoil(v reflect.Value, text string) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			spoil(v.Elem(), text)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Field(i).CanSet() {
				spoil(v.Field(i), text)
			}
		}
	case reflect.Slice:
		if v.Type().Elem().Kind() != reflect.Uint8 {
			v.Set(reflect.Append(v, reflect.Zero(v.Type().Elem())))
		}
		for i := range v.Len() {
			spoil(v.Index(i), text)
		}
	case reflect.Map:
		for _, k := range v.MapKeys() {
			v.SetMapIndex(k, reflect.ValueOf(text).Convert(v.Type().Elem()))
		}
	case reflect.String:
		switch v.Interface().(type) {
		case evidence.Kind, evidence.Role, evidence.PreconditionState, evidence.CheckState, flow.TimestampState:
			return // they choose what is drawn
		}
		v.SetString(text)
	}
}

// TestHostileTextIsCleanedBeforeItIsDrawn spoils everything that an exhibit says.
func TestHostileTextIsCleanedBeforeItIsDrawn(t *testing.T) {
	r := inCase(t)
	text := "a\u202egnp.exe\x1b[31m\x00\n\u009b\u2066\u200b\u2028" + strings.Repeat("xy\u202e", 40_000)
	var list []flow.ExhibitView
	for _, kind := range []evidence.Kind{evidence.WebCapture, evidence.Import, evidence.AddressOnly} {
		e := madeUp()
		e.Kind = kind
		e.Manifest.Claims = []evidence.Claim{{}}
		e.Manifest.Request = &evidence.Request{ViewWidth: 1}
		id, artifacts := e.Exhibit, e.Manifest.Artifacts // checked when a manifest is read
		spoil(reflect.ValueOf(&e).Elem(), text)
		e.Exhibit, e.Manifest.Artifacts = id, artifacts
		list = append(list, e)
	}
	screens := map[string]screen{
		"home":   &homeScreen{list: list, loaded: true},
		"export": &exportScreen{list: list, loaded: true, mask: map[string]bool{}, name: widget.NewField(r.w.keys, ""), password: widget.NewSecret(r.w.keys, "")},
		"age":    &ageScreen{address: text, from: &homeScreen{}},
	}
	for _, e := range list {
		screens["exhibit "+string(e.Kind)] = &exhibitScreen{id: "E-003", e: e, loaded: true, part: 1}
	}
	for name, s := range screens {
		r.put(s)
		for _, o := range r.everything() {
			tx, ok := o.(*canvas.Text)
			if ok && strings.ContainsFunc(tx.Text, func(c rune) bool { return unicode.IsControl(c) || unicode.In(c, unicode.Cf, unicode.Zl, unicode.Zp) }) {
				t.Errorf("%s: drawn as it came: %.200q", name, tx.Text)
			}
		}
		if n := len(r.words()); n > 60_000 {
			t.Errorf("%s: %d characters are drawn", name, n)
		}
		checkCut(t, name, r.win.Content(), Size.Width)
	}
}

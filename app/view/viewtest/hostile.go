package viewtest

import (
	"reflect"
	"strings"
	"testing"
	"unicode"

	"fyne.io/fyne/v2/canvas"

	"constat/app/flow/look"
	"constat/app/flow/proof"
	"constat/app/view"
	"constat/evidence"
)

// HostileText lies about its direction, controls terminals, and does not end.
var HostileText = "a\u202egnp.exe\x1b[31m\x00\n\u009b\u2066\u200b\u2028" + strings.Repeat("xy\u202e", 40_000)

// Hostile is exhibits of which everything is such text.
func Hostile() []look.Exhibit {
	var list []look.Exhibit
	for _, kind := range []evidence.Kind{evidence.WebCapture, evidence.Import, evidence.AddressOnly} {
		e := MadeUp()
		e.Kind = kind
		e.Manifest.Claims = []evidence.Claim{{}}
		e.Manifest.Request = &evidence.Request{ViewWidth: 1}
		id, artifacts := e.Exhibit, e.Manifest.Artifacts // checked when a manifest is read
		spoil(reflect.ValueOf(&e).Elem(), HostileText)
		e.Exhibit, e.Manifest.Artifacts = id, artifacts
		list = append(list, e)
	}
	return list
}

// Clean holds that what is hostile is cleaned before it is drawn.
func (r *Rig) Clean(t *testing.T, screens Gallery) {
	t.Helper()
	for name, make := range screens {
		r.Put(make())
		for _, o := range r.Everything() {
			tx, ok := o.(*canvas.Text)
			if ok && strings.ContainsFunc(tx.Text, func(c rune) bool { return unicode.IsControl(c) || unicode.In(c, unicode.Cf, unicode.Zl, unicode.Zp) }) {
				t.Errorf("%s: drawn as it came: %.200q", name, tx.Text)
			}
		}
		if n := len(r.Words()); n > 60_000 {
			t.Errorf("%s: %d characters are drawn", name, n)
		}
		Cut(t, name, r.Win.Content(), view.Size.Width)
	}
}

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
		case evidence.Kind, evidence.Role, evidence.PreconditionState, evidence.CheckState, proof.State:
			return // they choose what is drawn
		}
		v.SetString(text)
	}
}

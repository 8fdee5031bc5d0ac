package place

import (
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"constat/app/flow/copies"
	"constat/app/view/choose"
	"constat/app/view/stage"
	"constat/app/view/widget"
)

var kinds = []string{copies.KindFolder, copies.KindWebDAV, copies.KindS3}

// Form is what is asked of a place.
type Form struct {
	Days bool // whether to ask how long nobody may delete what is copied
	Kind int  // which kind is chosen: folder, WebDAV, S3

	address, user, secret, days *widget.Field
}

// Init makes the fields, once.
func (f *Form) Init(w *stage.Stage) {
	if f.address != nil {
		return
	}
	f.address, f.user = widget.NewAddress(w.Keys(), ""), widget.NewField(w.Keys(), "")
	f.secret, f.days = widget.NewSecret(w.Keys(), ""), widget.NewField(w.Keys(), "3650")
}

// First is the field that typing begins in.
func (f *Form) First() *widget.Field { return f.address }

// Objects draws it; s is the screen that it is drawn on.
func (f *Form) Objects(w *stage.Stage, s stage.Screen) []fyne.CanvasObject {
	var names []string
	for _, k := range kinds {
		names = append(names, w.T("copies.kind."+k))
	}
	kind := widget.NewPicker(w.Keys(), names, f.Kind, func(i int) {
		f.Kind = i
		w.Rebuild()
	})
	address := fyne.CanvasObject(f.address)
	if kinds[f.Kind] == copies.KindFolder {
		pick := w.Button(widget.ButtonPlain, "choose", func() {
			w.Show(&choose.Screen{Title: w.T("copies.title"), Hint: w.T("copies.folder-hint"), At: w.Home(),
				Back: func() { w.Show(s) },
				Done: func(path string) {
					f.address.SetText(path)
					w.Show(s)
				}})
		})
		pick.Small()
		address = widget.RowGrow(8, 0, f.address, pick)
	}
	objects := []fyne.CanvasObject{
		widget.FormLine(w.T("copies.kind"), widget.Row(0, kind)),
		widget.FormLine(w.T("copies.address"), address),
	}
	if kinds[f.Kind] != copies.KindFolder {
		objects = append(objects, widget.FormLine(w.T("copies.user"), f.user),
			widget.FormLine(w.T("copies.secret"), f.secret))
	}
	if f.Days && kinds[f.Kind] == copies.KindS3 {
		how := widget.NewText(widget.SmallMute(w.T("copies.days-how")))
		objects = append(objects, widget.FormLine(w.T("copies.days"), widget.Stack(2, f.days, how)))
	}
	return objects
}

// Place is what was typed; false if there is no address yet.
func (f *Form) Place() (copies.Place, bool) {
	p := copies.Place{Kind: kinds[f.Kind], Address: strings.TrimSpace(f.address.Text)}
	if p.Kind != copies.KindFolder {
		p.User, p.Secret = strings.TrimSpace(f.user.Text), f.secret.Text
	}
	if text := strings.TrimSpace(f.days.Text); f.Days && p.Kind == copies.KindS3 && text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			n = -1 // it is refused with the rest
		}
		p.LockDays = n
	}
	return p, p.Address != ""
}

// Propose fills in where copies could go; who adds the place says how it is opened. What was typed for
// another place is taken away: it would be sent to this one.
func (f *Form) Propose(kind, address string, days int) {
	f.Clear()
	f.Kind = max(slices.Index(kinds, kind), 0)
	f.address.SetText(address)
	if f.days.SetText(""); days > 0 {
		f.days.SetText(strconv.Itoa(days))
	}
}

// Clear empties the fields, but for the days: whoever adds a second place wants them again.
func (f *Form) Clear() {
	for _, field := range []*widget.Field{f.address, f.user, f.secret} {
		field.SetText("")
	}
}

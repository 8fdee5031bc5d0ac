package stage

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"constat/app/flow/look"
	"constat/app/view/widget"
)

// Finder looks for exhibits by word, and by sort where a screen offers it. Its zero value finds all.
type Finder struct {
	Field *widget.Field // nil until there was something to look for
	Sort  look.Sort
	More  int // exhibits that are shown besides the first ones
}

// Entry is the field to type in; changed is called when something else is looked for, and begins at
// the first exhibits again.
func (f *Finder) Entry(w *Stage, changed func()) *widget.Field {
	if f.Field == nil {
		f.Field = widget.NewField(w.Keys(), "")
		f.Field.Submit = func() {}
	}
	f.Field.SetPlaceHolder(w.T("find.exhibits"))
	f.Field.OnChanged = func(string) {
		f.More = 0
		changed()
	}
	return f.Field
}

// Sorts offers the sorts, each with how many there are of it in the list.
func (f *Finder) Sorts(w *Stage, list []look.Exhibit, changed func()) fyne.CanvasObject {
	sorts := look.Sorts()
	labels := make([]string, len(sorts))
	for i, x := range sorts {
		n := 0
		for _, e := range list {
			if e.Is(x) {
				n++
			}
		}
		labels[i] = w.T("find."+string(x)) + " · " + w.Text().Number(int64(n))
	}
	return widget.NewPicker(w.Keys(), labels, max(slices.Index(sorts, f.Sort), 0), func(i int) {
		f.Sort, f.More = sorts[i], 0
		changed()
	})
}

// Of are those of a list that are looked for; the list itself, as long as nothing is.
func (f *Finder) Of(w *Stage, list []look.Exhibit) []look.Exhibit {
	text := ""
	if f.Field != nil {
		text = strings.TrimSpace(f.Field.Text)
	}
	if text == "" && f.Sort == "" {
		return list
	}
	return slices.DeleteFunc(slices.Clone(list), func(e look.Exhibit) bool {
		return !e.Is(f.Sort) || text != "" && !e.Matches(text, w.Shared("outcome."+string(e.Outcome), ""), w.Shared("kind."+string(e.Kind), ""))
	})
}

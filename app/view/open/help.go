package open

import (
	"cmp"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/assets/help"
	"constat/evidence"
)

// helpScreen says who helps: for whom, when, and a number to copy. It can be reached from
// everywhere, also while the vault is locked, behind a word that says nothing.
type helpScreen struct {
	from    stage.Screen
	country string // empty: the one that the texts name
	copied  string // what was copied last
}

// ReturnTo says where one came from.
func (s *helpScreen) ReturnTo(from stage.Screen) { s.from = from }

func (s *helpScreen) Build(w *stage.Stage) stage.Page {
	back := func() {
		if s.from != nil {
			w.Show(s.from)
			return
		}
		w.Show(w.At(stage.Cases))
	}
	if s.country == "" {
		s.country = help.Home
	}
	countries := help.Countries()
	names := make([]string, len(countries))
	for i, c := range countries {
		names[i] = w.Shared("country."+c, c)
	}
	country := widget.NewPicker(w.Keys(), names, slices.Index(countries, s.country), func(i int) {
		s.country = countries[i]
		w.Refresh()
	})
	leave := w.Button(widget.ButtonPrimary, "back", back)
	objects := []fyne.CanvasObject{widget.NewText(widget.Muted(w.T("help.why"))),
		widget.Wrap(widget.GapSmall, leave, country)}
	if w.Work().Busy() {
		objects = append(objects, widget.NewText(widget.Strong(w.T("help.goes-on"))))
	}
	if o := w.App().Organisation(); len(o.Contacts) > 0 {
		objects = append(objects, widget.NewText(widget.Head(evidence.Shorten(o.Name, 80))))
		for _, c := range o.Contacts {
			objects = append(objects, s.card(w, "own "+c.Name, c.Name, strings.Trim(c.For+" · "+c.Hours, " ·"), "", cmp.Or(c.Number, c.Mail), c.Number != ""))
		}
	}
	lines := slices.Clone(help.Of(s.country))
	first := map[string]int{"urgent": 0, "adults": 1, "minors": 2}
	rank := func(l help.Line) int {
		if n, ok := first[l.For]; ok {
			return n
		}
		return len(first)
	}
	slices.SortStableFunc(lines, func(a, b help.Line) int { return rank(a) - rank(b) })
	for _, l := range lines {
		objects = append(objects, s.line(w, l))
	}
	for _, n := range help.Notes(s.country) {
		objects = append(objects, widget.LookCard(widget.NewText(widget.Plain(n.Text[w.Text().Lang()])), widget.NewText(widget.SmallMute(w.T("help.read", "Date", w.DayOf(n.Date))))))
	}
	return stage.Page{Title: w.T("side.help"), Body: widget.Stack(12, objects...), Focus: leave, Back: back}
}

// line is one that helps: for whom, when, and how to reach it.
func (s *helpScreen) line(w *stage.Stage, l help.Line) fyne.CanvasObject {
	reach := l.Number
	if reach == "" {
		reach = l.Web
	}
	if reach == "" && len(l.Mail) > 0 {
		reach = l.Mail[0]
	}
	return s.card(w, l.ID, l.Name, w.Text().T("helpline.for."+l.For)+" · "+w.Text().Hours(l.Hours),
		w.T("help.read", "Date", w.DayOf(l.Date)), reach, l.Number != "")
}

// card is somebody who helps, with what reaches them.
func (s *helpScreen) card(w *stage.Stage, id, name, about, read, reach string, number bool) fyne.CanvasObject {
	words := []fyne.CanvasObject{widget.NewText(widget.Strong(evidence.Shorten(name, 120))), widget.NewText(widget.Small(evidence.Shorten(about, 200)))}
	if read != "" {
		words = append(words, widget.NewText(widget.SmallMute(read)))
	}
	copying := w.Button(widget.ButtonPlain, "copy", func() {
		w.Copy(reach)
		s.copied = id
		w.Refresh()
	})
	copying.Small()
	if s.copied == id {
		copying.Marked("check")
	}
	shown := widget.NewText(widget.Span{Text: evidence.Shorten(reach, 80), Size: widget.SizeHead, Bold: true})
	if !number {
		shown = widget.NewText(widget.Mono(evidence.Shorten(reach, 200)))
	}
	return widget.Card(widget.Columns(14, 0.5, 520, widget.Stack(0, words...), widget.RowGrow(10, 0, shown, copying)))
}

package handover

import (
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"

	"constat/app/flow/handover"
	"constat/app/view/stage"
	"constat/app/view/widget"
)

// closing asks how the bundle is closed, and to whom.
func (s *exportScreen) closing(w *stage.Stage) fyne.CanvasObject {
	chosen := 2
	switch {
	case s.zip:
		chosen = 0
	case s.age:
		chosen = 1
	}
	form := widget.NewChoice(w.Keys(), chosen, func(i int) {
		s.zip, s.age = i == 0, i == 1
		w.Rebuild()
	}, []widget.Span{widget.Plain(w.T("export.zip"))}, []widget.Span{widget.Plain(w.T("export.age"))}, []widget.Span{widget.Plain(w.T("export.folder"))})
	return widget.FormLine(w.T("export.form"), widget.Stack(0, form[0], form[1], form[2]))
}

// hideForm asks whether the ZIP shows names.
func (s *exportScreen) hideForm(w *stage.Stage) fyne.CanvasObject {
	return widget.Stack(4, widget.NewCheck(w.Keys(), s.hide, func(on bool) {
		s.hide = on
		w.Rebuild()
	}, widget.Plain(w.T("export.hide"))), widget.NewText(widget.SmallMute(w.T("export.hide-how"))))
}

// keyForm asks for whose key.
func (s *exportScreen) keyForm(w *stage.Stage, said fyne.CanvasObject) fyne.CanvasObject {
	s.key.SetPlaceHolder("age1…")
	return widget.FormLine(w.T("export.key"), widget.Stack(4, s.key, said, widget.NewText(widget.SmallMute(w.T("export.key-how")))))
}

// keyFault is what is wrong with the key; empty: nothing.
func (s *exportScreen) keyFault() string {
	text := ""
	if s.key != nil {
		text = s.key.Text
	}
	if s.keyRead == nil || s.keyRead.text != text { // it is asked for several times at each letter, and takes making a key
		s.keyRead = &keyRead{text: text}
		if !handover.IsRecipient(text) {
			s.keyRead.fault = "export.not-key"
		}
	}
	return s.keyRead.fault
}

// keyRead is what was found of a key as it was typed last.
type keyRead struct{ text, fault string }

// typed reports whether there is anything that a fault could be about.
func (s *exportScreen) typed() bool {
	if s.age && !s.zip {
		return s.key != nil && strings.TrimSpace(s.key.Text) != ""
	}
	return s.password.Text != ""
}

// stem is a target's name without what says that it is an archive.
func stem(target string) string {
	return strings.TrimSuffix(strings.TrimSuffix(filepath.Base(target), ".age"), ".zip")
}

// openness says who can read what was made.
func openness(w *stage.Stage, r handover.ExportResult, hidden bool) fyne.CanvasObject {
	title, how := "export.plain", "export.plain-how"
	switch {
	case strings.HasSuffix(r.Target, ".age"):
		title, how = "export.aged", "export.aged-how"
	case strings.HasSuffix(r.Target, ".zip") && hidden:
		title, how = "export.sealed", "export.hidden-how"
	case strings.HasSuffix(r.Target, ".zip"):
		title, how = "export.sealed", "export.sealed-how"
	}
	return widget.LookCard(widget.NewText(widget.Strong(w.T(title))), widget.NewText(widget.Plain(w.T(how))))
}

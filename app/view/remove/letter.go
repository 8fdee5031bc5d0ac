package remove

import (
	"context"
	"io"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"constat/app/flow/remove"
	"constat/app/view/choose"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/assets/words"
	"constat/evidence"
)

// letterScreen shows a letter that is filled in, to be changed, copied or saved. It sends nothing.
type letterScreen struct {
	from     *removeScreen
	kind     string
	exhibit  string
	language int // of the letter; chosen apart from that of the screen
	notice   remove.Notice
	text     *widget.Field
	copied   bool
	saved    string
	job      stage.Job
}

func (s *letterScreen) Open(w *stage.Stage) {
	if s.text == nil {
		s.text = widget.NewNote(w.Keys(), "", 18)
		s.language = max(slices.Index(words.Languages, w.Text().Lang()), 0)
		s.fill(w)
	}
}

// fill makes the letter anew, in the language chosen.
func (s *letterScreen) fill(w *stage.Stage) {
	session, q := w.Session(), remove.NoticeRequest{Case: w.Desk().Case.ID, Exhibits: []string{s.exhibit}, Kind: s.kind, Language: words.Languages[s.language]}
	stage.Run(w.Aside(), func(ctx context.Context) (remove.Notice, error) {
		return session.Remove.Notice(ctx, q)
	}, func(n remove.Notice, err error) {
		if err == nil {
			s.notice = n
			s.text.SetText(n.Text)
		}
		w.Rebuild()
		w.Explain(err)
	})
}

func (s *letterScreen) Build(w *stage.Stage) stage.Page {
	back := func() { w.Show(&removeScreen{exhibit: s.from.exhibit}) }
	var names []string
	for _, l := range words.Languages {
		names = append(names, words.Names[l])
	}
	language := widget.NewPicker(w.Keys(), names, s.language, func(i int) {
		s.language, s.copied, s.saved = i, false, ""
		s.fill(w)
	})
	copying := w.Button(widget.ButtonPrimary, "letter.copy", func() {
		w.Copy(s.text.Text)
		s.copied = true
		w.Refresh()
	})
	if s.copied {
		copying.Marked("check")
	}
	card := []fyne.CanvasObject{
		widget.RowGrow(12, 0, widget.NewText(widget.Head(s.notice.Title)), language),
		widget.NewText(widget.Muted(w.T("letter.why"))),
	}
	if len(s.notice.Missing) > 0 {
		card = append(card, widget.Point(widget.ToneLook, "look", widget.NewText(widget.Plain(w.N("letter.missing", len(s.notice.Missing))))))
	}
	card = append(card, s.text, widget.Wrap(widget.GapSmall, copying,
		w.Button(widget.ButtonPlain, "letter.pdf", func() { s.save(w, ".pdf") }), w.Button(widget.ButtonPlain, "letter.text", func() { s.save(w, ".txt") }),
		w.Button(widget.ButtonPlain, "back", back)))
	if s.saved != "" {
		card = append(card, widget.Point(widget.ToneOK, "check", widget.NewText(widget.Plain(w.T("letter.saved")+" "), widget.Mono(evidence.Shorten(s.saved, 200)))),
			widget.NewText(widget.SmallMute(w.T("letter.open"))))
	}
	beside := []fyne.CanvasObject{widget.LookCard(widget.NewText(widget.Strong(w.T("letter.before"))), widget.NewText(widget.Plain(w.T("letter.before-how"))))}
	if s.kind == "site" {
		beside = append(beside, widget.LookCard(widget.NewText(widget.Strong(w.T("letter.site"))), widget.NewText(widget.Plain(w.T("letter.site-how")))))
	}
	for _, src := range s.notice.Sources {
		beside = append(beside, widget.NewText(widget.SmallMute(evidence.Shorten(src.Text+" · "+src.URL, 200)+" · "+dayWords(w, src.Date))))
	}
	return stage.Page{
		Title: w.T("remove.title"), Step: stage.StepRemove, Back: back, Focus: copying,
		Body: widget.Columns(20, 0.66, 640, widget.Card(card...), widget.Stack(14, beside...)),
	}
}

// save asks for a folder and writes the letter into it, under a name that nothing there has.
func (s *letterScreen) save(w *stage.Stage, ending string) {
	w.Show(&choose.Screen{
		Title: w.T("letter.where"), Hint: w.T("letter.where-hint"), At: w.Home(),
		Back: func() { w.Show(s) },
		Done: func(dir string) {
			w.Show(s)
			target := filepath.Join(dir, choose.FreeName(dir, strings.ToLower(s.kind)+"-"+s.exhibit, ending))
			session, n, at := w.Session(), s.notice, w.Now()
			n.Text = s.text.Text
			stage.Start(w, &s.job, stage.Task[string]{
				Work: func(context.Context, evidence.Progress) (string, error) {
					return target, session.WriteOut(target, func(out io.Writer, pdf bool) error {
						if pdf {
							return n.WritePDF(out, at)
						}
						_, err := io.WriteString(out, n.Text)
						return err
					})
				},
				Done: func(name string) {
					s.saved = name
					w.Rebuild()
				},
			})
		},
	})
}

package secret

import (
	"context"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"

	"constat/app/view/choose"
	"constat/app/view/stage"
	"constat/app/view/widget"
)

// codeScreen shows the recovery code once, large and in groups.
type codeScreen struct {
	code   string
	noted  bool
	copied bool
	saved  string       // where the page to print was written
	after  stage.Screen // what comes next; nil: the cases
}

// NewCode shows a recovery code; after it comes another screen, or nil: the cases.
func NewCode(code string, after stage.Screen) stage.Screen {
	return &codeScreen{code: code, after: after}
}

func (s *codeScreen) Build(w *stage.Stage) stage.Page {
	next := w.Button(widget.ButtonPrimary, "code.next", func() { s.next(w) })
	next.Disable(!s.noted)
	check := widget.NewCheck(w.Keys(), s.noted, func(on bool) {
		s.noted = on
		next.Disable(!on)
	}, widget.Plain(w.T("code.noted")))

	shown := widget.Inset(20, 24, 20, 24, codeBlock(s.code), widget.Panel(widget.RoleSide, widget.RoleLine, widget.RadiusCard))

	objects := []fyne.CanvasObject{
		widget.NewText(
			widget.Head(w.T("code.what")),
		),
		widget.NewText(widget.Muted(w.T("code.why"))),
		widget.Space(4),
		shown,
		widget.Space(4),
		widget.Wrap(widget.GapSmall,
			w.Button(widget.ButtonPlain, "code.copy", func() {
				w.CopySecret(s.code)
				s.copied = true
				w.Rebuild()
			}),
			w.Button(widget.ButtonPlain, "code.save", func() { s.choose(w) })),
	}
	if s.copied {
		objects = append(objects, widget.Point(widget.ToneLook, "look", widget.NewText(widget.Small(w.T("code.copied")))))
	}
	if s.saved != "" {
		objects = append(
			objects,
			widget.Point(widget.ToneLook, "look", widget.NewText(widget.Small(w.T("code.saved")+" "), widget.Mono(s.saved))),
		)
	}
	objects = append(objects, widget.Rule(), check, widget.Row(0, next))
	help := widget.Stack(14,
		widget.LookCard(widget.NewText(widget.Strong(w.T("code.where"))), widget.NewText(widget.Plain(w.T("code.where-how")))),
		widget.Card(widget.NewText(widget.Strong(w.T("code.lost"))), widget.NewText(widget.Muted(w.T("code.lost-how")))),
	)
	return stage.Page{
		Title: w.T("code.title"),
		Body:  widget.Columns(20, 0.62, 620, widget.Card(objects...), help),
		Stay:  true, // and nothing has the focus: an Enter too many must not tick for the person
		Enter: func() { s.next(w) },
	}
}

// codeBlock is the code in groups, four of them a line.
func codeBlock(code string) fyne.CanvasObject {
	const perLine = 4
	var lines, groups []fyne.CanvasObject
	for _, g := range strings.FieldsFunc(code, func(r rune) bool { return r == '-' || r == ' ' }) {
		groups = append(groups, widget.NewLine(widget.Span{Text: g, Size: widget.SizeCode, Mono: true, Bold: true}))
		if len(groups) == perLine {
			lines, groups = append(lines, widget.Row(18, groups...)), nil
		}
	}
	if len(groups) > 0 {
		lines = append(lines, widget.Row(18, groups...))
	}
	return widget.Stack(6, lines...)
}

func (s *codeScreen) next(w *stage.Stage) {
	if !s.noted {
		return
	}
	s.code = ""
	err := w.CodeMark().Clear()
	if s.after == nil {
		s.after = w.At(stage.Cases)
	}
	w.Show(s.after)
	w.Explain(err)
}

// choose asks where the page to print is to be written.
func (s *codeScreen) choose(w *stage.Stage) {
	w.Show(&choose.Screen{
		Title: w.T("code.save"), Hint: w.T("code.save-hint"), At: w.Home(),
		Back: func() { w.Show(s) },
		Done: func(dir string) {
			w.Show(s)
			page := printable(w, s.code)
			stage.Run(w.Aside(), func(context.Context) (string, error) { return writePage(dir, page) }, func(path string, err error) {
				if err != nil {
					w.Explain(err)
					return
				}
				s.saved = path
				w.Rebuild()
			})
		},
	})
}

// pageName says nothing about what is in it.
const pageName = "page.html"

// writePage writes a page for the person alone, beside what is there already.
func writePage(dir, content string) (string, error) {
	for i := 1; ; i++ {
		name := pageName
		if i > 1 {
			name = fmt.Sprintf("page-%d.html", i)
		}
		path := filepath.Join(dir, name)
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if os.IsExist(err) && i < 100 {
			continue
		}
		if err != nil {
			return "", err
		}
		_, err = f.WriteString(content)
		if err == nil {
			err = f.Sync()
		}
		if closeErr := f.Close(); err == nil {
			err = closeErr
		}
		return path, err
	}
}

// printable is one page of HTML with the code and what it is for.
func printable(w *stage.Stage, code string) string {
	e := html.EscapeString
	return `<!DOCTYPE html>
<html lang="` + e(w.Text().Lang()) + `"><head><meta charset="utf-8"><title>` + e(w.T("code.what")) + `</title>
<style>body{font:16px/1.6 sans-serif;max-width:34em;margin:3em auto;color:#1d2b33}
code{display:block;font:24px/1.8 monospace;border:1px solid #999;border-radius:8px;padding:.6em .8em;word-spacing:.4em}</style></head>
<body><h1>` + e(w.T("code.what")) + `</h1><code>` + e(strings.ReplaceAll(code, "-", "- ")) + `</code>
<p>` + e(w.T("code.why")) + `</p><p>` + e(w.T("code.print-then")) + `</p></body></html>
`
}

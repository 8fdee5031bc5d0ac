package view

import (
	"context"
	"fmt"
	"html"
	"os"
	"path/filepath"
	"strings"

	"fyne.io/fyne/v2"
)

// codeScreen shows the recovery code once, large and in groups.
type codeScreen struct {
	code   string
	noted  bool
	copied bool
	saved  string // where the page to print was written
	after  screen // what comes next; nil: the cases
}

func (s *codeScreen) build(w *Window) page {
	next := w.button(buttonPrimary, "code.next", func() { s.next(w) })
	next.disable(!s.noted)
	check := newCheck(w.keys, s.noted, func(on bool) {
		s.noted = on
		next.disable(!on)
	}, plain(w.t("code.noted")))

	shown := inset(20, 24, 20, 24, codeBlock(s.code), panel(roleSide, roleLine, radiusCard))

	objects := []fyne.CanvasObject{
		newText(head(w.t("code.what"))), newText(muted(w.t("code.why"))), space(4), shown, space(4),
		wrap(gapSmall,
			w.button(buttonPlain, "code.copy", func() {
				w.copySecret(s.code)
				s.copied = true
				w.rebuild()
			}),
			w.button(buttonPlain, "code.save", func() { s.choose(w) })),
	}
	if s.copied {
		objects = append(objects, point(toneLook, "look", newText(small(w.t("code.copied")))))
	}
	if s.saved != "" {
		objects = append(objects, point(toneLook, "look", newText(small(w.t("code.saved")+" "), mono(s.saved))))
	}
	objects = append(objects, rule(), check, row(0, next))
	help := stack(14,
		lookCard(newText(strong(w.t("code.where"))), newText(plain(w.t("code.where-how")))),
		card(newText(strong(w.t("code.lost"))), newText(muted(w.t("code.lost-how")))),
	)
	return page{
		title: w.t("code.title"),
		body:  columns(20, 0.62, 620, card(objects...), help),
		focus: check,
		stay:  true,
		enter: func() { s.next(w) },
	}
}

// codeBlock is the code in groups, four of them a line.
func codeBlock(code string) fyne.CanvasObject {
	const perLine = 4
	var lines, groups []fyne.CanvasObject
	for _, g := range strings.FieldsFunc(code, func(r rune) bool { return r == '-' || r == ' ' }) {
		groups = append(groups, line(span{text: g, size: sizeCode, mono: true, bold: true}))
		if len(groups) == perLine {
			lines, groups = append(lines, row(18, groups...)), nil
		}
	}
	if len(groups) > 0 {
		lines = append(lines, row(18, groups...))
	}
	return stack(6, lines...)
}

func (s *codeScreen) next(w *Window) {
	if !s.noted {
		return
	}
	s.code = ""
	err := w.code.clear()
	if s.after == nil {
		s.after = &casesScreen{}
	}
	w.show(s.after)
	w.explain(err)
}

// choose asks where the page to print is to be written.
func (s *codeScreen) choose(w *Window) {
	w.show(&chooseScreen{
		title: w.t("code.save"), hint: w.t("code.save-hint"), at: w.cfg.Home,
		back: func() { w.show(s) },
		done: func(dir string) {
			w.show(s)
			page := printable(w, s.code)
			run(w.aside, w.life, func(context.Context) (string, error) { return writePage(dir, page) }, func(path string, err error) {
				if err != nil {
					w.explain(err)
					return
				}
				s.saved = path
				w.rebuild()
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
func printable(w *Window, code string) string {
	e := html.EscapeString
	return `<!DOCTYPE html>
<html lang="` + e(w.text.Lang()) + `"><head><meta charset="utf-8"><title>` + e(w.t("code.what")) + `</title>
<style>body{font:16px/1.6 sans-serif;max-width:34em;margin:3em auto;color:#1d2b33}
code{display:block;font:24px/1.8 monospace;border:1px solid #999;border-radius:8px;padding:.6em .8em;word-spacing:.4em}</style></head>
<body><h1>` + e(w.t("code.what")) + `</h1><code>` + e(strings.ReplaceAll(code, "-", "- ")) + `</code>
<p>` + e(w.t("code.why")) + `</p><p>` + e(w.t("code.print-then")) + `</p></body></html>
`
}

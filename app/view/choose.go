package view

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"constat/app/view/widget"
)

// chooseScreen chooses a folder or a file. Fyne's own dialog is not used: it
// writes the last folder into its preferences, covers quick exit, and speaks
// the system's language.
type chooseScreen struct {
	title, hint string
	at          string
	file        bool     // choose a file instead of a folder
	kinds       []string // lower-case endings of files, e.g. ".pem"; empty: all
	back        func()
	done        func(path string)

	entries []choosable
	path    *widget.Field
}

type choosable struct {
	name   string
	folder bool
}

// maxListed is how many entries of a folder are shown.
const maxListed = 400

// readFolder lists what can be chosen, folders first. Hidden names stay out.
func readFolder(dir string, files bool, kinds []string) ([]choosable, error) {
	d, err := os.Open(dir)
	if err != nil {
		return nil, err
	}
	defer d.Close()
	var out []choosable
	for len(out) < maxListed {
		list, err := d.ReadDir(256)
		for _, e := range list {
			folder := e.IsDir()
			if e.Type()&os.ModeSymlink != 0 {
				folder = isDir(filepath.Join(dir, e.Name()))
			}
			wanted := folder || files && (len(kinds) == 0 || slices.Contains(kinds, strings.ToLower(filepath.Ext(e.Name()))))
			if wanted && !strings.HasPrefix(e.Name(), ".") {
				out = append(out, choosable{e.Name(), folder})
			}
		}
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, err
		}
	}
	slices.SortFunc(out, func(a, b choosable) int {
		if a.folder != b.folder {
			if a.folder {
				return -1
			}
			return 1
		}
		return strings.Compare(strings.ToLower(a.name), strings.ToLower(b.name))
	})
	return out[:min(len(out), maxListed)], nil
}

// places are where one usually begins: home, desktop, documents, sticks.
func places(home string) []string {
	list := []string{home}
	for _, n := range []string{"Desktop", "Bureau", "Bureaublad", "Schreibtisch", "Documents", "Documenten", "Dokumente"} {
		list = append(list, filepath.Join(home, n))
	}
	var roots []string
	switch runtime.GOOS {
	case "windows":
		for c := 'A'; c <= 'Z'; c++ {
			roots = append(roots, string(c)+`:\`)
		}
	case "darwin":
		roots, _ = filepath.Glob("/Volumes/*")
	default:
		for _, pattern := range []string{"/media/*", "/media/*/*", "/run/media/*/*", "/mnt/*"} {
			found, _ := filepath.Glob(pattern)
			roots = append(roots, found...)
		}
	}
	var out []string
	for _, p := range append(list, roots...) {
		if isDir(p) && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	return out[:min(len(out), 9)]
}

func (s *chooseScreen) open(w *Window) { s.read(w, s.at) }

func (s *chooseScreen) read(w *Window, dir string) {
	dir = filepath.Clean(dir)
	run(w.aside, w.life, func(context.Context) ([]choosable, error) {
		return readFolder(dir, s.file, s.kinds)
	}, func(list []choosable, err error) {
		w.notice = nil
		if err == nil {
			s.at, s.entries = dir, list
			if s.path != nil {
				s.path.SetText(dir)
			}
		}
		w.rebuild()
		w.explain(err)
		w.frame.toTop()
	})
}

func (s *chooseScreen) build(w *Window) page {
	if s.path == nil {
		s.path = widget.NewAddress(w.keys, "")
		s.path.SetText(s.at)
	}
	take := func() {
		typed := strings.TrimSpace(s.path.Text)
		info, err := os.Stat(typed)
		switch {
		case err != nil:
			w.explain(fmt.Errorf("choose: %w", err))
		case info.IsDir() && s.file:
			s.read(w, typed)
		case !info.IsDir() && !s.file:
			s.read(w, filepath.Dir(typed))
		default:
			s.done(typed)
		}
	}
	s.path.Submit = take
	label := "choose.folder"
	if s.file {
		label = "choose.file"
	}
	choose := w.button(widget.ButtonPrimary, label, take)
	var rows []fyne.CanvasObject
	if up := filepath.Dir(s.at); up != s.at {
		rows = append(rows, widget.NewRowButton(w.keys, "folder", w.t("choose.up"), func() { s.read(w, up) }))
	}
	for _, e := range s.entries {
		full := filepath.Join(s.at, e.name)
		if e.folder {
			rows = append(rows, widget.NewRowButton(w.keys, "folder", shown(e.name, 120), func() { s.read(w, full) }))
		} else {
			rows = append(rows, widget.NewRowButton(w.keys, "file", shown(e.name, 120), func() { s.done(full) }))
		}
	}
	if len(s.entries) == 0 {
		rows = append(rows, widget.NewText(widget.SmallMute(w.t("choose.nothing"))))
	}
	list := widget.Card(
		widget.RowGrow(10, 0, s.path, choose, w.button(widget.ButtonPlain, "back", s.back)),
		widget.NewText(widget.SmallMute(s.hint)), widget.Rule(), widget.Stack(0, rows...))
	where := []fyne.CanvasObject{widget.NewText(widget.Strong(w.t("choose.places")))}
	for _, p := range places(w.cfg.Home) {
		name := filepath.Base(p)
		if p == w.cfg.Home {
			name = w.t("choose.home")
		}
		if name == string(filepath.Separator) {
			name = p
		}
		where = append(where, widget.NewRowButton(w.keys, "folder", shown(name, 40), func() { s.read(w, p) }))
	}
	return page{
		title: s.title,
		body:  widget.Columns(20, 0.68, 620, list, widget.Card(where...)),
		focus: choose,
		enter: take,
		back:  s.back,
	}
}

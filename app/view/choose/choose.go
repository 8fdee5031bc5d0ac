package choose

import (
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2"

	"constat/app/flow/system"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
)

// Screen chooses a folder or a file. Fyne's own dialog is not used: it
// writes the last folder into its preferences, covers quick exit, and speaks
// the system's language.
type Screen struct {
	Title, Hint string
	At          string
	File        bool     // choose a file instead of a folder
	Kinds       []string // lower-case endings of files, e.g. ".pem"; empty: all
	Back        func()
	Done        func(path string)

	entries []choosable
	places  []string // where one usually begins; read beside the window
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
				folder = IsFolder(filepath.Join(dir, e.Name()))
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

// places are where one usually begins: home, desktop, documents, all drives. A drive that sleeps or
// a server that is gone makes this slow.
func places(home string) []string {
	var out []string
	for _, p := range slices.Concat([]string{home}, system.Usual(home), system.Drives()) {
		if !slices.Contains(out, p) && IsFolder(p) {
			out = append(out, p)
		}
	}
	return out
}

// listing is what is read of a disk, beside the window.
type listing struct {
	entries []choosable
	places  []string
}

func (s *Screen) Open(w *stage.Stage) { s.read(w, s.At) }

func (s *Screen) read(w *stage.Stage, dir string) {
	dir = filepath.Clean(dir)
	home := w.Home()
	stage.Run(w.Aside(), func(context.Context) (listing, error) {
		list, err := readFolder(dir, s.File, s.Kinds)
		return listing{list, places(home)}, err
	}, func(list listing, err error) {
		w.ClearNotice()
		s.places = list.places
		if err == nil {
			s.At, s.entries = dir, list.entries
			if s.path != nil {
				s.path.SetText(dir)
			}
		}
		w.Rebuild()
		w.Explain(err)
		w.ToTop()
	})
}

func (s *Screen) Build(w *stage.Stage) stage.Page {
	if s.path == nil {
		s.path = widget.NewAddress(w.Keys(), "")
		s.path.SetText(s.At)
	}
	take := func() {
		typed := strings.TrimSpace(s.path.Text)
		// A path of a network may take long to say what it is.
		stage.Run(w.Aside(), func(context.Context) (fs.FileInfo, error) { return os.Stat(typed) }, func(info fs.FileInfo, err error) {
			switch {
			case err != nil:
				w.Explain(fmt.Errorf("choose: %w", err))
			case info.IsDir() && s.File:
				s.read(w, typed)
			case !info.IsDir() && !s.File:
				s.read(w, filepath.Dir(typed))
			default:
				s.Done(typed)
			}
		})
	}
	s.path.Submit = take
	label := "choose.folder"
	if s.File {
		label = "choose.file"
	}
	choose := w.Button(widget.ButtonPrimary, label, take)
	var rows []fyne.CanvasObject
	if up := filepath.Dir(s.At); up != s.At {
		rows = append(rows, widget.NewRowButton(w.Keys(), "folder", w.T("choose.up"), func() { s.read(w, up) }))
	}
	for _, e := range s.entries {
		full := filepath.Join(s.At, e.name)
		if e.folder {
			rows = append(rows, widget.NewRowButton(w.Keys(), "folder", evidence.Shorten(e.name, 120), func() { s.read(w, full) }))
		} else {
			rows = append(rows, widget.NewRowButton(w.Keys(), "file", evidence.Shorten(e.name, 120), func() { s.Done(full) }))
		}
	}
	if len(s.entries) == 0 {
		rows = append(rows, widget.NewText(widget.SmallMute(w.T("choose.nothing"))))
	}
	list := widget.Card(
		widget.RowGrow(10, 0, s.path, choose, w.Button(widget.ButtonPlain, "back", s.Back)),
		widget.NewText(widget.SmallMute(s.Hint)), widget.Rule(), widget.Stack(0, rows...))
	where := []fyne.CanvasObject{widget.NewText(widget.Strong(w.T("choose.places")))}
	for _, p := range s.places {
		name := filepath.Base(p)
		if p == w.Home() {
			name = w.T("choose.home")
		}
		if name == string(filepath.Separator) {
			name = p
		}
		where = append(where, widget.NewRowButton(w.Keys(), "folder", evidence.Shorten(name, 40), func() { s.read(w, p) }))
	}
	return stage.Page{
		Title: s.Title,
		Body:  widget.Columns(20, 0.68, 620, list, widget.Card(where...)),
		Focus: choose,
		Enter: take,
		Back:  s.Back,
	}
}

// IsFolder reports whether a path leads to a folder.
func IsFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// FreeName is a name with an ending that nothing in the folder has.
func FreeName(dir, name, ending string) string {
	free := name + ending
	for i := 2; i < 1000; i++ {
		if _, err := os.Lstat(filepath.Join(dir, free)); err != nil {
			break
		}
		free = fmt.Sprintf("%s-%d%s", name, i, ending)
	}
	return free
}

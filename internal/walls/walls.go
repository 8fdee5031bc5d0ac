package walls

import (
	"context"
	"fmt"
	"path"
	"slices"
	"strings"
)

// House is a module and its rules. Folders are named from the module's root. In a
// list, 'a' is the package a and 'a/...' is a and everything below it; lists are
// separated by spaces.
type House struct {
	Module string
	Rooms  []Room
	// Aids are what the tests of every room may import. What is no test may not,
	// unless its room's list names them one by one.
	Aids      string
	Libraries []Library
	Detours   []Detour
	Uses      []Use
	Doors     []Door
}

// Room says what of ours the packages of a folder may import: those in it and below
// it, but for what has a row of its own.
type Room struct {
	Folder string
	May    string
	Tests  string // what its tests may import besides
	Why    string
}

// Library says which folders may use a library. The longest path counts. A package
// outside of them may not reach it through another library either, unless it is Common.
type Library struct {
	Path   string
	Under  string // '' : nobody
	Tests  string // where tests may use it besides
	Common bool   // many libraries bring it along: only our own imports count
	Why    string
}

// Detour forbids every way from a package to others of ours or to libraries, however
// many packages lie between.
type Detour struct {
	From  string
	Never string
	Why   string
}

// Use names the only exported names of a package that a folder may use.
type Use struct {
	Folder string
	Of     string
	Only   string
	Why    string
}

// Door is the one file of a folder that may start goroutines or call what is named, as
// package.Function or package.Type.Method.
type Door struct {
	Folder string
	File   string
	Calls  string
	Why    string
}

// Check returns the faults of the house that lies in dir, each a sentence. An error
// means that it could not look.
func (h House) Check(ctx context.Context, dir string) ([]string, error) {
	if err := touch(dir); err != nil {
		return nil, err
	}
	graphs, err := load(ctx, dir, h.Module)
	if err != nil {
		return nil, err
	}
	var f faults
	for _, g := range graphs {
		for _, p := range g.own {
			f.on = g.system
			h.room(&f, p)
			h.libraries(&f, g, p)
			h.detours(&f, g, p)
		}
	}
	f.on = ""
	h.gone(&f, dir, graphs)
	if err := h.syntax(&f, dir, graphs); err != nil {
		return nil, err
	}
	return f.sentences(), nil
}

// faults collects what is wrong, once, with the systems on which it is.
type faults struct {
	on    string
	said  []string
	where map[string][]string
}

func (f *faults) add(format string, a ...any) {
	s := fmt.Sprintf(format, a...)
	if f.where == nil {
		f.where = map[string][]string{}
	}
	if _, ok := f.where[s]; !ok {
		f.said = append(f.said, s)
	}
	if f.on != "" {
		f.where[s] = append(f.where[s], f.on)
	}
}

func (f *faults) sentences() []string {
	out := make([]string, 0, len(f.said))
	for _, s := range f.said {
		if on := f.where[s]; len(on) > 0 && len(on) < len(views) {
			slices.Sort(on)
			s += " (on " + strings.Join(on, ", ") + ")"
		}
		out = append(out, s)
	}
	slices.Sort(out)
	return out
}

// under reports whether a package is the folder or lies below it.
func under(pkg, folder string) bool { return pkg == folder || strings.HasPrefix(pkg, folder+"/") }

// listed reports whether a list names the package.
func listed(list, pkg string) bool {
	for _, item := range strings.Fields(list) {
		if folder, tree := strings.CutSuffix(item, "/..."); pkg == item || tree && under(pkg, folder) {
			return true
		}
	}
	return false
}

// roomOf is the row that a package belongs to.
func (h House) roomOf(pkg string) (Room, bool) {
	for p := pkg; p != "." && p != "/"; p = path.Dir(p) {
		for _, r := range h.Rooms {
			if r.Folder == p {
				return r, true
			}
		}
	}
	return Room{}, false
}

// own is a package of ours without the module's name.
func (h House) own(imp string) (string, bool) {
	if imp == h.Module {
		return ".", true
	}
	return strings.CutPrefix(imp, h.Module+"/")
}

func (h House) room(f *faults, p *pack) {
	if p.Error != nil && len(p.GoFiles)+len(p.CgoFiles)+len(p.TestGoFiles)+len(p.XTestGoFiles) > 0 {
		f.add("%s cannot be read: %s", p.path, p.Error.Err)
	}
	r, ok := h.roomOf(p.path)
	if !ok {
		f.add("%s lies in no room: give it a row in internal/walls/house.go, with the reason", p.path)
		return
	}
	look := func(imports []string, may, aids, what string) {
		for _, imp := range imports {
			if to, ours := h.own(imp); ours && to != p.path && !listed(may, to) && !listed(aids, to) {
				f.add("%s%s imports %s, but may import %s: %s", p.path, what, to, orNothing(may), r.Why)
			}
		}
	}
	look(p.Imports, r.May, "", "")
	look(p.tests(), r.May+" "+r.Tests, h.Aids, "'s test")
	for _, imp := range p.Imports {
		to, ours := h.own(imp)
		if ours && to != p.path && listed(h.Aids, to) && !slices.Contains(strings.Fields(r.May), to) {
			f.add("%s imports %s, which is for tests only", p.path, to)
		}
	}
}

func orNothing(list string) string {
	if list = strings.Join(strings.Fields(list), ", "); list == "" {
		return "nothing of ours"
	}
	return "only " + list
}

// library is the row of the longest path that an import lies under.
func (h House) library(imp string) (Library, bool) {
	var best Library
	for _, l := range h.Libraries {
		if l.covers(imp) && len(l.Path) > len(best.Path) {
			best = l
		}
	}
	return best, best.Path != ""
}

// covers reports whether a row is about an import. A path of the standard library
// means that package alone.
func (l Library) covers(imp string) bool {
	if first, _, _ := strings.Cut(l.Path, "/"); !strings.Contains(first, ".") {
		return imp == l.Path
	}
	return under(imp, l.Path)
}

func (h House) libraries(f *faults, g *graph, p *pack) {
	look := func(imports []string, test bool) {
		what := p.path
		if test {
			what += "'s test"
		}
		for _, imp := range imports {
			if _, ours := h.own(imp); ours {
				continue
			}
			l, ok := h.library(imp)
			switch {
			case !ok && !g.standard(imp):
				f.add("%s imports %s, which no row names: give it one in internal/walls/house.go, with the reason", what, imp)
				continue
			case ok && !l.allows(p.path, test):
				f.add("%s imports %s, which belongs under %s: %s", what, imp, orNobody(l.Under), l.Why)
				continue
			}
			for _, far := range g.brought(imp) {
				l, ok := h.library(far)
				if ok && !l.Common && !l.allows(p.path, test) && !g.sameModule(imp, far) {
					f.add("%s reaches %s through %s, and it belongs under %s: %s", what, far, imp, orNobody(l.Under), l.Why)
				}
			}
		}
	}
	look(p.Imports, false)
	look(p.tests(), true)
}

func (l Library) allows(pkg string, test bool) bool {
	return listed(l.Under, pkg) || test && listed(l.Tests, pkg)
}

func orNobody(list string) string {
	if list = strings.Join(strings.Fields(list), ", "); list == "" {
		return "nobody"
	}
	return list + " only"
}

func (h House) detours(f *faults, g *graph, p *pack) {
	for _, d := range h.Detours {
		if !listed(d.From, p.path) {
			continue
		}
		for _, way := range g.ways(h.Module + "/" + p.path) {
			end := way[len(way)-1]
			to, ours := h.own(end)
			if ours && listed(d.Never, to) || !ours && listedLibrary(d.Never, end) {
				f.add("%s reaches what it must never reach, %s: %s", p.path, strings.Join(way[1:], " -> "), d.Why)
				break // one way is enough to know
			}
		}
	}
}

func listedLibrary(list, imp string) bool {
	return slices.ContainsFunc(strings.Fields(list), func(lib string) bool { return under(imp, lib) })
}

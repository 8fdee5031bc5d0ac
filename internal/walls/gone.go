package walls

import (
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// gone finds rows that name what is not there any more, and files that no build reads.
func (h House) gone(f *faults, dir string, graphs []*graph) {
	pkgs, imported := map[string]bool{}, map[string]bool{}
	read, ignored := map[string]bool{}, map[string]bool{}
	for _, g := range graphs {
		for _, p := range g.own {
			pkgs[p.path] = true
			for _, imp := range slices.Concat(p.Imports, p.tests()) {
				imported[imp] = true
			}
			for _, name := range slices.Concat(p.GoFiles, p.CgoFiles, p.TestGoFiles, p.XTestGoFiles) {
				read[path.Join(p.path, name)] = true
			}
			for _, name := range p.IgnoredGoFiles {
				ignored[path.Join(p.path, name)] = true
			}
		}
	}
	for file := range ignored {
		if !read[file] {
			f.add("%s is read by no build on any system, so nobody sees what it imports", file)
		}
	}
	matches := func(item string) bool {
		for pkg := range pkgs {
			if listed(item, pkg) {
				return true
			}
		}
		return false
	}
	folders := func(rule, list, why string) {
		for _, item := range strings.Fields(list) {
			if !matches(item) {
				f.add("%s names %s, which is not there any more: %s", rule, item, why)
			}
		}
	}
	seen := map[string]bool{}
	for _, r := range h.Rooms {
		rule := "the room " + r.Folder
		if seen[r.Folder] {
			f.add("%s has two rows", rule)
		}
		seen[r.Folder] = true
		lived := false
		for pkg := range pkgs {
			of, ok := h.roomOf(pkg)
			lived = lived || ok && of.Folder == r.Folder
		}
		if !lived {
			f.add("%s is not there any more: %s", rule, r.Why)
		}
		folders(rule, r.May+" "+r.Tests, r.Why)
	}
	folders("the list of what tests may import", h.Aids, "what is named there must be watched")
	for _, l := range h.Libraries {
		rule := "the row of the library " + l.Path
		folders(rule, l.Under+" "+l.Tests, l.Why)
		if l.Under+l.Tests != "" && !slices.ContainsFunc(keys(imported), l.covers) {
			f.add("%s is about something that nothing imports any more: %s", rule, l.Why)
		}
		if l.Under+l.Tests == "" && !h.obtainable(graphs, l.Path) {
			f.add("%s forbids something that is not there any more: %s", rule, l.Why)
		}
	}
	for _, d := range h.Detours {
		rule := "the rule about ways from " + d.From
		folders(rule, d.From, d.Why)
		for _, item := range strings.Fields(d.Never) {
			if !matches(item) && !h.obtainable(graphs, item) {
				f.add("%s names %s, which is not there any more: %s", rule, item, d.Why)
			}
		}
	}
	for _, u := range h.Uses {
		folders("the rule about what "+u.Folder+" uses", u.Folder+" "+u.Of, u.Why)
	}
	for _, d := range h.Doors {
		if _, err := os.Stat(filepath.Join(dir, filepath.FromSlash(d.File))); err != nil {
			f.add("the rule about %s names %s, which is not there any more: %s", d.Folder, d.File, d.Why)
		}
	}
}

// obtainable reports whether a library is in one of the graphs, or in the folder of a
// module that is.
func (h House) obtainable(graphs []*graph, lib string) bool {
	if lib == "C" {
		return true
	}
	for _, g := range graphs {
		for imp, p := range g.all {
			if _, ours := h.own(imp); !ours && under(imp, lib) {
				return true
			}
			if p.Module == nil || !under(lib, p.Module.Path) {
				continue
			}
			root := strings.TrimSuffix(filepath.ToSlash(p.Dir), strings.TrimPrefix(p.ImportPath, p.Module.Path))
			if _, err := os.Stat(filepath.FromSlash(root + strings.TrimPrefix(lib, p.Module.Path))); err == nil {
				return true
			}
		}
	}
	return false
}

func keys(m map[string]bool) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	return out
}

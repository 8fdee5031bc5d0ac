package walls

import (
	"errors"
	"go/ast"
	gobuild "go/build"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"os/exec"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
)

// source is one package's files of all systems, read once.
type source struct {
	folder string
	files  map[string]*ast.File // by path from the root
	fset   *token.FileSet
}

// sources parses the packages of ours that a rule asks about, tests excepted.
func sources(dir string, graphs []*graph, wanted func(pkg string) bool) ([]source, error) {
	names := map[string][]string{}
	for _, g := range graphs {
		for _, p := range g.own {
			if wanted(p.path) {
				names[p.path] = slices.Concat(names[p.path], p.GoFiles, p.CgoFiles)
			}
		}
	}
	var out []source
	for folder, files := range names {
		s := source{folder: folder, files: map[string]*ast.File{}, fset: token.NewFileSet()}
		slices.Sort(files)
		for _, name := range slices.Compact(files) {
			at := path.Join(folder, name)
			f, err := parser.ParseFile(s.fset, filepath.Join(dir, filepath.FromSlash(at)), nil, parser.SkipObjectResolution)
			if err != nil {
				return nil, err
			}
			s.files[at] = f
		}
		out = append(out, s)
	}
	slices.SortFunc(out, func(a, b source) int { return strings.Compare(a.folder, b.folder) })
	return out, nil
}

// syntax looks at the rules that go below imports.
func (h House) syntax(f *faults, dir string, graphs []*graph) error {
	for _, d := range h.Doors {
		all, err := sources(dir, graphs, func(pkg string) bool { return under(pkg, d.Folder) })
		if err != nil {
			return err
		}
		door := false
		for _, s := range all {
			opened, err := h.calls(s, strings.Fields(d.Calls))
			if err != nil {
				return err
			}
			for _, c := range opened {
				if c.file == d.File {
					door = true
					continue
				}
				f.add("%s: %s: only %s may: %s", c.at, c.what, d.File, d.Why)
			}
		}
		if !door {
			f.add("the rule about %s names %s as the door, and it is none: %s", d.Folder, d.File, d.Why)
		}
	}
	for _, u := range h.Uses {
		all, err := sources(dir, graphs, func(pkg string) bool { return listed(u.Folder, pkg) || pkg == u.Of })
		if err != nil {
			return err
		}
		only := strings.Fields(u.Only)
		for _, s := range all {
			if s.folder == u.Of {
				there := declared(s)
				for _, name := range only {
					if !there[name] {
						f.add("the rule about %s names %s.%s, which is not there any more: %s", u.Folder, u.Of, name, u.Why)
					}
				}
				continue
			}
			for _, c := range used(s, h.Module+"/"+u.Of) {
				if !slices.Contains(only, c.what) {
					f.add("%s: %s uses %s of %s, but may use only %s: %s", c.at, s.folder, c.what, u.Of,
						strings.Join(only, ", "), u.Why)
				}
			}
		}
	}
	return nil
}

// spot is a place in a file.
type spot struct{ file, at, what string }

func (s source) spot(file string, n ast.Node, what string) spot {
	return spot{file, file + ":" + strconv.Itoa(s.fset.Position(n.Pos()).Line), what}
}

// calls finds go statements and every use, called or not, of what is named as package.Function or
// package.Type.Method. Types are worked out as far as the standard library goes: other packages are
// taken as empty, what cannot be known is skipped, and of those packages a name counts however the
// import is called. The error is a named package that cannot be read: what uses it would not be
// noticed.
func (h House) calls(s source, named []string) ([]spot, error) {
	var out []spot
	var unread error
	if gobuild.Default.GOROOT == "" { // so it is in a program built with -trimpath
		root, err := exec.Command("go", "env", "GOROOT").Output()
		if err != nil {
			return nil, err
		}
		gobuild.Default.GOROOT = strings.TrimSpace(string(root))
	}
	std := importer.ForCompiler(s.fset, "source", nil)
	wanted := map[string]bool{}
	for _, n := range named {
		wanted[n] = true
	}
	conf := types.Config{
		Error:                    func(error) {}, // of what is taken as empty
		DisableUnusedImportCheck: true,
		Importer: importing(func(imp string) (*types.Package, error) {
			for n := range wanted {
				if strings.HasPrefix(n, imp+".") && !strings.Contains(imp, ".") {
					p, err := std.Import(imp)
					unread = errors.Join(unread, err)
					return p, err
				}
			}
			p := types.NewPackage(imp, packageName(imp))
			p.MarkComplete()
			return p, nil
		}),
	}
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{}}
	var files []*ast.File
	for _, f := range s.files {
		files = append(files, f)
	}
	_, _ = conf.Check(h.Module+"/"+s.folder, s.fset, files, info) // errors are expected, see above
	for name, file := range s.files {
		for _, imp := range file.Imports {
			at, _ := strconv.Unquote(imp.Path.Value)
			if imp.Name != nil && imp.Name.Name == "." && slices.ContainsFunc(named, func(n string) bool {
				return strings.HasPrefix(n, at+".")
			}) {
				out = append(out, s.spot(name, imp, "imports "+at+" without its name"))
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.GoStmt:
				out = append(out, s.spot(name, n, "starts a goroutine"))
			case *ast.SelectorExpr:
				if what := reached(info, n); wanted[what] {
					out = append(out, s.spot(name, n, "uses "+what))
				}
			}
			return true
		})
	}
	slices.SortFunc(out, func(a, b spot) int { return strings.Compare(a.at, b.at) })
	return out, unread
}

// reached names what a selector stands for, as package.Name or package.Type.Method.
func reached(info *types.Info, n *ast.SelectorExpr) string {
	if x, ok := n.X.(*ast.Ident); ok {
		if p, ok := info.Uses[x].(*types.PkgName); ok {
			return p.Imported().Path() + "." + n.Sel.Name
		}
	}
	sel := info.Selections[n]
	if sel == nil {
		return ""
	}
	fn, ok := sel.Obj().(*types.Func)
	if !ok || fn.Pkg() == nil {
		return ""
	}
	recv := fn.Signature().Recv().Type()
	if p, ok := recv.(*types.Pointer); ok {
		recv = p.Elem()
	}
	t, ok := recv.(*types.Named)
	if !ok {
		return ""
	}
	return fn.Pkg().Path() + "." + t.Obj().Name() + "." + fn.Name()
}

type importing func(string) (*types.Package, error)

func (f importing) Import(p string) (*types.Package, error) { return f(p) }

// packageName guesses a package's name from its path, past a version at the end.
func packageName(imp string) string {
	name := path.Base(imp)
	if len(name) > 1 && name[0] == 'v' && strings.Trim(name[1:], "0123456789") == "" {
		name = path.Base(path.Dir(imp))
	}
	return strings.ReplaceAll(name, "-", "_")
}

// declared lists the exported names of a package.
func declared(s source) map[string]bool {
	out := map[string]bool{}
	for _, f := range s.files {
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.FuncDecl:
				if d.Recv == nil {
					out[d.Name.Name] = true
				}
			case *ast.GenDecl:
				for _, spec := range d.Specs {
					switch spec := spec.(type) {
					case *ast.TypeSpec:
						out[spec.Name.Name] = true
					case *ast.ValueSpec:
						for _, n := range spec.Names {
							out[n.Name] = true
						}
					}
				}
			}
		}
	}
	return out
}

// used lists which names of a package the files use, under whatever name they import
// it. To import it without a name counts as using all of it.
func used(s source, imp string) []spot {
	var out []spot
	for name, f := range s.files {
		local := ""
		for _, i := range f.Imports {
			if at, _ := strconv.Unquote(i.Path.Value); at != imp {
				continue
			}
			local = path.Base(imp)
			if i.Name != nil {
				local = i.Name.Name
			}
			if local == "." {
				out = append(out, s.spot(name, i, "everything"))
			}
		}
		if local == "" {
			continue
		}
		ast.Inspect(f, func(n ast.Node) bool {
			if sel, ok := n.(*ast.SelectorExpr); ok {
				if x, ok := sel.X.(*ast.Ident); ok && x.Name == local {
					out = append(out, s.spot(name, sel, sel.Sel.Name))
				}
			}
			return true
		})
	}
	slices.SortFunc(out, func(a, b spot) int { return strings.Compare(a.at, b.at) })
	return out
}

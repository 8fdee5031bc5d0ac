package walls

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// views are the builds that are looked at.
var views = []struct{ os, cgo string }{
	{"linux", "1"}, {"linux", "0"}, {"windows", "1"}, {"windows", "0"}, {"darwin", "1"}, {"darwin", "0"},
}

// pack is a package as 'go list' tells it.
type pack struct {
	path string // without the module's name; ours only

	ImportPath, Dir, ForTest           string
	Standard                           bool
	Module                             *struct{ Path string }
	Imports, TestImports, XTestImports []string
	GoFiles, CgoFiles                  []string
	TestGoFiles, XTestGoFiles          []string
	IgnoredGoFiles                     []string
	Error                              *struct{ Err string }
}

func (p *pack) tests() []string { return slices.Concat(p.TestImports, p.XTestImports) }

// graph is what one build sees: every package of ours, and every library that they
// or their tests bring along.
type graph struct {
	system string
	own    []*pack
	all    map[string]*pack
}

// load asks go list for each view. No compiler is needed for it.
func load(ctx context.Context, dir, module string) ([]*graph, error) {
	graphs, errs := make([]*graph, len(views)), make([]error, len(views))
	var group sync.WaitGroup
	for i := range views {
		group.Go(func() { graphs[i], errs[i] = list(ctx, dir, module, views[i].os, views[i].cgo) })
	}
	group.Wait()
	return graphs, errors.Join(errs...)
}

func list(ctx context.Context, dir, module, system, cgo string) (*graph, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-e", "-deps", "-test",
		"-json=ImportPath,Dir,ForTest,Standard,Module,Imports,TestImports,XTestImports,"+
			"GoFiles,CgoFiles,TestGoFiles,XTestGoFiles,IgnoredGoFiles,Error", "./...")
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "GOOS="+system, "GOARCH=amd64", "CGO_ENABLED="+cgo)
	var out, complaint bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &complaint
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("go list for %s: %w: %s", system, err, complaint.String())
	}
	g := &graph{system: system, all: map[string]*pack{}}
	if cgo == "0" {
		g.system += " without cgo"
	}
	for dec := json.NewDecoder(&out); ; {
		p := new(pack)
		if err := dec.Decode(p); err == io.EOF {
			break
		} else if err != nil {
			return nil, err
		}
		if p.ForTest != "" || strings.HasSuffix(p.ImportPath, ".test") {
			continue // made for a test out of what is listed anyway
		}
		g.all[p.ImportPath] = p
		if p.ImportPath == module || strings.HasPrefix(p.ImportPath, module+"/") {
			p.path = strings.TrimPrefix(p.ImportPath, module+"/")
			g.own = append(g.own, p)
		}
	}
	return g, nil
}

func (g *graph) standard(imp string) bool {
	p := g.all[imp]
	return imp == "C" || p != nil && p.Standard
}

func (g *graph) sameModule(a, b string) bool {
	p, q := g.all[a], g.all[b]
	return p != nil && q != nil && p.Module != nil && q.Module != nil && p.Module.Path == q.Module.Path
}

// brought lists the libraries that a library brings along.
func (g *graph) brought(imp string) []string {
	var out []string
	for _, way := range g.ways(imp) {
		if end := way[len(way)-1]; end != imp {
			out = append(out, end)
		}
	}
	return out
}

// ways returns the shortest way to each package that one reaches, the standard
// library's inside excepted.
func (g *graph) ways(from string) [][]string {
	before := map[string]string{from: ""}
	queue := []string{from}
	var out [][]string
	for len(queue) > 0 {
		at := queue[0]
		queue = queue[1:]
		var way []string
		for p := at; p != ""; p = before[p] {
			way = append(way, p)
		}
		slices.Reverse(way)
		out = append(out, way)
		p := g.all[at]
		if p == nil || p.Standard {
			continue
		}
		for _, imp := range p.Imports {
			if _, seen := before[imp]; !seen {
				before[imp] = at
				queue = append(queue, imp)
			}
		}
	}
	return out
}

// touch opens every folder of the house in this process, so that 'go test' knows on
// what its kept result depends: what go list reads, it does not see.
func touch(dir string) error {
	if _, err := os.Stat(filepath.Join(dir, "go.mod")); err != nil {
		return err
	}
	return filepath.WalkDir(dir, func(at string, d fs.DirEntry, err error) error {
		if err != nil || !d.IsDir() || at == dir {
			return err
		}
		if n := d.Name(); strings.HasPrefix(n, ".") || strings.HasPrefix(n, "_") ||
			slices.Contains([]string{"testdata", "node_modules", "bin", "out"}, n) {
			return filepath.SkipDir
		}
		return nil
	})
}

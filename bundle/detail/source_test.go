package detail

import (
	"archive/zip"
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// outside stands in a found detail for what comes from a page, a server or the system.
const outside = "qqq"

// reader reads from the source of packages what it can write into details. It follows
// strings through variables, constants, fields and functions of these packages. What it cannot follow is from outside.
type reader struct {
	files   *token.FileSet
	funcs   map[string][]*ast.FuncDecl // methods of one name together
	fields  map[string][]ast.Expr      // what is put into those that are followed
	consts  map[string]string
	gaps    map[string]string // constants of type gap
	details map[string]map[string]token.Position
	depth   int
}

type env map[string][]string

// followed are the fields whose words end up in details: why scrolling ended, and what is wrong with a video.
var followed = map[string]bool{"reason": true, "err": true}

func read(t *testing.T, folders []string) *reader {
	t.Helper()
	r := &reader{files: token.NewFileSet(), funcs: map[string][]*ast.FuncDecl{}, fields: map[string][]ast.Expr{},
		consts: map[string]string{}, gaps: map[string]string{}, details: map[string]map[string]token.Position{}}
	var names []string
	for _, folder := range folders {
		found, err := filepath.Glob(filepath.Join("..", "..", folder, "*.go"))
		if err != nil || len(found) == 0 {
			t.Fatal(folder, err)
		}
		names = append(names, found...)
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		f, err := parser.ParseFile(r.files, name, nil, 0) // also those of other systems
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(f, r.index)
	}
	for range 2 { // what is known of one function after the first round serves another in the second
		for _, of := range r.funcs {
			for _, f := range of {
				r.run(f, nil)
			}
		}
	}
	return r
}

func (r *reader) index(n ast.Node) bool {
	switch n := n.(type) {
	case *ast.FuncDecl:
		if n.Body != nil {
			r.funcs[n.Name.Name] = append(r.funcs[n.Name.Name], n)
		}
	case *ast.AssignStmt:
		for i, left := range n.Lhs {
			if s, ok := left.(*ast.SelectorExpr); ok && len(n.Lhs) == len(n.Rhs) && followed[s.Sel.Name] {
				r.fields[s.Sel.Name] = append(r.fields[s.Sel.Name], n.Rhs[i])
			}
		}
	case *ast.ValueSpec:
		for i, name := range n.Names {
			if i < len(n.Values) {
				if v := literal(n.Values[i]); v != "" {
					r.consts[name.Name] = v
					if kind, ok := n.Type.(*ast.Ident); ok && kind.Name == "gap" {
						r.gaps[name.Name] = v
					}
				}
			}
		}
	}
	return true
}

// literal is a string that is written out, or the error of one.
func literal(e ast.Expr) string {
	if say := sayOf(e); say != nil {
		return literal(say.Args[1])
	}
	if c, ok := e.(*ast.CallExpr); ok && len(c.Args) == 1 {
		if f, ok := c.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "New" {
			e = c.Args[0]
		}
	}
	if l, ok := e.(*ast.BasicLit); ok && l.Kind == token.STRING {
		s, _ := strconv.Unquote(l.Value)
		return s
	}
	return ""
}

// run goes through a function once, in the order of its source, and returns what it returns.
func (r *reader) run(f *ast.FuncDecl, args env) map[int][]string {
	if r.depth > 4 {
		return nil
	}
	r.depth++
	defer func() { r.depth-- }()
	vars, of := env{}, map[string]string{}
	for name, v := range args {
		vars[name] = v
	}
	var results []string
	if f.Type.Results != nil {
		for _, l := range f.Type.Results.List {
			for _, name := range l.Names {
				results, vars[name.Name] = append(results, name.Name), []string{""}
			}
		}
	}
	returned := map[int][]string{}
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			r.assign(n, slices.Contains(f.Body.List, ast.Stmt(n)), vars, of)
		case *ast.ValueSpec:
			for _, name := range n.Names {
				vars[name.Name] = []string{""}
			}
		case *ast.CallExpr:
			r.call(n, vars)
		case *ast.CompositeLit:
			r.composite(n, vars)
		case *ast.ReturnStmt:
			for i, e := range n.Results {
				returned[i] = union(returned[i], r.eval(e, vars))
			}
			if len(n.Results) == 0 {
				for i, name := range results {
					returned[i] = union(returned[i], vars[name])
				}
			}
		}
		return true
	})
	return returned
}

// assign follows an assignment; always tells one that stands in no branch.
func (r *reader) assign(n *ast.AssignStmt, always bool, vars env, of map[string]string) {
	for i, left := range n.Lhs {
		var value []string
		if len(n.Lhs) == len(n.Rhs) {
			value = r.eval(n.Rhs[i], vars)
		} else if call, ok := n.Rhs[0].(*ast.CallExpr); ok {
			value = r.called(call, vars, i)
		}
		name := ""
		switch left := left.(type) {
		case *ast.Ident:
			name = left.Name
			if lit, ok := n.Rhs[0].(*ast.CompositeLit); ok && i == 0 {
				if what, detail := r.fact(lit, vars); what != "" {
					of[name], vars[name+".Detail"] = what, detail
				}
			}
		case *ast.SelectorExpr:
			if base, ok := left.X.(*ast.Ident); ok && left.Sel.Name == "Detail" {
				name = base.Name + ".Detail"
			}
		}
		base, detail := strings.CutSuffix(name, ".Detail")
		switch {
		case n.Tok == token.ADD_ASSIGN:
			value = product(vars[name], value)
			if vars[name] = union(vars[name], value); always {
				vars[name] = value
			}
		case detail:
			vars[name] = value
		default: // perhaps in a branch: what it was stays possible
			vars[name] = union(vars[name], value)
		}
		if detail && of[base] != "" {
			r.note(of[base], value, n.Pos())
		}
	}
}

// fact tells a problem, a precondition or a comparison of the clock that is written out.
func (r *reader) fact(n *ast.CompositeLit, vars env) (of string, detail []string) {
	for _, e := range n.Elts {
		kv, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		value := r.eval(kv.Value, vars)
		switch key, _ := kv.Key.(*ast.Ident); {
		case key == nil || len(value) == 0:
		case key.Name == "Item":
			of = "precondition." + value[0]
		case key.Name == "Code":
			of = "problem." + value[0]
		case key.Name == "Source":
			of = "clock." + value[0]
		case key.Name == "Detail":
			detail = value
		}
	}
	return of, detail
}

func (r *reader) composite(n *ast.CompositeLit, vars env) {
	if of, detail := r.fact(n, vars); of != "" {
		r.note(of, detail, n.Pos())
	}
	// What a page was recognised by becomes the detail of a problem.
	if name, ok := n.Type.(*ast.Ident); ok && name.Name == "Finding" && len(n.Elts) == 2 {
		r.note("problem.recognised", r.eval(n.Elts[1], vars), n.Pos())
	}
}

func (r *reader) call(n *ast.CallExpr, vars env) {
	f, ok := n.Fun.(*ast.SelectorExpr)
	if !ok {
		return
	}
	if of := map[string]string{"Problem": "problem.", "Precondition": "precondition.", "Clock": "clock."}[f.Sel.Name]; of != "" && (of != "problem." || len(n.Args) == 1) && len(n.Args) > 0 {
		if codes := r.eval(n.Args[0], vars); len(codes) > 0 {
			r.note(of+codes[0], r.eval(f.X, vars), n.Pos())
		}
		return
	}
	if !slices.Contains([]string{"problem", "note", "Problem", "Add"}, f.Sel.Name) || len(n.Args) < 2 {
		return
	}
	code, ok := n.Args[0].(*ast.Ident)
	if of, other := n.Args[0].(*ast.SelectorExpr); other { // of the package that has the codes
		code, ok = of.Sel, true
	}
	if !ok || !strings.HasPrefix(code.Name, "Problem") {
		return
	}
	detail := r.eval(n.Args[1], vars)
	if len(n.Args) > 2 {
		detail = r.format(n.Args[1:], vars)
	}
	r.note("problem."+r.consts[code.Name], detail, n.Pos())
}

func (r *reader) note(of string, details []string, at token.Pos) {
	for _, d := range details {
		r.details[of] = joined(r.details[of], d, r.files.Position(at))
	}
}

// eval returns what an expression can be.
func (r *reader) eval(e ast.Expr, vars env) []string {
	unknown := []string{outside}
	switch e := e.(type) {
	case *ast.BasicLit:
		return []string{literal(e)}
	case *ast.ParenExpr:
		return r.eval(e.X, vars)
	case *ast.BinaryExpr:
		return product(r.eval(e.X, vars), r.eval(e.Y, vars))
	case *ast.Ident:
		if v, ok := vars[e.Name]; ok {
			return v
		}
		if v, ok := r.consts[e.Name]; ok {
			return []string{v}
		}
	case *ast.SelectorExpr:
		return r.selected(e, vars)
	case *ast.CallExpr:
		return r.called(e, vars, 0)
	}
	return unknown
}

func (r *reader) selected(e *ast.SelectorExpr, vars env) []string {
	if v, ok := r.consts[e.Sel.Name]; ok {
		return []string{v}
	}
	switch e.Sel.Name {
	case "ErrFormat":
		return []string{zip.ErrFormat.Error()}
	case "ErrPicture":
		return []string{"not a usable PNG"}
	}
	if e.Sel.Name == "Detail" {
		switch x := e.X.(type) {
		case *ast.Ident:
			return vars[x.Name+".Detail"]
		case *ast.CallExpr: // of the precondition of how far the page was scrolled
			return keys(r.details["precondition.scrolled"])
		case *ast.SelectorExpr: // of a time server's answer
			return keys(r.details["clock.ntp"])
		}
	}
	if r.depth > 4 {
		return []string{outside}
	}
	r.depth++
	defer func() { r.depth-- }()
	var all []string
	for _, value := range r.fields[e.Sel.Name] {
		all = union(all, r.eval(value, env{}))
	}
	return union(all, []string{outside})
}

func keys(m map[string]token.Position) []string {
	var all []string
	for k := range m {
		all = append(all, k)
	}
	slices.Sort(all)
	return all
}

// called returns what a call can return in one of its places.
func (r *reader) called(n *ast.CallExpr, vars env, place int) []string {
	name, on := "", ast.Expr(nil)
	switch f := n.Fun.(type) {
	case *ast.Ident:
		name = f.Name
	case *ast.SelectorExpr:
		name, on = f.Sel.Name, f.X
	}
	switch name {
	case "Say":
		return r.say(n, vars)
	case "Err":
		return r.eval(on, vars)
	case "Sprintf", "Errorf":
		return r.format(n.Args, vars)
	case "Shorten", "Clean", "Join", "string", "New", "Sprint", "SaidOf":
		if len(n.Args) > 0 {
			return r.eval(n.Args[0], vars)
		}
	case "append":
		if len(n.Args) == 2 {
			return r.eval(n.Args[1], vars)
		}
	case "TrimPrefix":
		var all []string
		for _, s := range r.eval(n.Args[0], vars) {
			all = append(all, strings.TrimPrefix(s, literal(n.Args[1])))
		}
		return all
	case "Error":
		return r.eval(on, vars)
	case "Format":
		return []string{"2026-11-23T10:42:07.123Z"}
	}
	var back []string
	for _, f := range r.funcs[name] {
		args, i := env{}, 0
		for _, l := range f.Type.Params.List {
			for _, p := range l.Names {
				if i < len(n.Args) {
					args[p.Name] = r.eval(n.Args[i], vars)
				}
				i++
			}
		}
		back = union(back, r.run(f, args)[place])
	}
	if len(back) == 0 {
		return []string{outside}
	}
	return back
}

var verb = regexp.MustCompile(`%(\+?)(?:\.(\d+))?([a-z%])`)

// format does what fmt.Sprintf does, with numbers for numbers.
func (r *reader) format(args []ast.Expr, vars env) []string {
	all, last, n := []string{""}, 0, 0
	format := r.eval(args[0], vars)[0]
	for _, at := range verb.FindAllStringSubmatchIndex(format, -1) {
		value := []string{outside}
		sign := format[at[2]:at[3]]
		switch format[at[6]:at[7]] {
		case "%":
			value = []string{"%"}
			n--
		case "d":
			value = []string{"1234"}
		case "f":
			value = []string{sign + "1234"}
			if digits, _ := strconv.Atoi(format[at[4]:at[5]]); digits > 0 {
				value = []string{sign + fmt.Sprintf("%.*f", digits, 12.5)}
			}
		case "q":
			value = []string{`"` + outside + `"`}
		case "s", "v", "w":
			if n++; n < len(args) {
				value = r.eval(args[n], vars)
			}
			n--
		}
		n++
		all, last = product(product(all, []string{format[last:at[0]]}), value), at[1]
	}
	return product(all, []string{format[last:]})
}

func joined(m map[string]token.Position, s string, at token.Position) map[string]token.Position {
	if m == nil {
		m = map[string]token.Position{}
	}
	m[s] = at
	return m
}

func product(a, b []string) []string {
	var all []string
	for _, x := range a {
		for _, y := range b {
			all = union(all, []string{x + y})
		}
	}
	return all
}

func union(a, b []string) []string {
	for _, s := range b {
		if len(a) < 100 && !slices.Contains(a, s) {
			a = append(a[:len(a):len(a)], s)
		}
	}
	return a
}

// sayOf is the call of evidence.Say whose error an expression is, if it is one.
func sayOf(e ast.Expr) *ast.CallExpr {
	c, ok := e.(*ast.CallExpr)
	if !ok || len(c.Args) != 0 {
		return nil
	}
	f, ok := c.Fun.(*ast.SelectorExpr)
	if !ok || f.Sel.Name != "Err" {
		return nil
	}
	say, ok := f.X.(*ast.CallExpr)
	if !ok || len(say.Args) < 2 {
		return nil
	}
	return say
}

// say returns what evidence.Say says. A form that details of before there were values never had is not looked for among theirs.
func (r *reader) say(n *ast.CallExpr, vars env) []string {
	form, english := literal(n.Args[0]), literal(n.Args[1])
	if form != "" && !oldKeys()["detail."+form] {
		return []string{outside}
	}
	all, last := []string{""}, 0
	for i, at := range saySlots.FindAllStringSubmatchIndex(english, -1) {
		value := []string{outside}
		sigil, verb := english[at[2]:at[3]], ""
		if at[6] >= 0 {
			verb = english[at[6]:at[7]]
		}
		switch {
		case sigil == "#" && verb != "":
			value = []string{fmt.Sprintf("%"+verb, 1234.5)}
		case sigil == "#":
			value = []string{"1234"}
		case sigil == "@":
			value = []string{"2026-11-23T10:42:07.123Z"}
		case strings.HasSuffix(verb, "q"):
			value = []string{`"` + outside + `"`}
		case i+2 < len(n.Args):
			value = r.eval(n.Args[i+2], vars)
		}
		all, last = product(product(all, []string{english[last:at[0]]}), value), at[1]
	}
	return product(all, []string{english[last:]})
}

package detail

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	"constat/assets/words"
)

// Bounds of what is read from values, which a manifest from anywhere may hold; see evidence.Say for
// those that are written.
const (
	maxDepth = 5  // of things in things
	maxList  = 64 // things in a list
)

// thing is one node of the values: "why.form" and "why.#n" stand below "why".
type thing struct {
	sigil, text string
	given       bool // it has a value of its own, not only things below it
	in          map[string]*thing
}

var (
	valueName = regexp.MustCompile(`^[#@]?([a-z][A-Za-z0-9]*|[0-9]{2})$`)
	formName  = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)
	number    = regexp.MustCompile(`^(?:[+-]?[0-9]{1,18}|[+-]?[0-9]{1,9}\.[0-9]{1,6})$`)
)

// fromValues makes words from values. False means that they have no form, or none that is known
// here, or lack something that its words name.
func fromValues(t *words.Text, values map[string]string) (string, bool) {
	root := &thing{}
	size := 0
	for name, value := range values {
		if size += len(name) + len(value); size > maxDetail {
			return "", false
		}
		root.put(strings.Split(name, "."), value)
	}
	return root.words(t)
}

// put ignores names that are none.
func (g *thing) put(path []string, value string) {
	if len(path) > maxDepth || !valueName.MatchString(path[0]) {
		return
	}
	name := strings.TrimLeft(path[0], "#@")
	if g.in == nil {
		g.in = map[string]*thing{}
	}
	child := g.in[name]
	if child == nil {
		child = &thing{}
		g.in[name] = child
	}
	if len(path) > 1 {
		child.put(path[1:], value)
		return
	}
	child.sigil, child.text, child.given = strings.TrimSuffix(path[0], name), value, true
}

// words says a thing that has a form.
func (g *thing) words(t *words.Text) (string, bool) {
	form := g.in["form"]
	if form == nil || !formName.MatchString(form.text) {
		return "", false
	}
	key := "detail." + form.text
	var pairs []any
	for name, child := range g.in {
		if name == "form" {
			continue
		}
		s, ok := child.say(t)
		if !ok {
			return "", false
		}
		pairs = append(pairs, strings.ToUpper(name[:1])+name[1:], s)
	}
	s := key
	if n := g.in["n"]; n != nil && n.sigil == "#" {
		if count, err := strconv.Atoi(n.text); err == nil && count >= 0 {
			s = t.N(key, count, pairs...) // it stays the key where the catalogue knows no singular
		}
	}
	if s == key {
		s = t.T(key, pairs...)
	}
	return s, s != key && !strings.Contains(s, "<no value>")
}

// say says what stands in one slot.
func (g *thing) say(t *words.Text) (string, bool) {
	switch {
	case g.in["form"] != nil:
		return g.words(t)
	case g.in["01"] != nil:
		return g.list(t)
	case g.sigil == "#" && number.MatchString(g.text):
		if strings.ContainsAny(g.text, "+-.") {
			return decimal(t, g.text)
		}
		return whole(t, g.text)
	case g.sigil == "@":
		if s, ok := instant(t, g.text); ok {
			return s, true
		}
	}
	return g.text, g.given
}

// list says several things, and how many more there are.
func (g *thing) list(t *words.Text) (string, bool) {
	var all []string
	for n := 1; n <= maxList; n++ {
		one := g.in[fmt.Sprintf("%02d", n)]
		if one == nil {
			break
		}
		s, ok := one.say(t)
		if !ok {
			return "", false
		}
		all = append(all, s)
	}
	if more := g.in["more"]; more != nil && number.MatchString(more.text) {
		n, _ := whole(t, more.text)
		all = append(all, t.T("detail.more", "N", n))
	}
	return strings.Join(all, ", "), true
}

package platform

import (
	"bufio"
	"os"
	"strings"
	"testing"
)

// addresses reads the first lines of testdata/addresses.txt's pairs.
func addresses(t testing.TB) []string {
	t.Helper()
	f, err := os.Open("testdata/addresses.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []string
	for sc := bufio.NewScanner(f); sc.Scan(); {
		if line := sc.Text(); line != "" && line[0] != '#' && line[0] != '\t' {
			out = append(out, line)
		}
	}
	return out
}

// A rule that no example reaches is dead, or shadowed by an earlier one.
func TestEveryRuleIsReachedByAnExample(t *testing.T) {
	type key struct{ site, rule int }
	reached := map[key]bool{}
	for _, addr := range addresses(t) {
		a, ok := splitAddress(addr)
		if !ok {
			t.Errorf("%s does not split", addr)
			continue
		}
		s, _, exact := siteOf(&a)
		if s == nil || !exact {
			continue
		}
		for i := range sites {
			if &sites[i] != s {
				continue
			}
			for j, r := range s.rules {
				if m, ok := s.try(r, a); ok && len(m.problems) == 0 {
					reached[key{i, j}] = true
					break
				}
			}
		}
	}
	for i, s := range sites {
		for j, r := range s.rules {
			if !reached[key{i, j}] {
				t.Errorf("%s %s: no example reaches %s", s.platform, s.hosts[0], r.pattern)
			}
		}
	}
}

func TestTablesAreConsistent(t *testing.T) {
	known := map[Field]bool{fieldSlug: true, fieldDomain: true, "_": true}
	for _, f := range Fields() {
		known[f] = true
		if _, ok := forms[defaultForms[f]]; !ok {
			t.Errorf("field %s has no form", f)
		}
	}
	kinds := map[Kind]bool{}
	for _, k := range Kinds() {
		kinds[k] = true
	}
	hosts := map[string]bool{}
	for _, s := range sites {
		if s.platform.Name() == string(s.platform) {
			t.Errorf("platform %s has no name", s.platform)
		}
		for _, h := range s.hosts {
			if key := h + "/" + s.under; hosts[key] {
				t.Errorf("host %s stands twice", key)
			} else {
				hosts[key] = true
			}
		}
		for f, name := range s.fields {
			if _, ok := forms[name]; !ok || !known[f] {
				t.Errorf("%s: field %s has the unknown form %q", s.platform, f, name)
			}
		}
		for _, r := range s.rules {
			if !kinds[r.kind] {
				t.Errorf("%s: unknown kind %q", r.pattern, r.kind)
			}
			for _, p := range placeholders(r.pattern) {
				if _, ok := forms[p.form]; !known[p.field] || p.form != "" && !ok {
					t.Errorf("%s: unknown %v", r.pattern, p)
				}
			}
			for _, p := range placeholders(r.link) {
				slug := p.field == fieldSlug && strings.Contains(r.pattern, "*-{")
				if !strings.Contains(r.pattern, "{"+string(p.field)) && !slug && p.field != fieldDomain {
					t.Errorf("%s: its link needs %s", r.pattern, p.field)
				}
			}
		}
		for _, x := range s.extras {
			if _, ok := forms[x.form]; !ok || !known[x.field] || !kinds[x.kind] {
				t.Errorf("%s: extra %v", s.platform, x)
			}
		}
	}
}

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
	placeholders := func(s string) (out [][2]string) {
		for {
			_, rest, found := strings.Cut(s, "{")
			if !found {
				return out
			}
			name, after, _ := strings.Cut(rest, "}")
			field, form, _ := strings.Cut(name, ":")
			out = append(out, [2]string{field, form})
			s = after
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
				if _, ok := forms[p[1]]; !known[Field(p[0])] || p[1] != "" && !ok {
					t.Errorf("%s: unknown %v", r.pattern, p)
				}
			}
			for _, p := range placeholders(r.link) {
				slug := p[0] == string(fieldSlug) && strings.Contains(r.pattern, "*-{")
				if !strings.Contains(r.pattern, "{"+p[0]) && !slug && p[0] != string(fieldDomain) {
					t.Errorf("%s: its link needs %s", r.pattern, p[0])
				}
			}
		}
	}
	for _, p := range Platforms() {
		if !has([]Platform{
			Bing, Discord, Facebook, Google, Instagram, Messenger, OnlyFans, Pornhub, Reddit, RedTube, Snapchat,
			Telegram, Threads, TikTok, Tube8, WhatsApp, X, XHamster, XNXX, XVideos, YouPorn, YouTube,
		}, p) {
			t.Errorf("platform %s is new here", p)
		}
	}
}

package platform

import (
	"encoding/base64"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"constat/evidence"
)

func has[T comparable](list []T, v T) bool { return slices.Contains(list, v) }

// Recognize says what an address points at, from the address alone: nothing is
// loaded or looked up. The scheme may be missing. It returns false if the host
// is none of a platform known here. Now bounds the times that ids may carry;
// see [TimeOf].
func Recognize(addr string, now time.Time) (Item, bool) {
	addr = Trim(addr)
	if web := appLink(addr); web != "" {
		addr = web
	}
	a, ok := splitAddress(addr)
	if !ok {
		return Item{}, false
	}
	if app, ok := strings.CutPrefix(a.fragment, "?tgaddr="); ok && strings.HasSuffix(a.host, "telegram.org") {
		if web := appLink(app); web != "" {
			return Recognize(web, now) // appLink's own addresses have no fragment
		}
	}
	s, domain, exact := siteOf(&a)
	if s == nil {
		return Item{}, false
	}
	it := Item{Platform: s.platform, Kind: KindPage}
	if !exact || !a.ok {
		return it, true
	}
	// An address that fits a rule entirely wins over an earlier one with an id
	// of the wrong form, unless the later rule merely swallows that id.
	var near *match
	var nearRule rule
	for _, r := range s.rules {
		m, ok := s.try(r, a)
		switch {
		case !ok:
		case len(m.problems) == 0 && near != nil && !m.covers(*near, len(a.segments)):
		case len(m.problems) == 0:
			s.finish(&it, m, r, a, domain, now)
			return it, true
		case near == nil && (m.literal || len(s.rules) == 1):
			near, nearRule = &m, r
		}
	}
	if near != nil {
		s.finish(&it, *near, nearRule, a, domain, now)
	}
	return it, true
}

// finish turns a match into an item.
func (s *site) finish(it *Item, m match, r rule, a address, domain string, now time.Time) {
	it.Kind = r.kind
	link := r.link
	for _, x := range s.extras {
		v, ok := a.query[x.param]
		if !ok || !has(x.over, it.Kind) && !has(x.over, r.kind) {
			continue
		}
		before := len(m.problems)
		s.take(&m, x.field, x.form, v)
		if len(m.problems) > before {
			continue
		}
		it.Kind = x.kind
		if link != "" {
			sep := "?"
			if strings.Contains(link, "?") {
				sep = "&"
			}
			link += sep + x.param + "={" + string(x.field) + "}"
		}
	}
	if t := m.ids[FieldTarget]; t != "" {
		if coded, ok := strings.CutPrefix(t, "a1"); ok && s.platform == Bing {
			if plain, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(coded, "=")); err == nil && utf8.Valid(plain) {
				t = string(plain)
			}
		}
		if it.Target = resolve(a.host, t); it.Target == "" {
			m.problems = append(m.problems, Problem{FieldTarget, evidence.Shorten(t, 80), ReasonForm})
		}
	}
	if len(m.problems) == 0 {
		m.ids[fieldDomain] = domain
		it.Permalink = fill(link, m.ids)
	}
	for _, internal := range []Field{fieldSlug, fieldDomain, FieldTarget} {
		delete(m.ids, internal)
	}
	if older := tooOld(s.platform, m.ids); len(older) > 0 {
		m.problems = append(m.problems, older...)
		for _, p := range older {
			delete(m.ids, p.Field)
		}
		it.Permalink = ""
	}
	it.IDs, it.Problems = m.ids, m.problems
	f, id := it.Own()
	if id == "" || it.ownIsWrong(f) {
		return // nothing is said of the time of another id than the thing's own
	}
	it.Time, it.NoTime = TimeOf(s.platform, f, id, now)
}

// siteOf finds the rules for a host. Exact is false for a host of a platform's
// that no rules are written for.
func siteOf(a *address) (s *site, domain string, exact bool) {
	for i := range sites {
		s := &sites[i]
		if s.under != "" && (len(a.segments) == 0 || !strings.EqualFold(a.segments[0], s.under)) {
			continue
		}
		for _, h := range s.hosts {
			if stem, several := strings.CutSuffix(h, "*"); several {
				if rest, ok := strings.CutPrefix(a.host, stem); ok && has(s.countries, rest) {
					name := strings.TrimSuffix(stem, ".") // of "images.google." the last word stands in links
					return s, name[strings.LastIndexByte(name, '.')+1:] + "." + rest, true
				}
				continue
			}
			if a.host == h {
				return s, h, true
			}
			label, below := strings.CutSuffix(a.host, "."+h)
			if !below {
				continue
			}
			if s.locales && isLocale(label) {
				return s, h, true
			}
			if s.named && forms["tg-name"].judge(label) == "" && !has(s.reserved, label) {
				a.segments = append([]string{label}, a.segments...)
				return s, h, true
			}
		}
	}
	for _, labelled := range []bool{true, false} { // a host that is told by its first label comes first
		for i := range sites {
			for _, f := range sites[i].family {
				if (f.first != "") == labelled && f.has(a.host) {
					return &sites[i], f.name, sites[i].below
				}
			}
		}
	}
	return nil, "", false
}

// isLocale accepts the labels that platforms put before a host for a language
// or a country: fr, nl, fr-fr.
func isLocale(label string) bool {
	a, b, two := strings.Cut(label, "-")
	ok := func(s string) bool { return len(s) == 2 && strings.Trim(s, lower) == "" }
	return ok(a) && (!two || ok(b))
}

// CheckID reports whether an id that a person typed has the form that the
// platform gives to such ids, "" if so. Spaces are not forgiven: trim first.
// Where no form is known, any short text without control characters passes.
func CheckID(p Platform, f Field, id string) Reason {
	// A platform writes one sort of id in several ways (a Facebook post's number
	// or pfbid): any of them will do, and the first refusal is the one told.
	var refusal Reason
	for _, name := range formsOf(p, f) {
		reason := forms[name].judge(id)
		if reason == "" {
			return ""
		}
		if refusal == "" {
			refusal = reason
		}
	}
	return refusal
}

// formsOf collects the forms that a platform's rules ask of a field.
func formsOf(p Platform, f Field) []string {
	var out []string
	add := func(name string) {
		if name != "" && !has(out, name) {
			out = append(out, name)
		}
	}
	for i := range sites {
		s := &sites[i]
		if s.platform != p {
			continue
		}
		for _, r := range s.rules {
			for _, ph := range placeholders(r.pattern) {
				if ph.field == f {
					add(s.formOf(f, ph.form))
				}
				if ph.field == FieldAccount && f == FieldAccountID && s.numbers {
					add("number")
				}
			}
		}
		for _, x := range s.extras {
			if x.field == f {
				add(x.form)
			}
		}
		// Ids that people name although no address carries them.
		add(s.fields[f])
	}
	if len(out) == 0 {
		add(defaultForms[f])
	}
	if len(out) == 0 {
		add("text")
	}
	return out
}

package platform

import (
	"net/url"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"constat/evidence"
)

// rule is one shape of address. Its pattern is written as the address is:
//
//	/p/{post}           a path; every segment must match, letters of either case
//	/videos|reels/…     one of several words
//	/@{account}         text around an id; {post:form} asks for another form than the site's
//	/*-{post}           what follows the last dash; what precedes it is {_slug} in the link
//	/{_}                any one segment
//	/…/*                last: anything or nothing may follow
//	/…/*{target}        last: what follows is the host and the path of another address
//	?v={post}&udm=2     these parameters must be there; others do not matter
//	#@{account}         the fragment
//
// The link is written alike and stays empty if it cannot be derived.
type rule struct {
	pattern string
	kind    Kind
	link    string
}

// extra is an optional parameter that makes a post a comment on that post.
type extra struct {
	param string
	field Field
	form  string
	kind  Kind
	over  []Kind
}

// site is the rules of some hosts of one platform.
type site struct {
	platform Platform
	hosts    []string // without "www."; "google.*" stands for all of the countries
	locales  bool     // also under fr., nl-be. and so on
	named    bool     // {name}.host is host/{name}
	under    string   // only addresses whose first segment is this
	family   []family // any other host below these is a page of the platform
	below    bool     // the rules hold there, too
	// countries may stand for the "*" of a host
	countries []string
	numbers   bool // an account that is only digits is an account id
	fields    map[Field]string
	reserved  []string // first segments that are no accounts
	notIDs    []string // words that are no ids wherever they stand
	rules     []rule
	extras    []extra
}

const (
	fieldSlug   Field = "_slug"
	fieldDomain Field = "_domain"
)

// family is the hosts below name; of those, only the ones that begin with a label, if first is set.
type family struct{ name, first string }

func (f family) has(host string) bool {
	return (host == f.name || strings.HasSuffix(host, "."+f.name)) &&
		(f.first == "" || strings.HasPrefix(host, f.first+"."))
}

// match is the outcome of holding one rule against one address.
type match struct {
	ids      map[Field]string
	problems []Problem
	literal  bool            // some word of the rule, not only ids, stood in the address
	read     map[string]bool // places that the rule names: "0" the first segment, "?v" a parameter, "#"
	wrong    []string        // of these, the ones with an id of the wrong form
	ends     bool            // nothing of the path was left to a "*"
}

// covers reports whether m reads, as something, every place in which other found an id of the wrong
// form. A "*" that only swallows such a place does not make the id right.
func (m match) covers(other match, segments int) bool {
	for _, place := range other.wrong {
		beyond := place == strconv.Itoa(segments) // the address ends before the id
		if !m.read[place] && !(beyond && m.ends) {
			return false
		}
	}
	return true
}

// try returns false if the address has not the rule's shape at all. A shape
// that fits around an id of the wrong form gives a problem.
func (s *site) try(r rule, a address) (match, bool) {
	m := match{ids: map[Field]string{}, read: map[string]bool{}, ends: true}
	pattern, frag, hasFrag := strings.Cut(r.pattern, "#")
	path, query, _ := strings.Cut(pattern, "?")
	want := strings.FieldsFunc(path, func(c rune) bool { return c == '/' })
	last := ""
	if len(want) > 0 && strings.HasPrefix(want[len(want)-1], "*") && !strings.HasPrefix(want[len(want)-1], "*-") {
		last, want = want[len(want)-1], want[:len(want)-1]
	}
	missing := len(a.segments) == len(want)-1 && endsBeforeID(want)
	if len(a.segments) < len(want) && !missing || len(a.segments) > len(want) && last == "" {
		return m, false
	}
	for i, w := range want[:min(len(want), len(a.segments))] {
		if !s.place(&m, strconv.Itoa(i), w, a.segments[i]) {
			return m, false
		}
	}
	if missing {
		f := placeholders(want[len(want)-1])[0].field
		m.problems = append(m.problems, Problem{f, "", ReasonLength})
		m.wrong = append(m.wrong, strconv.Itoa(len(a.segments)))
	}
	if rest := a.segments[min(len(want), len(a.segments)):]; last != "" {
		m.ends = len(rest) == 0
		if field := strings.Trim(last, "*{}"); field != "" {
			if m.ends {
				return m, false
			}
			m.literal = true
			s.take(&m, Field(field), "", "https://"+strings.Join(rest, "/"))
		}
	}
	if query != "" {
		for q := range strings.SplitSeq(query, "&") {
			k, w, _ := strings.Cut(q, "=")
			v, ok := a.query[k]
			if !ok || !s.place(&m, "?"+k, w, v) {
				return m, false
			}
			m.literal = true
		}
	}
	if hasFrag && !s.place(&m, "#", frag, a.fragment) {
		return m, false
	}
	return m, true
}

// endsBeforeID reports whether a path of this shape without its last segment is one that was not
// copied to its end: an id of something published is missing after the word that announces it, and
// an id stands before.
func endsBeforeID(want []string) bool {
	n := len(want)
	if n < 3 || strings.Contains(want[n-2], "{") || !strings.HasPrefix(want[n-1], "{") || !strings.Contains(want[0]+want[n-3], "{") {
		return false
	}
	return has([]Field{FieldPost, FieldComment, FieldMessage}, placeholders(want[n-1])[0].field)
}

// place is segment, and keeps where it was and whether it went wrong.
func (s *site) place(m *match, where, want, got string) bool {
	before := len(m.problems)
	if !s.segment(m, want, got, where == "0") {
		return false
	}
	m.read[where] = true
	if len(m.problems) > before {
		m.wrong = append(m.wrong, where)
	}
	return true
}

// segment holds one piece of a pattern against one piece of an address.
func (s *site) segment(m *match, want, got string, first bool) bool {
	open := strings.IndexByte(want, '{')
	if open < 0 {
		m.literal = true
		return slices.ContainsFunc(strings.Split(want, "|"), func(w string) bool { return strings.EqualFold(w, got) })
	}
	end := strings.IndexByte(want, '}')
	prefix, name, suffix := want[:open], want[open+1:end], want[end+1:]
	if prefix == "*-" {
		dash := strings.LastIndexByte(got, '-')
		if dash <= 0 {
			return false
		}
		s.take(m, fieldSlug, "slug", got[:dash])
		got = got[dash+1:]
	} else {
		if len(got) < len(prefix)+len(suffix) || !strings.HasPrefix(got, prefix) || !strings.HasSuffix(got, suffix) {
			return false
		}
		m.literal = m.literal || prefix != ""
		got = got[len(prefix) : len(got)-len(suffix)]
	}
	if name == "_" {
		return true
	}
	field, formName, _ := strings.Cut(name, ":")
	if first && prefix == "" && slices.ContainsFunc(s.reserved, func(w string) bool { return strings.EqualFold(w, got) }) {
		return false
	}
	if idField(Field(field)) && slices.ContainsFunc(s.notIDs, func(w string) bool { return strings.EqualFold(w, got) }) {
		return false
	}
	s.take(m, Field(field), formName, got)
	return true
}

// idField reports whether a field holds an id, not words of a person.
func idField(f Field) bool {
	return !has([]Field{FieldQuery, FieldTag, FieldTarget, FieldPlace, fieldSlug}, f)
}

// take stores v under f, or says what is wrong with it.
func (s *site) take(m *match, f Field, formName, v string) {
	formName = s.formOf(f, formName)
	if formName == "phone" {
		v = strings.TrimLeft(v, "+ ") // "+32…" arrives with its plus sign read as a space
	}
	if formName == "ig-media" { // the thing's number, and behind a "_" its owner's
		var owner string
		if v, owner, _ = strings.Cut(v, "_"); forms["number63"].judge(owner) == "" {
			m.ids[FieldAccountID] = owner
		}
	}
	if f == FieldAccount && s.numbers && v != "" && strings.Trim(v, digits) == "" {
		f, formName = FieldAccountID, "number"
	}
	switch reason := forms[formName].judge(v); {
	case reason == "":
		m.ids[f] = v
	case f == fieldSlug:
		// No id: the link is then left out.
	default:
		m.problems = append(m.problems, Problem{f, evidence.Shorten(v, 80), reason})
	}
}

// formOf is the form that a placeholder asks for: its own, else the site's for
// that field, else the usual one.
func (s *site) formOf(f Field, own string) string {
	if own != "" {
		return own
	}
	if name := s.fields[f]; name != "" {
		return name
	}
	return defaultForms[f]
}

type placeholder struct {
	field Field
	form  string // as written, may be empty
}

// placeholders lists the {…} of a pattern or a link.
func placeholders(s string) []placeholder {
	var out []placeholder
	for {
		_, rest, found := strings.Cut(s, "{")
		if !found {
			return out
		}
		name, after, _ := strings.Cut(rest, "}")
		field, form, _ := strings.Cut(name, ":")
		out = append(out, placeholder{Field(field), form})
		s = after
	}
}

var defaultForms = map[Field]string{
	FieldAccount: "name", FieldAccountID: "number", FieldPhone: "phone", FieldPost: "number",
	FieldComment: "number", FieldReply: "number", FieldMessage: "number", FieldConversation: "number",
	FieldTopic: "number", FieldChannel: "name", FieldGroup: "name", FieldServer: "number",
	FieldFile: "name", FieldList: "code", FieldEvent: "number", FieldListing: "number",
	FieldInvite: "code", FieldCode: "code", FieldTag: "word", FieldPlace: "latlon", FieldQuery: "text",
	fieldSlug: "slug", FieldTarget: "url",
}

// fill writes the link of a rule, or returns "" if an id is missing.
func fill(link string, ids map[Field]string) string {
	var b strings.Builder
	inQuery := false
	for {
		before, rest, found := strings.Cut(link, "{")
		b.WriteString(before)
		inQuery = inQuery || strings.Contains(before, "?")
		if !found {
			return b.String()
		}
		name, after, _ := strings.Cut(rest, "}")
		v := ids[Field(name)]
		if v == "" && Field(name) == FieldAccount {
			v = ids[FieldAccountID]
		}
		if v == "" {
			return ""
		}
		if inQuery {
			b.WriteString(url.QueryEscape(v))
		} else {
			b.WriteString(escapeSegment(v))
		}
		link = after
	}
}

// escapeSegment keeps letters of other scripts readable, as browsers show them
// to people, only if they are plain ASCII already; everything else is encoded.
func escapeSegment(v string) string {
	if strings.IndexFunc(v, func(r rune) bool { return r > unicode.MaxASCII }) < 0 {
		return strings.ReplaceAll(url.PathEscape(v), "%2C", ",")
	}
	return url.PathEscape(v)
}

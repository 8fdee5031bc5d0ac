package detail

import (
	"regexp"
	"strconv"
	"strings"
	"sync"
	"time"

	"constat/assets/words"
	"constat/evidence"
	"constat/evidence/tsa"
)

// maxDetail is longer than any detail of ours, in bytes.
const maxDetail = 64 << 10

// Problem is the detail of a problem.
func Problem(t *words.Text, p evidence.Problem) string {
	return wordsOf(t, "problem."+p.Code, p.Detail, p.Values)
}

// Precondition is what was observed of a precondition. Of some there never is
// anything, and always for the same reason.
func Precondition(t *words.Text, p evidence.Precondition) string {
	if key := "precondition.why." + p.Item; p.Detail == "" && p.State != evidence.Met && t.Has(key) {
		return t.T(key)
	}
	return wordsOf(t, "precondition."+p.Item, p.Detail, p.Values)
}

// Clock is the detail of a comparison of the clock.
func Clock(t *words.Text, c evidence.ClockCheck) string {
	return wordsOf(t, "clock."+c.Source, c.Detail, c.Values)
}

// Check is the detail of a check of a timestamp: the usual reasons for
// which one is not done in the language, all else as the verifier noted it.
func Check(t *words.Text, c evidence.Check) string {
	why, rest, more := strings.Cut(c.Detail, ": ")
	key := ""
	switch why {
	case tsa.WhyNoRecords:
		key = "check.why.no-records"
	case tsa.WhyNoNonce:
		key = "check.why.no-nonce"
	case tsa.WhyNoWindow:
		key = "check.why.no-window"
	case tsa.WhyNoPin:
		key = "check.why.no-pin"
	case tsa.WhyNoPolicy:
		key = "check.why.no-policy"
	case tsa.WhyNoKnown:
		key = "check.why.no-known-policy"
	case tsa.WhyNoChain:
		key = "check.why.no-chain"
	}
	switch {
	case key == "" || c.State != evidence.NotDone:
		return c.Detail
	case more:
		return t.T(key) + ": " + rest
	}
	return t.T(key)
}

// wordsOf returns the words for what was noted: made from its values where it has a form that is
// known, from its detail where it has no values, as in manifests of before there were any; or the
// detail.
func wordsOf(t *words.Text, of, detail string, values map[string]string) string {
	if len(values) == 0 {
		return say(t, of, detail)
	}
	if s, ok := fromValues(t, values); ok {
		return s
	}
	return detail
}

// say returns the words for a detail, or the detail where it has no form that is known.
func say(t *words.Text, of, detail string) string {
	if len(detail) <= maxDetail {
		if s, ok := recogniser().words(t, recogniser().forms[of], detail); ok {
			return s
		}
	}
	return detail
}

// slots finds the slots of a form: kind and name.
var slots = regexp.MustCompile(`\{([a-z ]+):(\w+)\}`)

// kind is what can stand in a slot, and how it is said. False means that it is something else.
type kind struct {
	pattern string
	say     func(t *words.Text, s string) (string, bool)
}

// kinds lists those that have no forms of their own.
func kinds() map[string]kind {
	const number = `0|[1-9][0-9]{0,17}`
	asIs := func(_ *words.Text, s string) (string, bool) { return s, true }
	return map[string]kind{
		"n":       {number, whole},
		"count":   {number, whole},
		"f":       {`[+-]?(?:0|[1-9][0-9]{0,8})(?:\.[0-9]{1,6})?`, decimal},
		"at":      {`[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{3}Z`, instant},
		"s":       {`.*`, asIs},
		"name":    {`[^:]*`, asIs},
		"tag":     {`[A-Za-z0-9-]{2,20}`, asIs},
		"escaped": {`"(?:[^"\\]|\\.)*"`, asIs}, // to be seen as it is: a name with what hides in it
		"quoted": {
			`"(?:[^"\\]|\\.)*"`,
			func(_ *words.Text, s string) (string, bool) { s, err := strconv.Unquote(s); return s, err == nil },
		},
	}
}

func whole(t *words.Text, s string) (string, bool) {
	n, err := strconv.ParseInt(s, 10, 64)
	return t.Number(n), err == nil
}

// decimal keeps a sign, and all digits.
func decimal(t *words.Text, s string) (string, bool) {
	sign := ""
	switch s[0] {
	case '+':
		sign, s = "+", s[1:]
	case '-':
		sign, s = "−", s[1:]
	}
	f, err := strconv.ParseFloat(s, 64)
	_, digits, _ := strings.Cut(s, ".")
	return sign + t.Decimal(f, len(digits)), err == nil
}

// instant keeps the milliseconds.
func instant(t *words.Text, s string) (string, bool) {
	at, err := time.Parse("2006-01-02T15:04:05.000Z", s)
	fraction := strings.TrimPrefix(t.Decimal(float64(at.Nanosecond())/1e9, 3), "0")
	return t.Short(at) + fraction + " UTC", err == nil
}

// ready are the forms of everything, ready to be looked for.
type ready struct {
	kinds        map[string]kind
	forms, parts map[string][]pattern
}

type pattern struct {
	key   string
	match *regexp.Regexp
	slots [][2]string // kind and name
}

// recogniser reads the forms once: they are constant data.
var recogniser = sync.OnceValue(func() *ready {
	r := &ready{kinds: kinds(), forms: map[string][]pattern{}, parts: map[string][]pattern{}}
	for of, list := range forms() {
		r.forms[of] = r.patterns(list)
	}
	for of, list := range parts() {
		r.parts[of] = r.patterns(list)
	}
	return r
})

func (r *ready) patterns(list []form) []pattern {
	var all []pattern
	for _, f := range list {
		p := pattern{key: f.key}
		expression, last := `(?s)\A`, 0
		for _, at := range slots.FindAllStringSubmatchIndex(f.english, -1) {
			what, name := f.english[at[2]:at[3]], f.english[at[4]:at[5]]
			inside := `.*`
			if k, ok := r.kinds[what]; ok {
				inside = k.pattern
			}
			expression += regexp.QuoteMeta(f.english[last:at[0]]) + `(` + inside + `)`
			p.slots, last = append(p.slots, [2]string{what, name}), at[1]
		}
		p.match = regexp.MustCompile(expression + regexp.QuoteMeta(f.english[last:]) + `\z`)
		all = append(all, p)
	}
	return all
}

// words says a text that has one of the forms.
func (r *ready) words(t *words.Text, list []pattern, text string) (string, bool) {
	for _, p := range list {
		if found := p.match.FindStringSubmatch(text); found != nil {
			if s, ok := r.fill(t, p, found[1:]); ok {
				return s, true
			}
		}
	}
	return "", false
}

// fill puts what stands in the slots into the words.
func (r *ready) fill(t *words.Text, p pattern, found []string) (string, bool) {
	var pairs []any
	n, counted := 0, false
	for i, slot := range p.slots {
		s, ok := r.slot(t, slot[0], found[i])
		if !ok {
			return "", false
		}
		if slot[0] == "count" {
			n, _ = strconv.Atoi(found[i])
			counted = true
		}
		pairs = append(pairs, slot[1], s)
	}
	switch {
	case p.key == "":
		return pairs[1].(string), true
	case counted:
		return t.N(p.key, n, pairs...), true
	}
	return t.T(p.key, pairs...), true
}

// slot says what stands in one.
func (r *ready) slot(t *words.Text, what, text string) (string, bool) {
	if k, ok := r.kinds[what]; ok {
		return k.say(t, text)
	}
	what, several := strings.CutPrefix(what, "list ")
	all := []string{text}
	if several {
		all = strings.Split(text, ", ")
	}
	for i, one := range all {
		if s, ok := r.words(t, r.parts[what], one); ok {
			all[i] = s
		}
	}
	return strings.Join(all, ", "), true
}

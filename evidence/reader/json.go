package reader

import (
	"bytes"
	"fmt"
	"strconv"
	"unicode/utf8"
)

// maxDepth is how deep objects and lists may lie within each other.
const maxDepth = 100

type kind byte

const (
	isObject kind = iota + 1
	isList
	isText
	isNumber
	isBool
	isNull
)

func (k kind) String() string {
	return [...]string{"nothing", "an object", "a list", "a string", "a number", "true or false", "null"}[k]
}

// value is one JSON value (RFC 8259) as it stands in the text.
type value struct {
	kind   kind
	raw    []byte // of what is neither an object nor a list
	text   string // of a string, without its escapes
	fields []field
	items  []*value
}

type field struct {
	name string
	raw  []byte // the name as it stands there, with quotation marks
	*value
}

// field returns the field of that name, or nil.
func (v *value) field(name string) *value {
	for _, f := range v.fields {
		if f.name == name {
			return f.value
		}
	}
	return nil
}

// parser reads one value. It accepts white space between tokens; whether the layout is
// that of the format is asked later, of the whole.
type parser struct {
	b     []byte
	i     int
	depth int
}

func parse(b []byte) (*value, error) {
	p := &parser{b: b}
	v, err := p.value()
	if err == nil {
		if p.space(); p.i < len(b) {
			err = p.refuse(RuleJSON, "something follows")
		}
	}
	return v, err
}

func (p *parser) refuse(rule Rule, format string, a ...any) error {
	return &Refused{Rule: rule, At: fmt.Sprintf("byte %d", p.i), Why: fmt.Sprintf(format, a...)}
}

func (p *parser) space() {
	for p.i < len(p.b) && (p.b[p.i] == ' ' || p.b[p.i] == '\n' || p.b[p.i] == '\t' || p.b[p.i] == '\r') {
		p.i++
	}
}

// next skips white space and tells the byte after it, 0 at the end.
func (p *parser) next() byte {
	if p.space(); p.i < len(p.b) {
		return p.b[p.i]
	}
	return 0
}

func (p *parser) value() (*value, error) {
	switch c := p.next(); {
	case c == '{' || c == '[':
		if p.depth++; p.depth > maxDepth {
			return nil, p.refuse(RuleDepth, "more than %d deep", maxDepth)
		}
		defer func() { p.depth-- }()
		if c == '{' {
			return p.object()
		}
		return p.list()
	case c == '"':
		raw, text, err := p.text()
		return &value{kind: isText, raw: raw, text: text}, err
	case c == '-' || c >= '0' && c <= '9':
		return p.number()
	}
	for word, k := range map[string]kind{"true": isBool, "false": isBool, "null": isNull} {
		if bytes.HasPrefix(p.b[p.i:], []byte(word)) {
			p.i += len(word)
			return &value{kind: k, raw: p.b[p.i-len(word) : p.i]}, nil
		}
	}
	return nil, p.refuse(RuleJSON, "no value")
}

func (p *parser) object() (*value, error) {
	v := &value{kind: isObject}
	seen := map[string]bool{}
	p.i++ // {
	if p.next() == '}' {
		p.i++
		return v, nil
	}
	for {
		if p.next() != '"' {
			return nil, p.refuse(RuleJSON, "no name of a field")
		}
		raw, name, err := p.text()
		if err != nil {
			return nil, err
		}
		if seen[name] {
			return nil, p.refuse(RuleJSON, "%.60q twice", name)
		}
		seen[name] = true
		if p.next() != ':' {
			return nil, p.refuse(RuleJSON, "no colon")
		}
		p.i++
		one, err := p.value()
		if err != nil {
			return nil, err
		}
		v.fields = append(v.fields, field{name, raw, one})
		switch p.next() {
		case ',':
			p.i++
		case '}':
			p.i++
			return v, nil
		default:
			return nil, p.refuse(RuleJSON, "no end of an object")
		}
	}
}

func (p *parser) list() (*value, error) {
	v := &value{kind: isList}
	p.i++ // [
	if p.next() == ']' {
		p.i++
		return v, nil
	}
	for {
		one, err := p.value()
		if err != nil {
			return nil, err
		}
		v.items = append(v.items, one)
		switch p.next() {
		case ',':
			p.i++
		case ']':
			p.i++
			return v, nil
		default:
			return nil, p.refuse(RuleJSON, "no end of a list")
		}
	}
}

// number reads a number in the grammar of RFC 8259 clause 6.
func (p *parser) number() (*value, error) {
	from := p.i
	digits := func() bool {
		at := p.i
		for p.i < len(p.b) && p.b[p.i] >= '0' && p.b[p.i] <= '9' {
			p.i++
		}
		return p.i > at
	}
	skip := func(any string) bool {
		if p.i < len(p.b) && bytes.IndexByte([]byte(any), p.b[p.i]) >= 0 {
			p.i++
			return true
		}
		return false
	}
	skip("-")
	zero := p.i < len(p.b) && p.b[p.i] == '0'
	at := p.i
	ok := digits() && (!zero || p.i == at+1)
	if ok && skip(".") {
		ok = digits()
	}
	if ok && skip("eE") {
		skip("+-")
		ok = digits()
	}
	if !ok {
		return nil, p.refuse(RuleJSON, "no number")
	}
	return &value{kind: isNumber, raw: p.b[from:p.i]}, nil
}

// text reads a string: as it stands, and what it says. What needs no escape has none,
// and the other way round, so that a search in the bytes finds what is there.
func (p *parser) text() (raw []byte, text string, err error) {
	from := p.i
	var out []byte
	for p.i++; p.i < len(p.b); {
		switch c := p.b[p.i]; {
		case c == '"':
			p.i++
			return p.b[from:p.i], string(out), nil
		case c == '\\':
			r, err := p.escape()
			if err != nil {
				return nil, "", err
			}
			if r != '"' && r != '\\' && r >= 0x20 && r != 0x2028 && r != 0x2029 && r != utf8.RuneError {
				return nil, "", p.refuse(RuleSpelling, "%q is escaped", r)
			}
			out = utf8.AppendRune(out, r)
		case c < 0x20:
			return nil, "", p.refuse(RuleJSON, "a control character")
		default:
			r, n := utf8.DecodeRune(p.b[p.i:])
			if r == utf8.RuneError && n <= 1 {
				return nil, "", p.refuse(RuleJSON, "not UTF-8")
			}
			if r == 0x2028 || r == 0x2029 {
				return nil, "", p.refuse(RuleSpelling, "%q is not escaped", r)
			}
			out = append(out, p.b[p.i:p.i+n]...)
			p.i += n
		}
	}
	return nil, "", p.refuse(RuleJSON, "a string does not end")
}

var escapes = map[byte]rune{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

// escape reads one escape, or two that are one character.
func (p *parser) escape() (rune, error) {
	bad := func() (rune, error) { return 0, p.refuse(RuleJSON, "no escape") }
	if p.i+1 >= len(p.b) {
		return bad()
	}
	if c := p.b[p.i+1]; c != 'u' {
		p.i += 2
		r, ok := escapes[c]
		if !ok {
			return bad()
		}
		return r, nil
	}
	r, ok := p.four()
	if !ok {
		return bad()
	}
	if r < 0xD800 || r > 0xDFFF {
		return r, nil
	}
	low, ok := p.four()
	if !ok || r > 0xDBFF || low < 0xDC00 || low > 0xDFFF {
		return bad() // half a character
	}
	return (r-0xD800)<<10 | (low - 0xDC00) + 0x10000, nil
}

// four reads \u and four hexadecimal digits.
func (p *parser) four() (rune, bool) {
	if p.i+6 > len(p.b) || p.b[p.i] != '\\' || p.b[p.i+1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(p.b[p.i+2:p.i+6]), 16, 16)
	p.i += 6
	return rune(n), err == nil
}

// compact writes a value without white space.
func (v *value) compact(out []byte) []byte {
	switch v.kind {
	case isObject:
		out = append(out, '{')
		for i, f := range v.fields {
			if i > 0 {
				out = append(out, ',')
			}
			out = append(append(out, f.raw...), ':')
			out = f.compact(out)
		}
		return append(out, '}')
	case isList:
		out = append(out, '[')
		for i, one := range v.items {
			if i > 0 {
				out = append(out, ',')
			}
			out = one.compact(out)
		}
		return append(out, ']')
	}
	return append(out, v.raw...)
}

// indented writes a value with one field or element a line, two spaces a level.
func (v *value) indented(out []byte, level int) []byte {
	line := func(level int) {
		out = append(out, '\n')
		for range level {
			out = append(out, ' ', ' ')
		}
	}
	switch {
	case len(v.fields) > 0:
		out = append(out, '{')
		for i, f := range v.fields {
			if i > 0 {
				out = append(out, ',')
			}
			line(level + 1)
			out = append(append(out, f.raw...), ':', ' ')
			out = f.indented(out, level+1)
		}
		line(level)
		return append(out, '}')
	case len(v.items) > 0:
		out = append(out, '[')
		for i, one := range v.items {
			if i > 0 {
				out = append(out, ',')
			}
			line(level + 1)
			out = one.indented(out, level+1)
		}
		line(level)
		return append(out, ']')
	}
	return v.compact(out)
}

package pdf

import (
	"bytes"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// Limits of a file.
const (
	maxDepth   = 60
	maxObjects = 2_000_000
	maxStream  = 64 << 20
	maxTables  = 64
)

// An object is nil, a number, a name, a string, a list, a dict, a ref or a stream.
type (
	name   string
	dict   map[name]any
	list   []any
	ref    int
	word   string // of a content stream: an operator
	stream struct {
		dict dict
		raw  []byte
	}
)

var errSyntax = errors.New("is not as this program writes PDF")

// lexer reads objects from bytes.
type lexer struct {
	b     []byte
	at    int
	depth int
}

func isSpace(c byte) bool {
	return c == ' ' || c == '\n' || c == '\r' || c == '\t' || c == '\f' || c == 0
}

func isDelimiter(c byte) bool { return bytes.IndexByte([]byte("()<>[]{}/%"), c) >= 0 }

func (l *lexer) skip() {
	for l.at < len(l.b) {
		switch c := l.b[l.at]; {
		case isSpace(c):
			l.at++
		case c == '%':
			for l.at < len(l.b) && l.b[l.at] != '\n' && l.b[l.at] != '\r' {
				l.at++
			}
		default:
			return
		}
	}
}

func (l *lexer) token() string {
	start := l.at
	for l.at < len(l.b) && !isSpace(l.b[l.at]) && !isDelimiter(l.b[l.at]) {
		l.at++
	}
	return string(l.b[start:l.at])
}

// next reads one object or operator; io.EOF at the end.
func (l *lexer) next() (any, error) {
	l.skip()
	if l.at >= len(l.b) {
		return nil, io.EOF
	}
	if l.depth++; l.depth > maxDepth {
		return nil, errSyntax
	}
	defer func() { l.depth-- }()
	switch c := l.b[l.at]; c {
	case '/':
		l.at++
		return name(l.token()), nil
	case '(':
		return l.text()
	case '<':
		if l.at+1 < len(l.b) && l.b[l.at+1] == '<' {
			l.at += 2
			return l.dict()
		}
		return l.hex()
	case '[':
		l.at++
		return l.list()
	case ')', '>', ']', '{', '}':
		return nil, errSyntax
	}
	t := l.token()
	if n, err := strconv.ParseFloat(t, 64); err == nil {
		return l.number(n), nil
	}
	switch t {
	case "null":
		return nil, nil
	case "true", "false":
		return t == "true", nil
	}
	return word(t), nil
}

// number is one, or the start of a reference: 12 0 R.
func (l *lexer) number(n float64) any {
	at := l.at
	if n >= 1 && n < maxObjects && n == float64(int(n)) {
		l.skip()
		if l.token() == "0" {
			l.skip()
			if l.token() == "R" {
				return ref(n)
			}
		}
	}
	l.at = at
	return n
}

func (l *lexer) list() (list, error) {
	out := list{}
	for {
		l.skip()
		if l.at < len(l.b) && l.b[l.at] == ']' {
			l.at++
			return out, nil
		}
		v, err := l.next()
		if err != nil {
			return nil, errSyntax
		}
		out = append(out, v)
	}
}

func (l *lexer) dict() (dict, error) {
	out := dict{}
	for {
		l.skip()
		if l.at+1 < len(l.b) && l.b[l.at] == '>' && l.b[l.at+1] == '>' {
			l.at += 2
			return out, nil
		}
		k, err := l.next()
		key, ok := k.(name)
		if err != nil || !ok {
			return nil, errSyntax
		}
		v, err := l.next()
		if _, twice := out[key]; err != nil || twice {
			return nil, errSyntax
		}
		out[key] = v
	}
}

func (l *lexer) hex() (string, error) {
	end := bytes.IndexByte(l.b[l.at:], '>')
	if end < 0 {
		return "", errSyntax
	}
	var digits []byte
	for _, c := range l.b[l.at+1 : l.at+end] {
		if !isSpace(c) {
			digits = append(digits, c)
		}
	}
	l.at += end + 1
	if len(digits)%2 == 1 {
		digits = append(digits, '0')
	}
	out := make([]byte, 0, len(digits)/2)
	for i := 0; i < len(digits); i += 2 {
		n, err := strconv.ParseUint(string(digits[i:i+2]), 16, 8)
		if err != nil {
			return "", errSyntax
		}
		out = append(out, byte(n))
	}
	return string(out), nil
}

// text reads a string in parentheses.
func (l *lexer) text() (string, error) {
	var out []byte
	open := 0
	for l.at < len(l.b) {
		c := l.b[l.at]
		l.at++
		switch {
		case c == '(':
			if open++; open > 1 {
				out = append(out, c)
			}
		case c == ')':
			if open--; open == 0 {
				return string(out), nil
			}
			out = append(out, c)
		case c == '\\' && l.at < len(l.b):
			out = l.escaped(out)
		default:
			out = append(out, c)
		}
	}
	return "", errSyntax
}

func (l *lexer) escaped(out []byte) []byte {
	c := l.b[l.at]
	l.at++
	switch c {
	case 'n':
		return append(out, '\n')
	case 'r':
		return append(out, '\r')
	case 't':
		return append(out, '\t')
	case 'b':
		return append(out, '\b')
	case 'f':
		return append(out, '\f')
	case '\n':
		return out
	case '\r':
		if l.at < len(l.b) && l.b[l.at] == '\n' {
			l.at++
		}
		return out
	}
	if c < '0' || c > '7' {
		return append(out, c)
	}
	n := int(c - '0')
	for i := 0; i < 2 && l.at < len(l.b) && l.b[l.at] >= '0' && l.b[l.at] <= '7'; i++ {
		n = n*8 + int(l.b[l.at]-'0')
		l.at++
	}
	return append(out, byte(n))
}

// content returns what a stream holds, inflated.
func (s stream) content() ([]byte, error) {
	switch s.dict["Filter"] {
	case nil:
		return s.raw, nil
	case name("FlateDecode"):
	default:
		return nil, fmt.Errorf("%w: filter %v", errSyntax, s.dict["Filter"])
	}
	z, err := zlib.NewReader(bytes.NewReader(s.raw))
	if err != nil {
		return nil, err
	}
	out, err := io.ReadAll(io.LimitReader(z, maxStream+1))
	if err == nil && len(out) > maxStream {
		err = errSyntax
	}
	return out, err
}

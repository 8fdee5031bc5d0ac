package pdf

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf16"
)

// file is one PDF: where its objects lie.
type file struct {
	b       []byte
	at      map[int]int
	trailer dict
}

// Pages returns the text of each page, one string drawn after the other, each
// followed by a line feed.
func Pages(b []byte) ([]string, error) {
	f, err := open(b)
	if err != nil {
		return nil, err
	}
	root, err := f.dict(f.trailer["Root"])
	if err != nil {
		return nil, err
	}
	var out []string
	err = f.pages(root["Pages"], map[ref]bool{}, func(p dict) error {
		text, err := f.page(p)
		out = append(out, text)
		return err
	})
	return out, err
}

// Info returns an entry of the file's properties, as it is written; empty if there is none.
func Info(b []byte, key string) (string, error) {
	f, err := open(b)
	if err != nil {
		return "", err
	}
	info, err := f.dict(f.trailer["Info"])
	if err != nil {
		return "", err
	}
	s, _ := info[name(key)].(string)
	return s, nil
}

func open(b []byte) (*file, error) {
	f := &file{b: b, at: map[int]int{}}
	if !bytes.HasPrefix(b, []byte("%PDF-1.")) {
		return nil, fmt.Errorf("%w: no PDF", errSyntax)
	}
	tail := b[max(0, len(b)-64):]
	i := bytes.LastIndex(tail, []byte("startxref"))
	if i < 0 || !bytes.HasSuffix(bytes.TrimSpace(tail), []byte("%%EOF")) {
		return nil, fmt.Errorf("%w: no end", errSyntax)
	}
	l := lexer{b: tail, at: i + len("startxref")}
	v, err := l.next()
	n, ok := v.(float64)
	if err != nil || !ok {
		return nil, fmt.Errorf("%w: no table", errSyntax)
	}
	next := int(n)
	for tables := 0; ; tables++ {
		if tables > maxTables {
			return nil, fmt.Errorf("%w: tables without end", errSyntax)
		}
		t, err := f.table(next)
		if err != nil {
			return nil, err
		}
		if f.trailer == nil {
			f.trailer = t
		}
		if t["Encrypt"] != nil {
			return nil, fmt.Errorf("%w: encrypted", errSyntax)
		}
		prev, ok := t["Prev"].(float64)
		if !ok {
			return f, nil
		}
		if int(prev) >= next {
			return nil, fmt.Errorf("%w: tables in a ring", errSyntax)
		}
		next = int(prev)
	}
}

// table reads one table of objects and its trailer; what a later table said stays.
func (f *file) table(at int) (dict, error) {
	bad := fmt.Errorf("%w: table of objects", errSyntax)
	if at < 0 || at >= len(f.b) || !bytes.HasPrefix(f.b[at:], []byte("xref")) {
		return nil, bad
	}
	l := lexer{b: f.b, at: at + 4}
	for {
		l.skip()
		if bytes.HasPrefix(l.b[l.at:], []byte("trailer")) {
			l.at += len("trailer")
			v, err := l.next()
			t, ok := v.(dict)
			if err != nil || !ok {
				return nil, bad
			}
			return t, nil
		}
		first, err := strconv.Atoi(l.token())
		if err != nil || first < 0 {
			return nil, bad
		}
		l.skip()
		n, err := strconv.Atoi(l.token())
		if err != nil || n < 0 || n > maxObjects || first > maxObjects {
			return nil, bad
		}
		for i := range n {
			l.skip()
			offset, err := strconv.Atoi(l.token())
			if err != nil {
				return nil, bad
			}
			l.skip()
			generation := l.token()
			l.skip()
			kind := l.token()
			if kind != "n" && kind != "f" || kind == "n" && strings.Trim(generation, "0") != "" {
				return nil, bad
			}
			if _, known := f.at[first+i]; !known {
				if kind == "f" {
					offset = -1
				}
				f.at[first+i] = offset
			}
		}
	}
}

// object follows a reference to what it stands for.
func (f *file) object(v any) (any, error) {
	r, ok := v.(ref)
	if !ok {
		return v, nil
	}
	at, ok := f.at[int(r)]
	if !ok || at <= 0 || at >= len(f.b) {
		return nil, fmt.Errorf("%w: object %d is not there", errSyntax, r)
	}
	l := lexer{b: f.b, at: at}
	head := strconv.Itoa(int(r))
	for _, want := range []string{head, "0", "obj"} {
		l.skip()
		if l.token() != want {
			return nil, fmt.Errorf("%w: object %d is not where the table says", errSyntax, r)
		}
	}
	v, err := l.next()
	if err != nil {
		return nil, err
	}
	if _, again := v.(ref); again {
		return nil, errSyntax
	}
	d, ok := v.(dict)
	if !ok {
		return v, nil
	}
	l.skip()
	if !bytes.HasPrefix(l.b[l.at:], []byte("stream")) {
		return d, nil
	}
	l.at += len("stream")
	if l.at < len(l.b) && l.b[l.at] == '\r' {
		l.at++
	}
	l.at++
	length, err := f.object(d["Length"])
	n, ok := length.(float64)
	if err != nil || !ok || n < 0 || l.at > len(l.b) || n > float64(len(l.b)-l.at) {
		return nil, fmt.Errorf("%w: stream %d", errSyntax, r)
	}
	return stream{d, l.b[l.at : l.at+int(n)]}, nil
}

func (f *file) dict(v any) (dict, error) {
	o, err := f.object(v)
	if err != nil {
		return nil, err
	}
	d, ok := o.(dict)
	if !ok {
		return nil, fmt.Errorf("%w: no dictionary", errSyntax)
	}
	return d, nil
}

// pages walks the tree of pages, each part of it once.
func (f *file) pages(v any, seen map[ref]bool, fn func(dict) error) error {
	if r, ok := v.(ref); !ok || seen[r] || len(seen) > maxObjects {
		return fmt.Errorf("%w: tree of pages", errSyntax)
	} else {
		seen[r] = true
	}
	d, err := f.dict(v)
	if err != nil {
		return err
	}
	switch d["Type"] {
	case name("Page"):
		return fn(d)
	case name("Pages"):
	default:
		return fmt.Errorf("%w: tree of pages", errSyntax)
	}
	o, err := f.object(d["Kids"])
	if err != nil {
		return err
	}
	kids, ok := o.(list)
	if !ok {
		return fmt.Errorf("%w: tree of pages", errSyntax)
	}
	for _, k := range kids {
		if err := f.pages(k, seen, fn); err != nil {
			return err
		}
	}
	return nil
}

// page returns the text of one page.
func (f *file) page(p dict) (string, error) {
	o, err := f.object(p["Contents"])
	if err != nil {
		return "", err
	}
	var content []byte
	parts, many := o.(list)
	if !many {
		parts = list{o}
	}
	for _, part := range parts {
		o, err := f.object(part)
		if err != nil {
			return "", err
		}
		s, ok := o.(stream)
		if !ok {
			return "", fmt.Errorf("%w: page without content", errSyntax)
		}
		b, err := s.content()
		if err != nil {
			return "", err
		}
		content = append(append(content, b...), '\n')
	}
	return text(content)
}

// text collects the strings that a content stream draws.
func text(content []byte) (string, error) {
	var out strings.Builder
	l := lexer{b: content}
	var last any
	for {
		v, err := l.next()
		if err != nil {
			if l.at >= len(content) {
				return out.String(), nil
			}
			return "", err
		}
		switch v {
		case word("Tj"), word("'"):
			s, _ := last.(string)
			out.WriteString(decode(s) + "\n")
		case word("TJ"):
			parts, _ := last.(list)
			for _, p := range parts {
				if s, ok := p.(string); ok {
					out.WriteString(decode(s))
				}
			}
			out.WriteString("\n")
		}
		switch v.(type) {
		case list, dict, string:
			last = v
		default:
			last = nil
		}
	}
}

func decode(s string) string {
	var units []uint16
	for i := 0; i+1 < len(s); i += 2 {
		units = append(units, uint16(s[i])<<8|uint16(s[i+1]))
	}
	return string(utf16.Decode(units))
}

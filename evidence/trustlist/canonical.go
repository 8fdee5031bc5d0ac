package trustlist

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/beevik/etree"
)

// The canonical form is ours because the library that is kept for it stops
// after a thousand elements, and a national list has twenty times as many. Every
// list whose signature is good shows that it is right.

const maxDepth = 64

// canonical is Exclusive XML Canonicalization 1.0 without comments of an element,
// or, if inclusive is set, Canonical XML 1.0; within are its ancestors, outermost
// first, none of which may have attributes of the prefix xml.
func canonical(e *etree.Element, within []*etree.Element, inclusive bool) ([]byte, error) {
	scope := map[string]string{"xml": "http://www.w3.org/XML/1998/namespace"}
	for _, a := range within {
		if scope = inside(scope, a); inclusive && slices.ContainsFunc(a.Attr, func(x etree.Attr) bool { return x.Space == "xml" }) {
			return nil, fmt.Errorf("%w: inherited attributes", ErrForm)
		}
	}
	w := writer{inclusive: inclusive}
	if err := w.write(e, scope, map[string]string{}, 0); err != nil {
		return nil, err
	}
	return w.Bytes(), nil
}

// inside is what prefixes stand for within an element.
func inside(scope map[string]string, e *etree.Element) map[string]string {
	own := scope
	for _, a := range e.Attr {
		if prefix, ok := declares(a); ok {
			if len(own) == len(scope) {
				own = maps.Clone(scope)
			}
			own[prefix] = a.Value
		}
	}
	return own
}

// declares reports whether an attribute declares a prefix; "" is the default.
func declares(a etree.Attr) (prefix string, ok bool) {
	switch {
	case a.Space == "xmlns":
		return a.Key, true
	case a.Space == "" && a.Key == "xmlns":
		return "", true
	}
	return "", false
}

type writer struct {
	bytes.Buffer
	inclusive bool
}

func (b *writer) write(e *etree.Element, outer, shown map[string]string, depth int) error {
	if depth > maxDepth {
		return fmt.Errorf("%w: too deep", ErrForm)
	}
	scope := inside(outer, e)
	uses := []string{e.Space}
	var attrs []etree.Attr
	for _, a := range e.Attr {
		if _, ok := declares(a); ok {
			continue
		}
		if attrs = append(attrs, a); a.Space != "" && a.Space != "xml" {
			uses = append(uses, a.Space)
		}
	}
	if b.inclusive {
		uses = slices.DeleteFunc(slices.Collect(maps.Keys(scope)), func(prefix string) bool { return prefix == "xml" })
	}
	slices.Sort(uses)
	name := e.FullTag()
	b.WriteString("<" + name)
	own := shown
	for _, prefix := range slices.Compact(uses) {
		uri, ok := scope[prefix]
		if !ok && prefix != "" {
			return fmt.Errorf("%w: prefix %.40q is not declared", ErrForm, prefix)
		}
		if own[prefix] == uri {
			continue
		}
		own = maps.Clone(own)
		own[prefix] = uri
		if prefix == "" {
			b.WriteString(` xmlns="`)
		} else {
			b.WriteString(" xmlns:" + prefix + `="`)
		}
		b.WriteString(inAttribute.Replace(uri) + `"`)
	}
	slices.SortStableFunc(attrs, func(x, y etree.Attr) int {
		of := func(a etree.Attr) string {
			if a.Space == "" {
				return ""
			}
			return scope[a.Space]
		}
		if c := strings.Compare(of(x), of(y)); c != 0 {
			return c
		}
		return strings.Compare(x.Key, y.Key)
	})
	for _, a := range attrs {
		b.WriteString(" " + a.FullKey() + `="` + inAttribute.Replace(a.Value) + `"`)
	}
	b.WriteString(">")
	for _, t := range e.Child {
		switch t := t.(type) {
		case *etree.Element:
			if err := b.write(t, scope, own, depth+1); err != nil {
				return err
			}
		case *etree.CharData:
			b.WriteString(inText.Replace(t.Data))
		case *etree.ProcInst:
			b.WriteString("<?" + t.Target)
			if t.Inst != "" {
				b.WriteString(" " + t.Inst)
			}
			b.WriteString("?>")
		case *etree.Comment:
		default:
			return fmt.Errorf("%w: something else than text and elements", ErrForm)
		}
	}
	b.WriteString("</" + name + ">")
	return nil
}

var (
	inText      = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\r", "&#xD;")
	inAttribute = strings.NewReplacer("&", "&amp;", "<", "&lt;", `"`, "&quot;", "\t", "&#x9;", "\n", "&#xA;", "\r", "&#xD;")
)

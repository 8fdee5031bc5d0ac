package reader

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"constat/evidence"
)

// maker makes up manifests and lines.
type maker struct{ *rand.Rand }

func newMaker(seed uint64) maker { return maker{rand.New(rand.NewPCG(seed, 1))} }

func (m maker) pick(list ...string) string { return list[m.IntN(len(list))] }

func (m maker) hex(n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = "0123456789abcdef"[m.IntN(16)]
	}
	return string(b)
}

func (m maker) text() string {
	parts := []string{"", "a", "Zürich", "例え", "👍🏽", "\"", "\\", "<b>&", "\u2028", "\x7f", "\x00\x1f\t\n\r\b\f", "\xff", "\ufffd",
		"\u202e", "null", "https://www.example.org/?a=b&c=%20", "constat-manifest/1", strings.Repeat("x", 300)}
	var s string
	for range m.IntN(4) {
		s += m.pick(parts...)
	}
	return s
}

func (m maker) instant() time.Time {
	t := time.Unix(m.Int64N(4e9), 0).UTC()
	return t.Add([]time.Duration{0, 310 * time.Millisecond, time.Nanosecond, 999999999, 100 * time.Microsecond}[m.IntN(5)])
}

// fill sets every field to something, as deep as it goes.
func (m maker) fill(v reflect.Value) {
	switch x := v.Addr().Interface().(type) {
	case *time.Time:
		*x = m.instant()
		return
	case *evidence.Moment:
		*x = evidence.MomentOf(m.instant().In(time.FixedZone(m.pick("CET", "", "Local", "X"), 60*(m.IntN(1440)-720))))
		return
	case *evidence.Digest:
		*x = evidence.Sum([]byte(m.hex(9)))
		return
	case *evidence.Digest512:
		*x = evidence.Sum512([]byte(m.hex(9)))
		return
	}
	switch v.Kind() {
	case reflect.String:
		v.SetString(m.text())
	case reflect.Bool:
		v.SetBool(m.IntN(2) == 0)
	case reflect.Int, reflect.Int64:
		v.SetInt([]int64{0, 1, 200, -7, 1<<53 - 1}[m.IntN(5)])
	case reflect.Uint64:
		v.SetUint(m.Uint64N(1 << 53))
	case reflect.Float64:
		v.SetFloat([]float64{0, -0.5, 1.25, 1e21, 1e-9, -123456.789}[m.IntN(6)])
	case reflect.Pointer:
		if m.IntN(3) > 0 {
			v.Set(reflect.New(v.Type().Elem()))
			m.fill(v.Elem())
		}
	case reflect.Slice:
		n := m.IntN(4)
		if n == 3 {
			return // nil
		}
		v.Set(reflect.MakeSlice(v.Type(), n, n))
		for i := range n {
			m.fill(v.Index(i))
		}
	case reflect.Map:
		if n := m.IntN(4); n > 0 {
			v.Set(reflect.MakeMap(v.Type()))
			for range n {
				one := reflect.New(v.Type().Elem()).Elem()
				m.fill(one)
				v.SetMapIndex(reflect.ValueOf(strings.ToValidUTF8(m.text(), "")), one)
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			m.fill(v.Field(i))
		}
	}
}

// manifest is one that can be written.
func (m maker) manifest() evidence.Manifest {
	var one evidence.Manifest
	m.fill(reflect.ValueOf(&one).Elem())
	one.Practice = m.pick("", evidence.PracticeMark)
	one.Case, one.Exhibit = m.hex(16), evidence.ExhibitID(1+m.IntN(2000))
	one.Kind = evidence.Kind(m.pick("web-capture", "import", "address-only", "recheck", "of a later version"))
	if (one.Recheck != nil) != (one.Kind == evidence.Rechecked) {
		one.Recheck = nil
		if one.Kind == evidence.Rechecked {
			one.Recheck = new(evidence.Recheck)
			m.fill(reflect.ValueOf(one.Recheck).Elem())
		}
	}
	if r := one.Recheck; r != nil {
		r.Exhibit = evidence.ExhibitID(3000 + m.IntN(100))
		r.State, r.Reason = "gone", "note"
		if r.SameText != nil {
			*r.SameText = m.IntN(101)
		}
	}
	for i := range one.Artifacts {
		a := &one.Artifacts[i]
		a.Name = fmt.Sprintf("%s-%d%s", m.pick("import", "Screenshot", "0", "CONTENT"), i, m.pick(".png", "", ".tar.gz", "_"))
		a.Size, a.Role, a.Parents = max(a.Size, 0), evidence.Original, nil
		if i > 0 && m.IntN(2) == 0 {
			a.Role, a.Parents = evidence.Derived, []evidence.Digest{one.Artifacts[m.IntN(i)].SHA256}
		}
	}
	return one
}

// log is a log of some lines.
func (m maker) log(t testing.TB) [][]byte {
	var chain evidence.Chain
	var lines [][]byte
	id := m.hex(16)
	for i := range 1 + m.IntN(5) {
		var e evidence.Entry
		m.fill(reflect.ValueOf(&e).Elem())
		e.Case, e.Exhibit = id, m.pick("", "E-001", "E-123456")
		e.Action = evidence.Action(m.pick("captured", "viewed", "facts-edited", "of a later version"))
		if i == 0 {
			e.Action = evidence.ActCaseCreated
		}
		if m.IntN(2) == 0 {
			e.Digest = evidence.Digest{}
		}
		_, line, err := chain.Next(e)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := chain.Accept(line); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, line)
	}
	return lines
}

// damage changes one thing in a value, or two.
func (m maker) damage(v *value) {
	var all []*value
	var walk func(*value)
	walk = func(v *value) {
		all = append(all, v)
		for _, f := range v.fields {
			walk(f.value)
		}
		for _, one := range v.items {
			walk(one)
		}
	}
	walk(v)
	for range 1 + m.IntN(2) {
		at := all[m.IntN(len(all))]
		if m.IntN(2) == 0 && len(at.fields) > 0 {
			i, j := m.IntN(len(at.fields)), m.IntN(len(at.fields))
			switch m.IntN(5) {
			case 0:
				at.fields = slices.Delete(at.fields, i, i+1)
			case 1:
				at.fields = slices.Insert(at.fields, j, at.fields[i])
			case 2:
				at.fields[i], at.fields[j] = at.fields[j], at.fields[i]
			case 3:
				at.fields = slices.Insert(at.fields, i, field{"", []byte(m.pick(`"new"`, `"Format"`, `"SEQ"`)), &value{kind: isNull, raw: []byte("null")}})
			case 4:
				at.fields[i].raw = []byte(strings.ToUpper(string(at.fields[i].raw)))
			}
			continue
		}
		raw := m.pick(`null`, `true`, `0`, `-0`, `-1`, `1.0`, `1e2`, `18446744073709551615`, `9007199254740992`, `1e999`, `""`, `"\u0041"`,
			`"\ud83d"`, `"\ud83d\ude00"`, "\"\xff\"", `[]`, `{}`, `[null]`, `{"b":"1","a":"2"}`, `"E-001"`, `"manifest.json"`, `"CON.txt"`, `"a/b"`, `"derived"`,
			`"`+strings.Repeat("0", 64)+`"`, `"`+strings.Repeat("A", 64)+`"`, `"`+strings.Repeat("0", 128)+`"`, `"2026-11-23T10:42:07+01:00"`,
			`"2026-11-23T10:42:07.310Z"`, `"2026-02-30T10:42:07Z"`, `"2026-11-23T10:42:07.123456789Z"`, strings.Repeat("[", 200)+strings.Repeat("]", 200))
		*at = value{kind: isNumber, raw: []byte(raw)} // written as it is
	}
}

// noise changes bytes.
func (m maker) noise(b []byte) []byte {
	b = bytes.Clone(b)
	for range 1 + m.IntN(2) {
		i := m.IntN(len(b))
		switch m.IntN(4) {
		case 0:
			b[i] ^= 1 << m.IntN(8)
		case 1:
			b = slices.Delete(b, i, i+1)
		case 2:
			b = slices.Insert(b, i, m.pick(" ", "\n", "\t", "0", "\\", `"`, ",", "}", "\x00")[0])
		case 3:
			b = b[:i+1]
		}
	}
	return b
}

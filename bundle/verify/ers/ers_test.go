package ers_test

import (
	"bytes"
	"crypto"
	"encoding/asn1"
	"errors"
	"fmt"
	"slices"
	"testing"

	"constat/bundle/record"
	"constat/bundle/verify/ers"
)

// token stands in for a timestamp: nothing here verifies one.
func token(s string) []byte {
	der, err := asn1.Marshal(struct{ S []byte }{[]byte(s)})
	if err != nil {
		panic(err)
	}
	return der
}

var files = []string{"one", "two", "three", "two"}

func sums(h crypto.Hash) [][]byte {
	var out [][]byte
	for _, f := range files {
		w := h.New()
		w.Write([]byte(f))
		out = append(out, w.Sum(nil))
	}
	return out
}

func group(h crypto.Hash) ([][]byte, error) { return sums(h), nil }

// imprints are what the reader wants the timestamps to be over.
func imprints(b []byte, of func(crypto.Hash) ([][]byte, error)) (out []string, err error) {
	r, err := ers.Parse(b)
	if err != nil {
		return nil, err
	}
	return out, r.Over(of, func(o ers.Over) error {
		out = append(out, fmt.Sprintf("%v %x %x", o.Hash, o.Sum, o.Token))
		return nil
	})
}

// long is a record with renewals of both kinds, and what its writer had stamped.
func long(t testing.TB) (b []byte, want []string) {
	t.Helper()
	must := func(err error) {
		if err != nil {
			t.Fatal(err)
		}
	}
	note := func(h crypto.Hash, sum, tok []byte) { want = append(want, fmt.Sprintf("%v %x %x", h, sum, tok)) }
	tree, err := record.NewTree(crypto.SHA512, sums(crypto.SHA512))
	must(err)
	b, err = record.New(tree, token("a"))
	must(err)
	note(tree.Hash, tree.Root(), token("a"))
	for n, h := range []crypto.Hash{crypto.SHA512, crypto.SHA3_256, crypto.SHA3_256, crypto.SHA512, crypto.SHA256, crypto.SHA3_512} {
		tok := token(fmt.Sprint(n))
		had, sum, err := record.Again(b)
		must(err)
		if had == h {
			note(h, sum, tok)
			b, err = record.Renew(b, tok)
		} else {
			tree, treeErr := record.Rehash(b, h, sums(h))
			must(treeErr)
			note(h, tree.Root(), tok)
			b, err = record.Extend(b, tree, tok)
		}
		must(err)
	}
	return b, want
}

// What the reader derives is what the writer had stamped, in order.
func TestReaderAndWriterAgree(t *testing.T) {
	b, want := long(t)
	got, err := imprints(b, group)
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v\n%q\n%q", err, got, want)
	}
}

// A tree of several lists, as RFC 4998 clause 4.2 reduces it, is hashed up to its
// root; others write such ones.
func TestReducedTree(t *testing.T) {
	sum := func(parts ...[]byte) []byte {
		w := crypto.SHA256.New()
		for _, p := range parts {
			w.Write(p)
		}
		return w.Sum(nil)
	}
	sorted := func(parts ...[]byte) []byte {
		slices.SortFunc(parts, bytes.Compare)
		return sum(parts...)
	}
	d := sum([]byte("one"))
	h2, h3, h4 := sum([]byte("h2")), sum([]byte("h3")), sum([]byte("h4"))
	oid := []byte{0x30, 11, 6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 1}
	octets := func(list ...[]byte) (out []byte) {
		for _, s := range list {
			out = append(append(out, 4, 32), s...)
		}
		return append([]byte{0x30, byte(len(out))}, out...)
	}
	wrap := func(tag byte, parts ...[]byte) []byte {
		body := slices.Concat(parts...)
		if len(body) > 127 {
			return append([]byte{tag, 0x81, byte(len(body))}, body...)
		}
		return append([]byte{tag, byte(len(body))}, body...)
	}
	stamp := wrap(0x30, append([]byte{0xa0}, oid[1:]...), wrap(0xa2, octets(d), octets(h2), octets(h3, h4)), token("t"))
	b := wrap(0x30, []byte{2, 1, 1}, wrap(0x30, oid), wrap(0x30, wrap(0x30, stamp)))
	want := sorted(h3, h4, sorted(d, h2))
	got, err := imprints(b, func(crypto.Hash) ([][]byte, error) { return [][]byte{d}, nil })
	if err != nil || len(got) != 1 || got[0] != fmt.Sprintf("SHA-256 %x %x", want, token("t")) {
		t.Errorf("%v %q, want %x", err, got, want)
	}
	// Of a group, what else is in the first list counts against it.
	if _, err := imprints(b, func(crypto.Hash) ([][]byte, error) { return [][]byte{d, h2}, nil }); !errors.Is(err, ers.ErrData) {
		t.Errorf("a group of two: %v", err)
	}
}

// Each way to forge, cut, exchange or reorder has its name.
func TestWrongRecords(t *testing.T) {
	good, _ := long(t)
	one := good
	parse := func(b []byte) (v []asn1.RawValue) {
		for len(b) > 0 {
			var x asn1.RawValue
			var err error
			if b, err = asn1.Unmarshal(b, &x); err != nil {
				t.Fatal(err)
			}
			v = append(v, x)
		}
		return v
	}
	seq := func(parts ...[]byte) []byte {
		der, err := asn1.Marshal(asn1.RawValue{Tag: asn1.TagSequence, IsCompound: true, Bytes: slices.Concat(parts...)})
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	fields := parse(parse(one)[0].Bytes)
	chains := parse(fields[2].Bytes)
	build := func(order ...[]byte) []byte { return seq(fields[0].FullBytes, fields[1].FullBytes, seq(order...)) }
	raw := func(n int) []byte { return chains[n].FullBytes }
	stamps := func(n int) []asn1.RawValue { return parse(chains[n].Bytes) }
	inside := func(v asn1.RawValue) []asn1.RawValue { return parse(v.Bytes) }
	all := func() (out [][]byte) {
		for n := range chains {
			out = append(out, raw(n))
		}
		return out
	}
	with := func(n int, c []byte) []byte {
		list := all()
		list[n] = c
		return build(list...)
	}
	second := inside(stamps(1)[0])
	others := func(h crypto.Hash) ([][]byte, error) { return sums(h)[1:], nil }
	more := func(h crypto.Hash) ([][]byte, error) { return append(sums(h), sums(h)[0]), nil }
	for _, c := range []struct {
		name string
		b    []byte
		of   func(crypto.Hash) ([][]byte, error)
		want error
		at   string
	}{
		{"as it was", build(all()...), group, nil, ""},
		{"cut at its end", one[:len(one)-1], group, ers.ErrForm, ""},
		{"a byte more", append(bytes.Clone(one), 0), group, ers.ErrForm, ""},
		{"empty", nil, group, ers.ErrForm, ""},
		{"version 2", seq([]byte{2, 1, 2}, fields[1].FullBytes, fields[2].FullBytes), group, ers.ErrForm, ""},
		{"no chain", build(), group, ers.ErrForm, ""},
		{"an empty chain", build(seq()), group, ers.ErrForm, ""},
		{"of encrypted data", seq(fields[0].FullBytes, fields[1].FullBytes, []byte{0xa1, 0}, fields[2].FullBytes), group, ers.ErrForm, ""},
		{"a hash not named in front", seq(fields[0].FullBytes, seq(parse(fields[1].Bytes)[0].FullBytes), fields[2].FullBytes), group, ers.ErrHash, ""},
		{"a weak hash named", seq(fields[0].FullBytes, seq([]byte{0x30, 7, 6, 5, 0x2b, 14, 3, 2, 26}), fields[2].FullBytes), group, ers.ErrHash, ""},
		{"a file less", one, others, ers.ErrData, "timestamp 1 of chain 1"},
		{"a file more", one, more, ers.ErrData, "timestamp 1 of chain 1"},
		{"the first chain gone", build(all()[1:]...), group, ers.ErrData, "timestamp 1 of chain 1"},
		{"a chain in between gone", build(raw(0), raw(2)), group, ers.ErrRenewed, "timestamp 1 of chain 2"},
		{"chains in another order", build(raw(0), raw(2), raw(1)), group, ers.ErrRenewed, "timestamp 1 of chain 2"},
		{"a chain twice", build(raw(0), raw(1), raw(1)), group, ers.ErrRenewed, "timestamp 1 of chain 3"},
		{"timestamps in another order", with(0, seq(stamps(0)[1].FullBytes, stamps(0)[0].FullBytes)), group, ers.ErrData, "timestamp 1 of chain 1"},
		{"the first timestamp gone", with(0, seq(stamps(0)[1].FullBytes)), group, ers.ErrData, "timestamp 1 of chain 1"},
		{"a renewal taken out", with(0, seq(stamps(0)[0].FullBytes)), group, ers.ErrRenewed, "timestamp 1 of chain 2"},
		{"a token exchanged", with(1, seq(seq(second[0].FullBytes, second[1].FullBytes, token("another")), stamps(1)[1].FullBytes)),
			group, ers.ErrRenewed, "timestamp 1 of chain 3"},
		{"a chain of two hashes", with(0, seq(stamps(0)[0].FullBytes, stamps(1)[0].FullBytes)), group, ers.ErrHash, "timestamp 2 of chain 1"},
		{"a tree taken out", with(0, seq(seq(inside(stamps(0)[0])[0].FullBytes, inside(stamps(0)[0])[2].FullBytes))), group, ers.ErrData, "no tree"},
	} {
		_, err := imprints(c.b, c.of)
		if !errors.Is(err, c.want) || c.want == nil && err != nil || c.at != "" && !bytes.Contains([]byte(err.Error()), []byte(c.at)) {
			t.Errorf("%s: %v, want %v %s", c.name, err, c.want, c.at)
		}
	}
}

// Whether one record goes on where another ended.
func TestContinues(t *testing.T) {
	read := func(b []byte) *ers.Record {
		r, err := ers.Parse(b)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	tree, err := record.NewTree(crypto.SHA512, sums(crypto.SHA512))
	if err != nil {
		t.Fatal(err)
	}
	make := func(first string, later ...string) *ers.Record {
		b, err := record.New(tree, token(first))
		for _, s := range later {
			if err == nil {
				b, err = record.Renew(b, token(s))
			}
		}
		if err != nil {
			t.Fatal(err)
		}
		return read(b)
	}
	whole, _ := long(t)
	for _, c := range []struct {
		newer, older *ers.Record
		want         bool
	}{
		{make("a", "b"), make("a"), true}, {make("a"), make("a"), false}, {make("a"), make("a", "b"), false},
		{make("c", "b"), make("a"), false}, {make("a", "b", "c"), make("a", "c"), false}, {read(whole), make("a"), true},
		{read(whole), make("a", "0"), true}, {read(whole), make("a", "0", "x"), false}, {make("a", "0"), read(whole), false},
	} {
		if got := c.newer.Continues(c.older); got != c.want {
			t.Errorf("%v", c)
		}
	}
}

// Whatever comes, reading ends, and what is accepted hangs together.
func FuzzParse(f *testing.F) {
	b, _ := long(f)
	f.Add(b)
	f.Add(b[:len(b)/2])
	f.Add([]byte{0x30, 0})
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := ers.Parse(b)
		if err != nil {
			return
		}
		if r.Continues(r) {
			t.Error("a record is its own renewal")
		}
		n := 0
		err = r.Over(group, func(o ers.Over) error {
			n++
			if len(o.Sum) != o.Hash.Size() || len(o.Token) == 0 || o.Hash.Size() < 32 || !bytes.Contains(b, o.Token) {
				t.Errorf("%+v", o)
			}
			return nil
		})
		total := 0
		for _, c := range r.Chains {
			total += len(c.Stamps)
		}
		if err == nil && n != total || total == 0 {
			t.Errorf("%d of %d timestamps, %v", n, total, err)
		}
	})
}

package ers_test

import (
	"bytes"
	"encoding/asn1"
	"errors"
	"testing"

	"constat/bundle/verify/ers"
)

// Values that take two bytes in a file and many more in memory, or work each, end the reading.
func TestManySmallValues(t *testing.T) {
	put := func(class, tag int, parts ...[]byte) []byte {
		der, err := asn1.Marshal(asn1.RawValue{Class: class, Tag: tag, IsCompound: true, Bytes: bytes.Join(parts, nil)})
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	seq := func(parts ...[]byte) []byte { return put(asn1.ClassUniversal, asn1.TagSequence, parts...) }
	sha512 := seq([]byte{6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3})
	name := put(asn1.ClassContextSpecific, 0, []byte{6, 9, 0x60, 0x86, 0x48, 1, 0x65, 3, 4, 2, 3})
	record := func(names int, sum []byte, sums int) []byte {
		tree := put(asn1.ClassContextSpecific, 2, seq(bytes.Repeat(sum, sums)))
		return seq([]byte{2, 1, 1}, seq(bytes.Repeat(sha512, names)), seq(seq(seq(name, tree, seq([]byte{5, 0})))))
	}
	whole := append([]byte{4, 64}, make([]byte, 64)...)
	if _, err := ers.Parse(record(5, whole, 1000)); err != nil {
		t.Fatal(err)
	}
	for _, b := range [][]byte{record(1, []byte{4, 0}, 1_000_000), record(1_000_000, whole, 1)} {
		if _, err := ers.Parse(b); !errors.Is(err, ers.ErrForm) {
			t.Errorf("%d bytes: %v", len(b), err)
		}
	}
}

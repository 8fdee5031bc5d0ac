package record

import (
	"bytes"
	"crypto"
	"encoding/asn1"
	"fmt"
	"slices"
)

const (
	sequence    = 0x30
	octetString = 0x04
	objectID    = 0x06
	hashName    = 0xa0 // ArchiveTimeStamp.digestAlgorithm
	hashTree    = 0xa2 // ArchiveTimeStamp.reducedHashtree
)

// put appends one DER value.
func put(out []byte, tag byte, parts ...[]byte) []byte {
	n := 0
	for _, p := range parts {
		n += len(p)
	}
	out = append(out, tag)
	if n < 0x80 {
		out = append(out, byte(n))
	} else {
		var size []byte
		for m := n; m > 0; m >>= 8 {
			size = append([]byte{byte(m)}, size...)
		}
		out = append(append(out, 0x80|byte(len(size))), size...)
	}
	for _, p := range parts {
		out = append(out, p...)
	}
	return out
}

// stamp writes an ArchiveTimeStamp (clause 4.1): the name of its hash, the tree
// if it has one, and the token, a ContentInfo.
func stamp(h crypto.Hash, t *Tree, token []byte) ([]byte, error) {
	oid, err := oidOf(h)
	if err != nil {
		return nil, err
	}
	if _, err := one(token, sequence); err != nil {
		return nil, fmt.Errorf("%w: token: %w", ErrRecord, err)
	}
	parts := [][]byte{put(nil, hashName, put(nil, objectID, oid))}
	if t != nil {
		var group []byte
		for _, s := range t.Sums {
			group = put(group, octetString, s)
		}
		parts = append(parts, put(nil, hashTree, put(nil, sequence, group)))
	}
	return put(nil, sequence, append(parts, token)...), nil
}

// parts are what a record is written from.
type parts struct {
	names  []crypto.Hash // digestAlgorithms
	chains []chain
}

type chain struct {
	hash   crypto.Hash
	stamps [][]byte // DER, each an ArchiveTimeStamp
	last   []byte   // DER of the last one's token
}

func (c chain) der() []byte { return put(nil, sequence, c.stamps...) }

// sequenceOf is the DER of an ArchiveTimeStampSequence.
func sequenceOf(chains []chain) []byte {
	var all []byte
	for _, c := range chains {
		all = append(all, c.der()...)
	}
	return put(nil, sequence, all)
}

// der writes the EvidenceRecord (clause 3.1), version 1.
func (p parts) der() ([]byte, error) {
	var names []byte
	for _, h := range p.names {
		oid, err := oidOf(h)
		if err != nil {
			return nil, err
		}
		names = append(names, put(nil, sequence, put(nil, objectID, oid))...)
	}
	return put(nil, sequence, []byte{2, 1, 1}, put(nil, sequence, names), sequenceOf(p.chains)), nil
}

// New writes the record of a tree whose root was timestamped.
func New(t Tree, token []byte) ([]byte, error) {
	s, err := stamp(t.Hash, &t, token)
	if err != nil {
		return nil, err
	}
	return parts{[]crypto.Hash{t.Hash}, []chain{{hash: t.Hash, stamps: [][]byte{s}}}}.der()
}

// Again is what a timestamp renewal is over: the digest of the last timestamp's
// token, by the hash of its chain (clause 5.2).
func Again(record []byte) (crypto.Hash, []byte, error) {
	p, err := read(record)
	if err != nil {
		return 0, nil, err
	}
	c := p.chains[len(p.chains)-1]
	return c.hash, sum(c.hash, c.last), nil
}

// Renew puts a further timestamp behind the last one; see [Again]. It covers one
// object, so it has no tree.
func Renew(record, token []byte) ([]byte, error) {
	p, err := read(record)
	if err != nil {
		return nil, err
	}
	c := &p.chains[len(p.chains)-1]
	s, err := stamp(c.hash, nil, token)
	if err != nil {
		return nil, err
	}
	c.stamps = append(c.stamps, s)
	return p.der()
}

// Rehash is the tree of a hash-tree renewal (clause 5.2): of each file the digest
// of its own digest, by the new hash, and that of all chains before.
func Rehash(record []byte, h crypto.Hash, sums [][]byte) (Tree, error) {
	p, err := read(record)
	if err != nil {
		return Tree{}, err
	}
	if _, err := oidOf(h); err != nil {
		return Tree{}, err
	}
	if h == p.chains[len(p.chains)-1].hash {
		return Tree{}, fmt.Errorf("%w: %v is the hash that it has", ErrRecord, h)
	}
	before := sum(h, sequenceOf(p.chains))
	var again [][]byte
	for _, s := range sums {
		again = append(again, sum(h, s, before))
	}
	return NewTree(h, again)
}

// Extend puts a new chain behind the others; see [Rehash].
func Extend(record []byte, t Tree, token []byte) ([]byte, error) {
	p, err := read(record)
	if err != nil {
		return nil, err
	}
	s, err := stamp(t.Hash, &t, token)
	if err != nil {
		return nil, err
	}
	p.chains = append(p.chains, chain{hash: t.Hash, stamps: [][]byte{s}})
	if !slices.Contains(p.names, t.Hash) {
		p.names = append(p.names, t.Hash)
	}
	return p.der()
}

// read takes apart a record that this package wrote: nothing else is one that it
// would write again byte for byte.
func read(record []byte) (p parts, err error) {
	body, err := one(record, sequence)
	if err != nil {
		return p, fmt.Errorf("%w: %w", ErrRecord, err)
	}
	fields, err := all(body)
	if err != nil || len(fields) != 3 {
		return p, fmt.Errorf("%w: %d fields", ErrRecord, len(fields))
	}
	names, err := all(fields[1].Bytes)
	if err != nil {
		return p, fmt.Errorf("%w: %w", ErrRecord, err)
	}
	for _, n := range names {
		h, err := named(n.Bytes)
		if err != nil {
			return p, err
		}
		p.names = append(p.names, h)
	}
	chains, err := all(fields[2].Bytes)
	if err != nil || len(chains) == 0 {
		return p, fmt.Errorf("%w: no chain", ErrRecord)
	}
	for _, raw := range chains {
		stamps, err := all(raw.Bytes)
		if err != nil || len(stamps) == 0 {
			return p, fmt.Errorf("%w: no timestamp", ErrRecord)
		}
		var c chain
		for _, s := range stamps {
			inner, err := all(s.Bytes)
			if err != nil || len(inner) < 2 {
				return p, fmt.Errorf("%w: a timestamp", ErrRecord)
			}
			if c.hash, err = named(inner[0].Bytes); err != nil {
				return p, err
			}
			c.stamps, c.last = append(c.stamps, s.FullBytes), inner[len(inner)-1].FullBytes
		}
		p.chains = append(p.chains, c)
	}
	if again, err := p.der(); err != nil || !bytes.Equal(again, record) {
		return p, fmt.Errorf("%w: written otherwise", ErrRecord)
	}
	return p, nil
}

// named reads an AlgorithmIdentifier without parameters.
func named(body []byte) (crypto.Hash, error) {
	oid, err := one(body, objectID)
	if err != nil {
		return 0, fmt.Errorf("%w: name of a hash: %w", ErrRecord, err)
	}
	return hashOf(oid)
}

// one reads the one value that b is, and returns its content.
func one(b []byte, tag byte) ([]byte, error) {
	values, err := all(b)
	if err != nil {
		return nil, err
	}
	if len(values) != 1 || values[0].FullBytes[0] != tag {
		return nil, fmt.Errorf("%d values instead of one", len(values))
	}
	return values[0].Bytes, nil
}

func all(b []byte) (out []asn1.RawValue, err error) {
	for len(b) > 0 {
		var v asn1.RawValue
		if b, err = asn1.Unmarshal(b, &v); err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}

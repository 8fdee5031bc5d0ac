package ers

import (
	"bytes"
	"crypto"
	"encoding/asn1"
	"errors"
	"fmt"

	"constat/evidence/tsa"
	"constat/evidence/tsa/algorithm"
)

// What can be wrong with a record. Each is wrapped with the place.
var (
	ErrForm    = errors.New("not an evidence record in DER")
	ErrHash    = errors.New("a hash that does not belong there")
	ErrData    = errors.New("not over what is here")
	ErrToken   = errors.New("not over the timestamp before it")
	ErrRenewed = errors.New("not over the chains before it")
)

// Limits of a record.
const (
	Max       = 64 << 20 // bytes
	maxStamps = 200
	maxLists  = 64 // of hashes in one tree; a tree over 2^64 leaves needs no more
	maxNames  = 64 // of hashes in front; there are not as many
	minHash   = 32 // bytes: what is shorter is weak
)

// Record is an EvidenceRecord (clause 3.1).
type Record struct {
	Chains []Chain
	named  map[crypto.Hash]bool // digestAlgorithms
}

// Chain is an ArchiveTimeStampChain (clause 5.1): all of it by one hash.
type Chain struct {
	Hash   crypto.Hash
	Stamps []Stamp
	raw    []byte
}

// Stamp is an ArchiveTimeStamp (clause 4.1).
type Stamp struct {
	Tree  [][][]byte // reducedHashtree; nil: it has none
	Token []byte     // timeStamp: DER of a ContentInfo, not verified
	hash  crypto.Hash
	raw   []byte
}

// Parse reads a record.
func Parse(b []byte) (*Record, error) {
	if len(b) > Max {
		return nil, fmt.Errorf("%w: %d bytes", ErrForm, len(b))
	}
	body, rest, err := value(b, asn1.ClassUniversal, asn1.TagSequence, true)
	if err != nil || len(rest.tail) > 0 {
		return nil, form("no sequence, or bytes behind it")
	}
	version, next, err := value(body, asn1.ClassUniversal, asn1.TagInteger, false)
	if err != nil || !bytes.Equal(version, []byte{1}) {
		return nil, form("version")
	}
	names, next, err := value(next.tail, asn1.ClassUniversal, asn1.TagSequence, true)
	if err != nil {
		return nil, form("digestAlgorithms")
	}
	r := &Record{named: map[crypto.Hash]bool{}}
	for n := 0; len(names) > 0; n++ {
		var inner []byte
		var v element
		if inner, v, err = value(names, asn1.ClassUniversal, asn1.TagSequence, true); err != nil || n == maxNames {
			return nil, form("digestAlgorithms")
		}
		h, err := hashName(inner)
		if err != nil {
			return nil, err
		}
		r.named[h], names = true, v.tail
	}
	left := next.tail
	if has(left, asn1.ClassContextSpecific, 0) { // cryptoInfos
		if _, v, err := value(left, asn1.ClassContextSpecific, 0, true); err != nil {
			return nil, form("cryptoInfos")
		} else {
			left = v.tail
		}
	}
	if has(left, asn1.ClassContextSpecific, 1) {
		return nil, form("it is about encrypted data")
	}
	chains, end, err := value(left, asn1.ClassUniversal, asn1.TagSequence, true)
	if err != nil || len(end.tail) > 0 || len(chains) == 0 {
		return nil, form("archiveTimeStampSequence")
	}
	count := 0
	for len(chains) > 0 {
		inner, v, err := value(chains, asn1.ClassUniversal, asn1.TagSequence, true)
		if err != nil || len(inner) == 0 {
			return nil, form(fmt.Sprintf("chain %d", len(r.Chains)+1))
		}
		c := Chain{raw: v.whole}
		for len(inner) > 0 {
			if count++; count > maxStamps {
				return nil, form(fmt.Sprintf("more than %d timestamps", maxStamps))
			}
			var s Stamp
			if s, inner, err = readStamp(inner); err != nil {
				return nil, fmt.Errorf("timestamp %d of chain %d: %w", len(c.Stamps)+1, len(r.Chains)+1, err)
			}
			c.Stamps = append(c.Stamps, s)
		}
		c.Hash = c.Stamps[0].hash
		r.Chains, chains = append(r.Chains, c), v.tail
	}
	return r, r.checkHashes()
}

// checkHashes wants one hash a chain, and each of them named in front.
func (r *Record) checkHashes() error {
	for n, c := range r.Chains {
		for k, s := range c.Stamps {
			switch {
			case s.hash != c.Hash:
				return fmt.Errorf("%w: timestamp %d of chain %d is by %v, the chain by %v", ErrHash, k+1, n+1, s.hash, c.Hash)
			case !r.named[s.hash]:
				return fmt.Errorf("%w: %v of chain %d is not among the record's own", ErrHash, s.hash, n+1)
			}
		}
	}
	return nil
}

// readStamp reads an ArchiveTimeStamp.
func readStamp(b []byte) (s Stamp, rest []byte, err error) {
	body, v, err := value(b, asn1.ClassUniversal, asn1.TagSequence, true)
	if err != nil {
		return s, nil, form("ArchiveTimeStamp")
	}
	s.raw, rest = v.whole, v.tail
	if has(body, asn1.ClassContextSpecific, 0) {
		name, v, err := value(body, asn1.ClassContextSpecific, 0, true)
		if err != nil {
			return s, nil, form("digestAlgorithm")
		}
		if s.hash, err = hashName(name); err != nil {
			return s, nil, err
		}
		body = v.tail
	}
	if has(body, asn1.ClassContextSpecific, 1) {
		_, v, err := value(body, asn1.ClassContextSpecific, 1, true)
		if err != nil {
			return s, nil, form("attributes")
		}
		body = v.tail
	}
	if has(body, asn1.ClassContextSpecific, 2) {
		tree, v, err := value(body, asn1.ClassContextSpecific, 2, true)
		if err != nil {
			return s, nil, form("reducedHashtree")
		}
		if s.Tree, err = readTree(tree); err != nil {
			return s, nil, err
		}
		body = v.tail
	}
	_, token, err := value(body, asn1.ClassUniversal, asn1.TagSequence, true)
	if err != nil || len(token.tail) > 0 {
		return s, nil, form("timeStamp")
	}
	s.Token = token.whole
	if s.hash == 0 { // that of the timestamp itself (clause 4.1)
		if s.hash = tsa.ImprintHash(s.Token); s.hash == 0 || s.hash.Size() < minHash {
			return s, nil, fmt.Errorf("%w: none is named, and the timestamp has none that counts", ErrHash)
		}
	}
	return s, rest, nil
}

func readTree(b []byte) (tree [][][]byte, err error) {
	for len(b) > 0 {
		inner, v, err := value(b, asn1.ClassUniversal, asn1.TagSequence, true)
		if err != nil || len(inner) == 0 || len(tree) == maxLists {
			return nil, form("list of hashes")
		}
		var list [][]byte
		for len(inner) > 0 {
			sum, s, err := value(inner, asn1.ClassUniversal, asn1.TagOctetString, false)
			if err != nil || len(sum) < minHash { // an empty one takes two bytes of a file and many more here
				return nil, form("hash")
			}
			list, inner = append(list, sum), s.tail
		}
		tree, b = append(tree, list), v.tail
	}
	if tree == nil {
		return nil, form("an empty tree")
	}
	return tree, nil
}

func form(what string) error { return fmt.Errorf("%w: %s", ErrForm, what) }

// hashName reads the inside of an AlgorithmIdentifier of a hash.
func hashName(b []byte) (crypto.Hash, error) {
	var oid asn1.ObjectIdentifier
	rest, err := asn1.Unmarshal(b, &oid)
	if err != nil || len(rest) > 0 && !bytes.Equal(rest, asn1.NullBytes) {
		return 0, form("name of a hash")
	}
	h, err := algorithm.Hash(oid.String())
	if err == nil && h.Size() < minHash {
		err = algorithm.ErrWeak
	}
	if err != nil {
		return 0, fmt.Errorf("%w: %v: %w", ErrHash, oid, err)
	}
	return h, nil
}

// element is one value with its header, and what comes after it.
type element struct{ whole, tail []byte }

// value takes the first value of b, which has to be of this kind.
func value(b []byte, class, tag int, compound bool) ([]byte, element, error) {
	var v asn1.RawValue
	tail, err := asn1.Unmarshal(b, &v)
	if err != nil || v.Class != class || v.Tag != tag || v.IsCompound != compound {
		return nil, element{}, ErrForm
	}
	return v.Bytes, element{v.FullBytes, tail}, nil
}

func has(b []byte, class, tag int) bool {
	var v asn1.RawValue
	_, err := asn1.Unmarshal(b, &v)
	return err == nil && v.Class == class && v.Tag == tag
}

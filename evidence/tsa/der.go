package tsa

import (
	"encoding/asn1"
	"errors"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// maxDepth is deeper than any honest token nests (about 15 levels) and keeps
// the recursion small for those that are not.
const maxDepth = 40

var errBER = errors.New("not well-formed BER")

// toDER rewrites one BER value with definite, shortest lengths and with
// octet strings in one piece (X.690 clauses 8.1.3, 8.7 and 10.1, 10.2). Some
// authorities answer with indefinite lengths; RFC 5652 clause 5.4 signs the
// DER form. Bytes that are DER already come back unchanged. It does not look
// into octet strings, so what was hashed stays as it was hashed.
func toDER(b []byte) ([]byte, error) {
	out, rest, err := rewrite(nil, b, 0)
	if err != nil {
		return nil, err
	}
	if len(rest) > 0 {
		return nil, fmt.Errorf("%w: %d bytes after its end", errBER, len(rest))
	}
	return out, nil
}

const (
	tagMask     = 0x1f
	constructed = 0x20
	octets      = byte(asn1.TagOctetString)
)

// rewrite appends the DER form of the first value in b to out.
func rewrite(out, b []byte, depth int) (_, rest []byte, err error) {
	if depth > maxDepth {
		return nil, nil, fmt.Errorf("%w: nested deeper than %d", errBER, maxDepth)
	}
	tag, body, indefinite, rest, err := header(b)
	if err != nil {
		return nil, nil, err
	}
	if tag&constructed == 0 {
		return appendTLV(out, tag, body), rest, nil
	}
	var inner []byte
	for {
		if indefinite {
			if len(body) >= 2 && body[0] == 0 && body[1] == 0 {
				rest = body[2:]
				break
			}
		} else if len(body) == 0 {
			break
		}
		if inner, body, err = rewrite(inner, body, depth+1); err != nil {
			return nil, nil, err
		}
	}
	if tag == octets|constructed {
		if inner, err = joinOctets(inner); err != nil {
			return nil, nil, err
		}
		tag = octets
	}
	return appendTLV(out, tag, inner), rest, nil
}

// header splits the first value of b. For an indefinite length, body is
// everything that follows and rest is nil.
func header(b []byte) (tag byte, body []byte, indefinite bool, rest []byte, err error) {
	if len(b) < 2 || b[0]&tagMask == tagMask || b[0] == 0 {
		return 0, nil, false, nil, fmt.Errorf("%w: truncated, or a tag that no token has", errBER)
	}
	tag, n, b := b[0], int(b[1]), b[2:]
	switch {
	case n == 0x80:
		if tag&constructed == 0 {
			return 0, nil, false, nil, fmt.Errorf("%w: primitive value of indefinite length", errBER)
		}
		return tag, b, true, nil, nil
	case n > 0x80:
		size := n & 0x7f
		if size > 4 || size > len(b) {
			return 0, nil, false, nil, fmt.Errorf("%w: length in %d bytes", errBER, size)
		}
		n = 0
		for _, c := range b[:size] {
			if n > MaxReply {
				break // longer than any input; must not overflow an int of 32 bits
			}
			n = n<<8 | int(c)
		}
		b = b[size:]
	}
	if n > len(b) {
		return 0, nil, false, nil, fmt.Errorf("%w: length %d with %d bytes left", errBER, n, len(b))
	}
	return tag, b[:n], false, b[n:], nil
}

// joinOctets puts the segments of a constructed octet string together.
func joinOctets(segments []byte) ([]byte, error) {
	var joined []byte
	for len(segments) > 0 {
		tag, body, _, rest, err := header(segments)
		if err != nil {
			return nil, err
		}
		if tag != octets {
			return nil, fmt.Errorf("%w: octet string with a part that is none", errBER)
		}
		joined, segments = append(joined, body...), rest
	}
	return joined, nil
}

func appendTLV(out []byte, tag byte, body []byte) []byte {
	out = append(out, tag)
	switch n := len(body); {
	case n < 0x80:
		out = append(out, byte(n))
	case n <= 0xff:
		out = append(out, 0x81, byte(n))
	case n <= 0xffff:
		out = append(out, 0x82, byte(n>>8), byte(n))
	default: // toDER never grows its input beyond 3 bytes of length
		out = append(out, 0x83, byte(n>>16), byte(n>>8), byte(n))
	}
	return append(out, body...)
}

// Tags that are not universal.
var (
	context0 = casn1.Tag(0).ContextSpecific().Constructed()
	context1 = casn1.Tag(1).ContextSpecific().Constructed()
)

// readAlgorithm reads an AlgorithmIdentifier (RFC 5280 clause 4.1.1.2) whose
// parameters mean nothing.
func readAlgorithm(s *cryptobyte.String, oid *asn1.ObjectIdentifier) bool {
	var parameters []byte
	return readAlgorithmParameters(s, oid, &parameters)
}

// readAlgorithmParameters reads an AlgorithmIdentifier and the DER of its
// parameters, nil if there are none.
func readAlgorithmParameters(s *cryptobyte.String, oid *asn1.ObjectIdentifier, parameters *[]byte) bool {
	var alg cryptobyte.String
	if !s.ReadASN1(&alg, casn1.SEQUENCE) || !alg.ReadASN1ObjectIdentifier(oid) {
		return false
	}
	*parameters = nil
	if len(alg) > 0 {
		*parameters = alg
	}
	return alg.Empty() || skipAny(&alg) && alg.Empty()
}

func skipAny(s *cryptobyte.String) bool {
	var v cryptobyte.String
	var tag casn1.Tag
	return s.ReadAnyASN1Element(&v, &tag)
}

package der

import (
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// Max is the longest input of [ToDER], in bytes.
const Max = 1 << 20

// maxDepth is deeper than any honest token nests (about 15 levels) and keeps
// the recursion small for those that are not.
const maxDepth = 40

var errBER = errors.New("not well-formed BER")

// ToDER rewrites one BER value with definite, shortest lengths and with
// octet strings in one piece (X.690 clauses 8.1.3, 8.7 and 10.1, 10.2). Some
// authorities answer with indefinite lengths; RFC 5652 clause 5.4 signs the
// DER form. Bytes that are DER already come back unchanged. It does not look
// into octet strings, so what was hashed stays as it was hashed.
func ToDER(b []byte) ([]byte, error) {
	if len(b) > Max {
		return nil, fmt.Errorf("%w: %d bytes", errBER, len(b))
	}
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
		return Append(out, tag, body), rest, nil
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
	return Append(out, tag, inner), rest, nil
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
			if n > Max {
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

// Append appends a value with a tag of one byte, shorter than 16 MiB.
func Append(out []byte, tag byte, body []byte) []byte {
	out = append(out, tag)
	switch n := len(body); {
	case n < 0x80:
		out = append(out, byte(n))
	case n <= 0xff:
		out = append(out, 0x81, byte(n))
	case n <= 0xffff:
		out = append(out, 0x82, byte(n>>8), byte(n))
	default: // ToDER never grows its input beyond 3 bytes of length
		out = append(out, 0x83, byte(n>>16), byte(n>>8), byte(n))
	}
	return append(out, body...)
}

// Constructed tags that are not universal.
var (
	Context0 = casn1.Tag(0).ContextSpecific().Constructed()
	Context1 = casn1.Tag(1).ContextSpecific().Constructed()
	Context2 = casn1.Tag(2).ContextSpecific().Constructed()
	Context3 = casn1.Tag(3).ContextSpecific().Constructed()
	Context4 = casn1.Tag(4).ContextSpecific().Constructed()
)

// maxOID is the longest object identifier that is read, in bytes: one with a
// UUID in it (ITU-T X.667) has 20.
const maxOID = 128

// ReadOID reads an object identifier with arcs of any size, as some policies
// have them, in dotted form.
func ReadOID(s *cryptobyte.String, oid *string) bool {
	var raw cryptobyte.String
	if !s.ReadASN1(&raw, casn1.OBJECT_IDENTIFIER) || len(raw) > maxOID {
		return false
	}
	var o x509.OID
	if o.UnmarshalBinary(raw) != nil {
		return false
	}
	*oid = o.String()
	return true
}

// ReadAlgorithm reads an AlgorithmIdentifier (RFC 5280 clause 4.1.1.2) and the
// DER of its parameters, nil if there are none.
func ReadAlgorithm(s *cryptobyte.String, oid *string, parameters *[]byte) bool {
	var alg cryptobyte.String
	if !s.ReadASN1(&alg, casn1.SEQUENCE) || !ReadOID(&alg, oid) {
		return false
	}
	*parameters = nil
	if len(alg) > 0 {
		*parameters = alg
	}
	return alg.Empty() || SkipAny(&alg) && alg.Empty()
}

// ReadHash reads an AlgorithmIdentifier whose parameters mean nothing.
func ReadHash(s *cryptobyte.String, oid *string) bool {
	var parameters []byte
	return ReadAlgorithm(s, oid, &parameters)
}

// Absent reports whether the parameters of an algorithm that has none are left
// out or NULL.
func Absent(parameters []byte) bool {
	return len(parameters) == 0 || len(parameters) == 2 && parameters[0] == asn1.TagNull && parameters[1] == 0
}

// SkipAny skips one value.
func SkipAny(s *cryptobyte.String) bool {
	var v cryptobyte.String
	var tag casn1.Tag
	return s.ReadAnyASN1Element(&v, &tag)
}

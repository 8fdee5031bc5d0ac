package pdf

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"strings"
)

// maxSigned is the largest place of a token, in bytes.
const maxSigned = 1 << 20

// DocStamp is a document timestamp (ETSI EN 319 142-1, 5.4.3) that covers the whole file but its own
// place.
type DocStamp struct {
	Token  []byte // as it stands there, without the zeros behind it
	Digest [sha256.Size]byte

	// Revocation are answers that lie in the file for it (5.4.2.2), at most maxAnswers. They are believed
	// as far as their signatures go.
	Revocation [][]byte
}

// maxAnswers of a document are read, each of at most maxAnswer bytes.
const (
	maxAnswers = 32
	maxAnswer  = 2 << 20
)

// answers reads what lies in the store of a document.
func (f *file) answers(root dict) (out [][]byte, err error) {
	if root["DSS"] == nil {
		return nil, nil
	}
	store, err := f.dict(root["DSS"])
	if err != nil {
		return nil, err
	}
	for _, key := range []name{"OCSPs", "CRLs"} {
		o, err := f.object(store[key])
		all, _ := o.(list)
		if err != nil || len(all) > maxAnswers {
			return nil, fmt.Errorf("%w: answers about revocation", errSyntax)
		}
		for _, v := range all {
			o, err := f.object(v)
			s, ok := o.(stream)
			if err != nil || !ok || len(s.raw) > maxAnswer {
				return nil, fmt.Errorf("%w: an answer about revocation", errSyntax)
			}
			b, err := s.content()
			if err != nil {
				return nil, err
			}
			if len(out) < maxAnswers && len(b) <= maxAnswer {
				out = append(out, b)
			}
		}
	}
	return out, nil
}

// Stamp reads the timestamp of a document; nil if it carries none. One that does not cover all of the
// file is an error.
func Stamp(b []byte) (*DocStamp, error) {
	f, err := open(b)
	if err != nil {
		return nil, err
	}
	root, err := f.dict(f.trailer["Root"])
	if err != nil {
		return nil, err
	}
	if root["AcroForm"] == nil {
		return nil, nil
	}
	form, err := f.dict(root["AcroForm"])
	if err != nil {
		return nil, err
	}
	o, err := f.object(form["Fields"])
	fields, ok := o.(list)
	if err != nil || !ok || len(fields) != 1 {
		return nil, fmt.Errorf("%w: fields", errSyntax)
	}
	field, err := f.dict(fields[0])
	if err != nil {
		return nil, err
	}
	sign, err := f.dict(field["V"])
	if err != nil {
		return nil, err
	}
	if sign["SubFilter"] != name("ETSI.RFC3161") {
		return nil, fmt.Errorf("%w: a signature of another kind", errSyntax)
	}
	span, ok := sign["ByteRange"].(list)
	if !ok || len(span) != 4 {
		return nil, fmt.Errorf("%w: range of bytes", errSyntax)
	}
	var n [4]int
	for i, v := range span {
		x, ok := v.(float64)
		if !ok || x < 0 || x > float64(len(b)) || x != float64(int(x)) {
			return nil, fmt.Errorf("%w: range of bytes", errSyntax)
		}
		n[i] = int(x)
	}
	if n[0] != 0 || n[1] >= n[2] || n[2]-n[1] > 2*maxSigned || n[2]+n[3] != len(b) || b[n[1]] != '<' || b[n[2]-1] != '>' {
		return nil, fmt.Errorf("%w: the timestamp does not cover the whole file", errSyntax)
	}
	text := strings.TrimRight(string(b[n[1]+1:n[2]-1]), "0")
	raw, err := hex.DecodeString(text + strings.Repeat("0", len(text)%2))
	// What the file calls the token has to be what lies between.
	if said, is := sign["Contents"].(string); err != nil || !is || strings.TrimRight(said, "\x00") != strings.TrimRight(string(raw), "\x00") {
		return nil, fmt.Errorf("%w: the token lies elsewhere", errSyntax)
	}
	token, err := element(raw, n[2]-n[1]-2)
	if err != nil {
		return nil, err
	}
	h := sha256.New()
	h.Write(b[:n[1]])
	h.Write(b[n[2]:])
	said, err := f.answers(root)
	if err != nil {
		return nil, err
	}
	return &DocStamp{Token: token, Digest: [sha256.Size]byte(h.Sum(nil)), Revocation: said}, nil
}

// element takes the outermost element of DER, which may itself end in zeros that were taken off.
func element(raw []byte, room int) ([]byte, error) {
	bad := fmt.Errorf("%w: token", errSyntax)
	if len(raw) < 2 || raw[0] != 0x30 {
		return nil, bad
	}
	size, head := int(raw[1]), 2
	if size >= 0x80 {
		more := size & 0x7f
		if more == 0 || more > 3 || len(raw) < 2+more {
			return nil, bad
		}
		size = 0
		for _, c := range raw[2 : 2+more] {
			size = size<<8 | int(c)
		}
		head += more
	}
	if head+size < len(raw) || head+size > room/2 {
		return nil, bad
	}
	return append(raw[:len(raw):len(raw)], make([]byte, head+size-len(raw))...), nil
}

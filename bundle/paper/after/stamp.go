package after

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"regexp"
	"strings"
)

// room is what a token may have, in bytes. Those of authorities have two to ten thousand; a string of
// PDF/A has at most 32,767 (ISO 19005-3, 6.1.13).
const room = 24 << 10

// digits of an offset in the range of bytes: the room for it is kept before it is known.
const digits = "0000000000"

// Material is what whoever verifies the timestamp needs beside it, DER.
type Material struct {
	Certificates, OCSP, CRL [][]byte
}

// Reserved is a file with room for a token.
type Reserved struct {
	data       []byte
	begin, end int // of the place of the token, from its < to behind its >
}

// Reserve adds a document timestamp without its token.
func Reserve(pdf []byte, m Material) (*Reserved, error) {
	f, err := open(pdf)
	if err != nil {
		return nil, err
	}
	page, err := f.firstPage()
	if err != nil {
		return nil, err
	}
	sign := f.add("<</Type /DocTimeStamp /Filter /Adobe.PPKLite /SubFilter /ETSI.RFC3161\n/ByteRange [0 " + digits + " " + digits + " " + digits +
		"]\n/Contents <" + strings.Repeat("0", 2*room) + ">>>")
	field := f.number()
	read, err := f.form(field, page)
	if err != nil {
		return nil, err
	}
	f.added[field] = fmt.Sprintf("<</Type /Annot /Subtype /Widget /FT /Sig /T (Timestamp) /TU (RFC 3161) /F 132 /Rect [-1 -1 -1 -1] /P %d 0 R /V %d 0 R%s>>",
		page, sign, read)
	if err := f.annotate(page, field); err != nil {
		return nil, err
	}
	if err := f.extend(f.root, fmt.Sprintf("/AcroForm <</Fields [%d 0 R] /SigFlags 3>>\n", field)+f.store(m)); err != nil {
		return nil, err
	}
	out, at := f.bytes()
	contents := bytes.Index(out[at[sign]:], []byte("/Contents <")) + at[sign] + len("/Contents ")
	r := &Reserved{data: out, begin: contents, end: contents + 2*room + 2}
	span := fmt.Sprintf("[0 %010d %010d %010d]", r.begin, r.end, len(out)-r.end)
	copy(out[bytes.Index(out[at[sign]:], []byte("[0 "+digits))+at[sign]:], span)
	return r, nil
}

// Digest is what the token has to be over: everything but its own place.
func (r *Reserved) Digest() [sha256.Size]byte {
	h := sha256.New()
	h.Write(r.data[:r.begin])
	h.Write(r.data[r.end:])
	return [sha256.Size]byte(h.Sum(nil))
}

// Fill puts the token, a DER ContentInfo (RFC 3161, 2.4.2), in its place.
func (r *Reserved) Fill(token []byte) ([]byte, error) {
	if len(token) > room {
		return nil, fmt.Errorf("pdf: a token of %d bytes, and room for %d", len(token), room)
	}
	out := bytes.Clone(r.data)
	hex.Encode(out[r.begin+1:], token)
	return out, nil
}

// store is the entry for what the timestamp needs; empty without any.
func (f *file) store(m Material) string {
	list := func(key string, all [][]byte) string {
		if len(all) == 0 {
			return ""
		}
		s := "/" + key + " ["
		for _, b := range all {
			s += fmt.Sprintf("%d 0 R ", f.stream("", b))
		}
		return strings.TrimSuffix(s, " ") + "]"
	}
	all := list("Certs", m.Certificates) + list("OCSPs", m.OCSP) + list("CRLs", m.CRL)
	if all == "" {
		return ""
	}
	return "/DSS <</Type /DSS " + all + ">>\n/Extensions <</ESIC <</BaseVersion /1.7 /ExtensionLevel 5>>>>\n"
}

func (f *file) firstPage() (int, error) {
	root, err := f.object(f.root)
	if err != nil {
		return 0, err
	}
	n := find([]byte(root), number("Pages"))
	tree, err := f.object(n)
	if err != nil {
		return 0, err
	}
	if n = find([]byte(tree), firstKid); n == 0 {
		return 0, fmt.Errorf("%w: pages", ErrForm)
	}
	return n, nil
}

var firstKid = regexp.MustCompile(`/Kids \[([0-9]+) 0 R`)

// form tells the tree of what is read of the field (ISO 14289-1, 7.18.4), and returns what leads there
// from it. A file without a tree stays without.
func (f *file) form(field, page int) (string, error) {
	root, err := f.object(f.root)
	if err != nil {
		return "", err
	}
	top := find([]byte(root), number("StructTreeRoot"))
	if top == 0 {
		return "", nil
	}
	body, err := f.object(top)
	if err != nil {
		return "", err
	}
	document, parents, next := find([]byte(body), number("K")), find([]byte(body), number("ParentTree")), find([]byte(body), number("ParentTreeNextKey"))
	all, err := f.object(document)
	if err != nil {
		return "", err
	}
	tree, err := f.object(parents)
	if err != nil || !strings.HasSuffix(all, "]>>") || !strings.HasSuffix(tree, "]>>") {
		return "", fmt.Errorf("%w: tags", ErrForm)
	}
	element := f.add(fmt.Sprintf("<</S/Form/P %d 0 R/Pg %d 0 R/Alt (RFC 3161)/K[<</Type/OBJR/Obj %d 0 R/Pg %d 0 R>>]>>", document, page, field, page))
	part := f.add(fmt.Sprintf("<</Limits[%d %d]/Nums[%d %d 0 R]>>", next, next, next, element))
	f.added[document] = strings.TrimSuffix(all, "]>>") + fmt.Sprintf(" %d 0 R]>>", element)
	f.added[parents] = strings.TrimSuffix(tree, "]>>") + fmt.Sprintf(" %d 0 R]>>", part)
	f.added[top] = strings.Replace(body, fmt.Sprintf("/ParentTreeNextKey %d", next), fmt.Sprintf("/ParentTreeNextKey %d", next+1), 1)
	return fmt.Sprintf(" /StructParent %d", next), nil
}

// annotate adds a field to what stands on a page.
func (f *file) annotate(page, field int) error {
	body, err := f.object(page)
	if err != nil {
		return err
	}
	if before, rest, has := strings.Cut(body, "/Annots ["); has {
		f.added[page] = before + fmt.Sprintf("/Annots [%d 0 R ", field) + rest
		return nil
	}
	return f.extend(page, fmt.Sprintf("/Annots [%d 0 R]\n", field))
}

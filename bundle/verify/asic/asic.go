package asic

import (
	"bytes"
	"crypto"
	"encoding/base64"
	"encoding/binary"
	"encoding/xml"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"strings"

	"constat/evidence/tsa/algorithm"
)

// ErrContainer says what is wrong with a container.
var ErrContainer = errors.New("not an ASiC-S container of a list and its timestamps")

// Max is the longest container that is read, in bytes.
const Max = 72 << 20

const (
	media        = "application/vnd.etsi.asic-s+zip"
	tokenFile    = "META-INF/timestamp.tst"
	manifestFile = "META-INF/ASiCArchiveManifest.xml"
	etsi         = "http://uri.etsi.org/02918/v1.2.1#"
	xmldsig      = "http://www.w3.org/2000/09/xmldsig#"
)

// Container is what was read. No token is verified.
type Container struct {
	Name     string // of the one file
	Data     []byte
	Token    []byte // META-INF/timestamp.tst
	Manifest []byte // META-INF/ASiCArchiveManifest.xml
	Archive  []byte // the token that the manifest names
}

func bad(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrContainer, fmt.Sprintf(format, args...))
}

// Read takes a container apart.
func Read(b []byte) (*Container, error) {
	if len(b) > Max {
		return nil, bad("%d bytes", len(b))
	}
	entries, err := entries(b)
	if err != nil {
		return nil, err
	}
	if len(entries) != 5 || entries[0].name != "mimetype" || entries[2].name != tokenFile || entries[3].name != manifestFile {
		return nil, bad("other entries, or another order")
	}
	if string(entries[0].data) != media {
		return nil, bad("media type %.60q", entries[0].data)
	}
	if strings.Contains(entries[1].name, "/") {
		return nil, bad("the file is not at its root: %.60q", entries[1].name)
	}
	c := &Container{Name: entries[1].name, Data: entries[1].data, Token: entries[2].data, Manifest: entries[3].data, Archive: entries[4].data}
	m, err := parse(c.Manifest)
	if err != nil {
		return nil, err
	}
	if m.Signature.URI != entries[4].name || entries[4].name == tokenFile || !strings.HasPrefix(entries[4].name, "META-INF/timestamp") || !strings.HasSuffix(entries[4].name, ".tst") {
		return nil, bad("the manifest names another timestamp over itself: %.60q", m.Signature.URI)
	}
	if len(m.Objects) != 2 {
		return nil, bad("the manifest names %d files", len(m.Objects))
	}
	for n, o := range m.Objects {
		if err := o.check(entries[1+n]); err != nil {
			return nil, err
		}
	}
	return c, nil
}

// entry is one file of the container.
type entry struct {
	name string
	data []byte
}

// maxEntries is more than such a container has.
const maxEntries = 16

// entries reads a ZIP (APPNOTE 6.3) of stored entries: each behind the one before,
// then the list that says the same, then the end record, and no other byte.
func entries(b []byte) ([]entry, error) {
	u16 := func(at int) int { return int(binary.LittleEndian.Uint16(b[at:])) }
	u32 := func(at int) int64 { return int64(binary.LittleEndian.Uint32(b[at:])) }
	var out []entry
	var starts []int
	at := 0
	for len(b)-at >= 30 && bytes.HasPrefix(b[at:], []byte("PK\x03\x04")) {
		flags, method, sum, size, whole, name, extra := u16(at+6), u16(at+8), u32(at+14), u32(at+18), u32(at+22), u16(at+26), u16(at+28)
		head := at + 30 + name
		if len(out) == maxEntries || flags&^0x800 != 0 || method != 0 || size != whole || extra != 0 || head > len(b) || size > int64(len(b)-head) {
			return nil, bad("entry %d is not a stored one", len(out)+1)
		}
		e := entry{string(b[at+30 : head]), b[head : head+int(size)]}
		if int64(crc32.ChecksumIEEE(e.data)) != sum {
			return nil, bad("%.60q: its checksum is another", e.name)
		}
		out, starts, at = append(out, e), append(starts, at), head+int(size)
	}
	list := at
	for n, e := range out {
		local := starts[n]
		if len(b)-at < 46+len(e.name) || !bytes.HasPrefix(b[at:], []byte("PK\x01\x02")) ||
			!bytes.Equal(b[at+8:at+32], b[local+6:local+30]) || u16(at+32) != 0 || u16(at+34) != 0 || u32(at+42) != int64(local) || string(b[at+46:at+46+len(e.name)]) != e.name {
			return nil, bad("its list says something else of entry %d", n+1)
		}
		at += 46 + len(e.name)
	}
	if len(b)-at != 22 || !bytes.HasPrefix(b[at:], []byte("PK\x05\x06")) || u32(at+4) != 0 || u16(at+8) != len(out) ||
		u16(at+10) != len(out) || u32(at+12) != int64(at-list) || u32(at+16) != int64(list) || u16(at+20) != 0 {
		return nil, bad("it does not end as a ZIP does")
	}
	return out, nil
}

// manifest is an ASiCManifest (annex A.4).
type manifest struct {
	XMLName   xml.Name
	Signature reference `xml:"http://uri.etsi.org/02918/v1.2.1# SigReference"`
	Objects   []object  `xml:"http://uri.etsi.org/02918/v1.2.1# DataObjectReference"`
}

type reference struct {
	URI string `xml:"URI,attr"`
}

type object struct {
	reference
	Method struct {
		Algorithm string `xml:",attr"`
	} `xml:"http://www.w3.org/2000/09/xmldsig# DigestMethod"`
	Value string `xml:"http://www.w3.org/2000/09/xmldsig# DigestValue"`
}

// parse reads a manifest: one element and nothing behind it, no entities, no
// directives.
func parse(b []byte) (m manifest, err error) {
	d := xml.NewDecoder(bytes.NewReader(b))
	d.Entity = map[string]string{}
	if err := d.Decode(&m); err != nil {
		return m, bad("manifest: %v", err)
	}
	if m.XMLName != (xml.Name{Space: etsi, Local: "ASiCManifest"}) {
		return m, bad("manifest: %.60q", m.XMLName.Local)
	}
	for {
		t, err := d.Token()
		if err == io.EOF {
			break
		}
		if text, ok := t.(xml.CharData); err != nil || !ok || len(bytes.TrimSpace(text)) > 0 {
			return m, bad("manifest: something behind its end")
		}
	}
	if bytes.Contains(b, []byte("<!")) {
		return m, bad("manifest: a directive or a comment")
	}
	return m, nil
}

// check compares what the manifest says of a file with the file.
func (o object) check(e entry) error {
	h, known := map[string]crypto.Hash{"http://www.w3.org/2001/04/xmlenc#sha256": crypto.SHA256, "http://www.w3.org/2001/04/xmlenc#sha512": crypto.SHA512}[o.Method.Algorithm]
	want, err := base64.StdEncoding.DecodeString(o.Value)
	switch {
	case o.URI != e.name:
		return bad("the manifest names %.60q where %.60q is", o.URI, e.name)
	case !known:
		return bad("digest by %.60q", o.Method.Algorithm)
	case err != nil || !bytes.Equal(want, algorithm.Sum(h, e.data)):
		return bad("%s is not as the manifest says", e.name)
	}
	return nil
}

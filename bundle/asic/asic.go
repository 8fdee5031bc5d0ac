package asic

import (
	"archive/zip"
	"bytes"
	"crypto/sha512"
	"encoding/base64"
	"encoding/xml"
	"fmt"
	"hash/crc32"
)

// Names in a container.
const (
	mimetypeName = "mimetype"
	mimetype     = "application/vnd.etsi.asic-s+zip"
	tokenName    = "META-INF/timestamp.tst" // over the one file (clause 4.3.3.2, item 4 c)
	manifestName = "META-INF/ASiCArchiveManifest.xml"
	archiveName  = "META-INF/timestamp002.tst" // over the manifest (annex A.7)
	tokenMIME    = "application/vnd.etsi.timestamp-token"
)

// Container is one file and a token over its digest.
type Container struct {
	Name, MIME string
	Data       []byte
	Token      []byte // TimeStampToken, DER
}

// Manifest is the ASiCArchiveManifest (annexes A.4 and A.7): the digests of the
// file and of its token by SHA-512, and the name of the token that will be over
// all of it.
func (c Container) Manifest() []byte {
	var b bytes.Buffer
	b.WriteString(xml.Header)
	b.WriteString(`<asic:ASiCManifest xmlns:asic="http://uri.etsi.org/02918/v1.2.1#" xmlns:ds="http://www.w3.org/2000/09/xmldsig#">` + "\n")
	fmt.Fprintf(&b, "  <asic:SigReference URI=%q MimeType=%q/>\n", archiveName, tokenMIME)
	for _, f := range []struct {
		name, mime string
		data       []byte
	}{{c.Name, c.MIME, c.Data}, {tokenName, tokenMIME, c.Token}} {
		sum := sha512.Sum512(f.data)
		fmt.Fprintf(&b, "  <asic:DataObjectReference URI=%q MimeType=%q>\n", f.name, f.mime)
		b.WriteString(`    <ds:DigestMethod Algorithm="http://www.w3.org/2001/04/xmlenc#sha512"/>` + "\n")
		fmt.Fprintf(&b, "    <ds:DigestValue>%s</ds:DigestValue>\n", base64.StdEncoding.EncodeToString(sum[:]))
		b.WriteString("  </asic:DataObjectReference>\n")
	}
	b.WriteString("</asic:ASiCManifest>\n")
	return b.Bytes()
}

// Write makes the container with its manifest and the token over that.
func (c Container) Write(manifest, archive []byte) ([]byte, error) {
	var out bytes.Buffer
	z := zip.NewWriter(&out)
	for _, f := range []struct {
		name string
		data []byte
	}{{mimetypeName, []byte(mimetype)}, {c.Name, c.Data}, {tokenName, c.Token}, {manifestName, manifest}, {archiveName, archive}} {
		size := uint64(len(f.data))
		// Sizes behind the bytes of a stored entry are more than many readers take.
		w, err := z.CreateRaw(&zip.FileHeader{Name: f.name, Method: zip.Store, CRC32: crc32.ChecksumIEEE(f.data),
			CompressedSize64: size, UncompressedSize64: size})
		if err == nil {
			_, err = w.Write(f.data)
		}
		if err != nil {
			return nil, fmt.Errorf("asic: %s: %w", f.name, err)
		}
	}
	if err := z.Close(); err != nil {
		return nil, fmt.Errorf("asic: %w", err)
	}
	return out.Bytes(), nil
}

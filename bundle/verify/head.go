package verify

import (
	"bytes"
	"crypto/ed25519"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"constat/evidence"
	"constat/evidence/reader"
)

// Names of the signed head of the custody log; all three are there, or none.
const (
	headName      = "data/custody-head.txt"
	signatureName = "data/custody-head.sig"
	keyName       = "data/custody-key.pem"
	maxHeadFile   = 4096
	headFormat    = "constat-custody-head/1"
)

// signedHead is what the signed statement says of the log.
type signedHead struct {
	caseID string
	reader.Head
}

// parseHead reads a statement: format, case id, sequence number and the digest
// of that line, each on a line of its own. It accepts one spelling only.
func parseHead(b []byte) (signedHead, error) {
	bad := func(why string) (signedHead, error) { return signedHead{}, errors.New("statement: " + why) }
	lines := strings.Split(string(b), "\n")
	if len(lines) != 5 || lines[4] != "" {
		return bad("not four lines")
	}
	if lines[0] != headFormat {
		return bad(fmt.Sprintf("format %.40q", lines[0]))
	}
	if !reader.IsCase(lines[1]) {
		return bad("no case id")
	}
	seq, err := strconv.ParseUint(lines[2], 10, 63)
	if err != nil || seq == 0 || strconv.FormatUint(seq, 10) != lines[2] {
		return bad("no sequence number")
	}
	digest, ok := parseSum(lines[3])
	if !ok {
		return bad("no digest")
	}
	return signedHead{lines[1], reader.Head{Seq: seq, SHA256: digest}}, nil
}

// parseKey reads a public key of Ed25519 (RFC 8410) from the one PEM block
// (RFC 7468) that the file is, and returns the SHA-256 of its DER form.
func parseKey(b []byte) (ed25519.PublicKey, evidence.Digest, error) {
	block, _ := pem.Decode(b)
	if block == nil || block.Type != "PUBLIC KEY" || len(block.Headers) > 0 || !bytes.Equal(pem.EncodeToMemory(block), b) {
		return nil, evidence.Digest{}, errors.New("not one public key in PEM form")
	}
	parsed, err := x509.ParsePKIXPublicKey(block.Bytes)
	key, ok := parsed.(ed25519.PublicKey)
	if err != nil || !ok {
		return nil, evidence.Digest{}, errors.New("not a key of Ed25519")
	}
	return key, evidence.Digest(sumOf(block.Bytes)), nil
}

// readHead verifies the signature and returns what was signed, or nil. The log
// is compared with it while it is read.
func (c *checker) readHead() *signedHead {
	parts := map[string][]byte{}
	for _, name := range []string{headName, signatureName, keyName} {
		if _, ok := c.sizes[name]; !ok {
			continue
		}
		b, err := c.load(name, maxHeadFile)
		if err != nil {
			c.fail(checkSignature, "%v", err)
			return nil
		}
		parts[name] = b
	}
	switch len(parts) {
	case 0:
		c.skip(checkSignature, "the head of the log is not signed")
		return nil
	case 3:
	default:
		c.fail(checkSignature, "one of %s, %s and %s is missing", headName, signatureName, keyName)
		return nil
	}
	key, fingerprint, err := parseKey(parts[keyName])
	if err != nil {
		c.fail(checkSignature, "%s: %v", keyName, err)
		return nil
	}
	head, err := parseHead(parts[headName])
	switch {
	case err != nil:
		c.fail(checkSignature, "%s: %v", headName, err)
		return nil
	case !ed25519.Verify(key, parts[headName], parts[signatureName]):
		c.fail(checkSignature, "%s: is not the signature of this key over %s", signatureName, headName)
		return nil
	case head.caseID != c.info["External-Identifier"]:
		c.fail(checkSignature, "%s: is about case %s", headName, head.caseID)
		return nil
	}
	c.rep.KeyFingerprint = fingerprint
	return &head
}

// headInLog says whether the log has the line that was signed, and of how many of its first lines the
// log itself says that they are not authenticated.
func (c *checker) headInLog(head *signedHead, found bool, unproven uint64) {
	switch {
	case head == nil:
	case !found:
		c.fail(checkSignature, "%s: line %d of the log is not the one that was signed", headName, head.Seq)
	default:
		said := ""
		if unproven > 0 {
			said = fmt.Sprintf("; the log says that its first %d lines prove nothing of who wrote them", unproven)
		}
		c.pass(checkSignature, "line %d of the log, key %s%s", head.Seq, c.rep.KeyFingerprint, said)
	}
}

package authorities

import (
	"crypto/sha256"
	"crypto/x509"
	"embed"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"time"
)

//go:embed anchors/*.pem
var anchors embed.FS

// Anchor is a certificate that an authority's timestamps are judged by, kept
// for ever: lists of roots for the web drop theirs while tokens have to prove
// for decades. It is for timestamps alone.
type Anchor struct {
	File    string   `json:"file"`
	Subject string   `json:"subject"` // RFC 4514
	SHA256  string   `json:"sha256"`  // of the whole certificate in DER, lower-case hexadecimal
	Until   string   `json:"until"`   // its own last day, YYYY-MM-DD
	Sources []Source `json:"sources"` // where certificate or fingerprint were read; one alone is said in Note
	Note    string   `json:"note,omitempty"`

	PEM string `json:"-"` // RFC 7468
}

// Source says where something was read, and when.
type Source struct {
	Where string `json:"where"`
	Read  string `json:"read"` // YYYY-MM-DD
}

// load reads the certificate.
func (a *Anchor) load() error {
	b, err := anchors.ReadFile("anchors/" + a.File)
	if err != nil {
		return err
	}
	a.PEM = string(b)
	return nil
}

// check reports everything that is wrong with an anchor.
func (a Anchor) check(bad func(format string, args ...any)) {
	block, rest := pem.Decode([]byte(a.PEM))
	if block == nil || len(rest) > 0 {
		bad("anchor %q is not one certificate", a.File)
		return
	}
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		bad("anchor %q: %v", a.File, err)
		return
	}
	if sum := sha256.Sum256(block.Bytes); hex.EncodeToString(sum[:]) != a.SHA256 {
		bad("anchor %q has another fingerprint", a.File)
	}
	if cert.Subject.String() != a.Subject || cert.NotAfter.UTC().Format(time.DateOnly) != a.Until {
		bad("anchor %q is %s until %s", a.File, cert.Subject, cert.NotAfter.UTC().Format(time.DateOnly))
	}
	if !cert.IsCA {
		bad("anchor %q is no certification authority", a.File)
	}
	if len(a.Sources) == 0 || len(a.Sources) == 1 && a.Note == "" {
		bad("anchor %q: one source or none, and no word about it", a.File)
	}
	for _, s := range a.Sources {
		if _, err := time.Parse(time.DateOnly, s.Read); err != nil || s.Where == "" {
			bad("anchor %q: source %q of %q", a.File, s.Where, s.Read)
		}
	}
}

// AnchorsPEM are the certificates that the authority's timestamps are judged
// by, one after the other; empty if none was had.
func (a Authority) AnchorsPEM() string {
	all := ""
	for _, x := range a.Anchors {
		all += x.PEM
	}
	return all
}

// loadAnchors fills in the certificates of a list.
func loadAnchors(l []Authority) error {
	for i := range l {
		for k := range l[i].Anchors {
			if err := l[i].Anchors[k].load(); err != nil {
				return fmt.Errorf("%s: %w", l[i].Name, err)
			}
		}
	}
	return nil
}

package tsa

import (
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"strings"
	"time"

	"constat/evidence"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// RevocationKind is the form of a revocation record.
type RevocationKind string

const (
	KindOCSP RevocationKind = "ocsp" // OCSPResponse in DER (RFC 6960)
	KindCRL  RevocationKind = "crl"  // CertificateList in DER (RFC 5280 clause 5)
)

// Limits of revocation records.
const (
	MaxOCSP              = 64 << 10 // bytes
	MaxCRL               = 2 << 20  // bytes
	maxRevocationRecords = 32
)

// RevocationRecord is what a certification authority said of its certificates,
// to be kept beside the token so that it can be judged years later. Only Raw
// is believed, and only as far as its signature goes; the rest says where it
// came from.
type RevocationRecord struct {
	Kind    RevocationKind `json:"kind"`
	URL     string         `json:"url"`
	Subject string         `json:"subject"` // of the certificate it was fetched for, RFC 4514, cleaned
	Fetched time.Time      `json:"fetched"` // UTC, this device's clock
	Raw     []byte         `json:"raw"`
}

// ReadRecord takes a file for a revocation record: an OCSP answer or a list, in
// DER or PEM. Nothing in it is believed before [Verify] has judged it, which
// also says what cannot be read.
func ReadRecord(file []byte) (RevocationRecord, error) {
	if block, _ := pem.Decode(file); block != nil {
		file = block.Bytes
	}
	var body cryptobyte.String
	s := cryptobyte.String(file)
	if !s.ReadASN1(&body, casn1.SEQUENCE) || !s.Empty() {
		return RevocationRecord{}, fmt.Errorf("revocation record %w", errRecord)
	}
	return RevocationRecord{Kind: kindOfRecord(body), Raw: file}, nil
}

// kindOfRecord tells an OCSP answer, which begins with a status, from a list.
func kindOfRecord(body cryptobyte.String) RevocationKind {
	if body.PeekASN1Tag(casn1.ENUM) {
		return KindOCSP
	}
	return KindCRL
}

// statement is what an authentic record says of one certificate.
type statement struct {
	revoked bool
	at      time.Time // of the revocation
	reason  int       // CRLReason; noReason if the record gives none
	from    time.Time // thisUpdate
	until   time.Time // nextUpdate; zero: none
	kept    time.Time // expired certificates are still known from this expiry on; zero: they are not
}

// since takes notice of when a certificate became invalid, which may lie before
// it was revoked (RFC 5280 clause 5.3.2).
func (s *statement) since(invalid time.Time) {
	if !invalid.IsZero() && invalid.Before(s.at) {
		s.at = invalid
	}
}

const noReason = -1

// reasonNames are those of CRLReason (RFC 5280 clause 5.3.1).
var reasonNames = map[int]string{
	noReason: "no reason given", 0: "unspecified", 1: "keyCompromise", 2: "cACompromise", 3: "affiliationChanged",
	4: "superseded", 5: "cessationOfOperation", 6: "certificateHold", 8: "removeFromCRL", 9: "privilegeWithdrawn",
	10: "aACompromise",
}

const reasonHold = 6

// spares reports whether tokens from before a revocation stay valid. RFC 3161
// clause 4 lists these reasons; without any, or with another, every token that
// the key ever made is void, because nobody knows since when it is abused.
func spares(reason int) bool { return reason == 0 || reason >= 3 && reason <= 5 }

// covers reports whether the statement says anything about a moment: it was
// current then, or was made later while the certificate was still listed.
// Records drop certificates that have expired (RFC 5280 clause 3.3), unless they
// say since when they keep them (RFC 6960 clause 4.4.4).
func (s statement) covers(at time.Time, cert *x509.Certificate) bool {
	if keeps := !s.kept.IsZero() && !cert.NotAfter.Before(s.kept); s.from.After(cert.NotAfter) && !keeps {
		return false
	}
	at = at.Truncate(time.Second) // records know no fractions
	return !s.from.Before(at) || !s.until.IsZero() && !s.until.Before(at)
}

func (s statement) String() string {
	if !s.revoked {
		return "good as of " + s.from.UTC().Format(time.RFC3339)
	}
	return fmt.Sprintf("revoked %s, %s", s.at.UTC().Format(time.RFC3339), reasonNames[s.reason])
}

// Reasons not to believe a record.
var (
	errRecord      = errors.New("cannot be read")
	errOtherIssuer = errors.New("is about the certificates of another issuer")
	errNotListed   = errors.New("is about other certificates")
	errRecordSign  = errors.New("is not signed by the issuer")
	errStale       = errors.New("is too old, or from after the certificate expired")
)

// record is a parsed one. It is authentic only for the certificates for which
// about answers.
type record interface {
	about(cert, issuer *x509.Certificate) (statement, error)
}

// parseRecord reads one record, within the limits of its kind.
func parseRecord(r RevocationRecord) (record, error) {
	switch {
	case r.Kind == KindOCSP && len(r.Raw) <= MaxOCSP:
		return parseOCSP(r.Raw)
	case r.Kind == KindCRL && len(r.Raw) <= MaxCRL:
		return parseCRL(r.Raw)
	}
	return nil, fmt.Errorf("%w: %.20q of %d bytes", errRecord, r.Kind, len(r.Raw))
}

// embedded are the records that came with the token, unsigned, as many as
// there is room for beside the others.
func embedded(raw [][]byte, room int) []RevocationRecord {
	var list []RevocationRecord
	for _, r := range raw[:max(0, min(len(raw), room))] {
		var body cryptobyte.String
		if s := cryptobyte.String(r); s.ReadASN1(&body, casn1.SEQUENCE) {
			list = append(list, RevocationRecord{Kind: kindOfRecord(body), Raw: r})
		}
	}
	return list
}

// judgeRevocation says whether any certificate of the chain but its root was
// revoked so that a token of the given moment is void. The root is not asked
// about: it is trusted because somebody chose it.
func judgeRevocation(
	chain []*x509.Certificate,
	at time.Time,
	accuracy time.Duration,
	list []RevocationRecord,
) (evidence.CheckState, string) {
	switch {
	case len(list) == 0:
		return evidence.NotDone, WhyNoRecords
	case len(list) > maxRevocationRecords:
		return evidence.NotDone, fmt.Sprintf("%d records are more than %d", len(list), maxRevocationRecords)
	case len(chain) < 2:
		return evidence.NotDone, "the signer's own certificate is the one that is trusted"
	}
	parsed := make([]record, len(list))
	unread := make([]error, len(list))
	for i, r := range list {
		parsed[i], unread[i] = parseRecord(r)
	}
	var open, facts []string
	for i, cert := range chain[:len(chain)-1] {
		said, why := "", errors.New("there is no record")
		for k := range list {
			if unread[k] != nil {
				why = unread[k]
				continue
			}
			s, err := parsed[k].about(cert, chain[i+1])
			switch {
			case errors.Is(err, errOtherIssuer) || errors.Is(err, errNotListed):
				continue
			case err != nil:
				why = fmt.Errorf("%s %w", list[k].Kind, err)
				continue
			case s.revoked && s.reason == reasonHold && !s.covers(at, cert):
				continue // may have been lifted since
			case s.revoked && (!s.at.After(at.Add(accuracy)) || s.reason == reasonHold):
				return evidence.Failed, fmt.Sprintf("%s: %v, not after the token", cert.Subject, s)
			case s.revoked && !spares(s.reason):
				return evidence.Failed, fmt.Sprintf("%s: %v: no token of this key can be trusted (RFC 3161 clause 4)", cert.Subject, s)
			case !s.revoked && !s.covers(at, cert):
				why = fmt.Errorf("%s %w", list[k].Kind, errStale)
				continue
			}
			if said == "" || s.revoked {
				said = fmt.Sprintf("%s: %s: %v", cert.Subject, list[k].Kind, s)
			}
		}
		if said == "" {
			open = append(open, fmt.Sprintf("%s: %v", cert.Subject, why))
		}
		facts = append(facts, said)
	}
	if len(open) > 0 {
		return evidence.NotDone, strings.Join(open, "; ")
	}
	return evidence.Passed, strings.Join(facts, "; ")
}

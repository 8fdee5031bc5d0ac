package tsa

import (
	"encoding/asn1"
	"errors"
	"fmt"
	"strings"

	"constat/evidence"
	"constat/evidence/tsa/der"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

// MaxReply is the largest reply that is read or judged, in bytes. Replies with
// a whole certificate chain are 2 to 7 KiB; some authorities send their
// revocation list along.
const MaxReply = der.Max

// PKIStatus (RFC 3161 clause 2.4.2).
const (
	statusGranted         = 0
	statusGrantedWithMods = 1
)

var statusNames = []string{"granted", "grantedWithMods", "rejection", "waiting", "revocationWarning", "revocationNotification"}

// failureNames are the bits of PKIFailureInfo (RFC 3161 clause 2.4.2).
var failureNames = map[int]string{
	0: "badAlg", 2: "badRequest", 5: "badDataFormat", 14: "timeNotAvailable", 15: "unacceptedPolicy",
	16: "unacceptedExtension", 17: "addInfoNotAvailable", 25: "systemFailure",
}

// response is a TimeStampResp: what the authority says of the request, and the
// token, which alone is signed.
type response struct {
	status   int
	texts    []string // PKIFreeText, cleaned
	failures []string
	token    []byte // DER of the ContentInfo; empty if there is none
	bare     bool   // it came without a TimeStampResp around it, so no status is known
}

func (r response) granted() bool {
	return r.status == statusGranted || r.status == statusGrantedWithMods
}

// describe returns the status as facts: its name, failure bits and text.
func (r response) describe() string {
	name := fmt.Sprintf("status %d", r.status)
	if r.status >= 0 && r.status < len(statusNames) {
		name = statusNames[r.status]
	}
	parts := append([]string{name}, r.failures...)
	for _, t := range r.texts {
		parts = append(parts, fmt.Sprintf("%q", t))
	}
	return strings.Join(parts, ", ")
}

// Token is what is signed in a reply: the TimeStampToken, a DER ContentInfo, without the status around
// it. It judges nothing.
func Token(reply []byte) ([]byte, error) {
	r, err := parseResponse(reply)
	if err == nil && len(r.token) == 0 {
		err = fmt.Errorf("%w: there is no token", errCMS)
	}
	return r.token, err
}

var errResponse = errors.New("not a TimeStampResp")

// parseResponse reads a TimeStampResp (RFC 3161 clause 2.4.2) of at most
// MaxReply bytes, in BER or DER, with nothing after it.
func parseResponse(raw []byte) (response, error) {
	var r response
	if len(raw) > MaxReply {
		return r, fmt.Errorf("%w: %d bytes", errResponse, len(raw))
	}
	clean, err := der.ToDER(raw)
	if err != nil {
		return r, fmt.Errorf("%w: %w", errResponse, err)
	}
	s := cryptobyte.String(clean)
	if isContentInfo(s) {
		r.bare, r.token = true, clean
		return r, nil
	}
	var resp, info, token cryptobyte.String
	if !s.ReadASN1(&resp, casn1.SEQUENCE) || !resp.ReadASN1(&info, casn1.SEQUENCE) || !info.ReadASN1Integer(&r.status) {
		return r, errResponse
	}
	if info.PeekASN1Tag(casn1.SEQUENCE) {
		var free cryptobyte.String
		if !info.ReadASN1(&free, casn1.SEQUENCE) {
			return r, errResponse
		}
		for !free.Empty() {
			var text cryptobyte.String
			if !free.ReadASN1(&text, casn1.UTF8String) {
				return r, fmt.Errorf("%w: status text", errResponse)
			}
			r.texts = append(r.texts, evidence.Shorten(string(text), 200))
		}
	}
	if info.PeekASN1Tag(casn1.BIT_STRING) {
		var bits asn1.BitString
		if !info.ReadASN1BitString(&bits) {
			return r, fmt.Errorf("%w: failure bits", errResponse)
		}
		for i := range min(bits.BitLength, 64) {
			if bits.At(i) == 1 {
				r.failures = append(r.failures, failureName(i))
			}
		}
	}
	if !info.Empty() {
		return r, fmt.Errorf("%w: PKIStatusInfo", errResponse)
	}
	if !resp.Empty() && !resp.ReadASN1Element(&token, casn1.SEQUENCE) || !resp.Empty() {
		return r, fmt.Errorf("%w: token", errResponse)
	}
	r.token = token
	return r, nil
}

// isContentInfo reports whether this is a token and not a reply, which begins
// with a sequence: a ContentInfo begins with its type.
func isContentInfo(s cryptobyte.String) bool {
	var body cryptobyte.String
	return s.ReadASN1(&body, casn1.SEQUENCE) && s.Empty() && body.PeekASN1Tag(casn1.OBJECT_IDENTIFIER)
}

func failureName(bit int) string {
	if name, ok := failureNames[bit]; ok {
		return name
	}
	return fmt.Sprintf("failure bit %d", bit)
}

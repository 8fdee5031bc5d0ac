package tsa

import (
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"strings"
	"time"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

var (
	oidQCStatements = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 1, 3}
	oidQualified    = asn1.ObjectIdentifier{0, 4, 0, 19422, 1, 1} // esi4-qtstStatement-1
)

// maxSerial is generous: RFC 3161 clause 2.4.2 asks for 20 bytes.
const maxSerial = 64

// tstInfo is what the authority signed (RFC 3161 clause 2.4.2).
type tstInfo struct {
	version     int64
	policy      asn1.ObjectIdentifier
	hashAlg     asn1.ObjectIdentifier
	imprint     []byte
	serial      *big.Int
	genTime     time.Time // UTC
	accuracy    time.Duration
	hasAccuracy bool
	nonce       *big.Int // nil if absent
	critical    []string // critical extensions that are not understood
	qualified   bool
}

var errTSTInfo = errors.New("not a TSTInfo")

// parseTSTInfo reads the DER of a TSTInfo with nothing after it.
func parseTSTInfo(der []byte) (tstInfo, error) {
	var t tstInfo
	var body, imprint, hashed, gen cryptobyte.String
	bad := func(what string) (tstInfo, error) { return t, fmt.Errorf("%w: %s", errTSTInfo, what) }
	s := cryptobyte.String(der)
	if !s.ReadASN1(&body, casn1.SEQUENCE) {
		return bad("no sequence")
	}
	if !s.Empty() {
		return bad(fmt.Sprintf("%d bytes after its end", len(s)))
	}
	if !body.ReadASN1Integer(&t.version) || !body.ReadASN1ObjectIdentifier(&t.policy) {
		return bad("version or policy")
	}
	if !body.ReadASN1(&imprint, casn1.SEQUENCE) || !readAlgorithm(&imprint, &t.hashAlg) ||
		!imprint.ReadASN1(&hashed, casn1.OCTET_STRING) || !imprint.Empty() {
		return bad("imprint")
	}
	t.imprint = hashed
	t.serial = new(big.Int)
	if !body.ReadASN1Integer(t.serial) || t.serial.BitLen() > 8*maxSerial {
		return bad("serial number")
	}
	if !body.ReadASN1(&gen, casn1.GeneralizedTime) {
		return bad("time")
	}
	var err error
	if t.genTime, err = parseGenTime(string(gen)); err != nil {
		return t, err
	}
	if body.PeekASN1Tag(casn1.SEQUENCE) {
		t.hasAccuracy = true
		if t.accuracy, err = readAccuracy(&body); err != nil {
			return t, err
		}
	}
	if body.PeekASN1Tag(casn1.BOOLEAN) {
		var ordering bool
		if !body.ReadASN1Boolean(&ordering) {
			return bad("ordering")
		}
	}
	if body.PeekASN1Tag(casn1.INTEGER) {
		t.nonce = new(big.Int)
		if !body.ReadASN1Integer(t.nonce) {
			return bad("nonce")
		}
	}
	// The tsa field is the authority's own hint at its name; the name that
	// counts is the one in the certificate that the signature is bound to.
	if body.PeekASN1Tag(context0) && !skipAny(&body) {
		return bad("name")
	}
	if body.PeekASN1Tag(context1) {
		if err := t.readExtensions(&body); err != nil {
			return t, err
		}
	}
	if !body.Empty() {
		return bad("surplus elements")
	}
	return t, nil
}

// parseGenTime reads YYYYMMDDhhmmss[.s...]Z in its one permitted form: UTC,
// seconds, no trailing zeros in the fraction (RFC 3161 clause 2.4.2).
func parseGenTime(s string) (time.Time, error) {
	const layout = "20060102150405.999999999Z"
	t, err := time.Parse(layout, s)
	if err != nil || t.Format(layout) != s {
		return time.Time{}, fmt.Errorf("%w: time %.40q", errTSTInfo, s)
	}
	return t.UTC(), nil
}

// readAccuracy reads seconds, milliseconds [0] and microseconds [1], each
// optional (RFC 3161 clause 2.4.2).
func readAccuracy(s *cryptobyte.String) (time.Duration, error) {
	var body cryptobyte.String
	if !s.ReadASN1(&body, casn1.SEQUENCE) {
		return 0, fmt.Errorf("%w: accuracy", errTSTInfo)
	}
	var sum time.Duration
	for _, f := range []struct {
		tag  casn1.Tag
		unit time.Duration
		max  int64
	}{
		// A second is a claim, a day is none: beyond it the time says nothing.
		{casn1.INTEGER, time.Second, 24 * 60 * 60},
		{casn1.Tag(0).ContextSpecific(), time.Millisecond, 999},
		{casn1.Tag(1).ContextSpecific(), time.Microsecond, 999},
	} {
		if !body.PeekASN1Tag(f.tag) {
			continue
		}
		var n int64
		if !body.ReadASN1Int64WithTag(&n, f.tag) || n < 0 || n > f.max {
			return 0, fmt.Errorf("%w: accuracy", errTSTInfo)
		}
		sum += time.Duration(n) * f.unit
	}
	if !body.Empty() {
		return 0, fmt.Errorf("%w: accuracy", errTSTInfo)
	}
	return sum, nil
}

func (t *tstInfo) readExtensions(s *cryptobyte.String) error {
	var list cryptobyte.String
	if !s.ReadASN1(&list, context1) {
		return fmt.Errorf("%w: extensions", errTSTInfo)
	}
	seen := map[string]bool{}
	for !list.Empty() {
		var ext, value cryptobyte.String
		var oid asn1.ObjectIdentifier
		var critical bool
		if !list.ReadASN1(&ext, casn1.SEQUENCE) || !ext.ReadASN1ObjectIdentifier(&oid) ||
			ext.PeekASN1Tag(casn1.BOOLEAN) && !ext.ReadASN1Boolean(&critical) ||
			!ext.ReadASN1(&value, casn1.OCTET_STRING) || !ext.Empty() || seen[oid.String()] {
			return fmt.Errorf("%w: extension", errTSTInfo)
		}
		seen[oid.String()] = true
		switch {
		case oid.Equal(oidQCStatements):
			t.qualified = claimsQualified(value)
		case critical:
			t.critical = append(t.critical, oid.String())
		}
	}
	return nil
}

// claimsQualified looks for esi4-qtstStatement-1 among the QCStatements (ETSI
// EN 319 422 clause 9.1, RFC 3739 clause 3.2.6).
func claimsQualified(value cryptobyte.String) bool {
	var list, statement cryptobyte.String
	if !value.ReadASN1(&list, casn1.SEQUENCE) || !value.Empty() {
		return false
	}
	for !list.Empty() {
		var oid asn1.ObjectIdentifier
		if !list.ReadASN1(&statement, casn1.SEQUENCE) || !statement.ReadASN1ObjectIdentifier(&oid) {
			return false
		}
		if oid.Equal(oidQualified) {
			return true
		}
	}
	return false
}

// serialText writes a serial number as `openssl ts -reply -text` does: 0x0A1B.
func serialText(n *big.Int) string {
	digits := strings.ToUpper(new(big.Int).Abs(n).Text(16))
	if len(digits)%2 == 1 {
		digits = "0" + digits
	}
	if n.Sign() < 0 {
		return "-0x" + digits
	}
	return "0x" + digits
}

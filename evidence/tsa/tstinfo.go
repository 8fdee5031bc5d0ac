package tsa

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"time"

	"constat/evidence/tsa/der"

	"golang.org/x/crypto/cryptobyte"
	casn1 "golang.org/x/crypto/cryptobyte/asn1"
)

const (
	oidQCStatements = "1.3.6.1.5.5.7.1.3"
	oidQualified    = "0.4.0.19422.1.1" // esi4-qtstStatement-1
)

// maxAccuracy is the widest accuracy that still says a time. Authorities claim
// a second or a minute (ETSI EN 319 421: a second).
const maxAccuracy = 10 * time.Minute

// maxSerial is generous: RFC 3161 clause 2.4.2 asks for 20 bytes.
const maxSerial = 64

// tstInfo is what the authority signed (RFC 3161 clause 2.4.2).
type tstInfo struct {
	version     int64
	policy      string // dotted
	hashAlg     string
	imprint     []byte
	serial      *big.Int
	genTime     time.Time // UTC
	accuracy    time.Duration
	hasAccuracy bool
	nonce       *big.Int // nil if absent
	tsa         []byte   // DER of the GeneralName; nil if absent
	leap        bool     // the time was a leap second
	critical    []string // critical extensions that are not understood
	qualified   bool
}

var errTSTInfo = errors.New("not a TSTInfo")

// parseTSTInfo reads the DER of a TSTInfo with nothing after it.
func parseTSTInfo(raw []byte) (tstInfo, error) {
	var t tstInfo
	var body, imprint, hashed, gen cryptobyte.String
	bad := func(what string) (tstInfo, error) { return t, fmt.Errorf("%w: %s", errTSTInfo, what) }
	s := cryptobyte.String(raw)
	if !s.ReadASN1(&body, casn1.SEQUENCE) {
		return bad("no sequence")
	}
	if !s.Empty() {
		return bad(fmt.Sprintf("%d bytes after its end", len(s)))
	}
	if !body.ReadASN1Integer(&t.version) || !der.ReadOID(&body, &t.policy) {
		return bad("version or policy")
	}
	if !body.ReadASN1(&imprint, casn1.SEQUENCE) || !der.ReadHash(&imprint, &t.hashAlg) ||
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
	if t.genTime, t.leap, err = parseGenTime(string(gen)); err != nil {
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
	if body.PeekASN1Tag(der.Context0) {
		var name cryptobyte.String
		if !body.ReadASN1(&name, der.Context0) {
			return bad("name")
		}
		t.tsa = name
	}
	if body.PeekASN1Tag(der.Context1) {
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
// seconds, no trailing zeros in the fraction (RFC 3161 clause 2.4.2), of which
// there may be any number; nanoseconds are kept. A leap second (ITU-R TF.460: the
// last one of a month) is the beginning of the next day, as clocks count.
func parseGenTime(s string) (at time.Time, leap bool, err error) {
	const layout = "20060102150405"
	bad := fmt.Errorf("%w: time %.40q", errTSTInfo, s)
	if len(s) < len(layout)+1 || s[len(s)-1] != 'Z' {
		return time.Time{}, false, bad
	}
	whole, fraction := s[:len(layout)], s[len(layout):len(s)-1]
	if leap = strings.HasSuffix(whole, "235960"); leap {
		whole = whole[:len(whole)-2] + "59"
	}
	at, err = time.Parse(layout, whole)
	if err != nil || at.Format(layout) != whole {
		return time.Time{}, false, bad
	}
	if leap {
		if at = at.Add(time.Second); at.Day() != 1 {
			return time.Time{}, false, bad
		}
	}
	if fraction == "" {
		return at.UTC(), leap, nil
	}
	digits := strings.TrimPrefix(fraction, ".")
	if digits == "" || len(digits) == len(fraction) || strings.Trim(digits, "0123456789") != "" || digits[len(digits)-1] == '0' {
		return time.Time{}, false, bad
	}
	nanos, err := strconv.Atoi((digits + "000000000")[:9])
	if err != nil {
		return time.Time{}, false, bad
	}
	return at.Add(time.Duration(nanos)).UTC(), leap, nil
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
		{casn1.INTEGER, time.Second, int64(maxAccuracy / time.Second)},
		{casn1.Tag(0).ContextSpecific(), time.Millisecond, 999},
		{casn1.Tag(1).ContextSpecific(), time.Microsecond, 999},
	} {
		if !body.PeekASN1Tag(f.tag) {
			continue
		}
		var n int64
		if !body.ReadASN1Int64WithTag(&n, f.tag) || n < 0 {
			return 0, fmt.Errorf("%w: accuracy", errTSTInfo)
		}
		if n > f.max && f.unit == time.Second {
			return 0, fmt.Errorf("%w: accuracy of %d seconds: wider than %v, it says no time", errTSTInfo, n, maxAccuracy)
		}
		if n > f.max {
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
	if !s.ReadASN1(&list, der.Context1) {
		return fmt.Errorf("%w: extensions", errTSTInfo)
	}
	seen := map[string]bool{}
	for !list.Empty() {
		var ext, value cryptobyte.String
		var oid string
		var critical bool
		if !list.ReadASN1(&ext, casn1.SEQUENCE) || !der.ReadOID(&ext, &oid) ||
			ext.PeekASN1Tag(casn1.BOOLEAN) && !ext.ReadASN1Boolean(&critical) ||
			!ext.ReadASN1(&value, casn1.OCTET_STRING) || !ext.Empty() || seen[oid] {
			return fmt.Errorf("%w: extension", errTSTInfo)
		}
		seen[oid] = true
		switch {
		case oid == oidQCStatements:
			t.qualified = claimsQualified(value)
		case critical:
			t.critical = append(t.critical, oid)
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
		var oid string
		if !list.ReadASN1(&statement, casn1.SEQUENCE) || !der.ReadOID(&statement, &oid) {
			return false
		}
		if oid == oidQualified {
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

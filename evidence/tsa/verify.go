package tsa

import (
	"crypto"
	"crypto/x509"
	"encoding/asn1"
	"errors"
	"fmt"
	"math/big"
	"slices"
	"time"

	"constat/evidence"
	"constat/evidence/tsa/algorithm"
)

// Names of the checks, in the order in which [Verify] lists them.
const (
	CheckReply       = "reply"               // a TimeStampResp with a SignedData with a TSTInfo, at most MaxReply bytes, nothing surplus
	CheckStatus      = "status"              // granted, or grantedWithMods (RFC 3161 clause 2.4.2); not done for a token by itself
	CheckContentType = "content-type"        // the signed content is an id-ct-TSTInfo (RFC 3161 clause 2.4.2)
	CheckVersion     = "version"             // TSTInfo version 1
	CheckImprint     = "imprint"             // equal to the digest
	CheckNonce       = "nonce"               // the number that was sent
	CheckSignature   = "signature"           // exactly one, over this content (RFC 5652 clause 5.6)
	CheckSigningCert = "signing-certificate" // the signature names its certificate (RFC 5035, RFC 5816), and the tsa field its owner
	CheckKeyUsage    = "key-usage"           // for timestamping alone, critical (RFC 3161 clause 2.3)
	CheckValidity    = "validity"            // the time lies within the signer's certificate
	CheckChain       = "chain"               // to a trusted root, at the token's own time
	CheckPinnedRoot  = "pinned-root"         // that root is one that the authority is known to lead to; never voids a token
	CheckExtensions  = "extensions"          // no critical one that is not understood
	CheckPolicy      = "policy"              // the one that was asked for
	CheckKnownPolicy = "known-policy"        // one that the authority is known to issue under; never voids a token
	CheckWindow      = "window"              // the time fits this device's clock: when it was asked for, and now
	CheckRevocation  = "revocation"          // no certificate of the chain was revoked so as to void the token (RFC 3161 clause 4)
	CheckSecond      = "cross-check"         // an independent verifier agrees; not done where it knows less than we do
)

// required are the checks without which there is no Timestamp. The others are
// nonce, policy and window, which need something to compare with, and
// revocation; if they are done, they have to pass too. The cross-check is
// required of every reply that the second verifier is able to judge. A
// pinned-root or a known-policy that failed is a fact for people to look at:
// authorities change their roots and policies, and the chain has been judged already.
var required = []string{
	CheckReply, CheckStatus, CheckContentType, CheckVersion, CheckImprint, CheckSignature, CheckSigningCert,
	CheckKeyUsage, CheckValidity, CheckChain, CheckExtensions,
}

// The usual reasons for which a check is not done, word for word, for who says
// them in other languages. After WhyNoPolicy come a colon and the policy.
const (
	WhyNoRecords = "no revocation list and no OCSP answer was fetched"
	WhyNoNonce   = "the number that was sent is not known"
	WhyNoWindow  = "when it was asked for is not known"
	WhyNoPin     = "no fingerprint is known of this authority"
	WhyNoPolicy  = "none was asked for"
	WhyNoChain   = "there is no trusted chain"
	WhyNoKnown   = "no policy of this authority is known"
)

// Window is the span of this device's clock in which the authority answered.
//
// A passed nonce already proves that the reply is no older than the question,
// so a time outside the window means that one of two clocks is wrong, most
// likely this device's.
type Window struct {
	From, To time.Time
	// Tolerance is added on both sides, besides the token's own accuracy; 0
	// means DefaultTolerance.
	Tolerance time.Duration
}

// DefaultTolerance lets through a device clock that is wrong by a time zone or
// by a date line: a frightened person with a wrong clock needs the timestamp
// more than anybody. The difference itself is a fact for the record.
const DefaultTolerance = 26 * time.Hour

// Options says what a reply is judged by. It is not altered, and the roots
// never come from the reply or from a bundle.
type Options struct {
	Roots       []*x509.Certificate   // pinned; may be intermediate certificates
	SystemRoots bool                  // also Mozilla's list as built in, then the system's
	Pins        []evidence.Digest     // SHA-256 of root certificates that this authority is known to lead to: see findChain
	Nonce       *big.Int              // as sent; nil: not known
	Window      *Window               // nil: not known, as for a token of years ago
	Policy      asn1.ObjectIdentifier // as asked for; nil: any
	Policies    []string              // dotted OIDs under which this authority is known to issue
	Revocation  []RevocationRecord    // what was kept; its signatures are verified against the chain
	Practice    bool                  // let a chain pass that carries evidence.PracticeMark; its root has to be in Roots all the same
	Now         time.Time             // the judge's clock, which no token may be ahead of by more than DefaultTolerance; zero: not known

	// Imprints are digests of the same data by other hash functions; without
	// them only an imprint of SHA-256 can be compared.
	Imprints map[crypto.Hash][]byte
	// Token lets a TimeStampToken pass that has no TimeStampResp around it.
	Token bool
}

// Timestamp is a verified time. Only [Verify] makes one.
type Timestamp struct {
	Time               time.Time     // genTime, UTC
	Accuracy           time.Duration // as claimed; the true time is within Time ± Accuracy
	HasAccuracy        bool          // false: no accuracy is claimed
	Policy             string        // dotted OID
	Serial             string        // as OpenSSL prints it: 0x0A1B
	Signer             string        // subject, RFC 4514
	SignerNotAfter     time.Time     // UTC
	HashAlgorithm      string        // of the imprint, e.g. "SHA-256"
	SignatureAlgorithm string        // e.g. "ECDSA-SHA256"
	RootSubject        string        // RFC 4514
	RootFingerprint    evidence.Digest
	RootSource         string              // RootPinned, RootBuiltIn, RootSystem or RootFingerprint
	ClaimsQualified    bool                // esi4-qtstStatement-1 (ETSI EN 319 422) in the token: its own claim
	Practice           bool                // the chain carries evidence.PracticeMark: worth nothing
	Chain              []*x509.Certificate // from the signer to the root
	// BeyondOpenSSL says why `openssl ts -verify` of today cannot judge this
	// token though it holds; empty: it can. Whoever checks with it alone needs
	// to know that its refusal is none.
	BeyondOpenSSL string
}

// Verify judges a reply, a whole TimeStampResp, against the digest that it has
// to be about. The checks are always all listed, in a fixed order; one that
// could not be done says why. The Timestamp is nil unless none but pinned-root
// or known-policy failed and all but those, nonce, policy, window and revocation were
// done; see [FirstFailure]. cross-check may be missing where the second verifier
// cannot read what has been verified: its silence is no verdict. A signature or
// a chain that is not done is one of an algorithm that this program does not
// know.
//
// The status grantedWithMods is accepted: what an authority may modify and what
// matters here (imprint, nonce, policy, time) is checked in the signed content
// itself, and the detail says that it was granted with modifications.
func Verify(raw []byte, digest evidence.Digest, o Options) (*Timestamp, []evidence.Check) {
	j := judge{o: o, digest: digest}
	j.run(raw)
	done := map[string]evidence.CheckState{}
	if _, failed := FirstFailure(j.checks); failed {
		return nil, j.checks
	}
	for _, c := range j.checks {
		done[c.Name] = c.State
	}
	for _, name := range required {
		if done[name] != evidence.Passed && (name != CheckStatus || !j.resp.bare) {
			return nil, j.checks
		}
	}
	if done[CheckSecond] != evidence.Passed && !j.beyond {
		return nil, j.checks
	}
	root := j.chain[len(j.chain)-1]
	return &Timestamp{
		Time:               j.info.genTime,
		Accuracy:           j.info.accuracy,
		HasAccuracy:        j.info.hasAccuracy,
		Policy:             j.info.policy,
		Serial:             serialText(j.info.serial),
		Signer:             evidence.Clean(j.signer.Subject.String()),
		SignerNotAfter:     j.signer.NotAfter.UTC(),
		HashAlgorithm:      j.imprint.String(),
		SignatureAlgorithm: j.signAlg.String(),
		RootSubject:        evidence.Clean(root.Subject.String()),
		RootFingerprint:    evidence.Sum(root.Raw),
		RootSource:         j.rootSource,
		ClaimsQualified:    j.info.qualified,
		Practice:           isPractice(j.chain),
		Chain:              j.chain,
		BeyondOpenSSL:      j.beyondOpenSSL(),
	}, j.checks
}

// ImprintHash says which hash function the data has to be hashed with before
// [Verify] can compare it. Nothing is verified; 0 if it cannot be read.
func ImprintHash(raw []byte) crypto.Hash {
	resp, err := parseResponse(raw)
	if err != nil {
		return 0
	}
	data, err := parseSignedData(resp.token)
	if err != nil {
		return 0
	}
	info, err := parseTSTInfo(data.content)
	if err != nil {
		return 0
	}
	hash, _ := algorithm.Hash(info.hashAlg)
	return hash
}

// Voids reports whether a check failed so that there is no time: pinned-root and
// known-policy only say that the authority is not as it was known.
func Voids(c evidence.Check) bool {
	return c.State == evidence.Failed && c.Name != CheckPinnedRoot && c.Name != CheckKnownPolicy
}

// FirstFailure returns the first check that voids a token, if there is one.
func FirstFailure(checks []evidence.Check) (evidence.Check, bool) {
	i := slices.IndexFunc(checks, Voids)
	if i < 0 {
		return evidence.Check{}, false
	}
	return checks[i], true
}

// judge holds what one verification has read so far.
type judge struct {
	o      Options
	digest evidence.Digest
	checks []evidence.Check

	resp       response
	data       signedData
	info       tstInfo
	signer     *x509.Certificate
	signAlg    algorithm.Algorithm
	asSent     bool // the signature is over the attributes in the order in which they came
	imprint    crypto.Hash
	paths      *pathfinder
	chain      []*x509.Certificate
	rootSource string
	beyond     bool // the second verifier cannot judge this token
}

func (j *judge) pass(name, format string, args ...any) {
	j.add(name, evidence.Passed, format, args...)
}
func (j *judge) fail(name, format string, args ...any) {
	j.add(name, evidence.Failed, format, args...)
}
func (j *judge) skip(name, format string, args ...any) {
	j.add(name, evidence.NotDone, format, args...)
}

const maxDetail = 300

func (j *judge) add(name string, state evidence.CheckState, format string, args ...any) {
	detail := evidence.Shorten(fmt.Sprintf(format, args...), maxDetail)
	j.checks = append(j.checks, evidence.Check{Name: name, State: state, Detail: detail})
}

// answer records a check that is one error or none. What this program cannot
// check is not done.
func (j *judge) answer(name string, err error, format string, args ...any) {
	switch {
	case errors.Is(err, algorithm.ErrUnsupported):
		j.skip(name, "%v", err)
	case err != nil:
		j.fail(name, "%v", err)
	default:
		j.pass(name, format, args...)
	}
}

func (j *judge) run(raw []byte) {
	var err error
	if j.resp, err = parseResponse(raw); err != nil {
		j.fail(CheckReply, "%v", err)
		j.skipRest("the reply cannot be read")
		return
	}
	if j.resp.bare && !j.o.Token {
		j.fail(CheckReply, "%v: a token without a reply around it", errResponse)
		j.skipRest("the reply cannot be read")
		return
	}
	var dataErr, infoErr error
	if len(j.resp.token) == 0 {
		dataErr = fmt.Errorf("%w: there is no token", errCMS)
	} else if j.data, dataErr = parseSignedData(j.resp.token); dataErr == nil {
		j.info, infoErr = parseTSTInfo(j.data.content)
	}
	switch {
	case dataErr != nil && len(j.resp.token) == 0 && !j.resp.granted():
		j.pass(CheckReply, "a refusal of %d bytes", len(raw))
	case dataErr != nil:
		j.fail(CheckReply, "%v", dataErr)
	case j.data.odd > 0:
		j.answer(
			CheckReply,
			infoErr,
			"%d bytes; %d of what came with the certificates cannot be read and was not used",
			len(raw),
			j.data.odd,
		)
	default:
		j.answer(CheckReply, infoErr, "%d bytes", len(raw))
	}
	if j.resp.bare {
		j.skip(CheckStatus, "there is no reply around the token")
	} else if j.resp.granted() {
		j.pass(CheckStatus, "%s", j.resp.describe())
	} else {
		j.fail(CheckStatus, "%s", j.resp.describe())
	}
	if dataErr != nil {
		j.skipRest("there is no token that can be read")
		return
	}
	if j.data.contentType == oidTSTInfo {
		j.pass(CheckContentType, "id-ct-TSTInfo")
	} else {
		j.fail(CheckContentType, "%v is not id-ct-TSTInfo", j.data.contentType)
	}
	if infoErr != nil {
		j.skipRest("the content of the token cannot be read")
		return
	}
	j.checkContent()
	j.checkSigner()
	j.checkRest()
}

// order is the order of the list.
var order = []string{
	CheckReply, CheckStatus, CheckContentType, CheckVersion, CheckImprint, CheckNonce, CheckSignature, CheckSigningCert,
	CheckKeyUsage, CheckValidity, CheckChain, CheckPinnedRoot, CheckExtensions, CheckPolicy, CheckKnownPolicy, CheckWindow, CheckRevocation, CheckSecond,
}

// skipRest records every check that has no answer yet as not done.
func (j *judge) skipRest(why string) {
	for _, name := range order[len(j.checks):] {
		if name == CheckRevocation {
			j.skipRevocation()
		} else {
			j.skip(name, "%s", why)
		}
	}
}

func (j *judge) skipRevocation() {
	j.skip(CheckRevocation, WhyNoRecords)
}

package tsa

import (
	"bytes"
	"crypto"
	"crypto/x509"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"constat/evidence"
	"constat/evidence/tsa/algorithm"
	"constat/evidence/tsa/names"
)

// checkRevocation judges the kept records at the token's own time.
func (j *judge) checkRevocation() {
	records := slices.Concat(j.o.Revocation, embedded(j.data.records, maxRevocationRecords-len(j.o.Revocation)))
	if len(records) > 0 && j.chain == nil {
		j.skip(CheckRevocation, WhyNoChain)
		return
	}
	state, detail := judgeRevocation(j.chain, j.info.genTime, j.info.accuracy, records)
	j.add(CheckRevocation, state, "%s", detail)
}

// checkContent looks at what was signed.
func (j *judge) checkContent() {
	if j.info.version == 1 {
		j.pass(CheckVersion, "1")
	} else {
		j.fail(CheckVersion, "%d", j.info.version)
	}
	j.checkImprint()
	switch {
	case j.o.Nonce == nil:
		j.skip(CheckNonce, WhyNoNonce)
	case j.info.nonce == nil:
		j.fail(CheckNonce, "missing")
	case j.info.nonce.Cmp(j.o.Nonce) != 0:
		j.fail(CheckNonce, "differs from what was sent")
	default:
		j.pass(CheckNonce, "%#x", j.info.nonce)
	}
}

// checkImprint compares what was stamped with the digest of the same kind. One
// that nobody computed here cannot be compared, which is no less of a refusal.
func (j *judge) checkImprint() {
	hash, err := algorithm.Hash(j.info.hashAlg)
	want, known := j.o.Imprints[hash]
	if hash == crypto.SHA256 {
		want, known = j.digest[:], true
	}
	switch j.imprint = hash; {
	case err != nil:
		j.fail(CheckImprint, "%v", err)
	case !known:
		j.fail(CheckImprint, "hash algorithm %v is not SHA-256", hash)
	case hash == crypto.SHA256 && j.digest.IsZero():
		j.fail(CheckImprint, "there is no digest to compare with")
	case !bytes.Equal(j.info.imprint, want):
		j.fail(CheckImprint, "is %.128x, not %x", j.info.imprint, want)
	default:
		j.pass(CheckImprint, "%v %x", hash, want)
	}
}

// checkSigner looks at who signed, from signature to root.
func (j *judge) checkSigner() {
	var err error
	if j.signer, err = j.data.signerCertificate(j.o.Roots); err != nil {
		j.fail(CheckSignature, "%v", err)
		for _, name := range []string{CheckSigningCert, CheckKeyUsage, CheckValidity, CheckChain, CheckPinnedRoot} {
			j.skip(name, "the signer is not known")
		}
		return
	}
	from, to, at := j.signer.NotBefore.UTC(), j.signer.NotAfter.UTC(), j.info.genTime
	valid := !at.Before(from) && !at.After(to)
	var chainErr error
	if valid {
		j.paths = newPathfinder(slices.Concat(j.data.certificates, j.o.Roots), at)
		j.chain, j.rootSource, chainErr = findChain(j.paths, j.signer, j.o)
	}

	j.signAlg, j.asSent, err = j.data.checkSignature(j.signer, at)
	j.answer(CheckSignature, err, "%v by %s", j.signAlg, j.signer.Subject)
	forms, err := j.checkSigningCertificate()
	j.answer(CheckSigningCert, err, "%s", forms)
	j.answer(CheckKeyUsage, checkKeyUsage(j.signer), "timeStamping, critical")

	span := fmt.Sprintf("%s to %s", from.Format(time.RFC3339), to.Format(time.RFC3339))
	if !valid {
		j.fail(CheckValidity, "%s is not within %s", at.Format(time.RFC3339), span)
		j.skip(CheckChain, "the signer's certificate was not valid at the token's time")
		j.checkPin()
		return
	}
	j.pass(CheckValidity, "%s", span)
	if chainErr == nil && isPractice(j.chain) && (!j.o.Practice || j.rootSource != RootPinned) {
		// Not even for practising from the system's store: somebody who could
		// write there could make everybody's tokens.
		chainErr = fmt.Errorf("%s (%s root)", evidence.PracticeMark, j.rootSource)
		j.chain, j.rootSource = nil, ""
	}
	if chainErr != nil {
		j.answer(CheckChain, chainErr, "")
	} else {
		root := j.chain[len(j.chain)-1]
		j.pass(CheckChain, "%s root %s, SHA-256 %s", j.rootSource, root.Subject, evidence.Sum(root.Raw))
	}
	j.checkPin()
}

// checkSigningCertificate looks at whom the token names as its signer, in the
// signed attributes and in the tsa field.
func (j *judge) checkSigningCertificate() (string, error) {
	var above []*x509.Certificate
	toRoot := false
	if j.chain != nil {
		root := j.chain[len(j.chain)-1]
		above = append(j.paths.above(j.signer, j.chain), j.chain...)
		toRoot = names.Equal(root.RawSubject, root.RawIssuer)
	}
	forms, err := j.data.signers[0].checkSigningCertificate(j.signer, above, toRoot)
	if err != nil {
		return "", err
	}
	return forms, checkTSAName(j.info.tsa, j.signer)
}

// checkPin compares the root that was found with those that are known of this
// authority. Another one is a reason to ask the authority, not to refuse.
func (j *judge) checkPin() {
	if len(j.o.Pins) == 0 {
		j.skip(CheckPinnedRoot, WhyNoPin)
		return
	}
	if j.chain == nil {
		j.skip(CheckPinnedRoot, WhyNoChain)
		return
	}
	root := j.chain[len(j.chain)-1]
	if known := withFingerprint(j.chain, j.o.Pins); len(known) > 0 {
		j.pass(CheckPinnedRoot, "SHA-256 %s", evidence.Sum(known[len(known)-1].Raw))
	} else {
		j.fail(CheckPinnedRoot, "leads to %s, SHA-256 %s, known is %s", root.Subject, evidence.Sum(root.Raw), j.o.Pins[0])
	}
}

// checkRest looks at what is left, and asks the second verifier last.
func (j *judge) checkRest() {
	if len(j.info.critical) == 0 {
		j.pass(CheckExtensions, "none is critical and unknown")
	} else {
		j.fail(CheckExtensions, "critical and unknown: %v", j.info.critical)
	}
	switch {
	case j.o.Policy == nil:
		j.skip(CheckPolicy, "%s: %v", WhyNoPolicy, j.info.policy)
	case j.o.Policy.String() != j.info.policy:
		j.fail(CheckPolicy, "%v, not %v", j.info.policy, j.o.Policy)
	default:
		j.pass(CheckPolicy, "%v", j.info.policy)
	}
	switch {
	case len(j.o.Policies) == 0:
		j.skip(CheckKnownPolicy, WhyNoKnown)
	case slices.Contains(j.o.Policies, j.info.policy):
		j.pass(CheckKnownPolicy, "%s", j.info.policy)
	default:
		j.fail(CheckKnownPolicy, "%s, known is %s", j.info.policy, strings.Join(j.o.Policies, ", "))
	}
	j.checkWindow()
	j.checkRevocation()
	if c, failed := FirstFailure(j.checks); failed {
		j.skip(CheckSecond, "%s failed", c.Name)
		return
	}
	for _, name := range []string{CheckSignature, CheckChain} {
		if i := slices.IndexFunc(j.checks, func(c evidence.Check) bool { return c.Name == name }); j.checks[i].State != evidence.Passed {
			j.skip(CheckSecond, "%s was not done", name)
			return
		}
	}
	err := j.crossCheck()
	if j.beyond = errors.Is(err, errBeyond); j.beyond {
		j.skip(CheckSecond, "%v", err)
		return
	}
	j.answer(CheckSecond, err, "sigstore timestamp-authority agrees")
}

// checkWindow compares the time with this device's clock: as it was when the
// authority answered, and as it is now, which no token can be ahead of.
func (j *judge) checkWindow() {
	at := j.info.genTime
	if now := j.o.Now; !now.IsZero() && at.Add(-j.info.accuracy).After(now.Add(DefaultTolerance)) {
		j.fail(CheckWindow, "%s lies after this device's clock, %s, tolerance %v", at.Format(time.RFC3339Nano),
			now.UTC().Format(time.RFC3339), DefaultTolerance)
		return
	}
	w := j.o.Window
	if w == nil {
		j.skip(CheckWindow, WhyNoWindow)
		return
	}
	slack := w.Tolerance
	if slack == 0 {
		slack = DefaultTolerance
	}
	slack += j.info.accuracy
	from, to := w.From.Add(-slack), w.To.Add(slack)
	fact := fmt.Sprintf("%s; asked %s, answered %s, tolerance %v", at.Format(time.RFC3339Nano),
		w.From.UTC().Format(time.RFC3339Nano), w.To.UTC().Format(time.RFC3339Nano), slack)
	if at.Before(from) || at.After(to) {
		j.fail(CheckWindow, "%s", fact)
	} else {
		j.pass(CheckWindow, "%s", fact)
	}
}

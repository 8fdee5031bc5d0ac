package tsa_test

import (
	"bytes"
	"crypto"
	"crypto/rsa"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"constat/evidence"
	"constat/evidence/tsa"

	"golang.org/x/crypto/ocsp"
)

var (
	oidIDP   = asn1.ObjectIdentifier{2, 5, 29, 28}
	oidDelta = asn1.ObjectIdentifier{2, 5, 29, 27}

	oidInvalidity = asn1.ObjectIdentifier{2, 5, 29, 24}
	oidExpired    = asn1.ObjectIdentifier{2, 5, 29, 60}
	oidCutoff     = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 48, 1, 6}
)

// revocationForge makes records about a forged reply; a test spoils them.
type revocationForge struct {
	*forge
	from, until time.Time
	issuer      *x509.Certificate
	issuerKey   crypto.Signer

	revoked    time.Time // zero: good
	reason     int
	hasReason  bool
	extensions []pkix.Extension // of the list, or of the OCSP answer
	entry      []pkix.Extension
	about      *x509.Certificate
	status     int  // OCSP
	weak       bool // signs the list with SHA-1
	responder  *x509.Certificate
	respKey    crypto.Signer
}

// newRevocationForge is a good reply under a root that may sign lists.
func newRevocationForge(t testing.TB) *revocationForge {
	f := newForge(t)
	form := rootForm()
	form.keyUsage = x509.KeyUsageCertSign | x509.KeyUsageCRLSign
	f.root = form.issue(t, nil, rootKey())
	f.signer(t, certForm{})
	return &revocationForge{
		forge: f, from: stamped.Add(-time.Hour), until: stamped.Add(time.Hour), issuer: f.root, issuerKey: rootKey(),
		about: f.cert, status: ocsp.Good, responder: f.root, respKey: rootKey(),
	}
}

func (f *revocationForge) crl(t testing.TB) tsa.RevocationRecord {
	t.Helper()
	form := &x509.RevocationList{Number: big.NewInt(7), ThisUpdate: f.from, NextUpdate: f.until, ExtraExtensions: f.extensions}
	if !f.revoked.IsZero() {
		entry := x509.RevocationListEntry{SerialNumber: f.about.SerialNumber, RevocationTime: f.revoked, ExtraExtensions: f.entry}
		if f.hasReason {
			entry.ReasonCode = f.reason
		}
		form.RevokedCertificateEntries = []x509.RevocationListEntry{entry}
	}
	if f.weak {
		form.SignatureAlgorithm = x509.ECDSAWithSHA1
	}
	issuer := *f.issuer
	issuer.SubjectKeyId = []byte{1} // the maker insists on one
	der, err := x509.CreateRevocationList(nil, form, &issuer, f.issuerKey)
	if err != nil {
		t.Fatal(err)
	}
	return tsa.RevocationRecord{Kind: tsa.KindCRL, Raw: der}
}

func (f *revocationForge) ocsp(t testing.TB) tsa.RevocationRecord {
	t.Helper()
	form := ocsp.Response{Status: f.status, SerialNumber: f.about.SerialNumber, ThisUpdate: f.from, NextUpdate: f.until,
		IssuerHash: crypto.SHA256, ExtraExtensions: f.extensions}
	if f.responder != f.root {
		form.Certificate = f.responder
	}
	if !f.revoked.IsZero() {
		form.Status, form.RevokedAt, form.RevocationReason = ocsp.Revoked, f.revoked, f.reason
	}
	der, err := ocsp.CreateResponse(f.issuer, f.responder, form, f.respKey)
	if err != nil {
		t.Fatal(err)
	}
	return tsa.RevocationRecord{Kind: tsa.KindOCSP, Raw: der}
}

func (f *revocationForge) judge(t testing.TB, records ...tsa.RevocationRecord) (*tsa.Timestamp, evidence.Check) {
	t.Helper()
	o := f.options()
	o.Revocation = records
	ts, checks := tsa.Verify(f.build(t), evidence.Sum(payload), o)
	for _, c := range checks {
		if c.Name == tsa.CheckRevocation {
			if f2 := failed(checks); (c.State == evidence.Failed) != (len(f2) > 0) {
				t.Errorf("failed: %v", f2)
			}
			return ts, c
		}
	}
	t.Fatal("no such check")
	return nil, evidence.Check{}
}

// responderOf appoints an OCSP responder, or somebody who only looks like one.
func (f *revocationForge) responderOf(t testing.TB, key crypto.Signer, usages ...asn1.ObjectIdentifier) {
	form := certForm{serial: 88, name: "Responder", from: goodFrom, to: goodTo, key: key, usages: usages, plain: true}
	f.responder, f.respKey = form.issue(t, f.root, rootKey()), key
}

var oidOCSPSigning = asn1.ObjectIdentifier{1, 3, 6, 1, 5, 5, 7, 3, 9}

func TestRevocationRecords(t *testing.T) {
	const passed, failed, open = evidence.Passed, evidence.Failed, evidence.NotDone
	idp := func(der ...byte) []pkix.Extension {
		return []pkix.Extension{{Id: oidIDP, Critical: true, Value: append([]byte{0x30, byte(len(der))}, der...)}}
	}
	for _, c := range []struct {
		name  string
		spoil func(t *testing.T, f *revocationForge)
		crl   evidence.CheckState // "" where there is no such list
		ocsp  evidence.CheckState
	}{
		{"good", func(*testing.T, *revocationForge) {}, passed, passed},
		{"made after the token", func(_ *testing.T, f *revocationForge) {
			f.from, f.until = stamped.AddDate(0, 1, 0), stamped.AddDate(0, 2, 0)
		}, passed, passed},
		{"out of date at the token's time", func(_ *testing.T, f *revocationForge) {
			f.from, f.until = stamped.Add(-2*time.Hour), stamped.Add(-time.Second)
		}, open, open},
		{"made after the certificate expired", func(_ *testing.T, f *revocationForge) {
			f.from, f.until = goodTo.Add(time.Second), goodTo.AddDate(0, 1, 0)
		}, open, open},
		{"without an end, from before the token", func(_ *testing.T, f *revocationForge) { f.until = time.Time{} }, "", open},
		{"without an end, from after it", func(_ *testing.T, f *revocationForge) {
			f.from, f.until = stamped, time.Time{}
		}, "", passed},
		{"from the second of the token, which has fractions", func(_ *testing.T, f *revocationForge) {
			f.genTime, f.from, f.until = stamped.Format("20060102150405")+".9Z", stamped, time.Time{}
		}, "", passed},
		{"revoked before", func(_ *testing.T, f *revocationForge) {
			f.revoked, f.reason, f.hasReason = stamped.Add(-time.Minute), 4, true
		}, failed, failed},
		{"revoked within the accuracy", func(_ *testing.T, f *revocationForge) {
			f.revoked, f.reason, f.hasReason = stamped.Add(time.Second), 4, true
		}, failed, failed},
		{"superseded later", func(_ *testing.T, f *revocationForge) {
			f.revoked, f.reason, f.hasReason = stamped.Add(time.Minute), 4, true
		}, passed, passed},
		{"no reason, later", func(_ *testing.T, f *revocationForge) { f.revoked = stamped.Add(time.Minute) }, failed, ""},
		{"CA compromised later", func(_ *testing.T, f *revocationForge) {
			f.revoked, f.reason, f.hasReason = stamped.Add(time.Minute), 2, true
		}, failed, failed},
		{"privilege withdrawn later", func(_ *testing.T, f *revocationForge) {
			f.revoked, f.reason, f.hasReason = stamped.Add(time.Minute), 9, true
		}, failed, failed},
		{"compromised, says a record that is out of date", func(_ *testing.T, f *revocationForge) {
			f.revoked, f.reason, f.hasReason = stamped.AddDate(0, 0, -9), 1, true
			f.from, f.until = stamped.AddDate(0, 0, -8), stamped.AddDate(0, 0, -7)
		}, failed, failed},
		{"on hold, says a record that is out of date", func(_ *testing.T, f *revocationForge) {
			f.revoked, f.reason, f.hasReason = stamped.AddDate(0, 0, -9), 6, true
			f.from, f.until = stamped.AddDate(0, 0, -8), stamped.AddDate(0, 0, -7)
		}, open, open},
		{"another certificate is revoked", func(_ *testing.T, f *revocationForge) {
			f.about, f.revoked = &x509.Certificate{SerialNumber: big.NewInt(4711)}, stamped.Add(-time.Minute)
		}, passed, open},
		{"signed by a stranger", func(_ *testing.T, f *revocationForge) { f.issuerKey, f.respKey = otherKey(), otherKey() }, "", open},
		{"of another issuer", func(t *testing.T, f *revocationForge) {
			form := rootForm()
			form.name, form.key, form.keyUsage = "Other root", otherKey(), x509.KeyUsageCRLSign|x509.KeyUsageCertSign
			f.issuer, f.issuerKey = form.issue(t, nil, otherKey()), otherKey()
			f.responder, f.respKey = f.issuer, otherKey()
		}, open, open},
		{"another issuer of the same name", func(t *testing.T, f *revocationForge) {
			form := rootForm()
			form.key, form.keyUsage = otherKey(), x509.KeyUsageCRLSign|x509.KeyUsageCertSign
			f.issuer, f.issuerKey = form.issue(t, nil, otherKey()), otherKey()
			f.responder, f.respKey = f.issuer, otherKey()
		}, open, open},
		{"another issuer with the same key", func(t *testing.T, f *revocationForge) {
			form := rootForm()
			form.name, form.keyUsage = "Other root", x509.KeyUsageCRLSign|x509.KeyUsageCertSign
			f.issuer = form.issue(t, nil, rootKey())
			f.responder = f.issuer
		}, open, open},
		{"about a namesake of the issuer, signed by the issuer", func(t *testing.T, f *revocationForge) {
			form := rootForm()
			form.key, form.keyUsage = otherKey(), x509.KeyUsageCRLSign|x509.KeyUsageCertSign
			f.issuer = form.issue(t, nil, otherKey())
		}, "", open},
		{"signed with SHA-1", func(_ *testing.T, f *revocationForge) { f.weak = true }, open, ""},
		{"list by delta", func(_ *testing.T, f *revocationForge) {
			f.extensions = []pkix.Extension{{Id: oidDelta, Critical: true, Value: []byte{2, 1, 1}}}
		}, open, open},
		{"extension that is not understood", func(_ *testing.T, f *revocationForge) {
			f.extensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 3}, Critical: true, Value: []byte{5, 0}}}
		}, open, open},
		{"extension that matters to nobody", func(_ *testing.T, f *revocationForge) {
			f.extensions = []pkix.Extension{{Id: asn1.ObjectIdentifier{1, 2, 3}, Value: []byte{5, 0}}}
		}, passed, passed},
		{"list of end entities", func(_ *testing.T, f *revocationForge) { f.extensions = idp(0x81, 1, 0xff) }, passed, ""},
		{"list of authorities", func(_ *testing.T, f *revocationForge) { f.extensions = idp(0x82, 1, 0xff) }, open, ""},
		{"list for some reasons", func(_ *testing.T, f *revocationForge) { f.extensions = idp(0x83, 2, 1, 6) }, open, ""},
		{"indirect list", func(_ *testing.T, f *revocationForge) { f.extensions = idp(0x84, 1, 0xff) }, open, ""},
		{"list of another distribution point", func(_ *testing.T, f *revocationForge) {
			f.extensions = idp(0xa0, 6, 0xa0, 4, 0x86, 2, 'x', ':')
		}, open, ""},
		{"entry of another issuer", func(_ *testing.T, f *revocationForge) {
			f.revoked = stamped.Add(-time.Minute)
			f.entry = []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 29}, Critical: true, Value: []byte{0x30, 0}}}
		}, open, ""},
		{"superseded later, invalid before", func(t *testing.T, f *revocationForge) {
			f.revoked, f.reason, f.hasReason = stamped.Add(time.Hour), 4, true
			f.entry = []pkix.Extension{{Id: oidInvalidity, Value: generalizedTime(t, stamped.Add(-time.Minute))}}
			f.extensions = slices.Concat(f.extensions, f.entry)
		}, failed, failed},
		{"superseded later, invalid later", func(t *testing.T, f *revocationForge) {
			f.revoked, f.reason, f.hasReason = stamped.Add(time.Hour), 4, true
			f.entry = []pkix.Extension{{Id: oidInvalidity, Value: generalizedTime(t, stamped.Add(time.Minute))}}
			f.extensions = slices.Concat(f.extensions, f.entry)
		}, passed, passed},
		{"superseded, invalid from after that", func(t *testing.T, f *revocationForge) {
			f.revoked, f.reason, f.hasReason = stamped.Add(-time.Hour), 4, true
			f.entry = []pkix.Extension{{Id: oidInvalidity, Value: generalizedTime(t, stamped.Add(time.Hour))}}
			f.extensions = slices.Concat(f.extensions, f.entry)
		}, failed, failed},
		{"invalid at a time that cannot be read", func(_ *testing.T, f *revocationForge) {
			f.revoked, f.reason, f.hasReason = stamped.Add(time.Hour), 4, true
			f.entry = []pkix.Extension{{Id: oidInvalidity, Value: []byte{5, 0}}}
			f.extensions = slices.Concat(f.extensions, f.entry)
		}, open, open},
		{"made after the certificate expired, kept since before", func(t *testing.T, f *revocationForge) {
			f.from, f.until = goodTo.Add(time.Second), goodTo.AddDate(0, 1, 0)
			f.extensions = []pkix.Extension{{Id: oidCutoff, Value: generalizedTime(t, stamped)}, {Id: oidExpired, Value: generalizedTime(t, stamped)}}
		}, passed, passed},
		{"made after the certificate expired, kept since after", func(t *testing.T, f *revocationForge) {
			f.from, f.until = goodTo.AddDate(1, 0, 0), goodTo.AddDate(2, 0, 0)
			since := generalizedTime(t, goodTo.Add(time.Second))
			f.extensions = []pkix.Extension{{Id: oidCutoff, Value: since}, {Id: oidExpired, Value: since}}
		}, open, open},
		{"revoked, said after the certificate expired and kept", func(t *testing.T, f *revocationForge) {
			f.from, f.until = goodTo.AddDate(1, 0, 0), goodTo.AddDate(2, 0, 0)
			f.revoked, f.reason, f.hasReason = stamped.Add(-time.Hour), 4, true
			f.extensions = []pkix.Extension{{Id: oidCutoff, Value: generalizedTime(t, stamped)}}
		}, failed, failed},
		{"issuer named in another string type", func(t *testing.T, f *revocationForge) {
			other := *f.issuer
			other.RawSubject = forgeName(t, utf8, "FORGE", "root")
			f.issuer = &other
			f.signer(t, certForm{issuer: other.RawSubject})
			f.responder = f.root
		}, passed, passed},
		{"the responder does not know", func(_ *testing.T, f *revocationForge) { f.status = ocsp.Unknown }, "", open},
		{"appointed responder", func(t *testing.T, f *revocationForge) { f.responderOf(t, otherKey(), oidOCSPSigning) }, "", passed},
		{"responder appointed for another century", func(t *testing.T, f *revocationForge) {
			form := certForm{serial: 88, name: "Responder", from: goodTo.AddDate(200, 0, 0), to: goodTo.AddDate(201, 0, 0), key: otherKey(),
				usages: []asn1.ObjectIdentifier{oidOCSPSigning}, plain: true}
			f.responder, f.respKey = form.issue(t, f.root, rootKey()), otherKey()
		}, "", open},
		{"responder with a certificate for timestamps", func(t *testing.T, f *revocationForge) {
			f.responderOf(t, otherKey(), oidStamping)
		}, "", open},
		{"the signer speaks for itself", func(_ *testing.T, f *revocationForge) { f.responder, f.respKey = f.cert, signerKey() }, "", open},
		{"responder whose appointment has ended", func(t *testing.T, f *revocationForge) {
			form := certForm{serial: 88, name: "Responder", from: goodFrom, to: stamped.Add(time.Hour), key: otherKey(),
				usages: []asn1.ObjectIdentifier{oidOCSPSigning}, plain: true}
			f.responder, f.respKey = form.issue(t, f.root, rootKey()), otherKey()
		}, "", open},
		{"responder appointed under another name of the issuer", func(t *testing.T, f *revocationForge) {
			form := rootForm()
			form.name = "Other root"
			other := form.issue(t, nil, rootKey())
			form = certForm{serial: 88, name: "Responder", from: goodFrom, to: goodTo, key: otherKey(),
				usages: []asn1.ObjectIdentifier{oidOCSPSigning}, plain: true}
			f.responder, f.respKey = form.issue(t, other, rootKey()), otherKey()
		}, "", open},
		{"responder appointed by itself", func(t *testing.T, f *revocationForge) {
			form := certForm{serial: 88, name: "Root", from: goodFrom, to: goodTo, key: otherKey(), usages: []asn1.ObjectIdentifier{oidOCSPSigning}, plain: true}
			f.responder, f.respKey = form.issue(t, nil, otherKey()), otherKey()
		}, "", open},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newRevocationForge(t)
			c.spoil(t, f)
			for _, k := range []struct {
				want evidence.CheckState
				make func(testing.TB) tsa.RevocationRecord
			}{{c.crl, f.crl}, {c.ocsp, f.ocsp}} {
				if k.want == "" {
					continue
				}
				r := k.make(t)
				ts, got := f.judge(t, r)
				if got.State != k.want || (ts != nil) != (k.want != failed) {
					t.Errorf("%s: %+v", r.Kind, got)
				}
			}
		})
	}
}

func generalizedTime(t testing.TB, at time.Time) []byte {
	t.Helper()
	der, err := asn1.MarshalWithParams(at.UTC(), "generalized")
	if err != nil {
		t.Fatal(err)
	}
	return der
}

// What the authority sends along inside the token is judged like any record,
// and costs those of others nothing.
func TestRevocationInsideTheToken(t *testing.T) {
	f := newRevocationForge(t)
	good := f.crl(t)
	other := append([]byte{6, 8, 0x2b, 6, 1, 5, 5, 7, 0x10, 2}, f.ocsp(t).Raw...)
	f.records = [][]byte{good.Raw}
	if ts, c := f.judge(t); ts == nil || c.State != evidence.Passed {
		t.Errorf("a list: %+v", c)
	}
	choice := append([]byte{0xa1, 0x82, byte(len(other) >> 8), byte(len(other))}, other...)
	f.records = [][]byte{choice}
	if ts, c := f.judge(t); ts == nil || c.State != evidence.Passed {
		t.Errorf("an OCSP answer: %+v", c)
	}
	f.revoked = stamped.Add(-time.Minute)
	f.records = [][]byte{f.crl(t).Raw}
	if ts, c := f.judge(t); ts != nil || c.State != evidence.Failed {
		t.Errorf("a list on which it is revoked: %+v", c)
	}
	f.records = slices.Repeat([][]byte{{0x30, 3, 2, 1, 1}}, 100)
	if ts, c := f.judge(t, good); ts == nil || c.State != evidence.Passed {
		t.Errorf("a hundred useless ones beside a good one: %+v", c)
	}
	f.records = [][]byte{{4, 1, 0}}
	if ts, checks := tsa.Verify(f.build(t), evidence.Sum(payload), f.options()); ts != nil || strings.Join(failed(checks), " ") != tsa.CheckReply {
		t.Errorf("what is no record: %v", checks)
	}
}

func TestReadRecord(t *testing.T) {
	f := newRevocationForge(t)
	for _, r := range []tsa.RevocationRecord{f.crl(t), f.ocsp(t)} {
		for form, file := range map[string][]byte{
			"DER": r.Raw, "PEM": pem.EncodeToMemory(&pem.Block{Type: "X509 CRL", Bytes: r.Raw}),
		} {
			got, err := tsa.ReadRecord(file)
			if err != nil || got.Kind != r.Kind || !bytes.Equal(got.Raw, r.Raw) {
				t.Errorf("%s in %s: %v %v", r.Kind, form, got.Kind, err)
			}
		}
	}
	for _, junk := range []string{"", "junk", "\x30\x00\x00", "-----BEGIN X509 CRL-----\n-----END X509 CRL-----\n"} {
		if _, err := tsa.ReadRecord([]byte(junk)); err == nil {
			t.Errorf("%q", junk)
		}
	}
}

func TestRevocationSeveralRecords(t *testing.T) {
	f := newRevocationForge(t)
	good, junk := f.ocsp(t), tsa.RevocationRecord{Kind: tsa.KindCRL, Raw: []byte("junk")}
	old := newRevocationForge(t)
	old.from, old.until = stamped.Add(-2*time.Hour), stamped.Add(-time.Hour)
	if _, c := f.judge(t, junk, old.crl(t), good); c.State != evidence.Passed {
		t.Errorf("one good among useless ones: %+v", c)
	}
	f.revoked, f.reason, f.hasReason = stamped.Add(time.Hour), 1, true
	if ts, c := f.judge(t, good, f.crl(t)); ts != nil || c.State != evidence.Failed {
		t.Errorf("good, and compromised since: %+v", c)
	}
	many := make([]tsa.RevocationRecord, 33)
	for i := range many {
		many[i] = good
	}
	if _, c := f.judge(t, many...); c.State != evidence.NotDone {
		t.Errorf("33 records: %+v", c)
	}
	for kind, size := range map[tsa.RevocationKind]int{tsa.KindOCSP: tsa.MaxOCSP, tsa.KindCRL: tsa.MaxCRL, "other": 0} {
		big := tsa.RevocationRecord{Kind: kind, Raw: make([]byte, size+1)}
		if _, c := f.judge(t, big); c.State != evidence.NotDone || !strings.Contains(c.Detail, "bytes") {
			t.Errorf("%s: %+v", kind, c)
		}
	}
}

// An intermediate authority is asked about too.
func TestRevocationOfAnIntermediate(t *testing.T) {
	f := newRevocationForge(t)
	middle := certForm{serial: 2, name: "Middle", from: goodFrom, to: goodTo, ca: true, key: middleKey(),
		keyUsage: x509.KeyUsageCertSign | x509.KeyUsageCRLSign}.issue(t, f.root, rootKey())
	f.signerUnder(t, certForm{}, middle, middleKey())
	f.bag = append(f.bag, middle)
	byRoot := f.crl(t)
	if _, c := f.judge(t, byRoot); c.State != evidence.NotDone || !strings.Contains(c.Detail, "CN=Signer") {
		t.Errorf("nothing about the signer: %+v", c)
	}
	f.extensions = []pkix.Extension{{Id: oidIDP, Critical: true, Value: []byte{0x30, 3, 0x81, 1, 0xff}}}
	onlyEnd := f.crl(t)
	f.extensions = nil
	f.issuer, f.issuerKey = middle, middleKey()
	byMiddle := f.crl(t)
	if _, c := f.judge(t, onlyEnd, byMiddle); c.State != evidence.NotDone {
		t.Errorf("a list of end entities says nothing of an authority: %+v", c)
	}
	if _, c := f.judge(t, byMiddle); c.State != evidence.NotDone || !strings.Contains(c.Detail, "CN=Middle") {
		t.Errorf("nothing about the intermediate: %+v", c)
	}
	if ts, c := f.judge(t, byRoot, byMiddle); ts == nil || c.State != evidence.Passed {
		t.Errorf("both: %+v", c)
	}
	f.issuer, f.issuerKey, f.about = f.root, rootKey(), middle
	f.revoked, f.reason, f.hasReason = stamped.Add(-time.Hour), 4, true
	if ts, c := f.judge(t, f.crl(t), byMiddle); ts != nil || c.State != evidence.Failed || !strings.Contains(c.Detail, "CN=Middle") {
		t.Errorf("the intermediate is revoked: %+v", c)
	}
}

// With any single byte changed, a record counts as if it were not there.
func TestRevocationBytesChanged(t *testing.T) {
	f := newRevocationForge(t)
	for _, r := range []tsa.RevocationRecord{f.crl(t), f.ocsp(t)} {
		for i := range r.Raw {
			changed := r
			changed.Raw = bytes.Clone(r.Raw)
			changed.Raw[i] ^= 0x41
			state, detail := tsa.JudgeRevocation([]*x509.Certificate{f.cert, f.root}, stamped, 0, []tsa.RevocationRecord{changed})
			if state != evidence.NotDone {
				t.Errorf("%s: byte %d of %d: %s %s", r.Kind, i, len(r.Raw), state, detail)
			}
		}
	}
}

// A responder's key of half a megabit is never computed with.
func TestRevocationHugeResponderKey(t *testing.T) {
	f := newRevocationForge(t)
	f.responderOf(t, otherKey(), oidOCSPSigning)
	huge := &rsa.PublicKey{N: new(big.Int).SetBit(big.NewInt(1), 200_000, 1), E: 65537}
	f.responder = certForm{serial: 88, name: "Responder", from: goodFrom, to: goodTo, key: otherKey(), usages: []asn1.ObjectIdentifier{oidOCSPSigning},
		plain: true, public: huge}.issue(t, f.root, rootKey())
	if ts, c := f.judge(t, f.ocsp(t)); ts == nil || c.State != evidence.NotDone {
		t.Errorf("%+v", c)
	}
}

func FuzzRevocation(f *testing.F) {
	forged := newRevocationForge(f)
	f.Add(true, forged.ocsp(f).Raw)
	f.Add(false, forged.crl(f).Raw)
	forged.responderOf(f, otherKey(), oidOCSPSigning)
	forged.revoked, forged.reason, forged.hasReason = stamped.Add(time.Hour), 4, true
	f.Add(true, forged.ocsp(f).Raw)
	f.Add(false, forged.crl(f).Raw)
	chain := []*x509.Certificate{forged.cert, forged.root}
	f.Fuzz(func(t *testing.T, isOCSP bool, raw []byte) {
		r := tsa.RevocationRecord{Kind: tsa.KindCRL, Raw: raw}
		if isOCSP {
			r.Kind = tsa.KindOCSP
		}
		if state, detail := tsa.JudgeRevocation(chain, stamped, 0, []tsa.RevocationRecord{r}); state == evidence.Failed || detail == "" {
			t.Fatalf("nobody signed that it was revoked before: %s %s", state, detail)
		}
	})
}

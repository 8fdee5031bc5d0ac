package tsa_test

import (
	"crypto/x509/pkix"
	"slices"
	"strings"
	"testing"

	"constat/evidence"
	"constat/evidence/tsa"
)

// FuzzVerify: whatever the bytes, there is an answer to every check, and no
// time but the one that was signed.
func FuzzVerify(f *testing.F) {
	forged := newForge(f)
	forged.text = "Operation Okay"
	good := forged.build(f)
	f.Add(good)
	f.Add(toBER(f, good))
	forged.extensions = []extension{{oidQC, false, []byte{0x30, 0}}}
	forged.essV1, forged.bag = forged.cert, append(forged.bag, forged.root)
	f.Add(forged.build(f))
	refusal := newForge(f)
	refusal.status, refusal.failBit, refusal.noToken = 2, 25, true
	f.Add(refusal.build(f))
	byKey := newForge(f)
	byKey.signer(f, certForm{keyIDOf: []byte{1, 2, 3}})
	byKey.keyID = true
	f.Add(byKey.build(f))
	f.Add([]byte{0x30, 0x80, 0, 0})
	odd := newForge(f)
	odd.odd, odd.records = [][]byte{tagged(0xa2, []byte{0x30, 3, 2, 1, 1})}, [][]byte{{0x30, 0}}
	odd.under(f, certForm{extra: []pkix.Extension{constraint(f, false, true, nameOf(f, attribute{10, utf8, "FORGE"}))}}, certForm{})
	odd.asSent, odd.sidIssuer, odd.tsaName = true, forgeName(f, utf8, "forge", "middle"), tagged(0xa4, odd.cert.RawSubject)
	f.Add(odd.build(f))
	f.Add(odd.token(f))
	digest := evidence.Sum(payload)
	o := forged.options()
	o.Roots = append(o.Roots, refusal.root)
	o.Token = true
	f.Fuzz(func(t *testing.T, raw []byte) {
		ts, checks := tsa.Verify(raw, digest, o)
		if len(checks) != 18 {
			t.Fatalf("%d checks", len(checks))
		}
		if ts != nil && !ts.Time.Equal(stamped) {
			t.Fatalf("a time that nobody signed: %v", ts.Time)
		}
		unknown := func(c evidence.Check) bool {
			return c.State == evidence.NotDone && strings.Contains(c.Detail, "this program cannot check it")
		}
		if ts == nil && len(failed(checks)) == 0 && !slices.ContainsFunc(checks, unknown) {
			t.Fatalf("no timestamp, and no reason: %v", checks)
		}
	})
}

func FuzzParseRootsPEM(f *testing.F) {
	root := newForge(f).rootPEM()
	f.Add([]byte(root))
	f.Add([]byte("text\n" + root + root))
	f.Add([]byte("-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		roots, err := tsa.ParseRootsPEM(b)
		if (err == nil) != (len(roots) > 0) {
			t.Fatalf("%d roots, %v", len(roots), err)
		}
		for _, r := range roots {
			if r == nil || len(r.Raw) == 0 {
				t.Fatal("an empty root")
			}
		}
	})
}

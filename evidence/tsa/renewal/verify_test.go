package renewal_test

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"fmt"
	"math/big"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"constat/evidence"
	"constat/evidence/tsa"
	"constat/evidence/tsa/renewal"
	"constat/evidence/tsa/tsatest"
)

var ecKey = &ecdsa.PublicKey{Curve: elliptic.P256()}

func day(year, month, day int) time.Time {
	return time.Date(year, time.Month(month), day, 12, 0, 0, 0, time.UTC)
}

// stamp is a verified time with a signer that ends when told, under a root of
// a kind of key. Only Verify makes real ones; what counts here is dates.
func stamp(at, until time.Time, root crypto.PublicKey) *tsa.Timestamp {
	return &tsa.Timestamp{Time: at, SignerNotAfter: until, Chain: []*x509.Certificate{
		{NotAfter: until, PublicKey: ecKey}, {NotAfter: at.AddDate(0, 0, 1), PublicKey: root},
	}}
}

func rsaOf(bits uint) *rsa.PublicKey {
	return &rsa.PublicKey{N: new(big.Int).SetBit(new(big.Int), int(bits)-1, 1), E: 65537}
}

// withPSS has every signature of a chain made with RSASSA-PSS.
func withPSS(ts *tsa.Timestamp) *tsa.Timestamp {
	ts.SignatureAlgorithm = "SHA256-RSAPSS"
	for _, c := range ts.Chain {
		c.SignatureAlgorithm = x509.SHA256WithRSAPSS
	}
	return ts
}

func TestLimitAndDue(t *testing.T) {
	far, at := day(2040, 1, 1), day(2026, 1, 1)
	end := func(year int) time.Time { return time.Date(year, 12, 31, 23, 59, 59, 0, time.UTC) }
	middle := stamp(at, far, ecKey)
	middle.Chain = slices.Insert(middle.Chain, 1, &x509.Certificate{NotAfter: day(2027, 1, 1), PublicKey: ecKey})
	for _, c := range []struct {
		name  string
		ts    *tsa.Timestamp
		until time.Time
		why   renewal.Reason
	}{
		{"signer ends", stamp(at, day(2030, 1, 1), ecKey), day(2030, 1, 1), renewal.CertificateEnds},
		{"intermediate ends first", middle, day(2027, 1, 1), renewal.CertificateEnds},
		{"P-256", stamp(at, far, ecKey), end(2035), renewal.AlgorithmEnds},
		{"P-224", stamp(at, far, &ecdsa.PublicKey{Curve: elliptic.P224()}), end(2030), renewal.AlgorithmEnds},
		{"RSA 4096", stamp(at, far, rsaOf(4096)), end(2028), renewal.AlgorithmEnds},
		{"RSA 3000", stamp(at, far, rsaOf(3000)), end(2028), renewal.AlgorithmEnds},
		{"RSA 4096 with PSS", withPSS(stamp(at, far, rsaOf(4096))), end(2035), renewal.AlgorithmEnds},
		{"RSA 2048 with PSS", withPSS(stamp(at, far, rsaOf(2048))), end(2028), renewal.AlgorithmEnds},
		{"RSA 2999", stamp(at, far, rsaOf(2999)), end(2028), renewal.AlgorithmEnds},
		{"RSA 2048", stamp(at, far, rsaOf(2048)), end(2028), renewal.AlgorithmEnds},
		{"RSA 1024", stamp(at, far, rsaOf(1024)), end(2013), renewal.AlgorithmEnds},
		{"Ed25519", stamp(at, far, ed25519.PublicKey(make([]byte, 32))), end(2035), renewal.AlgorithmEnds},
		{"unknown key", stamp(at, far, "?"), time.Time{}, renewal.AlgorithmEnds},
	} {
		until, why := renewal.Limit(c.ts)
		if !until.Equal(c.until) || why != c.why {
			t.Errorf("%s: %v %s", c.name, until, why)
		}
		ended := map[renewal.Reason]renewal.Reason{
			renewal.CertificateEnds: renewal.CertificateEnded, renewal.AlgorithmEnds: renewal.AlgorithmEnded,
		}
		for _, m := range []struct {
			now  time.Time
			due  bool
			want renewal.Reason
		}{
			{c.until.Add(-renewal.Lead - time.Second), false, renewal.NotDue},
			{c.until.Add(-renewal.Lead), true, c.why},
			{c.until, true, c.why},
			{c.until.Add(time.Second), true, ended[c.why]},
		} {
			if due, why := renewal.Due(c.ts, m.now); due != m.due || why != m.want {
				t.Errorf("%s at %v: %v %s", c.name, m.now, due, why)
			}
		}
	}
}

// judgeBy gives each token the time that a table says; none is a rejection.
func judgeBy(times map[string]*tsa.Timestamp) renewal.Judge {
	return func(_ int, token renewal.File, _ evidence.Digest) (*tsa.Timestamp, []evidence.Check) {
		return times[token.Name], nil
	}
}

func standings(r renewal.Result) string {
	var s []string
	for _, x := range r.Steps {
		s = append(s, fmt.Sprintf("%s %s", x.Token, x.Standing))
	}
	return strings.Join(s, ", ")
}

// Times decide: the history is always whole.
func TestVerifyTimes(t *testing.T) {
	h := long(t)
	one, two, next, last := h.Generations[0].Tokens[1].Name, h.Generations[0].Tokens[0].Name, h.Generations[1].Tokens[0].Name, h.Generations[2].Tokens[0].Name
	good := func() map[string]*tsa.Timestamp {
		return map[string]*tsa.Timestamp{
			one:  stamp(day(2020, 1, 1), day(2024, 1, 1), ecKey),
			two:  stamp(day(2020, 1, 2), day(2025, 1, 1), ecKey),
			next: stamp(day(2023, 6, 1), day(2027, 1, 1), ecKey),
			last: stamp(day(2026, 6, 1), day(2030, 1, 1), ecKey),
		}
	}
	for _, c := range []struct {
		name   string
		now    time.Time
		spoil  func(m map[string]*tsa.Timestamp)
		proven time.Time // zero: none
		want   string    // standings, in the order of the history
		fails  string
	}{
		{"renewed in time, twice", day(2028, 1, 1), nil, day(2020, 1, 1), "renewed renewed renewed stands", ""},
		{"the first still stands", day(2023, 7, 1), nil, day(2020, 1, 1), "stands stands stands stands", ""},
		{"the last has lapsed", day(2031, 1, 1), nil, time.Time{}, "lapsed lapsed lapsed lapsed", renewal.CheckChain},
		{"renewed too late for one", day(2028, 1, 1), func(m map[string]*tsa.Timestamp) {
			m[next] = stamp(day(2024, 6, 1), day(2027, 1, 1), ecKey)
		}, day(2020, 1, 2), "renewed lapsed renewed stands", ""},
		{"renewed too late for both", day(2028, 1, 1), func(m map[string]*tsa.Timestamp) {
			m[next] = stamp(day(2025, 6, 1), day(2027, 1, 1), ecKey)
		}, time.Time{}, "lapsed lapsed renewed stands", renewal.CheckChain},
		{"too late by its accuracy", day(2028, 1, 1), func(m map[string]*tsa.Timestamp) {
			m[next] = stamp(day(2025, 1, 1), day(2027, 1, 1), ecKey)
			m[next].Accuracy = time.Second
		}, time.Time{}, "lapsed lapsed renewed stands", renewal.CheckChain},
		{"in time to the second", day(2028, 1, 1), func(m map[string]*tsa.Timestamp) {
			m[next] = stamp(day(2025, 1, 1), day(2027, 1, 1), ecKey)
		}, day(2020, 1, 2), "renewed lapsed renewed stands", ""},
		{"a gap in the middle", day(2028, 1, 1), func(m map[string]*tsa.Timestamp) {
			m[last] = stamp(day(2027, 6, 1), day(2030, 1, 1), ecKey)
		}, time.Time{}, "lapsed lapsed lapsed stands", renewal.CheckChain},
		{"the renewal was made before", day(2028, 1, 1), func(m map[string]*tsa.Timestamp) {
			m[next] = stamp(day(2019, 1, 1), day(2027, 1, 1), ecKey)
		}, time.Time{}, "lapsed lapsed renewed stands", renewal.CheckChain},
		{"the renewal does not verify", day(2028, 1, 1), func(m map[string]*tsa.Timestamp) { m[next] = nil },
			time.Time{}, "lapsed lapsed rejected stands", renewal.CheckTokens + " " + renewal.CheckChain},
		{"it does not verify, but is not needed", day(2023, 7, 1), func(m map[string]*tsa.Timestamp) { m[next] = nil },
			day(2020, 1, 1), "stands stands rejected stands", renewal.CheckTokens},
		{"the key of the root has no time left", day(2028, 1, 1), func(m map[string]*tsa.Timestamp) {
			m[one], m[two] = stamp(day(2020, 1, 1), day(2024, 1, 1), rsaOf(1024)), nil
		}, time.Time{}, "rejected lapsed renewed stands", renewal.CheckChain},
		{"an RSA key of 2048 bits, renewed before the end of 2028", day(2029, 6, 1), func(m map[string]*tsa.Timestamp) {
			m[next] = stamp(day(2023, 6, 1), day(2035, 1, 1), rsaOf(2048))
		}, day(2020, 1, 1), "renewed renewed renewed stands", ""},
	} {
		m := good()
		if c.spoil != nil {
			c.spoil(m)
		}
		r := renewal.Verify(h, judgeBy(m), c.now)
		var got []string
		for _, s := range r.Steps {
			got = append(got, string(s.Standing))
		}
		if strings.Join(got, " ") != c.want || failed(r.Checks) != c.fails || len(r.Checks) != 3 {
			t.Errorf("%s: %s; %v", c.name, standings(r), r.Checks)
		}
		if (r.Proven != nil) != !c.proven.IsZero() || r.Proven != nil && !r.Proven.Time.Equal(c.proven) {
			t.Errorf("%s: proven %+v", c.name, r.Proven)
		}
	}
}

func failed(checks []evidence.Check) string {
	var names []string
	for _, c := range checks {
		if c.State == evidence.Failed {
			names = append(names, c.Name)
		}
	}
	return strings.Join(names, " ")
}

// Bytes decide: whatever is changed, left out or added later, the lists tell.
func TestVerifyLists(t *testing.T) {
	all := func(_ int, f renewal.File, _ evidence.Digest) (*tsa.Timestamp, []evidence.Check) {
		return stamp(day(2026, 1, 1), day(2030, 1, 1), ecKey), nil
	}
	now := day(2027, 1, 1)
	if r := renewal.Verify(long(t), all, now); failed(r.Checks) != "" || r.Proven == nil {
		t.Fatal(r.Checks)
	}
	for name, spoil := range map[string]func(h *renewal.History){
		"manifest changed": func(h *renewal.History) { h.Manifest.Data = []byte("[]") },
		"manifest renamed": func(h *renewal.History) { h.Manifest.Name = "other.json" },
		"token changed":    func(h *renewal.History) { h.Generations[0].Tokens[0].Data = []byte("t3") },
		"token left out":   func(h *renewal.History) { h.Generations[0].Tokens = h.Generations[0].Tokens[:1] },
		"token added":      func(h *renewal.History) { g := &h.Generations[0]; g.Tokens = append(g.Tokens, file("x.tsr", "x")) },
		"record changed":   func(h *renewal.History) { h.Generations[0].Revocation[0].Data = []byte("r") },
		"record left out":  func(h *renewal.History) { h.Generations[0].Revocation = nil },
		"the last of all left out": func(h *renewal.History) {
			g := &h.Generations[len(h.Generations)-2]
			if n := len(g.Revocation); n > 0 {
				g.Revocation = g.Revocation[:n-1]
			} else {
				g.Tokens = g.Tokens[:len(g.Tokens)-1]
			}
		},
		"record called token": func(h *renewal.History) {
			g := &h.Generations[0]
			g.Tokens = append(g.Tokens, g.Revocation...)
			g.Revocation = nil
		},
		"list changed":         func(h *renewal.History) { h.Generations[1].List.Data[60] ^= 1 },
		"list is no list":      func(h *renewal.History) { h.Generations[2].List.Data = []byte("x") },
		"lists exchanged":      func(h *renewal.History) { g := h.Generations; g[1].List, g[2].List = g[2].List, g[1].List },
		"generation left out":  func(h *renewal.History) { h.Generations = slices.Delete(h.Generations, 1, 2) },
		"a list in the first":  func(h *renewal.History) { h.Generations[0].List = h.Generations[1].List },
		"another in its place": func(h *renewal.History) { h.Generations[1].List = h.Generations[2].List },
	} {
		h := long(t)
		spoil(&h)
		r := renewal.Verify(h, all, now)
		if !strings.HasPrefix(failed(r.Checks), renewal.CheckLists) {
			t.Errorf("%s: %v", name, r.Checks)
		}
		if last := r.Steps[len(r.Steps)-1]; last.Standing != renewal.Rejected {
			t.Errorf("%s: a token over a list that is wrong %s", name, last.Standing)
		}
	}
	r := renewal.Verify(renewal.History{}, all, now)
	if r.Proven != nil || failed(r.Checks) != renewal.CheckTokens+" "+renewal.CheckChain {
		t.Errorf("nothing: %v", r.Checks)
	}
}

// Two OpenSSL authorities: one stamps the manifest, the other renews, both
// verify, and OpenSSL confirms the renewal with the files alone.
func TestRenewalWithOpenSSL(t *testing.T) {
	first, second := tsatest.New(t, tsatest.Options{Name: "one", Revocation: true}), tsatest.New(t, tsatest.Options{Name: "two"})
	manifest := make([]byte, 4000)
	if _, err := rand.Read(manifest); err != nil {
		t.Fatal(err)
	}
	h := renewal.History{Manifest: renewal.File{Name: evidence.ManifestName, Data: manifest}}
	judge := func(n int, token renewal.File, digest evidence.Digest) (*tsa.Timestamp, []evidence.Check) {
		o := tsa.Options{Roots: []*x509.Certificate{first.Root(t), second.Root(t)}}
		for _, f := range h.Generations[n].Revocation {
			kind := tsa.KindCRL
			if strings.HasSuffix(f.Name, "."+string(tsa.KindOCSP)) {
				kind = tsa.KindOCSP
			}
			o.Revocation = append(o.Revocation, tsa.RevocationRecord{Kind: kind, Raw: f.Data})
		}
		return tsa.Verify(token.Data, digest, o)
	}
	var client tsa.Client
	ask := func(s *tsatest.Server, data []byte) renewal.File {
		t.Helper()
		reply, err := client.Ask(t.Context(), s.Authority(), evidence.Sum(data))
		if err != nil {
			t.Fatal(err)
		}
		return renewal.File{Name: renewal.TokenName(len(h.Generations), s.Authority().Name), Data: reply.Raw}
	}
	h.Generations = []renewal.Generation{{Tokens: []renewal.File{ask(first, manifest)}}}
	ts, checks := judge(0, h.Generations[0].Tokens[0], evidence.Sum(manifest))
	if ts == nil {
		t.Fatal(checks)
	}
	records, problems := client.FetchRevocation(context.Background(), ts)
	if len(records) != 2 {
		t.Fatal(problems)
	}
	for n, r := range records {
		h.Generations[0].Revocation = append(h.Generations[0].Revocation,
			renewal.File{Name: renewal.RevocationName(0, "one", n+1, r.Kind), Data: r.Raw})
	}
	list := build(t, h)
	token := ask(second, list)
	h.Generations = append(h.Generations, renewal.Generation{List: renewal.File{Name: renewal.ListName(1), Data: list}, Tokens: []renewal.File{token}})

	r := renewal.Verify(h, judge, time.Now())
	if failed(r.Checks) != "" || r.Proven == nil || !r.Proven.Time.Equal(ts.Time) || standings(r) != "manifest.one.tsr stands, renewal-1.two.tsr stands" {
		t.Fatalf("%s %v", standings(r), r.Checks)
	}
	if !slices.ContainsFunc(r.Steps[0].Checks, func(c evidence.Check) bool {
		return c.Name == tsa.CheckRevocation && c.State == evidence.Passed
	}) {
		t.Errorf("the kept records were not judged: %v", r.Steps[0].Checks)
	}
	if due, why := renewal.Due(ts, time.Now().AddDate(0, 8, 0)); !due || why != renewal.CertificateEnds {
		t.Errorf("a certificate of a year is due after eight months: %v %s", due, why)
	}
	dir := t.TempDir()
	for _, f := range []renewal.File{h.Generations[1].List, token} {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("openssl", "ts", "-verify", "-data", "renewal-1.txt", "-in", token.Name, "-CAfile", second.RootPath)
	cmd.Dir, cmd.Env = dir, append(os.Environ(), "OPENSSL_CONF="+os.DevNull)
	if out, err := cmd.CombinedOutput(); err != nil || !strings.Contains(string(out), "Verification: OK") {
		t.Errorf("%v\n%s", err, out)
	}
	// One changed byte of the manifest, with the manifest's own token changed to
	// fit it, is still told by the renewal.
	forged := h
	forged.Manifest.Data = bytes.Clone(manifest)
	forged.Manifest.Data[17] ^= 1
	forged.Generations = slices.Clone(h.Generations)
	again, err := client.Ask(t.Context(), first.Authority(), evidence.Sum(forged.Manifest.Data))
	if err != nil {
		t.Fatal(err)
	}
	forged.Generations[0].Tokens = []renewal.File{{Name: "manifest.one.tsr", Data: again.Raw}}
	if r := renewal.Verify(forged, judge, time.Now()); !strings.HasPrefix(failed(r.Checks), renewal.CheckLists) {
		t.Errorf("%v", r.Checks)
	}
}

package tsa_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"constat/evidence"
	"constat/evidence/tsa"
	"constat/evidence/tsa/practice"
	"constat/evidence/tsa/tsatest"
)

var payload = []byte("what is to be proved\n")

// opensslVerify has OpenSSL judge a reply against data and a root.
func opensslVerify(t *testing.T, reply, data []byte, rootPEM string, more ...string) (string, bool) {
	t.Helper()
	dir := t.TempDir()
	for name, b := range map[string][]byte{"reply.tsr": reply, "data": data, "root.pem": []byte(rootPEM)} {
		if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	cmd := exec.Command("openssl", append([]string{"ts", "-verify", "-in", "reply.tsr", "-data", "data", "-CAfile", "root.pem"}, more...)...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "OPENSSL_CONF="+os.DevNull)
	out, err := cmd.CombinedOutput()
	return string(out), err == nil && strings.Contains(string(out), "Verification: OK")
}

// ask gets a reply and the options to judge it by.
func ask(t *testing.T, a evidence.Authority, digest evidence.Digest) (tsa.Reply, tsa.Options) {
	t.Helper()
	var c tsa.Client
	reply, err := c.Ask(t.Context(), a, digest)
	if err != nil {
		t.Fatal(err)
	}
	roots, err := tsa.ParseRootsPEM([]byte(a.RootsPEM))
	if err != nil {
		t.Fatal(err)
	}
	return reply, tsa.Options{Roots: roots, Nonce: reply.Nonce,
		Window: &tsa.Window{From: reply.Sent, To: reply.Received, Tolerance: time.Minute}, Practice: a.Practice}
}

func state(t *testing.T, checks []evidence.Check, name string) evidence.Check {
	t.Helper()
	for _, c := range checks {
		if c.Name == name {
			return c
		}
	}
	t.Fatalf("no check %q in %v", name, checks)
	return evidence.Check{}
}

func failed(checks []evidence.Check) []string {
	var names []string
	for _, c := range checks {
		if c.State == evidence.Failed {
			names = append(names, c.Name)
		}
	}
	return names
}

// OpenSSL's authority, every kind of key, digest and certificate identifier:
// we accept what OpenSSL accepts, and read the same facts from it.
func TestOpenSSLReplies(t *testing.T) {
	for name, o := range map[string]tsatest.Options{
		"EC SHA-256":       {},
		"EC SHA-384":       {Digest: "sha384", ESS: "sha384"},
		"EC SHA-512":       {Digest: "sha512", ESS: "sha512"},
		"EC ESSCertID":     {ESS: "sha1"},
		"RSA SHA-256":      {Key: tsatest.RSA},
		"RSA SHA-512":      {Key: tsatest.RSA, Digest: "sha512", ESS: "sha1"},
		"HTTP 201":         {Fault: tsatest.Created},
		"policy of choice": {Policy: "0.4.0.2023.1.1"},
	} {
		t.Run(name, func(t *testing.T) {
			authority := tsatest.New(t, o)
			digest := evidence.Sum(payload)
			reply, opts := ask(t, authority.Authority(), digest)
			ts, checks := tsa.Verify(reply.Raw, digest, opts)
			if ts == nil {
				t.Fatalf("not verified: %v", checks)
			}
			if out, ok := opensslVerify(t, reply.Raw, payload, authority.RootPEM); !ok {
				t.Errorf("OpenSSL does not agree: %s", out)
			}
			query := exec.Command("openssl", "ts", "-verify", "-in", write(t, reply.Raw), "-queryfile", write(t, reply.Query), "-CAfile", authority.RootPath)
			query.Env = append(os.Environ(), "OPENSSL_CONF="+os.DevNull)
			if out, err := query.CombinedOutput(); err != nil {
				t.Errorf("OpenSSL: the reply does not fit the question: %s", out)
			}
			show := exec.Command("openssl", "ts", "-reply", "-text", "-in", write(t, reply.Raw))
			show.Env = append(os.Environ(), "OPENSSL_CONF="+os.DevNull) // the system's file names some OIDs
			text, err := show.Output()
			if err != nil {
				t.Fatal(err)
			}
			for _, fact := range []string{
				"Serial number: " + ts.Serial + "\n",
				"Time stamp: " + ts.Time.Format("Jan _2 15:04:05 2006") + " GMT",
				"Accuracy: 0x01 seconds, 0x01F4 millis, 0x64 micros",
				"Policy OID: " + ts.Policy + "\n",
			} {
				if !strings.Contains(string(text), fact) {
					t.Errorf("%q is not in what OpenSSL reads:\n%s", fact, text)
				}
			}
			if want := time.Second + 500*time.Millisecond + 100*time.Microsecond; ts.Accuracy != want || !ts.HasAccuracy {
				t.Errorf("accuracy %v", ts.Accuracy)
			}
			root := authority.Root(t)
			if ts.RootFingerprint != evidence.Sum(root.Raw) || ts.RootSource != "pinned" || ts.Practice || ts.ClaimsQualified ||
				ts.HashAlgorithm != "SHA-256" || ts.Time.Location() != time.UTC || len(ts.Chain) != 2 ||
				ts.Signer != "CN=Test Timestamp Signer,O=Test" || ts.RootSubject != "CN=Test Root,O=Test" {
				t.Errorf("facts: %+v", ts)
			}
			for _, c := range checks {
				want := evidence.Passed
				if c.Name == tsa.CheckRevocation || c.Name == tsa.CheckPolicy || c.Name == tsa.CheckPinnedRoot || c.Name == tsa.CheckKnownPolicy {
					want = evidence.NotDone
				}
				if c.State != want || c.Detail == "" {
					t.Errorf("check %+v", c)
				}
			}
		})
	}
}

func write(t *testing.T, b []byte) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "reply.tsr")
	if err := os.WriteFile(name, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return name
}

// A token that is good about something else, or replayed, is not good about this.
func TestOpenSSLRepliesAboutSomethingElse(t *testing.T) {
	authority := tsatest.New(t, tsatest.Options{Fault: tsatest.OtherDigest})
	digest := evidence.Sum(payload)
	reply, opts := ask(t, authority.Authority(), digest)
	if ts, checks := tsa.Verify(reply.Raw, digest, opts); ts != nil || strings.Join(failed(checks), " ") != tsa.CheckImprint {
		t.Errorf("other digest: %v", checks)
	}
	authority.SetFault(tsatest.Replays)
	_, _ = ask(t, authority.Authority(), digest)
	reply, opts = ask(t, authority.Authority(), digest)
	if ts, checks := tsa.Verify(reply.Raw, digest, opts); ts != nil || state(t, checks, tsa.CheckNonce).State != evidence.Failed {
		t.Errorf("replayed: %v", checks)
	}
	other := tsatest.New(t, tsatest.Options{})
	reply, opts = ask(t, other.Authority(), digest)
	opts.Roots, _ = tsa.ParseRootsPEM([]byte(authority.RootPEM))
	if ts, checks := tsa.Verify(reply.Raw, digest, opts); ts != nil || strings.Join(failed(checks), " ") != tsa.CheckChain {
		t.Errorf("other root: %v", checks)
	}
	opts.Roots, opts.SystemRoots = nil, true
	if ts, checks := tsa.Verify(reply.Raw, digest, opts); ts != nil || strings.Join(failed(checks), " ") != tsa.CheckChain {
		t.Errorf("system roots: %v", checks)
	}
	opts.SystemRoots = false
	if ts, checks := tsa.Verify(reply.Raw, digest, opts); ts != nil || strings.Join(failed(checks), " ") != tsa.CheckChain {
		t.Errorf("no roots: %v", checks)
	}
}

func TestManyAtOnce(t *testing.T) {
	authority := tsatest.New(t, tsatest.Options{})
	roots, err := tsa.ParseRootsPEM([]byte(authority.RootPEM))
	if err != nil {
		t.Fatal(err)
	}
	var c tsa.Client
	var mu sync.Mutex
	serials := map[string]bool{}
	var wg sync.WaitGroup
	const n = 8
	for i := range n {
		wg.Go(func() {
			digest := evidence.Sum([]byte{byte(i)})
			reply, err := c.Ask(context.WithoutCancel(t.Context()), authority.Authority(), digest)
			if err != nil {
				t.Error(err)
				return
			}
			ts, checks := tsa.Verify(reply.Raw, digest, tsa.Options{Roots: roots, Nonce: reply.Nonce})
			if ts == nil {
				t.Error(checks)
				return
			}
			mu.Lock()
			defer mu.Unlock()
			serials[ts.Serial] = true
		})
	}
	wg.Wait()
	if len(serials) != n || authority.Hits() != n {
		t.Errorf("%d serial numbers, %d hits", len(serials), authority.Hits())
	}
}

func TestPracticeVerifies(t *testing.T) {
	a, err := practice.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	url, stop, err := a.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	digest := evidence.Sum(payload)
	reply, opts := ask(t, a.Describe(url), digest)
	ts, checks := tsa.Verify(reply.Raw, digest, opts)
	if ts == nil || !ts.Practice || !strings.Contains(ts.Signer, evidence.PracticeMark) || !strings.Contains(ts.RootSubject, evidence.PracticeMark) {
		t.Fatalf("%+v %v", ts, checks)
	}
	opts.Practice = false
	if ts, checks := tsa.Verify(reply.Raw, digest, opts); ts != nil || strings.Join(failed(checks), " ") != tsa.CheckChain {
		t.Errorf("practice passed as real: %v", checks)
	}
	opts.Practice, opts.Roots, opts.SystemRoots = true, nil, true
	if ts, checks := tsa.Verify(reply.Raw, digest, opts); ts != nil || strings.Join(failed(checks), " ") != tsa.CheckChain {
		t.Errorf("practice root came from the system: %v", checks)
	}
	if out, ok := opensslVerify(t, reply.Raw, payload, a.RootPEM()); !ok {
		t.Errorf("OpenSSL does not agree: %s", out)
	}
}

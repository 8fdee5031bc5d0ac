package tsa_test

import (
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"constat/evidence"
	"constat/evidence/tsa"
	"constat/evidence/tsa/tsatest"
)

// OpenSSL's authority, responder and list: what they say of the signer decides
// what the token is worth, by RFC 3161 clause 4.
func TestRevocationByOpenSSL(t *testing.T) {
	s := tsatest.New(t, tsatest.Options{Revocation: true})
	digest := evidence.Sum(payload)
	reply, o := ask(t, s.Authority(), digest)
	ts, checks := tsa.Verify(reply.Raw, digest, o)
	if c := state(t, checks, tsa.CheckRevocation); ts == nil || c.State != evidence.NotDone {
		t.Fatalf("without records: %v", checks)
	}
	var client tsa.Client
	for _, c := range []struct {
		name   string
		at     time.Duration // from the token's time
		reason string
		want   evidence.CheckState
		detail string
	}{
		{"good", 0, "-", evidence.Passed, "good as of"},
		{"superseded later", time.Hour, "superseded", evidence.Passed, "superseded"},
		{"ceased later", time.Hour, "cessationOfOperation", evidence.Passed, "cessationOfOperation"},
		{"unspecified later, in so many words", time.Hour, "unspecified", evidence.Passed, "unspecified"},
		{"superseded before", -time.Hour, "superseded", evidence.Failed, "not after the token"},
		{"superseded in the same second", 0, "superseded", evidence.Failed, "not after the token"},
		{"compromised later", time.Hour, "keyCompromise", evidence.Failed, "RFC 3161 clause 4"},
		{"later without a reason", time.Hour, "", evidence.Failed, "no reason given"},
		{"on hold", time.Hour, "certificateHold", evidence.Failed, "certificateHold"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.reason != "-" {
				s.Revoke(t, ts.Time.Add(c.at), c.reason)
			}
			records, problems := client.FetchRevocation(t.Context(), ts)
			if len(records) != 2 || records[0].Kind != tsa.KindOCSP || records[1].Kind != tsa.KindCRL || len(problems) > 0 {
				t.Fatalf("%d records, problems %+v", len(records), problems)
			}
			if c.name == "good" {
				opensslAgrees(t, s, records)
			}
			// Each record alone has to lead to the same answer as both.
			for _, kept := range [][]tsa.RevocationRecord{records, records[:1], records[1:]} {
				with := o
				with.Revocation = kept
				again, checks := tsa.Verify(reply.Raw, digest, with)
				got := state(t, checks, tsa.CheckRevocation)
				if got.State != c.want || !strings.Contains(got.Detail, c.detail) || (again != nil) != (c.want == evidence.Passed) {
					t.Errorf("%s alone: %+v", kept[0].Kind, got)
				}
			}
		})
	}
}

// opensslAgrees has OpenSSL verify the records that were fetched.
func opensslAgrees(t *testing.T, s *tsatest.Server, records []tsa.RevocationRecord) {
	t.Helper()
	for _, args := range [][]string{
		{"ocsp", "-respin", write(t, records[0].Raw), "-CAfile", s.RootPath, "-issuer", s.RootPath, "-cert", s.Dir + "/signer.pem"},
		{"crl", "-inform", "DER", "-in", write(t, records[1].Raw), "-CAfile", s.RootPath, "-noout"},
	} {
		cmd := exec.Command("openssl", args...)
		cmd.Env = append(os.Environ(), "OPENSSL_CONF="+os.DevNull)
		out, err := cmd.CombinedOutput()
		if err != nil || !strings.Contains(strings.ToLower(string(out)), "verify ok") {
			t.Errorf("OpenSSL on %s: %v\n%s", args[0], err, out)
		}
	}
}

func TestFetchRevocationProblems(t *testing.T) {
	digest := evidence.Sum(payload)
	verified := func(s *tsatest.Server) *tsa.Timestamp {
		reply, o := ask(t, s.Authority(), digest)
		ts, checks := tsa.Verify(reply.Raw, digest, o)
		if ts == nil {
			t.Fatal(checks)
		}
		return ts
	}
	var client tsa.Client
	records, problems := client.FetchRevocation(t.Context(), verified(tsatest.New(t, tsatest.Options{})))
	if len(records) != 0 || len(problems) != 1 || problems[0].Why != tsa.NotNamed || problems[0].Subject == "" {
		t.Errorf("nothing is named: %v %+v", records, problems)
	}
	s := tsatest.New(t, tsatest.Options{Revocation: true})
	ts := verified(s)
	s.SetFault(tsatest.Broken)
	records, problems = client.FetchRevocation(t.Context(), ts)
	if len(records) != 0 || len(problems) != 2 {
		t.Fatalf("out of order: %v %+v", records, problems)
	}
	ocsp, crl := s.RevocationPaths()
	for i, want := range []tsa.RevocationProblem{{Kind: tsa.KindOCSP, URL: ocsp}, {Kind: tsa.KindCRL, URL: crl}} {
		if p := problems[i]; p.Kind != want.Kind || p.URL != want.URL || p.Why != tsa.BadStatus || p.Status != 503 {
			t.Errorf("%+v", p)
		}
	}
	if s.Hits() != 1 {
		t.Errorf("%d questions for a timestamp", s.Hits())
	}
	if records, problems := client.FetchRevocation(t.Context(), nil); records != nil || problems != nil {
		t.Error("about nothing")
	}
}

package tsa_test

import (
	"crypto/x509"
	"encoding/pem"
	"testing"

	"constat/assets/authorities"
	"constat/evidence"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// An authority of the list is asked without roots from elsewhere, so each of its roots has to be
// built in as it is named: among the system's, without constraints, or among the authority's own
// anchors (decision 0030).
func TestRootsOfAuthoritiesAreBuiltIn(t *testing.T) {
	known := map[string]string{}
	for root := range bundle.Roots() {
		cert, err := x509.ParseCertificate(root.Certificate)
		if err != nil {
			t.Fatal(err)
		}
		if root.Constraint == nil {
			known[evidence.Sum(cert.Raw).String()] = cert.Subject.String()
		}
	}
	list, err := authorities.List()
	if err != nil {
		t.Fatal(err)
	}
	if len(known) < 50 {
		t.Fatalf("%d roots are built in", len(known))
	}
	for _, a := range list {
		own := map[string]string{}
		for _, anchor := range a.Anchors {
			block, _ := pem.Decode([]byte(anchor.PEM))
			if block == nil {
				t.Fatalf("%s: %s is not PEM", a.Name, anchor.File)
			}
			cert, err := x509.ParseCertificate(block.Bytes)
			if err != nil {
				t.Fatal(err)
			}
			own[evidence.Sum(cert.Raw).String()] = anchor.Subject
		}
		for _, r := range a.Roots {
			if known[r.SHA256] != r.Subject && own[r.SHA256] != r.Subject {
				t.Errorf("%s: %s (%s) is not built in, or is %q or %q", a.Name, r.Subject, r.SHA256, known[r.SHA256], own[r.SHA256])
			}
		}
	}
}

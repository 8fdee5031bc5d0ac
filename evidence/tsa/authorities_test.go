package tsa_test

import (
	"crypto/x509"
	"testing"

	"constat/assets/authorities"
	"constat/evidence"

	"golang.org/x/crypto/x509roots/fallback/bundle"
)

// A recommended authority is asked without roots of its own, so its root has to
// be among those built in, as it is named and without constraints.
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
		for _, r := range a.Roots {
			if known[r.SHA256] != r.Subject {
				t.Errorf("%s: %s (%s) is not built in, or is %q", a.Name, r.Subject, r.SHA256, known[r.SHA256])
			}
		}
	}
}

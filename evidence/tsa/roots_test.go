package tsa_test

import (
	"bytes"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"strings"
	"testing"

	"constat/evidence/tsa"
)

func TestParseRootsPEM(t *testing.T) {
	f := newForge(t)
	root := f.rootPEM()
	key, err := x509.MarshalPKCS8PrivateKey(otherKey())
	if err != nil {
		t.Fatal(err)
	}
	good := map[string]struct {
		text string
		n    int
	}{
		"one":             {root, 1},
		"two":             {root + root, 2},
		"with text":       {"# the root\n" + root + "\nend\n", 1},
		"CRLF":            {strings.ReplaceAll(root, "\n", "\r\n"), 1},
		"byte order mark": {"\ufeff" + "\n" + root, 1},
	}
	for name, c := range good {
		if roots, err := tsa.ParseRootsPEM([]byte(c.text)); err != nil || len(roots) != c.n || !roots[0].Equal(f.root) {
			t.Errorf("%s: %d, %v", name, len(roots), err)
		}
	}
	for name, text := range map[string]string{
		"nothing":       "",
		"no PEM":        "hello",
		"DER":           string(f.root.Raw),
		"cut":           root[:len(root)/2],
		"second cut":    root + root[:len(root)/2],
		"private key":   root + string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: key})),
		"other label":   string(pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: f.root.Raw})),
		"bad DER":       string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: []byte{0x30, 0}})),
		"two in one":    string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: append(bytes.Clone(f.root.Raw), f.root.Raw...)})),
		"far too long":  root + strings.Repeat("\n", 1<<20),
		"far too many":  strings.Repeat(root, 1001),
		"spoilt base64": strings.Replace(root, "M", "!", 1),
	} {
		if roots, err := tsa.ParseRootsPEM([]byte(text)); !errors.Is(err, tsa.ErrRoots) || roots != nil {
			t.Errorf("%s: %d, %v", name, len(roots), err)
		}
	}
}

// DER, one certificate after the other, is as good as PEM; half of one is none.
func TestRootsInDER(t *testing.T) {
	f := newForge(t)
	both := append(bytes.Clone(f.root.Raw), f.cert.Raw...)
	if roots, err := tsa.ParseRoots(both); err != nil || len(roots) != 2 || !roots[1].Equal(f.cert) {
		t.Errorf("%d, %v", len(roots), err)
	}
	if roots, err := tsa.ParseRoots([]byte(f.rootPEM())); err != nil || len(roots) != 1 || !roots[0].Equal(f.root) {
		t.Errorf("PEM: %d, %v", len(roots), err)
	}
	for name, b := range map[string][]byte{
		"nothing": nil, "half": f.root.Raw[:100], "one and a half": both[:len(both)-1], "a reply": f.build(t), "text": []byte("roots"),
	} {
		if roots, err := tsa.ParseRoots(b); !errors.Is(err, tsa.ErrRoots) {
			t.Errorf("%s: %d, %v", name, len(roots), err)
		}
	}
}

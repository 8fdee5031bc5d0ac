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

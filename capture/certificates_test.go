package capture

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"constat/capture/record"
	"constat/evidence"
)

// issued is a certificate for a name with the authority that issued it.
func issued(t *testing.T, name string) tls.Certificate {
	t.Helper()
	key := func() *ecdsa.PrivateKey {
		k, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
		if err != nil {
			t.Fatal(err)
		}
		return k
	}
	root := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Authority of " + name}, IsCA: true,
		BasicConstraintsValid: true, NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	leaf := &x509.Certificate{SerialNumber: big.NewInt(2), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: root.NotBefore, NotAfter: root.NotAfter}
	rootKey, leafKey := key(), key()
	make := func(one, by *x509.Certificate, of *ecdsa.PrivateKey) []byte {
		der, err := x509.CreateCertificate(rand.Reader, one, by, of.Public(), rootKey)
		if err != nil {
			t.Fatal(err)
		}
		return der
	}
	return tls.Certificate{Certificate: [][]byte{make(leaf, root, leafKey), make(root, root, rootKey)}, PrivateKey: leafKey}
}

// The chains of all hosts are kept: of the page and of what it loads. Of a host that only sends on
// the browser tells none, and the record says so.
func TestChainsOfAllHosts(t *testing.T) {
	t.Parallel()
	var flags []string
	rules := []string{}
	chains := map[string]tls.Certificate{}
	serveAs := func(name string, page http.HandlerFunc) string {
		s := httptest.NewUnstartedServer(page)
		chain := issued(t, name)
		s.TLS = &tls.Config{Certificates: []tls.Certificate{chain}}
		s.StartTLS()
		t.Cleanup(s.Close)
		leaf, err := x509.ParseCertificate(chain.Certificate[0])
		if err != nil {
			t.Fatal(err)
		}
		key := sha256.Sum256(leaf.RawSubjectPublicKeyInfo)
		flags = append(flags, base64.StdEncoding.EncodeToString(key[:]))
		rules = append(rules, "MAP "+name+" "+strings.TrimPrefix(s.URL, "https://"))
		chains[name] = chain
		return "https://" + name
	}
	pictures := serveAs("pictures.example", func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "image/svg+xml")
		w.Write([]byte(square))
	})
	page := serveAs("page.example", html(`<h1>here</h1><img src="`+pictures+`/1"><img src="`+pictures+`/2">`))
	old := serveAs("old.example", http.RedirectHandler(page+"/", http.StatusMovedPermanently).ServeHTTP)
	r := recorder(t, nil)
	r.extraFlags = []string{"ignore-certificate-errors-spki-list=" + strings.Join(flags, ","), "host-resolver-rules=" + strings.Join(rules, ",")}
	c, sink := take(t, r, old+"/")
	blocks := func(b []byte) (list [][]byte) {
		for {
			var block *pem.Block
			if block, b = pem.Decode(b); block == nil {
				return list
			}
			list = append(list, block.Bytes)
		}
	}
	same := func(got [][]byte, of ...string) {
		t.Helper()
		var want [][]byte
		for _, name := range of {
			want = append(want, chains[name].Certificate...)
		}
		if !bytes.Equal(bytes.Join(got, nil), bytes.Join(want, nil)) {
			t.Errorf("%d certificates, want those of %v", len(got), of)
		}
	}
	same(blocks(sink.files[evidence.TLSChainName]), "page.example")
	others := sink.files[evidence.TLSChainsName]
	same(blocks(others), "pictures.example")
	if !strings.HasPrefix(string(others), "# https://") || strings.Count(string(others), "# https://pictures.example\n") != 1 {
		t.Errorf("chains: %.200s", others)
	}
	wantOutcome(t, c, evidence.Complete, record.ProblemChainsLeft)
	if want := []evidence.Redirect{{From: old + "/", To: page + "/", Kind: "http", Status: 301}}; !slices.Equal(c.Page.Redirects, want) {
		t.Errorf("redirects %v", c.Page.Redirects)
	}
	if got, want := detail(c, record.ProblemChainsLeft), "1 of 3 hosts: old.example"; got != want {
		t.Errorf("detail %q, want %q", got, want)
	}
}

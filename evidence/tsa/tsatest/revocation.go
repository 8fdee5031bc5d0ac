package tsatest

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"testing"
	"time"
)

const (
	ocspPath = "/ocsp"
	crlPath  = "/crl"

	signerSerial = "1000" // 4096, as create makes it
	signerName   = "/O=Test/CN=Test Timestamp Signer"
)

// RevocationPaths are where a server with [Options.Revocation] answers.
func (s *Server) RevocationPaths() (ocsp, crl string) { return s.URL + ocspPath, s.URL + crlPath }

// sources are the lines of the signer's certificate that name this server.
func (s *Server) sources(wanted bool) string {
	if !wanted {
		return ""
	}
	return "authorityInfoAccess = OCSP;URI:" + s.URL + ocspPath + "\ncrlDistributionPoints = URI:" + s.URL + crlPath
}

// createRevocation makes an OCSP responder, appointed by the root, and a list
// on which nothing is revoked.
func (s *Server) createRevocation(t testing.TB, algorithm []string) {
	t.Helper()
	for _, args := range [][]string{
		append([]string{"genpkey", "-out", "ocsp.key"}, algorithm...),
		{"req", "-new", "-config", "tsa.cnf", "-key", "ocsp.key", "-subj", "/O=Test/CN=Test OCSP", "-out", "ocsp.csr"},
		{"x509", "-req", "-in", "ocsp.csr", "-CA", "root.pem", "-CAkey", "root.key", "-set_serial", "4097", "-days", "365",
			"-extfile", "tsa.cnf", "-extensions", "ocsp", "-out", "ocsp.pem"},
	} {
		if err := s.openssl(args...); err != nil {
			t.Fatal(err)
		}
	}
	s.index(t, "V\t%[1]s\t\t%[2]s\tunknown\t%[3]s\n", "")
}

// Revoke makes OCSP and list say from now on that the signer's certificate was
// revoked at a time, to the second, for a reason as `openssl ca -crl_reason`
// has them; "" gives none.
func (s *Server) Revoke(t testing.TB, at time.Time, reason string) {
	t.Helper()
	when := at.UTC().Format("060102150405Z")
	if reason != "" {
		when += "," + reason
	}
	s.index(t, "R\t%[1]s\t%[4]s\t%[2]s\tunknown\t%[3]s\n", when)
}

// index writes OpenSSL's database of certificates.
func (s *Server) index(t testing.TB, format, revoked string) {
	t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	expiry := time.Now().AddDate(1, 0, 0).UTC().Format("060102150405Z")
	line := fmt.Sprintf(format+"%.0[4]s", expiry, signerSerial, signerName, revoked)
	if err := os.WriteFile(filepath.Join(s.Dir, "index.txt"), []byte(line), 0o600); err != nil {
		t.Fatal(err)
	}
}

// serveRevocation answers with OpenSSL's OCSP responder or a fresh list.
func (s *Server) serveRevocation(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.fault != None {
		http.Error(w, "out of order", http.StatusServiceUnavailable)
		return
	}
	out := filepath.Join(s.Dir, "answer.der")
	err := error(nil)
	if r.URL.Path == crlPath {
		if err = s.openssl("ca", "-gencrl", "-config", "tsa.cnf", "-cert", "root.pem", "-keyfile", "root.key", "-crldays", "1", "-out", "list.pem"); err == nil {
			err = s.openssl("crl", "-in", "list.pem", "-outform", "DER", "-out", out)
		}
	} else {
		var query []byte
		if query, err = io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<16)); err == nil {
			err = os.WriteFile(filepath.Join(s.Dir, "question.der"), query, 0o600)
		}
		if err == nil {
			err = s.openssl("ocsp", "-index", "index.txt", "-CA", "root.pem", "-rsigner", "ocsp.pem", "-rkey", "ocsp.key",
				"-reqin", "question.der", "-respout", out, "-ndays", "1")
		}
	}
	var answer []byte
	if err == nil {
		answer, err = os.ReadFile(out)
	}
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_, _ = w.Write(answer)
}

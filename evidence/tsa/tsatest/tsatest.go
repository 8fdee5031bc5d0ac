// Package tsatest runs OpenSSL's timestamp authority for tests.
//
// # What it does
//
// [New] makes a certification authority and a signer with the openssl command
// and serves `openssl ts -reply` over HTTP on loopback, and, if asked, OpenSSL's
// OCSP responder and revocation list for it. It can also be told to misbehave:
// see [Fault].
//
// # How to use it
//
//	authority := tsatest.New(t, tsatest.Options{})
//	reply, err := client.Ask(ctx, authority.Authority(), digest)
//
// # What it promises
//
// Replies come from OpenSSL, not from code of ours. A Server may be used by
// many goroutines at once and ends with its test.
//
// # What it does not do
//
// It is for tests only, needs the openssl command (3.0 or later) and fails the
// test without it. OpenSSL always answers with the present time.
package tsatest

import (
	"bytes"
	"cmp"
	"crypto/x509"
	"encoding/pem"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"constat/evidence"
)

// Fault is a way to misbehave.
type Fault string

const (
	None        Fault = ""
	Offline     Fault = "offline"      // closes the connection without an answer
	Silent      Fault = "silent"       // never answers; ends when the caller gives up
	Broken      Fault = "broken"       // HTTP 500
	WrongType   Fault = "wrong-type"   // a good reply as text/html
	HTML        Fault = "html"         // a page in place of a reply, status 200
	TooLarge    Fault = "too-large"    // a reply of a mebibyte
	Truncated   Fault = "truncated"    // half a reply
	Rejects     Fault = "rejects"      // status rejection, badRequest
	Created     Fault = "created"      // a good reply with HTTP 201: no fault, but met in the wild
	OtherDigest Fault = "other-digest" // a good reply about something else
	Replays     Fault = "replays"      // the first reply again and again
)

// KeyKind is the kind of the keys of authority and signer.
type KeyKind string

const (
	EC  KeyKind = ""    // P-256
	RSA KeyKind = "rsa" // 2048 bits; slower to make
)

// Options says how the authority is made. The zero value is a good one.
type Options struct {
	Key    KeyKind
	Digest string // of the signature: "sha256" (default), "sha384", "sha512"
	ESS    string // of the certificate identifier: "sha256" (default), "sha1" for ESSCertID, …
	Policy string // dotted OID; default 1.2.3.4.1
	Name   string // authority name; default from the address
	Fault  Fault
	Days   int // that the signer's certificate lasts; default 365

	// Revocation names OCSP and a revocation list of this server in the
	// signer's certificate, and serves both with `openssl ocsp` and
	// `openssl ca -gencrl`; see [Server.Revoke].
	Revocation bool
}

// Server is a running authority.
type Server struct {
	URL      string
	RootPEM  string
	RootPath string // PEM file
	Dir      string // keys, certificates and configuration, for tests that need more

	name  string
	http  *httptest.Server
	hits  atomic.Int64
	mu    sync.Mutex // one openssl at a time: it counts serial numbers in a file
	fault Fault
	first []byte
	seq   int
	ended chan struct{}
}

// New makes and starts an authority that ends with the test.
func New(t testing.TB, o Options) *Server {
	t.Helper()
	s := &Server{Dir: t.TempDir(), fault: o.Fault, ended: make(chan struct{})}
	s.http = httptest.NewUnstartedServer(http.HandlerFunc(s.serve))
	s.URL = "http://" + s.http.Listener.Addr().String()
	s.create(t, o)
	s.http.Start()
	s.name = o.Name
	if s.name == "" {
		s.name = evidence.AuthorityName(s.URL)
	}
	t.Cleanup(func() { close(s.ended); s.http.Close() })
	return s
}

// Authority describes the server with its own root.
func (s *Server) Authority() evidence.Authority {
	return evidence.Authority{Name: s.name, URL: s.URL, RootsPEM: s.RootPEM}
}

// Root returns the root certificate.
func (s *Server) Root(t testing.TB) *x509.Certificate {
	t.Helper()
	block, _ := pem.Decode([]byte(s.RootPEM))
	cert, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		t.Fatal(err)
	}
	return cert
}

// Hits returns how many questions came in.
func (s *Server) Hits() int { return int(s.hits.Load()) }

// SetFault makes the server misbehave from the next question on.
func (s *Server) SetFault(f Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.fault = f
}

// ClosedPort returns an address at which nothing listens.
func ClosedPort(t testing.TB) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	return "http://" + l.Addr().String()
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == ocspPath || r.URL.Path == crlPath {
		s.serveRevocation(w, r)
		return
	}
	s.hits.Add(1)
	s.mu.Lock()
	fault := s.fault
	s.mu.Unlock()
	query, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 1<<20))
	if err != nil || r.Method != http.MethodPost || r.Header.Get("Content-Type") != "application/timestamp-query" {
		http.Error(w, "not a timestamp query", http.StatusBadRequest)
		return
	}
	media, status := "application/timestamp-reply", http.StatusOK
	switch fault {
	case Offline:
		panic(http.ErrAbortHandler) // the documented way to drop a connection
	case Silent:
		select {
		case <-r.Context().Done():
		case <-s.ended:
		}
		return
	case Broken:
		http.Error(w, "out of order", http.StatusInternalServerError)
		return
	case HTML:
		w.Header().Set("Content-Type", "text/html")
		fmt.Fprint(w, "<html>Please sign in to the hotel network</html>")
		return
	case WrongType:
		media = "text/html"
	case Created:
		status = http.StatusCreated
	case Rejects:
		query = []byte{0x30, 0x00} // OpenSSL itself answers it with a rejection
	case OtherDigest:
		query = otherDigest(query)
	}
	reply, err := s.reply(query, fault)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	switch fault {
	case TooLarge:
		reply = append(reply, make([]byte, 1<<20)...)
	case Truncated:
		reply = reply[:len(reply)/2]
	}
	w.Header().Set("Content-Type", media)
	w.WriteHeader(status)
	_, _ = w.Write(reply)
}

// otherDigest flips a bit of the SHA-256 in a query.
func otherDigest(query []byte) []byte {
	changed := bytes.Clone(query)
	if i := bytes.Index(changed, []byte{0x04, 0x20}); i >= 0 && i+2 < len(changed) {
		changed[i+2] ^= 1
	}
	return changed
}

func (s *Server) reply(query []byte, fault Fault) ([]byte, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if fault == Replays && s.first != nil {
		return s.first, nil
	}
	s.seq++
	in, out := filepath.Join(s.Dir, fmt.Sprintf("query-%d.tsq", s.seq)), filepath.Join(s.Dir, fmt.Sprintf("reply-%d.tsr", s.seq))
	if err := os.WriteFile(in, query, 0o600); err != nil {
		return nil, err
	}
	if err := s.openssl("ts", "-reply", "-config", "tsa.cnf", "-queryfile", in, "-out", out); err != nil {
		return nil, err
	}
	reply, err := os.ReadFile(out)
	if err == nil && s.first == nil {
		s.first = reply
	}
	return reply, err
}

func (s *Server) openssl(args ...string) error {
	cmd := exec.Command("openssl", args...)
	cmd.Dir = s.Dir
	cmd.Env = append(os.Environ(), "OPENSSL_CONF="+filepath.Join(s.Dir, "tsa.cnf"))
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("openssl %s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

const config = `
[ req ]
prompt = no
distinguished_name = dn
[ dn ]
O = Test
CN = Test Root
[ root ]
basicConstraints = critical, CA:TRUE
keyUsage = critical, keyCertSign, cRLSign
subjectKeyIdentifier = hash
[ signer ]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = critical, timeStamping
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
%[4]s
[ ocsp ]
basicConstraints = CA:FALSE
keyUsage = critical, digitalSignature
extendedKeyUsage = OCSPSigning
[ ca ]
default_ca = main
[ main ]
database = index.txt
default_md = sha256
crl_extensions = crl
[ crl ]
authorityKeyIdentifier = keyid
[ tsa ]
default_tsa = one
[ one ]
serial = serial
crypto_device = builtin
signer_cert = signer.pem
certs = root.pem
signer_key = signer.key
signer_digest = %[1]s
default_policy = %[2]s
digests = sha256, sha384, sha512, sha3-256
accuracy = secs:1, millisecs:500, microsecs:100
ordering = no
tsa_name = yes
ess_cert_id_chain = no
ess_cert_id_alg = %[3]s
`

// create makes keys, certificates and configuration with the openssl command.
func (s *Server) create(t testing.TB, o Options) {
	t.Helper()
	conf := fmt.Sprintf(config, or(o.Digest, "sha256"), or(o.Policy, "1.2.3.4.1"), or(o.ESS, "sha256"), s.sources(o.Revocation))
	for name, content := range map[string]string{"tsa.cnf": conf, "serial": "01\n"} {
		if err := os.WriteFile(filepath.Join(s.Dir, name), []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	algorithm := []string{"-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"}
	if o.Key == RSA {
		algorithm = []string{"-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"}
	}
	for _, args := range [][]string{
		append([]string{"genpkey", "-out", "root.key"}, algorithm...),
		append([]string{"genpkey", "-out", "signer.key"}, algorithm...),
		{"req", "-x509", "-new", "-config", "tsa.cnf", "-extensions", "root", "-key", "root.key", "-days", "3650", "-out", "root.pem"},
		{"req", "-new", "-config", "tsa.cnf", "-key", "signer.key", "-subj", "/O=Test/CN=Test Timestamp Signer", "-out", "signer.csr"},
		{"x509", "-req", "-in", "signer.csr", "-CA", "root.pem", "-CAkey", "root.key", "-set_serial", "4096", "-days", strconv.Itoa(cmp.Or(o.Days, 365)),
			"-extfile", "tsa.cnf", "-extensions", "signer", "-out", "signer.pem"},
	} {
		if err := s.openssl(args...); err != nil {
			t.Fatal(err)
		}
	}
	if o.Revocation {
		s.createRevocation(t, algorithm)
	}
	s.RootPath = filepath.Join(s.Dir, "root.pem")
	root, err := os.ReadFile(s.RootPath)
	if err != nil {
		t.Fatal(err)
	}
	s.RootPEM = string(root)
}

func or(s, fallback string) string {
	if s == "" {
		return fallback
	}
	return s
}

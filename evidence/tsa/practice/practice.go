// Package practice is a timestamp authority for practising (RFC 3161), inside
// this program and on loopback only.
//
// # What it does
//
// It answers timestamp queries as a real authority does, so that the whole
// journey can be tried without the internet. OpenSSL accepts its tokens when it
// is given the practice root.
//
// # How to use it
//
//	url, stop, err := practice.New(time.Now).Listen(ctx)
//	defer stop()
//	authority := evidence.Authority{Name: "practice", URL: url, RootsPEM: a.RootPEM(), Practice: true}
//
// # What it promises
//
// Every certificate carries [evidence.PracticeMark] in its subject and issuer,
// and package tsa fails any chain that does unless it is told that this is
// practice. Root and signer are the same on every machine and in every
// release: their keys are SHA-256 values of public labels, and their
// certificates are signed deterministically (RFC 6979).
//
// # What it does not do
//
// It proves nothing. The private keys can be computed by anybody, on purpose,
// so that nobody can ever mistake a practice token for evidence. It keeps no
// record of what it stamped.
package practice

import (
	"context"
	"crypto"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/asn1"
	"encoding/pem"
	"fmt"
	"io"
	"math/big"
	"mime"
	"net"
	"net/http"
	"time"

	"constat/evidence"

	"github.com/digitorus/timestamp"
)

// Name is the authority's name, safe as part of a file name.
const Name = "practice"

const (
	queryType = "application/timestamp-query"
	replyType = "application/timestamp-reply"
	maxQuery  = 16 << 10
	patience  = 30 * time.Second
)

// policy is in the arc that is reserved for examples (Rec. ITU-T X.660).
var policy = asn1.ObjectIdentifier{2, 999, 1}

// The certificates outlast every computer on which somebody may practise, and
// begin before any clock that was never set right.
var (
	notBefore = time.Date(1990, 1, 1, 0, 0, 0, 0, time.UTC)
	notAfter  = time.Date(2149, 12, 31, 23, 59, 59, 0, time.UTC)
)

// Authority is the practice authority. It may be used by many goroutines at once.
type Authority struct {
	now    func() time.Time
	root   *x509.Certificate
	signer *x509.Certificate
	key    *ecdsa.PrivateKey
}

var _ http.Handler = (*Authority)(nil)

// New makes the authority, which is always the same one. A nil now means time.Now.
func New(now func() time.Time) (*Authority, error) {
	if now == nil {
		now = time.Now
	}
	rootKey, err := keyOf("root")
	if err != nil {
		return nil, err
	}
	key, err := keyOf("signer")
	if err != nil {
		return nil, err
	}
	rootForm := &x509.Certificate{
		SerialNumber:          big.NewInt(1),
		Subject:               subject("Root"),
		NotBefore:             notBefore,
		NotAfter:              notAfter,
		IsCA:                  true,
		BasicConstraintsValid: true,
		KeyUsage:              x509.KeyUsageCertSign | x509.KeyUsageCRLSign,
		SubjectKeyId:          keyID("root"),
		SignatureAlgorithm:    x509.ECDSAWithSHA256,
	}
	root, err := issue(rootForm, rootForm, rootKey, rootKey)
	if err != nil {
		return nil, err
	}
	// Marked critical by hand: the template's ExtKeyUsage would not be.
	usage, err := asn1.Marshal([]asn1.ObjectIdentifier{{1, 3, 6, 1, 5, 5, 7, 3, 8}})
	if err != nil {
		return nil, fmt.Errorf("practice authority: %w", err)
	}
	signer, err := issue(&x509.Certificate{
		SerialNumber:       big.NewInt(2),
		Subject:            subject("Timestamp"),
		NotBefore:          notBefore,
		NotAfter:           notAfter,
		KeyUsage:           x509.KeyUsageDigitalSignature,
		ExtraExtensions:    []pkix.Extension{{Id: asn1.ObjectIdentifier{2, 5, 29, 37}, Critical: true, Value: usage}},
		SubjectKeyId:       keyID("signer"),
		SignatureAlgorithm: x509.ECDSAWithSHA256,
	}, root, key, rootKey)
	if err != nil {
		return nil, err
	}
	return &Authority{now: now, root: root, signer: signer, key: key}, nil
}

// label is public and so are the keys made from it.
func label(what string) []byte {
	h := sha256.Sum256([]byte("Constat practice authority, worthless on purpose: " + what))
	return h[:]
}

func keyOf(what string) (*ecdsa.PrivateKey, error) {
	key, err := ecdsa.ParseRawPrivateKey(elliptic.P256(), label(what+" key"))
	if err != nil {
		return nil, fmt.Errorf("practice authority: %w", err)
	}
	return key, nil
}

// keyID is set by hand: how crypto/x509 computes one differs between releases.
func keyID(what string) []byte { return label(what + " identifier")[:20] }

func subject(what string) pkix.Name {
	return pkix.Name{
		Organization: []string{evidence.PracticeMark},
		CommonName:   evidence.PracticeMark + " (" + what + ")",
	}
}

func issue(form, parent *x509.Certificate, key, parentKey *ecdsa.PrivateKey) (*x509.Certificate, error) {
	// Without a source of randomness ECDSA signs deterministically.
	der, err := x509.CreateCertificate(nil, form, parent, key.Public(), parentKey)
	if err != nil {
		return nil, fmt.Errorf("practice authority: %w", err)
	}
	return x509.ParseCertificate(der)
}

// Root returns the practice root. It is not to be altered.
func (a *Authority) Root() *x509.Certificate { return a.root }

// RootPEM returns the practice root in PEM.
func (a *Authority) RootPEM() string {
	return string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: a.root.Raw}))
}

// Describe returns the authority as it is asked at an address.
func (a *Authority) Describe(url string) evidence.Authority {
	return evidence.Authority{Name: Name, URL: url, RootsPEM: a.RootPEM(), Practice: true}
}

// ServeHTTP answers one timestamp query (RFC 3161 clause 3.4).
func (a *Authority) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost {
		w.Header().Set("Allow", http.MethodPost)
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != queryType {
		http.Error(w, http.StatusText(http.StatusUnsupportedMediaType), http.StatusUnsupportedMediaType)
		return
	}
	query, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxQuery))
	if err != nil {
		http.Error(w, http.StatusText(http.StatusRequestEntityTooLarge), http.StatusRequestEntityTooLarge)
		return
	}
	reply, err := a.answer(query)
	if err != nil {
		http.Error(w, http.StatusText(http.StatusInternalServerError), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", replyType)
	_, _ = w.Write(reply) // whoever asked has gone away: nobody to tell
}

// answer makes the TimeStampResp for a TimeStampReq.
func (a *Authority) answer(query []byte) ([]byte, error) {
	req, err := timestamp.ParseRequest(query)
	switch {
	case err != nil:
		return timestamp.CreateErrorResponse(timestamp.Rejection, timestamp.BadDataFormat)
	case req.HashAlgorithm != crypto.SHA256 && req.HashAlgorithm != crypto.SHA384 && req.HashAlgorithm != crypto.SHA512,
		len(req.HashedMessage) != req.HashAlgorithm.Size():
		return timestamp.CreateErrorResponse(timestamp.Rejection, timestamp.BadAlgorithm)
	case req.TSAPolicyOID != nil && !req.TSAPolicyOID.Equal(policy):
		return timestamp.CreateErrorResponse(timestamp.Rejection, timestamp.UnacceptedPolicy)
	case len(req.Extensions) > 0:
		return timestamp.CreateErrorResponse(timestamp.Rejection, timestamp.UnacceptedExtension)
	}
	token := timestamp.Timestamp{
		HashAlgorithm:     req.HashAlgorithm,
		HashedMessage:     req.HashedMessage,
		Time:              a.now().UTC(),
		Accuracy:          time.Second,
		Policy:            policy,
		Nonce:             req.Nonce,
		AddTSACertificate: req.Certificates,
	}
	return token.CreateResponseWithOpts(a.signer, a.key, crypto.SHA256)
}

// Listen serves on a free port of 127.0.0.1 until ctx ends or stop is called,
// and returns the address to ask. Calling stop more than once does no harm.
func (a *Authority) Listen(ctx context.Context) (url string, stop func(), err error) {
	if err := ctx.Err(); err != nil {
		return "", nil, fmt.Errorf("practice authority: %w", err)
	}
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("practice authority: %w", err)
	}
	srv := &http.Server{Handler: a, ReadTimeout: patience, WriteTimeout: patience, MaxHeaderBytes: maxQuery}
	ctx, cancel := context.WithCancel(ctx)
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = srv.Serve(l) // ends with ErrServerClosed
	}()
	context.AfterFunc(ctx, func() { _ = srv.Close() })
	return "http://" + l.Addr().String(), func() { cancel(); <-ended }, nil
}

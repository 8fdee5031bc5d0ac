package proof

import (
	"context"
	"crypto"
	"fmt"
	"io"
	"os"
	"time"

	"constat/evidence"
	"constat/evidence/trustlist"
	"constat/evidence/tsa"
	"constat/evidence/tsa/renewal"
)

// TokenQuestion says what is to be checked, and by what.
type TokenQuestion struct {
	Token      string    // file of a reply, or of a token by itself, in BER or DER
	Data       string    // file that was timestamped
	Roots      string    // file of the roots that are trusted, in PEM or DER
	Revocation []string  // files of revocation lists and OCSP answers, in DER or PEM
	At         time.Time // the moment to look back from; zero: now
}

// TokenResult answers a check of one timestamp reply.
type TokenResult struct {
	Valid     bool       `json:"valid"`
	Time      *time.Time `json:"time"` // UTC; null unless valid
	Root      string     `json:"root_sha256,omitempty"`
	Signer    string     `json:"signer,omitempty"`
	Policy    string     `json:"policy,omitempty"`
	Imprint   string     `json:"imprint,omitempty"`   // name of the hash function
	Algorithm string     `json:"algorithm,omitempty"` // of the signature
	Accuracy  string     `json:"accuracy,omitempty"`  // as claimed
	// Beyond says why stock `openssl ts -verify` cannot judge the token.
	Beyond string `json:"openssl_cannot_judge,omitempty"`
	// StandsUntil is when the first certificate or algorithm that the token
	// rests on ends, and Ends which of the two; after it a later timestamp has
	// to show that this one was there before. Stands compares it with the
	// moment that was asked for.
	StandsUntil *time.Time     `json:"stands_until,omitempty"`
	Ends        renewal.Reason `json:"ends,omitempty"`
	Stands      bool           `json:"stands"`
	// Listed is what the European trusted lists say of the service at the token's own time.
	Listed *trustlist.Finding `json:"trusted_list,omitempty"`
	Checks []evidence.Check   `json:"checks"`
}

// VerifyToken checks a token over a file against roots that the caller
// brings, and only those. A practice token never passes.
func (k *Checker) VerifyToken(ctx context.Context, q TokenQuestion) (TokenResult, error) {
	raw, err := readLimited(q.Token, tsa.MaxReply+1)
	if err != nil {
		return TokenResult{}, fmt.Errorf("token: %w", err)
	}
	file, err := readLimited(q.Roots, 1<<20)
	if err != nil {
		return TokenResult{}, fmt.Errorf("roots: %w", err)
	}
	o := tsa.Options{Token: true, Now: q.At}
	if o.Roots, err = tsa.ParseRoots(file); err != nil {
		return TokenResult{}, err
	}
	if o.Now.IsZero() {
		o.Now = k.cfg.Now()
	}
	for _, path := range q.Revocation {
		file, err := readLimited(path, tsa.MaxCRL+1)
		if err != nil {
			return TokenResult{}, fmt.Errorf("revocation: %w", err)
		}
		record, err := tsa.ReadRecord(file)
		if err != nil {
			return TokenResult{}, fmt.Errorf("%s: %w", path, err)
		}
		o.Revocation = append(o.Revocation, record)
	}
	hash := tsa.ImprintHash(raw)
	digest, other, err := digestFile(ctx, q.Data, hash)
	if err != nil {
		return TokenResult{}, fmt.Errorf("data: %w", err)
	}
	if other != nil {
		o.Imprints = map[crypto.Hash][]byte{hash: other}
	}
	ts, checks := tsa.Verify(raw, digest, o)
	r := TokenResult{Checks: checks}
	if ts != nil {
		at := ts.Time.UTC()
		r.Valid, r.Time, r.Root, r.Signer, r.Policy = true, &at, ts.RootFingerprint.String(), ts.Signer, ts.Policy
		r.Imprint, r.Algorithm, r.Beyond = ts.HashAlgorithm, ts.SignatureAlgorithm, ts.BeyondOpenSSL
		if ts.HasAccuracy {
			r.Accuracy = ts.Accuracy.String()
		}
		r.Listed = k.listSet().Find(ts.Chain, ts.Time)
		until, why := renewal.Limit(ts)
		r.StandsUntil, r.Ends, r.Stands = &until, why, !o.Now.After(until)
	}
	return r, nil
}

func readLimited(path string, limit int64) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(b)) > limit {
		b = b[:limit] // too long to be one; the check that follows says so
	}
	return b, nil
}

// digestFile returns the SHA-256 of a file, and its digest by another function
// that is asked for.
func digestFile(ctx context.Context, path string, hash crypto.Hash) (evidence.Digest, []byte, error) {
	f, err := os.Open(path)
	if err != nil {
		return evidence.Digest{}, nil, err
	}
	defer f.Close()
	h := evidence.NewHasher()
	var to io.Writer = h
	var other interface{ Sum([]byte) []byte }
	if hash != 0 && hash != crypto.SHA256 {
		w := hash.New()
		to, other = io.MultiWriter(h, w), w
	}
	if _, err := io.Copy(to, &ctxReader{ctx, f}); err != nil {
		return evidence.Digest{}, nil, err
	}
	d, _, _ := h.Sums()
	if other == nil {
		return d, nil, nil
	}
	return d, other.Sum(nil), nil
}

// ctxReader ends a long copy when its context does.
type ctxReader struct {
	ctx context.Context
	r   io.Reader
}

func (c *ctxReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

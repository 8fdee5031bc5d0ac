package proof

import (
	"context"
	"fmt"
	"io"
	"os"
	"time"

	"constat/evidence"
	"constat/evidence/tsa"
)

// TokenResult answers a check of one timestamp reply.
type TokenResult struct {
	Valid  bool             `json:"valid"`
	Time   *time.Time       `json:"time"` // UTC; null unless valid
	Root   string           `json:"root_sha256,omitempty"`
	Signer string           `json:"signer,omitempty"`
	Policy string           `json:"policy,omitempty"`
	Checks []evidence.Check `json:"checks"`
}

// VerifyToken checks a reply over a file against roots that the caller
// brings, and only those. A practice token never passes.
func (k *Checker) VerifyToken(ctx context.Context, tokenPath, dataPath, rootsPath string) (TokenResult, error) {
	raw, err := readLimited(tokenPath, tsa.MaxReply+1)
	if err != nil {
		return TokenResult{}, fmt.Errorf("token: %w", err)
	}
	pem, err := readLimited(rootsPath, 1<<20)
	if err != nil {
		return TokenResult{}, fmt.Errorf("roots: %w", err)
	}
	roots, err := tsa.ParseRootsPEM(pem)
	if err != nil {
		return TokenResult{}, err
	}
	digest, err := digestFile(ctx, dataPath)
	if err != nil {
		return TokenResult{}, fmt.Errorf("data: %w", err)
	}
	ts, checks := tsa.Verify(raw, digest, tsa.Options{Roots: roots})
	r := TokenResult{Checks: checks}
	if ts != nil {
		at := ts.Time.UTC()
		r.Valid, r.Time, r.Root, r.Signer, r.Policy = true, &at, ts.RootFingerprint.String(), ts.Signer, ts.Policy
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

func digestFile(ctx context.Context, path string) (evidence.Digest, error) {
	f, err := os.Open(path)
	if err != nil {
		return evidence.Digest{}, err
	}
	defer f.Close()
	h := evidence.NewHasher()
	if _, err := io.Copy(h, &ctxReader{ctx, f}); err != nil {
		return evidence.Digest{}, err
	}
	d, _, _ := h.Sums()
	return d, nil
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

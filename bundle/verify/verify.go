package verify

import (
	"context"
	"crypto/x509"
	"errors"
	"time"

	"constat/evidence"
	"constat/evidence/tsa"
)

// Verdict is the answer in one word.
type Verdict string

const (
	// Valid: no check failed, the integrity checks passed, and if there are
	// timestamps, every stamped digest has at least one that passed.
	Valid Verdict = "valid"
	// NotValid: at least one check failed.
	NotValid Verdict = "not-valid"
	// CouldNotCheck: nothing failed, but a timestamp is there and no root
	// certificate was brought to check it against.
	CouldNotCheck Verdict = "could-not-check"
)

// Options are what the checker brings itself; nothing of it comes from the bundle.
type Options struct {
	Roots       []*x509.Certificate // of timestamp authorities
	SystemRoots bool                // also trust the roots of this system
	Practice    bool                // accept a practice bundle
	ZipPassword string
}

// Timestamp is one token in the bundle that passed every check.
type Timestamp struct {
	File string // path in the bundle
	Over string // path of what it was given for
	*tsa.Timestamp
}

// Report is what was looked at, and what was seen.
type Report struct {
	Verdict     Verdict
	Valid       bool // Verdict is Valid
	Checks      []evidence.Check
	Fingerprint evidence.Digest // of data/evidence-sha256.txt as found; zero if missing
	Practice    bool            // the bundle says that it is practice
	Case        string          // case id, as the manifests name it
	Exhibits    []string        // exhibit ids found
	Created     time.Time       // as bag-info.txt says; zero if it does not
	Files       int
	Bytes       int64
	Timestamps  []Timestamp
}

// ErrPassword reports an encrypted ZIP and a password that is missing or wrong.
var ErrPassword = errors.New("the ZIP is encrypted and the password is missing or wrong")

// ErrNotBundle reports a path that is neither a folder nor a ZIP that can be read.
var ErrNotBundle = errors.New("neither a folder nor a readable ZIP")

// Verify checks a bundle.
func Verify(ctx context.Context, path string, o Options) (Report, error) {
	return Report{}, ErrNotBundle
}

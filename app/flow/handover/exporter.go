package handover

import (
	"context"
	"crypto/ed25519"
	"crypto/x509"
	"time"

	"constat/app/flow/look"
	"constat/app/flow/proof"
	"constat/bundle/report"
	"constat/evidence"
	"constat/evidence/vault"
)

// Vault is what an [Exporter] needs of an open vault.
type Vault interface {
	Case(ctx context.Context, id string) (*vault.Case, error)
	PublicKey() ed25519.PublicKey
	SigningKeyFingerprint() evidence.Digest
}

// What goes onto paper; see package report.
type (
	Masking = report.Masking
	Account = report.Account
	Section = report.Section
)

// What paper shows of the pictures of an exhibit.
const (
	Shown    = report.Shown
	Blur     = report.Blur
	LeaveOut = report.LeaveOut
)

// Config is what an [Exporter] needs from outside.
type Config struct {
	Vault    Vault
	Stamps   *proof.Stamper // has the fingerprint timestamped, and judges what goes into the bundle
	Look     *look.Reader
	Pins     []evidence.Digest   // roots that the check of what was written trusts, besides the system's and the case's own
	Anchors  []*x509.Certificate // that the program keeps for timestamps
	Now      func() time.Time    // its zone is the report's
	Software evidence.Software   // as the bundle names this program
	// Account is what the person told of the whole case, for the report, without what was told of the
	// exhibits that are left out; nil: it is not printed.
	Account func(ctx context.Context, caseID, lang string, at time.Time, without []string) (Account, error)
	// Free is the room in the file system of a folder; nil, or an error: it is not known.
	Free func(dir string) (int64, error)
	// Largest is how large a file may be there; nil, or 0: no limit is known.
	Largest func(dir string) int64
	Begun   string // folder in which a running export is noted, for after a crash; empty: none is
}

// Exporter takes evidence out of an open vault. It is safe for concurrent use.
type Exporter struct {
	vault    Vault
	stamps   *proof.Stamper
	look     *look.Reader
	pins     []evidence.Digest
	anchors  []*x509.Certificate
	now      func() time.Time
	software evidence.Software
	begun    string
	free     func(dir string) (int64, error)
	largest  func(dir string) int64
	account  func(ctx context.Context, caseID, lang string, at time.Time, without []string) (Account, error)
}

// New makes an Exporter, and sweeps what killed exports from this vault left.
func New(c Config) *Exporter {
	x := &Exporter{
		vault:    c.Vault,
		stamps:   c.Stamps,
		look:     c.Look,
		pins:     c.Pins,
		anchors:  c.Anchors,
		now:      c.Now,
		software: c.Software,
		begun:    c.Begun,
		free:     c.Free,
		largest:  c.Largest,
		account:  c.Account,
	}
	x.sweepKilled()
	return x
}

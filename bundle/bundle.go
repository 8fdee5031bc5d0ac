package bundle

import (
	"context"
	"errors"
	"io"
	"time"

	"constat/bundle/report"
	"constat/evidence"
	"constat/evidence/tsa"
)

// The report shows what the bundle holds, so both speak of the same things.
type (
	// Exhibit is one exhibit with a way to its artifacts.
	Exhibit = report.Exhibit
	// Stamp is what one timestamp authority answered.
	Stamp = report.Stamp
	// PlatformFact is one thing that an address says by itself.
	PlatformFact = report.PlatformFact
	// File is a small file that goes into the bundle as it is.
	File = report.File
	// Renewal is a round of timestamps over everything before it.
	Renewal = report.Renewal
	// SignedHead is the head of the custody log, signed with the vault's key.
	SignedHead = report.SignedHead
	// LeftOut is an exhibit of the case that is not in the bundle.
	LeftOut = report.LeftOut
	// MismatchError reports an artifact that is not what its manifest names.
	MismatchError = report.MismatchError
)

// LeftOutChoice is the reason of an exhibit that whoever exports left out by choice.
const LeftOutChoice = report.LeftOutChoice

// Input is all that a bundle is made from.
type Input struct {
	Case     evidence.Case
	Exhibits []Exhibit
	// WriteLog writes the case's custody log, one line an entry.
	WriteLog  func(ctx context.Context, w io.Writer) error
	Language  string         // of the report: "fr", "nl", "de" or "en"
	Location  *time.Location // for local times beside UTC; nil: UTC only
	CreatedAt time.Time
	Software  evidence.Software
	Practice  bool // marks everything PRACTICE — NOT EVIDENCE
	// Head is the signed head of the log that WriteLog writes, or of an earlier
	// line of it. It may be nil: then the bundle carries no signature.
	Head *SignedHead
	// LeftOut are the other exhibits of the case, said on paper. One that was left out by choice takes
	// a Head over an 'exporting' line that says the same of every exhibit.
	LeftOut []LeftOut
	Account report.Account // what the person told of the whole case
	Emoji   []byte         // a font for the report's; nil: those of this system
	// Stamp asks the authorities for a timestamp over a digest: the fingerprint, and
	// at the end the list that covers the whole. It may be nil or return none: then
	// the paper says so.
	Stamp func(ctx context.Context, digest evidence.Digest) []Stamp
	// StampOver asks one authority after the other, up to the first that answers well,
	// also for a digest by another hash function: for the report's own timestamp, the
	// evidence record and the list's container. It may be nil or return none: then there
	// are none of those.
	StampOver func(ctx context.Context, imprint tsa.Imprint) []Stamp
	// Revocation asks what issuers say of the certificates under a timestamp, for the report's
	// own. It may be nil or return nothing.
	Revocation func(ctx context.Context, t *tsa.Timestamp) []tsa.RevocationRecord
	// Calendars asks for an OpenTimestamps proof over the list that covers the whole. It
	// may be nil, which is how it is unless a person wants it, or return none.
	Calendars func(ctx context.Context, digest evidence.Digest) []byte
}

// Result says what was written.
type Result struct {
	Dir         string          // the folder, or the ZIP
	Fingerprint evidence.Digest // SHA-256 of data/evidence-sha256.txt
	Files       int             // of the whole bundle
	Bytes       int64           // of the whole bundle, before compression
	Pages       int             // of the report
	Stamps      []Stamp         // over the fingerprint, with their file names
	Whole       []Stamp         // over tagmanifest-sha256.txt, and so over all of it
	Record      *Stamp          // of the evidence record; nil: there is none
}

// ExistsError reports a target that exists; it was not touched.
type ExistsError struct{ Path string }

func (e *ExistsError) Error() string { return "exists already: " + e.Path }

// Write makes the bundle as a folder, which must not exist; its parent must.
func Write(ctx context.Context, dir string, in Input, p evidence.Progress) (Result, error) {
	return writeFolder(ctx, osDisk{}, dir, in, p)
}

func writeFolder(ctx context.Context, d disk, dir string, in Input, p evidence.Progress) (Result, error) {
	s, err := newFolder(d, dir)
	if err != nil {
		return Result{}, err
	}
	return write(ctx, s, in, p)
}

// WriteZip makes the bundle straight into a ZIP, which must not exist. With a
// password every entry is encrypted (WinZip AE-2, AES-256), though names and
// sizes stay readable; without one the ZIP is a plain one. Everything lies in
// one folder that is named like the file.
func WriteZip(ctx context.Context, path, password string, in Input, p evidence.Progress) (Result, error) {
	return WriteSealed(ctx, path, Sealing{Password: password}, in, p)
}

// WriteSealed is WriteZip with more ways to close what it makes.
func WriteSealed(ctx context.Context, path string, how Sealing, in Input, p evidence.Progress) (Result, error) {
	return writeArchive(ctx, osDisk{}, path, how, in, p)
}

func writeArchive(ctx context.Context, d disk, path string, how Sealing, in Input, p evidence.Progress) (Result, error) {
	s, err := newArchive(d, path, how, in.CreatedAt)
	if err != nil {
		return Result{}, err
	}
	return write(ctx, s, in, p)
}

// write leaves nothing behind unless all of it could be written.
func write(ctx context.Context, s sink, in Input, p evidence.Progress) (Result, error) {
	w := &writer{sink: s, in: in, p: p}
	err := w.all(ctx)
	if err == nil {
		err = ctx.Err()
	}
	if err == nil {
		err = s.commit()
	}
	if err != nil {
		return Result{}, errors.Join(err, s.abort())
	}
	return w.result(s.target()), nil
}

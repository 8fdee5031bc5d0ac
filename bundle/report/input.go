package report

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"constat/evidence"
	"constat/evidence/tsa"
)

// Stamp is what one timestamp authority answered over a manifest or over the
// bundle's fingerprint.
type Stamp struct {
	Authority evidence.Authority // its RootsPEM is never written anywhere
	FileName  string             // of the reply in the bundle; empty: derived from the authority's name
	Reply     []byte             // RFC 3161 TimeStampResp, DER; empty if none came
	Verified  *tsa.Timestamp     // nil: pending or rejected; only a verified time is ever printed
	Checks    []evidence.Check
	Reason    string // stable code: why pending or rejected
}

// Rejected reports whether an answer came and failed a check.
func (s Stamp) Rejected() bool {
	return s.Verified == nil && slices.ContainsFunc(s.Checks, func(c evidence.Check) bool { return c.State == evidence.Failed })
}

// Kept reports whether the reply belongs in the bundle: it is there, and no check failed.
func (s Stamp) Kept() bool { return len(s.Reply) > 0 && !s.Rejected() }

// Exhibit is one exhibit with a way to its artifacts.
type Exhibit struct {
	Manifest      evidence.Manifest
	ManifestBytes []byte // exactly what was timestamped
	Open          func(ctx context.Context, name string) (io.ReadCloser, error)
	Stamps        []Stamp
	Masked        bool // pictures are left out on paper, at the person's wish
}

// Input is all that the report is made from.
type Input struct {
	Case        evidence.Case
	Exhibits    []Exhibit
	Fingerprint evidence.Digest // SHA-256 of data/evidence-sha256.txt
	Stamps      []Stamp         // over the fingerprint
	Language    string          // "fr", "nl", "de" or "en"
	Location    *time.Location  // for local times beside UTC; nil: UTC only
	CreatedAt   time.Time
	Software    evidence.Software
	Practice    bool
}

// MismatchError reports an artifact whose bytes are not those its manifest names.
type MismatchError struct {
	Exhibit, Name string
	Want, Got     evidence.Digest
	WantSize      int64
	GotSize       int64
}

func (e *MismatchError) Error() string {
	return fmt.Sprintf("%s/%s is not what its manifest names: SHA-256 %s of %d bytes instead of %s of %d bytes",
		e.Exhibit, e.Name, e.Got, e.GotSize, e.Want, e.WantSize)
}

package report

import (
	"context"
	"fmt"
	"io"
	"time"

	"constat/evidence"
)

// Masking is what paper shows of an exhibit's pictures; the files stay whole.
type Masking string

const (
	Shown    Masking = ""
	Blur     Masking = "blur"
	LeaveOut Masking = "leave-out"
)

// Exhibit is one exhibit with a way to its artifacts.
type Exhibit struct {
	Manifest      evidence.Manifest
	ManifestBytes []byte // exactly what was timestamped
	Open          func(ctx context.Context, name string) (io.ReadCloser, error)
	Stamps        []Stamp
	Mask          Masking // of its pictures on paper, at the person's wish

	Facts      map[string]string // what the person told, by names of evidence.FactFields; never checked
	Platform   []PlatformFact    // what the address says, in the order in which it is printed
	Revocation []File            // what was kept for judging Stamps later; see renewal.RevocationName
	Renewals   []Renewal         // oldest first
}

// PlatformFact is one thing that an address says by itself.
type PlatformFact struct {
	Name    string // looked up as "platform.<name>", else shown as it is
	Value   string
	Reason  string // why it was not taken for an id, or why an id carries no time; looked up as "platform.reason.<reason>"
	Derived bool   // computed from an id; it is nobody's statement
	Source  string // for what is derived: where the arithmetic is published
}

// File is a small file that goes into the bundle as it is.
type File struct {
	Name string
	Data []byte
}

// Renewal is a round of timestamps over a list of everything before it; see
// evidence/tsa/renewal for the list.
type Renewal struct {
	ListName   string // as renewal.ListName makes it; empty: that
	List       []byte // exactly what was timestamped
	Stamps     []Stamp
	Revocation []File
}

// SignedHead is the head of the custody log under the signature of the vault's
// key: two bundles with one key come from one vault.
type SignedHead struct {
	Statement      []byte          // four lines; see docs/formats.md
	Signature      []byte          // Ed25519 (RFC 8032), 64 bytes, over Statement
	PublicKeyPEM   []byte          // SubjectPublicKeyInfo (RFC 8410)
	KeyFingerprint evidence.Digest // SHA-256 of the key in DER
}

// Why an exhibit is not in the bundle.
const (
	LeftOutMinor   = "minor"   // the person shown was or may have been under 18
	LeftOutSame    = "same"    // it holds the same file as one of those; of itself nobody said it
	LeftOutDamaged = "damaged" // its files in the vault are
	LeftOutChoice  = "choice"  // whoever exports chose so
)

// LeftOut is an exhibit of the case that is not in the bundle.
type LeftOut struct {
	Exhibit string
	Reason  string // [LeftOutMinor], [LeftOutSame], [LeftOutDamaged] or [LeftOutChoice]
	// StillIn are exhibits in the bundle that hold a file of this one, and Unread whether not all could be read
	// where that was looked for; of what was left out by choice alone.
	StillIn []string
	Unread  bool
}

// Section is a part of the account, in lines.
type Section struct {
	Title string
	Lines []string
}

// Account is what the person told of the whole case, in the language of the report. Nobody checked it.
type Account struct {
	Concerned string // whose case it is
	MadeBy    string // who made the report, in what role
	Happened  string
	AskedFor  string
	Sections  []Section
}

// Input is all that the report is made from.
type Input struct {
	Case        evidence.Case
	Exhibits    []Exhibit
	Fingerprint evidence.Digest // SHA-256 of data/evidence-sha256.txt
	List        []byte          // that file
	Stamps      []Stamp         // over the fingerprint
	Language    string          // "fr", "nl", "de" or "en"
	Location    *time.Location  // for local times beside UTC; nil: UTC only
	CreatedAt   time.Time
	Software    evidence.Software
	Practice    bool
	Head        *SignedHead // nil: the log is not signed
	LeftOut     []LeftOut
	Account     Account
	Emoji       []byte // a font for them; nil: those of this system
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

package flow

import (
	"image"
	"time"

	"constat/evidence"
	"constat/evidence/platform"
)

// CaseView is a case as it is listed.
type CaseView struct {
	ID        string    `json:"case"`
	Title     string    `json:"title"`
	CreatedAt time.Time `json:"created_at"`
	Practice  bool      `json:"practice"`
	Exhibits  int       `json:"exhibits"`
	Pending   int       `json:"pending"`  // exhibits with a timestamp still to come
	Exported  bool      `json:"exported"` // at least one bundle was made
}

// TimestampState says what is known of one authority's timestamp.
type TimestampState string

const (
	StampVerified TimestampState = "verified" // every check passed; Time may be shown
	StampPending  TimestampState = "pending"  // not asked yet, or no usable answer so far
	StampRejected TimestampState = "rejected" // an answer came and failed a check
)

// TimestampView is one authority's timestamp over an exhibit's manifest.
type TimestampView struct {
	Authority string           `json:"authority"`
	Time      *time.Time       `json:"time"` // UTC; null unless verified
	Accuracy  float64          `json:"accuracy_seconds,omitempty"`
	State     TimestampState   `json:"state"`
	Checks    []evidence.Check `json:"checks"`
	Reason    string           `json:"reason,omitempty"` // why pending or rejected: a stable code
	Root      string           `json:"root_sha256,omitempty"`
	Qualified bool             `json:"claims_qualified,omitempty"` // the token's own claim

	// Gap is how long after the end of what was kept the answer came, both by
	// this device's clock; below 0 the clock was set in between. Null unless
	// verified. Tries before brought no usable answer.
	Gap   *float64 `json:"gap_seconds,omitempty"`
	Tries int      `json:"earlier_tries,omitempty"`
	// Clock is how far this device's clock was from the authority's.
	Clock *ClockView `json:"clock,omitempty"`
	// Label is what a source said of the authority, and when; empty if it is not known.
	Label   string `json:"label,omitempty"`
	LabelOn string `json:"label_on,omitempty"` // YYYY-MM-DD
}

// ClockView compares this device's clock with an authority's. It is shown, and
// nothing is corrected by it.
type ClockView struct {
	Offset      float64 `json:"offset_seconds"` // this device minus the authority: positive, this device is ahead
	Uncertainty float64 `json:"uncertainty_seconds"`
}

// ArtifactView is one file of an exhibit.
type ArtifactView struct {
	Name      string `json:"name"`
	Role      string `json:"role"`
	MediaType string `json:"media_type"`
	Size      int64  `json:"size"`
	SHA256    string `json:"sha256"`
}

// ExhibitView is an exhibit as it is listed and shown.
type ExhibitView struct {
	Exhibit    string             `json:"exhibit"`
	Case       string             `json:"case"`
	Kind       evidence.Kind      `json:"kind"`
	Practice   bool               `json:"practice"`
	Outcome    evidence.Outcome   `json:"outcome"`
	Problems   []evidence.Problem `json:"problems"`
	Timestamps []TimestampView    `json:"timestamps"`
	Artifacts  []ArtifactView     `json:"artifacts"`

	Facts  map[string]string `json:"facts,omitempty"`  // what the person told, by evidence.FactField
	Closed bool              `json:"closed,omitempty"` // marked as under 18: neither shown nor exported

	// Recheck is set if this is a second visit; Rechecks are the visits to this
	// exhibit, oldest first.
	Recheck  *evidence.Recheck `json:"recheck,omitempty"`
	Rechecks []RecheckView     `json:"rechecks,omitempty"`

	// Platform is what the address itself says: ids, and the time that an id carries.
	Platform *platform.Item `json:"platform,omitempty"`

	Phone bool `json:"phone,omitempty"` // seen as a phone would show it
	Scale int  `json:"scale,omitempty"` // pixels of the picture a pixel of the page; of a web capture

	Address        string            `json:"address"` // as entered
	FinalAddress   string            `json:"final_address,omitempty"`
	Title          string            `json:"title,omitempty"` // of the page, as it is; clean before showing
	Started        evidence.Moment   `json:"started"`
	Finished       evidence.Moment   `json:"finished"`
	ManifestSHA256 evidence.Digest   `json:"manifest_sha256"`
	Damage         string            `json:"damage,omitempty"` // what is wrong with its files in the vault
	Manifest       evidence.Manifest `json:"-"`                // every other fact
}

// Pending reports whether a timestamp is still to come.
func (e ExhibitView) Pending() bool {
	for _, t := range e.Timestamps {
		if t.State != StampVerified {
			return true
		}
	}
	return false
}

// PictureView is one picture of an exhibit that can be shown.
type PictureView struct {
	Set    int            // which set it belongs to, from 1; the order is that of the report
	Shows  evidence.Shows // what the pictures of the set show
	Pane   int            // of evidence.ShowsPane: which part of the page
	N, Of  int            // its place in the set, from 1
	source evidence.Artifact
}

// Pictures returns what of the exhibit can be shown and printed, in order: the
// parts of [Session.Preview], and what can be left off the paper.
func (e ExhibitView) Pictures() []PictureView { return pictures(e.Manifest) }

func pictures(m evidence.Manifest) []PictureView {
	var out []PictureView
	for i, set := range m.PictureSets() {
		for n, a := range set.Pictures {
			out = append(out, PictureView{Set: i + 1, Shows: set.Shows, Pane: set.Pane, N: n + 1, Of: len(set.Pictures), source: a})
		}
	}
	return out
}

// Subject is the answer to the question about age, asked before anything loads.
type Subject string

const (
	SubjectAdult  Subject = "adult"  // 18 or older when the image was made
	SubjectMinor  Subject = "minor"  // under 18: address-only record, no override
	SubjectUnsure Subject = "unsure" // treated like minor
)

// PreserveRequest asks to keep a page.
type PreserveRequest struct {
	Case        string
	Address     string
	Subject     Subject
	Authorities []evidence.Authority // nil: those of the settings

	Phone         bool // as a phone would show it, instead of a computer
	Scale         int  // pixels of the picture a pixel of the page: 1 or 2; 0: 1
	LeaveOverlays bool // cookie notices are not refused at the end
}

// RecordRequest asks for an address-only record: nothing is loaded.
type RecordRequest struct {
	Case        string
	Address     string
	Note        string // the person's own words, optional
	Authorities []evidence.Authority
}

// RecheckView is what one visit to an exhibit's address told.
type RecheckView struct {
	Exhibit string                `json:"exhibit"` // of the visit itself
	Time    time.Time             `json:"time"`    // UTC, this device's clock, when the visit began
	State   evidence.RecheckState `json:"state"`
	Reason  string                `json:"reason"` // stable code
	Detail  string                `json:"detail,omitempty"`
}

// RecheckRequest asks to visit kept pages again.
type RecheckRequest struct {
	Case        string
	Exhibits    []string // empty: every page of the case that may be visited
	Authorities []evidence.Authority
}

// Preview is one part of an exhibit's picture, small enough for any graphics card.
type Preview struct {
	Image image.Image // at most 4,000 px high
	Part  int         // counted from 1
	Parts int
}

// ExportRequest asks for a bundle.
type ExportRequest struct {
	Case        string
	Target      string   // folder to be made, or a file ending in .zip
	Language    string   // of the report: fr, nl, de, en
	Mask        []string // exhibits whose pictures stay off the paper; ["*"]: all
	ZipPassword string   // AES-256 when the target is a ZIP; empty: a plain ZIP
	Authorities []evidence.Authority
}

// ExportResult is a bundle that was made and read back.
type ExportResult struct {
	Target      string           `json:"bundle"`
	Report      string           `json:"report"`  // path of the PDF; empty inside a ZIP
	ReadMe      string           `json:"read_me"` // path of READ-ME-FIRST.html; empty inside a ZIP
	Fingerprint evidence.Digest  `json:"fingerprint"`
	Files       int              `json:"files"`
	Bytes       int64            `json:"bytes"`
	Pages       int              `json:"pages"`
	Timestamps  []TimestampView  `json:"timestamps"` // over the fingerprint
	Checks      []evidence.Check `json:"checks"`     // what the independent checker saw
	Valid       bool             `json:"valid"`
}

// CheckResult answers verify and check.
type CheckResult struct {
	Valid       bool             `json:"valid"`
	Verdict     Verdict          `json:"verdict"`
	Practice    bool             `json:"practice,omitempty"`
	Fingerprint string           `json:"fingerprint,omitempty"`
	Checks      []evidence.Check `json:"checks"`
}

// Verdict is the whole answer of a verification.
type Verdict string

const (
	Valid         Verdict = "valid"
	NotValid      Verdict = "not-valid"
	CouldNotCheck Verdict = "could-not-check"
)

package look

import (
	"time"

	"constat/app/flow/proof"
	"constat/evidence"
	"constat/evidence/platform"
)

// Case is a case as it is listed.
type Case struct {
	ID        string    `json:"case"`
	Title     string    `json:"title"`
	CreatedAt time.Time `json:"created_at"`
	Practice  bool      `json:"practice"`
	Exhibits  int       `json:"exhibits"`
	Kept      int       `json:"-"`                   // of them, where content was kept; see [Exhibit.Kept]
	Pending   int       `json:"pending"`             // exhibits with a timestamp still to come
	Exported  bool      `json:"exported"`            // at least one bundle was made
	Reports   int       `json:"reports"`             // in the log of reports
	Told      int       `json:"told"`                // fields of the account that hold something
	Reference string    `json:"reference,omitempty"` // of whoever keeps the case
	Tags      []string  `json:"tags,omitempty"`      // words with # in the confidential notes; never exported

	// Foreign: it was not written by this vault, and nothing of it is shown.
	Foreign bool `json:"not_written_by_this_vault,omitempty"`
	// ForeignFiles are so many files in its log, which is whole without them.
	ForeignFiles int    `json:"foreign_files,omitempty"`
	Unproven     int    `json:"not_authenticated,omitempty"` // entries of a vault of version 1, from the first
	Damage       string `json:"damage,omitempty"`            // what is wrong with its log
	Damaged      int    `json:"damaged,omitempty"`           // exhibits that are damaged
	Lost         []Lost `json:"lost,omitempty"`              // exhibits that were here, and whose entries are lost
}

// Lost are exhibits that were here, from First to Last, which may be the same.
type Lost struct {
	First string `json:"first"`
	Last  string `json:"last"`
	N     int    `json:"n"`
}

// Artifact is one file of an exhibit.
type Artifact struct {
	Name      string `json:"name"`
	Role      string `json:"role"`
	MediaType string `json:"media_type"`
	Size      int64  `json:"size"`
	SHA256    string `json:"sha256"`
}

// Exhibit is an exhibit as it is listed and shown.
type Exhibit struct {
	Exhibit    string             `json:"exhibit"`
	Case       string             `json:"case"`
	Kind       evidence.Kind      `json:"kind"`
	Practice   bool               `json:"practice"`
	Outcome    evidence.Outcome   `json:"outcome"`
	Problems   []evidence.Problem `json:"problems"`
	Timestamps []proof.Timestamp  `json:"timestamps"`
	Artifacts  []Artifact         `json:"artifacts"`

	Facts  map[string]string `json:"facts,omitempty"`  // what the person told, by evidence.FactField
	Closed bool              `json:"closed,omitempty"` // marked as under 18: neither shown nor exported
	// ClosedWith are the exhibits that were closed together with this one, because they hold one of its
	// files: in another case, with its id in front. Set where an exhibit was just closed.
	ClosedWith []string `json:"closed_with,omitempty"`
	// ClosedUnread are the exhibits of which a file could not be read to its end, named likewise: closing does
	// not reach into those.
	ClosedUnread []string `json:"closed_unread,omitempty"`

	// Recheck is set if this is a second visit; Rechecks are the visits to this
	// exhibit, oldest first.
	Recheck  *evidence.Recheck `json:"recheck,omitempty"`
	Rechecks []Recheck         `json:"rechecks,omitempty"`

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
	Damage         string            `json:"damage,omitempty"`  // what is wrong with its files in the vault
	Recorded       time.Time         `json:"recorded,omitzero"` // UTC, when the log says that it was kept; of a damaged one
	Manifest       evidence.Manifest `json:"-"`                 // every other fact
}

// Kept reports whether content is kept here that can be shown and handed over: not of an address
// alone, of a visit, of what is damaged or closed, or of a page that did not show its content.
func (e Exhibit) Kept() bool {
	return (e.Kind == evidence.WebCapture || e.Kind == evidence.Import) && e.Recheck == nil &&
		!e.Closed && e.Damage == "" && e.Outcome.Usable()
}

// Pending reports whether a timestamp is still to come.
func (e Exhibit) Pending() bool {
	for _, t := range e.Timestamps {
		if t.State != proof.Verified {
			return true
		}
	}
	return false
}

// Recheck is what one visit to an exhibit's address told.
type Recheck struct {
	Exhibit string                `json:"exhibit"` // of the visit itself
	Time    time.Time             `json:"time"`    // UTC, this device's clock, when the visit began
	State   evidence.RecheckState `json:"state"`
	Reason  string                `json:"reason"` // stable code
	Detail  string                `json:"detail,omitempty"`
}

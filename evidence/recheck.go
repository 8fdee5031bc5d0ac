package evidence

import "fmt"

// RecheckState is what a visit to a kept address told.
type RecheckState string

const (
	StillOnline RecheckState = "still-online" // what was kept is shown again, as far as text and title tell
	Gone        RecheckState = "gone"         // the server, or the platform's own note, says that it is not there
	Changed     RecheckState = "changed"      // a page came, and it says something else
	CannotTell  RecheckState = "cannot-tell"  // the reason says why
)

// Recheck says what a manifest of kind [Rechecked] is about: the address of an
// exhibit of the same case was visited again. It tells what was seen at that
// moment from this device, and no more.
type Recheck struct {
	Exhibit        string       `json:"exhibit"`
	ManifestSHA256 Digest       `json:"manifest_sha256"` // of that exhibit
	State          RecheckState `json:"state"`
	Reason         string       `json:"reason"`                      // stable code; words are in the translations
	Detail         string       `json:"detail,omitempty"`            // facts, not prose
	SameText       *int         `json:"same_text_percent,omitempty"` // how much of the beginning of the kept text was found; absent: not compared
}

// checkRecheck: the kind and the field go together, and the reference has its form.
func (m Manifest) checkRecheck() error {
	r := m.Recheck
	switch {
	case (r != nil) != (m.Kind == Rechecked):
		return fmt.Errorf("kind %.20q and recheck do not go together", m.Kind)
	case r == nil:
		return nil
	case CheckExhibitID(r.Exhibit) != nil || r.Exhibit == m.Exhibit || r.ManifestSHA256.IsZero():
		return fmt.Errorf("recheck of %.20q", r.Exhibit)
	case r.State == "" || r.Reason == "":
		return fmt.Errorf("recheck of %s without a state or a reason", r.Exhibit)
	case r.SameText != nil && (*r.SameText < 0 || *r.SameText > 100):
		return fmt.Errorf("recheck of %s: %d %%", r.Exhibit, *r.SameText)
	}
	return nil
}

package evidence

// CheckState is the answer of one check.
type CheckState string

const (
	Passed  CheckState = "passed"
	Failed  CheckState = "failed"
	NotDone CheckState = "not-done" // the detail says why
)

// Check is one thing that was looked at, and what was seen.
type Check struct {
	Name   string     `json:"name"` // stable, e.g. "signature", "payload-digest"
	State  CheckState `json:"state"`
	Detail string     `json:"detail,omitempty"` // facts: which file, which digest, why not done
}

// AllPassed reports whether no check failed and at least one passed.
// Checks that were not done do not count against it; callers that require one
// must look for it by name.
func AllPassed(checks []Check) bool {
	some := false
	for _, c := range checks {
		if c.State == Failed {
			return false
		}
		some = some || c.State == Passed
	}
	return some
}

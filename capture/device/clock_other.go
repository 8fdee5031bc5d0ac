//go:build !linux

package device

import "constat/evidence"

// KeptClock is what the system says of its clock; these are not asked.
func KeptClock(item string) evidence.Precondition {
	return evidence.Precondition{Item: item, State: evidence.NotChecked}
}

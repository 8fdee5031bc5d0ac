//go:build !linux && !windows

package device

import "constat/evidence"

// KeptClock is what the system says of its clock; these are not asked.
func KeptClock() evidence.Precondition {
	return evidence.Precondition{Item: ItemClockKept, State: evidence.NotChecked}
}

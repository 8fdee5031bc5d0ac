//go:build !linux

package capture

import "constat/evidence"

// kernelClock is what the system says of its clock; these are not asked.
func kernelClock() evidence.Precondition {
	return evidence.Precondition{Item: ItemClockKept, State: evidence.NotChecked}
}

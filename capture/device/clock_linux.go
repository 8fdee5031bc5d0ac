package device

import (
	"golang.org/x/sys/unix"

	"constat/evidence"
)

// timeError is what adjtimex(2) returns for a clock that is not kept by a time source.
const timeError = 5

// KeptClock is what the system's kernel says of its clock.
func KeptClock() evidence.Precondition {
	p := evidence.Precondition{Item: ItemClockKept, State: evidence.NotChecked}
	var t unix.Timex // no mode is set, so that nothing is changed
	state, err := unix.Adjtimex(&t)
	switch {
	case err != nil: // a container may not ask
	case state == timeError:
		return evidence.Say("not-synchronised", "adjtimex: not synchronised").Precondition(ItemClockKept, evidence.NotMet)
	default:
		return evidence.Say("synchronised", "adjtimex: within {#n:.3f} s by its own estimate", float64(t.Maxerror)/1e6).
			Precondition(ItemClockKept, evidence.Met)
	}
	return p
}

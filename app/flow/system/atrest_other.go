//go:build !linux

package system

func atRest(_, _ string) Resting { return Resting{Disk: RestUnknown, Swap: RestUnknown} }

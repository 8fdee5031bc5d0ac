package system

import "testing"

// A folder that lies on the same disk is no stick; what is mounted is seen.
func TestWhatIsMounted(t *testing.T) {
	if mounted(t.TempDir()) {
		t.Error("a folder of this disk counts as mounted")
	}
	if !mounted("/proc") {
		t.Error("/proc does not count as mounted")
	}
	if removable("/proc") || removable(t.TempDir()) {
		t.Error("what nobody plugged in counts as a stick")
	}
}

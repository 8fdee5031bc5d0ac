package main

import (
	"runtime/debug"
	"testing"
)

// What is built with Fyne's tag tells assistive technology what scrolls, too.
func TestWhatWasBuiltToBeHeardIs(t *testing.T) {
	for tags, want := range map[string]bool{"": false, "ci": false, "migrated_fynedo,no_metadata,accessibility": true, "accessibility": true, "accessibility2": false} {
		if got := hearing(&debug.BuildInfo{Settings: []debug.BuildSetting{{Key: "-tags", Value: tags}}}); got != want {
			t.Errorf("%q: %v", tags, got)
		}
	}
	if hearing(nil) {
		t.Error("nothing is known of the build")
	}
}

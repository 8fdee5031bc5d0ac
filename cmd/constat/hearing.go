package main

import (
	"runtime/debug"
	"slices"
	"strings"
)

// hearing reports whether this program was built with Fyne's tag `accessibility`, so that Fyne tells
// assistive technology what is in the window.
func hearing(info *debug.BuildInfo) bool {
	if info == nil {
		return false
	}
	for _, s := range info.Settings {
		if s.Key == "-tags" && slices.Contains(strings.Split(s.Value, ","), "accessibility") {
			return true
		}
	}
	return false
}

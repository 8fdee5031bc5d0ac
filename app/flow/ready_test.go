package flow

import (
	"errors"
	"testing"

	"constat/capture/chrome"
)

// What keeps a page from being kept is known before anything is asked.
func TestWhatIsMissingIsKnownFirst(t *testing.T) {
	offline := false
	make := func(browser string) *App {
		a, err := New(Config{DataDir: t.TempDir(), Browser: browser, Offline: func() bool { return offline }})
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	a := make("/nowhere/browser")
	offline = true
	var noBrowser, noNetwork bool
	for _, err := range a.Ready(t.TempDir()) {
		if _, ok := errors.AsType[*chrome.NotFoundError](err); ok {
			noBrowser = true
		}
		if _, ok := errors.AsType[OfflineError](err); ok {
			noNetwork = true
		}
	}
	if !noBrowser || !noNetwork {
		t.Errorf("problems: %v", a.Ready(t.TempDir()))
	}
	offline = false
	for _, err := range a.Ready(t.TempDir()) {
		if _, ok := errors.AsType[OfflineError](err); ok {
			t.Error("no network, although there is one")
		}
	}
}

//go:build unix

package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
)

// checkDisplay says clearly what Fyne would say with a panic.
func checkDisplay(env func(string) string) error {
	if runtime.GOOS == "darwin" || env("DISPLAY") != "" || env("WAYLAND_DISPLAY") != "" {
		return nil
	}
	return errors.New("constat: no display: neither DISPLAY nor WAYLAND_DISPLAY is set. " +
		"Start it on a desktop, or use constatctl in a terminal")
}

func tell(message string) { fmt.Fprintln(os.Stderr, message) }

package main

import (
	"cmp"
	"strings"

	"constat/assets/words"
)

// displayTrouble is why no window can be shown, with the keys of its words under "display.".
type displayTrouble struct{ what, do, display string }

// words are in the person's language: what is wrong, and what helps on this system.
func (d *displayTrouble) words(env func(string) string) string {
	text, err := words.For(words.Match(cmp.Or(locale(env), "en")))
	if err != nil {
		return "Constat: " + d.what
	}
	return "Constat: " + text.T("display."+d.what+".what", "Display", d.display) + "\n" + text.T("display."+d.do)
}

// displayName is the display that the environment names.
func displayName(env func(string) string) string {
	name := cmp.Or(env("WAYLAND_DISPLAY"), env("DISPLAY"))
	return strings.ToValidUTF8(name[:min(len(name), maxDisplay)], "�")
}

const maxDisplay = 100 // bytes of a name that is shown

// systemOf is the system whose advice fits.
func systemOf(goos string) string {
	if goos == "windows" || goos == "darwin" {
		return goos
	}
	return "linux"
}

package main

import "golang.org/x/sys/windows"

func checkDisplay(func(string) string) (release func(), trouble *displayTrouble) {
	return func() {}, nil
}

// tell shows a message: a program without a console has no standard error.
func tell(message string) {
	text, err := windows.UTF16PtrFromString(message)
	if err != nil {
		return
	}
	caption, err := windows.UTF16PtrFromString("Constat")
	if err != nil {
		return
	}
	_, _ = windows.MessageBox(0, text, caption, windows.MB_OK|windows.MB_ICONWARNING)
}

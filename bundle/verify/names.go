package verify

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

const maxName = 1024

// checkName refuses names that could lead elsewhere on some system: absolute,
// with a drive, a backslash, an empty or dotted element, or control characters.
func checkName(name string) error {
	bad := func(why string) error { return fmt.Errorf("%.200q %s", name, why) }
	switch {
	case name == "" || len(name) > maxName:
		return bad("is empty or too long")
	case !utf8.ValidString(name):
		return bad("is not UTF-8")
	case strings.ContainsFunc(name, func(r rune) bool { return unicode.IsControl(r) || unicode.Is(unicode.Cf, r) }):
		return bad("has control characters")
	case strings.ContainsAny(name, "\\:"):
		return bad("has a backslash or a colon")
	case strings.HasPrefix(name, "/"):
		return bad("is absolute")
	}
	for _, part := range strings.Split(name, "/") {
		if part == "" || part == "." || part == ".." {
			return bad("leads elsewhere")
		}
		if strings.HasSuffix(part, ".") || strings.HasSuffix(part, " ") {
			return bad("ends with a dot or a space, which some systems drop")
		}
	}
	return nil
}

// isLitter reports whether a file is one that Finder, Explorer, another desktop or
// a file system makes by itself where it passes. It is of that computer, not of the
// bundle: a list that names such a file names one that is missing.
func isLitter(name string) bool {
	parts := strings.Split(name, "/")
	for _, p := range parts[:len(parts)-1] {
		switch p {
		case "__MACOSX", ".Spotlight-V100", ".Trashes", ".fseventsd", ".TemporaryItems", "System Volume Information", "$RECYCLE.BIN":
			return true
		}
	}
	last := parts[len(parts)-1]
	switch strings.ToLower(last) {
	case ".ds_store", "thumbs.db", "ehthumbs.db", "desktop.ini", ".directory", ".localized", ".apdisk":
		return true
	}
	return strings.HasPrefix(last, "._") && len(last) > 2
}

// Package practice holds the built-in practice page: an invented post on an
// invented site, drawn by us, with no photograph and no person in it. Everything
// on it says PRACTICE — NOT EVIDENCE in the four languages.
//
// [FS] serves it; app/flow puts it on loopback. It needs no network.
package practice

import (
	"embed"
	"io/fs"
)

//go:embed site
var site embed.FS

// FS returns the practice site: index.html and its pictures.
func FS() fs.FS {
	sub, err := fs.Sub(site, "site")
	if err != nil {
		return site // cannot happen: "site" is embedded above
	}
	return sub
}

// Package assets is the root of everything that is data: words in four languages (words), what is
// known of each platform (platforms), who helps (help), the practice page (practice), the built-in
// list of timestamp authorities (authorities) and the icon (icons). Each is embedded by a package
// of its own, next to its files.
//
// The packages below it import nothing of ours. Fonts are not here: they come
// as dependencies (see docs/decisions).
package assets

// Package emoji is the font from which a report draws emoji: Noto Color Emoji, of which only the
// pictures are used. It is a package of its own because it has ten megabytes: a program that writes
// no reports does without.
package emoji

import "eliasnaur.com/font/noto/emoji/color"

// Font is the font file. It must not be changed.
func Font() []byte { return color.TTF }

// Package glyphs finds a drawing for characters that the fonts of a report lack:
// Chinese, Japanese and Korean, Thai, the scripts of India, emoji.
//
// # How to use it
//
// [Clusters] cuts a text where a reader would, [New] makes a [Set], and [Set.Shape]
// answers with the [Drawing] of one cluster: outlines or small pictures, in em, with
// the pen at the left of the baseline and y upwards.
//
// # Where drawings come from
//
// In this order: an emoji font that the caller brings; the fonts of this system,
// shaped by their own rules; a bitmap font of 12 pixels that comes with the program
// and has what the Basic Multilingual Plane needs for East Asia, Thai and others.
// The system's fonts are looked through once, when a character asks for them; what
// was found of them is not left on the disk.
//
// # What it promises
//
// A drawing has every character of its cluster, or there is none. The same text may
// look different on another device, as it does on a screen.
//
// # What it does not do
//
// It shapes one cluster at a time: letters of Syriac or Mongolian stand unjoined, and
// pairs are not moved closer. A Set is not safe for concurrent use.
package glyphs

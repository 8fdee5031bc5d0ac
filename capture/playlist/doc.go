// Package playlist reads the lists by which films are served in pieces: HLS (RFC 8216) and MPEG-DASH
// (ISO/IEC 23009-1).
//
// # How to use it
//
//	list, err := playlist.Read(address, body)
//	chosen := list.Choose(had)              // one rendition of pictures, and one of sound if it is apart
//	track, err := chosen[0].Track()         // its pieces, in order
//
// A rendition of HLS has a list of its own, which has to be read by itself: its Address says which, and
// the list that is read then has a single rendition.
//
// # What it promises
//
// A list comes from an adversary: its length, renditions, pieces and the bytes of their addresses are
// bounded, and what goes beyond is an error, never a shorter film. Nothing is asked of anybody. What the
// list says of itself is told: that it has no end, that its pieces are encrypted, how long they are. A
// protection by DRM is told from a plain key.
//
// # What it does not do
//
// It joins nothing, opens no key and does not know the formats of the pieces.
package playlist

package intake

import (
	"encoding/binary"

	"github.com/bep/imagemeta"

	"constat/evidence"
)

const maxPictures = 10_000 // of one file that are counted

// several says how many pictures a file holds, where there is more than one: pages of a TIFF, frames of
// what moves. Whoever sees one of them must know that there are others.
func (j *job) several(file evidence.Artifact, what content) {
	n := 0
	switch {
	case what.media == mediaGIF:
		n = j.gifFrames()
	case what.exif == imagemeta.TIFF:
		n = j.tiffPages()
	case what.exif == imagemeta.PNG:
		n = j.pngFrames()
	case what.exif == imagemeta.WebP:
		n = j.webpFrames()
	}
	if n > 1 {
		j.number(file.Name, FromContent, FactPictures, n)
	}
}

func (j *job) at(off int64, b []byte) bool {
	n, _ := j.in.ReadAt(b, off)
	return n == len(b)
}

// tiffPages follows the chain of directories (TIFF 6.0, section 2). One that comes back to where it
// was ends at the limit.
func (j *job) tiffPages() (n int) {
	var h [8]byte
	if !j.at(0, h[:]) {
		return 0
	}
	var bo binary.ByteOrder = binary.LittleEndian
	if h[0] == 'M' {
		bo = binary.BigEndian
	}
	seen := map[int64]bool{}
	for off := int64(bo.Uint32(h[4:])); off > 0 && !seen[off] && n < maxPictures; n++ {
		seen[off] = true
		if !j.at(off, h[:2]) {
			break
		}
		next := off + 2 + 12*int64(bo.Uint16(h[:2]))
		if !j.at(next, h[:4]) {
			return n + 1
		}
		off = int64(bo.Uint32(h[:4]))
	}
	return n
}

// gifFrames counts image descriptors (GIF89a, 20).
func (j *job) gifFrames() (n int) {
	var h [13]byte
	if !j.at(0, h[:]) {
		return 0
	}
	table := func(flags byte) int64 {
		if flags&0x80 == 0 {
			return 0
		}
		return 3 << (flags&7 + 1)
	}
	off := 13 + table(h[10])
	blocks := func() { // data in pieces of up to 255 bytes; an empty one ends it
		for steps := 0; steps < 1<<20 && j.at(off, h[:1]); steps++ {
			if off += 1 + int64(h[0]); h[0] == 0 {
				return
			}
		}
		off = j.size
	}
	for steps := 0; steps < 4*maxPictures && n < maxPictures && j.at(off, h[:1]); steps++ {
		switch h[0] {
		case ',':
			if !j.at(off, h[:10]) {
				return n
			}
			off += 10 + table(h[9]) + 1
			blocks()
			n++
		case '!':
			off += 2
			blocks()
		default:
			return n
		}
	}
	return n
}

// pngFrames is what an animated PNG says of itself (PNG, third edition, 11.3.6.1).
func (j *job) pngFrames() int {
	var h [12]byte
	for off, n := int64(8), 0; n < maxSegments && j.at(off, h[:]); n++ {
		switch string(h[4:8]) {
		case "acTL":
			return int(min(binary.BigEndian.Uint32(h[8:]), maxPictures))
		case "IDAT":
			return 0
		}
		off += 12 + int64(binary.BigEndian.Uint32(h[:]))
	}
	return 0
}

// webpFrames counts the frames of an animation (WebP container, ANMF).
func (j *job) webpFrames() (n int) {
	var h [8]byte
	for off, steps := int64(12), 0; steps < 4*maxPictures && j.at(off, h[:]); steps++ {
		if string(h[:4]) == "ANMF" {
			n++
		}
		length := int64(binary.LittleEndian.Uint32(h[4:]))
		off += 8 + length + length&1
	}
	return min(n, maxPictures)
}

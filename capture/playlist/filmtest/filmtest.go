// Package filmtest makes small films in pieces for tests: fragmented MP4 (ISO/IEC 14496-12) whose pictures
// are H.264 without any compression (I_PCM macroblocks), one a second, each of one shade, and whose sound is
// Opus that says nothing. It needs no encoder, and every picture can be told from its shade.
package filmtest

import (
	"encoding/binary"
	"slices"
)

// Size of the pictures, in pixels.
const (
	Width  = 96
	Height = 64
)

// Shade is how light the picture of a second is, of 255, as the file has it.
func Shade(second int) byte { return byte(40 + second%16*12) }

// Film is one in pieces: the beginning that all of them need, and the pieces.
type Film struct {
	Begin  []byte
	Pieces [][]byte
}

// Whole are all of it, in order.
func (f Film) Whole() []byte { return slices.Concat(append([][]byte{f.Begin}, f.Pieces...)...) }

// Codecs of the two sorts, as a page names them.
const (
	PictureType = `video/mp4; codecs="avc1.42C00A"`
	SoundType   = `audio/mp4; codecs="opus"`
)

// Pictures is a film of so many seconds, in pieces of so many.
func Pictures(seconds, each int) Film {
	return film(seconds, each, 1000, 1, [][]byte{box("vmhd", u32(1), make([]byte, 8))}, "vide", avc1(), func(at int) ([]byte, uint32) { return frame(at), 1000 })
}

// Sound is silence of so many seconds, in pieces of so many.
func Sound(seconds, each int) Film {
	return film(seconds, each, 48_000, 50, [][]byte{box("smhd", u32(0), make([]byte, 4))}, "soun", opus(), func(int) ([]byte, uint32) { return []byte{0xf8, 0xff, 0xfe}, 960 })
}

// film puts samples into pieces.
func film(seconds, each int, scale uint32, aSecond int, media [][]byte, handler string, entry []byte, sample func(at int) ([]byte, uint32)) Film {
	f := Film{Begin: slices.Concat(
		box("ftyp", []byte("iso6\x00\x00\x00\x00iso6mp41")),
		box("moov",
			box("mvhd", u32(0, 0, 0, 1000, 0, 0x10000), []byte{1, 0, 0, 0}, make([]byte, 8), matrix(), make([]byte, 24), u32(2)),
			box("trak",
				box("tkhd", u32(3, 0, 0, 1, 0, 0, 0, 0), []byte{0, 0, 0, 0, 1, 0, 0, 0}, matrix(), u32(Width<<16, Height<<16)),
				box("mdia",
					box("mdhd", u32(0, 0, 0, scale, 0), []byte{0x55, 0xc4, 0, 0}),
					box("hdlr", u32(0, 0), []byte(handler), make([]byte, 12), []byte("x\x00")),
					box("minf", append(media,
						box("dinf", box("dref", u32(0, 1), box("url ", u32(1)))),
						box("stbl", box("stsd", u32(0, 1), entry), box("stts", u32(0, 0)), box("stsc", u32(0, 0)), box("stsz", u32(0, 0, 0)), box("stco", u32(0, 0))),
					)...))),
			box("mvex", box("trex", u32(0, 1, 1, 0, 0, 0)))),
	)}
	var time uint64
	for from := 0; from < seconds; from += each {
		var data []byte
		var runs []uint32
		start := time
		for n := from * aSecond; n < min(from+each, seconds)*aSecond; n++ {
			b, long := sample(n)
			data, runs, time = append(data, b...), append(runs, long, uint32(len(b))), time+uint64(long)
		}
		moof := func(offset uint32) []byte {
			return box("moof", box("mfhd", u32(0, uint32(from/each+1))), box("traf",
				box("tfhd", u32(0x020000, 1)),
				box("tfdt", u32(1<<24), binary.BigEndian.AppendUint64(nil, start)),
				box("trun", u32(0x000301, uint32(len(runs)/2), offset), u32(runs...))))
		}
		head := moof(uint32(len(moof(0)) + 8))
		f.Pieces = append(f.Pieces, slices.Concat(head, box("mdat", data)))
	}
	return f
}

func box(name string, parts ...[]byte) []byte {
	body := slices.Concat(parts...)
	return slices.Concat(u32(uint32(8+len(body))), []byte(name), body)
}

func u32(list ...uint32) (b []byte) {
	for _, v := range list {
		b = binary.BigEndian.AppendUint32(b, v)
	}
	return b
}

func matrix() []byte { return u32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000) }

func avc1() []byte {
	sps, pps := nal(0x67, sequence), nal(0x68, picture)
	config := slices.Concat([]byte{1, 66, 0xc0, 10, 0xff, 0xe1, 0, byte(len(sps))}, sps, []byte{1, 0, byte(len(pps))}, pps)
	return box("avc1", make([]byte, 7), []byte{1}, make([]byte, 16), []byte{0, Width, 0, Height}, u32(0x480000, 0x480000, 0), []byte{0, 1}, make([]byte, 32), []byte{0, 24, 0xff, 0xff},
		box("avcC", config))
}

func opus() []byte {
	return box("Opus", make([]byte, 7), []byte{1}, make([]byte, 8), []byte{0, 2, 0, 16, 0, 0, 0, 0}, u32(48_000<<16),
		box("dOps", []byte{0, 2, 0, 0}, u32(48_000), []byte{0, 0, 0}))
}

// bits writes H.264 (ITU-T H.264, 7.3 and 9.1).
type bits struct {
	b []byte
	n int // bits in the last byte
}

func (w *bits) put(v uint64, n int) {
	for i := n - 1; i >= 0; i-- {
		if w.n == 0 {
			w.b, w.n = append(w.b, 0), 8
		}
		w.n--
		w.b[len(w.b)-1] |= byte(v>>i&1) << w.n
	}
}

// ue is an unsigned number of any length.
func (w *bits) ue(list ...uint64) {
	for _, v := range list {
		long := 0
		for (v+1)>>long > 1 {
			long++
		}
		w.put(v+1, 2*long+1)
	}
}

// nal ends what was written with its stop bit. Nothing in it looks like the start of another.
func nal(kind byte, write func(*bits)) []byte {
	w := &bits{}
	write(w)
	w.put(1, 1)
	return append([]byte{kind}, w.b...)
}

func sequence(w *bits) {
	w.put(66<<16|0xc0<<8|10, 24)  // baseline, level 1
	w.ue(0, 0, 2, 1)              // id, frame numbers of 4 bits, order as decoded, one reference
	w.put(0, 1)                   // no gaps
	w.ue(Width/16-1, Height/16-1) // macroblocks
	w.put(0b1100, 4)              // whole frames, 8x8, not cropped, nothing more
}

func picture(w *bits) {
	w.ue(0, 0)
	w.put(0, 2) // no arithmetic coding, no fields
	w.ue(0, 0, 0)
	w.put(0, 3) // no weights
	w.ue(0, 0, 0)
	w.put(0, 3)
}

// frame is one picture, which needs no other.
func frame(at int) []byte {
	one := nal(0x65, func(w *bits) {
		w.ue(0, 7, 0)        // first macroblock, all of one kind, picture parameters
		w.put(0, 4)          // number
		w.ue(uint64(at) % 2) // not the same as the one before
		w.put(0, 2)          // nothing is forgotten
		w.ue(0)              // no change of quality
		for range Width / 16 * Height / 16 {
			w.ue(25) // samples as they are
			w.n = 0
			for range 256 {
				w.b = append(w.b, Shade(at))
			}
			for range 128 {
				w.b = append(w.b, 128)
			}
		}
	})
	return append(u32(uint32(len(one))), one...)
}

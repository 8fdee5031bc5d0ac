// Package picture reads the PNG pictures that a browser delivers and joins
// them, one below the other, into one tall picture with a band on top.
//
// # What it does
//
// [Decode] checks a PNG completely (chunks, checksums, size, scanlines) and
// keeps its scanlines as they are: inflated, still filtered (PNG, third
// edition, clause 9). [Joiner] writes a new PNG to an [io.Writer] while
// pictures come in. [Band] draws the band with address and time.
//
// # How to use it
//
//	j, err := picture.NewJoiner(w, width, height, channels)
//	err = j.WriteImage(picture.Band(text, width))
//	err = j.WritePicture(first)
//	err = j.Close()
//
// # What it promises
//
// Pixels are passed on unchanged. A scanline's filter refers at most to the
// line above, so that only the first line of each picture is written anew; all others
// go from inflate to deflate as they are, unless the picture is narrower than the whole: then white
// stands to its right. Memory is that of one picture plus
// buffers. Input is hostile: sizes are limited before anything is allocated.
//
// # What it does not do
//
// It reads 8-bit RGB and RGBA without interlace, which is what Chromium
// writes, and reports everything else as [ErrPicture].
package picture

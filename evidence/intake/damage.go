package intake

import (
	"archive/zip"
	"io"

	"constat/evidence"
)

var (
	errCutOff     = evidence.Say("cut-off", "cut off").Err()
	errZIPLarger  = evidence.Say("zip-larger", "zip: not a valid zip file: an entry is larger than the file").Err()
	errZIPOverlap = evidence.Say("zip-overlap", "zip: not a valid zip file: entries overlap").Err()
)

// damage is what is wrong with a file or a part of it: in values where the reason is one of ours, or
// a usual one of the libraries'; else as they say it.
func damage(err error) evidence.Said {
	switch err {
	case io.ErrUnexpectedEOF:
		return evidence.Say("cut-off", "unexpected EOF")
	case io.EOF:
		return evidence.Say("cut-off", "EOF")
	case zip.ErrFormat:
		return evidence.Say("zip-invalid", "zip: not a valid zip file")
	case zip.ErrChecksum:
		return evidence.Say("zip-checksum", "zip: checksum error")
	}
	return evidence.SaidOf(err)
}

// fileWhy names the file beside what is wrong with it.
func fileWhy(file string, why error) evidence.Said {
	return evidence.Say("file-why", "{file}: {why}", file, damage(why))
}

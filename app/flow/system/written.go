package system

import (
	"bufio"
	"io"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"
	"golang.org/x/text/transform"
)

// Written reads a text as editors write it: in UTF-8, with or without the mark that Windows puts
// before it, or in UTF-16, as Notepad ("Unicode") and PowerShell do. What is none of these passes
// as it is.
func Written(r io.Reader) io.Reader {
	in := bufio.NewReader(r)
	otherwise := encoding.Nop
	// UTF-16 without a mark: no text begins with a zero, or has one behind its first letter.
	if b, err := in.Peek(2); err == nil && b[0] != b[1] {
		switch {
		case b[1] == 0:
			otherwise = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
		case b[0] == 0:
			otherwise = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
		}
	}
	return transform.NewReader(in, unicode.BOMOverride(otherwise.NewDecoder()))
}

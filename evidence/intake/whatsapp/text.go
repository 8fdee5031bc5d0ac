package whatsapp

import (
	"bufio"
	"bytes"
	"io"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/unicode"
)

// The encodings of a chat's text. WhatsApp writes UTF-8; editors and mail
// programs store the text again in others.
const (
	UTF8        = ""
	utf16LE     = "UTF-16LE"
	utf16BE     = "UTF-16BE"
	Windows1252 = "Windows-1252" // read so, because it is not UTF-8; which encoding it is cannot be told
)

// textEncoding tells the encoding of a text from its beginning.
func textEncoding(head []byte) string {
	switch {
	case bytes.HasPrefix(head, []byte("\xff\xfe")), len(head) >= 8 && head[0] != 0 && head[1] == 0 && head[3] == 0:
		return utf16LE
	case bytes.HasPrefix(head, []byte("\xfe\xff")), len(head) >= 8 && head[0] == 0 && head[1] != 0 && head[2] == 0:
		return utf16BE
	}
	whole := head
	for n := 0; n < utf8.UTFMax-1 && len(whole) > 0 && !utf8.Valid(whole); n++ {
		whole = whole[:len(whole)-1] // a character that is cut at the end of the head
	}
	if len(head) > 0 && !utf8.Valid(whole) && oneByte(head) {
		return Windows1252
	}
	return UTF8
}

// oneByte reports whether bytes that are not ASCII stand alone, as letters of a one-byte encoding do
// between others, and as damaged UTF-8 rarely does.
func oneByte(head []byte) bool {
	good, bad := 0, 0
	for len(head) > 0 {
		r, n := utf8.DecodeRune(head)
		switch {
		case r == utf8.RuneError && n == 1:
			bad++
		case n > 1:
			good++
		}
		head = head[n:]
	}
	return bad > good
}

func decoderOf(name string) *encoding.Decoder {
	switch name {
	case utf16LE:
		return unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder()
	case utf16BE:
		return unicode.UTF16(unicode.BigEndian, unicode.UseBOM).NewDecoder()
	case Windows1252:
		return charmap.Windows1252.NewDecoder()
	}
	return nil
}

// decodeText is the beginning of a text in UTF-8, and the encoding that it was in.
func decodeText(head []byte) ([]byte, string) {
	name := textEncoding(head)
	d := decoderOf(name)
	if d == nil {
		if onlyReturns(head) {
			head = bytes.ReplaceAll(head, []byte("\r"), []byte("\n"))
		}
		return head, name
	}
	out, err := d.Bytes(head)
	if err != nil && len(out) == 0 {
		return head, UTF8
	}
	return out, name
}

// headSize is how much of a text tells its encoding, in bytes.
const headSize = 64 << 10

// textReader reads a text as UTF-8.
func textReader(r io.Reader) (io.Reader, string) {
	br := bufio.NewReaderSize(r, headSize)
	head, _ := br.Peek(headSize) // what was wrong with reading comes again when it is read
	name := textEncoding(head)
	if d := decoderOf(name); d != nil {
		return d.Reader(br), name
	}
	if onlyReturns(head) {
		return returns{br}, name
	}
	return br, name
}

// onlyReturns reports a text whose lines end as those of old Macs did.
func onlyReturns(head []byte) bool {
	return bytes.IndexByte(head, '\n') < 0 && bytes.IndexByte(head, '\r') >= 0
}

// returns reads line feeds in the place of carriage returns.
type returns struct{ r io.Reader }

// Read implements [io.Reader].
func (r returns) Read(p []byte) (int, error) {
	n, err := r.r.Read(p)
	for i, c := range p[:n] {
		if c == '\r' {
			p[i] = '\n'
		}
	}
	return n, err
}

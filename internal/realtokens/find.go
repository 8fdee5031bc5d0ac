package main

import (
	"archive/zip"
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"io"
	"regexp"
)

// maxEntry is the longest file that is read from a ZIP, in bytes.
const maxEntry = 64 << 20

func unzip(b []byte, entry string) []byte {
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		return nil
	}
	f, err := z.Open(entry)
	if err != nil {
		return nil
	}
	defer f.Close()
	out, err := io.ReadAll(io.LimitReader(f, maxEntry))
	if err != nil {
		return nil
	}
	return out
}

var (
	base64Run = regexp.MustCompile(`[A-Za-z0-9+/\s\\&#;=rnx]{200,}`)
	between   = regexp.MustCompile(`&#x?[0-9A-Fa-f]+;|\\[rn]|\s`)
	hexRun    = regexp.MustCompile(`[0-9A-Fa-f\s]{200,}`)
	signed    = []byte{0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x07, 0x02} // id-signedData
)

// find returns the ContentInfo whose SHA-256 begins so, or nil.
func find(file []byte, prefix string) []byte {
	streams := [][]byte{file}
	for _, run := range base64Run.FindAll(file, -1) {
		text := between.ReplaceAll(run, nil)
		for _, part := range bytes.FieldsFunc(text, func(r rune) bool { return r == '=' || r == '&' || r == ';' || r == '#' || r == '\\' }) {
			if b, err := base64.RawStdEncoding.DecodeString(string(part)); err == nil {
				streams = append(streams, b)
			} else if cut := len(part) - len(part)%4; cut > 0 {
				if b, err := base64.RawStdEncoding.DecodeString(string(part[:cut])); err == nil {
					streams = append(streams, b)
				}
			}
		}
	}
	for _, run := range hexRun.FindAll(file, -1) {
		text := between.ReplaceAll(run, nil)
		b := make([]byte, len(text)/2)
		if _, err := hex.Decode(b, text[:len(text)/2*2]); err == nil {
			streams = append(streams, b)
		}
	}
	for n := 0; n < len(streams) && n < 1000; n++ {
		if found := scan(streams[n], prefix); found != nil {
			return found
		}
		// A signature in base64 within what was base64, as XML in a container has it.
		if n > 0 && n < 200 {
			for _, run := range base64Run.FindAll(streams[n], 50) {
				if b, err := base64.StdEncoding.DecodeString(string(between.ReplaceAll(run, nil))); err == nil {
					streams = append(streams, b)
				}
			}
		}
	}
	return nil
}

// scan looks at every SignedData in some bytes, however deep it lies in others.
func scan(b []byte, prefix string) []byte {
	for from := 0; ; {
		i := bytes.Index(b[from:], signed)
		if i < 0 {
			return nil
		}
		at := from + i
		from = at + 1
		for head := 2; head <= 6 && head <= at; head++ {
			start := at - head
			if b[start] != 0x30 {
				continue
			}
			if n := length(b[start:]); n > head && start+n <= len(b) && isWanted(b[start:start+n], prefix) {
				return b[start : start+n]
			}
		}
	}
}

// length is that of the one BER value at the beginning, header and all; 0 if there is none.
func length(b []byte) int {
	if len(b) < 2 {
		return 0
	}
	switch l := int(b[1]); {
	case l < 0x80:
		return 2 + l
	case l == 0x80: // up to the two zeros that end it
		at := 2
		for at+2 <= len(b) {
			if b[at] == 0 && b[at+1] == 0 {
				return at + 2
			}
			n := length(b[at:])
			if n == 0 {
				return 0
			}
			at += n
		}
		return 0
	case l <= 0x84 && len(b) >= 2+l&0x7f:
		n := 0
		for _, x := range b[2 : 2+l&0x7f] {
			n = n<<8 | int(x)
		}
		return 2 + l&0x7f + n
	}
	return 0
}

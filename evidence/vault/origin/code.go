package origin

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
)

// CodeLength is that of a code in hexadecimal.
const CodeLength = 2 * sha256.Size

// Padding is what plaintexts are padded to a multiple of, in bytes.
const Padding = 1024

// ErrCode: it was not written by the holder of the key.
var ErrCode = errors.New("was not written by the holder of the key")

// Code is HMAC-SHA-256.
func Code(key, b []byte) []byte {
	h := hmac.New(sha256.New, key)
	h.Write(b)
	return h.Sum(nil)
}

// LogCode is the code of a log file: over its place and all that is in it. line, record and filling
// are without their line feeds; the filling is what stands behind the code.
func LogCode(key []byte, caseID string, seq uint64, line, record, filling []byte) []byte {
	h := hmac.New(sha256.New, key)
	fmt.Fprintf(h, "constat-log/2 %s %d\n", caseID, seq)
	for _, part := range [][]byte{line, record, filling} {
		h.Write(part)
		h.Write([]byte{'\n'})
	}
	return h.Sum(nil)
}

// Mark puts a code and a line feed before a text.
func Mark(key, text []byte) []byte {
	return append(append(hex.AppendEncode(nil, Code(key, text)), '\n'), text...)
}

// Unmark returns the text that [Mark] was given, or [ErrCode].
func Unmark(key, b []byte) ([]byte, error) {
	first, text, ok := bytes.Cut(b, []byte{'\n'})
	got, err := hex.DecodeString(string(first))
	if !ok || err != nil || !hmac.Equal(got, Code(key, text)) {
		return nil, ErrCode
	}
	return text, nil
}

// Encode is a value under a code: the code, JSON, and spaces up to a multiple of 1,024 bytes.
func Encode(value any, key []byte) ([]byte, error) {
	body, err := json.Marshal(value)
	if err != nil {
		return nil, err
	}
	body = append(body, '\n')
	body = append(body, bytes.Repeat([]byte{' '}, Padding-1-(CodeLength+1+len(body))%Padding)...)
	return Mark(key, append(body, '\n')), nil
}

// Decode reads what [Encode] made. [ErrCode] says that somebody else made it.
func Decode(b, key []byte, value any) error {
	body, err := Unmark(key, b)
	if err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(body))
	if err := dec.Decode(value); err != nil {
		return err
	}
	if _, err := dec.Token(); err != io.EOF {
		return errors.New("data after its end")
	}
	return nil
}

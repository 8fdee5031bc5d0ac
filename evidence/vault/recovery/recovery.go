package recovery

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// ErrCode: not a recovery code; a character is wrong, missing or too many.
var ErrCode = errors.New("not a valid recovery code")

// Code opens a vault when the passphrase is lost. It is the text as
// printed: eight groups of four characters of Crockford's base 32, joined by
// dashes. It holds 136 random bits and a check of 24 bits. The text, exactly
// as printed, is also the passphrase of recovery.age for the age tool.
type Code string

const (
	randomBytes = 17 // bytes
	checkBytes  = 3  // bytes
	group       = 4  // characters
)

// crockford leaves out I, L, O and U, which people misread.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

// New makes a code.
func New(random io.Reader) (Code, error) {
	b := make([]byte, randomBytes, randomBytes+checkBytes)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", fmt.Errorf("recovery code: %w", err)
	}
	return format(append(b, sum(b)...)), nil
}

func sum(random []byte) []byte {
	sum := sha256.Sum256(append([]byte("constat-recovery/1"), random...))
	return sum[:checkBytes]
}

func format(b []byte) Code {
	text := crockford.EncodeToString(b)
	var groups []string
	for ; len(text) > 0; text = text[group:] {
		groups = append(groups, text[:group])
	}
	return Code(strings.Join(groups, "-"))
}

// Parse reads what a person typed from paper: case, spaces and
// dashes do not matter, O is read as 0, I and L as 1. A code with a wrong,
// missing or swapped character is refused with [ErrCode].
func Parse(s string) (Code, error) {
	const maxTyped = 1000
	if len(s) > maxTyped {
		return "", fmt.Errorf("%w: %d bytes", ErrCode, len(s))
	}
	var text strings.Builder
	for _, r := range strings.ToUpper(s) {
		switch {
		case unicode.IsSpace(r), unicode.Is(unicode.Pd, r), r == '\u2212', unicode.Is(unicode.Cf, r):
		case r == 'O':
			text.WriteByte('0')
		case r == 'I', r == 'L':
			text.WriteByte('1')
		default:
			text.WriteRune(r)
		}
	}
	b, err := crockford.DecodeString(text.String())
	if err != nil || len(b) != randomBytes+checkBytes {
		return "", fmt.Errorf("%w: %d characters of %d, or one that cannot occur", ErrCode,
			text.Len(), crockford.EncodedLen(randomBytes+checkBytes))
	}
	if !bytes.Equal(sum(b[:randomBytes]), b[randomBytes:]) {
		return "", fmt.Errorf("%w: its check does not match", ErrCode)
	}
	return format(b), nil
}

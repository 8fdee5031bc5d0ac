package vault

import (
	"bytes"
	"crypto/sha256"
	"encoding/base32"
	"fmt"
	"io"
	"strings"
	"unicode"
)

// RecoveryCode opens a vault when the passphrase is lost. It is the text as
// printed: eight groups of four characters of Crockford's base 32, joined by
// dashes. It holds 136 random bits and a check of 24 bits. The text, exactly
// as printed, is also the passphrase of recovery.age for the age tool.
type RecoveryCode string

const (
	recoveryRandom = 17 // bytes
	recoveryCheck  = 3  // bytes
	recoveryGroup  = 4  // characters
)

// crockford leaves out I, L, O and U, which people misread.
var crockford = base32.NewEncoding("0123456789ABCDEFGHJKMNPQRSTVWXYZ").WithPadding(base32.NoPadding)

func newRecoveryCode(random io.Reader) (RecoveryCode, error) {
	b := make([]byte, recoveryRandom, recoveryRandom+recoveryCheck)
	if _, err := io.ReadFull(random, b); err != nil {
		return "", fmt.Errorf("recovery code: %w", err)
	}
	return formatRecovery(append(b, recoverySum(b)...)), nil
}

func recoverySum(random []byte) []byte {
	sum := sha256.Sum256(append([]byte("constat-recovery/1"), random...))
	return sum[:recoveryCheck]
}

func formatRecovery(b []byte) RecoveryCode {
	text := crockford.EncodeToString(b)
	var groups []string
	for ; len(text) > 0; text = text[recoveryGroup:] {
		groups = append(groups, text[:recoveryGroup])
	}
	return RecoveryCode(strings.Join(groups, "-"))
}

// ParseRecoveryCode reads what a person typed from paper: case, spaces and
// dashes do not matter, O is read as 0, I and L as 1. A code with a wrong,
// missing or swapped character is refused with [ErrRecoveryCode].
func ParseRecoveryCode(s string) (RecoveryCode, error) {
	const maxTyped = 1000
	if len(s) > maxTyped {
		return "", fmt.Errorf("%w: %d bytes", ErrRecoveryCode, len(s))
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
	if err != nil || len(b) != recoveryRandom+recoveryCheck {
		return "", fmt.Errorf("%w: %d characters of %d, or one that cannot occur", ErrRecoveryCode,
			text.Len(), crockford.EncodedLen(recoveryRandom+recoveryCheck))
	}
	if !bytes.Equal(recoverySum(b[:recoveryRandom]), b[recoveryRandom:]) {
		return "", fmt.Errorf("%w: its check does not match", ErrRecoveryCode)
	}
	return formatRecovery(b), nil
}

package handover

import "crypto/rand"

// NewPassword makes a password for a ZIP that nobody guesses and everybody can read aloud: five
// groups of four signs, 100 random bits.
func NewPassword() string {
	const signs = "0123456789ABCDEFGHJKMNPQRSTVWXYZ" // Crockford's base 32: no I, L, O or U
	b := make([]byte, 20)
	_, _ = rand.Read(b) // it never fails
	out := make([]byte, 0, 24)
	for i, x := range b {
		if i > 0 && i%4 == 0 {
			out = append(out, '-')
		}
		out = append(out, signs[x%32])
	}
	return string(out)
}

// Package cost is how long a passphrase is stretched, where that is not the full time.
//
// # What it does
//
// A passphrase that is guessed in no time protects nothing, so the program stretches each in full
// and has no way around it. Tests make hundreds of vaults of which nobody guesses anything. [Of]
// carries what they ask for; its zero value is the full time.
//
// # What it promises
//
// The compiler keeps everything outside of evidence/vault from importing this package, and so from
// making another value than zero. Below that folder package vaulttest alone hands one out, which
// internal/walls keeps to tests: nothing of the program can be told to stretch less.
//
// # What it does not do
//
// It stretches nothing, and changes nothing of how a vault is opened: what a file asks for stands in the file.
package cost

// Of is a cost in place of the full one; zero is none in its place.
type Of struct{ log int }

// Least is the least that age's format knows: it hides nothing.
func Least() Of { return Of{1} }

// Or is log2 of scrypt's N: what this says, or the given one.
func (c Of) Or(full int) int {
	if c.log != 0 {
		return c.log
	}
	return full
}

// Package parcel encrypts a file for others, with age, so that no passphrase has to be told.
//
// # How to use it
//
//	to, err := parcel.For([]string{"age1…"})
//	w, err := to.Wrap(file)          // what is written to w reaches file encrypted
//	plain, n, err := to.Open(file, size) // to look at what was written, by whoever wrote it
//
// # What it promises
//
// The file is an age file (age-encryption.org/v1), which the stock program age opens with the
// identity of any of the recipients. It names none of them. Recipients are public keys, age1… or
// the post-quantum age1pq1…, which age refuses to mix.
//
// Whoever encrypts to a public key cannot read what came of it. So that a parcel can be read back
// before anybody says that it is whole, it is for one more key, which is made for this one parcel,
// lies in memory alone, and is gone with [To].
//
// # What it does not do
//
// It proves nothing about who wrote a file: anybody can encrypt to a public key. That a recipient
// still has the identity to a key nobody can try but they.
package parcel

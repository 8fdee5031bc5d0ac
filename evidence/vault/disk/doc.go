// Package disk is how a vault's files are written, and nothing else: the one door for writing.
//
// # What it does
//
// A [Disk] stages a file beside its final name, makes it durable there, and publishes it; it lists,
// sweeps and removes. [FS] is the handful of operations that this needs; [OS] is the real one, and
// tests put others in its place.
//
// # How to use it
//
//	d := disk.New(folder, nil, nil)
//	err := d.Write(folder, name, func(w io.Writer) error { … })
//
// # What it promises
//
// A file that has its final name is whole and synced, and so is its name. What was not finished
// ends in [PartSuffix], was never recorded, and may be swept by whoever holds the vault's lock. A
// folder that is gone is told from a file that is not there.
//
// Whoever can write to the folder may put anything there. No link is followed, also none on the
// way; no pipe or device is opened or waited for; nothing but a file of the vault is written,
// replaced, moved or removed, and a file that is begun was not there before. What stands in the way
// is [ErrNotFile] or [ErrNotFolder].
//
// # What it does not do
//
// It encrypts nothing and knows of the format only how its files begin: what it is given to write
// is ciphertext already. It takes no lock.
package disk

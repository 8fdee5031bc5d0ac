// Package disk is how a vault's files are written, and nothing else: the one door for writing.
//
// # What it does
//
// A [Disk] stages a file beside its final name, makes it durable there, and publishes it; it lists, sweeps and
// removes. [FS] is the handful of operations that this needs; [OS] is the real one, and tests put others in its place.
//
// # How to use it
//
//	d := disk.New(nil, nil)
//	err := d.Write(folder, name, func(w io.Writer) error { … })
//
// # What it promises
//
// A file that has its final name is whole and synced, and so is its name. What was not finished ends in [PartSuffix], was never
// recorded, and may be swept by whoever holds the vault's lock. Links, pipes and devices are not read, and no
// folder but the vault's is touched. A folder that is gone is told from a file that is not there.
//
// # What it does not do
//
// It encrypts nothing and knows no format: what it is given to write is ciphertext already. It takes no lock.
package disk

// Package replica keeps copies of a vault at other places, so that what was recorded outlives the
// device.
//
// # What it does
//
// A [Place] is somewhere that bytes can be put under a name: a folder or a stick ([Folder]), and
// what the packages below this one reach. A [Copy] is one vault at one place: [Copy.Push] brings
// what is new, [Copy.Check] compares, [Restore] makes a vault of it in an empty folder.
//
//	constat-vault-<32 hex>/files/<2 hex>/<64 hex>    one file each, under the SHA-256 of its bytes, which are ciphertext
//	constat-vault-<32 hex>/keys/<name>-<n>-<64 hex>  vault.json, identity.age and recovery.age, once more: a restore
//	                                                 begins with them; n is the head that first names them, 8 digits
//	constat-vault-<32 hex>/heads/<n>                 one push each, from 00000001
//
// The 32 digits are [vault.Key.ID]. A head is encrypted to the vault's owner and has a code that
// only the vault's own key can make. It says which path of the vault is which file, how far each
// log goes, which device pushed, and the digest of the head before; it lists what is new since that
// one, or ("whole") everything. docs/formats.md has it to the byte.
//
// # How to use it
//
//	c := &replica.Copy{Place: replica.Folder{Dir: dir}, Name: id, State: folder, …}
//	pushed, err := c.Push(ctx, v, progress)
//	found, err := c.Check(ctx, v, true, progress)
//	result, err := replica.Restore(ctx, place, replica.Secret{…}, dir, progress)
//
// # What it promises
//
//   - Only ciphertext and digests of ciphertext leave the vault, and vault.json, which holds its public key. Whoever
//     has the place learns how many files there are, their sizes, and when they came.
//   - A push puts files that are not there, and nothing else: nothing at the place is ever replaced or removed. The head comes
//     last, so that an interrupted push is none, and the next one goes on where it stopped.
//   - A file of a log, or an object, that no longer has the bytes that were copied is copied anew only if it proves that this
//     vault wrote it: damage here does not become damage there.
//   - What a device pushed last it remembers outside of the vault ([Copy].State). A place that no longer has that head
//     was put back: that is said, and what is missing is put again.
//   - A folder that is behind the place, or that went another way ([ForkError]), is not pushed: neither is lost.
//   - A restored file has the digest that the head says, or is named as missing. vault.json comes last. An
//     interrupted restore goes on where it stopped.
//   - What a place answers is material, not trust: names, sizes and numbers are bounded, heads that this vault did not write
//     are counted and passed over.
//
// # What it does not do
//
// A place can show an older state to a device that never knew a newer one; it then looks whole, and
// [Check] says when it was pushed. A passphrase that was changed still opens an identity.age that
// was copied before. It merges nothing: docs/decisions/0040.
package replica

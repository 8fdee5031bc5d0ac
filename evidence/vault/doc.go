// Package vault is the encrypted store in which everything that was recorded
// lies until the person exports it.
//
// # What it does
//
// A vault is a folder. Everything in it but vault.json and the lock is a plain
// age file (age-encryption.org/v1), so that the age command-line tool and the
// passphrase alone open all of it:
//
//	vault.json                     {"format":"constat-vault/1","version":1,"recipient":"age1pq1…"}
//	identity.age                   the private key, under the passphrase (age scrypt)
//	recovery.age                   the same key, under the recovery code (age scrypt)
//	lock                           empty; held by the process that has the vault open
//	pending/<32 hex>               one failed unlock each: its time
//	cases/<id>/log/<seq>           one custody entry each; seq is 8 digits, from 00000001
//	cases/<id>/objects/<32 hex>    one artifact, manifest or timestamp reply each
//
// By hand: `age -d -i identity.age cases/<id>/log/00000001`. The plaintext of
// identity.age is one line, AGE-SECRET-KEY-PQ-1…, and all other files are
// encrypted to the recipient that belongs to it (ML-KEM-768 with X25519; age
// 1.3 or later). The plaintext of a log file is three lines: the exact custody
// line (see [evidence.Entry]), a JSON object that is private to the vault
// ("constat-record/1": which object is which file, which authorities were
// asked, what they replied), and spaces up to a multiple of 1,024 bytes. The
// plaintext of an object is the exact bytes of the file, nothing else.
//
// # How to use it
//
// [Create] or [Open], then [Vault.CreateCase] or [Vault.Case]. Bytes enter
// through a [Draft], which is an [evidence.Sink]; [Case.Commit] makes an
// exhibit of it; [Case.AddReply] adds what a timestamp authority said; every
// other act is one [Case.Append]. [Case.Exhibits] and [Exhibit.Open] read.
// [Vault.Check] re-derives everything from the bytes on disk; it is package
// check, which shares no code with this one.
//
// # What it promises
//
//   - Only ciphertext reaches the disk, temporary files included.
//   - Names on disk are random or numbers. Lengths are blurred: log records are
//     padded, and each object's age header carries a random amount of filling
//     (up to 32 KiB, a stanza that every age implementation skips), so an
//     exact length cannot be looked for.
//   - Durable before recorded: an object is written under a name that ends in
//     ".part", synced, renamed, and its folder synced, before the custody entry
//     that names it is written the same way. After a crash at any point what
//     was recorded is there and whole. Files that end in ".part" were never
//     recorded and are removed when the vault or the case is next opened; no
//     file under its final name is ever removed by the program, except objects
//     of a commit that failed before its entry was written.
//   - What is damaged is named ([CorruptError]) and takes nothing else with it:
//     a case with a damaged log can be read, but not written; a damaged exhibit
//     is listed with its damage.
//   - One process at a time ([InUseError]); the lock dies with its process.
//   - Values are safe for concurrent use, except where said otherwise.
//   - Errors of the file system stay recognisable: errors.Is finds
//     syscall.ENOSPC, syscall.EROFS, fs.ErrPermission.
//
// # What it does not do
//
// It does not judge passphrases, and uses them byte for byte. It does not hide
// how many cases, exhibits and files there are, roughly how large they are, or
// when they were written (file times). It cannot prevent that someone who can
// write to the folder deletes or rolls back files: the hash chain, the anchor
// in each manifest and the timestamps make that visible, except the loss of a
// log's last entries, whose objects [Vault.Check] then reports as not recorded.
// A changed passphrase does not help against an older copy of identity.age.
//
// # Compatibility
//
// Version 1 will be read by all later versions. A vault of a later version is
// refused with [NewerVersionError], never guessed at.
package vault

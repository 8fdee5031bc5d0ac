// Package vault is the encrypted store in which everything that was recorded
// lies until the person exports it.
//
// # What it does
//
// A vault is a folder. Everything in it but vault.json and the lock is a plain
// age file (age-encryption.org/v1), so that the age command-line tool and the
// passphrase alone open all of it:
//
//	vault.json                     {"format":"constat-vault/2","version":2,"recipient":"age1pq1…"}
//	identity.age                   the private key, under the passphrase (age scrypt)
//	recovery.age                   the same key, under the recovery code (age scrypt)
//	state.age                      further recipients, and what is unfinished; authenticated
//	lock                           empty; held by the process that has the vault open
//	pending/<32 hex>               one failed unlock each: its time
//	cases/<id>/head                how far the log goes; authenticated
//	cases/<id>/index               a cache of the log and of what lists need; authenticated
//	cases/<id>/summary             a cache of what the log says up to a line; authenticated
//	cases/<id>/verdicts            a cache of what verifications came to; authenticated
//	cases/<id>/notes               confidential notes of the person's; authenticated
//	cases/<id>/log/<seq>           one custody entry each; seq is 8 digits, from 00000001
//	cases/<id>/objects/<32 hex>    one artifact, manifest or timestamp reply each
//
// Files below log and objects are encrypted to the vault's recipient and to each
// further recipient; state.age, pending, head, index, summary and verdicts to the
// vault's recipient alone.
//
// By hand: `age -d -i identity.age cases/<id>/log/00000001`. The plaintext of
// identity.age is a comment and a line, AGE-SECRET-KEY-PQ-1…, and all other files are
// encrypted to the recipient that belongs to it (ML-KEM-768 with X25519; age
// 1.3 or later). The plaintext of a log file is three lines: the exact custody
// line (see [evidence.Entry]), a JSON object that is private to the vault
// ("constat-record/1": which object is which file, which authorities were
// asked, what they replied), and a code and spaces up to a multiple of 1,024 bytes. The
// plaintext of an object is the exact bytes of the file, nothing else.
//
// # Keys that follow from the private key
//
// Each is HKDF-SHA-256 (RFC 5869) of the text AGE-SECRET-KEY-PQ-1…, without a
// line feed, with an empty salt and the label as info; 32 bytes:
//
//	constat-vault/1 state          HMAC-SHA-256 key of state.age
//	constat-vault/1 index          HMAC-SHA-256 key of the indexes
//	constat-vault/1 verdicts       HMAC-SHA-256 key of what is remembered
//	constat-vault/1 signing        seed of the Ed25519 key (RFC 8032) that signs heads
//	constat-vault/2 observer       ECDSA key on P-384 of web archives; see docs/formats.md
//	constat-vault/2 log            HMAC-SHA-256 key of log files
//	constat-vault/2 object         HMAC-SHA-256 key of objects
//	constat-vault/2 head           HMAC-SHA-256 key of heads
//	constat-vault/2 heads          HMAC-SHA-256 key of what is known outside of the folder
//
// So nothing has to be stored for them, they survive recovery, and only who has
// the vault's own key can make them: anyone may encrypt to a public key, and a
// further recipient can read everything, but neither can write these files.
//
// # Who wrote it
//
// Each log file carries a code over its case, its number and all that is in it; each object one, in
// its header, over its case, its name and its file key (docs/formats.md has both to the byte). What
// has none that holds is [ErrForeign]: it is not shown, signed or handed out, and takes nothing
// with it where it lies behind the end of a log. A vault of version 1 has none; [Vault.Old] says
// so, and [Vault.Migrate] pins what is there once its owner was asked.
//
// # What was lost
//
// The head of a case says how far its log goes, and which objects were about to be recorded;
// [Options].Heads is where a copy of all heads lies, outside of the folder. [Vault.Notices] has
// what is older than what is known, [Case.Lost] what a log has no more; the next entry is preceded
// by one that names it ("entries-lost"), and its numbers are not given again.
//
// # Further recipients
//
// An organisation that is to help can be let in with its public key, a
// post-quantum age recipient (age1pq1…). age forbids mixing those with classic
// ones in one file, because that would undo what they are for; so does the
// vault. [Vault.AddRecipient] and [Vault.RemoveRecipient] encrypt everything that
// is there again, file by file, so that help also reaches what was recorded
// before. The list is in state.age, the plaintext of which is three lines: the
// HMAC, in hexadecimal, of all that follows its line feed; a JSON object
// ("constat-state/1"):
//
//	recipients    list of {recipient, name, added}
//	reseal        absent; "count": files with another number of recipients than
//	              listed are still to be encrypted again; "all": any file is
//	acts          absent, or entries owed to the log of each case: {id, action, time,
//	              detail, file, sha256}; one with a file took place only if that
//	              file now has that SHA-256
//
// and spaces up to a multiple of 1,024 bytes. Acts on the whole vault
// ("recipient-added", "recipient-removed", "recipients-reset", "passphrase-changed",
// "recovery-code-reissued") are entries in the log of each case, with the act's id
// as detail "change"; those of recipients have "name" and "recipient_sha256", the
// SHA-256 of the recipient's text. A case that begins later has the SHA-256s in
// its first entry, detail "recipients". A case with a damaged log is passed over.
//
// A list that is missing or not authentic, or that names somebody whom the log of
// an opened case says was removed, is not used: see [Vault.RecipientsDamage].
//
// # Signed heads
//
// [Case.SignHead] signs, with the vault's key, these bytes:
//
//	constat-custody-head/1\n<case id>\n<seq, decimal>\n<SHA-256 of the last line, hexadecimal>\n
//
// With OpenSSL 3: `openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in
// head.txt -sigfile head.sig`. The key's fingerprint is the SHA-256 of its DER
// SubjectPublicKeyInfo (RFC 8410).
//
// # Index
//
// A case of thousands of exhibits opens in well under a second because its log
// and what lists need are also in one file. Its plaintext is, in lines:
//
//	constat-index/2 <case id> <seq> <SHA-256 of line seq> <lines that prove nothing>
//	<custody line> and <record>, the first two lines of each log file, from 1 to seq
//	<HMAC-SHA-256 of all before, in hexadecimal>
//	<object> <length in bytes>, then that many bytes and a line feed; for each exhibit, in
//	  their order, its manifest and its replies, oldest first, as far as they are there
//
// It is a cache, and may be deleted. What comes after the code is used only if
// the log's digests agree. An index is thrown away if it is missing, damaged or
// not authentic, or if log files up to seq are missing or the last of them has
// another digest; later log files are read on top of it. It is written when a
// vault is closed and after a list, once 64 entries or objects had to be read
// without it, and never while something is recorded. An authentic index whose
// head the log has not got is left alone: it proves that entries were lost, and
// [Vault.Check] says so.
//
// # Summary
//
// Whoever only adds to a long case reads a summary of its log and what lies behind it, at most 256
// entries. It is used only if the log goes on from it without a gap and every head agrees;
// otherwise, and for whatever concerns an earlier exhibit, the whole log is read. [Case.Told] and
// [Case.SaveTold] keep a short text with it, as of a line.
//
// # What is remembered
//
// [Case.Remember] keeps one text for whoever lists the case: HMAC-SHA-256 in
// hexadecimal and a line feed; "constat-verdicts/1 <case id>" and a line feed; the
// text. The vault does not look into it, and it may be deleted at any time.
//
// # Lists of addresses
//
// A list that was made to be kept one after the other is an object of the case
// ([Case.AddList]); the entry "list-made" has its digest and no address. What is
// left of it follows from the log: nothing else is written while it is worked off.
//
// # How to use it
//
// [Create] or [Open], then [Vault.CreateCase] or [Vault.Case]. Bytes enter
// through a [Draft], which is an [evidence.Sink]; [Case.Commit] makes an
// exhibit of it; [Case.AddReply] adds what a timestamp authority said; every
// other act is one [Case.Append]. [Case.Exhibits] and [Exhibit.Open] read.
// [Vault.Check] re-derives everything from the bytes on disk; it is package
// check, which reads with a reader of its own.
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
//     of a commit that failed before its entry was written. A file that is
//     encrypted again is replaced only after the new one was read back.
//   - A change of passphrase, code or recipients that is interrupted either took
//     place or did not; what it owes to the logs is made up for at the next
//     opening, and what it owes to recipients by [Vault.FinishRecipients].
//   - Whoever can write to the folder cannot add a reader: the recipient in
//     vault.json is compared with the key at each opening, the list of further
//     ones is authenticated.
//   - What is damaged is named ([CorruptError]) and takes nothing else with it:
//     a case with a damaged log can be read, but not written; a damaged exhibit
//     is listed with its damage.
//   - One process at a time ([InUseError]); the lock dies with its process. If
//     the folder goes away while it is open, or another is put in its place,
//     everything says so ([GoneError]) and nothing is written there.
//   - Memory: an open case keeps its log, about 5 KB per exhibit, and at most
//     16 MiB of manifests and replies.
//   - Values are safe for concurrent use, except where said otherwise.
//   - Errors of the file system stay recognisable: errors.Is finds
//     syscall.ENOSPC, syscall.EROFS, fs.ErrPermission.
//
// # What it does not do
//
// It does not judge passphrases, and uses them byte for byte. It does not hide
// how many cases, exhibits and files there are, roughly how large they are, or
// when they were written (file times). It cannot prevent that someone who can
// write to the folder deletes files, or puts back an older copy of all of them:
// the first shows, the second where a newer state is known.
// A changed passphrase does not help against an older copy of identity.age, nor a
// removed recipient against copies that they made before, of files or of keys to
// files. How many further recipients there are shows in every file's header; who
// they are does not. While the index covers a log file, damage to that file shows
// in [Vault.Check] only: what is shown and exported then comes from the index.
//
// # Order of locks
//
// Whoever holds one takes only such that stand further down:
//
//	Vault.lock       the file; from opening to closing, and against other processes
//	Vault.acting     an act on the whole vault: passphrase, code, recipients
//	Case.write       one entry of a log is made
//	Vault.swap       who may read; held for reading until what was written is recorded
//	Draft.mu         what a draft holds
//	Vault.mu         which cases are open, and what is under way
//	Case.removing    an object is removed or encrypted again
//	Case.indexing    the index or the verdicts are written
//	Case.mu          what is known of the case; never held during file operations
//	Heads.mu         what is known outside of the folder (package heads); takes no other
//
// # Compatibility
//
// Version 1 is read by all later versions. A vault of a later version is
// refused with [NewerVersionError], never guessed at.
package vault

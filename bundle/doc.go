// Package bundle writes what a person hands to the police: a BagIt 1.0 folder
// (RFC 8493), or the same in an AES-256 ZIP, with a printable report, every
// exhibit as it was timestamped, and the means to check it without us.
//
// # How to use it
//
// [Write] makes a folder, [WriteZip] a ZIP. Both take one [Input] and the same
// care. Package bundle/verify checks either, and reads with a reader of its own.
//
// # What it promises
//
// The layout is that of docs/formats.md, constat-bundle/1. The SHA-256 of
// data/evidence-sha256.txt is the fingerprint of the bundle: it covers
// everything under data/ but the report, which prints it, the list itself and
// the timestamps over it (data/evidence-sha256.<authority>.tsr). A second timestamp
// (tagmanifest-sha256.<authority>.tsr) covers the whole, with report, READ-ME and scripts.
// One more, by SHA-512 over all files, makes an evidence record (evidence-record-1.ers).
// No list names what lies over the whole, so a [Whole] may add renewals to a
// bundle that is finished; it touches nothing that is there.
//
// Every artifact is hashed while it is copied, and again while it is drawn; one
// that is not what its manifest names ends the export with a *[MismatchError].
// A target that exists is refused with an *[ExistsError] and not touched. All
// is written under a partial name beside the target, flushed to disk, and
// renamed at the end; after an error or a cancel nothing is left. Errors of the
// system (full disk, missing permission) stay recognisable with errors.Is.
//
// WriteZip never writes plain text to disk: entries are encrypted on their way.
//
// A signed head of the log and the lists of renewals are refused with
// [ErrInput] unless they are what they have to be: the signature verifies, and
// the log has the line that was signed.
//
// A reply that failed a check is written under a name that says so. The
// certificates under the verified timestamps are enclosed as material, in a
// folder that says that nobody trusts them for lying there; no checker reads them.
//
// # What it does not do
//
// It asks nobody for time itself, decrypts nothing, keeps no record of the
// export and does not sign: what is signed comes with the [Input]. The report is drawn in memory.
package bundle

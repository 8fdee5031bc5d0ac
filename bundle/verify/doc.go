// Package verify checks a bundle, folder or ZIP, as a stranger would: it
// derives everything anew from the bytes. What it knows of the formats is what
// docs/formats.md says: bags, lists, ZIPs and the signed head it reads itself,
// manifests and custody lines with package reader, which no writer uses.
//
// With what makes evidence it shares three things, and they are few on purpose:
// tsa.Verify, which judges a timestamp and which package tsa holds against
// OpenSSL and a second verifier; package renewal, which reads a list of
// renewals and judges its history; and from package evidence the words for a
// check and [evidence.Shorten], which makes text safe to show.
//
// # How to use it
//
// [Verify] returns a [Report] whose checks say of each thing: passed, failed,
// or not done and why. [Report.Verdict] sums them up. An error means that the
// bundle could not be read at all.
//
// # The checks
//
//	paths            no name leads out of the bundle, no link, device or double name
//	zip-form         a ZIP has one reading only: no second archive in it, no byte besides its entries
//	of-this-computer files that Finder, Explorer or a file system left (.DS_Store, Thumbs.db …); never passed or failed
//	limits           no more files or bytes than a bundle may have
//	readable         every file could be read to its end
//	bag-declaration  bagit.txt (RFC 8493 clause 2.1.1)
//	bag-info         bag-info.txt, of the format constat-bundle/1
//	payload-oxum     bytes and number of files in data/ (RFC 8493 clause 2.2.2)
//	payload-sha256   manifest-sha256.txt against every file in data/
//	payload-sha512   manifest-sha512.txt likewise
//	tag-files        tagmanifest-sha256.txt against every file outside data/
//	files            no file is there that no list names
//	evidence-list    data/evidence-sha256.txt: complete, and as listed
//	fingerprint      bag-info.txt names the digest of that list
//	exhibit          every manifest: its artifacts, digests, sizes, parents
//	custody-log      the chain of the log
//	custody-anchor   log and manifests name each other
//	custody-signature  the head of the log, if it is signed: signature, case, and that the log has the line
//	timestamp        every token, over manifest, fingerprint or the list of a renewal
//	renewal          every list of a renewal: the files that it names are as it says
//	stands           the first time of each thing that can be shown to stand today, and until when; else not-done
//	qualified        what the European trusted lists say of each verified token's service, at the token's own time
//	report           that it is a PDF; what it says is not compared
//	practice         it is no practice bundle, or practice was asked for
//	proof-of-time    as many verified timestamps over the fingerprint as [Policy] asks for; else not-done
//
// A check that fails is listed once for every file it fails for, up to a limit
// that is stated.
//
// # What it promises
//
// Nothing in the bundle is believed: roots come with [Options], sizes are
// limits and not facts, and no name is used as a path before it was checked.
// Memory does not grow with the size of files. A bundle that was practice is
// refused unless asked for, and practice tokens count in a practice bundle only.
// A bundle without a verified timestamp over its fingerprint is never 'valid',
// unless [Policy] allows it: missing proof is not better than present proof.
//
// # What it does not do
//
// It does not tell whether the timestamps of a single exhibit were taken out
// together with every mention of them, where the whole has one from later: for
// that, compare the fingerprint with the paper. It does not read the report, nor look into pictures or archives.
package verify

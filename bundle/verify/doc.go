// Package verify checks a bundle, folder or ZIP, as a stranger would: it
// derives everything anew from the bytes. What it knows of the formats is what
// docs/formats.md says: bags, lists, ZIPs and the signed head it reads itself,
// manifests and custody lines with package reader, which no writer uses.
//
// With what makes evidence it shares four things, and they are few on purpose:
// tsa.Verify, which judges a timestamp and which package tsa holds against
// OpenSSL and a second verifier; package renewal, which reads a list of
// renewals and judges its history; package trustlist, which says what a signed
// list said of a time service; and from package evidence the words for a
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
//	share            what the signed line of the log says of every exhibit of the case: here, left out by choice,
//	                 closed, damaged; not-done if not all are here
//	timestamp        every token, over manifest, fingerprint or the list of a renewal
//	renewal          every list of a renewal: the files that it names are as it says
//	stands           the first time of each thing that can be shown to stand today, and until when; else not-done
//	qualified        what the European trusted lists say of each verified token's service, at the token's own time
//	material         certificates that are enclosed: how many; never read, never passed
//	evidence-record  an RFC 4998 record over every file: what it proves, or what is wrong with it; never failed
//	list-container   tagmanifest-sha256.asics, the list of the whole with its timestamps as ASiC-S; never failed
//	report           its words: on each page the fingerprint and the page's number; case, exhibits, digests
//	                 of manifests, and what the person told last, as the data has it
//	practice         it is no practice bundle, or practice was asked for
//	proof-of-time    as many verified timestamps over the fingerprint as [Policy] asks for; else not-done
//	proof-of-whole   the same over the whole: tagmanifest-sha256.txt, and so report, READ-ME, scripts and lists
//	exhibit-time     of each exhibit: kept at, by its own account; proven since; not-done if that is not timely
//	export-time      the same of the making of the bundle
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
// A bundle without a verified timestamp over its fingerprint, over the whole and
// over each exhibit is never 'valid', unless [Policy] allows it or, of an exhibit,
// the bundle itself names it under that of the whole: missing proof is not better
// than present proof. A bundle from before there were timestamps over the whole is
// readable, and what people read in it, the report too, is not proven.
//
// # What it does not do
//
// It does not look into pictures or archives, nor at how the report is laid out.
package verify

// Package wacz writes what a browser loaded as a web archive: a WACZ 1.1.1
// package with one WARC 1.1 file (ISO 28500:2017) in it.
//
// # What it does
//
// [NewWriter] begins a package on a stream, [Writer.Add] writes one request and
// its answer, [Writer.Note] a metadata record, and [Writer.Close] the index, the
// list of pages and the digests. The package is a ZIP file with these entries,
// in this order:
//
//   - archive/data.warc.gz: a warcinfo record, then a response and a request record
//     for each exchange, each record a gzip member of its own;
//   - indexes/index.cdx: one CDXJ line for each response, sorted;
//   - pages/pages.jsonl: the page;
//   - datapackage.json: the entries above with sizes and SHA-256;
//   - datapackage-digest.json: the SHA-256 of datapackage.json, signed if whoever writes can sign.
//
// # What it promises
//
// It writes as a stream: nothing is sought, nothing touches a disk, and what
// stays in memory is one index line for each exchange, at most 20,000
// of them and 32 MiB. Entries are stored, so that a player can read ranges of them; sizes
// are in data descriptors and in the central directory.
//
// The body is written byte for byte. A browser hands it over after undoing the
// content coding, so Content-Encoding, Transfer-Encoding and a Content-Length
// that no longer fits are kept under names that begin with X-Archive-Orig-, and a fitting
// Content-Length is added. A body that is missing or cut is marked with
// WARC-Truncated and carries no payload digest. Text of a server cannot break
// out of its header: control characters become spaces, and a field whose name
// is not a token (RFC 9110, 5.6.2) is left out.
//
// # What it does not do
//
// It knows no secrets: the caller leaves out what must not be in the record. It
// reads no archives, and merges no duplicates: what was loaded twice is there twice.
package wacz

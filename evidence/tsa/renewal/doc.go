// Package renewal keeps timestamps alive: before a signer's certificate or an
// algorithm ages out, a new timestamp is made over a list of everything that
// was there before, after the idea of RFC 4998 (Evidence Record Syntax).
//
// # What it does
//
// [Due] says when a timestamp has to be renewed, and why. [Build] writes the
// list, the digest of which the new timestamps are over. [Verify] judges the
// whole history years later. It does not ask authorities: package tsa does.
//
// # How to use it
//
//	if due, why := renewal.Due(ts, now); due {
//		list, err := renewal.Build(history)          // keep it as ListName(n)
//		reply, err := client.Ask(ctx, authority, evidence.Sum(list))
//		...                                          // keep the reply as TokenName(n, authority)
//	}
//	result := renewal.Verify(history, judge, now)        // result.Proven, or nil
//
// # The format, constat-renewal/1
//
// A list is text in ASCII, at most [MaxList] bytes. Every line ends with one
// line feed, the last one too; there is no other white space than the single
// spaces shown. Line 1 is the name of the format, line 2 the word generation, a
// space, and the number of the renewal, counted from 1, in decimal without
// leading zeros. Then follow the items, three lines each:
//
//	KIND NAME SIZE
//	SHA256 (NAME) = 64 lower-case hexadecimal digits
//	SHA512 (NAME) = 128 lower-case hexadecimal digits
//
// KIND is manifest, renewal, token or revocation. NAME is 1 to 120 of the
// characters A-Z a-z 0-9 . _ - and begins with a letter or digit; no name is
// there twice, even in other capitals. SIZE is in bytes, decimal, without
// leading zeros. The order is fixed: the manifest; the tokens of generation 0;
// their revocation records; then for every earlier renewal its list, its
// tokens, its revocation records. Tokens are at least one, and tokens as well
// as records ascend by the bytes of their names. A list of generation n thus
// has n-1 items of kind renewal. Whatever differs is refused.
//
// The manifest is the file that was timestamped first, a token is a whole
// TimeStampResp (RFC 3161), a record an OCSPResponse (RFC 6960) or a
// CertificateList (RFC 5280), each byte for byte as kept.
//
// An example, for a manifest of the six bytes "hello" and a line feed, and a
// file of "token" and a line feed in the place of a token:
//
//	constat-renewal/1
//	generation 1
//	manifest manifest.json 6
//	SHA256 (manifest.json) = 5891b5b522d5df086d0ff0b110fbd9d21bb4fc7163af34d08286a2e846f6be03
//	SHA512 (manifest.json) = e7c22b994c59d9cf2b48e549b1e24666636045930d3da7c1acb299d1c3b7f931f94aae41edda2c2b207a36e10f8bcb8d45223e54878f5b316e7ce3b6bc019629
//	token manifest.one.tsr 6
//	SHA256 (manifest.one.tsr) = e078cb80a315c1545d5396567810bf94dc360f30bfdaae14ca6aad6cf9fe768d
//	SHA512 (manifest.one.tsr) = f81b0e1dcd47a54b194af9efd084331055d1f9fb76289c5b91c74e59a80960a41ce637167a622c219b0d36f2bd599d08a28dbf629de6c6d684c5dc56d06d7de5
//
// The SHA-256 of this list, over which the next timestamps are, is
//
//	eb93e73dd29038c143a1bb233a28a257ae32120bb9194312d000ce6f15a56219
//
// Anybody can confirm both without this program. The two commands skip the
// lines that are not theirs, with a warning:
//
//	sha256sum -c renewal-1.txt
//	sha512sum -c renewal-1.txt
//	sha256sum renewal-1.txt
//	openssl ts -verify -data renewal-1.txt -in renewal-1.one.tsr -CAfile roots.pem
//
// # What it promises
//
// Equal histories lead to equal bytes. [Parse] accepts only what [Build] can
// write. A renewal that came too late, or over a list that leaves out or
// changes a single byte of what came before, does not count. Nothing here is
// remembered, and nothing runs by itself.
//
// One rule decides what a token is worth at a moment, with renewals or without:
// it stands up to its [Limit], and past that if something that was made by then
// and stands itself names it: a token of the next generation, or what the caller
// hands in as [Cover]. [Step.Until] says up to when.
//
// # What it does not do
//
// It cannot revive a timestamp that was not renewed in time. The digests of
// both hash functions are in the list, but the timestamp over the list is over
// its SHA-256 alone. It is not an Evidence Record: RFC 4998's ASN.1 and hash trees
// are not used, so that a list can be read and checked with what every system
// has. A bundle has one besides, over the files themselves by another hash. Limits of algorithms are those of package algorithm, what sources say today, not a
// forecast.
package renewal

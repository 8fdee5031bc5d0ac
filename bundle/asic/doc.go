// Package asic writes the list of a bundle with its timestamps as a container
// that tools of others read: ASiC-S (ETSI EN 319 162-1 V1.1.1, clause 4.3), with an
// archive timestamp behind the first one (annex A.7).
//
// # How to use it
//
//	c := asic.Container{Name: "tagmanifest-sha256.txt", MIME: "text/plain", Data: list, Token: token}
//	manifest := c.Manifest()                 // have its SHA-512 timestamped
//	zip, err := c.Write(manifest, archiveToken)
//
// # What it promises
//
// Equal input makes equal bytes. The file mimetype comes first, stored, without an
// extra field, so that its content begins at byte 38 (annex A.1). Nothing is
// compressed, encrypted or dated, and every size stands before its bytes.
//
// # What it does not do
//
// It asks nobody for time, judges nothing and renews nothing. Package
// bundle/verify/asic reads with a reader of its own.
package asic

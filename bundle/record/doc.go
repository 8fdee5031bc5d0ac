// Package record writes evidence records (RFC 4998): one timestamp over many
// files by another hash function than their lists have, in the form that tools of
// others read, and its renewals.
//
// # How to use it
//
//	tree, err := record.NewTree(crypto.SHA512, sums) // of every file
//	...                                              // have tree.Root() timestamped
//	der, err := record.New(tree, token)
//
//	hash, digest, err := record.Again(der)           // timestamp renewal: by the same hash
//	der, err = record.Renew(der, token)
//
//	tree, err = record.Rehash(der, crypto.SHA3_256, sums) // hash-tree renewal: by another one
//	der, err = record.Extend(der, tree, token)
//
// # What it promises
//
// All files are one data object group (clause 4.2): the first hash list of the
// reduced tree has the digest of each, ascending, and nothing else is in the tree. What was in a record stays byte for byte: a renewal puts its
// archive timestamp behind the ones that are there, in the last chain, or a new
// chain behind the others (clause 5.2), and lists another hash at the end of
// digestAlgorithms.
//
// # What it does not do
//
// It asks nobody for time and judges no token. It writes neither cryptoInfos nor
// encryptionInfo (clauses 3.1 and 6): what a token needs came with it. It reads as
// much of a record of its own as it takes to go on; whoever judges one does so
// with a reader of their own (package bundle/verify/ers).
package record

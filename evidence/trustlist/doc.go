// Package trustlist reads the trusted lists of the European Union: who is a
// qualified time service, by whom that is said, and since when.
//
// # What it does
//
// [Open] verifies a list's signature and reads it; [Set.Read] does so by the
// list of lists, which says who may sign what. [Set.Find] says of a verified
// chain whether its service was a qualified one at a moment.
//
// # How to use it
//
//	set, err := trustlist.ReadSet(authorities.Qualified()) // what the program brings
//	l, err := set.Read(xml, nil)                           // a list of today in its place
//	found := set.Find(ts.Chain, ts.Time)                   // ts is a verified timestamp
//
// # What it promises
//
// A list counts only if one whom the list of lists names for its territory
// signed the whole of it (XAdES, ETSI TS 119 612 annex B): the signature is over
// the document without itself, its own properties name the certificate, and
// nothing is read but the bytes that were signed. Lists are at most [MaxList]
// long, have no document type, and an older one never takes the place of a newer.
//
// What a token says of itself is not looked at. A list that is older than a
// token cannot speak of its time, and the answer says so: [ListIsOlder] is not
// [Qualified].
//
// # What it does not do
//
// It asks nobody. It does not ask whether the certificates that sign lists were
// revoked: who may sign is said by the list of lists, whose first signer is
// given. It knows qualified time services alone (Svctype TSA/QTST), not those of
// other kinds, and no status from before it was one. Which service a time is
// from goes by certificate and key, never by a name.
package trustlist

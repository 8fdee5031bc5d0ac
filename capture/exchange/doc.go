// Package exchange is one request of the browser and what came of it: its redirects, its headers,
// and what of them may be kept.
//
// # How to use it
//
// An [Exchange] is filled with [Exchange.Ask] and [Exchange.Answer] as the browser tells of it, and
// read with [Exchange.Told]. [Keep] takes from headers what would let a reader act as the person,
// and counts it in [Left], whose list goes into the record.
//
// # What it promises
//
// headers.json, page.wacz and the facts of a page are all made from the same exchanges, and leave
// the same headers out. Names and values of the others are what the browser told; user name and
// password are taken out of every address ([WithoutUser]).
//
// # What it does not do
//
// It asks nobody anything and holds no bodies. It is not safe for concurrent use: who fills it has
// a lock.
package exchange

// Package keep is the family of use cases that put evidence into an open vault:
// pages, lists of pages, files, addresses alone, second visits, and what the
// person tells about them.
//
// # How to use it
//
// A [Keeper] has one method a use case: [Keeper.Preserve] keeps a page,
// [Keeper.MakeList] and [Keeper.KeepList] many, [Keeper.OpenWindow] those that
// need a sign-in, [Keeper.Import] files, [Keeper.Record] an address alone;
// [Keeper.Recheck] visits again, [Keeper.SaveFacts] keeps words,
// [Keeper.MarkMinor] closes an exhibit. [Keeper.End] comes before the vault is
// locked.
//
// # What it promises
//
// Nothing loads and no file is opened unless the question about age was answered
// 'adult' for it, and no answer takes an earlier one back; what was closed is
// never loaded or imported again. An exhibit is kept with all its files or not at
// all, and stays when no authority answers. A list survives Cancel, a lock and a
// power cut: it is in the vault before anything loads, and how far it is follows
// from what was kept.
//
// # What it does not do
//
// It hands nothing over, and draws nothing. It starts no goroutine that outlives
// a call, but for the practice page and a [Window].
package keep

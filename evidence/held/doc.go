// Package held is patience with other programs: a virus scanner, an indexer or a cloud client that
// has a file open for a moment, which on Windows keeps everybody from renaming, deleting or writing
// it.
//
// # What it does
//
// [Rename], [Remove], [RemoveAll] and [Open] do what their namesakes in package os do, and try
// again for some seconds while another program holds the file; [Do] does so with anything else.
// [Is] knows the system's words for that.
//
// # How to use it
//
//	err := held.Rename(part, path)
//	if e, ok := errors.AsType[*held.Error](err); ok { … e.Path … }
//
// # What it promises
//
// What is held for longer than [Limit] ends in an [*Error] that names the file; every other error
// comes at once, as it is. "Access denied", by which Windows means both a held file and a forbidden
// one, is waited for too, and is an [*Error] only where the file can be shown to be held.
//
// # What it does not do
//
// It makes nothing durable, and ends no other program.
package held

// Package mailtext reads what stands in an e-mail as mail programs do, which is more forgiving than the
// standards are.
//
// # What it does
//
// [MediaType] takes a Content-Type or Content-Disposition apart (RFC 2045, 5.1; RFC 2183; RFC 2231), and
// says where another program may read something else. A [Head] keeps the beginning of a part, and
// [Head.Text] is what it says: of HTML the words, the addresses of links and the descriptions of images.
//
// # What it promises
//
// Hostile input is the normal case: what is kept of a part, how deep elements stand in each other and
// how large a tree a parser may make of them are bounded. Nothing is loaded, and no script is run.
//
// # What it does not do
//
// It takes no e-mail apart, judges no sender, and makes nothing safe to show.
package mailtext

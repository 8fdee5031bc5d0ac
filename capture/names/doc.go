// Package names tells what the browser was answered when it asked for the addresses of a page's hosts.
//
// # How to use it
//
//	log := names.Begin(browser)       // before the page is asked for
//	log.Ready(ctx)
//	log.End()                         // once the page has loaded
//	answers, why := log.Answers(ctx, hosts)
//
// [Host] is the name in an address, as the log writes it.
//
// # What it promises
//
// It reads the browser's own net log and asks no name server itself. The log lies in memory,
// bounded in the browser and here, from [Begin] to [Log.End]; all but the resolver's events is
// dropped unread, and nothing is written to a file. None of its calls makes a capture wait longer
// than a second or two: without answers a capture goes on, and is told why there are none. A nil
// [*Log] says that nothing was observed. A Log is safe for concurrent use.
//
// # What it does not do
//
// It does not judge whether an answer was right, and holds no words for people: why answers are
// missing is a fact in English.
package names

// Package flow holds the use cases: what a person can do with Constat, whether
// through the window or the terminal. It knows neither Fyne nor flags.
//
// # How to use it
//
// [New] takes everything from outside (folders, clock, network, browser
// choice) in one [Config]. [App.CreateVault] and [App.Unlock] return a
// [Session], whose fields are the families of use cases:
//
//	session.Look      what is there: cases, exhibits, pictures
//	session.Keep      puts pages, files and addresses into the vault
//	session.Proof     timestamps: asks again, renews
//	session.Remove    steps to have it taken down, letters, the log of reports
//	session.Complain  the account for a complaint, confidential notes
//	session.Handover  bundles and extracted files
//	session.Copies    encrypted copies of the vault at other places
//
// What concerns the vault as a whole (passphrase, recovery code, recipients,
// check, lock) are methods of the Session. App.Proof verifies bundles and tokens
// without a vault; [App.Doctor] looks the machine over, [App.Demo] makes the
// whole journey on a practice page.
//
// # What it promises
//
// Methods block until done, honour their context within a second, and report their stages to an
// evidence.Progress. A capture is kept with all its files or not at all. A missing network never
// loses an exhibit: it is kept and its timestamps are pending. Every time shown was verified from
// the stored reply when it was shown; a list remembers which replies passed (docs/decisions/0016),
// an exhibit that is opened, an export and a renewal do not. [Explain] has words for every kind of
// error, in four languages, and [ExitCode] the number that design and manual promise.
//
// # What it does not do
//
// It draws nothing and starts no goroutine that outlives a call, but for those that mind
// the browser of [App.Prepare] and a window. Only one
// Session uses a vault at a time; a Session is safe for concurrent use.
package flow

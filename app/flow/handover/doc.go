// Package handover is the family of use cases that take evidence out of an open
// vault: bundles for the police, and files that are extracted.
//
// # How to use it
//
// [Exporter.Export] makes a bundle, a folder or a ZIP, and reads it back with the
// independent checker. [Exporter.Extract] writes the files of one exhibit.
//
// # What it promises
//
// Nothing that is there is overwritten, and what fails leaves nothing but the
// line in the custody log that it was begun. What was marked as under 18 leaves
// neither way, and a bundle says what it leaves out. A bundle that does not pass
// its own check is a [BundleError]. What an export left that was killed, readable
// files under a hidden name, is swept when the vault is next opened, wherever it was written.
//
// # What it does not do
//
// It loads no page: whatever happens here, no browser starts. Encryption is the
// ZIP's password or nothing; extracted files lie open.
package handover

// Package complain is the family of use cases about the complaint: the account of the whole case,
// what a complaint sets in motion, what to bring, and confidential notes.
//
// # How to use it
//
// [Complainer.Show] puts together all that the case knows for a complaint, in one language;
// [Complainer.Set] keeps what the person tells, by evidence.AccountFields; [Account.Text] is the
// same as a text to read, print or save. [Complainer.Notes] and [Complainer.SaveNotes] are
// confidential.
//
// # What it promises
//
// The account lives in the custody log, as typed; earlier words stay there. An event says what its
// time rests on: an id, this device's clock, or the person's word. A thing to bring is ticked only
// by the person; that something is ready is said only if the case shows it. Law has its date, and
// says so while no lawyer has read it. Notes are in no log, report or bundle.
//
// # What it does not do
//
// It decides nothing about law, sends nothing and loads nothing. Words around the account are data:
// assets/guide and assets/words.
package complain

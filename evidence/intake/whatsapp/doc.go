// Package whatsapp reads the text of a WhatsApp chat export, message by message.
//
// # What it does
//
// [NewReader] takes the text as it was stored, in UTF-8, UTF-16 or Windows-1252, and [Reader.Read] gives
// one [Message] after the other: where it begins, time and sender as written, its text, the file that it
// names, and whether it stands for one that was left out. [Named], [Given], [Begins],
// [Holds], [Alone] and [MediaName] tell such an export, and its files, from others.
//
// # What it promises
//
// WhatsApp publishes no format. An export has one form of date and time, that of its first message; a
// line of another form is text, never another person's words. Nothing is converted: which number of a
// date is the day is not known. Input may be of any length and hostile; memory is bounded by
// [MaxMessage]. An error is the reader's, or io.EOF.
//
// # What it does not do
//
// It stores nothing and opens no file: which artifact a name stands for is asked of its caller. Whether
// the division into messages is true cannot be told from a text that a person can write.
package whatsapp

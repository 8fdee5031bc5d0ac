// Package intake takes files in that do not come from a web page: photos of a
// screen, screenshots, videos, sound, PDFs, e-mails, WhatsApp chat exports,
// text, and anything else as a plain file.
//
// # What it does
//
// [Import] hands the bytes of one file to an [evidence.Sink], exactly as they
// are, and reads what the file says of itself: EXIF of pictures, boxes of
// MP4, MOV and 3GP, elements of Matroska and WebM, XMP, IPTC and a PNG's own dates,
// headers and the list of parts of an e-mail or of each message of a mailbox,
// messages of a chat export. A file's type is told by its
// content; a name that says otherwise is a fact ([FactNamedOtherwise]).
//
// # How to use it
//
//	src, err := intake.FromPath(path)
//	…
//	draft := c.NewDraft()
//	defer draft.Abort()
//	res, err := intake.Import(ctx, src, draft, intake.Options{}, progress)
//
// res.Artifacts[0] is the file. The further ones are:
//
//	ZIP of a chat    the chat's text and every file in it, each an original;
//	                 messages.json, derived from the text
//	text of a chat   messages.json, derived from it
//	'your data'      account.json, derived from it: of a platform, as a ZIP or one of its files of
//	                 messages; nothing is unpacked
//	e-mail (.eml)    email.json, derived from it; attachments are listed with
//	                 name, type, size and digests of their decoded content, and
//	                 not unpacked
//
// With [Options.Copies] a JPEG, PNG or WebP is followed by import-NN-copy, derived from it: the same
// picture without anything that it says of itself. The copy is read as any file is, and kept only if
// nothing but its size and its orientation is found.
//
// Artifacts are called import-01.jpg, import-02.txt …, numbered from
// [Options.First]; the second file of an exhibit goes on at [Result.Next], and
// its lists are called messages-NN.json and email-NN.json after that number. The
// ending follows the content, from a fixed list: markup is .txt and unknown
// bytes are .bin, so that no double click runs them. The name that the file
// had is a fact ([FactOriginalName]) and is never a path here.
//
// # Says of itself
//
// Every [Fact] is what somebody or some device wrote, and anyone could have
// written anything. [Fact.Source] names where it stands. Dates are kept as they
// are written; none is converted to another zone or order. Three formats count
// seconds since a fixed day in UTC and are rendered as RFC 3339: ISO BMFF
// (ISO 14496-12, 8.2.2; some cameras put local time there), Matroska
// (RFC 9559, 5.1.2.11), and the messages of Instagram and Facebook.
//
// # What is left out
//
// Where somebody was, which very device it is, whose it is, and network
// addresses are no facts, because facts are printed in reports: a photo taken
// at home would hand the home address to whoever reads the bundle. Of a position
// it is only recorded that there is one ([FactPosition] is "yes"); everything
// that was left out is counted in [Result.Redactions]. The file itself stays
// exact, so all of it is still in the original; a copy without it is made on request.
//
// # messages.json and email.json
//
// messages.json is one JSON document with a message a line:
//
//	{"format":"constat-messages/1",
//	"text":{"artifact":"import-02.txt","sha256":"…"},
//	"files":[{"name":"IMG-20240105-WA0000.jpg","artifact":"import-03.jpg","modified":"2024-01-05T14:03:22"}],
//	"messages":[
//	{"line":1,"time":"05/01/2024, 14:03","sender":"Ann","text":"IMG-20240105-WA0000.jpg (file attached)","media":{"name":"IMG-20240105-WA0000.jpg","artifact":"import-03.jpg"}}
//	]}
//
// [constat/evidence/intake/whatsapp.Message] describes the fields. An export has one form of date and time, that of
// its first message; a line of another form is text. The app's own notices have no
// sender; one that holds ': ' and neither the app's mark nor a quotation mark around
// it is taken for a message, because the text does not tell them apart. A person can
// write a line of the export's own form, with any time and sender: what was exported
// is evidence, its division into messages is a reading aid. A message whose file is
// not there is counted and a problem, and so is what looks like a chat export and
// was not read as one.
//
// email.json lists header fields with RFC 2047 words decoded, and each part
// with its path, media type, name, size and digests.
//
// # What it promises
//
// Hostile input is the normal case. Links, folders, devices, pipes and sockets
// are refused with a *[SourceError], also if one is put in the file's place
// after it was looked at; so is a file of more than [Options.MaxSize] bytes.
// A file that changed while it was read is kept and carries a problem. Limits
// bound what is unpacked from a chat export (files, bytes together, ratio of
// each, overlapping entries), what is read of an e-mail (1 MiB of header, 1,000
// parts, depth 10), of EXIF (64 MiB read, 4 KiB a value) and of containers
// (20,000 boxes). What is beyond a limit stays in the original only, and a
// problem says so. Other archives, also inside a chat export, are never opened.
//
// The bytes are read through buffers: a 4 GiB file and a 4 GiB chat export need a
// few megabytes. What a decompressor or decoder yields exists in memory only.
// Cancelling the context ends an import at the next read. No error text holds
// the folder that a file lay in.
//
// What lies inside of a file and is not kept apart, as attachments and entries of a ZIP, is hashed
// on the way ([Result.Within]), so that a caller can tell a file that it must not keep, however it
// is wrapped.
//
// On an error nothing usable came, and the caller gives its draft up. An
// Import is used by one goroutine; several may run at once.
//
// # What it does not do
//
// It stores nothing but through the sink, follows no links, runs nothing, asks
// no network and shows nothing. It judges neither whether a picture is genuine
// nor whether a time is right. Outlook's .msg files are recognised ([MS-OXMSG]
// 2.4) and kept; of a PDF only the version is read. EXIF of pictures inside a
// chat export is not read (the app removes it); facts and text are not made safe
// to show: see [evidence.Clean].
package intake

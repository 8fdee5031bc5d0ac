// Package report draws the printed report of a case: the PDF that an officer
// reads without any software of ours.
//
// # How to use it
//
// [Write] draws everything from an [Input]. The bundle's fingerprint has to be
// known by then, since it stands on every page and as a QR code on the first.
//
// # What it promises
//
// The pages are a cover that can be read in a minute, with the receipt under the whole
// list; of each exhibit a page that begins with its picture, with the facts beside it and a
// line of proof, and its pictures, large; what the person told of the whole case; an annex
// for each exhibit with timestamps, checks, conditions, files and claims; and how to check
// the bundle without us. List, pages, exhibits and annexes lead to each other. What the person
// told, what an address says by itself, and what imported files say of
// themselves stand in tables of their own, apart from the facts and marked as
// not checked; a suspicion stands apart from all that was told, and never on
// the cover. Of a chat the first and last messages are printed, and how many
// there are. Every page
// carries the case, the exhibit with address and time, the beginning of the
// fingerprint and "page n / m"; every page of a practice report carries
// evidence.PracticeMark, also in the report's language. Language and zone come
// in with the Input and never from the process.
//
// Pictures are cut into strips that are legible on A4, from the original tiles
// (not from the dated copy, whose band would be cut as well), one tile in
// memory at a time. Each strip stands in a frame that repeats address and time;
// the frame is the paper's own and says so. Strips overlap by [Overlap] rows,
// and no row is left out. What is reached only by scrolling follows with headings of
// its own: windows after each step, as many a page as stay legible, and the page
// without its consent overlay; where the page's own tiles are empty below, the
// steps come before them. A list before the pictures names the page of each set.
// Where there are so many that the report would become larger than [MaxReportBytes], they are printed
// less finely, exhibit by exhibit; each says so, and the last chapter how many.
// After [MaxStrips] pages of a set, [MaxPages] of an exhibit or what the report
// may have drawing stops and the paper says where; of a long row of
// steps the beginning and the end are drawn. Of an exhibit that is masked the
// first page alone shows what it is, blurred or hatched, and names the files and, where it is blurred,
// how many pictures are not printed; the cover says so.
//
// Every picture is hashed as it is read and has to match its manifest: if not,
// Write returns a *[MismatchError]. Pictures are drawn as they are stored; if a
// file asks to be turned (EXIF), the caption says so. One that cannot be decoded is a hatched
// field that says so, since a damaged file can be evidence.
//
// A time is printed only from a verified tsa.Timestamp. Text from pages and servers goes through
// evidence.Clean, and long text is cut visibly. What a manifest notes in English is said in the
// language of the report; see bundle/detail.
//
// # What it does not do
//
// It promises no admissibility and no conformity to any norm. It embeds no
// files and signs nothing. It does not draw video, sound or documents.
package report

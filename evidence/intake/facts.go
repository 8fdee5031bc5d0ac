package intake

import (
	"encoding/hex"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"constat/evidence"
)

// Fact is one thing that a file says of itself. Nothing of it is proven:
// anyone can write any of it.
type Fact struct {
	Artifact string `json:"artifact"` // the artifact that it is about
	Name     string `json:"name"`     // stable, e.g. "taken"; words are in the translations
	Value    string `json:"value"`    // as written, valid UTF-8, at most 1,000 characters; not safe to show without [evidence.Clean]
	Source   Origin `json:"source"`   // where in the file it stands
}

// Origin says who says a fact.
type Origin string

// The origins of facts.
const (
	FromFileSystem Origin = "file-system" // the disk the file lay on
	FromContent    Origin = "content"     // the first bytes, or the structure
	FromEXIF       Origin = "exif"        // EXIF of a picture
	FromXMP        Origin = "xmp"         // XMP of a picture (ISO 16684-1)
	FromIPTC       Origin = "iptc"        // IPTC-IIM of a picture
	FromPNG        Origin = "png"         // chunks of a PNG
	FromMP4        Origin = "mp4"         // ISO 14496-12 boxes: MP4, MOV, 3GP, M4A
	FromMatroska   Origin = "matroska"    // RFC 9559 elements: MKV, WebM
	FromMail       Origin = "eml"         // headers of RFC 5322
	FromWhatsApp   Origin = "whatsapp"    // the text of a chat export
	FromAccount    Origin = "account"     // what a platform hands out as 'your data'
	FromZIP        Origin = "zip"         // the list of a ZIP
)

// Names of facts. The comment says what Value holds.
const (
	FactOriginalName    = "original-name"       // without folders (of a ZIP's entry: with them); bytes that are not UTF-8 are U+FFFD
	FactNameBytes       = "original-name-bytes" // hexadecimal; only if the name is not UTF-8
	FactModified        = "modified"            // RFC 3339, UTC
	FactNamedOtherwise  = "named-otherwise"     // the name's ending belongs to another type
	FactPictures        = "pictures"            // number of pictures in the file, if there is more than one: pages, frames
	FactBehind          = "behind-picture"      // what else the file holds behind the picture, as a film: media type; bytes
	FactWidth           = "width"               // pixels
	FactHeight          = "height"              // pixels
	FactTaken           = "taken"               // as written; EXIF: "2006:01:02 15:04:05", usually without a zone
	FactTakenOffset     = "taken-offset"        // the zone of taken, as written, e.g. "+01:00"
	FactTakenTime       = "taken-time"          // IPTC: the time of day of taken, as written
	FactDigitizedTime   = "digitized-time"
	FactMetadataDate    = "metadata-date" // XMP: when the metadata was changed, as written
	FactContradiction   = "contradiction" // dates of one sort that are of different days: which, and where each stands
	FactBlocks          = "exif-blocks"   // number of EXIF blocks, if there is more than one
	FactDigitized       = "digitized"     // EXIF CreateDate, as written
	FactDigitizedOffset = "digitized-offset"
	FactChanged         = "changed" // EXIF ModifyDate as written; MP4: RFC 3339, UTC
	FactChangedOffset   = "changed-offset"
	FactSatelliteDate   = "satellite-date" // EXIF GPSDateStamp, UTC, as written
	FactSatelliteTime   = "satellite-time" // EXIF GPSTimeStamp, UTC
	FactMake            = "device-make"
	FactModel           = "device-model"
	FactLens            = "lens"
	FactSoftware        = "software"
	FactOrientation     = "orientation" // EXIF 1 to 8
	FactDescription     = "description"
	FactComment         = "comment"       // e.g. "Screenshot"
	FactPosition        = "position"      // always "yes"; the place itself is never a fact
	FactBrand           = "brand"         // ISO BMFF major brand, e.g. "isom"
	FactCreated         = "created"       // RFC 3339, UTC
	FactDuration        = "duration"      // seconds, e.g. "12.345"
	FactPDFVersion      = "pdf-version"   // e.g. "1.7"
	FactChat            = "chat"          // the chat's name, from the text's file name
	FactMessages        = "messages"      // number
	FactFirst           = "first-message" // time as written
	FactLast            = "last-message"  // time as written
	FactSenders         = "senders"       // number of different names; "1000+" if more
	FactMediaMissing    = "media-missing" // number of files that messages name and the export does not hold
	FactMediaOmitted    = "media-omitted" // number of messages that stand for a file which was left out of the export
	FactNotices         = "notices"       // number of the app's own notices
	FactTimesBack       = "times-back"    // number of messages whose time is earlier than that of the one before
	FactTextEncoding    = "text-encoding" // of a chat's text, if not UTF-8
	FactAccount         = "account"       // the platform whose 'your data' it is
	FactThreads         = "threads"       // number of conversations, or of their files
	FactOwnOnly         = "own-only"      // "yes": the platform hands out only what the account itself sent
	FactOthers          = "other-files"   // number of other files in such an archive, which were not looked into for messages
	FactEntries         = "entries"       // number of files in a ZIP
	FactAttachment      = "attachment"    // name; media type; bytes; SHA-256, of the decoded content
	FactMails           = "mails"         // number of messages in a mailbox file
	FactMail            = "mail"          // of a further one: From; Date; Subject
	FactForwarded       = "forwarded"     // of a message that is attached: From; Date; Subject
	FactEntry           = "entry"         // of a ZIP that is not unpacked: name; bytes; SHA-256
	FactRemoved         = "removed"       // of a copy: what its picture has beside what is drawn and the copy has not, by the format's own names
	FactUnopened        = "not-opened"    // "yes": an archive of a sort that is not looked into
	FactShownBy         = "shown-by"      // of a picture made for looking at: the browser that showed the file; places of a film
	FactReceived        = "received"      // number of Received header fields
)

// Codes of [evidence.Problem] of an import. They are stable; words for people
// are in the translations. The comment says what Detail holds.
const (
	ProblemEmpty        = "import-empty"             // the file has no bytes
	ProblemSizeChanged  = "import-size-changed"      // it grew or shrank: bytes announced and read
	ProblemChanged      = "import-changed"           // size or modification time changed while it was read: which artifact, if known
	ProblemHiddenName   = "import-hidden-characters" // a name has control or direction characters: the name, escaped
	ProblemFactCut      = "import-fact-cut"          // a fact is longer than is kept: which
	ProblemEXIF         = "import-exif-unreadable"   // what the reader says
	ProblemContainer    = "import-container-damaged" // video or audio: what the reader says
	ProblemMailHeader   = "import-mail-header"       // cut off, malformed or doubled: how
	ProblemMailPart     = "import-mail-part"         // a part cannot be read: which, how
	ProblemMailLimit    = "import-mail-limit"        // parts or depth beyond the limit are not listed: which
	ProblemZIP          = "import-zip-unreadable"    // the list of a ZIP cannot be read, or lies: how
	ProblemZIPEntry     = "import-zip-entry"         // an entry is damaged, no plain file or of an unknown method: the name
	ProblemZIPEncrypted = "import-zip-encrypted"     // an entry is encrypted: the name
	ProblemZIPName      = "import-zip-name"          // a name leads out of its folder: the name, escaped
	ProblemZIPDouble    = "import-zip-double"        // two entries of one name: the name
	ProblemZIPLimit     = "import-zip-limit"         // entries beyond a limit stay in the ZIP only: which limit, how many
	ProblemChatMedia    = "import-chat-media"        // files that messages name or stand for are not in the export: how many
	ProblemChatUnread   = "import-chat-unread"       // it looks like a chat export and was not read as one, or not whole: which
	ProblemCopy         = "import-copy"              // a copy without what the file says of itself was asked for and not made: of which, why
	ProblemChatText     = "import-chat-text"         // the chat's text is not UTF-8, too long or cut in the list: how
)

const (
	maxFact        = 1000   // characters
	maxFacts       = 20_000 // of one import
	maxProblems    = 200    // of one code, in one import
	maxProblemText = 300    // characters
)

// reasonEconomy is why position, serial numbers and names are no facts.
const reasonEconomy = "data-economy"

// fact records one, unless it is empty.
func (j *job) fact(artifact string, from Origin, name, value string) {
	value = strings.TrimSpace(strings.Trim(strings.ToValidUTF8(value, string(utf8.RuneError)), "\x00"))
	if value == "" {
		return
	}
	if len(j.out.Facts) >= maxFacts && from != FromWhatsApp && from != FromAccount { // those are few, and matter most
		if !j.full {
			j.full = true
			j.problem(ProblemFactCut, evidence.Say("facts", "more than {#n} facts", maxFacts))
		}
		return
	}
	if r := []rune(value); len(r) > maxFact {
		value = string(r[:maxFact])
		j.problem(ProblemFactCut, evidence.Say("", "{file}: {fact}", artifact, name))
	}
	j.out.Facts = append(j.out.Facts, Fact{Artifact: artifact, Name: name, Value: value, Source: from})
}

func (j *job) number(artifact string, from Origin, name string, n int) {
	j.fact(artifact, from, name, fmt.Sprint(n))
}

// problem records one. A hostile file cannot fill the manifest with them.
func (j *job) problem(code string, what evidence.Said) {
	n := 0
	for _, p := range j.out.Problems {
		if p.Code == code {
			n++
		}
	}
	if n > maxProblems {
		return
	}
	if n == maxProblems {
		what = evidence.Say("and-more", "and more")
	}
	what.Detail = evidence.Shorten(what.Detail, maxProblemText)
	j.out.Problems = append(j.out.Problems, what.Problem(code))
}

// redact records that something was left out of the facts.
func (j *job) redact(place, what string, n int) {
	if n > 0 {
		j.out.Redactions = append(j.out.Redactions, evidence.Redaction{Place: place, What: what, Reason: reasonEconomy, Count: n})
	}
}

// originalName keeps a name as it was found, and says if it reads otherwise than it is.
func (j *job) originalName(artifact, name string, from Origin) {
	j.fact(artifact, from, FactOriginalName, name)
	if !utf8.ValidString(name) {
		j.fact(artifact, from, FactNameBytes, hex.EncodeToString([]byte(name)))
	}
	if hidden(name) {
		j.problem(ProblemHiddenName, evidence.Say("", "{file}: {name:+q}", artifact, name))
	}
}

// joins reports what an emoji is made of.
func joins(r rune) bool {
	return unicode.In(r, unicode.So, unicode.Sk, unicode.Mn) || r == 0x2640 || r == 0x2642
}

// hidden reports characters that a screen does not show or that turn text around, but for those
// that emoji are made of and marks around a number that are closed again.
func hidden(s string) bool {
	var before rune
	var open []rune
	runes := []rune(s)
	for i, r := range runes {
		switch {
		case unicode.IsControl(r), unicode.In(r, unicode.Zl, unicode.Zp), r == 0x202d, r == 0x202e:
			return true
		case r == 0x200d && i+1 < len(runes) && joins(before) && joins(runes[i+1]): // in an emoji of several
		case r >= 0xe0020 && r <= 0xe007f && (joins(before) || before >= 0xe0020 && before <= 0xe007f): // in a flag
		case r == 0x202a, r == 0x2066, r == 0x2068: // around a number, as phones write it: closed again
			open = append(open, r)
		case r == 0x202c && len(open) > 0 && open[len(open)-1] == 0x202a, r == 0x2069 && len(open) > 0 && open[len(open)-1] != 0x202a:
			open = open[:len(open)-1]
		case unicode.Is(unicode.Cf, r):
			return true
		}
		before = r
	}
	return len(open) > 0
}

package intake

import (
	"regexp"
	"strings"

	"constat/evidence"
)

// sealedMedia are types of parts that hold a message, or files, in a form that is not taken apart here:
// S/MIME, Outlook's winmail.dat, a piece of a message that was sent in several, a file that lies elsewhere.
var sealedMedia = map[string]bool{
	"application/pkcs7-mime": true, "application/x-pkcs7-mime": true,
	"application/ms-tnef": true, "application/vnd.ms-tnef": true,
	"message/partial": true, "message/external-body": true,
}

// sealedBy tells such a part by its type, or by the name that it always has, and what it is.
func sealedBy(media, name string) (bool, string) {
	if sealedMedia[media] {
		return true, media
	}
	lower := strings.ToLower(name)
	return lower == "winmail.dat" || strings.HasSuffix(lower, ".p7m"), name
}

// packedText is a file in the text itself, as programs sent it before MIME.
var packedText = regexp.MustCompile(`(?m)^(?:begin [0-7]{3,4} \S.*\n[ -\x60]{5,}$|=ybegin .*name=)`)

// sealed: what a part holds is not known, so its words and attachments are not listed.
func (w *mailWalk) sealed(path, what string) {
	if path == "" {
		path = "1"
	}
	w.say(ProblemMailPart, evidence.Say("mail-sealed", "{file}: part {part} ({name:.60q}) was not taken apart, and what it holds is not listed", w.file, path, what))
}

// readable reports a part that a mail program shows as words, or that speaks of another part; any other
// one is a file, also without a name.
func readable(media string) bool {
	for _, as := range []string{"text/", "multipart/", "message/", "application/pgp-encrypted", "application/pkcs7-", "application/x-pkcs7-", "application/pgp-signature"} {
		if strings.HasPrefix(media, as) {
			return true
		}
	}
	return false
}

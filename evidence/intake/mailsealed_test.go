package intake_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"constat/evidence/intake"
)

// Words and files that a mail program would show, and that are packed in a form which is not taken
// apart here, are a problem; those that only look unusual are not.
func TestWhatAnEmailHoldsSealedIsSaid(t *testing.T) {
	const front = "From: k@example.org\nDate: Fri, 5 Jan 2024 14:03:22 +0100\n"
	part, head := []string{intake.ProblemMailPart}, []string{intake.ProblemMailHeader}
	for name, c := range map[string]struct {
		rest string
		want []string
	}{
		"S/MIME":       {"Content-Type: application/pkcs7-mime; name=smime.p7m\n\nMIAG\n", part},
		"by its name":  {"Content-Type: application/octet-stream; name=smime.p7m\n\nMIAG\n", part},
		"winmail.dat":  {"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: application/ms-tnef; name=winmail.dat\n\nx\n--b--\n", part},
		"PGP":          {"Content-Type: multipart/encrypted; boundary=b\n\n--b\nContent-Type: application/pgp-encrypted\n\nVersion: 1\n--b--\n", part},
		"a piece":      {"Content-Type: message/partial; id=a; number=1; total=3\n\nx\n", part},
		"elsewhere":    {"Content-Type: message/external-body; access-type=URL\n\nx\n", part},
		"uuencode":     {"Content-Type: text/plain\n\nlook\r\nbegin 644 photo.jpg\r\n6_]C_X  02D9)1@ ! 0   0 !  #_V0  \r\n`\r\nend\r\n", part},
		"its encoding": {"Content-Type: image/jpeg; name=a.jpg\nContent-Transfer-Encoding: x-uuencode\n\nx\n", part},
		"two types":    {"Content-Type: text/plain\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nx\n--b--\n", head},
		"characters":   {"Content-Type: text/plain; charset=utf-7\n\no+APk\n", head},
		"signed":       {"Content-Type: multipart/signed; boundary=b\n\n--b\n\nhello\n--b\nContent-Type: application/pkcs7-signature; name=smime.p7s\n\nx\n--b--\n", nil},
		"a sentence":   {"Content-Type: text/plain\n\nbegin 644 times if you must\nand then\n", nil},
	} {
		res, _ := onDisk(t, "a.eml", []byte(front+c.rest), intake.Options{})
		if res.Kind != intake.Email {
			t.Errorf("%s: %s", name, res.Kind)
		}
		wantProblems(t, res, c.want...)
	}
}

// Names and subjects that mail programs read are read, and of a word that cannot be decoded only the
// word stays as it is.
func TestWordsOfEmailsAreRead(t *testing.T) {
	for name, c := range map[string]struct{ subject, disposition, wantSubject, wantName string }{
		"pieces in latin":   {"a", "attachment; filename*0*=iso-8859-1''%E9t%E9; filename*1=\" 2.jpg\"", "a", "été 2.jpg"},
		"pieces, any order": {"a", "attachment;\n filename*1=\"100%.jpg\";\n filename*0=\"a\"", "a", "a100%.jpg"},
		"blanks in a word":  {"=?UTF-8?Q?je vais publier?= =?iso-8859-1?B?6XTp?= =?x-none?Q?abc?=", "attachment; filename=a.jpg", "je vais publier été =?x-none?Q?abc?=", "a.jpg"},
		"as bytes":          {"\xe9t\xe9 \xe0 toi", "attachment; filename=\"\xe9t\xe9.jpg\"", "été à toi", "été.jpg"},
		"of DOS":            {"=?ibm850?Q?=82t=82?=", "attachment; filename=a.jpg", "été", "a.jpg"},
	} {
		mail := "From: k@example.org\nDate: x\nSubject: " + c.subject + "\nContent-Type: image/jpeg\nContent-Disposition: " + c.disposition + "\n\nx"
		res, _ := onDisk(t, "a.eml", []byte(mail), intake.Options{})
		if got := facts(res, "subject"); !slices.Equal(got, []string{c.wantSubject}) {
			t.Errorf("%s: subject %q", name, got)
		}
		if got := facts(res, intake.FactAttachment); len(got) != 1 || !strings.HasPrefix(got[0], c.wantName+"; ") {
			t.Errorf("%s: %q", name, got)
		}
		wantProblems(t, res)
	}
}

// A picture without a name is an attachment, a message that was forwarded as some file is read as one,
// and a text with a name that stands in the letter is part of what it says.
func TestPartsAreWhatTheyAre(t *testing.T) {
	const front = "From: k@example.org\nDate: x\nMIME-Version: 1.0\n"
	const inner = "From: Mia <m@example.org>\nDate: y\nSubject: inner\nMIME-Version: 1.0\n\nje sais\n"
	for name, c := range map[string]struct {
		rest             string
		files, forwarded int
		text             string
	}{
		"no name":   {"Content-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>x\n--b\nContent-Type: image/jpeg\nContent-ID: <1>\n\nx\n--b--\n", 1, 0, "1: x"},
		"a file":    {"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: application/octet-stream; name=f.eml\n\n" + inner + "\n--b--\n", 1, 1, "1.1: je sais"},
		"a digest":  {"Content-Type: multipart/digest; boundary=b\n\n--b\n\n" + inner + "\n--b\n\n" + inner + "\n--b--\n", 2, 2, "1.1: je sais 2.1: je sais"},
		"inline":    {"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain; name=x.txt\nContent-Disposition: inline; filename=x.txt\n\nik weet\n--b--\n", 1, 0, "1: ik weet"},
		"calendar":  {"Content-Type: text/calendar\n\nSUMMARY:je sais\n", 0, 0, "1: SUMMARY:je sais"},
		"not ASCII": {"Content-Type: text/plain; charset=us-ascii\n\nété €\n", 0, 0, "1: été €"},
		"of DOS":    {"Content-Type: text/plain; charset=ibm850\n\n\x82t\x82\n", 0, 0, "1: été"},
	} {
		res, _ := onDisk(t, "a.eml", []byte(front+c.rest), intake.Options{})
		if f, w := len(facts(res, intake.FactAttachment)), len(facts(res, intake.FactForwarded)); f != c.files || w != c.forwarded {
			t.Errorf("%s: %d files, %d forwarded", name, f, w)
		}
		if got, _ := texts(t, front+c.rest); strings.Join(got, " ") != c.text {
			t.Errorf("%s: %q", name, got)
		}
		wantProblems(t, res)
	}
}

// The messages of a mailbox are told by the lines that programs write, and by no sentence.
func TestMailboxesOfManyPrograms(t *testing.T) {
	const from = "From m@example.org Fri Jan  5 14:03:22 2024\n"
	one := func(body string) string {
		return "From: Mia <m@example.org>\nDate: x\nSubject: s\n\n" + body + "\n"
	}
	for name, c := range map[string]struct{ text, want string }{
		"no empty line":    {from + one("een") + from + one("twee"), "2"},
		"blank in front":   {"\n" + from + one("een") + "\n" + from + one("twee"), "2"},
		"a mark":           {"\xef\xbb\xbf" + from + one("een") + "\n" + from + one("twee"), "2"},
		"Takeout":          {"From 17@xxx Fri Jan 05 13:03:22 +0000 2024\r\n" + one("een") + "From 18@xxx Fri Jan 05 13:03:22 +0000 2024\n" + one("twee"), "2"},
		"a sentence":       {from + one("x\n\nFrom the desk\nSubject: y\n") + "\n" + from + one("twee"), "2"},
		"no date":          {"From m@example.org\n" + one("een") + "\nFrom m@example.org\n" + one("twee"), "2"},
		"dates, then none": {"From - Tue Oct 03 10:00:00 2023\r\n" + one("een") + "\nFrom \r\n" + one("twee"), "2"},
		"one":              {from + one("een\nFrom here: on\n"), ""},
	} {
		res, _ := onDisk(t, "a.mbox", []byte(c.text), intake.Options{})
		wantFacts(t, res, map[string]string{intake.FactMails: c.want, "subject": "s"})
		wantProblems(t, res)
		if t.Failed() {
			t.Fatal(name)
		}
	}
	// What Apple Mail puts behind a message is not its text.
	mail := one("een")
	if got, _ := texts(t, fmt.Sprint(len(mail))+"   \n"+mail+"<?xml version=\"1.0\"?><plist/>"); !slices.Equal(got, []string{"1: een"}) {
		t.Errorf("%q", got)
	}
}

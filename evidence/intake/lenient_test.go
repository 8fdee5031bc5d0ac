package intake_test

import (
	"encoding/base64"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"constat/evidence"
	"constat/evidence/intake"
	"constat/internal/schemas"
)

// Mail programs open all of these; none may lose its attachment, and only what programs may read
// differently is a problem.
func TestMailIsReadAsForgivingly(t *testing.T) {
	const file = "Content-Type: image/jpeg; name=\"photo.jpg\"\nContent-Disposition: attachment; filename=\"photo.jpg\"\nContent-Transfer-Encoding: base64\n"
	body := func(boundary, part string) string {
		return "\n--" + boundary + "\nContent-Type: text/plain\n\nhello\n--" + boundary + "\n" + part + "\naGVsbG8=\n--" + boundary + "--\n"
	}
	doubt := []string{intake.ProblemMailHeader}
	for name, c := range map[string]struct {
		field, boundary, part, called string
		want                          []string
	}{
		"charset twice":    {`multipart/mixed; boundary="b1"; charset=utf-8; charset=us-ascii`, "b1", file, "photo.jpg", doubt},
		"two boundaries":   {`multipart/mixed; boundary="b1"; boundary="b2"`, "b1", file, "photo.jpg", doubt},
		"equals":           {`multipart/mixed; boundary=----=_Part_1`, "----=_Part_1", file, "photo.jpg", nil},
		"question mark":    {`multipart/mixed; boundary=?BE0232`, "?BE0232", file, "photo.jpg", nil},
		"slashes":          {`multipart/mixed; boundary=NP:a/b@c`, "NP:a/b@c", file, "photo.jpg", nil},
		"unclosed quote":   {`multipart/mixed; boundary="b1`, "b1", file, "photo.jpg", doubt},
		"junk":             {`multipart/mixed; boundary="b1"; report-type`, "b1", file, "photo.jpg", nil},
		"semicolons":       {`multipart/mixed; boundary="b1";;`, "b1", file, "photo.jpg", nil},
		"no semicolon":     {`multipart/mixed boundary="b1"`, "b1", file, "photo.jpg", nil},
		"comment":          {`multipart/mixed (mixed; really); boundary="b1"`, "b1", file, "photo.jpg", nil},
		"blanks in a name": {`multipart/mixed; boundary=b1`, "b1", "Content-Type: image/jpeg\nContent-Disposition: attachment; filename=my photo 1.jpg\nContent-Transfer-Encoding: base64\n", "my photo 1.jpg", nil},
		"name in latin":    {`multipart/mixed; boundary=b1`, "b1", "Content-Type: image/jpeg\nContent-Disposition: attachment; filename*=iso-8859-1''%E9t%E9.jpg\nContent-Transfer-Encoding: base64\n", "été.jpg", nil},
		"two names":        {`multipart/mixed; boundary=b1`, "b1", "Content-Type: image/jpeg\nContent-Disposition: attachment; filename=\"photo.jpg\"; filename=\"virus.exe\"\nContent-Transfer-Encoding: base64\n", "photo.jpg", doubt},
		"open name":        {`multipart/mixed; boundary=b1`, "b1", "Content-Type: image/jpeg\nContent-Disposition: attachment; filename=\"photo.jpg\nContent-Transfer-Encoding: base64\n", "photo.jpg", doubt},
	} {
		text := "From: k@example.org\nDate: Fri, 5 Jan 2024 14:03:22 +0100\nContent-Type: " + c.field + "\n" + body(c.boundary, c.part)
		res, _ := onDisk(t, "a.eml", []byte(text), intake.Options{})
		want := c.called + "; image/jpeg; 5; " + evidence.Sum([]byte("hello")).String()
		if got := facts(res, intake.FactAttachment); !slices.Equal(got, []string{want}) {
			t.Errorf("%s: %q", name, got)
		}
		wantProblems(t, res, c.want...)
	}
	lost := "From: k@example.org\nDate: x\nContent-Type: multipart/mixed; boundary=b1\n" + body("other", file)
	res, _ := onDisk(t, "a.eml", []byte(lost), intake.Options{})
	wantProblems(t, res, intake.ProblemMailPart)
}

func TestMailboxesAndMessagesThatAreAttached(t *testing.T) {
	one := func(subject string) string {
		return "From: Karim <k@example.org>\nDate: Fri, 5 Jan 2024 14:03:22 +0100\nSubject: " + subject + "\nContent-Type: multipart/mixed; boundary=b\n\n" +
			"--b\nContent-Type: text/plain\n\nhello\nFrom here on\n--b\nContent-Type: image/jpeg; name=a.jpg\n\n" + subject + "\n--b--\n\n"
	}
	const from = "From k@example.org Fri Jan  5 14:01:22 2024\n"
	res, sink := onDisk(t, "a.mbox", []byte(from+one("mail 1")+from+one("mail 2")+from+one("mail 3")), intake.Options{})
	wantProblems(t, res)
	if got := facts(res, intake.FactMails); !slices.Equal(got, []string{"3"}) || len(facts(res, intake.FactAttachment)) != 3 {
		t.Errorf("%q %q", got, facts(res, intake.FactAttachment))
	}
	if got := facts(res, intake.FactMail); len(got) != 2 || !strings.HasSuffix(got[1], "Subject: mail 3") {
		t.Errorf("%q", got)
	}
	schemas.Hold(t, schemas.Email, sink.bytes["email.json"])
	if list := string(sink.bytes["email.json"]); strings.Count(list, `"Subject"`) != 3 || !strings.Contains(list, `"more"`) {
		t.Errorf("%s", list)
	}
	inner := one("inner")
	text := "From: Mia <m@example.org>\nDate: x\nSubject: outer\nX-Own: 1\nContent-Type: multipart/mixed; boundary=o\n\n--o\nContent-Type: message/rfc822\n\n" + inner + "\n--o--\n"
	res, sink = onDisk(t, "a.eml", []byte(text), intake.Options{})
	wantProblems(t, res)
	if got := facts(res, intake.FactForwarded); len(got) != 1 || !strings.Contains(got[0], "Subject: inner") || len(facts(res, intake.FactAttachment)) != 2 {
		t.Errorf("%q %q", got, facts(res, intake.FactAttachment))
	}
	schemas.Hold(t, schemas.Email, sink.bytes["email.json"])
	if list := string(sink.bytes["email.json"]); !strings.Contains(list, `"X-Own"`) || !strings.Contains(list, `"1.2"`) {
		t.Errorf("%s", list)
	}
	for text, kind := range map[string]intake.Kind{
		"1234\nFrom: a@example.org\nDate: x\n\nbody": intake.Email, "\nFrom: a@example.org\nDate: x\n\nbody": intake.Email,
		"To: mia\nDate: demain\nSubject: courses\n\nlait": intake.Text,
	} {
		if res, _ := onDisk(t, "a.emlx", []byte(text), intake.Options{}); res.Kind != kind {
			t.Errorf("%q is %s", text, res.Kind)
		}
	}
}

// What lies inside of a file is known by its digest, however it is wrapped.
func TestWhatLiesInsideIsKnown(t *testing.T) {
	photo := jpegFile(t, nil)
	sum := evidence.Sum(photo)
	z := zipFile(t, entry{"s.jpg", photo})
	mail := func(b []byte) []byte {
		return cat("From: a@example.org\nDate: x\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: application/octet-stream; name=x\nContent-Transfer-Encoding: base64\n\n",
			base64.StdEncoding.EncodeToString(b), "\n--b--\n")
	}
	for name, b := range map[string][]byte{
		"zip": z, "mail": mail(photo), "zip in zip": zipFile(t, entry{"a.zip", z}), "zip in mail": mail(z), "mail in zip": zipFile(t, entry{"a.eml", mail(photo)}),
		"zip in chat": zipFile(t, entry{"_chat.txt", []byte("[05/01/2024, 14:03:22] Mia: x\n")}, entry{"a.zip", z}),
		"forwarded":   cat("From: a@example.org\nDate: x\nContent-Type: message/rfc822\n\n", mail(photo)),
	} {
		res, _ := onDisk(t, "x", b, intake.Options{})
		if !slices.ContainsFunc(res.Within, func(w intake.Within) bool { return w.SHA256 == sum }) {
			t.Errorf("%s: %+v %v", name, res.Within, res.Problems)
		}
		if !slices.ContainsFunc(res.Facts, func(f intake.Fact) bool { return strings.HasSuffix(f.Value, sum.String()) }) {
			t.Errorf("%s: not among the facts", name)
		}
	}
}

func TestOtherDatesAndPlacesAreListed(t *testing.T) {
	of := func(name string) *intake.Result {
		b, err := os.ReadFile(filepath.Join("testdata", name))
		if err != nil {
			t.Fatal(err)
		}
		res, _ := onDisk(t, name, b, intake.Options{})
		return res
	}
	res := of("contra.jpg")
	if got := facts(res, intake.FactTaken); !slices.Equal(got, []string{"2024:01:05 14:03:22", "2019-09-09T09:09:09", "2018:08:08"}) || len(facts(res, intake.FactContradiction)) != 1 {
		t.Errorf("taken %q, %q", got, facts(res, intake.FactContradiction))
	}
	res = of("xmponly.jpg")
	wantFacts(t, res, map[string]string{intake.FactPosition: "yes", intake.FactTaken: "2019-09-09T09:09:09"})
	if len(res.Redactions) == 0 || res.Redactions[0].What != "position" {
		t.Errorf("%+v", res.Redactions)
	}
	wantFacts(t, of("unicodecomment.jpg"), map[string]string{intake.FactComment: "écran \u202egpj"})
	wantFacts(t, of("b.mov"), map[string]string{intake.FactMake: "Acme", intake.FactModel: "P3", intake.FactTaken: "2024-01-05T14:03:22+0100", intake.FactPosition: "yes"})
	res = of("size0-moov.mp4")
	wantFacts(t, res, map[string]string{intake.FactDuration: "5.000"})
	wantProblems(t, res)
	res = of("two-moov.mp4")
	wantFacts(t, res, map[string]string{intake.FactDuration: "5.000"})
	wantProblems(t, res, intake.ProblemContainer)
}

// What is not looked into says so.
func TestArchivesThatAreNotOpenedSaySo(t *testing.T) {
	for name, b := range map[string]string{"a.7z": "7z\xbc\xaf\x27\x1c", "a.rar": "Rar!\x1a\x07\x01\x00", "a.tar.gz": "\x1f\x8b\x08\x00"} {
		res, _ := onDisk(t, name, []byte(b), intake.Options{})
		wantFacts(t, res, map[string]string{intake.FactUnopened: "yes"})
	}
}

package intake_test

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"constat/evidence"
	"constat/evidence/intake"
	"constat/internal/schemas"
)

// email is email.json as a reader of it sees it.
type email struct {
	Format  string
	Source  evidence.Digest
	Headers []struct{ Name, Value string }
	Parts   []struct {
		Path       string
		MediaType  string `json:"media_type"`
		Name       string
		Attachment bool
		Size       int64
		SHA256     evidence.Digest
		SHA512     evidence.Digest512
		Damaged    string
	}
}

func mailList(t testing.TB, res *intake.Result, sink *memory) email {
	t.Helper()
	var m email
	a := res.Artifacts[len(res.Artifacts)-1]
	if err := json.Unmarshal(sink.bytes[a.Name], &m); err != nil {
		t.Fatal(err)
	}
	if res.Kind != intake.Email || m.Format != intake.MailFormat || m.Source != res.Artifacts[0].SHA256 || a.Name != "email.json" ||
		a.Role != evidence.Derived || !slices.Equal(a.Parents, []evidence.Digest{m.Source}) {
		t.Fatalf("%s %+v", res.Kind, a)
	}
	schemas.Hold(t, schemas.Email, sink.bytes[a.Name])
	return m
}

// lines ends every line as RFC 5322 wants it.
func lines(s string) string { return strings.ReplaceAll(s, "\n", "\r\n") }

func TestMailSaysOfItself(t *testing.T) {
	photo := jpegFile(t, nil)
	wrapped := base64.StdEncoding.EncodeToString(photo)
	wrapped = wrapped[:60] + "\n " + wrapped[60:]
	b := []byte(lines(`Received: from home (dynamic.example [203.0.113.77]) by mx.example; Fri, 5 Jan 2024 14:03:23 +0100
Received: from phone ([192.168.1.20]) by home; Fri, 5 Jan 2024 14:03:22 +0100
X-Originating-IP: [203.0.113.77]
From: =?iso-8859-1?Q?Andr=E9?= <andre@example.org>
To: "Ann" <ann@example.org>,
 Bob <bob@example.org>
Date: Fri, 5 Jan 2024 14:03:22 +0100 (CET)
Subject: =?UTF-8?B?w4lsb2RpZQ==?= photo
Message-ID: <1@example.org>
MIME-Version: 1.0
Content-Type: multipart/mixed; boundary="outer"

preamble
--outer
Content-Type: multipart/alternative; boundary=inner

--inner
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Caf=C3=A9 at =
noon
--inner
Content-Type: text/html

<p>x
--inner--
--outer
Content-Type: image/jpeg; name="x.jpg"
Content-Disposition: attachment; filename*=UTF-8''ph%C3%B6to%E2%80%AEgpj.exe
Content-Transfer-Encoding: base64

` + wrapped + `
--outer
Content-Type: message/rfc822
Content-Disposition: attachment

Subject: inside

body
--outer--
`))
	res, sink := onDisk(t, "mail.eml", b, intake.Options{})
	wantFacts(t, res, map[string]string{"from": "André <andre@example.org>", "to": `"Ann" <ann@example.org>, Bob <bob@example.org>`,
		"date": "Fri, 5 Jan 2024 14:03:22 +0100 (CET)", "subject": "Élodie photo", "message-id": "<1@example.org>", intake.FactReceived: "2"})
	if listed := string(sink.bytes["email.json"]); !strings.Contains(listed, `"Received"`) || !strings.Contains(listed, "203.0.113") {
		t.Error("the list has not every field")
	}
	if all := fmt.Sprint(res.Facts); strings.Contains(all, "203.0.113") || strings.Contains(all, "192.168") {
		t.Error("the facts hold a network address")
	}
	if len(res.Redactions) != 1 || res.Redactions[0].What != "network address" || res.Redactions[0].Count != 3 {
		t.Errorf("redactions %+v", res.Redactions)
	}
	m := mailList(t, res, sink)
	var got []string
	for _, p := range m.Parts {
		got = append(got, fmt.Sprintf("%s %s %q %v %d %s", p.Path, p.MediaType, p.Name, p.Attachment, p.Size, p.SHA256))
	}
	sum := func(s string) evidence.Digest { return evidence.Sum([]byte(s)) }
	inside := "Subject: inside\r\n\r\nbody"
	want := []string{
		fmt.Sprintf(`1.1 text/plain "" false 13 %s`, sum("Café at noon")),
		fmt.Sprintf(`1.2 text/html "" false 4 %s`, sum("<p>x")),
		fmt.Sprintf("2 image/jpeg \"phöto\\u202egpj.exe\" true %d %s", len(photo), evidence.Sum(photo)),
		fmt.Sprintf(`3 message/rfc822 "" true %d %s`, len(inside), sum(inside)),
		fmt.Sprintf(`3.1 text/plain "" false 4 %s`, sum("body")),
	}
	if !slices.Equal(got, want) {
		t.Errorf("parts\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	if m.Parts[2].SHA512 != evidence.Sum512(photo) {
		t.Error("SHA-512 of the attachment")
	}
	if n := len(facts(res, intake.FactAttachment)); n != 2 {
		t.Errorf("%d attachments among the facts", n)
	}
	wantProblems(t, res, intake.ProblemHiddenName)
}

func TestHostileMail(t *testing.T) {
	const head = "From: a@example.org\nDate: Fri, 5 Jan 2024 14:03:22 +0100\n"
	many := head + "Content-Type: multipart/mixed; boundary=b\n\n" + strings.Repeat("--b\n\nx\n", 5000) + "--b--\n"
	deep := head
	for i := range 200 {
		deep += fmt.Sprintf("Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n", i, i)
	}
	for name, c := range map[string]struct {
		text  string
		parts int
		want  []string
	}{
		"thousands of parts": {many, 999, []string{intake.ProblemMailLimit}},
		"deep":               {deep, 1, []string{intake.ProblemMailLimit, intake.ProblemMailPart}},
		"header of 2 MB":     {head + strings.Repeat("X-Filler: "+strings.Repeat("y", 900)+"\n", 2300) + "\nbody", 1, []string{intake.ProblemMailHeader}},
		"line of 2 MB":       {head + "X-Filler: " + strings.Repeat("y", 2<<20) + "\n\nbody", 1, []string{intake.ProblemMailHeader}},
		"two senders":        {head + "From: b@example.org\n\nbody", 1, []string{intake.ProblemMailHeader}},
		"no fields":          {head + "To: b@example.org\nthis is no field\nSubject: x\n\nbody", 1, []string{intake.ProblemMailHeader}},
		"cut off":            {head + "Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/plain\n\nhal", 1, []string{intake.ProblemMailPart}},
		"bad base64":         {head + "Content-Transfer-Encoding: base64\nContent-Disposition: attachment; filename=a\n\nAAAAA", 1, []string{intake.ProblemMailPart}},
		"no boundary":        {head + "Content-Type: multipart/mixed\n\nbody", 1, []string{intake.ProblemMailPart}},
		"no body":            {head, 1, nil},
		"unknown letters":    {head + "Subject: =?x-none?Q?abc?=\n\nbody", 1, nil},
		"mbox":               {"From a@example.org Fri Jan  5 14:03:22 2024\n" + head + "\nbody", 1, nil},
		"blank before colon": {strings.Replace(head, "Date:", "Date :", 1) + "\nbody", 1, nil},
	} {
		t.Run(name, func(t *testing.T) {
			res, sink := onDisk(t, "a.eml", []byte(lines(c.text)), intake.Options{})
			m := mailList(t, res, sink)
			if len(m.Parts) != c.parts {
				t.Errorf("%d parts", len(m.Parts))
			}
			if got := facts(res, "from"); len(got) == 0 || got[0] != "a@example.org" || len(facts(res, "date")) != 1 {
				t.Errorf("from %q, date %q", got, facts(res, "date"))
			}
			wantProblems(t, res, c.want...)
		})
	}
}

func TestRawLettersInAHeaderBecomeUTF8(t *testing.T) {
	b := []byte("From: a@example.org\nDate: x\nSubject: caf\xe9\nX-Mailer: m\x00n\n\n")
	b = bytes.ReplaceAll(b, []byte{0}, nil)
	res, sink := onDisk(t, "a.eml", b, intake.Options{})
	wantFacts(t, res, map[string]string{"subject": "café"})
	mailList(t, res, sink)
}

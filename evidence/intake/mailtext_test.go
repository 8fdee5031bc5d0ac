package intake_test

import (
	"encoding/json"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"constat/evidence/intake"
)

// texts are the bodies of an e-mail, as its list has them.
func texts(t *testing.T, mail string) (out []string, cut bool) {
	t.Helper()
	res, sink := onDisk(t, "a.eml", []byte(mail), intake.Options{})
	var list struct {
		Parts []struct {
			Path, Text string
			Cut        bool `json:"text_cut"`
		}
	}
	if err := json.Unmarshal(sink.bytes["email.json"], &list); err != nil || res.Kind != intake.Email {
		t.Fatal(res.Kind, err)
	}
	for _, p := range list.Parts {
		cut = cut || p.Cut
		if p.Text != "" {
			out = append(out, p.Path+": "+p.Text)
		}
	}
	return out, cut
}

const mailHead = "From: Karim <k@example.org>\r\nTo: mia@example.org\r\nDate: Fri, 5 Jan 2024 14:03:22 +0100\r\nSubject: x\r\nMIME-Version: 1.0\r\n"

// What an e-mail says is read in each of its encodings, and of HTML the words, with where links lead.
func TestTextOfMails(t *testing.T) {
	for mail, want := range map[string]string{
		"\r\nune ligne\r\nune autre\r\n": "1: une ligne\nune autre",
		"Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n=E0 ta m=E8re\r\n": "1: à ta mère",
		"Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: base64\r\n\r\nw6AgdGEgbcOocmU=\r\n":             "1: à ta mère",
		"Content-Type: text/plain; charset=no-such\r\n\r\n\xe0 ta m\xe8re\r\n":                                                 "1: à ta mère",
		"Content-Type: text/html; charset=utf-8\r\n\r\n<head><title>T</title><style>p{}</style></head><p>Regarde <a href=\"https://evil.example/x\">ici</a>!</p>" +
			"<div>deux<br>trois &amp; quatre</div><script>alert(1)</script><img src=x alt=\"photo\"><table><tr><td>a<td>b</table>\r\n": "1: Regarde ici <https://evil.example/x> !\ndeux\ntrois & quatre\n[photo]\na b",
		"Content-Type: text/html\r\n\r\n<a href=\"https://a.example/\">https://a.example/</a>":                                        "1: https://a.example/",
		"Content-Type: text/html\r\n\r\n<html><head><meta charset=utf-8><body><p>I will post them":                                    "1: I will post them",
		"Content-Type: text/html\r\n\r\n<head><head></head><p>I will post them":                                                       "1: I will post them",
		"Content-Type: text/html\r\n\r\n<head><style>p{}</style><title>T</title><p>I will post them</head>":                           "1: I will post them",
		"Content-Type: text/html\r\n\r\n<svg><title/></svg><p>I will <svg><title>x</svg>post them":                                    "1: I will xpost them",
		"Content-Type: text/html\r\n\r\n<head><noscript><p>I will post</noscript><body>them<noscript>now</noscript></head>":           "1: I will postthemnow",
		"Content-Type: text/html\r\n\r\n<head>" + strings.Repeat("<div>", 700) + "<svg><title/><p>I will post them<style>p{}</style>": "1: I will post them",
		"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\neen\r\n--b\r\nContent-Type: text/plain; name=a.txt\r\n\r\nbijlage\r\n--b\r\n" +
			"Content-Type: message/rfc822\r\n\r\nFrom: a@example.org\r\nSubject: y\r\n\r\ndoorgestuurd\r\n--b--\r\n": "1: een|3.1: doorgestuurd",
	} {
		got, cut := texts(t, mailHead+mail)
		if strings.Join(got, "|") != want || cut {
			t.Errorf("%q\ngot  %q\nwant %q", mail, got, want)
		}
	}
	got, cut := texts(t, mailHead+"\r\n"+strings.Repeat("é", 200<<10))
	if len(got) != 1 || !cut || strings.ContainsRune(got[0], '\uFFFD') || len(got[0]) < 200<<10 {
		t.Errorf("long text: %d, cut %v", len(got), cut)
	}
}

func FuzzTextOfMails(f *testing.F) {
	f.Add("text/html", "utf-8", "<p>a<a href=x>b</a></p><script>c")
	f.Add("text/plain", "iso-8859-1", "\xe0\xff")
	f.Add("text/html", "utf-16", "<\x00p\x00>\x00")
	f.Fuzz(func(t *testing.T, media, charset, body string) {
		media, charset = strings.Map(flatLine, media), strings.Map(flatLine, charset)
		fuzzImport(t, "a.eml", []byte(mailHead+"Content-Type: "+media+"; charset=\""+charset+"\"\r\n\r\n"+body))
	})
}

func flatLine(r rune) rune {
	if r < ' ' || r == '"' {
		return -1
	}
	return r
}

// HTML that a parser would blow up is read as it stands.
func TestHostileHTMLStaysSmall(t *testing.T) {
	var b strings.Builder
	b.WriteString(mailHead + "Content-Type: text/html\r\n\r\n<p>")
	for i := range 400 {
		fmt.Fprintf(&b, "<b id=%d>", i)
	}
	b.WriteString("I will post them" + strings.Repeat("<p>x\r\n", 2_000))
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	got, _ := texts(t, b.String())
	runtime.ReadMemStats(&after)
	all := (after.TotalAlloc - before.TotalAlloc) >> 20
	t.Logf("%d MiB", all)
	if len(got) != 1 || !strings.Contains(got[0], "I will post them") || all > 100 {
		t.Errorf("%d MiB, %.80q", all, got)
	}
}

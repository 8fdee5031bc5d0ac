package remove_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"constat/app/flow/flowtest"
	"constat/app/flow/look"
	"constat/app/flow/remove"
	"constat/evidence"
)

var now = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

func find(t *testing.T, g remove.Guide, name string) remove.Copy {
	t.Helper()
	for _, s := range g.Steps {
		for _, c := range s.Copies {
			if c.Name == name {
				return c
			}
		}
	}
	t.Fatalf("%s: no step asks for %s", g.Platform, name)
	return remove.Copy{}
}

// What a form asks for comes out of the address, with its form checked; what does not is missing,
// with how to find it.
func TestFormsAreFilledInFromAddresses(t *testing.T) {
	const server, channel, message = "1096054021487017984", "1096054021487017990", "1178000000000000000"
	for _, c := range []struct{ address, platform, name, value, state string }{
		{"https://discord.com/channels/" + server + "/" + channel + "/" + message, "discord", "server_id", server, remove.FromAddress},
		{"https://discord.com/channels/" + server + "/" + channel + "/" + message, "discord", "channel_id", channel, remove.FromAddress},
		{"https://discord.com/channels/" + server + "/" + channel + "/" + message, "discord", "message_id", message, remove.FromAddress},
		{"https://discord.com/channels/" + server + "/" + channel + "/" + message, "discord", "user_id", "", remove.Missing},
		{"https://discord.com/channels/@me/" + channel + "/" + message, "discord", "server_id", "", remove.NotNeeded},
		{"https://discord.com/channels/" + server + "/" + channel + "/117800", "discord", "message_id", "117800", remove.WrongForm},
		{"https://x.com/someone/status/1861234567890123456?s=20", "x", "address", "https://x.com/someone/status/1861234567890123456", remove.FromAddress},
		{"https://twitter.com/someone/status/1861234567890123456", "x", "account", "someone", remove.FromAddress},
		{"https://www.tiktok.com/@someone/video/7301234567890123456", "tiktok", "account", "someone", remove.FromAddress},
		{"https://www.tiktok.com/@someone/video/7301234567890123456", "tiktok", "post", "7301234567890123456", remove.FromAddress},
		{"https://youtu.be/dQw4w9WgXcQ?t=95", "youtube", "video_time", "1:35", remove.FromAddress},
		{"https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=1h2m3s", "youtube", "video_time", "1:02:03", remove.FromAddress},
		{"https://www.youtube.com/watch?v=dQw4w9WgXcQ", "youtube", "video_time", "", remove.Missing},
		{"https://www.youtube.com/watch?v=dQw4w9WgXcQ&t=soon", "youtube", "video_time", "", remove.Missing},
		{"https://wa.me/32470123456", "whatsapp", "phone", "32470123456", remove.FromAddress},
		{"https://nobody.example/p/1", "site", "address", "https://nobody.example/p/1", remove.FromAddress},
		{"https://www.instagram.com/p/CxYzAbCdEfG/", "instagram", "reason", "", remove.Ready},
	} {
		g := remove.ForAddress(c.address, "en", now)
		if g.Platform != c.platform {
			t.Errorf("%s is of %s", c.address, g.Platform)
			continue
		}
		got := find(t, g, c.name)
		if got.State != c.state || c.state != remove.Ready && got.Value != c.value {
			t.Errorf("%s: %s is %q (%s), want %q (%s)", c.address, c.name, got.Value, got.State, c.value, c.state)
		}
		if got.State == remove.Missing && got.How == "" && got.Name == "user_id" {
			t.Errorf("%s: %s is missing, and nothing says how to find it", c.address, c.name)
		}
		if g.Kept != remove.KeptUnknown || len(g.Sources) == 0 || len(g.More) == 0 || len(g.Learns) == 0 {
			t.Errorf("%s: %s, %d sources", c.address, g.Kept, len(g.Sources))
		}
	}
}

// Snapchat's eight choices are led to the right one, by what the address is.
func TestChoicesAreLedToTheRightOne(t *testing.T) {
	for address, want := range map[string]string{
		"https://www.snapchat.com/add/someone":                                       "choice-account",
		"https://story.snapchat.com/@someone":                                        "choice-account",
		"https://www.snapchat.com/spotlight/W7_EDlXWTBiXAEEniNoMPwAAYbWdqb2F6cG9wAY": "choice-story",
		"https://map.snapchat.com/ttp/snap/W7_EDlXWTBiXAEEniNoMPwAAYbWdqb2F6cG9wAY":  "choice-map",
	} {
		var choices []string
		for _, s := range remove.ForAddress(address, "fr", now).Steps {
			if strings.HasPrefix(s.ID, "choice-") && s.ID != "choice-other" {
				choices = append(choices, s.ID)
			}
		}
		if len(choices) != 1 || choices[0] != want {
			t.Errorf("%s: %v, want %s", address, choices, want)
		}
	}
}

// Every step that may alert the other person or lose evidence says so before it, in every language.
func TestWarningsComeWithTheStep(t *testing.T) {
	for _, lang := range []string{"fr", "nl", "de", "en"} {
		warned := 0
		for _, s := range remove.ForAddress("https://wa.me/32470123456", lang, now).Steps {
			if (s.Risk != "") != (s.Warning != "") {
				t.Errorf("%s: %s: %q", lang, s.ID, s.Warning)
			}
			if s.Risk != "" {
				warned++
			}
		}
		if warned < 3 {
			t.Errorf("%s: %d warnings", lang, warned)
		}
	}
}

func TestGuideOfACase(t *testing.T) {
	s, c := flowtest.Open(t, flowtest.App(t))
	const post = "https://x.com/someone/status/"
	for _, id := range []string{"1861234567890123456", "1861234567890123457", "1861234567890123458", "1861234567890123459", "1861234567890123460", "1861234567890123461"} {
		flowtest.Record(t, s, c, post+id)
	}
	g, err := s.Remove.Guide(t.Context(), remove.Request{Case: c.ID, Exhibit: "E-003", Language: "fr"})
	if err != nil {
		t.Fatal(err)
	}
	if posts := strings.Split(find(t, g, "posts").Value, "\n"); len(posts) != 5 || posts[0] != post+"1861234567890123458" {
		t.Errorf("%v", posts)
	}
	// An address alone is no page that is kept.
	if g.Kept != "address-only" || g.Exhibit != "E-003" {
		t.Errorf("%s %s", g.Exhibit, g.Kept)
	}
	g, err = s.Remove.Guide(t.Context(), remove.Request{Case: c.ID, Address: post + "1861234567890123460?s=20", Language: "fr"})
	if err != nil || g.Exhibit != "E-005" {
		t.Errorf("%s, %v", g.Exhibit, err)
	}
	if g, err = s.Remove.Guide(t.Context(), remove.Request{Case: c.ID, Address: "https://x.com/other/status/1861234567890129999", Language: "fr"}); err != nil || g.Kept != remove.KeptNot {
		t.Errorf("%s, %v", g.Kept, err)
	}
	// What the person told of the account fills in, if it has the right form.
	d := flowtest.Record(t, s, c, "https://discord.com/channels/1096054021487017984/1096054021487017990/1178000000000000000")
	for told, state := range map[string]string{"1096054021487017111": remove.FromFacts, "someone#1234": remove.WrongForm} {
		if _, err := s.Keep.SaveFacts(t.Context(), c.ID, d.Exhibit, map[string]string{"account-id": told}); err != nil {
			t.Fatal(err)
		}
		if g, err = s.Remove.Guide(t.Context(), remove.Request{Case: c.ID, Exhibit: d.Exhibit, Language: "nl"}); err != nil {
			t.Fatal(err)
		}
		if got := find(t, g, "user_id"); got.State != state || got.Value != told {
			t.Errorf("%q is %s", told, got.State)
		}
	}
}

func TestLetters(t *testing.T) {
	s, c := flowtest.Open(t, flowtest.App(t))
	x := flowtest.Record(t, s, c, "https://x.com/someone/status/1861234567890123456")
	y := flowtest.Record(t, s, c, "https://nobody.example/p/1")
	for _, kind := range remove.NoticeKinds() {
		for _, lang := range []string{"fr", "nl", "de", "en"} {
			n, err := s.Remove.Notice(t.Context(), remove.NoticeRequest{Case: c.ID, Exhibits: []string{x.Exhibit}, Kind: kind, Language: lang, Name: "A. B.", Mail: "a@example.org"})
			if err != nil {
				t.Fatal(err)
			}
			for _, part := range []string{"https://x.com/someone/status/1861234567890123456", "A. B.", "a@example.org", "X (Twitter)"} {
				if !strings.Contains(n.Text, part) {
					t.Errorf("%s %s lacks %q:\n%s", kind, lang, part, n.Text)
				}
			}
			// Nothing was seen at an address that was only noted.
			if strings.Contains(n.Text, "(UTC)") || strings.Contains(n.Text, "<no value>") {
				t.Errorf("%s %s says more than was seen:\n%s", kind, lang, n.Text)
			}
			if len(n.Missing) != 1 || n.Missing[0] != "reasons" {
				t.Errorf("%s %s: missing %v", kind, lang, n.Missing)
			}
			var b bytes.Buffer
			if err := n.WritePDF(&b, now); err != nil || !bytes.HasPrefix(b.Bytes(), []byte("%PDF")) {
				t.Errorf("%s %s: %v", kind, lang, err)
			}
		}
	}
	// A letter to two places is to nobody in particular.
	n, err := s.Remove.Notice(t.Context(), remove.NoticeRequest{Case: c.ID, Exhibits: []string{x.Exhibit, y.Exhibit}, Kind: "dsa16", Language: "fr"})
	if err != nil || n.To != "" || n.Missing[0] != "to" {
		t.Errorf("%q %v, %v", n.To, n.Missing, err)
	}
	if _, err := s.Remove.Notice(t.Context(), remove.NoticeRequest{Case: c.ID, Kind: "dsa16", Language: "fr"}); !errors.Is(err, remove.ErrNotice) {
		t.Error(err)
	}
	if _, err := s.Keep.MarkMinor(t.Context(), c.ID, x.Exhibit); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Remove.Notice(t.Context(), remove.NoticeRequest{Case: c.ID, Exhibits: []string{x.Exhibit}, Kind: "dsa16", Language: "fr"}); !errors.Is(err, look.ErrMinor) {
		t.Error(err)
	}
	if g, err := s.Remove.Guide(t.Context(), remove.Request{Case: c.ID, Exhibit: x.Exhibit, Language: "fr"}); err != nil || !g.Under18 {
		t.Errorf("%v %v", g.Under18, err)
	}
}

func TestTheLogOfReports(t *testing.T) {
	s, c := flowtest.Open(t, flowtest.App(t))
	x := flowtest.Record(t, s, c, "https://x.com/someone/status/1861234567890123456")
	r, err := s.Remove.Report(t.Context(), c.ID, map[string]string{"to": "X", "on": "2026-11-20", "exhibits": x.Exhibit, "next-on": "2026-11-25"})
	if err != nil || r.Entry != "R-001" || r.State != "sent" {
		t.Fatalf("%+v, %v", r, err)
	}
	if _, err := s.Remove.Report(t.Context(), c.ID, map[string]string{"to": "Institut", "on": "2026-11-10"}); err != nil {
		t.Fatal(err)
	}
	if r, err = s.Remove.Report(t.Context(), c.ID, map[string]string{"entry": "R-001", "state": "refused", "answer": "no", "answered-on": "2026-11-22"}); err != nil || r.To != "X" || r.State != "refused" {
		t.Errorf("%+v, %v", r, err)
	}
	list, err := s.Remove.Reports(t.Context(), c.ID)
	if err != nil || len(list) != 2 || list[0].To != "Institut" {
		t.Errorf("%+v, %v", list, err)
	}
	if due := remove.Due(list, now); len(due) != 1 || due[0].Entry != "R-001" {
		t.Errorf("%+v", due)
	}
	for what, fields := range map[string]map[string]string{
		"to nobody":                     {"on": "2026-11-20"},
		"of a report that is not there": {"entry": "R-009", "answer": "x"},
		"no day":                        {"to": "X", "on": "yesterday"},
	} {
		if _, err := s.Remove.Report(t.Context(), c.ID, fields); !errors.Is(err, evidence.ErrAccount) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := s.Remove.Report(t.Context(), c.ID, map[string]string{"to": "X", "exhibits": "E-009"}); err == nil {
		t.Error("about an exhibit that is not there")
	}
}

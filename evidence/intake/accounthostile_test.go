package intake_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"constat/evidence"
	"constat/evidence/intake"
)

// An entry that is odd costs itself, never the conversation, and is counted.
func TestOddEntriesCostThemselves(t *testing.T) {
	for _, c := range []struct{ name, body, want, odd string }{
		{"chat_history.json", `{"k":[{"From":"k","Text":"no time"},{"From":"k","Created":"2024-01-05 14:03:22 UTC","Content":5,"Text":"b"},7,{"From":"k","Created":"2024-01-05 14:04:22 UTC","Text":"c"}],"l":5,"m":[{"From":"m","Created":"2024-01-05 14:05:22 UTC","Text":"d"}]}`,
			"# k []\n|k|no time\n2024-01-05 14:03:22 UTC|k|b\n2024-01-05 14:04:22 UTC|k|c\n# m []\n2024-01-05 14:05:22 UTC|m|d\n", "3"},
		{"user_data.json", `{"Direct Messages":{"ChatHistory":{"Chat History with k:":[{"Date":5,"From":"k","Content":"a"},{"Date":"2024-01-05 14:03:22","From":"k","Content":"b"}],"Chat History with l:":"x"}}}`,
			"# k []\n|k|a\n2024-01-05 14:03:22|k|b\n# l []\n", "2"},
		{"result.json", `{"name":"K","type":"personal_chat","messages":[{"type":"message","date":"2024-01-05T14:03:22","from":["k"],"text":"a"},{"type":"message","date":"2024-01-05T14:03:23","from":"k","text":7,"file":"(File not included)"},{}]}`,
			"# K []\n2024-01-05T14:03:22||a\n2024-01-05T14:03:23|k||-(File not included)\n", "3"},
		{"message_1.json", `{"participants":["k"],"messages":[{"sender_name":"k","timestamp_ms":1e999,"content":"a"},{"sender_name":"k","photos":"x","content":"b"}],"title":"K"}`,
			"# K [k]\n|k|a\n|k|b\n", "2"},
		{"direct-messages.js", `window.YTD.direct_messages.part0 = [{"dmConversation":{"messages":[{"messageCreate":{"id":1,"text":"a","senderId":"k"}},5],"conversationId":"1-2"}},{}]`,
			"# 1-2 []\n|k|a\n", "3"},
	} {
		name := c.name
		res, sink := onDisk(t, name, []byte(c.body), intake.Options{})
		_, got := conversations(t, sink, nil)
		if got != c.want {
			t.Errorf("%s\ngot\n%s\nwant\n%s", name, got, c.want)
		}
		if n := saidOf(res, "account-odd"); n != c.odd {
			t.Errorf("%s: %q entries are said, want %s: %v", name, n, c.odd, res.Problems)
		}
	}
}

// saidOf is the number in the first problem of a form.
func saidOf(res *intake.Result, form string) string {
	for _, p := range res.Problems {
		if p.Values["form"] == form {
			return p.Values["#n"]
		}
	}
	return ""
}

// A file of millions of entries that say nothing takes little memory, and what is not listed has a number.
func TestHostileAccountsStaySmall(t *testing.T) {
	const size = 4 << 20
	fill := func(front, entry, back string) []byte {
		return []byte(front + strings.Repeat(entry+",", (size-len(front)-len(back))/(len(entry)+1)) + entry + back)
	}
	for _, c := range []struct {
		name string
		body []byte
		form string
	}{
		{"message_1.json", fill(`{"participants":[],"messages":[`, `{}`, `]}`), "account-cut"},
		{"message_1.json", fill(`{"participants":[],"messages":[`, `{"content":"a"}`, `]}`), "account-cut"},
		{"message_1.json", fill(`{"participants":[],"messages":[{"content":"a","photos":[`, `{}`, `]}]}`), "account-odd"},
		{"message_1.json", fill(`{"participants":[],"messages":[`, `{"content":"a","photos":[`+strings.Repeat(`{},`, 5000)+`{}]}`, `]}`), "account-cut-media"},
		{"message_1.json", fill(`{"messages":[],"participants":[`, `""`, `]}`), "account-odd"},
		{"direct-messages.js", fill(`window.YTD.direct_messages.part0 = [`, `{}`, `]`), "account-odd"},
		{"direct-messages.js", fill(`window.YTD.direct_messages.part0 = [`, `{"dmConversation":{"conversationId":"1"}}`, `]`), "account-cut-threads"},
		{"chat_history.json", fill(`{`, `"a":[]`, `}`), "account-cut-threads"},
		{"result.json", fill(`{"chats":{"list":[`, `{"messages":[]}`, `]}}`), "account-cut-threads"},
		{"messages.html", fill(``, `<div class="message default">`, ``), ""},
		{"messages.html", fill(`<div class="message default">`, `<div class="text">a</div>`, ``), ""},
	} {
		var before, after runtime.MemStats
		src := intake.Source{Name: c.name, Size: size, Open: func() (intake.File, error) { return &slowFile{Reader: bytes.NewReader(c.body)}, nil }}
		runtime.ReadMemStats(&before)
		res, err := intake.Import(t.Context(), src, &memory{}, intake.Options{}, evidence.NoProgress{})
		runtime.ReadMemStats(&after)
		if err != nil {
			t.Fatal(err)
		}
		all := (after.TotalAlloc - before.TotalAlloc) >> 20
		t.Logf("%s %.60s: %d MiB in all, %q", c.name, c.body, all, saidOf(res, c.form))
		if all > 400 {
			t.Errorf("%s %.60s: %d MiB in all for %d", c.name, c.body, all, len(c.body)>>20)
		}
		if c.form != "" && saidOf(res, c.form) == "" {
			t.Errorf("%s %.60s: not said: %s: %v", c.name, c.body, c.form, res.Problems)
		}
	}
}

// Ids that name the same many files over and over list so many of them, and the rest is counted.
func TestFilesOfOneIDAreCounted(t *testing.T) {
	files := map[string]string{"json/chat_history.json": `{"k":[` + strings.TrimSuffix(strings.Repeat(`{"From":"k","Created":"2024-01-05 14:03:22 UTC","Media IDs":"a | a | a"},`, 2000), ",") + `]}`}
	for i := range 1500 {
		files[fmt.Sprintf("%d/chat_media/x_a.jpg", i)] = "x"
	}
	res, _ := onDisk(t, "data.zip", zipped(t, files), intake.Options{})
	if n := saidOf(res, "account-cut-media"); n != "8800000" {
		t.Errorf("%s: %v", n, res.Problems)
	}
}

// slowFile is a file during whose second reading somebody stops.
type slowFile struct {
	*bytes.Reader
	stop        context.CancelFunc
	again       bool
	read, after int
}

func (f *slowFile) Close() error { return nil }

func (f *slowFile) ReadAt(p []byte, off int64) (int, error) {
	n, err := f.Reader.ReadAt(p, off)
	if f.again {
		if f.read += n; f.read > 1<<20 {
			f.stop()
			f.after += n
		}
	}
	return n, err
}

type stopAt struct {
	evidence.NoProgress
	f *slowFile
}

func (p stopAt) Step(s evidence.Step) { p.f.again = s == intake.StepFacts }

// Who stops an import while a file of messages is read does not wait for its end.
func TestStoppingWhileConversationsAreRead(t *testing.T) {
	body := []byte(`{"participants":[],"messages":[` + strings.Repeat(`{"content":"a"},`, 400_000) + `{}]}`)
	ctx, stop := context.WithCancel(t.Context())
	f := &slowFile{Reader: bytes.NewReader(body), stop: stop}
	src := intake.Source{Name: "message_1.json", Size: int64(len(body)), Open: func() (intake.File, error) { return f, nil }}
	_, err := intake.Import(ctx, src, &memory{}, intake.Options{}, stopAt{f: f})
	if !errors.Is(err, context.Canceled) || f.after == 0 || f.after > 1<<20 {
		t.Errorf("%v; %d bytes were read afterwards", err, f.after)
	}
}

// A table of Discord loses the line that is odd, and no other; what is encrypted is named.
func TestArchivesOfWhichAPartIsOdd(t *testing.T) {
	files := map[string]string{"messages/42/messages.csv": "ID,Timestamp,Contents,Attachments\n1,2021-01-05,a,\nx\n2,2021-01-06,b\"c,\n3,2021-01-07,d,\n", "messages/": "", "a.txt": "x"}
	res, sink := onDisk(t, "data.zip", zipped(t, files), intake.Options{})
	list, got := conversations(t, sink, files)
	if got != "# 42 []\n2021-01-05||a\n2021-01-07||d\n" || saidOf(res, "account-odd") != "2" || list.Others != 1 {
		t.Errorf("%s %v, %d others", got, res.Problems, list.Others)
	}
	res, sink = onDisk(t, "data.zip", encryptedFlag(zipped(t, map[string]string{"json/chat_history.json": "x"})), intake.Options{})
	if list, _ := conversations(t, sink, nil); len(list.Unread) != 1 || saidOf(res, "account-unread") != "1" {
		t.Errorf("%v", res.Problems)
	}
}

// encryptedFlag marks all entries as encrypted.
func encryptedFlag(b []byte) []byte {
	for sign, at := range map[string]int{"PK\x03\x04": 6, "PK\x01\x02": 8} {
		for i := 0; ; {
			n := bytes.Index(b[i:], []byte(sign))
			if n < 0 {
				break
			}
			b[i+n+at] |= 1
			i += n + 4
		}
	}
	return b
}

// The forms for people stay within the limits, too, and what breaks off or has no place is counted.
func TestHostilePagesOfAccounts(t *testing.T) {
	const block = `<div class="pam uiBoxWhite noborder"><h2 class="_a6-h">A</h2><div class="_a6-p">b</div><div class="_a6-o">c</div></div>`
	for name, c := range map[string]struct {
		name, body string
		messages   string
		problem    bool
	}{
		"never closed":        {"message_1.html", block + strings.Repeat("<div>", 100_000), "1", false},
		"closed too often":    {"message_1.html", strings.Repeat("</div></h2></ul>", 1000) + block, "1", false},
		"breaks off":          {"message_1.html", block + `<div class="pam uiBoxWhite noborder"><h2 class="_a6-h">A</h2><div class="_a6-p">b`, "1", true},
		"one within another":  {"message_1.html", `<div class="pam uiBoxWhite noborder"><h2 class="_a6-h">A</h2><div class="_a6-p">` + block + `</div><div class="_a6-o">c</div></div>`, "1", false},
		"no time":             {"message_1.html", block + `<div class="pam uiBoxWhite noborder"><h2 class="_a6-h">A</h2><div class="_a6-p">b</div></div>`, "1", true},
		"no conversation yet": {"direct messages.txt", "2024-01-05 14:03:22 UTC a: b\n>>> Chat History with c::\n2024-01-05 14:03:22 UTC a: b\n", "1", true},
		"very long":           {"direct messages.txt", ">>> Chat History with c::\n2024-01-05 14:03:22 UTC a: b\n" + strings.Repeat("x", 2<<20), "1", true},
		"many lines":          {"direct messages.txt", ">>> Chat History with c::\n2024-01-05 14:03:22 UTC a: b\n" + strings.Repeat("x\n", 1<<20), "1", true},
		"many messages":       {"direct messages.txt", ">>> Chat History with c::\n" + strings.Repeat("2024-01-05 14:03:22 UTC a: b\n", 200_001), "200000", true},
	} {
		res, _ := onDisk(t, c.name, []byte(c.body), intake.Options{})
		if res.Kind != intake.Account || len(res.Problems) > 0 != c.problem {
			t.Errorf("%s: %s %v", name, res.Kind, res.Problems)
		}
		wantFacts(t, res, map[string]string{intake.FactMessages: c.messages})
	}
}

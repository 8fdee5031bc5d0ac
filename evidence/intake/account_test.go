package intake_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"constat/evidence"
	"constat/evidence/intake"
	"constat/internal/schemas"
)

type accountJSON struct {
	Format, Platform string
	Others           int
	Unread           []string
	Threads          []struct {
		Entry, Name  string
		Participants []string
		Own          bool
		Messages     []struct {
			Time, Sender, Text string
			Notice, Unsent     bool
			Media              []struct {
				Name, Entry string
				SHA256      evidence.Digest
			}
		}
	}
}

// conversations writes a list, a line for each message, and checks that what is linked is that file.
func conversations(t *testing.T, sink *memory, files map[string]string) (accountJSON, string) {
	t.Helper()
	var list accountJSON
	schemas.Hold(t, schemas.Account, sink.bytes["account.json"])
	if err := json.Unmarshal(sink.bytes["account.json"], &list); err != nil {
		t.Fatalf("%v: %q", err, sink.bytes["account.json"])
	}
	var b strings.Builder
	for _, thread := range list.Threads {
		fmt.Fprintf(&b, "# %s [%s]\n", thread.Name, strings.Join(thread.Participants, ", "))
		for _, m := range thread.Messages {
			fmt.Fprintf(&b, "%s|%s|%s", m.Time, m.Sender, strings.ReplaceAll(m.Text, "\n", "/"))
			for _, f := range m.Media {
				if f.Entry == "" {
					b.WriteString("|-" + f.Name)
					continue
				}
				b.WriteString("|" + f.Entry)
				if body, ok := files[f.Entry]; !ok || f.SHA256 != evidence.Sum([]byte(body)) {
					t.Errorf("%s is linked with %s", f.Entry, f.SHA256)
				}
			}
			b.WriteString(map[bool]string{true: "|notice"}[m.Notice] + map[bool]string{true: "|unsent"}[m.Unsent] + "\n")
		}
	}
	return list, b.String()
}

func zipped(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var entries []entry
	for _, name := range slices.Sorted(maps.Keys(files)) {
		entries = append(entries, entry{name, []byte(files[name])})
	}
	return zipFile(t, entries...)
}

// accounts are archives as the platforms hand them out, made up but for their shape.
func accounts() map[string]map[string]string {
	const inbox = "your_instagram_activity/messages/inbox/karim_17900000000000001/"
	return map[string]map[string]string{
		"instagram": {
			inbox + "message_1.json": `{"participants":[{"name":"Karim"},{"name":"Zo\u00c3\u00ab"}],"messages":[
				{"sender_name":"Karim","timestamp_ms":1704463402123,"content":"je publie tout \u00c3\u00a0 ta m\u00c3\u00a8re","is_geoblocked_for_viewer":false},
				{"sender_name":"Zo\u00c3\u00ab","timestamp_ms":1704463403000,"photos":[{"uri":"` + inbox + `photos/1.jpg","creation_timestamp":1704463403}]},
				{"sender_name":"Karim","timestamp_ms":1704463404000,"videos":[{"uri":"` + inbox + `videos/2.mp4"}],"share":{"link":"https://www.instagram.com/p/CxYzAbCdEf1/"}},
				{"sender_name":"Karim","timestamp_ms":1704463405000,"is_unsent":true},
				{"sender_name":"Karim","timestamp_ms":1704463406000,"call_duration":12}],"title":"Karim","thread_path":"inbox/karim_17900000000000001"}`,
			inbox + "photos/1.jpg": "\xff\xd8\xff a photo", "ads_information/ads_viewed.json": "{}",
		},
		"facebook": {
			"your_facebook_activity/messages/e2ee_cutover/mia_1/message_1.json": `{"participants":[{"name":"Mia"}],"messages":[{"sender_name":"Mia","timestamp_ms":1704463402000,"content":"hoi"}],"title":"Mia"}`,
			"your_facebook_activity/messages/inbox/noor_2/message_1.html":       "<html>...</html>",
		},
		"meta": {
			"messages/Mia_1.json":  `{"participants":["Mia","Karim"],"threadName":"Mia_1","messages":[{"isUnsent":false,"media":[{"uri":"./media/a.jpg"}],"senderName":"Karim","text":"kijk","timestamp":1704463402000,"type":"media"}]}`,
			"messages/media/a.jpg": "\xff\xd8\xff",
		},
		"snapchat": {
			"json/chat_history.json": `{"karim_x":[{"From":"karim_x","Media Type":"TEXT","Created":"2024-01-05 14:03:22 UTC","Content":"c&#39;est toi","Conversation Title":null,"IsSender":false,"IsSaved":true,"Media IDs":""},
				{"From":"mia","Media Type":"MEDIA","Created":"2024-01-05 14:04:22 UTC","Content":"","IsSender":true,"Media IDs":"b~AbC | b~GoNe"}]}`,
			"json/snap_history.json":          `{"karim_x":[{"From":"karim_x","Media Type":"IMAGE","Created":"2024-01-05 14:05:22 UTC"}]}`,
			"chat_media/2024-01-05_b~AbC.jpg": "\xff\xd8\xff snap", "json/account.json": "{}",
		},
		"snapchat, old": {"json/chat_history.json": `{"Received Saved Chat History":[{"From":"karim_x","Media Type":"TEXT","Created":"2022-07-22 19:28:21 UTC","Text":"hoi"}],
			"Sent Saved Chat History":[{"To":"karim_x","Media Type":"TEXT","Created":"2022-07-22 19:29:21 UTC","Text":"stop"}]}`},
		"tiktok":         {"user_data_tiktok.json": `{"Activity":{},"Direct Message":{"Direct Messages":{"ChatHistory":{"Chat History with karim.x:":[{"Date":"2024-01-05 14:03:22","From":"karim.x","Content":"je te retrouve"},{"Date":"2024-01-05 14:04:00","From":"mia","Content":"non"}]}}}}`},
		"tiktok, text":   {"TikTok/Direct Messages/Direct Messages.txt": "\ufeff>>> Chat History with karim.x::\r\n\r\n2024-01-05 14:03:22 UTC karim.x: je te retrouve\r\net ta mère\r\n\r\naussi\r\n\r\n2024-01-05 14:04:00 UTC mia: https://www.tiktok.com/@x/video/1\n\n>>> Chat History with noor::\n\n2024-01-06 10:00:00 UTC noor: 2024-01-05 14:04:00 UTC mia: non\n"},
		"tiktok, groups": {"user_data_tiktok.json": `{"Direct Message":{"Direct Messages":{"ChatHistory":{}},"Group Chat":{"GroupChat":{"Group Chat History With 3B:":[{"Date":"2024-01-05 14:03:22","From":"a","Content":"b"},{"Date":"yesterday","From":"a","Content":"c"}]}}}}`},
		"instagram, pages": {
			inbox + "message_1.html": `<html><head><style>._a6-g{}</style><title>Karim &amp; co</title></head><body><div class="_a705"><div class="_3-8y _3-95 _a70a"><div class="_a70d"><div class="_a70e">Karim</div></div></div><div class="_a706" role="main">
				<div class="pam _3-95 _2ph- _a6-g uiBoxWhite noborder"><div class="_a6-p">Participants: Karim and Zoë</div></div>
				<div class="pam _3-95 _2ph- _a6-g uiBoxWhite noborder"><h2 class="_3-95 _2pim _a6-h _a6-i">Karim</h2><div class="_3-95 _a6-p"><div><div></div><div>je publie tout<br/>demain</div><div></div><div></div><div><ul class="_a6-q"><li><span>❤ Zoë</span></li></ul></div></div></div><div class="_3-94 _a6-o">Jan 05, 2024 2:03 pm</div></div>
				<div class="pam _3-95 _2ph- _a6-g uiBoxWhite noborder"><div class="_3-95 _2pim _a6-h _a6-i">Zoë</div><div class="_3-95 _a6-p"><div><div></div><div></div><div><div><a target="_blank" href="` + inbox + `photos/1.jpg"><img src="` + inbox + `photos/1.jpg" class="_a6_o _3-96"/></a></div></div></div></div><div class="_3-94 _a6-o">Jan 05, 2024 2:04 pm</div></div>
				</div></div></body></html>`,
			inbox + "photos/1.jpg": "\xff\xd8\xff a photo",
		},
		"facebook, old pages": {
			"facebook-mia/messages/inbox/noor_2/message_1.html": `<html><head><title>Noor</title></head><body><div class="_4t5n" role="main"><div class="pam _3-95 _2pi0 _2lej uiBoxWhite noborder"><div class="_3-96 _2pio _2lek _2lel">Noor</div><div class="_3-96 _2let"><div><div></div><div>hoi <a href="https://example.com/a">kijk</a></div></div></div><div class="_3-94 _2lem">5 jan. 2024 14:03</div></div></div></body></html>`,
		},
		"discord": {
			"Messages/c1067148002722062416/messages.json": `[{"ID":1,"Timestamp":"2024-01-05 14:03:22","Contents":"arrête","Attachments":"https://cdn.discordapp.com/attachments/1/2/a.png"}]`,
			"Messages/c1067148002722062416/channel.json":  `{"id":"1067148002722062416","type":"DM","name":"algemeen","guild":{"id":"1","name":"Vrienden"}}`,
			"messages/42/messages.csv":                    "ID,Timestamp,Contents,Attachments\n7,2021-01-05 14:03:22.000000+00:00,\"een, twee\",\n",
		},
		"x": {
			"data/direct-messages.js": `window.YTD.direct_messages.part0 = [ {"dmConversation":{"conversationId":"1-2","messages":[
				{"messageCreate":{"recipientId":"2","text":"wacht maar https://t.co/x","mediaUrls":["https://ton.twitter.com/dm/9/8/a.jpg"],"senderId":"1","id":"9","createdAt":"2024-01-05T14:03:22.000Z"}},
				{"messageCreate":{"recipientId":"2","text":"","mediaUrls":["https://ton.twitter.com/dm/10/8/b.jpg"],"senderId":"1","id":"10","createdAt":"2024-01-05T14:03:23.000Z"}},
				{"joinConversation":{"initiatingUserId":"1"}},{"conversationNameUpdate":{"initiatingUserId":"2","name":"haha","createdAt":"2024-01-05T14:03:24.000Z"}}]}} ]`,
			"data/direct_messages_media/9-a.jpg": "\xff\xd8\xff dm", "data/tweets.js": "window.YTD.tweets.part0 = []",
		},
		"telegram": {
			"ChatExport_2024-01-05/result.json": `{"name":"Karim","type":"personal_chat","id":1,"messages":[
				{"id":1,"type":"service","date":"2024-01-05T14:02:00","actor":"Mia","actor_id":"user1","action":"phone_call","text":""},
				{"id":2,"type":"message","date":"2024-01-05T14:03:22","date_unixtime":"1704459802","from":"Karim","from_id":"user2","photo":"photos/p1.jpg","text":["zie ",{"type":"link","text":"https://t.me/x/1"}]},
				{"id":3,"type":"message","date":"2024-01-05T14:04:00","from":null,"from_id":"user3","file":"(File not included. Change data exporting settings to download.)","text":"","forwarded_from":"Groep"}]}`,
			"ChatExport_2024-01-05/photos/p1.jpg": "\xff\xd8\xff tg",
		},
		"telegram, all": {"DataExport/result.json": `{"about":"x","chats":{"about":"y","list":[{"name":"A","type":"private_group","id":1,"messages":[{"id":1,"type":"message","date":"2024-01-05T14:03:22","from":"Mia","text":"een"}]},{"name":"B","type":"saved_messages","id":2,"messages":[]}]},"left_chats":{"list":[{"name":"C","type":"private_group","messages":[]}]}}`},
		"telegram, pages": {
			"ChatExport/messages.html": `<html><body><div class="page_wrap"><div class="page_header"><div class="content"><div class="text bold">
				Karim
				</div></div></div><div class="history">
				<div class="message service" id="message-1"><div class="body details">5 January 2024</div></div>
				<div class="message default clearfix" id="message2"><div class="pull_left userpic_wrap"><div class="userpic"><div class="initials">K</div></div></div><div class="body">
				<div class="pull_right date details" title="05.01.2024 14:03:22 UTC+01:00">14:03</div><div class="from_name">
				Karim &amp; co
				</div><div class="text">je vais<br>publier</div></div></div>
				<div class="message default clearfix joined" id="message3"><div class="body"><div class="pull_right date details" title="05.01.2024 14:04:00 UTC+01:00">14:04</div>
				<div class="media_wrap clearfix"><a class="photo_wrap clearfix pull_left" href="photos/p1.jpg"><img class="photo" src="photos/p1_thumb.jpg"></a></div></div></div>
				</div></div></body></html>`,
			"ChatExport/photos/p1.jpg": "\xff\xd8\xff tg",
		},
	}
}

// Conversations of each platform are listed with times, senders and files; what is not in the archive or was
// not read is a problem with a number.
func TestConversationsOfAccounts(t *testing.T) {
	const inbox = "your_instagram_activity/messages/inbox/karim_17900000000000001/"
	for name, want := range map[string]struct {
		text     string
		problems []string
		facts    map[string]string
	}{
		"instagram": {"# Karim [Karim, Zoë]\n2024-01-05T14:03:22.123Z|Karim|je publie tout à ta mère\n2024-01-05T14:03:23Z|Zoë||" + inbox + "photos/1.jpg\n" +
			"2024-01-05T14:03:24Z|Karim|https://www.instagram.com/p/CxYzAbCdEf1/|-" + inbox + "videos/2.mp4\n2024-01-05T14:03:25Z|Karim||unsent\n2024-01-05T14:03:26Z|Karim|[call_duration 12]\n",
			[]string{intake.ProblemChatMedia}, map[string]string{intake.FactAccount: "instagram", intake.FactThreads: "1", intake.FactMessages: "5", intake.FactSenders: "2",
				intake.FactMediaMissing: "1", intake.FactOthers: "2", intake.FactFirst: "2024-01-05T14:03:22.123Z", intake.FactLast: "2024-01-05T14:03:26Z", intake.FactOwnOnly: ""}},
		"facebook": {"# Mia [Mia]\n2024-01-05T14:03:22Z|Mia|hoi\n", []string{intake.ProblemChatUnread}, map[string]string{intake.FactAccount: "facebook", intake.FactMessages: "1"}},
		"meta":     {"# Mia_1 [Mia, Karim]\n2024-01-05T14:03:22Z|Karim|kijk|messages/media/a.jpg\n", nil, map[string]string{intake.FactAccount: "meta"}},
		"snapchat": {"# karim_x []\n2024-01-05 14:03:22 UTC|karim_x|c'est toi\n2024-01-05 14:04:22 UTC|mia|[MEDIA]|chat_media/2024-01-05_b~AbC.jpg|-b~GoNe\n# karim_x []\n2024-01-05 14:05:22 UTC|karim_x|[IMAGE]|-IMAGE\n",
			[]string{intake.ProblemChatMedia}, map[string]string{intake.FactAccount: "snapchat", intake.FactMediaMissing: "2", intake.FactFirst: "2024-01-05 14:03:22 UTC"}},
		"snapchat, old":  {"# Received Saved Chat History []\n2022-07-22 19:28:21 UTC|karim_x|hoi\n# Sent Saved Chat History []\n2022-07-22 19:29:21 UTC||→ karim_x stop\n", nil, nil},
		"tiktok":         {"# karim.x []\n2024-01-05 14:03:22|karim.x|je te retrouve\n2024-01-05 14:04:00|mia|non\n", nil, map[string]string{intake.FactAccount: "tiktok"}},
		"tiktok, text":   {"# karim.x []\n2024-01-05 14:03:22 UTC|karim.x|je te retrouve/et ta mère//aussi\n2024-01-05 14:04:00 UTC|mia|https://www.tiktok.com/@x/video/1\n# noor []\n2024-01-06 10:00:00 UTC|noor|2024-01-05 14:04:00 UTC mia: non\n", nil, map[string]string{intake.FactAccount: "tiktok", intake.FactThreads: "2"}},
		"tiktok, groups": {"# Group Chat History With 3B []\n2024-01-05 14:03:22|a|b\n", []string{intake.ProblemChatUnread}, map[string]string{intake.FactMessages: "1"}},
		"instagram, pages": {"# Karim & co []\nJan 05, 2024 2:03 pm|Karim|je publie tout/demain\nJan 05, 2024 2:04 pm|Zoë||your_instagram_activity/messages/inbox/karim_17900000000000001/photos/1.jpg\n",
			nil, map[string]string{intake.FactAccount: "instagram", intake.FactMessages: "2", intake.FactSenders: "2"}},
		"facebook, old pages": {"# Noor []\n5 jan. 2024 14:03|Noor|hoi/https://example.com/a/kijk\n", nil, map[string]string{intake.FactAccount: "facebook"}},
		"discord": {"# algemeen · Vrienden []\n2024-01-05 14:03:22||arrête|-https://cdn.discordapp.com/attachments/1/2/a.png\n# 42 []\n2021-01-05 14:03:22.000000+00:00||een, twee\n",
			[]string{intake.ProblemChatMedia}, map[string]string{intake.FactAccount: "discord", intake.FactOwnOnly: "yes"}},
		"x": {"# 1-2 []\n2024-01-05T14:03:22.000Z|1|wacht maar https://t.co/x|data/direct_messages_media/9-a.jpg\n2024-01-05T14:03:23.000Z|1||-https://ton.twitter.com/dm/10/8/b.jpg\n||1: joinConversation|notice\n2024-01-05T14:03:24.000Z||2: conversationNameUpdate haha|notice\n",
			[]string{intake.ProblemChatMedia}, map[string]string{intake.FactAccount: "x", intake.FactMediaMissing: "1"}},
		"telegram": {"# Karim []\n2024-01-05T14:02:00||Mia: phone_call|notice\n2024-01-05T14:03:22|Karim|zie https://t.me/x/1|ChatExport_2024-01-05/photos/p1.jpg\n" +
			"2024-01-05T14:04:00|user3|[← Groep]|-(File not included. Change data exporting settings to download.)\n",
			[]string{intake.ProblemChatMedia}, map[string]string{intake.FactAccount: "telegram", intake.FactMediaMissing: "1"}},
		"telegram, all": {"# A []\n2024-01-05T14:03:22|Mia|een\n# B []\n# C []\n", nil, map[string]string{intake.FactThreads: "3"}},
		"telegram, pages": {"# Karim []\n||5 January 2024|notice\n05.01.2024 14:03:22 UTC+01:00|Karim & co|je vais/publier\n05.01.2024 14:04:00 UTC+01:00|Karim & co||ChatExport/photos/p1.jpg\n",
			nil, map[string]string{intake.FactAccount: "telegram"}},
	} {
		t.Run(name, func(t *testing.T) {
			files := accounts()[name]
			res, sink := onDisk(t, "data.zip", zipped(t, files), intake.Options{})
			list, got := conversations(t, sink, files)
			if got != want.text || res.Kind != intake.Account || list.Format != "constat-account/1" {
				t.Errorf("%s %s\ngot\n%s\nwant\n%s", res.Kind, list.Format, got, want.text)
			}
			wantProblems(t, res, want.problems...)
			wantFacts(t, res, want.facts)
			if list.Others != len(files)-countMessages(files) {
				t.Errorf("%d others of %d files", list.Others, len(files))
			}
		})
	}
}

func countMessages(files map[string]string) (n int) {
	for name := range files {
		for _, part := range []string{"message_", "/messages.", "_history.json", "user_data", "direct-messages.js", "result.json", "messages/Mia_", "Direct Messages.txt"} {
			if strings.Contains(name, part) {
				n++
				break
			}
		}
	}
	return n
}

// One of the files alone is read, too; what only has such a name is not.
func TestConversationsInAFileAlone(t *testing.T) {
	all := accounts()
	for name, b := range map[string]string{
		"message_1.json": all["meta"]["messages/Mia_1.json"], "chat_history.json": all["snapchat"]["json/chat_history.json"], "user_data.json": all["tiktok"]["user_data_tiktok.json"],
		"result.json": all["telegram"]["ChatExport_2024-01-05/result.json"], "messages.html": all["telegram, pages"]["ChatExport/messages.html"],
		"direct-messages.js": all["x"]["data/direct-messages.js"],
		"result (1).json":    all["telegram"]["ChatExport_2024-01-05/result.json"], // as a browser names a second one
	} {
		res, sink := onDisk(t, name, []byte(b), intake.Options{})
		if list, _ := conversations(t, sink, nil); res.Kind != intake.Account || len(list.Threads) == 0 {
			t.Errorf("%s: %s", name, res.Kind)
		}
	}
	for _, name := range []string{"result.json", "result (1).json", "messages.html", "user_data.json", "message_1.json"} {
		res, _ := onDisk(t, name, []byte(`{"status":"ok"}`), intake.Options{})
		if res.Kind == intake.Account || len(res.Artifacts) != 1 || len(res.Problems) > 0 {
			t.Errorf("%s: %s %v", name, res.Kind, res.Problems)
		}
	}
}

// What looks like a platform's messages and was not read is named; other archives stay what they are.
func TestAccountsThatWereNotReadAreSaid(t *testing.T) {
	for name, c := range map[string]struct {
		files map[string]string
		kind  intake.Kind
		want  []string
	}{
		"pages":        {map[string]string{"your_instagram_activity/messages/inbox/a_1/message_1.html": "<p>", "x.txt": "x"}, intake.Account, []string{intake.ProblemChatUnread}},
		"cut":          {map[string]string{"messages/inbox/a_1/message_1.json": `{"participants":[{"name":"A"}],"messages":[{"sender`}, intake.Account, []string{intake.ProblemChatUnread}},
		"text":         {map[string]string{"TikTok/Direct Messages/Chat History.txt": ">>> Chat"}, intake.Account, []string{intake.ProblemChatUnread}},
		"cut telegram": {map[string]string{"result.json": `{"name":"K","type":"personal_chat","messages":[{"id":1,"type":"message","date":"2024-01-05T14:03:22","text":"a"},{"id":2,"ty`}, intake.Account, []string{intake.ProblemChatUnread}},
		"cut earlier":  {map[string]string{"result.json": `{"name":"K","type":"personal_chat","id":1,"mess`}, intake.Account, []string{intake.ProblemChatUnread}},
		"two in one":   {map[string]string{"result.json": `{"name":"K","type":"personal_chat","messages":[]}{"name":"L"}`}, intake.Account, []string{intake.ProblemChatUnread}},
		"another":      {map[string]string{"result.json": `{"status":1}`, "messages.html": "<p>no"}, intake.Other, nil},
		"no data":      {map[string]string{"a.jpg": "x"}, intake.Other, nil},
		"whatsapp":     {map[string]string{"_chat.txt": "[05/01/2024, 14:03:22] Mia: a\n"}, intake.WhatsApp, nil},
	} {
		res, _ := onDisk(t, "data.zip", zipped(t, c.files), intake.Options{})
		if res.Kind != c.kind {
			t.Errorf("%s: %s", name, res.Kind)
		}
		wantProblems(t, res, c.want...)
	}
}

func FuzzAccounts(f *testing.F) {
	for _, files := range accounts() {
		for name, body := range files {
			f.Add(name[strings.LastIndexByte(name, '/')+1:], []byte(body), true)
			f.Add(name, []byte(body), false)
		}
	}
	f.Fuzz(func(t *testing.T, name string, body []byte, alone bool) {
		if alone {
			fuzzImport(t, name, body)
			return
		}
		if len(name) > 0 && len(name) < 200 && !strings.HasSuffix(name, "/") { // a folder holds no file of messages
			fuzzImport(t, "data.zip", zipFile(t, entry{name, body}))
		}
	})
}

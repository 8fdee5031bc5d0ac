package intake

import (
	"archive/zip"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"time"

	"constat/evidence"
)

// AccountFormat is the format of account.json.
const AccountFormat = "constat-account/1"

const (
	maxAccountFile     = 64 << 20 // bytes of one file of messages
	maxAccountMessages = 200_000  // that are listed
	maxAccountText     = 32 << 20 // bytes of their texts
	maxUnread          = 200      // files that are named
)

// accountList is account.json: the conversations in what a platform hands out as 'your data'.
type accountList struct {
	Format   string          `json:"format"`
	Source   evidence.Digest `json:"source"`   // SHA-256 of the file
	Platform string          `json:"platform"` // e.g. "instagram"; "meta": Instagram or Facebook
	Threads  []accountThread `json:"threads"`
	Unread   []string        `json:"unread,omitempty"` // files of messages that were not read
	Others   int             `json:"others"`           // files that hold no messages; they are listed with their digests among the claims
}

// accountThread is one conversation, or a part of one that has a file of its own.
type accountThread struct {
	Entry        string           `json:"entry"` // the file in the ZIP
	Name         string           `json:"name"`
	Participants []string         `json:"participants,omitempty"`
	Own          bool             `json:"own,omitempty"` // holds only what the account itself sent
	Messages     []accountMessage `json:"messages"`      // in the order of the file
}

// accountMessage is one message.
type accountMessage struct {
	Time   string         `json:"time,omitempty"`   // as written; numbers that count from 1970 as RFC 3339, UTC
	Sender string         `json:"sender,omitempty"` // as written: a name or an id
	Text   string         `json:"text"`
	Media  []accountMedia `json:"media,omitempty"`
	Notice bool           `json:"notice,omitempty"` // the platform's words
	Unsent bool           `json:"unsent,omitempty"` // the sender took it back
}

// accountMedia is a file that a message names.
type accountMedia struct {
	Name   string           `json:"name"`             // as written
	Entry  string           `json:"entry,omitempty"`  // the file in the ZIP; absent: it does not hold it
	SHA256 *evidence.Digest `json:"sha256,omitempty"` // of that file
}

// account is an archive that is being read.
type account struct {
	j        *job
	list     accountList
	entries  map[string]*zip.File
	digests  map[string]evidence.Digest
	ids      map[string][]string // see named
	messages int
	text     int
	cut      int
	unread   int
}

// accountReader reads one file of messages; false: it holds none in a form that is known.
type accountReader func(a *account, entry string, b []byte) bool

// accountFiles tells by its path which platform's file of messages an entry is. What is left of the
// account in an archive holds no messages.
var accountFiles = []struct {
	platform string
	match    func(dir, base string) bool
	read     accountReader
}{
	{"instagram", func(dir, base string) bool {
		return metaMessages(dir, base, ".json") && strings.Contains(dir, "instagram")
	}, readMeta},
	{"facebook", func(dir, base string) bool {
		return metaMessages(dir, base, ".json") && strings.Contains(dir, "facebook")
	}, readMeta},
	{"meta", func(dir, base string) bool { return metaMessages(dir, base, ".json") }, readMeta},
	{"meta", func(dir, base string) bool { return metaMessages(dir, base, ".html") }, nil},
	{"snapchat", func(_, base string) bool { return base == "chat_history.json" || base == "snap_history.json" }, readSnapchat},
	{"snapchat", func(_, base string) bool { return base == "chat_history.html" || base == "snap_history.html" }, nil},
	{"tiktok", func(_, base string) bool { return base == "user_data.json" || base == "user_data_tiktok.json" }, readTikTok},
	{"tiktok", func(_, base string) bool {
		return base == "direct messages.txt" || base == "chat history.txt" || base == "direct message.txt"
	}, nil},
	{"discord", func(dir, base string) bool {
		return discordFolder.MatchString(dir) && (base == "messages.json" || base == "messages.csv")
	}, readDiscord},
	{"x", func(dir, base string) bool { return path.Base(dir) == "data" && xMessages.MatchString(base) }, readX},
	{"telegram", func(_, base string) bool { return base == "result.json" }, readTelegram},
	{"telegram", func(_, base string) bool { return telegramPage.MatchString(base) }, readTelegramPage},
}

// accountEntries are the files of messages of a ZIP, each with what reads it.
func accountEntries(z *zip.Reader) (found []*zip.File, platforms []string, readers []accountReader) {
	for _, f := range z.File {
		if !f.Mode().IsRegular() || encrypted(f) {
			continue
		}
		name := strings.ToLower(slashed(f.Name))
		for _, kind := range accountFiles {
			if kind.match(path.Dir(name), path.Base(name)) {
				found, platforms, readers = append(found, f), append(platforms, kind.platform), append(readers, kind.read)
				break
			}
		}
	}
	return found, platforms, readers
}

// accountArchive lists the conversations of a platform's archive, whose entries were measured. It
// reports whether the ZIP is one.
func (j *job) accountArchive(file evidence.Artifact, z *zip.Reader, measured []Within) (bool, error) {
	found, platforms, readers := accountEntries(z)
	if len(found) == 0 {
		return false, nil
	}
	a := account{j: j, entries: map[string]*zip.File{}, digests: map[string]evidence.Digest{},
		list: accountList{Format: AccountFormat, Source: file.SHA256, Threads: []accountThread{}}}
	for _, f := range z.File {
		a.entries[slashed(f.Name)] = f
	}
	for _, w := range measured {
		a.digests[w.Name] = w.SHA256
	}
	left := int64(16 * maxAccountFile)
	for i, f := range found {
		if err := j.ctx.Err(); err != nil {
			return true, err
		}
		entry := slashed(f.Name)
		if readers[i] == nil || int64(f.UncompressedSize64) > min(left, maxAccountFile) || !a.readEntry(f, readers[i]) {
			if readers[i] != nil && ambiguous(path.Base(entry)) {
				continue // a file of that name in another archive
			}
			a.notRead(entry)
		}
		left -= int64(f.UncompressedSize64)
		if p := platforms[i]; a.list.Platform == "" || a.list.Platform == "meta" {
			a.list.Platform = p
		}
	}
	if len(a.list.Threads) == 0 && a.unread == 0 {
		return false, nil
	}
	a.list.Others = len(z.File) - len(found)
	return true, a.finish(file)
}

// ambiguous are names that other programs give as well.
func ambiguous(base string) bool {
	return strings.EqualFold(base, "result.json") || telegramPage.MatchString(strings.ToLower(base))
}

func (a *account) readEntry(f *zip.File, read accountReader) bool {
	r, err := f.Open()
	if err != nil {
		return false
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, maxAccountFile))
	return err == nil && read(a, slashed(f.Name), b)
}

// accountFile lists the conversations of such a file that was brought alone.
func (j *job) accountFile(file evidence.Artifact) (bool, error) {
	base := strings.ToLower(j.name)
	if j.size > maxAccountFile {
		return false, nil
	}
	for _, kind := range accountFiles {
		// Alone a file has no folder, so that only its own content tells.
		if kind.read == nil || !kind.match("messages/inbox/x", base) && !kind.match("data", base) && !kind.match("messages/c1", base) {
			continue
		}
		b := make([]byte, j.size)
		if n, _ := j.in.ReadAt(b, 0); n != len(b) {
			return false, nil
		}
		a := account{j: j, entries: map[string]*zip.File{}, list: accountList{Format: AccountFormat, Source: file.SHA256, Platform: kind.platform, Threads: []accountThread{}}}
		if kind.read(&a, j.name, b) && len(a.list.Threads) > 0 {
			return true, a.finish(file)
		}
	}
	return false, nil
}

func (a *account) notRead(entry string) {
	if a.unread++; len(a.list.Unread) < maxUnread {
		a.list.Unread = append(a.list.Unread, clip(entry))
	}
}

// thread begins a conversation.
func (a *account) thread(entry, name string, participants ...string) *accountThread {
	t := accountThread{Entry: clip(entry), Name: clip(name), Messages: []accountMessage{}}
	for _, p := range participants {
		if len(t.Participants) < maxSenders && p != "" {
			t.Participants = append(t.Participants, clip(p))
		}
	}
	a.list.Threads = append(a.list.Threads, t)
	return &a.list.Threads[len(a.list.Threads)-1]
}

// add puts a message in its conversation; what is beyond the limits is counted.
func (a *account) add(t *accountThread, m accountMessage) {
	if a.text += len(m.Text); a.messages >= maxAccountMessages || a.text > maxAccountText {
		a.cut++
		return
	}
	a.messages++
	m.Text = strings.ToValidUTF8(m.Text, "\uFFFD")
	m.Sender, m.Time = clip(m.Sender), clip(m.Time)
	t.Messages = append(t.Messages, m)
}

// media finds the file that a message names, by its path from one of the places at which platforms count
// from: the top of the archive, any folder above the messages, or beside them.
func (a *account) media(entry, uri string) accountMedia {
	m := accountMedia{Name: clip(uri)}
	if uri == "" || strings.Contains(uri, "://") {
		return m
	}
	for dir := path.Dir(entry); ; dir = path.Dir(dir) {
		if at := path.Join(dir, uri); a.entries[at] != nil {
			m.Entry = clip(at)
			if sum, ok := a.digests[at]; ok {
				m.SHA256 = &sum
			}
			return m
		}
		if dir == "." || dir == "/" {
			return m
		}
	}
}

// named are the files of a folder whose names hold an id: behind the first '_' without the ending, or
// in front of the first '-'.
func (a *account) named(folder, id string) []accountMedia {
	if a.ids == nil {
		a.ids = map[string][]string{}
		for name := range a.entries {
			in, base := path.Base(path.Dir(name)), strings.TrimSuffix(path.Base(name), path.Ext(name))
			_, behind, _ := strings.Cut(base, "_")
			front, _, _ := strings.Cut(base, "-")
			for _, part := range []string{behind, front} {
				if part != "" {
					a.ids[in+"/"+part] = append(a.ids[in+"/"+part], name)
				}
			}
		}
	}
	names := slices.Compact(slices.Sorted(slices.Values(a.ids[folder+"/"+id])))
	var found []accountMedia
	for _, name := range names {
		m := accountMedia{Name: clip(path.Base(name)), Entry: clip(name)}
		if sum, ok := a.digests[name]; ok {
			m.SHA256 = &sum
		}
		found = append(found, m)
	}
	return found
}

// finish writes the list, and says what is in it and what is not.
func (a *account) finish(file evidence.Artifact) error {
	j, missing := a.j, 0
	senders := map[string]bool{}
	first, last := "", ""
	for _, t := range a.list.Threads {
		for _, m := range t.Messages {
			if m.Sender != "" && len(senders) < maxSenders {
				senders[m.Sender] = true
			}
			for _, f := range m.Media {
				if f.Entry == "" {
					missing++
				}
			}
			if at, ok := sortable(m.Time); ok {
				if first == "" || at < first {
					first = at
				}
				last = max(last, at)
			}
		}
	}
	say := func(name, value string) { j.fact(file.Name, FromAccount, name, value) }
	say(FactAccount, a.list.Platform)
	say(FactThreads, fmt.Sprint(len(a.list.Threads)))
	say(FactMessages, fmt.Sprint(a.messages))
	say(FactSenders, fmt.Sprint(len(senders)))
	say(FactFirst, first)
	say(FactLast, last)
	if slices.ContainsFunc(a.list.Threads, func(t accountThread) bool { return t.Own }) {
		say(FactOwnOnly, "yes")
	}
	if a.list.Others > 0 {
		say(FactOthers, fmt.Sprint(a.list.Others))
	}
	if missing > 0 {
		say(FactMediaMissing, fmt.Sprint(missing))
		j.problem(ProblemChatMedia, evidence.Say("account-media", "{file}: {#n} files that messages name are not in it", file.Name, missing))
	}
	if a.unread > 0 {
		j.problem(ProblemChatUnread, evidence.Say("account-unread", "{file}: {#n} files of messages of {platform} were not read, the first is {name:+q}",
			file.Name, a.unread, a.list.Platform, a.list.Unread[0]))
	}
	if a.cut > 0 {
		j.problem(ProblemChatText, evidence.Say("account-cut", "{file}: {#n} messages beyond {#max} are not listed", file.Name, a.cut, a.messages))
	}
	j.out.Kind = Account
	return j.putJSON(j.derived("account", file), a.list)
}

// sortable reports a time that is written so that it sorts as text.
func sortable(s string) (string, bool) {
	for _, form := range []string{time.RFC3339Nano, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04:05 UTC"} {
		if _, err := time.Parse(form, s); err == nil {
			return s, true
		}
	}
	return "", false
}

// counted is a number that counts from 1970, as RFC 3339 in UTC.
func counted(n float64, perSecond int64) string {
	if n <= 0 || n > 1e17 {
		return ""
	}
	v := int64(n)
	return time.Unix(v/perSecond, v%perSecond*(1e9/perSecond)).UTC().Format("2006-01-02T15:04:05.999Z07:00")
}

package intake

import (
	"archive/zip"
	"fmt"
	"io"
	"maps"
	"path"
	"regexp"
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
	maxAccountThreads  = 20_000   // that are listed
	maxAccountMedia    = 200_000  // files of messages that are listed
	maxMessageMedia    = 1000     // of one message
	maxMediaName       = 4096     // bytes of a path that is looked for
	maxMediaFolders    = 40       // above the messages
	maxUnread          = 200      // files that are named
)

// accountList is account.json: the conversations in what a platform hands out as 'your data'.
type accountList struct {
	Format   string          `json:"format"`
	Source   evidence.Digest `json:"source"`   // SHA-256 of the file
	Platform string          `json:"platform"` // e.g. "instagram"; "meta": Instagram or Facebook
	Threads  []accountThread `json:"threads"`
	Unread   []string        `json:"unread,omitempty"` // files of messages that were not read
	Cut      int             `json:"cut,omitempty"`    // messages, conversations and files of messages beyond the limits, which are not listed
	Odd      int             `json:"odd,omitempty"`    // entries that were not read, or not whole: messages, conversations
	Others   int             `json:"others"`           // other files, which were not looked into for messages; their digests are among the claims
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
	j       *job
	list    accountList
	files   map[string]*zip.File
	digests map[string]evidence.Digest
	ids     map[string][]string // see named
	unread  int
	accountTally
}

// accountTally is what a file of messages adds to; it is taken back if the file turns out to be none.
type accountTally struct {
	messages, linked          int // that are listed
	looked, text              int
	cut, cutThreads, cutMedia int
	odd                       int
	oddAt                     string // where the first one is
}

// accountReader reads one file of messages. found: it is one, of a form that is known; whole: it was read
// to its end.
type accountReader func(a *account, entry string, r io.Reader) (found, whole bool)

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
	{"instagram", func(dir, base string) bool {
		return metaMessages(dir, base, ".html") && strings.Contains(dir, "instagram")
	}, readMetaPage},
	{"facebook", func(dir, base string) bool {
		return metaMessages(dir, base, ".html") && strings.Contains(dir, "facebook")
	}, readMetaPage},
	{"meta", func(dir, base string) bool { return metaMessages(dir, base, ".html") }, readMetaPage},
	{"snapchat", func(_, base string) bool { return base == "chat_history.json" || base == "snap_history.json" }, readSnapchat},
	{"snapchat", func(_, base string) bool { return base == "chat_history.html" || base == "snap_history.html" }, nil},
	{"tiktok", func(_, base string) bool { return base == "user_data.json" || base == "user_data_tiktok.json" }, readTikTok},
	{"tiktok", func(_, base string) bool {
		return base == "direct messages.txt" || base == "chat history.txt" || base == "direct message.txt"
	}, readTikTokText},
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
		if !f.Mode().IsRegular() {
			continue
		}
		name := strings.ToLower(slashed(f.Name))
		for _, kind := range accountFiles {
			if kind.match(path.Dir(name), path.Base(name)) {
				if encrypted(f) && kind.read != nil {
					if ambiguous(path.Base(name)) {
						break // that it is encrypted is said
					}
					kind.read = nil
				}
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
	a := j.newAccount(file, "")
	for _, f := range z.File {
		a.files[slashed(f.Name)] = f
	}
	for _, w := range measured {
		a.digests[w.Name] = w.SHA256
	}
	left := int64(16 * maxAccountFile)
	for i, f := range found {
		known, whole := false, false
		if readers[i] != nil && left > 0 {
			known, whole = a.readEntry(f, readers[i], &left)
		}
		if err := j.ctx.Err(); err != nil {
			return true, err
		}
		entry := slashed(f.Name)
		if readers[i] != nil && !known && left > 0 && ambiguous(path.Base(entry)) {
			continue // a file of that name in another archive
		}
		if !known || !whole {
			a.notRead(entry)
		}
		if p := platforms[i]; a.list.Platform == "" || a.list.Platform == "meta" {
			a.list.Platform = p
		}
	}
	if len(a.list.Threads) == 0 && a.unread == 0 && a.odd == 0 {
		return false, nil
	}
	for _, f := range z.File {
		if !strings.HasSuffix(slashed(f.Name), "/") {
			a.list.Others++
		}
	}
	a.list.Others -= len(found)
	return true, a.finish(file)
}

func (j *job) newAccount(file evidence.Artifact, platform string) *account {
	return &account{j: j, files: map[string]*zip.File{}, digests: map[string]evidence.Digest{},
		list: accountList{Format: AccountFormat, Source: file.SHA256, Platform: platform, Threads: []accountThread{}}}
}

// ownNames are names that no other program gives.
var ownNames = regexp.MustCompile(`^(?:(?:chat|snap)_history\.json|user_data_tiktok\.json|direct-messages?.*\.js)$`)

// ambiguous are names that other programs give as well.
func ambiguous(base string) bool {
	return strings.EqualFold(base, "result.json") || telegramPage.MatchString(strings.ToLower(base))
}

func (a *account) readEntry(f *zip.File, read accountReader, left *int64) (known, whole bool) {
	r, err := f.Open()
	if err != nil {
		return false, false
	}
	defer r.Close()
	in := &accountInput{ctx: a.j.ctx, r: r, left: min(*left, maxAccountFile)}
	before := in.left
	known, whole = a.readFrom(in, slashed(f.Name), read)
	*left -= before - in.left
	return known, whole
}

// readFrom reads a file of messages; one that is none leaves nothing behind.
func (a *account) readFrom(in *accountInput, entry string, read accountReader) (known, whole bool) {
	tally, threads := a.accountTally, len(a.list.Threads)
	known, whole = read(a, entry, in)
	if !known {
		a.accountTally, a.list.Threads = tally, a.list.Threads[:threads]
		return false, whole
	}
	return true, in.whole() && whole
}

// copied is what a browser or a system puts behind a name that there was already.
var copied = regexp.MustCompile(`(?: ?\(\d+\)| - copy| copy)(\.[a-z]+)$`)

// accountFile lists the conversations of such a file that was brought alone.
func (j *job) accountFile(file evidence.Artifact) (bool, error) {
	base := copied.ReplaceAllString(strings.ToLower(j.name), "$1")
	for _, kind := range accountFiles {
		// Alone a file has no folder, so that only its own content tells.
		if kind.read == nil || !kind.match("messages/inbox/x", base) && !kind.match("data", base) && !kind.match("messages/c1", base) {
			continue
		}
		a := j.newAccount(file, kind.platform)
		in := &accountInput{ctx: j.ctx, r: io.NewSectionReader(j.in, 0, j.size), left: maxAccountFile}
		known, whole := a.readFrom(in, j.name, kind.read)
		if err := j.ctx.Err(); err != nil {
			return false, err
		}
		if !known && !whole && j.size > 0 && ownNames.MatchString(base) {
			a.notRead(j.name)
			return true, a.finish(file)
		}
		if !known || whole && len(a.list.Threads) == 0 && a.odd == 0 {
			continue
		}
		if !whole {
			a.notRead(j.name)
		}
		return true, a.finish(file)
	}
	return false, nil
}

func (a *account) notRead(entry string) {
	if a.unread++; len(a.list.Unread) < maxUnread {
		a.list.Unread = append(a.list.Unread, clip(entry))
	}
}

// oddIn counts an entry that was not read, or not whole.
func (a *account) oddIn(where string) {
	if a.odd++; a.odd == 1 {
		a.oddAt = clip(where)
	}
}

// thread begins a conversation; beyond the limit it is counted, and its messages are.
func (a *account) thread(entry, name string) int {
	if len(a.list.Threads) >= maxAccountThreads {
		a.cutThreads++
		return -1
	}
	a.list.Threads = append(a.list.Threads, accountThread{Entry: clip(entry), Name: clip(name), Messages: []accountMessage{}})
	return len(a.list.Threads) - 1
}

func (a *account) rename(t int, name string) {
	if t >= 0 && name != "" {
		a.list.Threads[t].Name = clip(name)
	}
}

func (a *account) own(t int) {
	if t >= 0 {
		a.list.Threads[t].Own = true
	}
}

func (a *account) joined(t int, name string) {
	if t >= 0 && name != "" {
		a.list.Threads[t].Participants = append(a.list.Threads[t].Participants, clip(name))
	}
}

// entry is a file of the archive.
func (a *account) entry(name string) *zip.File { return a.files[name] }

// add puts a message in its conversation; what is beyond the limits is counted.
func (a *account) add(t int, m accountMessage) {
	if a.text += len(m.Text); t < 0 || a.messages >= maxAccountMessages || a.text > maxAccountText {
		a.cut++
		return
	}
	a.messages++
	a.linked += len(m.Media)
	m.Text = strings.ToValidUTF8(m.Text, "\uFFFD")
	m.Sender, m.Time = clip(m.Sender), clip(m.Time)
	a.list.Threads[t].Messages = append(a.list.Threads[t].Messages, m)
}

// room reports whether one more file of a message is listed; else it is counted.
func (a *account) room(m *accountMessage) bool {
	if len(m.Media) >= maxMessageMedia || a.linked+len(m.Media) >= maxAccountMedia {
		a.cutMedia++
		return false
	}
	return true
}

// media finds the file that a message names, by its path from one of the places at which platforms count
// from: the top of the archive, any folder above the messages, or beside them.
func (a *account) media(entry, uri string) accountMedia {
	m := accountMedia{Name: clip(uri)}
	if uri == "" || len(uri) > maxMediaName || strings.Contains(uri, "://") {
		return m
	}
	dir := path.Dir(entry)
	for range maxMediaFolders {
		if at := path.Join(dir, uri); a.files[at] != nil {
			m.Entry = clip(at)
			if sum, ok := a.digests[at]; ok {
				m.SHA256 = &sum
			}
			return m
		}
		if dir == "." || dir == "/" {
			break
		}
		dir = path.Dir(dir)
	}
	return m
}

// named adds the files of a folder whose names hold an id: behind the first '_' without the ending, or
// in front of the first '-'. It reports whether there are any.
func (a *account) named(m *accountMessage, folder, id string) bool {
	if a.ids == nil {
		a.ids = map[string][]string{}
		for _, name := range slices.Sorted(maps.Keys(a.files)) {
			in, base := path.Base(path.Dir(name)), strings.TrimSuffix(path.Base(name), path.Ext(name))
			_, behind, _ := strings.Cut(base, "_")
			front, _, _ := strings.Cut(base, "-")
			for _, part := range slices.Compact([]string{behind, front}) {
				if part != "" {
					a.ids[in+"/"+part] = append(a.ids[in+"/"+part], name)
				}
			}
		}
	}
	if len(id) > maxMediaName {
		return false
	}
	names := a.ids[folder+"/"+id]
	for i, name := range names {
		if !a.room(m) {
			a.cutMedia += len(names) - i - 1
			break
		}
		f := accountMedia{Name: clip(path.Base(name)), Entry: clip(name)}
		if sum, ok := a.digests[name]; ok {
			f.SHA256 = &sum
		}
		m.Media = append(m.Media, f)
	}
	return len(names) > 0
}

// finish writes the list, and says what is in it and what is not.
func (a *account) finish(file evidence.Artifact) error {
	j, missing := a.j, 0
	a.list.Cut, a.list.Odd = a.cut+a.cutThreads+a.cutMedia, a.odd
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
	if len(senders) >= maxSenders {
		say(FactSenders, fmt.Sprintf("%d+", maxSenders))
	} else {
		say(FactSenders, fmt.Sprint(len(senders)))
	}
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
		j.problem(ProblemChatUnread, evidence.Say("account-unread", "{file}: {#n} files of messages of {platform} were not read, or not whole, the first is {name:+q}",
			file.Name, a.unread, a.list.Platform, a.list.Unread[0]))
	}
	if a.odd > 0 {
		j.problem(ProblemChatUnread, evidence.Say("account-odd", "{file}: {#n} entries of {platform} were not read, or not whole, the first is in {name:+q}",
			file.Name, a.odd, a.list.Platform, a.oddAt))
	}
	if a.cut > 0 {
		j.problem(ProblemChatText, evidence.Say("account-cut", "{file}: {#n} messages beyond {#max} are not listed", file.Name, a.cut, a.messages))
	}
	if a.cutThreads > 0 {
		j.problem(ProblemChatText, evidence.Say("account-cut-threads", "{file}: {#n} conversations beyond {#max} are not listed", file.Name, a.cutThreads, len(a.list.Threads)))
	}
	if a.cutMedia > 0 {
		j.problem(ProblemChatText, evidence.Say("account-cut-media", "{file}: {#n} files that messages name are not listed beyond {#max}", file.Name, a.cutMedia, a.linked))
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

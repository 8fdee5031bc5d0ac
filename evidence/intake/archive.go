package intake

import (
	"archive/zip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"path"
	"strings"
	"time"

	"constat/evidence"
	"constat/evidence/intake/whatsapp"
)

const (
	maxZIPList = 8 << 20  // bytes of the list at a ZIP's end; it is held in memory
	bigEntry   = 16 << 20 // bytes; from here on the ratio counts
	maxRatio   = 100      // unpacked to packed
	maxChats   = 20       // texts in a ZIP that are looked at as chats
)

// archive looks into a ZIP. Only a chat export is unpacked; any other ZIP, and
// every archive inside of one, is kept as it is and not opened.
func (j *job) archive(file evidence.Artifact) error {
	z, err := j.openZIP()
	if j.in.err != nil || j.ctx.Err() != nil {
		return j.readError(j.in.err)
	}
	if err != nil {
		j.problem(ProblemZIP, fileWhy(file.Name, err))
		return nil
	}
	j.number(file.Name, FromZIP, FactEntries, len(z.File))
	text, others := j.findChat(z)
	if j.ctx.Err() != nil || j.in.err != nil {
		return j.readError(j.in.err)
	}
	if text == nil {
		from := len(j.out.Within)
		if err := j.entries(file, z); err != nil {
			return err
		}
		if is, err := j.accountArchive(file, z, j.out.Within[from:]); is || err != nil {
			return err
		}
		j.unreadChat(file.Name, z)
		return nil
	}
	for _, o := range others {
		j.problem(
			ProblemChatUnread,
			evidence.Say("chat-second", "{file:+q}: another chat in the same ZIP, its messages are not listed", o.Name),
		)
	}
	j.out.Kind = WhatsApp
	j.p.Step(StepUnpack)
	u := unpacking{j: j, z: z, left: j.o.MaxSize, seen: map[string]bool{}}
	for _, f := range z.File {
		u.total = min(u.total+int64(min(f.UncompressedSize64, math.MaxInt64>>16)), j.o.MaxSize)
	}
	chat, err := u.entry(text)
	if err != nil || chat == nil {
		return err
	}
	for _, f := range z.File {
		if f != text {
			if _, err := u.entry(f); err != nil {
				return err
			}
		}
	}
	if u.tooMany > 0 {
		j.problem(ProblemZIPLimit, evidence.Say("zip-entries", "{file}: {#n} entries beyond {#max}", file.Name, u.tooMany, j.o.MaxEntries))
	}
	if u.tooMuch > 0 {
		j.problem(ProblemZIPLimit, evidence.Say("zip-bytes", "{file}: {#n} entries beyond {#max} bytes", file.Name, u.tooMuch, j.o.MaxSize))
	}
	j.p.Step(StepFacts)
	return j.chat(*chat, path.Base(slashed(text.Name)), text.Open, u.files)
}

// openZIP reads the list of a ZIP (APPNOTE 4.3.12) within a budget and refuses
// one whose entries overlap, which is how a small file unpacks to petabytes.
func (j *job) openZIP() (*zip.Reader, error) {
	b := &budget{r: j.in, left: maxZIPList}
	z, err := zip.NewReader(b, j.size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return nil, err
	}
	b.unlimit()
	packed := int64(0)
	for _, f := range z.File {
		if f.CompressedSize64 > uint64(j.size) {
			return nil, errZIPLarger
		}
		if packed += int64(f.CompressedSize64); packed > j.size {
			return nil, errZIPOverlap
		}
	}
	return z, nil
}

// findChat returns the text of a chat export, or nil, and further ones. A text of a name that no app
// gives counts if it begins as a chat, and a known name comes first.
func (j *job) findChat(z *zip.Reader) (text *zip.File, others []*zip.File) {
	var named, renamed []*zip.File
	for _, f := range z.File {
		name := path.Base(slashed(f.Name))
		if !strings.HasSuffix(strings.ToLower(name), ".txt") || !f.Mode().IsRegular() || len(named)+len(renamed) >= maxChats {
			continue
		}
		if encrypted(f) {
			j.problem(ProblemZIPEncrypted, evidence.Say("", "{file}", f.Name))
			continue
		}
		r, err := f.Open()
		if err != nil {
			if whatsapp.Named(name) {
				j.problem(ProblemChatUnread, evidence.Say("zip-method", "{file:+q}: method {#n}", f.Name, f.Method))
			}
			continue
		}
		head := make([]byte, headSize)
		n, _ := io.ReadFull(r, head)
		r.Close() // reading only; its error says nothing more
		switch {
		case whatsapp.Named(name) && whatsapp.Holds(head[:n]):
			named = append(named, f)
		case whatsapp.Begins(head[:n]):
			renamed = append(renamed, f)
		}
	}
	if all := append(named, renamed...); len(all) > 0 {
		return all[0], all[1:]
	}
	return nil, nil
}

// unreadChat says of a ZIP that has the names of a chat export and in which no chat could be read
// that it was not.
func (j *job) unreadChat(file string, z *zip.Reader) {
	media := 0
	for _, f := range z.File {
		name := path.Base(slashed(f.Name))
		if encrypted(f) {
			return // that was said
		}
		switch lower := strings.ToLower(name); {
		case f.Method != zip.Store && f.Method != zip.Deflate: // that was said, too
		case whatsapp.MediaName(name):
			media++
		case strings.HasSuffix(lower, ".txt") && (strings.HasPrefix(lower, "_chat") || strings.Contains(lower, "whatsapp")):
			j.problem(ProblemChatUnread, evidence.Say("chat-unread", "{file}: no message was found in it", f.Name))
		}
	}
	if media > 0 {
		j.problem(
			ProblemChatUnread,
			evidence.Say("chat-media-only", "{file}: {#n} files are named as in a chat export, no text of a chat was found", file, media),
		)
	}
}

func encrypted(f *zip.File) bool { return f.Flags&0x2041 != 0 }

// slashed takes the other system's separator for what it means there.
func slashed(name string) string { return strings.ReplaceAll(name, `\`, "/") }

// unpacking is one chat export on its way into the sink.
type unpacking struct {
	j                *job
	z                *zip.Reader
	left             int64 // bytes that may still be unpacked
	done, total      int64
	entries          int
	tooMany, tooMuch int
	seen             map[string]bool
	files            []chatFile
}

// entry stores one entry, exactly as the ZIP has it. What is wrong with it is a
// problem and yields nil: the ZIP itself, which is kept, still holds it.
func (u *unpacking) entry(f *zip.File) (*evidence.Artifact, error) {
	if strings.HasSuffix(f.Name, "/") {
		return nil, nil // a folder
	}
	if u.refuse(f) {
		return nil, nil
	}
	head, err := peek(f)
	if u.j.ctx.Err() != nil || u.j.in.err != nil {
		return nil, u.j.readError(u.j.in.err)
	}
	if err != nil {
		u.j.problem(ProblemZIPEntry, evidence.Say("file-why", "{file:+q}: {why}", f.Name, damage(err)))
		return nil, nil
	}
	r, err := f.Open()
	if err != nil {
		u.j.problem(ProblemZIPEntry, evidence.Say("file-why", "{file:+q}: {why}", f.Name, damage(err)))
		return nil, nil
	}
	defer r.Close()
	what := identify(strings.NewReader(string(head)), head, "")
	number := u.j.next
	a, n, err := u.j.put(u.j.artifact(what), r, min(u.left, int64(f.UncompressedSize64)), u.done, u.total)
	u.left -= n
	u.done += n
	var damaged *entryError
	switch {
	case errors.As(err, &damaged):
		u.j.next = number
		u.j.problem(ProblemZIPEntry, evidence.Say("file-why", "{file:+q}: {why}", f.Name, damage(damaged.err)))
		return nil, nil
	case err != nil:
		return nil, err
	}
	u.entries++
	u.describe(f, a, what)
	if what.media == mediaZIP || what.media == mediaEML { // not opened, but what lies in it is known
		if r, err := f.Open(); err == nil {
			defer r.Close()
			if _, _, _, err := u.j.measure(slashed(f.Name), io.LimitReader(r, int64(f.UncompressedSize64)), 0); err != nil && u.j.ctx.Err() != nil {
				return nil, u.j.readError(err)
			}
		}
	}
	return &a, nil
}

// refuse reports whether an entry stays in the ZIP only, and says why.
func (u *unpacking) refuse(f *zip.File) bool {
	size, packed := f.UncompressedSize64, f.CompressedSize64
	switch {
	case encrypted(f):
		u.j.problem(ProblemZIPEncrypted, evidence.Say("", "{file:+q}", f.Name))
	case !f.Mode().IsRegular():
		u.j.problem(ProblemZIPEntry, evidence.Say("file-why", "{file:+q}: {why}", f.Name, f.Mode().Type()))
	case f.Method != zip.Store && f.Method != zip.Deflate:
		u.j.problem(ProblemZIPEntry, evidence.Say("zip-method", "{file:+q}: method {#n}", f.Name, f.Method))
	case u.entries >= u.j.o.MaxEntries:
		u.tooMany++
	case size > uint64(u.left):
		u.tooMuch++
	case u.j.packed.total(size, packed):
		u.j.problem(ProblemZIPLimit, evidence.Say("zip-ratio", "{file:+q}: {#n} bytes out of {#packed}", f.Name, size, packed))
	case size > bigEntry && size/maxRatio > packed:
		u.j.problem(ProblemZIPLimit, evidence.Say("zip-ratio", "{file:+q}: {#n} bytes out of {#packed}", f.Name, size, packed))
	default:
		return false
	}
	return true
}

// ratio adds up what all entries of an import unpack to, and from how much.
type ratio struct{ whole, packed uint64 }

// total reports whether an entry would make the whole import unpack to many times what it is, and
// counts it if not: entries that are harmless one by one can fill a disk together.
func (r *ratio) total(size, packed uint64) bool {
	if whole := r.whole + size; whole > 16*bigEntry && whole/maxRatio > r.packed+packed {
		return true
	}
	r.whole, r.packed = r.whole+size, r.packed+packed
	return false
}

// peek reads the start of an entry, to tell its type.
func peek(f *zip.File) ([]byte, error) {
	r, err := f.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	head := make([]byte, min(f.UncompressedSize64, headSize))
	n, err := io.ReadFull(r, head)
	if err == io.ErrUnexpectedEOF {
		err = zip.ErrFormat
	}
	return head[:n], err
}

// describe keeps what the ZIP's list says of an entry that was stored.
func (u *unpacking) describe(f *zip.File, a evidence.Artifact, what content) {
	j := u.j
	j.originalName(a.Name, f.Name, FromZIP)
	if named := mismatch(f.Name, what.media); named != "" {
		j.fact(a.Name, FromContent, FactNamedOtherwise, fmt.Sprintf("name ends in %s, content is %s", named, what.media))
	}
	name := slashed(f.Name)
	if path.IsAbs(name) || path.Clean(name) != name || driveLetter(name) || strings.HasPrefix(name, "../") {
		j.problem(ProblemZIPName, evidence.Say("", "{file}: {name:+q}", a.Name, f.Name))
	}
	if u.seen[name] {
		j.problem(ProblemZIPDouble, evidence.Say("", "{file}: {name:+q}", a.Name, f.Name))
	}
	u.seen[name] = true
	u.files = append(u.files, chatFile{Name: strings.ToValidUTF8(f.Name, "\uFFFD"), Artifact: a.Name, Modified: zipTime(f)})
}

// driveLetter reports a name that a Windows program would take for a place on another drive.
func driveLetter(name string) bool {
	return len(name) > 1 && name[1] == ':' && (name[0]|0x20 >= 'a' && name[0]|0x20 <= 'z')
}

// zipTime is an entry's time as the list has it: an instant if an extra field
// gives one (APPNOTE 4.6, Info-ZIP), else a wall clock of no known zone.
func zipTime(f *zip.File) string {
	if f.Modified.IsZero() {
		return ""
	}
	for b := f.Extra; len(b) >= 4; {
		id, n := binary.LittleEndian.Uint16(b), int(binary.LittleEndian.Uint16(b[2:]))
		if n > len(b)-4 {
			break
		}
		if id == 0x000a || id == 0x000d || id == 0x5455 {
			return f.Modified.UTC().Format(time.RFC3339)
		}
		b = b[4+n:]
	}
	return f.Modified.Format("2006-01-02T15:04:05")
}

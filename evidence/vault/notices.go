package vault

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"constat/evidence"
	"constat/evidence/vault/check"
	"constat/evidence/vault/disk"
)

// Notice is something that was found when the vault was opened, and that its owner must be told.
type Notice struct {
	Kind NoticeKind
	Case string    // id, if it is about one
	Name string    // title of that case, if the vault wrote it
	Path string    // within the vault, if it is about a file
	Time time.Time // of what is newer elsewhere, or lost
	N    int       // how many
}

// NoticeKind says what was found.
type NoticeKind string

const (
	NoticeOldCase  NoticeKind = "old-case"  // the log of a case went further than it does here
	NoticeCaseGone NoticeKind = "case-gone" // a case is not there any more
	NoticeOldState NoticeKind = "old-state" // state.age is older than the newest that was seen
	NoticeOldKey   NoticeKind = "old-key"   // identity.age or recovery.age is not the one that was written last
	NoticePlanted  NoticeKind = "planted"   // something lies in the folder that the vault did not put there
	NoticeForeign  NoticeKind = "foreign"   // a case, or files of its log, were not written by this vault
	NoticeUnlocked NoticeKind = "read-only" // the folder cannot be written
)

func (n Notice) String() string { return fmt.Sprint(n.Kind, " ", n.Case, n.Path, " ", n.Time) }

// Notices returns what was found when the vault was opened, and that its owner must be told.
func (v *Vault) Notices() []Notice {
	v.mu.Lock()
	defer v.mu.Unlock()
	return slices.Clone(v.notices)
}

// notice looks for what is older than what is known, and for cases that are gone. It opens no case
// unless its head is not the one that is known.
func (v *Vault) notice(ctx context.Context) error {
	add := func(n Notice) {
		v.mu.Lock()
		defer v.mu.Unlock()
		v.notices = append(v.notices, n)
	}
	if _, err := v.disk.ReadDir(v.path(pendingName)); planted(err) {
		add(Notice{Kind: NoticePlanted, Path: pendingName})
	}
	if v.unlocked || Unwritable(disk.Writable(v.dir)) {
		add(Notice{Kind: NoticeUnlocked})
	}
	if v.Old() {
		return nil
	}
	if v.stateDamage == nil {
		if serial, written := v.heads.State(); serial > v.state.Serial {
			add(Notice{Kind: NoticeOldState, Path: stateName, Time: written})
		}
		for _, name := range []string{identityName, recoveryName} {
			if planted(v.plainFile(name)) {
				add(Notice{Kind: NoticePlanted, Path: name})
				continue
			}
			want, ok := v.state.Keys[name]
			if got, err := v.fileDigest(name); err == nil && ok && got != want {
				add(Notice{Kind: NoticeOldKey, Path: name, Time: v.state.Written})
			}
		}
		v.heads.NoteState(v.state.Serial, v.state.Written)
	}
	entries, err := v.disk.ReadDir(v.path(casesName))
	if err != nil {
		return passOver(err)
	}
	there := map[string]bool{}
	for _, e := range entries {
		if evidence.CheckCaseID(e.Name()) != nil {
			continue
		}
		there[e.Name()] = true
		if err := v.noticeCase(ctx, e.Name(), add); err != nil {
			return err
		}
	}
	gone := slices.Clone(v.state.Cases)
	elsewhere, _ := v.heads.Known()
	for id := range elsewhere {
		if !slices.Contains(gone, id) {
			gone = append(gone, id)
		}
	}
	slices.Sort(gone)
	for _, id := range gone {
		if !there[id] {
			head, _ := v.heads.Of(id)
			add(Notice{Kind: NoticeCaseGone, Case: id, Time: head.Time, N: head.Exhibits})
		}
	}
	return nil
}

func (v *Vault) noticeCase(ctx context.Context, id string, add func(Notice)) error {
	c := v.newCase(id)
	h, err := c.readHead()
	known, ok := v.heads.Of(id)
	if err == nil && (!ok || known.Seq == h.Seq && known.SHA256 == h.SHA256) {
		there, err := v.disk.FS.Exists(c.path(logName, logFileName(h.Seq)))
		next, err2 := v.disk.FS.Exists(c.path(logName, logFileName(h.Seq+1)))
		if err == nil && err2 == nil && there && !next {
			v.heads.Note(id, h.head())
			return nil
		}
	}
	open, err := v.openCase(ctx, id)
	if _, unknown := errors.AsType[*UnknownCaseError](err); unknown {
		return nil
	}
	if errors.Is(err, ErrForeign) {
		add(Notice{Kind: NoticeForeign, Case: id})
		return nil
	}
	if err != nil {
		return err
	}
	open.mu.Lock()
	l := open.log
	title := l.info.Title
	lost, strange, whole := slices.Clone(l.lost), len(l.foreign), len(l.lost) == 0 && l.damage == nil && l.length() > 0
	var now Head
	if whole {
		now = l.end()
	}
	open.mu.Unlock()
	for _, h := range lost {
		add(Notice{Kind: NoticeOldCase, Case: id, Name: title, Time: h.Time, N: int(h.Seq)})
	}
	if strange > 0 {
		add(Notice{Kind: NoticeForeign, Case: id, Name: title, N: strange})
	}
	if whole {
		v.heads.Note(id, now)
	}
	return nil
}

// plainFile opens a file and closes it: the error says whether it is one.
func (v *Vault) plainFile(name string) error {
	f, err := v.disk.FS.Open(v.path(name))
	if err != nil {
		return err
	}
	return f.Close()
}

// Check examines the whole vault from the bytes on disk; see package check for
// what it looks at. An error means that it could not be carried out; damage is
// a check that failed. It may run while the vault is written.
func (v *Vault) Check(ctx context.Context, p evidence.Progress) ([]evidence.Check, error) {
	if err := v.begin(ctx); err != nil {
		return nil, err
	}
	defer v.done()
	if p == nil {
		p = evidence.NoProgress{}
	}
	return check.Run(ctx, v.dir, v.identity, v.Recipient(), v.knownHeads(), p)
}

// knownHeads is what was known of the vault outside of its folder, in the checker's own terms.
func (v *Vault) knownHeads() check.Known {
	k := check.Known{From: "this device"}
	known, since := v.heads.Known()
	if known == nil {
		return k
	}
	k.Since = since.Format(time.RFC3339)
	k.Heads = map[string]check.Head{}
	for id, h := range known {
		k.Heads[id] = check.Head{Seq: h.Seq, SHA256: h.SHA256, Time: h.Time.Format(time.RFC3339), Exhibits: h.Exhibits}
	}
	return k
}

// KnownElsewhere reports whether, before the vault was opened, anything outside of its folder knew
// how far its logs went.
func (v *Vault) KnownElsewhere() bool {
	known, _ := v.heads.Known()
	return known != nil
}

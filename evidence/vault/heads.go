package vault

import (
	"fmt"
	"path/filepath"
	"sync"
	"time"

	"filippo.io/age"

	"constat/evidence"
	"constat/evidence/vault/disk"
)

const headsFormat = "constat-heads/1"

// headsFile is what is known of a vault outside of its folder: how far each log went.
type headsFile struct {
	Format string          `json:"format"`
	Since  time.Time       `json:"since"`  // UTC, since when this place knows the vault
	Serial uint64          `json:"serial"` // of the newest state.age that was seen
	State  time.Time       `json:"state"`  // UTC, when that was written
	Cases  map[string]Head `json:"cases"`
}

// heads keeps that file. Whoever can write to the vault's folder cannot take it back there. Its errors go nowhere:
// a place that cannot be written knows less, and nothing that is recorded depends on it. A nil one knows nothing.
type heads struct {
	disk  disk.Disk
	dir   string
	name  string
	key   []byte
	to    age.Recipient
	found bool // it was there before the vault was opened this time

	mu   sync.Mutex
	file headsFile
}

// openHeads reads what is known of the vault in a folder of the program.
func (v *Vault) openHeads() *heads {
	if v.opts.Heads == "" {
		return nil
	}
	dir, err := filepath.Abs(v.opts.Heads)
	if err != nil {
		return nil
	}
	sum := evidence.Sum([]byte(v.own.String())).String()
	h := &heads{disk: disk.New(dir, nil, v.opts.Rand), dir: dir, name: sum[:32] + ".age", key: v.keys.heads, to: v.own}
	b, err := readSealed(h.disk, dir, h.name, v.identity, maxState)
	if err == nil && readSignedJSON(b, h.key, &h.file) == nil && h.file.Format == headsFormat {
		h.found = true
	} else {
		h.file = headsFile{Since: v.opts.Now().UTC().Truncate(time.Second)}
	}
	if h.file.Cases == nil {
		h.file.Cases = map[string]Head{}
	}
	h.file.Format = headsFormat
	return h
}

// sawVersion2 reports whether the vault was of version 2 when it was seen last.
func (h *heads) sawVersion2() bool { return h != nil && h.found && h.file.Serial > 0 }

// of returns how far the log of a case is known to have gone.
func (h *heads) of(caseID string) (Head, bool) {
	if h == nil {
		return Head{}, false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	head, ok := h.file.Cases[caseID]
	return head, ok
}

// note keeps the head of a log that has, or accounts for, the one that was known.
func (h *heads) note(caseID string, head Head) {
	if h == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.file.Cases[caseID] == head {
		return
	}
	h.file.Cases[caseID] = head
	h.store()
}

// noteState keeps which state.age was the newest.
func (h *heads) noteState(serial uint64, written time.Time) {
	if h == nil {
		return
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if serial > h.file.Serial {
		h.file.Serial, h.file.State = serial, written
		h.store()
	}
}

func (h *heads) store() {
	b, err := signedJSON(h.file, h.key)
	if err != nil || h.disk.Mkdir(h.dir) != nil {
		return
	}
	_ = h.disk.Write(h.dir, h.name, sealed(b, h.to))
}

// known returns what is known, for the checker: nil if nothing was before the vault was opened.
func (h *heads) known() map[string]Head {
	if h == nil || !h.found {
		return nil
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	list := map[string]Head{}
	for id, head := range h.file.Cases {
		list[id] = head
	}
	return list
}

// Notice is something that was found when the vault was opened, and that its owner must be told.
type Notice struct {
	Kind NoticeKind
	Case string    // id, if it is about one
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

package heads

import (
	"io"
	"maps"
	"path/filepath"
	"sync"
	"time"

	"filippo.io/age"

	"constat/evidence"
	"constat/evidence/vault/disk"
	"constat/evidence/vault/origin"
)

const (
	format  = "constat-heads/1"
	maxFile = 4 << 20 // bytes of plaintext
)

// Head is how far a log went, as it was noted somewhere.
type Head struct {
	Seq      uint64
	SHA256   evidence.Digest
	Time     time.Time // UTC, of the entry
	Exhibits int       // the highest number of an exhibit
}

// file is what is known of a vault.
type file struct {
	Format string          `json:"format"`
	Since  time.Time       `json:"since"`  // UTC, since when this place knows the vault
	Serial uint64          `json:"serial"` // of the newest state.age that was seen
	State  time.Time       `json:"state"`  // UTC, when that was written
	Cases  map[string]Head `json:"cases"`
}

// Heads is what is known of one vault in one folder.
type Heads struct {
	disk  disk.Disk
	dir   string
	name  string
	key   []byte
	to    age.Recipient
	found bool // it was there before the vault was opened this time

	mu   sync.Mutex
	file file
}

// Open reads what a folder of the program knows of the vault whose private key this is.
func Open(folder string, id *age.HybridIdentity, key []byte, random io.Reader, now time.Time) *Heads {
	dir, err := filepath.Abs(folder)
	if folder == "" || err != nil {
		return nil
	}
	own := id.Recipient()
	sum := evidence.Sum([]byte(own.String())).String()
	h := &Heads{disk: disk.New(dir, nil, random), dir: dir, name: sum[:32] + ".age", key: key, to: own}
	b, err := h.read(id)
	if err == nil && origin.Decode(b, h.key, &h.file) == nil && h.file.Format == format {
		h.found = true
	} else {
		h.file = file{Since: now.UTC().Truncate(time.Second)}
	}
	if h.file.Cases == nil {
		h.file.Cases = map[string]Head{}
	}
	h.file.Format = format
	return h
}

func (h *Heads) read(id age.Identity) (b []byte, err error) {
	f, err := h.disk.FS.Open(filepath.Join(h.dir, h.name))
	if err != nil {
		return nil, err
	}
	defer f.Close() //nolint:errcheck // it was only read
	plain, err := age.Decrypt(f, id)
	if err != nil {
		return nil, err
	}
	return io.ReadAll(io.LimitReader(plain, maxFile))
}

// New says that the vault is known from its first day.
func (h *Heads) New() {
	if h != nil {
		h.found = true
	}
}

// SawVersion2 reports whether the vault was of version 2 when it was seen last.
func (h *Heads) SawVersion2() bool { return h != nil && h.found && h.file.Serial > 0 }

// Of returns how far the log of a case is known to have gone.
func (h *Heads) Of(caseID string) (Head, bool) {
	if h == nil {
		return Head{}, false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	head, ok := h.file.Cases[caseID]
	return head, ok
}

// Note keeps the head of a log that has, or accounts for, the one that was known.
func (h *Heads) Note(caseID string, head Head) {
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

// State returns the number of the newest state.age that was seen, and when that was written.
func (h *Heads) State() (serial uint64, written time.Time) {
	if h == nil {
		return 0, time.Time{}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.file.Serial, h.file.State
}

// NoteState keeps which state.age was the newest.
func (h *Heads) NoteState(serial uint64, written time.Time) {
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

func (h *Heads) store() {
	b, err := origin.Encode(h.file, h.key)
	if err != nil || h.disk.Mkdir(h.dir) != nil {
		return
	}
	_ = h.disk.Write(h.dir, h.name, func(w io.Writer) error {
		a, err := age.Encrypt(w, h.to)
		if err != nil {
			return err
		}
		if _, err := a.Write(b); err != nil {
			return err
		}
		return a.Close()
	})
}

// Known returns what was known before the vault was opened, and since when: nil if nothing was.
func (h *Heads) Known() (list map[string]Head, since time.Time) {
	if h == nil || !h.found {
		return nil, time.Time{}
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return maps.Clone(h.file.Cases), h.file.Since
}

package replica

import (
	"errors"
	"io"
	"path/filepath"
	"time"

	"constat/evidence"
	"constat/evidence/vault"
	"constat/evidence/vault/disk"
)

const (
	stateFormat  = "constat-copy-state/1"
	statePurpose = "constat-copy state"
	maxStateFile = 512 << 20
)

// copied is a file of the vault as it was when it was put.
type copied struct {
	Size     int64           `json:"size"`
	Modified int64           `json:"modified"` // nanoseconds since 1970
	SHA256   evidence.Digest `json:"sha256"`
}

// state is what this device remembers of a copy. It lies outside of the vault and of the place, so
// that neither can put it back; a device that lost it reads the heads.
type state struct {
	Format string            `json:"format"`
	Device string            `json:"device"`
	Number uint64            `json:"number"` // of the head that was pushed, or seen, last
	SHA256 evidence.Digest   `json:"sha256,omitzero"`
	Time   time.Time         `json:"time,omitzero"`
	Listed int               `json:"listed"` // files that heads named since the last whole one
	Files  map[string]copied `json:"files"`  // by path
	Locked time.Time         `json:"locked,omitzero"`

	// The first day on which anything of the copy can be removed, as far as is known; and until when
	// locks are to last, if making them so was interrupted.
	LockedFirst time.Time `json:"locked_first,omitzero"`
	ExtendTo    time.Time `json:"extend_to,omitzero"`
}

func (c *Copy) stateFile(k *vault.Key) (dir, name string) {
	dir, err := filepath.Abs(c.State)
	if err != nil {
		dir = c.State
	}
	return dir, k.ID() + "-" + c.Name + ".age"
}

func (c *Copy) loadState(k *vault.Key) (state, error) {
	var s state
	dir, name := c.stateFile(k)
	if f, err := (disk.OS{Dir: dir}).Open(filepath.Join(dir, name)); err == nil {
		b, err := io.ReadAll(io.LimitReader(f, maxStateFile))
		if err := errors.Join(err, f.Close()); err == nil && k.Open(statePurpose, b, &s) == nil && s.Format == stateFormat && s.Device != "" {
			if s.Files == nil {
				s.Files = map[string]copied{}
			}
			return s, nil
		}
	}
	device, err := disk.New(dir, nil, c.Rand).RandomHex(8)
	return state{Format: stateFormat, Device: device, Files: map[string]copied{}}, err
}

// saveState keeps it. A folder that cannot be written costs time at the next push, and the
// knowledge of what was last.
func (c *Copy) saveState(k *vault.Key, s state) {
	dir, name := c.stateFile(k)
	b, err := k.Seal(statePurpose, s)
	d := disk.New(dir, nil, nil)
	if err != nil || d.Mkdir(dir) != nil {
		return
	}
	_ = d.Write(dir, name, func(w io.Writer) error { _, err := w.Write(b); return err })
}

// Last is what this device remembers of its last push, or false.
func (c *Copy) Last(v *vault.Vault) (Pushed, bool) {
	k, err := v.Key()
	if err != nil {
		return Pushed{}, false
	}
	s, err := c.loadState(k)
	return Pushed{Number: s.Number, Time: s.Time, Total: len(s.Files), LockedUntil: s.Locked, LockedFirst: s.LockedFirst}, err == nil && s.Number > 0
}

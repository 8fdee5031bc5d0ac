package vault

import (
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"constat/evidence"
	"constat/evidence/vault/origin"
)

const (
	stateName   = "state.age"
	stateFormat = "constat-state/1"
	maxState    = 4 << 20 // bytes of plaintext
	maxActs     = 1000
)

// maxFurther bounds the further recipients: each adds 1.6 KB to every file.
const maxFurther = 16

// state is what the vault must know for certain: it is encrypted, and carries a
// code that only the vault's own key can make. It is replaced, never changed.
type state struct {
	Format     string             `json:"format"`
	Recipients []FurtherRecipient `json:"recipients"`
	Reseal     reseal             `json:"reseal,omitempty"`
	Acts       []act              `json:"acts,omitempty"`

	// Of version 2.
	Version  int                        `json:"version,omitempty"`  // of the vault
	Serial   uint64                     `json:"serial,omitempty"`   // counts the times that it was written
	Written  time.Time                  `json:"written,omitzero"`   // UTC, when that was last
	Cases    []string                   `json:"cases,omitempty"`    // those that were begun
	Unproven []string                   `json:"unproven,omitempty"` // cases of version 1 that were too damaged to be migrated
	Keys     map[string]evidence.Digest `json:"keys,omitempty"`     // SHA-256 of identity.age and recovery.age, as written last
}

// reseal says which files may still be encrypted to other recipients.
type reseal string

const (
	resealNone  reseal = ""
	resealCount reseal = "count" // those with another number of recipients
	resealAll   reseal = "all"   // any: it is not known to whom
)

// FurtherRecipient is somebody who can read the vault beside its owner.
type FurtherRecipient struct {
	Recipient string    `json:"recipient"` // age1pq1…
	Name      string    `json:"name"`      // as the owner typed it
	Added     time.Time `json:"added"`     // UTC
}

// Fingerprint is the SHA-256 of the recipient's text; custody entries name it.
func (r FurtherRecipient) Fingerprint() evidence.Digest { return evidence.Sum([]byte(r.Recipient)) }

// act is something that was done to the whole vault and has yet to be written
// into the log of each case.
type act struct {
	ID     string            `json:"id"` // detail "change" of the entries; 16 hex characters
	Action evidence.Action   `json:"action"`
	Time   time.Time         `json:"time"` // UTC
	Detail map[string]string `json:"detail,omitempty"`
	// File and SHA256 tell whether the act took place: if the file has this
	// digest. They are empty for what is known to have taken place.
	File   string          `json:"file,omitempty"`
	SHA256 evidence.Digest `json:"sha256,omitzero"`
}

var errState = errors.New("not a state of this vault")

func (s state) check() error {
	if s.Format != stateFormat {
		return fmt.Errorf("%w: format %.40q", errState, s.Format)
	}
	if len(s.Recipients) > maxFurther || len(s.Acts) > maxActs {
		return fmt.Errorf("%w: %d recipients, %d acts", errState, len(s.Recipients), len(s.Acts))
	}
	switch s.Reseal {
	case resealNone, resealCount, resealAll:
	default:
		return fmt.Errorf("%w: reseal %.40q", errState, s.Reseal)
	}
	for _, a := range s.Acts {
		if a.Action == "" || evidence.CheckCaseID(a.ID) != nil || a.File != "" && a.File != identityName && a.File != recoveryName {
			return fmt.Errorf("%w: act %.40q", errState, a.ID)
		}
	}
	_, err := s.further()
	return err
}

// further returns the keys of the further recipients.
func (s state) further() ([]age.Recipient, error) {
	var list []age.Recipient
	for _, r := range s.Recipients {
		to, err := age.ParseHybridRecipient(r.Recipient)
		if err != nil {
			return nil, fmt.Errorf("%w: recipient %.40q", errState, r.Name)
		}
		list = append(list, to)
	}
	return list, nil
}

// encodeState returns the plaintext of state.age; see [signedJSON].
func encodeState(s state, key []byte) ([]byte, error) {
	s.Format = stateFormat
	if s.Recipients == nil {
		s.Recipients = []FurtherRecipient{}
	}
	if err := s.check(); err != nil {
		return nil, err
	}
	return origin.Encode(s, key)
}

func decodeState(b, key []byte) (state, error) {
	var s state
	if err := origin.Decode(b, key, &s); err != nil {
		return state{}, fmt.Errorf("%w: %w", errState, err)
	}
	return s, s.check()
}

// readState reads state.age. If it is missing or not authentic the vault opens
// all the same, writes for its owner alone, and says so.
func (v *Vault) readState() error {
	b, err := readSealed(v.disk, v.dir, stateName, v.identity, maxState)
	var s state
	if err == nil {
		if s, err = decodeState(b, v.keys.State); err != nil {
			err = &CorruptError{Path: stateName, Reason: "is not authentic", Err: err}
		}
	}
	if _, damaged := errors.AsType[*CorruptError](err); damaged {
		v.stateDamage = err
		return nil
	}
	if err != nil {
		return err
	}
	return v.adopt(s)
}

// adopt makes s the present state. The caller holds v.swap, or is alone.
func (v *Vault) adopt(s state) error {
	further, err := s.further()
	if err != nil {
		return err
	}
	v.state, v.stateDamage = s, nil
	v.to = append([]age.Recipient{v.own}, further...)
	v.generation++
	return nil
}

// readers returns to whom files are encrypted, the owner first, and a number
// that changes whenever they do.
func (v *Vault) readers() ([]age.Recipient, uint64) {
	v.swap.RLock()
	defer v.swap.RUnlock()
	return v.to, v.generation
}

// distrust drops the further recipients for as long as nothing better is known.
func (v *Vault) distrust(reason string) {
	v.swap.Lock()
	defer v.swap.Unlock()
	if v.stateDamage != nil {
		return
	}
	v.stateDamage = &CorruptError{Path: stateName, Reason: reason}
	v.to = []age.Recipient{v.own}
	v.generation++
}

// writeState makes a changed copy of the state durable and adopts it. Nothing
// is recorded meanwhile. A damaged state begins anew: then it is not known to
// whom the files there are encrypted. The caller holds v.acting.
func (v *Vault) writeState(change func(*state) error) error {
	v.swap.Lock()
	defer v.swap.Unlock()
	next := v.state
	next.Recipients, next.Acts = slices.Clone(next.Recipients), slices.Clone(next.Acts)
	next.Cases, next.Unproven, next.Keys = slices.Clone(next.Cases), slices.Clone(next.Unproven), maps.Clone(next.Keys)
	if next.Keys == nil {
		next.Keys = map[string]evidence.Digest{}
	}
	if v.stateDamage != nil {
		reset, err := v.newAct(evidence.ActRecipientsReset, map[string]string{"reason": v.stateDamage.Error()})
		if err != nil {
			return err
		}
		next = state{Reseal: resealAll, Acts: []act{reset}, Keys: map[string]evidence.Digest{}}
		if !v.Old() {
			next.Version = version
		}
	}
	if err := change(&next); err != nil {
		return err
	}
	next, err := v.storeState(next)
	if err != nil {
		return err
	}
	return v.adopt(next)
}

// storeState writes state.age, for the owner alone, and returns what it wrote.
func (v *Vault) storeState(s state) (state, error) {
	if s.Version >= version {
		s.Serial++
		seen, _ := v.heads.State()
		s.Serial = max(s.Serial, seen+1)
		s.Written = v.opts.Now().UTC().Truncate(time.Second)
	}
	b, err := encodeState(s, v.keys.State)
	if err != nil {
		return state{}, err
	}
	if err := v.disk.Write(v.dir, stateName, sealed(b, v.own)); err != nil {
		return state{}, fmt.Errorf("write %s: %w", stateName, err)
	}
	v.heads.NoteState(s.Serial, s.Written)
	return s, nil
}

func (v *Vault) newAct(a evidence.Action, detail map[string]string) (act, error) {
	if r := a.Rule(); !r.Vault || r.Alone {
		return act{}, fmt.Errorf("action %q is not the vault's own", a)
	}
	id, err := v.disk.RandomHex(caseIDBytes)
	return act{ID: id, Action: a, Time: v.opts.Now().UTC().Round(0).Truncate(time.Millisecond), Detail: detail}, err
}

// fileDigest is the SHA-256 of a key file's encrypted bytes; zero if it is missing.
func (v *Vault) fileDigest(name string) (evidence.Digest, error) {
	b, err := readPlain(v.disk.FS, filepath.Join(v.dir, name), maxKeyFile)
	if err != nil && (planted(err) || v.disk.Missing(err)) {
		return evidence.Digest{}, nil
	}
	return evidence.Sum(b), err
}

// fingerprints joins those of the further recipients, for a case's first entry.
func (s state) fingerprints() string {
	var list []string
	for _, r := range s.Recipients {
		list = append(list, r.Fingerprint().String())
	}
	return strings.Join(list, " ")
}

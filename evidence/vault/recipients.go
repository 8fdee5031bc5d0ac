package vault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"
	"strings"
	"unicode/utf8"

	"filippo.io/age"

	"constat/evidence"
	"constat/evidence/vault/disk"
	"constat/evidence/vault/origin"
)

// maxRecipientName is counted in characters.
const maxRecipientName = 200

// Recipients lists the further recipients: who can read the vault beside its
// owner. If the list is damaged it is empty; see [Vault.RecipientsDamage].
func (v *Vault) Recipients() []FurtherRecipient {
	v.swap.RLock()
	defer v.swap.RUnlock()
	if v.stateDamage != nil {
		return nil
	}
	return slices.Clone(v.state.Recipients)
}

// RecipientsDamage returns nil, or why the list of further recipients cannot be
// trusted: a *[CorruptError]. What is recorded is then encrypted for the owner
// alone. The next change of recipients, passphrase or code begins a new list,
// writes "recipients-reset" into each log, and [Vault.FinishRecipients] then
// encrypts everything anew.
func (v *Vault) RecipientsDamage() error {
	v.swap.RLock()
	defer v.swap.RUnlock()
	return v.stateDamage
}

// RecipientsUnfinished reports whether a change of recipients was interrupted:
// then some files are still encrypted as before it, or its entry is missing from
// some logs. [Vault.FinishRecipients] takes it up again.
func (v *Vault) RecipientsUnfinished() bool {
	v.swap.RLock()
	defer v.swap.RUnlock()
	return v.stateDamage == nil && (v.state.Reseal != resealNone || len(v.state.Acts) > 0)
}

// IsRecipient reports whether a text is a key that [Vault.AddRecipient] can take.
func IsRecipient(recipient string) bool {
	_, err := age.ParseHybridRecipient(strings.TrimSpace(recipient))
	return err == nil
}

// AddRecipient lets the holder of another key, such as an organisation that is
// to help, read everything: what is recorded from now on, and, when the call has
// returned without an error, all that was recorded before. recipient is the text
// of a post-quantum age recipient, age1pq1…; age refuses to mix those with
// classic ones (age1…, ssh), and so does this: [ErrRecipient]. name is for
// the owner's eyes and the custody log.
//
// The list is changed first; then each case's log gets an entry
// "recipient-added" (details "name", "recipient_sha256", "change"); then every
// file is encrypted again, one at a time, each replaced only after it was read
// back. After an error or a crash the change stands, and
// [Vault.FinishRecipients] does the rest. Progress hears files.
//
// Further recipients cannot write into the vault unnoticed, sign for it, or see
// who else can read it. Adding one that is there finishes what was unfinished.
func (v *Vault) AddRecipient(ctx context.Context, recipient, name string, p evidence.Progress) error {
	to, err := age.ParseHybridRecipient(strings.TrimSpace(recipient))
	if err != nil {
		return fmt.Errorf("%w: %.100s", ErrRecipient, err.Error())
	}
	name = strings.TrimSpace(evidence.Clean(name))
	if utf8.RuneCountInString(name) > maxRecipientName {
		return fmt.Errorf("%w: name of more than %d characters", ErrRecipient, maxRecipientName)
	}
	r := FurtherRecipient{Recipient: to.String(), Name: name, Added: v.opts.Now().UTC().Round(0)}
	if r.Recipient == v.Recipient() {
		return fmt.Errorf("%w: it is the vault's own", ErrRecipient)
	}
	return v.changeRecipients(ctx, p, func(s *state) (evidence.Action, FurtherRecipient, error) {
		if slices.ContainsFunc(s.Recipients, r.same) {
			return "", r, nil
		}
		if len(s.Recipients) >= maxFurther {
			return "", r, fmt.Errorf("%w: there are %d already", ErrRecipient, maxFurther)
		}
		s.Recipients = append(s.Recipients, r)
		return evidence.ActRecipientAdded, r, nil
	})
}

// RemoveRecipient takes a further recipient off the list: nothing that is
// recorded from now on is encrypted to them, and all that is there is encrypted
// anew, with new file keys, as [Vault.AddRecipient] does it. Each log gets an
// entry "recipient-removed". It cannot take back what they have copied before,
// nor what is in older copies of the folder. Removing one that is not on the
// list finishes what was unfinished.
func (v *Vault) RemoveRecipient(ctx context.Context, recipient string, p evidence.Progress) error {
	gone := FurtherRecipient{Recipient: strings.ToLower(strings.TrimSpace(recipient))}
	return v.changeRecipients(ctx, p, func(s *state) (evidence.Action, FurtherRecipient, error) {
		i := slices.IndexFunc(s.Recipients, gone.same)
		if i < 0 {
			return "", gone, nil
		}
		r := s.Recipients[i]
		s.Recipients = slices.Delete(s.Recipients, i, i+1)
		return evidence.ActRecipientRemoved, r, nil
	})
}

func (r FurtherRecipient) same(other FurtherRecipient) bool { return r.Recipient == other.Recipient }

// compareRecipients notices a list of recipients that was put back to an
// earlier one: the log of a case says that somebody was removed, and the list
// names them again.
func (v *Vault) compareRecipients(log *caseLog) {
	if log.damage != nil || len(log.readers) == 0 {
		return
	}
	v.swap.RLock()
	recipients, acts := v.state.Recipients, v.state.Acts
	v.swap.RUnlock()
	for _, r := range recipients {
		fingerprint := r.Fingerprint().String()
		added, said := log.readers[fingerprint]
		owed := slices.ContainsFunc(acts, func(a act) bool { return a.Detail["recipient_sha256"] == fingerprint })
		if said && !added && !owed {
			v.distrust("names a recipient that the log of case " + log.id + " says was removed")
		}
	}
}

// FinishRecipients takes up an interrupted change of recipients: it writes the
// missing custody entries and encrypts what is still encrypted as before.
// If nothing is unfinished it does nothing.
func (v *Vault) FinishRecipients(ctx context.Context, p evidence.Progress) error {
	if err := v.begin(ctx); err != nil {
		return err
	}
	defer v.done()
	v.acting.Lock()
	defer v.acting.Unlock()
	return v.finish(ctx, p)
}

// changeRecipients makes one change at a time: files whose encryption is
// unfinished are told by their number of recipients, so the change before must be done.
func (v *Vault) changeRecipients(ctx context.Context, p evidence.Progress,
	change func(*state) (evidence.Action, FurtherRecipient, error)) error {
	if err := v.begin(ctx); err != nil {
		return err
	}
	defer v.done()
	v.acting.Lock()
	defer v.acting.Unlock()
	if err := v.finish(ctx, p); err != nil {
		return err
	}
	err := v.writeState(func(s *state) error {
		action, r, err := change(s)
		if err != nil || action == "" {
			return err
		}
		a, err := v.newAct(action, map[string]string{"name": r.Name, "recipient_sha256": r.Fingerprint().String()})
		s.Acts = append(s.Acts, a)
		if s.Reseal == resealNone {
			s.Reseal = resealCount
		}
		return err
	})
	if err != nil {
		return err
	}
	return v.finish(ctx, p)
}

// finish does all that the state says is owed. The caller holds v.acting.
func (v *Vault) finish(ctx context.Context, p evidence.Progress) error {
	if err := v.settle(ctx); err != nil {
		return err
	}
	if v.RecipientsDamage() != nil || v.state.Reseal == resealNone {
		return nil
	}
	if p == nil {
		p = evidence.NoProgress{}
	}
	p.Step(evidence.StepEncrypt)
	readers, generation := v.readers()
	r := &resealing{v: v, all: v.state.Reseal == resealAll, readers: readers, p: p}
	if err := v.eachCase(ctx, r.count); err != nil {
		return err
	}
	p.Amount(0, r.total)
	if err := v.eachCase(ctx, func(c *Case) error { return r.oneCase(ctx, c) }); err != nil {
		return err
	}
	return v.writeState(func(s *state) error {
		if v.generation != generation {
			return fmt.Errorf("list of recipients was dropped meanwhile: %w", v.stateDamage)
		}
		s.Reseal = resealNone
		return nil
	})
}

// resealing is one pass over all files of all cases.
type resealing struct {
	v           *Vault
	all         bool
	readers     []age.Recipient // the owner among them
	p           evidence.Progress
	done, total int64 // files
}

// files lists what has its final name; drafts take care of themselves.
func (r *resealing) files(c *Case, sub string) ([]string, error) {
	entries, err := r.v.disk.ReadDir(c.path(sub))
	var names []string
	for _, e := range entries {
		if sub == logName && logFile.MatchString(e.Name()) || sub == objectsName && objectName.MatchString(e.Name()) {
			names = append(names, e.Name())
		}
	}
	return names, err
}

func (r *resealing) count(c *Case) error {
	for _, sub := range []string{logName, objectsName} {
		names, err := r.files(c, sub)
		if err != nil {
			return err
		}
		r.total += int64(len(names))
	}
	return nil
}

func (r *resealing) oneCase(ctx context.Context, c *Case) error {
	for _, sub := range []string{logName, objectsName} {
		names, err := r.files(c, sub)
		if err != nil {
			return err
		}
		for _, name := range names {
			if ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if err := r.oneFile(ctx, c, sub, name); err != nil {
				return fmt.Errorf("encrypt %s/%s/%s again: %w", c.rel, sub, name, err)
			}
			r.done++
			r.p.Amount(min(r.done, r.total), max(r.done, r.total))
		}
	}
	return nil
}

// oneFile encrypts one file again, unless it is as it should be. A damaged
// file is left as it is: nothing can be made of it, and [Vault.Check] names it.
func (r *resealing) oneFile(ctx context.Context, c *Case, sub, name string) error {
	c.removing.Lock()
	defer c.removing.Unlock()
	path := c.path(sub, name)
	if !r.all {
		n, err := r.v.countRecipients(path)
		if err != nil && r.v.disk.Missing(err) {
			return nil // it was given up meanwhile
		}
		if err != nil {
			return err
		}
		if n == 0 || n == len(r.readers) {
			return nil
		}
	}
	err := r.v.sealAgain(ctx, c, sub, name, name, r.readers)
	if _, damaged := errors.AsType[*CorruptError](err); damaged {
		return r.v.disk.Remove(c.path(sub), name+disk.PartSuffix)
	}
	if err != nil {
		return err
	}
	return r.v.disk.Publish(c.path(sub), name)
}

// hybridStanza begins the lines of an age header that hold the file key for one
// recipient each.
const hybridStanza = "\n-> mlkem768x25519 "

// countRecipients says to how many recipients a file is encrypted; 0 if it is
// not an age file. Which ones they are nobody can tell.
func (v *Vault) countRecipients(path string) (n int, err error) {
	f, err := v.disk.FS.Open(path)
	if planted(err) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	from := &source{r: f}
	header, err := age.ExtractHeader(from)
	if from.err != nil {
		return 0, from.err
	}
	if err != nil {
		return 0, nil
	}
	return bytes.Count(header, []byte(hybridStanza)), nil
}

// sealAgain stages a file of a case under the name to, with the plaintext of
// from, encrypted to readers, and reads it back: what is about to
// be replaced may be the only copy there is.
func (v *Vault) sealAgain(ctx context.Context, c *Case, sub, from, to string, readers []age.Recipient) (err error) {
	rel := c.rel + "/" + sub + "/"
	before := evidence.NewHasher()
	// What proves nothing gets no proof by being encrypted again.
	w := &origin.Witness{Identity: v.identity, Place: c.place(strings.TrimSuffix(from, disk.PartSuffix))}
	r, err := openSealed(v.disk, v.dir, rel+from, w)
	if err != nil {
		return err
	}
	defer r.Close() // the second time, it does nothing
	write := func(w io.Writer) (err error) {
		_, err = io.Copy(io.MultiWriter(w, before), disk.Until(ctx, r))
		return err
	}
	sealing := func(w io.Writer) error { return seal(w, write, readers...) }
	if sub == objectsName {
		where := origin.Place{}
		if w.Proven {
			where = c.place(to)
		}
		sealing = v.sealedObject(readers, where, write)
	}
	if err := v.disk.Stage(c.path(sub), to, sealing); err != nil {
		return err
	}
	defer func() {
		if err != nil {
			_ = v.disk.FS.Remove(filepath.Join(c.path(sub), to+disk.PartSuffix)) // swept later otherwise
		}
	}()
	if err := r.Close(); err != nil { // Windows cannot replace an open file
		return err
	}
	return v.readBack(ctx, rel+to+disk.PartSuffix, before)
}

// readBack compares a file with what was written into it. Its errors are never
// a *[CorruptError]: nothing that was recorded is damaged.
func (v *Vault) readBack(ctx context.Context, rel string, written *evidence.Hasher) error {
	fault := func(err error) error {
		if _, damaged := errors.AsType[*CorruptError](err); damaged {
			return fmt.Errorf("read back: %v", err)
		}
		return fmt.Errorf("read back: %w", err)
	}
	r, err := openSealed(v.disk, v.dir, rel, v.identity)
	if err != nil {
		return fault(err)
	}
	read := evidence.NewHasher()
	_, err = io.Copy(read, disk.Until(ctx, r))
	if err = errors.Join(err, r.Close()); err != nil {
		return fault(err)
	}
	want, _, wantSize := written.Sums()
	if got, _, size := read.Sums(); got != want || size != wantSize {
		return fmt.Errorf("read back: SHA-256 %s, written %s", got, want)
	}
	return nil
}

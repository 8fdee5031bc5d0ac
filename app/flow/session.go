package flow

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strconv"
	"time"

	"golang.org/x/text/unicode/norm"

	"constat/app/flow/complain"
	"constat/app/flow/copies"
	"constat/app/flow/handover"
	"constat/app/flow/keep"
	"constat/app/flow/look"
	"constat/app/flow/proof"
	"constat/app/flow/remove"
	"constat/app/flow/system"
	"constat/assets/words"
	"constat/evidence"
	"constat/evidence/vault"
)

// Session is an open vault. Each family of use cases is a field; what concerns the vault as a whole are
// methods. It is safe for concurrent use.
type Session struct {
	app   *App
	v     *vault.Vault
	tried []time.Time // wrong passphrases since the last unlocking

	Look     *look.Reader         // what is there
	Keep     *keep.Keeper         // puts pages, files and addresses into it
	Proof    *proof.Stamper       // timestamps: missing ones, renewals
	Remove   *remove.Remover      // steps, letters and the log of reports
	Complain *complain.Complainer // the account for a complaint, and confidential notes
	Handover *handover.Exporter   // bundles and extracted files
	Copies   *copies.Keeper       // encrypted copies of the vault at other places
}

func (a *App) vaultOptions() vault.Options {
	return vault.Options{Now: a.cfg.Now, Rand: a.cfg.Rand, Actor: "Constat " + a.cfg.Version, Cost: a.cfg.Cost,
		Heads: filepath.Join(a.cfg.DataDir, "heads")}
}

// session wraps an open vault. Stretching a passphrase takes 256 MiB for a
// second; without giving them back the collector would let the rest of the
// program grow to twice that.
func (a *App) session(v *vault.Vault) *Session {
	debug.FreeOSMemory()
	s := &Session{app: a, v: v, Proof: proof.NewStamper(a.Proof, v)}
	s.Look = look.New(v, s.Proof, a.cfg.Now)
	s.Keep = keep.New(
		keep.Config{
			Vault:    v,
			Stamps:   s.Proof,
			Look:     s.Look,
			Now:      a.cfg.Now,
			Software: a.software(),
			Recorder: a.recorder,
			CauseOf:  causeOf,
		},
	)
	s.Remove, s.Complain = remove.New(v, s.Look, a.cfg.Now), complain.New(v, s.Look, a.cfg.Now)
	s.Copies = copies.New(copies.Config{Vault: v, State: filepath.Join(a.cfg.DataDir, "copies"), Now: a.cfg.Now})
	s.Handover = handover.New(
		handover.Config{
			Vault:    v,
			Stamps:   s.Proof,
			Look:     s.Look,
			Now:      a.cfg.Now,
			Software: a.software(),
			Pins:     a.Proof.Pins(),
			Anchors:  a.Proof.Anchors(),
			Begun:    filepath.Join(a.cfg.DataDir, "exports"),
			Free:     freeBytes,
			Largest:  largestFile,
			Account:  s.accountForPaper,
		},
	)
	return s
}

// VaultExists reports whether dir holds a vault (of any version), or anything
// else that a new vault must not be put into.
func (a *App) VaultExists(dir string) bool {
	_, err := os.Lstat(filepath.Join(dir, "vault.json"))
	return err == nil
}

// CheckVault says, without a passphrase, whether dir can be unlocked.
func (a *App) CheckVault(dir string) error {
	_, err := os.Stat(filepath.Join(dir, "vault.json"))
	if errors.Is(err, fs.ErrNotExist) {
		return &vault.NotVaultError{Dir: dir, Reason: "no vault.json in it", Err: err}
	}
	if err != nil && !errors.Is(err, fs.ErrPermission) { // such as a link to itself
		return &vault.NotVaultError{Dir: dir, Reason: "its vault.json cannot be looked at", Err: err}
	}
	return err
}

// A passphrase is used in its composed form (Unicode NFC), so that the same
// letters typed on another system open the same vault.

// CreateVault makes a vault and returns it open, with the recovery code, which
// is shown once and stored nowhere.
func (a *App) CreateVault(ctx context.Context, dir, passphrase string) (*Session, string, error) {
	if RatePassphrase(passphrase) < Enough {
		return nil, "", ErrWeakPassphrase
	}
	v, code, err := vault.Create(ctx, dir, norm.NFC.String(passphrase), a.vaultOptions())
	if err != nil {
		return nil, "", err
	}
	_ = system.Private(dir) // a file system without rights, as of most sticks
	return a.session(v), string(code), nil
}

// Unlock opens a vault with its passphrase. It takes about a second on purpose.
func (a *App) Unlock(ctx context.Context, dir, passphrase string) (*Session, error) {
	v, err := vault.Open(ctx, dir, norm.NFC.String(passphrase), a.vaultOptions())
	if err != nil {
		return nil, err
	}
	return a.opened(ctx, v)
}

// opened takes up what an interruption left: wrong passphrases that no log
// names yet, and a change of recipients that was not finished.
func (a *App) opened(ctx context.Context, v *vault.Vault) (*Session, error) {
	s := a.session(v)
	if err := s.noteFailedUnlocks(ctx); err != nil {
		return nil, errors.Join(err, v.Close())
	}
	if v.RecipientsUnfinished() {
		// A vault that cannot be written to must still open; it stays unfinished. So does a large one
		// for which this takes long: nobody waits for it in front of a closed vault.
		short, cancel := context.WithTimeout(ctx, finishFor)
		err := v.FinishRecipients(short, evidence.NoProgress{})
		cancel()
		if ctx.Err() != nil {
			return nil, errors.Join(err, v.Close())
		}
	}
	return s, nil
}

// finishFor is how long an opening goes on with an interrupted change of who can read.
const finishFor = 5 * time.Second

// UnlockWithCode opens a vault with the recovery code and sets a new passphrase.
// The code stays valid.
func (a *App) UnlockWithCode(ctx context.Context, dir, code, newPassphrase string) (*Session, error) {
	if RatePassphrase(newPassphrase) < Enough {
		return nil, ErrWeakPassphrase
	}
	parsed, err := vault.ParseRecoveryCode(code)
	if err != nil {
		return nil, err
	}
	v, err := vault.OpenWithRecovery(ctx, dir, parsed, a.vaultOptions())
	if err != nil {
		return nil, err
	}
	if err := v.ChangePassphrase(ctx, norm.NFC.String(newPassphrase)); err != nil {
		return nil, errors.Join(err, v.Close())
	}
	return a.opened(ctx, v)
}

// noteFailedUnlocks writes wrong passphrases into the log of every case: each
// case's history is read on its own. A case whose log is damaged, or a vault
// that cannot be written to, must still open.
func (s *Session) noteFailedUnlocks(ctx context.Context) error {
	times := s.v.FailedUnlocks()
	s.tried = times
	if len(times) == 0 {
		return nil
	}
	cases, err := s.v.Cases(ctx)
	if err != nil {
		return err
	}
	noted := false
	for _, info := range cases {
		c, err := s.v.Case(ctx, info.ID)
		if err != nil {
			continue
		}
		for _, detail := range failedDetails(times) {
			if _, err = c.Append(ctx, evidence.Entry{Action: evidence.ActUnlockFailed, Detail: detail}); err != nil {
				break
			}
			noted = true
		}
	}
	if !noted {
		return ctx.Err()
	}
	if err := s.v.ClearFailedUnlocks(ctx); err != nil && ctx.Err() != nil {
		return err
	}
	return nil
}

// maxFailedLines bounds the lines about wrong passphrases of one unlocking. Whoever can write to
// the folder can plant any number of them, and each would stand in every bundle.
const maxFailedLines = 3

// failedDetails are the lines about wrong passphrases: one each if they are few, or one that counts
// them.
func failedDetails(times []time.Time) []map[string]string {
	at := func(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05Z") }
	if len(times) > maxFailedLines {
		return []map[string]string{{
			"tried_at": at(times[0]), "last_tried_at": at(times[len(times)-1]), "count": strconv.Itoa(len(times)),
		}}
	}
	var list []map[string]string
	for _, t := range times {
		list = append(list, map[string]string{"tried_at": at(t)})
	}
	return list
}

// ChangePassphrase sets a new passphrase; the recovery code stays.
func (s *Session) ChangePassphrase(ctx context.Context, passphrase string) error {
	if RatePassphrase(passphrase) < Enough {
		return ErrWeakPassphrase
	}
	return s.v.ChangePassphrase(ctx, norm.NFC.String(passphrase))
}

// NewRecoveryCode makes a new code, shown once; the old one no longer works.
func (s *Session) NewRecoveryCode(ctx context.Context) (string, error) {
	code, err := s.v.NewRecoveryCode(ctx)
	return string(code), err
}

// Tried says that wrong passphrases were typed since the last unlocking: how often, and when last;
// nil if none was.
func (s *Session) Tried() error {
	if len(s.tried) == 0 {
		return nil
	}
	return &TriedError{Count: len(s.tried), Last: slices.MaxFunc(s.tried, time.Time.Compare)}
}

// Lock closes the vault; the keys are gone from memory as far as Go allows. A browser that
// waits for a capture ends.
func (s *Session) Lock() error {
	err := s.Keep.End()
	s.app.Dismiss()
	return errors.Join(err, s.v.Close())
}

// Vault returns the folder of the vault.
func (s *Session) Vault() string { return s.v.Dir() }

// Recipient returns the vault's public key.
func (s *Session) Recipient() string { return s.v.Recipient() }

// Check reads the whole vault with the independent checker. That it was checked is noted in each
// log; if one cannot be written, the result says so and stands all the same.
func (s *Session) Check(ctx context.Context, p evidence.Progress) (proof.CheckResult, error) {
	checks, err := s.v.Check(ctx, p)
	if err != nil {
		return proof.CheckResult{}, err
	}
	r := proof.VaultResult(checks, s.v.KnownElsewhere())
	cases, err := s.v.Cases(ctx)
	if err != nil {
		r.NotNoted = err.Error()
		return r, ctx.Err()
	}
	for _, info := range cases {
		c, err := s.v.Case(ctx, info.ID)
		if err == nil {
			_, err = c.Append(ctx, evidence.Entry{Action: evidence.ActChecked, Detail: map[string]string{"verdict": string(r.Verdict)}})
		}
		if err != nil && r.NotNoted == "" {
			r.NotNoted = err.Error()
		}
		if ctx.Err() != nil {
			return r, ctx.Err()
		}
	}
	return r, nil
}

// Notices are what was found when the vault was opened, and that its owner must be told, in words.
func (s *Session) Notices(t *words.Text) []string {
	var list []string
	if now := s.app.cfg.Now(); keep.OddYear(now) {
		list = append(list, t.T("notice.clock", "Year", strconv.Itoa(now.Year())))
	}
	if s.v.RecipientsUnfinished() {
		list = append(list, t.T("notice.recipients"))
	}
	for _, n := range s.v.Notices() {
		at := "?"
		if !n.Time.IsZero() {
			at = t.DateTime(n.Time.Local())
		}
		name := n.Case
		if n.Name != "" {
			name = evidence.Shorten(evidence.Clean(n.Name), 80) + " (" + n.Case + ")"
		}
		list = append(list, t.T("notice."+string(n.Kind), "Case", name, "Path", evidence.Clean(n.Path), "Time", at, "N", n.N))
	}
	return list
}

// Old reports whether the vault is of version 1: it can be read, and is written only once
// [Session.Migrate] was called, for which its owner must have been asked whether the cases in it
// are theirs.
func (s *Session) Old() bool { return s.v.Old() }

// Migrate makes the vault one of version 2; what was recorded before stays marked as not authenticated.
func (s *Session) Migrate(ctx context.Context) error { return s.v.Migrate(ctx) }

// AtRest says whether what the system itself writes to the disk is encrypted there, as far as that can
// be read.
func (s *Session) AtRest(t *words.Text) []string {
	rest := system.AtRest(s.v.Dir())
	return []string{t.T("at-rest.swap." + string(rest.Swap)), t.T("at-rest.disk-encryption." + string(rest.Disk))}
}

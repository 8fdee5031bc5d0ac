package vault

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"

	"filippo.io/age"

	"constat/evidence"
	"constat/evidence/vault/disk"
)

// faultAct is something that is done to a whole vault, and how it is known
// afterwards whether it took place.
type faultAct struct {
	do       func(ctx context.Context, v *Vault) error
	action   evidence.Action // its entry in each log; empty for none
	done     func(v *Vault, secrets *faultSecrets) bool
	crash    []bool
	minimum  int // operations that can fail
	prepared func(t *testing.T, v *Vault)
}

type faultSecrets struct {
	before RecoveryCode
	code   RecoveryCode // that the act returned
}

const faultNewPass = "new"

// TestEveryOperationOfActsFails lets each file operation of everything that
// concerns the whole vault fail in turn, as a full disk and as a power cut.
// Whatever is left opens; what was recorded is whole; each case's log has an
// entry of what took place, once, and none of what did not; what was
// interrupted can be finished.
func TestEveryOperationOfActsFails(t *testing.T) {
	organisation, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	recipient := organisation.Recipient().String()
	add := func(ctx context.Context, v *Vault) error { return v.AddRecipient(ctx, recipient, "org", nil) }
	both := []bool{false, true}
	listed := func(v *Vault) bool { return len(v.Recipients()) == 1 }
	for name, act := range map[string]faultAct{
		"add recipient": {
			do: add, action: evidence.ActRecipientAdded, crash: []bool{false}, minimum: 60,
			done: func(v *Vault, _ *faultSecrets) bool { return listed(v) },
		},
		"remove recipient": {
			do:     func(ctx context.Context, v *Vault) error { return v.RemoveRecipient(ctx, recipient, nil) },
			action: evidence.ActRecipientRemoved, crash: []bool{true}, minimum: 60, // the same steps as to add
			done: func(v *Vault, _ *faultSecrets) bool { return !listed(v) },
			prepared: func(t *testing.T, v *Vault) {
				if err := add(t.Context(), v); err != nil {
					t.Fatal(err)
				}
			},
		},
		"change passphrase": {
			do:     func(ctx context.Context, v *Vault) error { return v.ChangePassphrase(ctx, faultNewPass) },
			action: evidence.ActPassphraseChanged, crash: both, minimum: 25,
			done: func(v *Vault, _ *faultSecrets) bool {
				_, _, err := unlockKey(t.Context(), disk.OS{}, v.dir, identityName, faultNewPass)
				return err == nil
			},
		},
		"reissue code": {
			action: evidence.ActRecoveryReissued, crash: both, minimum: 25,
			done: func(v *Vault, s *faultSecrets) bool {
				_, _, err := unlockKey(t.Context(), disk.OS{}, v.dir, recoveryName, string(s.before))
				return errors.Is(err, ErrWrongPassphrase)
			},
		},
		"write index": {crash: both, minimum: 15, done: func(*Vault, *faultSecrets) bool { return true },
			do: func(ctx context.Context, v *Vault) error {
				cases, err := v.Cases(ctx)
				if err != nil {
					return err
				}
				for _, info := range cases {
					c, err := v.Case(ctx, info.ID)
					if err != nil {
						return err
					}
					if _, err := c.Exhibits(ctx); err != nil {
						return err
					}
				}
				return nil
			}},
		"export":   {crash: both, minimum: 20, done: func(*Vault, *faultSecrets) bool { return true }, do: exportAll},
		"remember": {crash: both, minimum: 6, done: func(*Vault, *faultSecrets) bool { return true }, do: remember},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			template := filepath.Join(t.TempDir(), "v")
			o := testOptions(lazyFS{})
			v, code, err := Create(t.Context(), template, "pass", o)
			if err != nil {
				t.Fatal(err)
			}
			if r := journey(t, v); r.err != nil {
				t.Fatal(r.err)
			}
			if act.prepared != nil {
				act.prepared(t, v)
			}
			if err := v.Close(); err != nil {
				t.Fatal(err)
			}
			for _, crash := range act.crash {
				failed := 0
				for at := 1; ; at++ {
					f := &faultFS{at: at, crash: crash, effect: crash && at%2 == 0}
					if !faultActRun(t, act, template, f, faultSecrets{before: code}) {
						break
					}
					failed++
				}
				if failed < act.minimum {
					t.Errorf("only %d operations could fail", failed)
				}
				t.Logf("crash=%v: %d operations failed in turn", crash, failed)
			}
		})
	}
}

// exportAll does with a vault what an export does: what it does with the target
// is tested in package bundle.
func exportAll(ctx context.Context, v *Vault) error {
	cases, err := v.Cases(ctx)
	if err != nil {
		return err
	}
	for _, info := range cases {
		c, err := v.Case(ctx, info.ID)
		if err != nil {
			return err
		}
		if _, err := c.Append(ctx, evidence.Entry{Action: evidence.ActExporting}); err != nil {
			return err
		}
		err = c.EachExhibit(ctx, func(x Exhibit) error {
			if x.Damage != nil {
				return errors.Unwrap(x.Damage)
			}
			for _, a := range x.Manifest.Artifacts {
				r, err := x.Open(ctx, a.Name)
				if err != nil {
					return err
				}
				if _, err := io.Copy(io.Discard, r); err != nil {
					return errors.Join(err, r.Close())
				}
				if err := r.Close(); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			return err
		}
		if err := c.WriteLog(ctx, io.Discard); err != nil {
			return err
		}
		if _, _, err := c.SignHead(ctx); err != nil {
			return err
		}
		if _, err := c.Append(ctx, evidence.Entry{Action: evidence.ActExported}); err != nil {
			return err
		}
	}
	return nil
}

func remember(ctx context.Context, v *Vault) error {
	cases, err := v.Cases(ctx)
	if err != nil {
		return err
	}
	for _, info := range cases {
		c, err := v.Case(ctx, info.ID)
		if err != nil {
			return err
		}
		if err := c.Remember(ctx, []byte("what was judged")); err != nil {
			return err
		}
		c.Remembered(ctx)
	}
	return nil
}

// faultActRun reports whether there was an operation of that number.
func faultActRun(t *testing.T, act faultAct, template string, f *faultFS, secrets faultSecrets) bool {
	t.Helper()
	ctx := t.Context()
	dir := filepath.Join(t.TempDir(), "v")
	if err := os.CopyFS(dir, os.DirFS(template)); err != nil {
		t.Fatal(err)
	}
	o := testOptions(lazyFS{})
	o.indexAfter = 1
	v, err := Open(ctx, dir, "pass", o)
	if err != nil {
		t.Fatal(err)
	}
	v.disk.FS = f
	do := act.do
	if do == nil {
		do = func(ctx context.Context, v *Vault) (err error) {
			secrets.code, err = v.NewRecoveryCode(ctx)
			return err
		}
	}
	err = do(ctx, v)
	hit := f.n >= f.at
	if err2 := v.Close(); err2 != nil {
		t.Fatal(err2)
	}
	where := ""
	if hit {
		where = fmt.Sprintf("operation %d (%s), crash=%v, effect=%v", f.at, f.trace[f.at-1], f.crash, f.effect)
	}
	if err != nil && !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("%s: the reason is lost: %v", where, err)
	}
	secret := "pass"
	if v.dir = dir; act.action == evidence.ActPassphraseChanged && act.done(v, &secrets) {
		secret = faultNewPass
	}
	v, err2 := Open(ctx, dir, secret, o)
	if err2 != nil {
		t.Fatalf("%s: %v", where, err2)
	}
	defer v.Close()
	done := act.done(v, &secrets)
	if err == nil && !done {
		t.Errorf("%s: said to be done, and is not", where)
	}
	if done && secrets.code != "" && err == nil {
		if _, _, err := unlockKey(ctx, disk.OS{}, dir, recoveryName, string(secrets.code)); err != nil {
			t.Errorf("%s: the new code: %v", where, err)
		}
	}
	if err := v.FinishRecipients(ctx, nil); err != nil || v.RecipientsUnfinished() || v.RecipientsDamage() != nil {
		t.Errorf("%s: not finished: %v, %v", where, err, v.RecipientsDamage())
	}
	afterAct(t, v, act.action, done, where)
	return hit
}

// afterAct holds what was promised against what is there.
func afterAct(t *testing.T, v *Vault, action evidence.Action, done bool, where string) {
	t.Helper()
	cases, err := v.Cases(t.Context())
	if err != nil || len(cases) != 1 {
		t.Fatalf("%s: cases %v, %v", where, cases, err)
	}
	c, err := v.Case(t.Context(), cases[0].ID)
	if err != nil || c.Damage() != nil {
		t.Fatalf("%s: %v, %v", where, err, c.Damage())
	}
	entries, err := c.Entries(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	n := len(slices.DeleteFunc(entries, func(e evidence.Entry) bool { return e.Action != action }))
	if want := map[bool]int{true: 1}[done && action != ""]; n != want {
		t.Errorf("%s: %d entries %s, want %d", where, n, action, want)
	}
	list, err := c.Exhibits(t.Context())
	if err != nil || len(list) != 1 || list[0].Damage != nil || len(list[0].Replies) != 1 || string(list[0].Replies[0].Raw) != faultReply {
		t.Errorf("%s: exhibits %v, %v", where, list, err)
	}
	checks, err := v.Check(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range checks {
		// After FinishRecipients nobody is forgotten, so "not-done" would be wrong, too.
		if c.State == evidence.Failed || c.Name == "recipients" && c.State != evidence.Passed {
			t.Errorf("%s: %s: %s", where, c.Name, c.Detail)
		}
	}
	if left := parts(t, v.dir); len(left) > 0 {
		t.Errorf("%s: not swept: %v", where, strings.Join(left, " "))
	}
}

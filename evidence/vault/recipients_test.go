package vault_test

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"filippo.io/age"

	"constat/evidence"
	"constat/evidence/vault"
	"constat/evidence/vault/check"
)

func newIdentity(t testing.TB) *age.HybridIdentity {
	t.Helper()
	id, err := age.GenerateHybridIdentity()
	if err != nil {
		t.Fatal(err)
	}
	return id
}

// readable counts the files of all cases that a key opens, and those it does not.
func readable(t *testing.T, v *vault.Vault, id age.Identity) (yes, no int) {
	t.Helper()
	err := filepath.WalkDir(filepath.Join(v.Dir(), "cases"), func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() || e.Name() == "index" || e.Name() == "head" {
			return err
		}
		f, err := os.Open(path)
		if err != nil {
			return err
		}
		defer f.Close()
		r, err := age.Decrypt(f, id)
		if _, other := errors.AsType[*age.NoIdentityMatchError](err); other {
			no++
			return nil
		}
		if err != nil {
			return err
		}
		yes++
		_, err = io.Copy(io.Discard, r)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return yes, no
}

// actions counts the entries of one kind in a case.
func actions(t *testing.T, c *vault.Case, action evidence.Action) (found []evidence.Entry) {
	t.Helper()
	entries, err := c.Entries(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return slices.DeleteFunc(entries, func(e evidence.Entry) bool { return e.Action != action })
}

// checkFails returns the names of the checks that fail.
func checkFails(t *testing.T, v *vault.Vault) (names []string) {
	t.Helper()
	checks, err := v.Check(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range checks {
		if c.State == evidence.Failed {
			names = append(names, c.Name+": "+c.Detail)
		}
	}
	return names
}

func TestRecipients(t *testing.T) {
	ctx := t.Context()
	v, _ := newVault(t)
	c := newCase(t, v, "a")
	mustCapture(t, c, "a.png", "picture", "b.png", strings.Repeat("0123456789", 20_000))
	if err := c.AddReply(ctx, "E-001", authority, []byte("reply"), nil, testMoment, testMoment); err != nil {
		t.Fatal(err)
	}
	other := newCase(t, v, "b")
	organisation := newIdentity(t)
	recipient := organisation.Recipient().String()
	draft := c.NewDraft()
	put := func(d *vault.Draft) {
		t.Helper()
		if _, err := d.Put(ctx, evidence.Artifact{Name: "late.png", Role: evidence.Original}, strings.NewReader("late")); err != nil {
			t.Fatal(err)
		}
	}
	commit := func(d *vault.Draft) {
		t.Helper()
		x, err := c.Commit(ctx, d, evidence.ActCaptured, build(c.Info().ID, "https://example.org/"), nil)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := read(ctx, x, "late.png"); err != nil || got != "late" {
			t.Errorf("late.png: %q, %v", got, err)
		}
	}
	put(draft)
	var p counter
	if err := v.AddRecipient(ctx, " "+recipient+"\n", "Helpers\u202e", &p); err != nil {
		t.Fatal(err)
	}
	if p.done == 0 || p.done != p.total || v.RecipientsUnfinished() {
		t.Errorf("progress %+v, unfinished %v", p, v.RecipientsUnfinished())
	}
	commit(draft)
	mustCapture(t, other, "new.png", "new")
	third := newCase(t, v, "c")
	if yes, no := readable(t, v, organisation); no != 0 || yes < 15 {
		t.Errorf("the organisation reads %d files and not %d", yes, no)
	}
	fingerprint := evidence.Sum([]byte(recipient)).String()
	for _, c := range []*vault.Case{c, other} {
		if got := actions(t, c, evidence.ActRecipientAdded); len(got) != 1 || got[0].Detail["name"] != "Helpers" || got[0].Detail["recipient_sha256"] != fingerprint {
			t.Errorf("entries %+v", got)
		}
	}
	if got := actions(t, third, evidence.ActCaseCreated); got[0].Detail["recipients"] != fingerprint {
		t.Errorf("first entry %+v", got)
	}
	if fails := checkFails(t, v); fails != nil {
		t.Error(fails)
	}

	v = reopen(t, v)
	c = openCase(t, v, c.Info().ID)
	if got := v.Recipients(); len(got) != 1 || got[0].Recipient != recipient || got[0].Name != "Helpers" || v.RecipientsDamage() != nil {
		t.Errorf("after reopening: %v, %v", got, v.RecipientsDamage())
	}
	// Again changes nothing.
	if err := v.AddRecipient(ctx, recipient, "again", nil); err != nil || len(v.Recipients()) != 1 {
		t.Errorf("added again: %v", err)
	}
	draft = c.NewDraft()
	put(draft)
	if err := v.RemoveRecipient(ctx, recipient, nil); err != nil {
		t.Fatal(err)
	}
	commit(draft)
	if yes, no := readable(t, v, organisation); yes != 0 || no < 15 {
		t.Errorf("after removal the organisation reads %d files and not %d", yes, no)
	}
	if got := actions(t, c, evidence.ActRecipientRemoved); len(got) != 1 {
		t.Errorf("entries %+v", got)
	}
	if got, err := c.Exhibit(ctx, "E-001"); err != nil || len(got.Replies) != 1 {
		t.Errorf("after two changes: %+v, %v", got, err)
	} else if text, err := read(ctx, got, "b.png"); err != nil || len(text) != 200_000 {
		t.Errorf("after two changes: %d bytes, %v", len(text), err)
	}
	v = reopen(t, v)
	if err := v.AddRecipient(ctx, recipient, "", nil); err != nil {
		t.Fatal(err)
	}
	v = reopen(t, v)
	openCase(t, v, c.Info().ID)
	if v.RecipientsDamage() != nil || len(v.Recipients()) != 1 {
		t.Errorf("added, removed, added: %v", v.RecipientsDamage())
	}
	if fails := checkFails(t, v); fails != nil {
		t.Error(fails)
	}
}

func TestRecipientRefused(t *testing.T) {
	v, _ := newVault(t)
	classic, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	for name, recipient := range map[string]string{
		"classic": classic.Recipient().String(), "own": v.Recipient(), "rubbish": strings.Repeat("age1pq1", 1000), "empty": "",
		"ssh": "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFvSC9BKgyRiDLWiYTuMVjlTRyxDtEzIIbK2Ba3JVL6M", "private": newIdentity(t).String(),
	} {
		if err := v.AddRecipient(t.Context(), recipient, "x", nil); !errors.Is(err, vault.ErrRecipient) || len(err.Error()) > 300 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := v.AddRecipient(t.Context(), newIdentity(t).Recipient().String(), strings.Repeat("x", 201), nil); !errors.Is(err, vault.ErrRecipient) {
		t.Errorf("long name: %v", err)
	}
	if len(v.Recipients()) != 0 || v.RecipientsUnfinished() {
		t.Errorf("recipients %v", v.Recipients())
	}
}

// TestForgedState: whoever can write to the folder can neither add a key of
// their own, nor drop or bring back somebody unnoticed. Recording goes on, for
// the owner alone, and the next change begins the list anew.
func TestForgedState(t *testing.T) {
	ctx := t.Context()
	organisation := newIdentity(t)
	attacker := newIdentity(t)
	type folder struct {
		v       *vault.Vault
		path    string
		before  []byte // state.age while the organisation was on the list
		foreign string // another vault
	}
	must := func(t *testing.T, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	for name, forge := range map[string]func(t *testing.T, f folder){
		"missing": func(t *testing.T, f folder) { must(t, os.Remove(f.path)) },
		"empty":   func(t *testing.T, f folder) { must(t, os.Truncate(f.path, 0)) },
		"cut":     func(t *testing.T, f folder) { must(t, os.Truncate(f.path, 3000)) },
		"flipped": func(t *testing.T, f folder) {
			b, err := os.ReadFile(f.path)
			must(t, err)
			must(t, os.WriteFile(f.path, flip(end)(b), 0o600))
		},
		"attacker's key": func(t *testing.T, f folder) {
			body := `{"format":"constat-state/1","recipients":[{"recipient":"` + attacker.Recipient().String() + `","name":"x","added":"2026-11-23T10:00:00Z"}]}` + "\n"
			must(t, os.WriteFile(f.path, []byte(sealedTo(t, f.v.Recipient(), strings.Repeat("0", 64)+"\n"+body)), 0o600))
		},
		"of another vault": func(t *testing.T, f folder) {
			b, err := os.ReadFile(filepath.Join(f.foreign, "state.age"))
			must(t, err)
			must(t, os.WriteFile(f.path, b, 0o600))
		},
		"earlier one": func(t *testing.T, f folder) { must(t, os.WriteFile(f.path, f.before, 0o600)) },
	} {
		t.Run(name, func(t *testing.T) {
			v, _ := newVault(t)
			c := newCase(t, v, "a")
			mustCapture(t, c, "a.png", "picture")
			must(t, v.AddRecipient(ctx, organisation.Recipient().String(), "org", nil))
			path := filepath.Join(v.Dir(), "state.age")
			before, err := os.ReadFile(path)
			must(t, err)
			must(t, v.RemoveRecipient(ctx, organisation.Recipient().String(), nil))
			closeVault(t, v)
			other, _ := newVault(t)
			forge(t, folder{v, path, before, other.Dir()})
			v = reopen(t, v)
			c = openCase(t, v, c.Info().ID)
			if !isType[*vault.CorruptError](v.RecipientsDamage()) || len(v.Recipients()) != 0 {
				t.Fatalf("damage %v, recipients %v", v.RecipientsDamage(), v.Recipients())
			}
			mustCapture(t, c, "b.png", "picture")
			for _, id := range []age.Identity{organisation, attacker} {
				if yes, _ := readable(t, v, id); yes != 0 {
					t.Errorf("somebody else reads %d files", yes)
				}
			}
			if fails := checkFails(t, v); len(fails) != 1 || !strings.HasPrefix(fails[0], check.Recipients) {
				t.Errorf("check: %v", fails)
			}
			must(t, v.ChangePassphrase(ctx, passphrase))
			if v.RecipientsDamage() != nil || !v.RecipientsUnfinished() {
				t.Errorf("after a change: %v, unfinished %v", v.RecipientsDamage(), v.RecipientsUnfinished())
			}
			must(t, v.FinishRecipients(ctx, nil))
			if got := actions(t, c, evidence.ActRecipientsReset); len(got) != 1 || v.RecipientsUnfinished() {
				t.Errorf("entries %v", got)
			}
			v = reopen(t, v)
			if fails := checkFails(t, v); fails != nil || v.RecipientsDamage() != nil {
				t.Errorf("afterwards: %v, %v", fails, v.RecipientsDamage())
			}
		})
	}
}

// TestMoreReadersThanListed: the checker names a file that somebody who is not
// on the list can read.
func TestMoreReadersThanListed(t *testing.T) {
	v, _ := newVault(t)
	c := newCase(t, v, "a")
	mustCapture(t, c, "a.png", "picture")
	path := filepath.Join(v.Dir(), "cases", c.Info().ID, "log", "00000001")
	line, err := c.Entries(t.Context())
	if err != nil || len(line) != 2 {
		t.Fatal(err)
	}
	own, err := age.ParseHybridRecipient(v.Recipient())
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	text := plaintext(t, v, path)
	w, err := age.Encrypt(&b, own, newIdentity(t).Recipient())
	if err != nil {
		t.Fatal(err)
	}
	_, err = w.Write(text)
	if err = errors.Join(err, w.Close(), os.WriteFile(path, b.Bytes(), 0o600)); err != nil {
		t.Fatal(err)
	}
	if fails := checkFails(t, v); len(fails) != 1 || !strings.Contains(fails[0], "log/00000001 is encrypted to 2 recipients, listed are 1") {
		t.Errorf("check: %v", fails)
	}
}

// TestPassphraseAndCodeAreInTheLogs: also in a case of which the log was not open.
func TestPassphraseAndCodeAreInTheLogs(t *testing.T) {
	ctx := t.Context()
	v, _ := newVault(t)
	ids := []string{newCase(t, v, "a").Info().ID, newCase(t, v, "b").Info().ID}
	v = reopen(t, v)
	if err := v.ChangePassphrase(ctx, passphrase); err != nil {
		t.Fatal(err)
	}
	if _, err := v.NewRecoveryCode(ctx); err != nil {
		t.Fatal(err)
	}
	v = reopen(t, v)
	for _, id := range ids {
		c := openCase(t, v, id)
		if n, m := len(actions(t, c, evidence.ActPassphraseChanged)), len(actions(t, c, evidence.ActRecoveryReissued)); n != 1 || m != 1 {
			t.Errorf("%d and %d entries", n, m)
		}
	}
	if fails := checkFails(t, v); fails != nil {
		t.Error(fails)
	}
	c := openCase(t, v, ids[0])
	if _, err := c.Append(ctx, evidence.Entry{Action: evidence.ActPassphraseChanged}); err == nil {
		t.Error("a change that did not happen was appended")
	}
}

// TestRecipientsWhileRecording: whoever is on the list when a change has
// returned reads everything, and whoever is not reads nothing, whatever was
// being recorded meanwhile.
func TestRecipientsWhileRecording(t *testing.T) {
	ctx := t.Context()
	v, _ := newVault(t)
	c := newCase(t, v, "a")
	mustCapture(t, c, "a.png", "picture")
	organisation := newIdentity(t)
	recipient := organisation.Recipient().String()
	ended := make(chan error)
	const writers, times = 2, 8
	for range writers {
		go func() {
			for range times {
				x, err := capture(ctx, c, "https://example.org/", "a.png", "picture")
				if err == nil {
					err = c.AddReply(ctx, x.ID, authority, []byte("reply"), nil, testMoment, testMoment)
				}
				if err == nil {
					_, err = v.CreateCase(ctx, "b", false)
				}
				if err == nil {
					_, err = c.Exhibits(ctx)
				}
				if err != nil {
					ended <- err
					return
				}
			}
			ended <- nil
		}()
	}
	var changes []error
	for range 2 {
		changes = append(changes, v.AddRecipient(ctx, recipient, "org", nil), v.RemoveRecipient(ctx, recipient, nil))
	}
	for range writers {
		changes = append(changes, <-ended)
	}
	if err := errors.Join(changes...); err != nil {
		t.Fatal(err)
	}
	if yes, no := readable(t, v, organisation); yes != 0 || no == 0 {
		t.Errorf("not listed, and reads %d files", yes)
	}
	if err := v.AddRecipient(ctx, recipient, "org", nil); err != nil {
		t.Fatal(err)
	}
	if yes, no := readable(t, v, organisation); yes == 0 || no != 0 {
		t.Errorf("listed, and does not read %d files", no)
	}
	v = reopen(t, v)
	if fails := checkFails(t, v); fails != nil {
		t.Error(fails)
	}
}

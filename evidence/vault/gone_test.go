//go:build !windows

// On Windows a folder with a locked file in it cannot be renamed.

package vault_test

import (
	"errors"
	"io"
	"os"
	"strings"
	"testing"

	"constat/evidence"
	"constat/evidence/vault"
)

// TestFolderGone: the stick is pulled out while the vault is open. Everything
// says so, nothing is made where the folder was, and all goes on once it is back.
func TestFolderGone(t *testing.T) {
	ctx := t.Context()
	v, _ := newVault(t)
	c := newCase(t, v, "a")
	x := mustCapture(t, c, "a.png", "picture")
	draft := c.NewDraft()
	put := func(d *vault.Draft, name string) error {
		_, err := d.Put(ctx, evidence.Artifact{Name: name, Role: evidence.Original}, strings.NewReader(name))
		return err
	}
	if err := put(draft, "b.png"); err != nil {
		t.Fatal(err)
	}
	away := v.Dir() + "-away"
	for name, elsewhere := range map[string]func(){
		"nothing there":       func() {},
		"empty folder there":  func() { os.Mkdir(v.Dir(), 0o700) },
		"another vault there": func() { copyFolder(t, away, v.Dir()) },
	} {
		t.Run(name, func(t *testing.T) {
			if err := os.Rename(v.Dir(), away); err != nil {
				t.Fatal(err)
			}
			elsewhere()
			there, _ := os.ReadDir(v.Dir())
			_, errCases := v.Cases(ctx)
			_, errCreate := v.CreateCase(ctx, "b", false)
			_, errExhibits := c.Exhibits(ctx)
			_, errOpen := x.Open(ctx, "a.png")
			_, errAppend := c.Append(ctx, evidence.Entry{Action: evidence.ActViewed})
			_, errCommit := c.Commit(ctx, draft, evidence.ActCaptured, build(c.Info().ID, ""), nil)
			_, errCheck := v.Check(ctx, nil)
			_, errCode := v.NewRecoveryCode(ctx)
			for i, err := range []error{errCases, errCreate, errExhibits, errOpen, errAppend, errCommit, errCheck, errCode,
				put(draft, "c.png"), v.ChangePassphrase(ctx, "x"), v.FinishRecipients(ctx, nil),
				c.AddReply(ctx, "E-001", authority, []byte("r"), nil, testMoment, testMoment), c.Remember(ctx, []byte("x"))} {
				gone, ok := errors.AsType[*vault.GoneError](err)
				if !ok || !errors.Is(err, vault.ErrGone) || gone.Dir != v.Dir() {
					t.Errorf("call %d: %v", i, err)
				}
			}
			if now, _ := os.ReadDir(v.Dir()); len(now) != len(there) {
				t.Errorf("%d entries were made where the vault was", len(now)-len(there))
			}
			if err := errors.Join(os.RemoveAll(v.Dir()), os.Rename(away, v.Dir())); err != nil {
				t.Fatal(err)
			}
			if _, err := c.Append(ctx, evidence.Entry{Action: evidence.ActViewed}); err != nil {
				t.Errorf("after it is back: %v", err)
			}
		})
	}
	if _, err := c.Commit(ctx, draft, evidence.ActCaptured, build(c.Info().ID, ""), nil); err != nil {
		t.Errorf("the draft was lost: %v", err)
	}
	// Gone in the middle of what was begun: the reader that is open ends, one way or the other.
	if err := os.Rename(v.Dir(), away); err != nil {
		t.Fatal(err)
	}
	closeVault(t, v)
	if err := os.Rename(away, v.Dir()); err != nil {
		t.Fatal(err)
	}
	v = reopen(t, v)
	if all, err := openCase(t, v, c.Info().ID).Exhibits(ctx); err != nil || len(all) != 2 || checkFails(t, v) != nil {
		t.Errorf("%d exhibits, %v", len(all), err)
	}
}

// TestGoneWhilePutting: the folder goes while an artifact is being stored.
func TestGoneWhilePutting(t *testing.T) {
	v, _ := newVault(t)
	c := newCase(t, v, "a")
	away := v.Dir() + "-away"
	first := true
	source := readerFunc(func(p []byte) (int, error) {
		if !first {
			return 0, io.EOF
		}
		first = false
		return len(p), os.Rename(v.Dir(), away)
	})
	d := c.NewDraft()
	if _, err := d.Put(t.Context(), evidence.Artifact{Name: "a.png", Role: evidence.Original}, source); err == nil {
		t.Error("stored in a folder that is gone")
	}
	if err := os.Rename(away, v.Dir()); err != nil {
		t.Fatal(err)
	}
	mustCapture(t, c, "a.png", "picture")
	v = reopen(t, v)
	openCase(t, v, c.Info().ID)
	if n := countFiles(t, v.Dir(), "objects"); n != 2 {
		t.Errorf("%d objects, want picture and manifest", n)
	}
}

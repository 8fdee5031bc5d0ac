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

func sealedTo(t testing.TB, recipient, text string) string {
	t.Helper()
	to, err := age.ParseHybridRecipient(recipient)
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	w, err := age.Encrypt(&b, to)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// damaged is a vault with a case of two exhibits and a reply, and a second case.
type damaged struct {
	t      *testing.T
	v      *vault.Vault
	id     string
	second string // other case
	log    string // folder
	obj    string // folder
}

func newDamaged(t *testing.T) *damaged {
	t.Helper()
	v, _ := newVault(t)
	c := newCase(t, v, "a")
	// Sizes tell the files apart: filling is at most 32 KiB of base 64.
	mustCapture(t, c, "one.png", strings.Repeat("1", 300_000), "two.png", strings.Repeat("2", 600_000))
	mustCapture(t, c, "three.png", strings.Repeat("3", 900_000))
	if err := c.AddReply(t.Context(), "E-001", authority, bytes.Repeat([]byte("r"), 150_000), nil, testMoment, testMoment); err != nil {
		t.Fatal(err)
	}
	other := newCase(t, v, "b")
	closeVault(t, v)
	dir := filepath.Join(v.Dir(), "cases", c.Info().ID)
	return &damaged{t, v, c.Info().ID, other.Info().ID, filepath.Join(dir, "log"), filepath.Join(dir, "objects")}
}

var testMoment = clock()()

// object returns the path of the object whose plaintext is about n bytes long.
func (d *damaged) object(n int64) string {
	d.t.Helper()
	entries, err := os.ReadDir(d.obj)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			d.t.Fatal(err)
		}
		if info.Size() >= n && info.Size() < n+60_000 {
			return filepath.Join(d.obj, e.Name())
		}
	}
	d.t.Fatalf("no object of %d bytes", n)
	return ""
}

func (d *damaged) entry(name string) string { return filepath.Join(d.log, name) }

func (d *damaged) must(err error) {
	d.t.Helper()
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *damaged) rewrite(path string, change func([]byte) []byte) {
	d.t.Helper()
	b, err := os.ReadFile(path)
	d.must(err)
	d.must(os.WriteFile(path, change(b), 0o600))
}

func (d *damaged) swap(a, b string) {
	d.must(os.Rename(a, a+".x"))
	d.must(os.Rename(b, a))
	d.must(os.Rename(a+".x", b))
}

func flip(at func(n int) int) func([]byte) []byte {
	return func(b []byte) []byte { b[at(len(b))] ^= 1; return b }
}

func grow(b []byte) []byte { return append(b, 0) }

func linkTo(target string) func(string, os.FileMode) error {
	return func(path string, _ os.FileMode) error { return os.Symlink(target, path) }
}

func (d *damaged) replace(path string, with func(string, os.FileMode) error) {
	d.t.Helper()
	d.must(os.Remove(path))
	d.must(with(path, 0o700))
}

func middle(n int) int { return n / 2 }
func end(n int) int    { return n - 1 }

func TestDamage(t *testing.T) {
	for name, test := range map[string]struct {
		do     func(d *damaged)
		failed string // check that must fail
		detail string // what it must name
		log    bool   // Case.Damage must say so
		whole  string // artifact of E-001 that must still open; empty if nothing is left
		lost   bool   // the reply is not the exhibit's any more
	}{
		"object cut":     {do: func(d *damaged) { d.must(os.Truncate(d.object(300_000), 200_000)) }, failed: check.Artifacts, detail: "E-001: one.png", whole: "two.png"},
		"object flipped": {do: func(d *damaged) { d.rewrite(d.object(300_000), flip(middle)) }, failed: check.Artifacts, detail: "E-001: one.png", whole: "two.png"},
		"object's last byte flipped": {do: func(d *damaged) { d.rewrite(d.object(300_000), flip(end)) }, failed: check.Artifacts,
			detail: "E-001: one.png", whole: "two.png"},
		"object missing":  {do: func(d *damaged) { d.must(os.Remove(d.object(300_000))) }, failed: check.Artifacts, detail: "E-001: one.png", whole: "two.png"},
		"objects swapped": {do: func(d *damaged) { d.swap(d.object(300_000), d.object(900_000)) }, failed: check.Artifacts, detail: "E-002: three.png", whole: "two.png"},
		"object replaced": {do: func(d *damaged) {
			d.must(os.WriteFile(d.object(300_000), []byte(sealedTo(d.t, d.v.Recipient(), "forged")), 0o600))
		}, failed: check.Artifacts, detail: "E-001: one.png", whole: "two.png"},
		"reply flipped":     {do: func(d *damaged) { d.rewrite(d.object(150_000), flip(middle)) }, failed: check.Replies, detail: "E-001", whole: "one.png"},
		"log entry cut":     {do: func(d *damaged) { d.must(os.Truncate(d.entry("00000003"), 100)) }, failed: check.LogFiles, detail: "log/00000003", log: true, whole: "one.png"},
		"log entry flipped": {do: func(d *damaged) { d.rewrite(d.entry("00000003"), flip(end)) }, failed: check.LogFiles, detail: "log/00000003", log: true, whole: "one.png"},
		"log entry missing": {do: func(d *damaged) { d.must(os.Remove(d.entry("00000003"))) }, failed: check.LogFiles, detail: "log/00000003", log: true, whole: "one.png"},
		"first entry gone":  {do: func(d *damaged) { d.must(os.Remove(d.entry("00000001"))) }, failed: check.LogFiles, detail: "log/00000001", log: true, whole: "one.png"},
		"log files swapped": {do: func(d *damaged) { d.swap(d.entry("00000003"), d.entry("00000004")) }, failed: check.Origin, detail: "log/00000003", log: true, whole: "one.png", lost: true},
		"log file of another case": {do: func(d *damaged) {
			d.must(os.Rename(filepath.Join(d.v.Dir(), "cases", d.second, "log", "00000001"), d.entry("00000005")))
		}, failed: check.Origin, detail: "log/00000005", whole: "one.png"},
		"forged log file": {do: func(d *damaged) {
			d.must(os.WriteFile(d.entry("00000005"), []byte(sealedTo(d.t, d.v.Recipient(), "{}\n{}\n\n")), 0o600))
		}, failed: check.LogFiles, detail: "log/00000005", whole: "one.png"},
		"huge log file": {do: func(d *damaged) {
			d.must(os.WriteFile(d.entry("00000005"), []byte(sealedTo(d.t, d.v.Recipient(), strings.Repeat(" ", 12<<20))), 0o600))
		}, failed: check.LogFiles, detail: "log/00000005", whole: "one.png"},
		"object grown":         {do: func(d *damaged) { d.rewrite(d.object(300_000), grow) }, failed: check.Artifacts, detail: "E-001: one.png", whole: "two.png"},
		"object empty":         {do: func(d *damaged) { d.must(os.Truncate(d.object(300_000), 0)) }, failed: check.Artifacts, detail: "E-001: one.png", whole: "two.png"},
		"object is a folder":   {do: func(d *damaged) { d.replace(d.object(300_000), os.Mkdir) }, failed: check.Artifacts, detail: "E-001: one.png", whole: "two.png"},
		"object is a link":     {do: func(d *damaged) { d.replace(d.object(300_000), linkTo("/dev/zero")) }, failed: check.Artifacts, detail: "E-001: one.png", whole: "two.png"},
		"object's header gone": {do: func(d *damaged) { d.rewrite(d.object(300_000), func(b []byte) []byte { return b[100_000:] }) }, failed: check.Artifacts, detail: "E-001: one.png", whole: "two.png"},
		"object of others": {do: func(d *damaged) {
			d.must(os.WriteFile(d.object(300_000), []byte(sealedTo(d.t, newIdentity(d.t).Recipient().String(), strings.Repeat("1", 300_000))), 0o600))
		}, failed: check.Artifacts, detail: "E-001: one.png", whole: "two.png"},
		"log entry grown":       {do: func(d *damaged) { d.rewrite(d.entry("00000003"), grow) }, failed: check.LogFiles, detail: "log/00000003", log: true, whole: "one.png"},
		"log entry empty":       {do: func(d *damaged) { d.must(os.Truncate(d.entry("00000003"), 0)) }, failed: check.LogFiles, detail: "log/00000003", log: true, whole: "one.png"},
		"log entry is a folder": {do: func(d *damaged) { d.replace(d.entry("00000003"), os.Mkdir) }, failed: check.LogFiles, detail: "log/00000003", log: true, whole: "one.png"},
		"log entry is a link":   {do: func(d *damaged) { d.replace(d.entry("00000003"), linkTo("00000004")) }, failed: check.LogFiles, detail: "log/00000003", log: true, whole: "one.png"},
		"log entry twice": {do: func(d *damaged) {
			b, err := os.ReadFile(d.entry("00000004"))
			d.must(err)
			d.must(os.WriteFile(d.entry("00000005"), b, 0o600))
		}, failed: check.Origin, detail: "log/00000005", whole: "one.png"},
		"log entry renumbered": {do: func(d *damaged) { d.must(os.Rename(d.entry("00000004"), d.entry("00000009"))) }, failed: check.Heads, detail: "ends with entry 3", whole: "one.png", lost: true},
		"whole log gone":       {do: func(d *damaged) { d.must(os.RemoveAll(d.log)) }, failed: check.LogFiles, detail: "there is no log", log: true},
		"key file is no age file": {do: func(d *damaged) {
			d.must(os.WriteFile(filepath.Join(d.v.Dir(), "recovery.age"), []byte("age-encryption.org/v1\n"), 0o600))
		}, failed: check.KeyFiles, detail: "recovery.age", whole: "one.png"},
		"foreign key file": {do: func(d *damaged) { d.must(os.Remove(filepath.Join(d.v.Dir(), "recovery.age"))) }, failed: check.KeyFiles, detail: "recovery.age", whole: "one.png"},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := t.Context()
			d := newDamaged(t)
			test.do(d)
			v := reopen(t, d.v)
			checks, err := v.Check(ctx, nil)
			if err != nil {
				t.Fatal(err)
			}
			named := slices.ContainsFunc(checks, func(c evidence.Check) bool {
				return c.State == evidence.Failed && c.Name == test.failed && strings.Contains(c.Detail, test.detail)
			})
			if !named {
				t.Errorf("no failed check %s naming %q in %v", test.failed, test.detail, checks)
			}
			if _, err := v.Cases(ctx); err != nil {
				t.Errorf("cases cannot be listed: %v", err)
			}
			c := openCase(t, v, d.id)
			if damage := c.Damage(); (damage != nil) != test.log || damage != nil && !isType[*vault.CorruptError](damage) {
				t.Errorf("damage of the log: %v", damage)
			}
			if test.log {
				_, err := capture(ctx, c, "https://example.org/")
				_, err2 := c.Append(ctx, evidence.Entry{Action: evidence.ActViewed})
				err3 := c.WriteLog(ctx, io.Discard)
				err4 := c.AddReply(ctx, "E-001", authority, []byte("r"), nil, testMoment, testMoment)
				for i, err := range []error{err, err2, err3, err4} {
					if !isType[*vault.CorruptError](err) {
						t.Errorf("damaged log was written or handed out (%d): %v", i, err)
					}
				}
			}
			if test.whole == "" {
				return
			}
			x, err := c.Exhibit(ctx, "E-001")
			if err != nil {
				t.Fatal(err)
			}
			if _, err := read(ctx, x, test.whole); err != nil {
				t.Errorf("%s is out of reach: %v", test.whole, err)
			}
			if strings.Contains(test.detail, "one.png") {
				if _, err := read(ctx, x, "one.png"); !isType[*vault.CorruptError](err) {
					t.Errorf("damaged artifact: %v", err)
				}
			}
			if test.lost && len(x.Replies) == 0 {
				return
			}
			if damaged := test.failed == check.Replies; damaged != (x.Replies[0].Damage != nil) || damaged && x.Replies[0].Raw != nil {
				t.Errorf("damage of the reply: %v", x.Replies[0].Damage)
			}
		})
	}
}

// TestDamagedManifest: the exhibit is still listed, with what is wrong.
func TestDamagedManifest(t *testing.T) {
	ctx := t.Context()
	v, _ := newVault(t)
	c := newCase(t, v, "a")
	if _, err := capture(ctx, c, "https://example.org/"+strings.Repeat("x", 200_000)); err != nil {
		t.Fatal(err)
	}
	mustCapture(t, c)
	d := &damaged{t: t, obj: filepath.Join(v.Dir(), "cases", c.Info().ID, "objects")}
	d.rewrite(d.object(200_000), flip(middle))
	v = reopen(t, v)
	c = openCase(t, v, c.Info().ID)
	all, err := c.Exhibits(ctx)
	if err != nil || len(all) != 2 || !isType[*vault.CorruptError](all[0].Damage) || all[1].Damage != nil {
		t.Fatalf("%v, %v", all, err)
	}
	if all[0].ID != "E-001" || all[0].ManifestDigest.IsZero() {
		t.Errorf("damaged exhibit %+v", all[0])
	}
	if _, err := c.Exhibit(ctx, "E-001"); !isType[*vault.CorruptError](err) {
		t.Errorf("exhibit: %v", err)
	}
	if _, err := all[0].Open(ctx, "a.png"); !isType[*vault.CorruptError](err) {
		t.Errorf("artifact: %v", err)
	}
}

// counter hears progress.
type counter struct{ done, total int64 }

func (c *counter) Step(evidence.Step)       {}
func (c *counter) Amount(done, total int64) { c.done, c.total = done, total }

// TestCheckHeader: vault.json was exchanged while the vault was open.
func TestCheckHeader(t *testing.T) {
	v, _ := newVault(t)
	c := newCase(t, v, "a")
	mustCapture(t, c, "a.png", "picture")
	other, _ := newVault(t)
	failed := func() (names []string) {
		var p counter
		checks, err := v.Check(t.Context(), &p)
		if err != nil || p.total != 4 || p.done != p.total { // two entries, two objects
			t.Fatalf("%v, progress %+v", err, p)
		}
		for _, c := range checks {
			if c.State == evidence.Failed {
				names = append(names, c.Name)
			}
		}
		return names
	}
	if got := failed(); got != nil {
		t.Errorf("untouched: %v", got)
	}
	b, err := os.ReadFile(filepath.Join(other.Dir(), "vault.json"))
	if err != nil {
		t.Fatal(err)
	}
	for _, b := range [][]byte{b, []byte("{"), []byte("{}")} {
		if err := os.WriteFile(filepath.Join(v.Dir(), "vault.json"), b, 0o600); err != nil {
			t.Fatal(err)
		}
		if got := failed(); !slices.Equal(got, []string{check.VaultJSON}) {
			t.Errorf("vault.json %.10q: failed %v", b, got)
		}
	}
	if err := os.Remove(filepath.Join(v.Dir(), "vault.json")); err != nil {
		t.Fatal(err)
	}
	if got := failed(); !slices.Equal(got, []string{check.VaultJSON}) {
		t.Errorf("without vault.json: failed %v", got)
	}
}

// TestSweep: what was never recorded goes when the case is opened; what has its
// final name stays and is reported.
func TestSweep(t *testing.T) {
	ctx := t.Context()
	v, _ := newVault(t)
	c := newCase(t, v, "a")
	mustCapture(t, c, "a.png", "picture")
	id := c.Info().ID
	if _, err := c.NewDraft().Put(ctx, evidence.Artifact{Name: "left.png"}, strings.NewReader("left")); err != nil {
		t.Fatal(err)
	}
	objects := filepath.Join(v.Dir(), "cases", id, "objects")
	stray := filepath.Join(objects, strings.Repeat("ab", 16))
	if err := os.WriteFile(stray, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	v = reopen(t, v)
	count := func() (n int) {
		checks, err := v.Check(ctx, nil)
		if err != nil || !evidence.AllPassed(checks) {
			t.Fatalf("%v, %v", checks, err)
		}
		for _, c := range checks {
			if c.Name == check.Unrecorded && c.State == evidence.NotDone {
				n++
			}
		}
		return n
	}
	if n := count(); n != 2 {
		t.Errorf("%d unrecorded objects before the case is opened, want 2", n)
	}
	openCase(t, v, id)
	if n := count(); n != 1 {
		t.Errorf("%d unrecorded objects after, want 1", n)
	}
	if _, err := os.Stat(stray); err != nil {
		t.Errorf("a file under a final name was removed: %v", err)
	}
}

func TestDraft(t *testing.T) {
	ctx := t.Context()
	v, _ := newVault(t)
	c := newCase(t, v, "a")
	other := newCase(t, v, "b")
	put := func(d *vault.Draft, name string) error {
		_, err := d.Put(ctx, evidence.Artifact{Name: name, Role: evidence.Original}, strings.NewReader("text of "+name))
		return err
	}
	d := c.NewDraft()
	for name, want := range map[string]bool{"a.png": true, "../a.png": false, "manifest.json": false} {
		if err := put(d, name); (err == nil) != want {
			t.Errorf("%s: %v", name, err)
		}
	}
	if err := put(d, "a.png"); !errors.Is(err, vault.ErrDraft) {
		t.Errorf("a name twice: %v", err)
	}
	r, err := d.Open(ctx, "a.png")
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(r); err != nil || string(b) != "text of a.png" {
		t.Errorf("read back %q, %v", b, err)
	}
	r.Close()
	if _, err := other.Commit(ctx, d, evidence.ActCaptured, build(other.Info().ID, ""), nil); !errors.Is(err, vault.ErrDraft) {
		t.Errorf("draft of another case: %v", err)
	}
	// A manifest that does not say what is there is refused; the draft lives on.
	good := build(c.Info().ID, "")
	boom := errors.New("boom")
	for name, bad := range map[string]vault.BuildManifest{
		"of another case": build(other.Info().ID, ""),
		"another head": func(id string, h evidence.LogHead, a []evidence.Artifact) ([]byte, evidence.Digest, map[string]string, error) {
			h.Seq++
			return good(id, h, a)
		},
		"without an artifact": func(id string, h evidence.LogHead, a []evidence.Artifact) ([]byte, evidence.Digest, map[string]string, error) {
			return good(id, h, nil)
		},
		"another digest": func(id string, h evidence.LogHead, a []evidence.Artifact) ([]byte, evidence.Digest, map[string]string, error) {
			b, _, detail, err := good(id, h, a)
			return b, evidence.Sum([]byte("x")), detail, err
		},
	} {
		if _, err := c.Commit(ctx, d, evidence.ActCaptured, bad, nil); !errors.Is(err, evidence.ErrManifest) {
			t.Errorf("manifest %s: %v", name, err)
		}
	}
	_, err = c.Commit(ctx, d, evidence.ActCaptured, func(string, evidence.LogHead, []evidence.Artifact) ([]byte, evidence.Digest, map[string]string, error) {
		return nil, evidence.Digest{}, nil, boom
	}, nil)
	if !errors.Is(err, boom) {
		t.Errorf("failing build: %v", err)
	}
	x, err := c.Commit(ctx, d, evidence.ActCaptured, func(id string, h evidence.LogHead, a []evidence.Artifact) ([]byte, evidence.Digest, map[string]string, error) {
		// Reading is allowed from within, changing is not.
		if c.Head() != h || len(d.Artifacts()) != 1 || !errors.Is(d.Abort(), vault.ErrDraft) || !errors.Is(put(d, "c.png"), vault.ErrDraft) {
			t.Error("the draft can be changed while it is committed")
		}
		return good(id, h, a)
	}, nil)
	if err != nil || x.ID != "E-001" {
		t.Fatalf("%s, %v", x.ID, err)
	}
	if err := d.Abort(); err != nil {
		t.Error(err)
	}
	if got, err := read(ctx, x, "a.png"); err != nil || got != "text of a.png" {
		t.Errorf("after commit and abort: %q, %v", got, err)
	}
	if err := put(d, "late.png"); !errors.Is(err, vault.ErrDraft) {
		t.Errorf("put after commit: %v", err)
	}
	gone := c.NewDraft()
	if err := errors.Join(put(gone, "b.png"), gone.Abort()); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Commit(ctx, gone, evidence.ActCaptured, good, nil); !errors.Is(err, vault.ErrDraft) {
		t.Errorf("commit after abort: %v", err)
	}
	if _, err := c.Append(ctx, evidence.Entry{Action: evidence.ActCaptured}); err == nil {
		t.Error("an exhibit without a manifest was appended")
	}
	if _, err := c.Append(ctx, evidence.Entry{Action: evidence.ActViewed, Exhibit: "E-002"}); !isType[*vault.UnknownExhibitError](err) {
		t.Errorf("entry of an unknown exhibit: %v", err)
	}
	if n := countFiles(t, v.Dir(), "objects"); n != 2 {
		t.Errorf("%d objects, want picture and manifest", n)
	}
}

// TestEmptyFoldersLost: some copying tools leave empty folders behind.
func TestEmptyFoldersLost(t *testing.T) {
	v, _ := newVault(t)
	c := newCase(t, v, "a")
	closeVault(t, v)
	if err := os.Remove(filepath.Join(v.Dir(), "cases", c.Info().ID, "objects")); err != nil {
		t.Fatal(err)
	}
	v = reopen(t, v)
	mustCapture(t, openCase(t, v, c.Info().ID), "a.png", "picture")
}

func countFiles(t *testing.T, dir, parent string) (n int) {
	t.Helper()
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err == nil && e.Type().IsRegular() && filepath.Base(filepath.Dir(path)) == parent {
			n++
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

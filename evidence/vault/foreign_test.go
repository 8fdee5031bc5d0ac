package vault_test

import (
	"archive/zip"
	"bytes"
	"errors"
	"io"
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

// plaintext decrypts a file of a vault, as its owner or a further recipient could.
func plaintext(t *testing.T, v *vault.Vault, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	r, err := age.Decrypt(bytes.NewReader(b), vault.IdentityOf(v))
	if err != nil {
		t.Fatal(err)
	}
	plain, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return plain
}

// put encrypts a file to the recipient that stands in vault.json, and puts it into the folder.
func put(t *testing.T, v *vault.Vault, plain []byte, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(sealedTo(t, v.Recipient(), string(plain))), 0o600); err != nil {
		t.Fatal(err)
	}
}

// transplant copies a case from one vault into another, as a case of that id.
func transplant(t *testing.T, from *vault.Vault, id string, to *vault.Vault) {
	t.Helper()
	target := filepath.Join(to.Dir(), "cases", id)
	if err := os.RemoveAll(target); err != nil {
		t.Fatal(err)
	}
	for _, sub := range []string{"log", "objects"} {
		dir := filepath.Join(from.Dir(), "cases", id, sub)
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			put(t, to, plaintext(t, from, filepath.Join(dir, e.Name())), filepath.Join(target, sub, e.Name()))
		}
	}
}

func hasCheck(t *testing.T, v *vault.Vault, name, detail string) {
	t.Helper()
	checks, err := v.Check(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.ContainsFunc(checks, func(c evidence.Check) bool {
		return c.State == evidence.Failed && c.Name == name && strings.Contains(c.Detail, detail)
	}) {
		t.Errorf("no failed check %s with %q in %v", name, detail, checks)
	}
}

func titles(t *testing.T, v *vault.Vault) (list []string) {
	t.Helper()
	cases, err := v.Cases(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range cases {
		list = append(list, c.Title)
	}
	return list
}

// TestTransplantedCase: a case that was made elsewhere and encrypted to the vault's public key is
// not the vault's, nor is one that takes the place of a case with the same id; the rest goes on
// working.
func TestTransplantedCase(t *testing.T) {
	theirs, _ := newVault(t)
	foreign := newCase(t, theirs, "invented")
	mustCapture(t, foreign, "a.png", "invented")
	closeVault(t, theirs)
	theirs = reopen(t, theirs)
	v, _ := newVault(t)
	own := newCase(t, v, "own")
	mustCapture(t, own, "a.png", "picture")
	closeVault(t, v)
	transplant(t, theirs, foreign.Info().ID, v)
	v = reopen(t, v)
	if got := titles(t, v); !slices.Contains(got, "own") || slices.Contains(got, "invented") || len(got) != 2 {
		t.Errorf("listed are %q", got)
	}
	if _, err := v.Case(t.Context(), foreign.Info().ID); !errors.Is(err, vault.ErrForeign) {
		t.Errorf("the foreign case opens: %v", err)
	}
	if n := v.Notices(); len(n) != 1 || n[0].Kind != vault.NoticeForeign {
		t.Errorf("notices %v", n)
	}
	hasCheck(t, v, check.Origin, foreign.Info().ID+": the case was not written by this vault")
	mustCapture(t, openCase(t, v, own.Info().ID), "b.png", "picture")

	// The same id: a copy of the vault's own case is replaced by one that holds other things.
	closeVault(t, v)
	if err := os.RemoveAll(filepath.Join(v.Dir(), "cases", foreign.Info().ID)); err != nil {
		t.Fatal(err)
	}
	id := own.Info().ID
	target := filepath.Join(v.Dir(), "cases", id, "log")
	for _, name := range []string{"00000001", "00000002", "00000003"} {
		plain := plaintext(t, theirs, filepath.Join(theirs.Dir(), "cases", foreign.Info().ID, "log", "00000001"))
		plain = bytes.ReplaceAll(plain, []byte(foreign.Info().ID), []byte(id))
		put(t, v, plain, filepath.Join(target, name))
	}
	v = reopen(t, v)
	if got := titles(t, v); slices.Contains(got, "invented") {
		t.Errorf("listed are %q", got)
	}
	hasCheck(t, v, check.Origin, id)
}

// TestAppendedLine: who has a bundle knows the log, and a further recipient can read all of it;
// neither can add a line. The case goes on without it.
func TestAppendedLine(t *testing.T) {
	ctx := t.Context()
	v, _ := newVault(t)
	c := newCase(t, v, "own")
	mustCapture(t, c, "a.png", "picture")
	id := c.Info().ID
	var log bytes.Buffer
	if err := c.WriteLog(ctx, &log); err != nil {
		t.Fatal(err)
	}
	var chain evidence.Chain
	for line := range bytes.Lines(log.Bytes()) {
		if _, err := chain.Accept(bytes.TrimSuffix(line, []byte("\n"))); err != nil {
			t.Fatal(err)
		}
	}
	_, forged, err := chain.Next(evidence.Entry{Action: evidence.ActMarkedMinor, Exhibit: "E-001", Case: id, Actor: "Constat", Time: testMoment})
	if err != nil {
		t.Fatal(err)
	}
	last := filepath.Join(v.Dir(), "cases", id, "log", "00000002")
	_, rest, _ := strings.Cut(string(plaintext(t, v, last)), "\n")
	_, tail, _ := strings.Cut(rest, "\n")
	closeVault(t, v)
	for name, text := range map[string]string{
		"without a code":         string(forged) + "\n" + `{"format":"constat-record/1"}` + "\n",
		"with a code of another": string(forged) + "\n" + `{"format":"constat-record/1"}` + "\n" + tail[:64],
	} {
		text += strings.Repeat(" ", 1023-len(text)%1024) + "\n"
		put(t, v, []byte(text), filepath.Join(v.Dir(), "cases", id, "log", "00000003"))
		v = reopen(t, v)
		c := openCase(t, v, id)
		if c.Damage() != nil || c.Head().Seq != 2 || len(c.Foreign()) != 1 {
			t.Fatalf("%s: %v, head %d, foreign %q", name, c.Damage(), c.Head().Seq, c.Foreign())
		}
		hasCheck(t, v, check.Origin, "log/00000003 was not written by this vault")
		closeVault(t, v)
	}
	// What comes next takes its place, and it is kept aside.
	v = reopen(t, v)
	c = openCase(t, v, id)
	mustCapture(t, c, "b.png", "picture")
	if c.Head().Seq != 3 || len(c.Foreign()) != 0 || checkFails(t, v) != nil {
		t.Errorf("head %d, foreign %q, %v", c.Head().Seq, c.Foreign(), checkFails(t, v))
	}
	if kept, _ := filepath.Glob(filepath.Join(v.Dir(), "cases", id, "log", "00000003.foreign-*")); len(kept) != 1 {
		t.Errorf("kept aside are %q", kept)
	}
}

// TestExchangedObjects: an object proves for which place it was made, whoever could encrypt the
// same bytes.
func TestExchangedObjects(t *testing.T) {
	v, _ := newVault(t)
	c := newCase(t, v, "own")
	x := mustCapture(t, c, "a.png", "picture")
	id := c.Info().ID
	objects := filepath.Join(v.Dir(), "cases", id, "objects")
	entries, err := os.ReadDir(objects)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		path := filepath.Join(objects, e.Name())
		if plain := plaintext(t, v, path); string(plain) == "picture" {
			put(t, v, plain, path)
		}
	}
	if _, err := read(t.Context(), x, "a.png"); !errors.Is(err, vault.ErrForeign) {
		t.Errorf("the same bytes by somebody else: %v", err)
	}
	hasCheck(t, v, check.Artifacts, "was not written by this vault")
}

// TestPutBackToVersion1: whoever writes "version 1" into vault.json cannot have the vault believe
// what proves nothing.
func TestPutBackToVersion1(t *testing.T) {
	theirs, _ := newVault(t)
	foreign := newCase(t, theirs, "invented")
	v, _ := newVault(t)
	newCase(t, v, "own")
	closeVault(t, v)
	path := filepath.Join(v.Dir(), "vault.json")
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	b = bytes.ReplaceAll(bytes.ReplaceAll(b, []byte("constat-vault/2"), []byte("constat-vault/1")), []byte(`"version": 2`), []byte(`"version": 1`))
	if err := errors.Join(os.WriteFile(path, b, 0o600), os.Remove(filepath.Join(v.Dir(), "state.age"))); err != nil {
		t.Fatal(err)
	}
	transplant(t, theirs, foreign.Info().ID, v)
	v = reopen(t, v)
	if v.Old() || slices.Contains(titles(t, v), "invented") {
		t.Errorf("old %v, listed are %q", v.Old(), titles(t, v))
	}
}

// TestLostTail: entries that were there and are gone are noticed, named, and their numbers never
// given again, whatever was taken with them.
func TestLostTail(t *testing.T) {
	for name, also := range map[string][]string{
		"the log's end":             nil,
		"and the head":              {"head"},
		"and all but the artifacts": {"head", "index"},
	} {
		t.Run(name, func(t *testing.T) {
			v, _ := newVault(t)
			c := newCase(t, v, "own")
			mustCapture(t, c, "a.png", "picture")
			id := c.Info().ID
			dir := filepath.Join(v.Dir(), "cases", id)
			before, err := os.ReadFile(filepath.Join(dir, "head"))
			if err != nil {
				t.Fatal(err)
			}
			mustCapture(t, c, "b.png", "picture")
			closeVault(t, v)
			for _, file := range append(also, "log/00000003") {
				if err := os.Remove(filepath.Join(dir, file)); err != nil && !os.IsNotExist(err) {
					t.Fatal(err)
				}
			}
			if slices.Contains(also, "head") { // put back to what it was
				if err := os.WriteFile(filepath.Join(dir, "head"), before, 0o600); err != nil {
					t.Fatal(err)
				}
			}
			v = reopen(t, v)
			hasCheck(t, v, check.Unrecorded, "E-002 was here; its entry is lost")
			x := mustCapture(t, openCase(t, v, id), "c.png", "picture")
			if x.ID != "E-003" {
				t.Errorf("the next exhibit is %s", x.ID)
			}
			hasCheck(t, v, check.Unrecorded, "E-002 was here; its entry is lost")
		})
	}
}

// TestOlderCopy: a device that knew more says so when an older copy is put in the vault's place,
// and so does the checker.
func TestOlderCopy(t *testing.T) {
	ctx := t.Context()
	o := options()
	o.Heads = filepath.Join(t.TempDir(), "heads")
	dir := filepath.Join(t.TempDir(), "vault")
	v, _, err := vault.Create(ctx, dir, passphrase, o)
	if err != nil {
		t.Fatal(err)
	}
	c := newCase(t, v, "own")
	mustCapture(t, c, "a.png", "picture")
	id := c.Info().ID
	closeVault(t, v)
	older := filepath.Join(t.TempDir(), "older")
	copyFolder(t, dir, older)
	open := func() *vault.Vault {
		v, err := vault.Open(ctx, dir, passphrase, o)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { closeVault(t, v) })
		return v
	}
	v = open()
	if n := v.Notices(); len(n) != 0 || !v.KnownElsewhere() || checkFails(t, v) != nil {
		t.Errorf("notices %v, known %v, %v", n, v.KnownElsewhere(), checkFails(t, v))
	}
	mustCapture(t, openCase(t, v, id), "b.png", "picture")
	gone := newCase(t, v, "later")
	if err := v.ChangePassphrase(ctx, passphrase+"2"); err != nil {
		t.Fatal(err)
	}
	closeVault(t, v)
	if err := os.RemoveAll(dir); err != nil {
		t.Fatal(err)
	}
	copyFolder(t, older, dir)
	v = open()
	kinds := map[vault.NoticeKind]vault.Notice{}
	for _, n := range v.Notices() {
		kinds[n.Kind] = n
	}
	for _, want := range []vault.NoticeKind{vault.NoticeOldCase, vault.NoticeOldState, vault.NoticeCaseGone} {
		if n, ok := kinds[want]; !ok || n.Time.IsZero() {
			t.Errorf("%s: %v in %v", want, n, v.Notices())
		}
	}
	hasCheck(t, v, check.Heads, id+": the log ends with entry 2")
	hasCheck(t, v, check.Heads, gone.Info().ID+": the case is gone")
	// It goes on, says in its log what is lost, and gives no number twice.
	c = openCase(t, v, id)
	if x := mustCapture(t, c, "c.png", "picture"); x.ID != "E-003" {
		t.Errorf("the next exhibit is %s", x.ID)
	}
	entries, err := c.Entries(ctx)
	if err != nil || entries[2].Action != evidence.ActEntriesLost || entries[2].Detail["exhibits"] != "E-002" {
		t.Errorf("%v, %v", entries, err)
	}
	closeVault(t, v)
	v = open()
	for _, n := range v.Notices() {
		if n.Kind == vault.NoticeOldCase {
			t.Errorf("said again: %v", n)
		}
	}
	hasCheck(t, v, check.Heads, "are lost; exhibits: E-002")
}

// TestOlderKey: an older identity.age that was put back opens with the old passphrase, and is noticed.
func TestOlderKey(t *testing.T) {
	v, _ := newVault(t)
	path := filepath.Join(v.Dir(), "identity.age")
	old, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := v.ChangePassphrase(t.Context(), "another one"); err != nil {
		t.Fatal(err)
	}
	closeVault(t, v)
	if err := os.WriteFile(path, old, 0o600); err != nil {
		t.Fatal(err)
	}
	v = reopen(t, v)
	if n := v.Notices(); len(n) != 1 || n[0].Kind != vault.NoticeOldKey || n[0].Path != "identity.age" || n[0].Time.IsZero() {
		t.Errorf("notices %v", n)
	}
	hasCheck(t, v, check.KeyFiles, "identity.age is not the one that was written last")
}

// TestVersion1: a vault that an earlier build made can be read, is not written before its owner was
// asked, and keeps what was there, marked and pinned.
func TestVersion1(t *testing.T) {
	ctx := t.Context()
	dir := filepath.Join(t.TempDir(), "vault")
	z, err := zip.OpenReader("testdata/version1.zip")
	if err != nil {
		t.Fatal(err)
	}
	defer z.Close()
	if err := os.CopyFS(dir, z); err != nil {
		t.Fatal(err)
	}
	const secret = "quatre mots sans lien: tulipe"
	open := func() *vault.Vault {
		v, err := vault.Open(ctx, dir, secret, options())
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { closeVault(t, v) })
		return v
	}
	v := open()
	if !v.Old() || checkFails(t, v) != nil || !slices.Equal(titles(t, v), []string{"Une affaire", "Zweite Akte"}) {
		t.Fatalf("old %v, %q, %v", v.Old(), titles(t, v), checkFails(t, v))
	}
	const id = "c872120ca437b03c"
	look := func() (list []vault.Exhibit) {
		c := openCase(t, v, id)
		list, err := c.Exhibits(ctx)
		if err != nil || c.Damage() != nil || len(list) != 2 || list[0].Damage != nil {
			t.Fatalf("%d exhibits, %v, %v", len(list), err, c.Damage())
		}
		for _, a := range list[0].Manifest.Artifacts {
			if _, err := read(ctx, list[0], a.Name); err != nil {
				t.Errorf("%s: %v", a.Name, err)
			}
		}
		return list
	}
	look()
	c := openCase(t, v, id)
	_, errAppend := c.Append(ctx, evidence.Entry{Action: evidence.ActViewed})
	_, errCase := v.CreateCase(ctx, "b", false)
	for _, err := range []error{errAppend, errCase, c.SaveNotes(ctx, "what nobody else is to read")} {
		if !errors.Is(err, vault.ErrVersion1) {
			t.Errorf("written before anybody was asked: %v", err)
		}
	}
	if _, signature, err := c.SignHead(ctx); !errors.Is(err, vault.ErrVersion1) || signature != nil {
		t.Errorf("lines that prove nothing were signed: %v", err)
	}
	if err := v.Migrate(ctx); err != nil || v.Old() || checkFails(t, v) != nil {
		t.Fatalf("%v, %v", err, checkFails(t, v))
	}
	mustCapture(t, openCase(t, v, id), "a.png", "picture")
	closeVault(t, v)
	v = open()
	c = openCase(t, v, id)
	if head, _, err := c.SignHead(ctx); err != nil || head != c.Head() {
		t.Errorf("%+v, %v", head, err)
	}
	list, err := c.Exhibits(ctx)
	if v.Old() || err != nil || len(list) != 3 || c.Unproven() != 7 || checkFails(t, v) != nil || len(v.Notices()) != 0 {
		t.Errorf("old %v, %d exhibits, %d unproven, %v, %v, %v", v.Old(), len(list), c.Unproven(), err, checkFails(t, v), v.Notices())
	}
	// From now on, what proves nothing is not taken in; nor can what was there be exchanged.
	closeVault(t, v)
	theirs, _ := newVault(t)
	foreign := newCase(t, theirs, "invented")
	transplant(t, theirs, foreign.Info().ID, v)
	path := filepath.Join(dir, "cases", "09cabb0790af519c", "log", "00000001")
	v = open()
	plain := bytes.Replace(plaintext(t, v, path), []byte("Zweite"), []byte("Dritte"), 1)
	closeVault(t, v)
	put(t, v, plain, path)
	v = open()
	if _, err := v.Case(ctx, foreign.Info().ID); !errors.Is(err, vault.ErrForeign) {
		t.Errorf("foreign case: %v", err)
	}
	if openCase(t, v, "09cabb0790af519c").Damage() == nil {
		t.Error("a line of version 1 was exchanged, and nothing says so")
	}
}

// TestWhatIsNoFileAtTheNextNumberIsNamed: it stays where it is, its own path is said, and once it
// is away the log goes on.
func TestWhatIsNoFileAtTheNextNumberIsNamed(t *testing.T) {
	ctx := t.Context()
	v, _ := newVault(t)
	id := newCase(t, v, "a").Info().ID
	next := filepath.Join(v.Dir(), "cases", id, "log", "00000002")
	if err := os.Mkdir(next, 0o700); err != nil {
		t.Fatal(err)
	}
	closeVault(t, v)
	v = reopen(t, v)
	c := openCase(t, v, id)
	_, err := c.Append(ctx, evidence.Entry{Action: evidence.ActViewed})
	if path, ok := vault.Planted(err); !ok || filepath.Base(path) != "00000002" || c.Damage() != nil {
		t.Fatalf("%q, %v, damage %v", path, err, c.Damage())
	}
	if err := os.Remove(next); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Append(ctx, evidence.Entry{Action: evidence.ActViewed}); err != nil {
		t.Error(err)
	}
}

package replica_test

import (
	"bytes"
	"context"
	"errors"
	"io"

	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"constat/evidence"
	"constat/evidence/replica"
	"constat/evidence/vault"
	"constat/evidence/vault/vaulttest"
)

const passphrase = "a passphrase of the test"

// device is a vault's folder with what the program keeps outside of it.
type device struct {
	t    testing.TB
	dir  string
	data string
	v    *vault.Vault
}

func (d *device) options() vault.Options {
	return vault.Options{Actor: "replica test", Heads: filepath.Join(d.data, "heads")}
}

func (d *device) open() *device {
	d.t.Helper()
	v, err := vault.Open(d.t.Context(), d.dir, passphrase, d.options())
	if err != nil {
		d.t.Fatal(err)
	}
	d.t.Cleanup(func() { _ = v.Close() })
	d.v = v
	return d
}

func (d *device) close() {
	d.t.Helper()
	if err := d.v.Close(); err != nil {
		d.t.Fatal(err)
	}
}

// newDevice is one with a new vault, and its recovery code.
func newDevice(t testing.TB) (*device, string) {
	t.Helper()
	d := &device{t: t, dir: filepath.Join(t.TempDir(), "vault"), data: t.TempDir()}
	code := vaulttest.Make(t, d.dir, passphrase)
	return d.open(), code
}

func (d *device) copyAt(place replica.Place) *replica.Copy {
	return &replica.Copy{Place: place, Name: "c1", State: filepath.Join(d.data, "copies")}
}

func (d *device) newCase() string {
	d.t.Helper()
	c, err := d.v.CreateCase(d.t.Context(), "November", false)
	if err != nil {
		d.t.Fatal(err)
	}
	return c.ID
}

// keep records an exhibit of one file.
func (d *device) keep(id, text string) {
	d.t.Helper()
	ctx := d.t.Context()
	c, err := d.v.Case(ctx, id)
	if err != nil {
		d.t.Fatal(err)
	}
	draft := c.NewDraft()
	if _, err := draft.Put(ctx, evidence.Artifact{Name: "note.txt", Role: evidence.Original, MediaType: "text/plain"}, strings.NewReader(text)); err != nil {
		d.t.Fatal(err)
	}
	_, err = c.Commit(ctx, draft, evidence.ActImported, func(exhibit string, head evidence.LogHead, artifacts []evidence.Artifact) ([]byte, evidence.Digest, map[string]string, error) {
		now := evidence.MomentOf(time.Now())
		m := evidence.Manifest{Case: id, Started: now, Finished: now, Exhibit: exhibit, Kind: evidence.Import, Outcome: evidence.Complete, Artifacts: artifacts, CustodyHead: head}
		b, err := m.Encode()
		return b, evidence.Sum(b), nil, err
	}, nil)
	if err != nil {
		d.t.Fatal(err)
	}
}

func (d *device) push(place replica.Place) replica.Pushed {
	d.t.Helper()
	p, err := d.copyAt(place).Push(d.t.Context(), d.v, nil)
	if err != nil {
		d.t.Fatalf("push: %v", err)
	}
	return p
}

func (d *device) check(place replica.Place) replica.Found {
	d.t.Helper()
	f, err := d.copyAt(place).Check(d.t.Context(), d.v, true, nil)
	if err != nil {
		d.t.Fatalf("check: %v", err)
	}
	return f
}

// whole has the independent checker look at a folder.
func (d *device) whole() {
	d.t.Helper()
	checks, err := d.v.Check(d.t.Context(), nil)
	if err != nil {
		d.t.Fatal(err)
	}
	for _, c := range checks {
		if c.State == evidence.Failed {
			d.t.Errorf("%s: %s", c.Name, c.Detail)
		}
	}
}

// restored is another device, with what a restore made.
func restored(t testing.TB, place replica.Place, s replica.Secret) (*device, replica.Restored) {
	t.Helper()
	d := &device{t: t, dir: filepath.Join(t.TempDir(), "vault"), data: t.TempDir()}
	r, err := replica.Restore(t.Context(), place, s, d.dir, nil)
	if err != nil {
		t.Fatalf("restore: %v", err)
	}
	return d, r
}

func tree(t testing.TB, dir string) map[string]string {
	t.Helper()
	m := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		b, err := os.ReadFile(path)
		rel, _ := filepath.Rel(dir, path)
		m[filepath.ToSlash(rel)] = string(b)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// The way of a lost laptop: pushed, destroyed, restored by the code, whole, and pushed on from there.
func TestPushAndRestore(t *testing.T) {
	place := replica.Folder{Dir: t.TempDir()}
	a, code := newDevice(t)
	id := a.newCase()
	a.keep(id, "the first")
	first := a.push(place)
	if first.Number != 1 || first.Files == 0 || first.Total != first.Files {
		t.Errorf("%+v", first)
	}
	before := tree(t, place.Dir)
	for name, text := range before {
		if strings.Contains(text, "the first") || strings.Contains(text, "November") || !strings.HasPrefix(text, "age-encryption.org/v1\n") &&
			!strings.Contains(text, `"recipient"`) {
			t.Errorf("%s is no ciphertext", name)
		}
	}
	if again := a.push(place); again.Number != 1 || again.Files != 0 {
		t.Errorf("nothing was new: %+v", again)
	}
	a.keep(id, "the second")
	second := a.push(place)
	if second.Number != 2 || second.Files == 0 || second.Files >= first.Files+4 {
		t.Errorf("%+v after %+v", second, first)
	}
	after := tree(t, place.Dir)
	for name, text := range before {
		if after[name] != text {
			t.Errorf("%s was changed or removed", name)
		}
	}
	if f := a.check(place); !f.Whole() || f.Read != f.Files || f.Ahead != 0 || !f.Device {
		t.Errorf("%+v", f)
	}
	a.keep(id, "never pushed")
	if f := a.check(place); !f.Whole() || f.Ahead == 0 {
		t.Errorf("%+v", f)
	}
	a.close()

	b, r := restored(t, place, replica.Secret{Text: strings.ToLower(code), Code: true})
	if len(r.Missing)+len(r.Damaged) != 0 || r.Number != 2 || r.Cases[id].Exhibits != 2 {
		t.Errorf("%+v", r)
	}
	b.open().whole()
	b.keep(id, "on the new device")
	if p := b.push(place); p.Number != 3 || p.PlaceBehind {
		t.Errorf("%+v", p)
	}
	if _, err := replica.Restore(t.Context(), place, replica.Secret{Text: "not it at all"}, filepath.Join(t.TempDir(), "x"), nil); !errors.Is(err, vault.ErrWrongPassphrase) {
		t.Errorf("%v", err)
	}
	if _, err := replica.Restore(t.Context(), place, replica.Secret{Text: passphrase}, b.dir, nil); !errors.Is(err, replica.ErrTarget) {
		t.Errorf("into a vault: %v", err)
	}

	// The old one is found again and went another way; the rest of it is copied all the same.
	a.open()
	other := a.newCase()
	_, err := a.copyAt(place).Push(t.Context(), a.v, nil)
	fork, ok := errors.AsType[*replica.ForkError](err)
	if !ok || len(fork.Cases) != 1 || !fork.Both() || fork.Cases[0].Case != id {
		t.Fatalf("%v", err)
	}
	c, r := restored(t, place, replica.Secret{Text: passphrase})
	if r.Cases[other].Seq == 0 || r.Cases[id].Exhibits != 3 {
		t.Errorf("the other case was not copied, or this one was: %+v", r.Cases)
	}
	c.open().whole()
}

// An older folder is told from one that went another way.
func TestFolderBehind(t *testing.T) {
	place := replica.Folder{Dir: t.TempDir()}
	a, _ := newDevice(t)
	id := a.newCase()
	a.push(place)
	b, _ := restored(t, place, replica.Secret{Text: passphrase})
	a.keep(id, "newer")
	a.push(place)
	b.open()
	_, err := b.copyAt(place).Push(t.Context(), b.v, nil)
	fork, ok := errors.AsType[*replica.ForkError](err)
	if !ok || fork.Both() || fork.Cases[0].Here >= fork.Cases[0].There {
		t.Fatalf("%v", err)
	}
	if f := b.check(place); f.Whole() || len(f.Forks) != 1 || f.Device {
		t.Errorf("%+v", f)
	}
}

// What a place does to what it has is said, with numbers, and made good as far as it can be.
func TestPlaceLies(t *testing.T) {
	place := replica.Folder{Dir: t.TempDir()}
	a, _ := newDevice(t)
	id := a.newCase()
	a.push(place)
	old := tree(t, place.Dir)
	a.keep(id, "newer")
	a.push(place)
	now := tree(t, place.Dir)

	// Back to an older state.
	for name := range now {
		if _, ok := old[name]; !ok {
			remove(t, filepath.Join(place.Dir, filepath.FromSlash(name)))
		}
	}
	if f := a.check(place); f.Whole() || !f.PlaceBehind || f.Number != 1 {
		t.Errorf("put back: %+v", f)
	}
	if p := a.push(place); !p.PlaceBehind || p.Again == 0 || p.Number != 3 {
		t.Errorf("put back: %+v", p)
	}
	if f := a.check(place); !f.Whole() {
		t.Errorf("made good: %+v", f)
	}

	// One object exchanged for another, one lost, and heads of somebody else.
	var objects []string
	for name := range tree(t, place.Dir) {
		if _, there := old[name]; !there && strings.Contains(name, "/files/") {
			objects = append(objects, name)
		}
	}
	write(t, filepath.Join(place.Dir, filepath.FromSlash(objects[0])), bytes.Repeat([]byte("x"), len(now[objects[0]])))
	remove(t, filepath.Join(place.Dir, filepath.FromSlash(objects[1])))
	heads := filepath.Join(place.Dir, filepath.Dir(filepath.Dir(filepath.Dir(filepath.FromSlash(objects[0])))), "heads")
	write(t, filepath.Join(heads, "00000009"), []byte("not a head"))
	f := a.check(place)
	if f.Whole() || len(f.Damaged) != 1 || len(f.Missing) != 1 || f.Foreign != 1 {
		t.Errorf("%+v", f)
	}
	b, r := restored(t, place, replica.Secret{Text: passphrase})
	if len(r.Damaged) != 1 || len(r.Missing) != 1 || r.Foreign != 1 {
		t.Errorf("%+v", r)
	}
	b.open() // what is damaged costs itself
	a.keep(id, "behind the foreign one")
	if p := a.push(place); p.Number != 10 || p.Foreign != 1 {
		t.Errorf("%+v", p)
	}
}

// A place was put back, and another device went on from there: what that one kept stays in the copy when the first
// pushes again.
func TestPutBackAndGoneOnElsewhere(t *testing.T) {
	place := replica.Folder{Dir: t.TempDir()}
	a, _ := newDevice(t)
	id := a.newCase()
	a.push(place)
	old := tree(t, place.Dir)
	a.keep(id, "of the first")
	a.push(place)
	for name := range tree(t, place.Dir) {
		if _, ok := old[name]; !ok {
			remove(t, filepath.Join(place.Dir, filepath.FromSlash(name)))
		}
	}
	b, _ := restored(t, place, replica.Secret{Text: passphrase})
	b.open()
	theirs := b.newCase()
	b.keep(theirs, "of the second")
	b.push(place)

	p, err := a.copyAt(place).Push(t.Context(), a.v, nil)
	if e, ok := errors.AsType[*replica.ForkError](err); !ok || len(e.Cases) != 1 || e.Cases[0].Case != theirs || !p.PlaceBehind {
		t.Fatalf("%+v, %v", p, err)
	}
	c, r := restored(t, place, replica.Secret{Text: passphrase})
	if len(r.Missing) != 0 || len(r.Damaged) != 0 {
		t.Errorf("%+v", r)
	}
	c.open()
	c.whole()
	for _, of := range []string{id, theirs} {
		cs, err := c.v.Case(t.Context(), of)
		if err != nil {
			t.Fatal(err)
		}
		if list, err := cs.Exhibits(t.Context()); err != nil || len(list) != 1 {
			t.Errorf("%s: %d exhibits, %v", of, len(list), err)
		}
	}
}

// Damage in the folder does not become damage at the place.
func TestDamageStaysHere(t *testing.T) {
	place := replica.Folder{Dir: t.TempDir()}
	a, _ := newDevice(t)
	id := a.newCase()
	a.keep(id, "whole")
	a.push(place)
	objects, err := filepath.Glob(filepath.Join(a.dir, "cases", id, "objects", "*"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(objects[0])
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)-1] ^= 1
	write(t, objects[0], b)
	remove(t, objects[1])
	p := a.push(place)
	if len(p.ChangedHere) != 1 || len(p.MissingHere) != 1 {
		t.Errorf("%+v", p)
	}
	if f := a.check(place); f.Whole() || len(f.ChangedHere) != 1 || len(f.MissingHere) != 1 || len(f.Damaged) != 0 {
		t.Errorf("%+v", f)
	}
	c, r := restored(t, place, replica.Secret{Text: passphrase})
	if len(r.Missing)+len(r.Damaged) != 0 {
		t.Errorf("%+v", r)
	}
	c.open().whole()
}

// stopping is a place that fails after some puts, as one that is unplugged, full, or cut off.
type stopping struct {
	replica.Place
	left int
	err  error
}

func (s *stopping) Put(ctx context.Context, name string, size int64, open func() (io.ReadCloser, error)) error {
	if s.left == 0 {
		return s.err
	}
	s.left--
	return s.Place.Put(ctx, name, size, open)
}

// Wherever a push stops, the copy before it stands, and the next push goes on.
func TestStoppedAnywhere(t *testing.T) {
	a, _ := newDevice(t)
	id := a.newCase()
	full := &replica.PlaceError{Kind: replica.Full, Err: errors.New("full")}
	folder := replica.Folder{Dir: t.TempDir()}
	a.push(folder)
	for n := range 7 {
		a.keep(id, strings.Repeat("text ", n+1))
		_, err := a.copyAt(&stopping{Place: folder, left: n, err: full}).Push(t.Context(), a.v, nil)
		if err != nil && !errors.Is(err, full) {
			t.Fatal(err)
		}
		_, r := restored(t, folder, replica.Secret{Text: passphrase})
		if len(r.Missing)+len(r.Damaged) > 0 {
			t.Errorf("after %d: %+v", n, r)
		}
		a.push(folder)
		if f := a.check(folder); !f.Whole() || f.Ahead != 0 {
			t.Errorf("after %d: %+v", n, f)
		}
	}
}

func TestPlaceAway(t *testing.T) {
	a, _ := newDevice(t)
	gone := replica.Folder{Dir: filepath.Join(t.TempDir(), "stick")}
	_, err := a.copyAt(gone).Push(t.Context(), a.v, nil)
	if e, ok := errors.AsType[*replica.PlaceError](err); !ok || e.Kind != replica.Unreachable {
		t.Errorf("%v", err)
	}
	if _, err := os.Stat(gone.Dir); !errors.Is(err, fs.ErrNotExist) {
		t.Error("a stick that is away was made anew")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := a.copyAt(replica.Folder{Dir: t.TempDir()}).Push(ctx, a.v, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func write(t testing.TB, path string, b []byte) {
	t.Helper()
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func remove(t testing.TB, path string) {
	t.Helper()
	if err := os.Remove(path); err != nil {
		t.Fatal(err)
	}
}

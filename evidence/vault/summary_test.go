package vault

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"constat/evidence"
	"constat/evidence/vault/disk"
)

// summed is a vault with one case of three exhibits, each with a reply, of which there is a summary.
type summed struct {
	t   *testing.T
	v   *Vault
	dir string
	id  string
}

func newSummed(t *testing.T) *summed {
	t.Helper()
	x := &summed{t: t, dir: filepath.Join(t.TempDir(), "v")}
	v, _, err := Create(t.Context(), x.dir, "pass", x.options(lazyFS{}))
	if err != nil {
		t.Fatal(err)
	}
	x.v = v
	info, err := v.CreateCase(t.Context(), "a", false)
	if err != nil {
		t.Fatal(err)
	}
	x.id = info.ID
	c := x.open()
	for _, text := range []string{"first", "second", "third"} {
		e := commitOne(t, c, text)
		if err := c.AddReply(t.Context(), e.ID, evidence.Authority{Name: "tsa.example"}, []byte("reply"), []byte{1}, testTime, testTime); err != nil {
			t.Fatal(err)
		}
	}
	x.reopen(lazyFS{})
	if _, err := os.Stat(x.path()); err != nil {
		t.Fatal(err)
	}
	return x
}

func (x *summed) options(f disk.FS) Options {
	o := indexOptions(f)
	o.Heads = filepath.Join(filepath.Dir(x.dir), "heads")
	return o
}

func (x *summed) path() string { return filepath.Join(x.dir, casesName, x.id, summaryName) }

func (x *summed) open() *Case {
	x.t.Helper()
	c, err := x.v.Case(x.t.Context(), x.id)
	if err != nil {
		x.t.Fatal(err)
	}
	return c
}

func (x *summed) reopen(f disk.FS) *Case {
	x.t.Helper()
	if err := x.v.Close(); err != nil {
		x.t.Fatal(err)
	}
	v, err := Open(x.t.Context(), x.dir, "pass", x.options(f))
	if err != nil {
		x.t.Fatal(err)
	}
	x.t.Cleanup(func() { v.Close() })
	x.v = v
	return x.open()
}

// whole says whether all of the log is in memory.
func (c *Case) whole() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.log.before == nil
}

func (x *summed) log(c *Case) string {
	x.t.Helper()
	var b bytes.Buffer
	if err := c.WriteLog(x.t.Context(), &b); err != nil {
		x.t.Fatal(err)
	}
	return b.String()
}

func commitOne(t *testing.T, c *Case, text string) Exhibit {
	t.Helper()
	d := c.NewDraft()
	if _, err := d.Put(t.Context(), evidence.Artifact{Name: "a.txt", Role: evidence.Original, MediaType: "text/plain"}, strings.NewReader(text)); err != nil {
		t.Fatal(err)
	}
	x, err := c.Commit(t.Context(), d, evidence.ActImported, buildFor(c.id), nil)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// Who adds to a case reads its end alone; what is written so is what is written by who has read all
// of it, and what was recorded before is there as soon as somebody asks for it.
func TestEndOfALogIsEnoughToAdd(t *testing.T) {
	x := newSummed(t)
	ctx := t.Context()
	c := x.reopen(lazyFS{})
	if c.whole() {
		t.Fatal("the whole log was read")
	}
	want := evidence.LogHead{}
	if h := c.Head(); h == want || c.Info().Title != "a" || c.Unproven() != 0 {
		t.Errorf("%+v %+v", h, c.Info())
	}
	e := commitOne(t, c, "one more")
	a := evidence.Authority{Name: "tsa.example"}
	if err := c.AddReply(ctx, e.ID, a, []byte("reply"), []byte{1}, testTime, testTime); err != nil {
		t.Fatal(err)
	}
	if err := c.AddFile(ctx, e.ID, evidence.ActRevocationKept, "crl.der", []byte("crl"), nil); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Append(ctx, evidence.Entry{Action: evidence.ActFactsEdited, Exhibit: e.ID, Detail: map[string]string{"platform": "X"}}); err != nil {
		t.Fatal(err)
	}
	again, err := c.Exhibit(ctx, e.ID)
	if err != nil || len(again.Replies) != 1 || len(again.Files) != 1 {
		t.Errorf("%+v, %v", again, err)
	}
	if b, err := again.ReadFile(ctx, "crl.der"); err != nil || string(b) != "crl" {
		t.Errorf("%q, %v", b, err)
	}
	if about, err := c.EntriesAbout(ctx, e.ID); err != nil || len(about) != 4 {
		t.Errorf("%d entries, %v", len(about), err)
	}
	if e.ID != "E-004" || c.whole() {
		t.Errorf("%s, whole log read: %v", e.ID, c.whole())
	}
	// Asked for what lies before: all of it is there, with what was added.
	if _, err := c.Append(ctx, evidence.Entry{Action: evidence.ActViewed, Exhibit: "E-002"}); err != nil || !c.whole() {
		t.Errorf("%v, whole log read: %v", err, c.whole())
	}
	list, err := c.Exhibits(ctx)
	if err != nil || len(list) != 4 || len(list[1].Replies) != 1 || len(list[3].Replies) != 1 {
		t.Errorf("%d exhibits, %v", len(list), err)
	}
	now := x.log(c)
	if err := errors.Join(x.v.Close(), os.Remove(x.path())); err != nil {
		t.Fatal(err)
	}
	if c := x.reopen(lazyFS{}); !c.whole() || x.log(c) != now {
		t.Error("without a summary the log is another one")
	}
	for _, k := range mustCheck(t, x.v) {
		if k.State == evidence.Failed {
			t.Errorf("%s: %s", k.Name, k.Detail)
		}
	}
}

func mustCheck(t *testing.T, v *Vault) []evidence.Check {
	t.Helper()
	list, err := v.Check(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// A summary is used only if the log is what it says, to the last line and to the last head that
// anything knows of. Otherwise the log itself is read, and says what is wrong.
func TestSummaryIsNeverBetterThanTheLog(t *testing.T) {
	for name, spoil := range map[string]func(x *summed) error{
		"missing":  func(x *summed) error { return os.Remove(x.path()) },
		"damaged":  func(x *summed) error { return flipLast(x.path()) },
		"empty":    func(x *summed) error { return os.WriteFile(x.path(), nil, 0o600) },
		"foreign":  func(x *summed) error { return x.forge([]byte("{}")) },
		"a folder": func(x *summed) error { return errors.Join(os.Remove(x.path()), os.Mkdir(x.path(), 0o700)) },
		"a link": func(x *summed) error {
			return errors.Join(os.Rename(x.path(), x.path()+"2"), os.Symlink(x.path()+"2", x.path()))
		},
		"last line gone":  func(x *summed) error { return os.Remove(x.file(logName, logFileName(x.seq()))) },
		"a line gone":     func(x *summed) error { return os.Remove(x.file(logName, logFileName(2))) },
		"last line other": func(x *summed) error { return flipLast(x.file(logName, logFileName(x.seq()))) },
		"head gone":       func(x *summed) error { return os.Remove(x.file(headName)) },
		"a line planted": func(x *summed) error {
			return os.WriteFile(x.file(logName, logFileName(x.seq()+1)), []byte("age-encryption.org/v1\n"), 0o600)
		},
	} {
		t.Run(name, func(t *testing.T) {
			x := newSummed(t)
			if err := spoil(x); err != nil {
				t.Fatal(err)
			}
			if err := x.v.Close(); err != nil {
				t.Fatal(err)
			}
			v, err := Open(t.Context(), x.dir, "pass", x.options(lazyFS{}))
			if err != nil {
				t.Fatal(err)
			}
			defer v.Close()
			x.v = v
			if c := x.open(); !c.whole() {
				t.Error("the summary was believed")
			}
		})
	}
}

// The copy of a case from before its last entries does not count as the end of its log, with its
// summary as little as without.
func TestOlderSummaryHidesNoLoss(t *testing.T) {
	x := newSummed(t)
	old := filepath.Join(t.TempDir(), "old")
	if err := x.v.Close(); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(old, os.DirFS(x.dir)); err != nil {
		t.Fatal(err)
	}
	v, err := Open(t.Context(), x.dir, "pass", x.options(lazyFS{}))
	if err != nil {
		t.Fatal(err)
	}
	x.v = v
	commitOne(t, x.open(), "lost later")
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(os.RemoveAll(x.dir), os.CopyFS(x.dir, os.DirFS(old))); err != nil {
		t.Fatal(err)
	}
	v, err = Open(t.Context(), x.dir, "pass", x.options(lazyFS{}))
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	x.v = v
	c := x.open()
	if lost := c.LostExhibits(); len(lost) != 1 || lost[0].First != "E-004" {
		t.Errorf("%+v", lost)
	}
	if e := commitOne(t, c, "after it"); e.ID != "E-005" {
		t.Errorf("%s was given again", e.ID)
	}
}

// An object that no entry names keeps its number also where only the end of the log is read.
func TestStrayManifestKeepsItsNumberBehindASummary(t *testing.T) {
	x := newSummed(t)
	c := x.reopen(lazyFS{})
	stray, err := x.v.disk.RandomHex(objectNameBytes)
	if err != nil {
		t.Fatal(err)
	}
	b, _, _, err := buildFor(x.id)("E-007", c.Head(), nil)
	if err != nil {
		t.Fatal(err)
	}
	write := x.v.sealedObject(x.v.to, c.place(stray), func(w io.Writer) error { _, err := w.Write(b); return err })
	if err := x.v.disk.Write(c.path(objectsName), stray, write); err != nil {
		t.Fatal(err)
	}
	if e := commitOne(t, c, "x"); e.ID != "E-008" || c.whole() {
		t.Errorf("%s, whole log read: %v", e.ID, c.whole())
	}
}

// What was told of a case holds as of its line, and comes with what was written since.
func TestToldAsOfALine(t *testing.T) {
	x := newSummed(t)
	ctx := t.Context()
	c := x.reopen(lazyFS{})
	if _, _, ok := c.Told(ctx); ok {
		t.Error("nothing was told")
	}
	head := c.Head().Seq
	if err := c.SaveTold(ctx, head-1, []byte("too old")); err != nil {
		t.Fatal(err)
	}
	if _, _, ok := c.Told(ctx); ok {
		t.Error("what holds for an earlier line is kept")
	}
	if err := c.SaveTold(ctx, head, []byte("three")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		c = x.reopen(lazyFS{})
		if _, err := c.Append(ctx, evidence.Entry{Action: evidence.ActChecked}); err != nil {
			t.Fatal(err)
		}
	}
	text, since, ok := c.Told(ctx)
	if !ok || string(text) != "three" || len(since) != 2 || c.whole() {
		t.Errorf("%q, %d entries, %v", text, len(since), ok)
	}
	if _, err := c.Entries(ctx); err != nil { // reads all
		t.Fatal(err)
	}
	if text, since, ok := c.Told(ctx); !ok || string(text) != "three" || len(since) != 2 {
		t.Errorf("%q, %d entries, %v", text, len(since), ok)
	}
}

func (x *summed) file(parts ...string) string {
	return filepath.Join(append([]string{x.dir, casesName, x.id}, parts...)...)
}

func (x *summed) seq() uint64 { return x.open().Head().Seq }

// forge writes a summary as somebody does who knows the public key alone.
func (x *summed) forge(body []byte) error {
	return x.v.disk.Write(filepath.Dir(x.path()), summaryName, sealed(fmt.Appendf(nil, "%064d\n%s\n", 0, body), x.v.own))
}

func flipLast(path string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	b[len(b)-1] ^= 1
	return os.WriteFile(path, b, 0o600)
}

// A line that comes while what was told is being written is not taken for one that was told of.
func TestLineBetweenTellingAndWriting(t *testing.T) {
	x := newSummed(t)
	ctx := t.Context()
	c := x.open()
	head := c.Head().Seq
	c.indexing.Lock()
	done := make(chan error)
	go func() { done <- c.SaveTold(ctx, head, []byte("three")) }()
	for told := false; !told; runtime.Gosched() {
		c.mu.Lock()
		told = len(c.told) > 0
		c.mu.Unlock()
	}
	commitOne(t, c, "fourth")
	c.indexing.Unlock()
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	c = x.reopen(lazyFS{})
	text, since, ok := c.Told(ctx)
	if ok && (string(text) != "three" || len(since) != int(c.Head().Seq-head)) {
		t.Errorf("%q of %d lines, and %d since, of %d", text, head, len(since), c.Head().Seq)
	}
}

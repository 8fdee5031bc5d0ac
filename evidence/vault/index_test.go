package vault

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"constat/evidence"
	"constat/evidence/vault/disk"
	"constat/evidence/vault/origin"
)

// indexed is a vault whose index covers three exhibits with a reply each.
type indexed struct {
	t     *testing.T
	v     *Vault
	id    string
	log   string // as WriteLog gives it
	path  string // of the index
	shown string // what a list shows
}

func indexOptions(f disk.FS) Options {
	o := testOptions(f)
	o.indexAfter = 1
	return o
}

func newIndexed(t *testing.T) *indexed {
	t.Helper()
	v, _, err := Create(t.Context(), filepath.Join(t.TempDir(), "v"), "pass", indexOptions(lazyFS{}))
	if err != nil {
		t.Fatal(err)
	}
	x := &indexed{t: t, v: v}
	x.id = longCase(t, v, 3)
	x.path = v.path(casesName, x.id, indexName)
	x.log, x.shown = x.look()
	x.reopen(lazyFS{})
	return x
}

func (x *indexed) reopen(f disk.FS) {
	x.t.Helper()
	if err := x.v.Close(); err != nil {
		x.t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(filepath.Dir(x.path), summaryName)); err != nil && !os.IsNotExist(err) { // it has tests of its own
		x.t.Fatal(err)
	}
	v, err := Open(x.t.Context(), x.v.dir, "pass", indexOptions(f))
	if err != nil {
		x.t.Fatal(err)
	}
	x.t.Cleanup(func() { v.Close() })
	x.v = v
}

func (x *indexed) open() *Case {
	x.t.Helper()
	c, err := x.v.Case(x.t.Context(), x.id)
	if err != nil {
		x.t.Fatal(err)
	}
	return c
}

// look returns the log and what a list shows.
func (x *indexed) look() (string, string) {
	x.t.Helper()
	c := x.open()
	var log bytes.Buffer
	if err := c.WriteLog(x.t.Context(), &log); err != nil {
		x.t.Fatal(err)
	}
	var shown strings.Builder
	err := c.EachExhibit(x.t.Context(), func(e Exhibit) error {
		if e.Damage != nil || len(e.Replies) == 0 || e.Replies[0].Damage != nil {
			return fmt.Errorf("%s: %w", e.ID, errors.Join(e.Damage, errors.New("damaged")))
		}
		fmt.Fprintln(&shown, e.ID, evidence.Sum(e.ManifestBytes), len(e.Manifest.Artifacts), evidence.Sum(e.Replies[0].Raw), e.Replies[0].Authority)
		return nil
	})
	if err != nil {
		x.t.Fatal(err)
	}
	return log.String(), shown.String()
}

// check returns the state of the check of the index, and whether another failed.
func (x *indexed) check() (state evidence.CheckState, others bool) {
	x.t.Helper()
	checks, err := x.v.Check(x.t.Context(), nil)
	if err != nil {
		x.t.Fatal(err)
	}
	for _, c := range checks {
		if c.Name == "index" {
			state = c.State
		} else if c.State == evidence.Failed && c.Name != "artifacts" && c.Name != "heads" && c.Name != "unrecorded" { // the generator makes none; the head says the same
			others = true
		}
	}
	return state, others
}

// opens counts the files of a folder that were opened.
func opens(f *faultFS, folder string) (n int) {
	for _, step := range f.trace {
		if strings.HasPrefix(step, "open "+folder+"/") {
			n++
		}
	}
	return n
}

// TestIndexSavesReading: what the index covers is not read from its own files,
// except the last log file, by which it is held to the log.
func TestIndexSavesReading(t *testing.T) {
	x := newIndexed(t)
	f := &faultFS{}
	x.reopen(f)
	log, shown := x.look()
	if log != x.log || shown != x.shown {
		t.Errorf("from the index:\n%s%s\nfrom the files:\n%s%s", log, shown, x.log, x.shown)
	}
	if logs, objects := opens(f, "log"), opens(f, "objects"); logs != 1 || objects != 0 {
		t.Errorf("%d log files and %d objects were read", logs, objects)
	}
	// What comes after it is read, and nothing else.
	c := x.open()
	if err := record1(t, c); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(x.path, x.path+".kept"); err != nil {
		t.Fatal(err)
	}
	x.reopen(lazyFS{}) // Close writes one that covers all
	if err := errors.Join(x.v.Close(), os.Rename(x.path+".kept", x.path)); err != nil {
		t.Fatal(err)
	}
	f = &faultFS{}
	x.reopen(f)
	if entries, err := x.open().Entries(t.Context()); err != nil || len(entries) != 8 || opens(f, "log") != 2 {
		t.Errorf("%d entries, %d log files read, %v", len(entries), opens(f, "log"), err)
	}
}

// rewriteIndex changes the plaintext of the index, and seals it for the owner,
// which anyone who can write to the folder can do if they know what was in it.
func (x *indexed) rewriteIndex(change func([]byte) []byte) {
	x.t.Helper()
	b, err := readSealed(x.v.disk, x.v.dir, x.v.newCase(x.id).rel+"/"+indexName, x.v.identity, 1<<30)
	if err != nil {
		x.t.Fatal(err)
	}
	x.write(change(b))
}

func (x *indexed) write(plain []byte) {
	x.t.Helper()
	if err := x.v.disk.Write(filepath.Dir(x.path), indexName, sealed(plain, x.v.own)); err != nil {
		x.t.Fatal(err)
	}
}

func replaced(old, new string) func([]byte) []byte {
	return func(b []byte) []byte { return bytes.Replace(b, []byte(old), []byte(new), 1) }
}

// TestDamagedIndex: an index that is not what was written changes nothing of what
// is shown, and is written anew.
func TestDamagedIndex(t *testing.T) {
	for name, damage := range map[string]func(x *indexed) error{
		"missing":     func(x *indexed) error { return os.Remove(x.path) },
		"empty":       func(x *indexed) error { return os.Truncate(x.path, 0) },
		"cut":         func(x *indexed) error { return os.Truncate(x.path, 9000) },
		"is a folder": func(x *indexed) error { return errors.Join(os.Remove(x.path), os.Mkdir(x.path, 0o700)) },
		"not an age file": func(x *indexed) error {
			return os.WriteFile(x.path, []byte(indexHead(x.id, evidence.LogHead{}, 0)), 0o600)
		},
		"byte flipped": func(x *indexed) error {
			b, err := os.ReadFile(x.path)
			if err != nil {
				return err
			}
			b[len(b)/2] ^= 1
			return os.WriteFile(x.path, b, 0o600)
		},
		"empty plaintext": func(x *indexed) error { x.write(nil); return nil },
		"forged entry": func(x *indexed) error {
			x.rewriteIndex(replaced(`"action":"captured"`, `"action":"imported"`))
			return nil
		},
		"forged record": func(x *indexed) error { x.rewriteIndex(replaced("screenshot-00.png", "screenshot-99.png")); return nil },
		"forged manifest": func(x *indexed) error {
			x.rewriteIndex(func(b []byte) []byte {
				i := bytes.LastIndex(b, []byte(`"size": 1`))
				return append(append(bytes.Clone(b[:i]), `"size": 2`...), b[i+9:]...)
			})
			return nil
		},
		"forged reply": func(x *indexed) error { x.rewriteIndex(replaced("rrrrE-002", "rrrrE-003")); return nil },
		"another case": func(x *indexed) error { x.rewriteIndex(replaced(x.id, "0123456789abcdef")); return nil },
		"later format": func(x *indexed) error { x.rewriteIndex(replaced("constat-index/2", "constat-index/3")); return nil },
		"huge length":  func(x *indexed) error { x.rewriteIndex(hugeLength); return nil },
		"second part cut": func(x *indexed) error {
			x.rewriteIndex(func(b []byte) []byte { return b[:len(b)-7000] })
			return nil
		},
		"huge number": func(x *indexed) error {
			x.write([]byte("constat-index/2 " + x.id + " 4294967295 " + strings.Repeat("ab", 32) + " 0\n"))
			return nil
		},
		"huge line": func(x *indexed) error { x.write(bytes.Repeat([]byte("x"), 1<<20)); return nil },
	} {
		t.Run(name, func(t *testing.T) {
			x := newIndexed(t)
			x.reopen(lazyFS{})
			if err := damage(x); err != nil {
				t.Fatal(err)
			}
			x.reopen(lazyFS{})
			if log, shown := x.look(); log != x.log || shown != x.shown {
				t.Errorf("with the damaged index:\n%s%s\nwithout:\n%s%s", log, shown, x.log, x.shown)
			}
			if _, others := x.check(); others {
				t.Error("the checker finds more than an index")
			}
			if name == "is a folder" { // of which the program knows nothing, and which it leaves
				return
			}
			x.reopen(lazyFS{})
			if state, _ := x.check(); state != evidence.Passed {
				t.Errorf("not written anew: %q", state)
			}
		})
	}
}

// hugeLength makes the first object of the second part 10^18 bytes long.
func hugeLength(b []byte) []byte {
	i := bytes.Index(b, []byte("\n{\n")) // a manifest begins
	j := bytes.LastIndexByte(b[:i], ' ')
	return append(append(bytes.Clone(b[:j+1]), "1000000000000000000"...), b[i:]...)
}

// TestIndexProvesLostEntries: an index that is authentic and knows more than the
// log shows that the log was cut short or exchanged. The log stays the source
// of truth, and the index stays as proof.
func TestIndexProvesLostEntries(t *testing.T) {
	for name, lose := range map[string]func(t *testing.T, x *indexed, kept string){
		"last entry removed": func(t *testing.T, x *indexed, _ string) {
			if err := os.Remove(x.v.path(casesName, x.id, logName, "00000007")); err != nil {
				t.Fatal(err)
			}
		},
		"history rewritten": func(t *testing.T, x *indexed, _ string) {
			if err := os.Remove(x.v.path(casesName, x.id, logName, "00000007")); err != nil {
				t.Fatal(err)
			}
			index := x.path + ".kept"
			if err := os.Rename(x.path, index); err != nil {
				t.Fatal(err)
			}
			x.v.opts.indexAfter = 1000 // no new one now
			if _, err := x.open().Append(t.Context(), evidence.Entry{Action: evidence.ActViewed}); err != nil {
				t.Fatal(err)
			}
			if err := os.Rename(index, x.path); err != nil {
				t.Fatal(err)
			}
		},
	} {
		t.Run(name, func(t *testing.T) {
			x := newIndexed(t)
			x.reopen(lazyFS{})
			lose(t, x, "")
			x.reopen(lazyFS{})
			c := x.open()
			if c.Damage() != nil {
				t.Errorf("the log is whole as far as it goes: %v", c.Damage())
			}
			if _, err := c.Append(t.Context(), evidence.Entry{Action: evidence.ActViewed}); err != nil {
				t.Error(err)
			}
			for range 2 { // also after it was closed and opened
				if state, others := x.check(); state != evidence.Failed || others {
					t.Errorf("index %q, others %v", state, others)
				}
				x.reopen(lazyFS{})
				x.open()
			}
		})
	}
}

// TestCacheIsBounded: what a case keeps of manifests and replies has a limit.
func TestCacheIsBounded(t *testing.T) {
	c := newCache()
	for i := range 40 {
		c.addReply(fmt.Sprint(i), make([]byte, 1<<20))
		c.addReply(fmt.Sprint(i), make([]byte, 1<<20))
	}
	if c.size > maxCache || len(c.replies) != 16 {
		t.Errorf("%d bytes in %d replies", c.size, len(c.replies))
	}
}

func FuzzParseIndex(f *testing.F) {
	key := []byte("key")
	const id = "0123456789abcdef"
	var chain evidence.Chain
	var entries []logRead
	for _, e := range []evidence.Entry{{Action: evidence.ActCaseCreated, Case: id}, {Action: evidence.ActViewed, Case: id}} {
		_, line, err := chain.Next(e)
		if err != nil {
			f.Fatal(err)
		}
		if _, err := chain.Accept(line); err != nil {
			f.Fatal(err)
		}
		entries = append(entries, logRead{line: line})
	}
	var good bytes.Buffer
	if err := writeIndexLog(&good, id, chain.Head(), 0, entries, key); err != nil {
		f.Fatal(err)
	}
	if _, err := parseIndex(bufio.NewReader(bytes.NewReader(good.Bytes())), id, key); err != nil {
		f.Fatal(err)
	}
	f.Add(good.Bytes())
	f.Add([]byte(indexHead(id, evidence.LogHead{Seq: 1 << 31}, 0)))
	f.Add([]byte("constat-index/2 " + id + " -1 x\n\n\n"))
	f.Fuzz(func(t *testing.T, b []byte) {
		log, err := parseIndex(bufio.NewReaderSize(bytes.NewReader(b), 64), id, key)
		if (log == nil) == (err == nil) {
			t.Fatalf("%v, %v", log, err)
		}
		if log != nil && !bytes.HasPrefix(b, good.Bytes()) {
			t.Errorf("%q was taken for authentic", b)
		}
		s := &stored{f: io.NopCloser(nil), r: bufio.NewReader(bytes.NewReader(b))}
		s.advance()
		for s.name != "" {
			if got, ok := s.take(s.name); ok && len(got) > len(b) {
				t.Errorf("%d bytes of %d", len(got), len(b))
			}
		}
	})
}

func FuzzDecodeState(f *testing.F) {
	key := []byte("key")
	good, err := encodeState(state{Acts: []act{{ID: "0123456789abcdef", Action: evidence.ActRecipientAdded}}}, key)
	if err != nil || len(good)%origin.Padding != 0 {
		f.Fatal(len(good), err)
	}
	f.Add(good[2*32+1:])
	f.Add([]byte(`{"format":"constat-state/1","recipients":[{"recipient":"age1pq1"}]}`))
	f.Add([]byte(`{"format":"constat-state/1","acts":[{"id":"0123456789abcdef","action":"x","file":"../x"}]}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		if _, err := decodeState(body, key); err == nil {
			t.Errorf("%q was taken for authentic", body)
		}
		s, err := decodeState(append(fmt.Appendf(nil, "%x\n", origin.Code(key, body)), body...), key)
		if err != nil {
			if !errors.Is(err, errState) {
				t.Error(err)
			}
			return
		}
		again, err := encodeState(s, key)
		if err != nil {
			t.Fatal(err)
		}
		if s2, err := decodeState(again, key); err != nil || len(s2.Acts) != len(s.Acts) || len(s2.Recipients) != len(s.Recipients) {
			t.Errorf("%v is read again as %v, %v", s, s2, err)
		}
	})
}

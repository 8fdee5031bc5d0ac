//go:build !windows

package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"constat/evidence/vault/vaulttest"
	"constat/internal/pace"
)

// plantedKind is something that a vault has not got, and whoever can write to its folder can put there.
type plantedKind struct {
	name string
	put  func(path, outside string) error
}

var plantedKinds = []plantedKind{
	{"link to a file", func(p, outside string) error { return os.Symlink(filepath.Join(outside, "diary.txt"), p) }},
	{"link to nothing", func(p, outside string) error { return os.Symlink(filepath.Join(outside, "new"), p) }},
	{"link to a folder", func(p, outside string) error { return os.Symlink(filepath.Join(outside, "Documents"), p) }},
	{"pipe", func(p, _ string) error { return syscall.Mkfifo(p, 0o600) }},
	{"folder", func(p, _ string) error { return os.Mkdir(p, 0o700) }},
	{"file", func(p, _ string) error { return os.WriteFile(p, []byte("my diary"), 0o600) }},
}

// TestPlanted puts every kind of thing at every place of a vault, and gives every command: each
// ends at once, with its work or with words; what was put there, and what it leads to, stays as it
// is.
func TestPlanted(t *testing.T) {
	t.Parallel()
	work := t.TempDir()
	at := func(name ...string) string { return filepath.Join(append([]string{work}, name...)...) }
	env := map[string]string{
		"CONSTAT_DATA": at("data"), "CONSTAT_LANG": "en", "CONSTAT_PASSPHRASE": passphrase, "CONSTAT_TSA": "http://127.0.0.1:1",
		"CONSTAT_NTP": "none",
	}
	tell := func(ctx context.Context, vault string, args ...string) (code int, out, msg string) {
		var o, m bytes.Buffer
		code = run(ctx, args, os.Stdin, &o, &m, func(k string) string {
			if k == "CONSTAT_VAULT" {
				return vault
			}
			return env[k]
		})
		return code, o.String(), m.String()
	}
	pattern, outside := at("pattern"), at("outside")
	vaulttest.Make(t, pattern, passphrase)
	for _, dir := range []string{"outside/Documents", "data"} {
		if err := os.MkdirAll(at(dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for _, name := range []string{"diary.txt", "Documents/letter.odt", "Documents/download.part", "Documents/" + strings.Repeat("a", 32)} {
		if err := os.WriteFile(filepath.Join(outside, name), []byte("mine"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	note := at("note.txt")
	if err := os.WriteFile(note, []byte("vu hier soir"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, id, _ := tell(t.Context(), pattern, "case", "create", "--title", "Novembre")
	id = strings.TrimSpace(id)
	if code, _, msg := tell(t.Context(), pattern, "import", note, "--case", id, "--subject", "adult"); code != 0 {
		t.Fatal(msg)
	}
	logs, err := os.ReadDir(filepath.Join(pattern, "cases", id, "log"))
	if err != nil {
		t.Fatal(err)
	}
	objects, err := os.ReadDir(filepath.Join(pattern, "cases", id, "objects"))
	if err != nil {
		t.Fatal(err)
	}
	next := fmt.Sprintf("%08d", len(logs)+1)
	in := "cases/" + id + "/"
	places := []string{
		"lock", "vault.json", "identity.age", "recovery.age", "state.age", "state.age.part", "pending", "cases", in[:len(in)-1],
		in + "log", in + "objects", in + "log/00000001", in + "log/" + next, in + "log/" + next + ".part", in + "index", in + "index.part",
		in + "objects/" + objects[0].Name(), in + "objects/" + strings.Repeat("0", 32) + ".part", "pending/" + strings.Repeat("0", 32),
	}
	commands := [][]string{
		{"case", "list"}, {"case", "create", "--title", "b"}, {"list", "--case", id}, {"vault", "check"},
		{"import", note, "--case", id, "--subject", "adult"}, {"record", "https://example.org/p", "--case", id},
		{"stamp", "--case", id}, {"facts", "--case", id, "--exhibit", "E-001", "--set", "platform=X"},
		{"extract", "--case", id, "--exhibit", "E-001", "--out", at("files")}, {"export", "--case", id, "--out", at("b.zip"), "--lang", "fr"},
		{"vault", "recipient", "list"},
	}
	limit := pace.Processor().Of(30 * time.Second)
	n := 0
	for i, place := range places {
		for j, command := range commands {
			if (i+j)%2 == 1 {
				continue // every place meets half of the commands, and every command half of the places
			}
			kind := plantedKinds[(i+j)/2%len(plantedKinds)]
			vault := at(fmt.Sprint("vault", n))
			n++
			if err := os.CopyFS(vault, os.DirFS(pattern)); err != nil {
				t.Fatal(err)
			}
			target := filepath.Join(vault, filepath.FromSlash(place))
			if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
				t.Fatal(err)
			}
			if err := os.RemoveAll(target); err != nil {
				t.Fatal(err)
			}
			if err := kind.put(target, outside); err != nil {
				t.Fatal(err)
			}
			before := plantedState(t, target, outside)
			ctx, cancel := context.WithTimeout(t.Context(), limit)
			code, out, msg := tell(ctx, vault, command...)
			if ctx.Err() != nil {
				t.Errorf("%s at %s: %q did not end", kind.name, place, command)
			}
			cancel()
			if code != 0 && strings.TrimSpace(out+msg) == "" || strings.Contains(msg, "Something did not work") {
				t.Errorf("%s at %s: %q: exit code %d, says %q", kind.name, place, command, code, msg)
			}
			if after := plantedState(t, target, outside); after != before && !ours(kind, place) {
				t.Errorf("%s at %s: %q: exit code %d, changed\n%s\nto\n%s", kind.name, place, command, code, before, after)
			}
			for _, dir := range []string{vault, at("files"), at("b.zip")} {
				if err := os.RemoveAll(dir); err != nil {
					t.Fatal(err)
				}
			}
		}
	}
}

// ours says what may change: a file under a name that the vault replaces, and an empty folder where
// it has one.
func ours(kind plantedKind, place string) bool {
	return kind.name == "folder" || kind.name == "file" && strings.HasSuffix(place, "index")
}

func plantedState(t *testing.T, paths ...string) string {
	t.Helper()
	var b strings.Builder
	for _, path := range paths {
		err := filepath.WalkDir(path, func(path string, e fs.DirEntry, err error) error {
			if errors.Is(err, fs.ErrNotExist) {
				return nil
			}
			if err != nil {
				return err
			}
			fmt.Fprint(&b, path, " ", e.Type())
			if e.Type()&fs.ModeSymlink != 0 {
				to, err := os.Readlink(path)
				fmt.Fprintln(&b, to, err)
				return nil
			}
			if e.Type().IsRegular() {
				text, err := os.ReadFile(path)
				fmt.Fprintf(&b, " %x", text)
				if err != nil {
					return err
				}
			}
			b.WriteByte('\n')
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	return b.String()
}

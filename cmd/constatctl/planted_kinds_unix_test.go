//go:build !windows

package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"constat/evidence/vault/vaulttest"
	"constat/internal/pace"
)

// everyKind is all that can lie in a folder; devices only the system's administrator can put there.
func everyKind() []plantedKind {
	kinds := append([]plantedKind{}, plantedKinds...)
	device := func(minor uint32) func(p, _ string) error {
		return func(p, _ string) error { return syscall.Mknod(p, syscall.S_IFCHR|0o600, int(1<<8|minor)) }
	}
	if os.Geteuid() == 0 {
		kinds = append(kinds, plantedKind{"device without end", device(5)}, plantedKind{"device that swallows", device(3)})
	}
	return append(kinds,
		plantedKind{"hard link", func(p, outside string) error { return os.Link(filepath.Join(outside, "diary.txt"), p) }},
		plantedKind{"link to itself", func(p, _ string) error { return os.Symlink(filepath.Base(p), p) }},
		plantedKind{"socket", func(p, _ string) error { return syscall.Mknod(p, syscall.S_IFSOCK|0o600, 0) }},
		plantedKind{"huge file", func(p, _ string) error {
			return errors.Join(os.WriteFile(p, []byte("age-encryption.org/v1\n"), 0o600), os.Truncate(p, 64<<30))
		}},
		plantedKind{"unreadable file", func(p, _ string) error {
			err := os.WriteFile(p, []byte("my diary"), 0o600)
			return errors.Join(err, os.Chmod(p, 0))
		}},
		plantedKind{"name that is no text", func(p, _ string) error {
			return os.WriteFile(filepath.Join(filepath.Dir(p), "\xff\xfe"+filepath.Base(p)), []byte("my diary"), 0o600)
		}},
	)
}

// TestEveryPlantedKindAndEveryCommand gives the built program every command over a vault in which every
// kind of thing lies: each pair is tried once, each time at another of the names that a vault uses, so
// that every kind lies at every name, too. Each ends, with its work or with words; nothing that was put
// there is followed, waited for, overwritten or deleted.
func TestEveryPlantedKindAndEveryCommand(t *testing.T) {
	t.Parallel()
	program := filepath.Join(t.TempDir(), "constatctl")
	build := exec.Command("go", "build", "-o", program, ".")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	// Each half of the kinds meets a vault, a copy and a data folder of its own, so that both go side by side.
	const halves = 2
	for half := range halves {
		t.Run(fmt.Sprint("half ", half+1), func(t *testing.T) {
			t.Parallel()
			x := newPlanting(t, program)
			for i, kind := range everyKind() {
				if i%halves == half {
					t.Run(kind.name, func(t *testing.T) { x.everyCommand(t, kind, i) })
				}
			}
		})
	}
}

// everyCommand tries a kind of thing with every command, each at another place.
func (x *planting) everyCommand(t *testing.T, kind plantedKind, first int) {
	t.Helper()
	in := "cases/" + x.id + "/"
	next, none := fmt.Sprintf("%08d", x.entries+1), strings.Repeat("0", 32)
	places := []string{
		"lock", "vault.json", "identity.age", "recovery.age", "state.age", "copies.age", "pending", "cases",
		"identity.age.part", "recovery.age.part", "state.age.part", "copies.age.part", "pending/" + none, "pending/" + none + ".part",
		in[:len(in)-1], in + "log", in + "objects", in + "head", in + "index", in + "verdicts", in + "notes", in + "summary",
		in + "head.part", in + "index.part", in + "summary.part", in + "log/00000001", in + "log/" + next, in + "log/" + next + ".part",
		in + "objects/" + x.object, in + "objects/" + none, in + "objects/" + none + ".part", "cases/0123456789abcdef",
	}
	id := x.id
	commands := [][]string{
		{"case", "list"}, {"case", "create", "--title", "b"}, {"list", "--case", id}, {"vault", "check"}, {"vault", "migrate"},
		{"vault", "change-passphrase"}, {"vault", "new-code"}, {"vault", "recover", "--recovery-code-file", x.code},
		{"vault", "recipient", "list"}, {"vault", "recipient", "add", x.recipient, "--name", "X"}, {"vault", "recipient", "remove", x.recipient},
		{"vault", "copy", "add", "--place-file", x.place}, {"vault", "copy", "list"}, {"vault", "copy", "push"}, {"vault", "copy", "push", "--mend"},
		{"vault", "copy", "check"}, {"vault", "copy", "remove", "none"},
		{"capture", "http://127.0.0.1:1/", "--case", id, "--subject", "adult"}, {"capture", "--resume", "--case", id},
		{"record", "https://example.org/p", "--case", id}, {"import", x.note, "--case", id, "--subject", "adult"},
		{"recheck", "--case", id}, {"stamp", "--case", id}, {"stamp", "--case", id, "--renew"},
		{"facts", "--case", id, "--exhibit", "E-001", "--set", "platform=X"}, {"more", "--case", id}, {"close", "--case", id, "--exhibit", "E-001"},
		{"guide", "--case", id, "--exhibit", "E-001"}, {"notice", "--kind", "site", "--case", id, "--exhibit", "E-001"},
		{"report-log", "list", "--case", id}, {"report-log", "add", "--case", id, "--to", "X", "--on", "2026-11-24"},
		{"complaint", "show", "--case", id}, {"complaint", "notes", "--case", id}, {"complaint", "export", "--case", id, "--out", x.out},
		{"extract", "--case", id, "--exhibit", "E-001", "--out", x.out}, {"export", "--case", id, "--out", x.out, "--lang", "fr"},
	}
	if len(commands) < len(places) {
		t.Fatal("not every kind comes to every place")
	}
	limit := pace.Processor().Of(time.Minute)
	for j, command := range commands {
		x.try(t, kind, places[(first+j)%len(places)], limit, command)
	}
}

// planting is a vault that is copied for each try, and the program.
type planting struct {
	program, work, pattern, outside string
	id, object, note, place, out    string
	code, recipient                 string
	entries, tries                  int
}

func newPlanting(t *testing.T, program string) *planting {
	t.Helper()
	x := &planting{program: program, work: t.TempDir()}
	at := func(name ...string) string { return filepath.Join(append([]string{x.work}, name...)...) }
	x.pattern, x.outside, x.note, x.place = at("pattern"), at("outside"), at("note.txt"), at("place.txt")
	x.out, x.code = at("made", "out"), at("code.txt")
	code := vaulttest.Make(t, x.pattern, passphrase)
	for _, dir := range []string{"outside/Documents", "copy", "data", "made"} {
		if err := os.MkdirAll(at(dir), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for path, text := range map[string]string{
		at("outside", "diary.txt"): "mine", at("outside", "Documents", "letter.odt"): "mine", at("outside", "Documents", "download.part"): "mine",
		at("outside", "Documents", strings.Repeat("a", 32)): "mine",
		x.note: "vu hier soir", x.code: code + "\n", x.place: "kind = folder\nfolder = " + at("copy") + "\n",
	} {
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	ok := func(args ...string) string {
		code, out, msg := x.run(t, x.pattern, nil, time.Hour, args...)
		if code != 0 {
			t.Fatalf("%q: %d\n%s", args, code, msg)
		}
		return strings.TrimSpace(out)
	}
	x.id = ok("case", "create", "--title", "Novembre")
	ok("import", x.note, "--case", x.id, "--subject", "adult")
	ok("vault", "copy", "add", "--place-file", x.place)
	logs, err := os.ReadDir(filepath.Join(x.pattern, "cases", x.id, "log"))
	if err != nil {
		t.Fatal(err)
	}
	objects, err := os.ReadDir(filepath.Join(x.pattern, "cases", x.id, "objects"))
	if err != nil {
		t.Fatal(err)
	}
	x.entries, x.object = len(logs), objects[0].Name()
	other := at("other")
	if code, _, msg := x.run(t, other, nil, time.Hour, "vault", "create"); code != 0 { // with a key of its own
		t.Fatal(msg)
	}
	b, err := os.ReadFile(filepath.Join(other, "vault.json"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(b), `"recipient":`)
	x.recipient = strings.Trim(rest, " \"}\n\t")
	return x
}

// run runs the program, as somebody if that is not nil.
func (x *planting) run(t *testing.T, vault string, as *syscall.Credential, limit time.Duration, args ...string) (code int, out, msg string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), limit)
	defer cancel()
	cmd := exec.CommandContext(ctx, x.program, args...)
	var o, m strings.Builder
	cmd.Stdout, cmd.Stderr, cmd.Dir = &o, &m, x.work
	cmd.SysProcAttr = &syscall.SysProcAttr{Credential: as}
	cmd.Env = append(os.Environ(), "CONSTAT_VAULT="+vault, "CONSTAT_DATA="+filepath.Join(x.work, "data"), "CONSTAT_LANG=en",
		"CONSTAT_PASSPHRASE="+passphrase, "CONSTAT_NEW_PASSPHRASE=cinq autres mots: violette gris", "CONSTAT_TSA=http://127.0.0.1:1", "CONSTAT_NTP=none",
		"CONSTAT_BROWSER="+filepath.Join(x.work, "no-browser"))
	err := cmd.Run()
	if _, exited := errors.AsType[*exec.ExitError](err); err != nil && !exited {
		t.Fatal(err)
	}
	if ctx.Err() != nil {
		return -1, o.String(), m.String()
	}
	return cmd.ProcessState.ExitCode(), o.String(), m.String()
}

// nobody is who cannot read what others closed.
var nobody = &syscall.Credential{Uid: 65534, Gid: 65534}

func (x *planting) try(t *testing.T, kind plantedKind, place string, limit time.Duration, command []string) {
	t.Helper()
	x.tries++
	dir := filepath.Join(x.work, fmt.Sprint("try", x.tries))
	vault := filepath.Join(dir, "v")
	if err := errors.Join(os.Mkdir(dir, 0o700), os.CopyFS(vault, os.DirFS(x.pattern))); err != nil {
		t.Fatal(err)
	}
	target := filepath.Join(vault, filepath.FromSlash(place))
	if err := os.MkdirAll(filepath.Dir(target), 0o700); err != nil {
		t.Fatal(err)
	}
	shown := target
	if kind.name == "name that is no text" {
		shown = filepath.Join(filepath.Dir(target), "\xff\xfe"+filepath.Base(target))
	} else if err := os.RemoveAll(target); err != nil {
		t.Fatal(err)
	}
	if err := kind.put(target, x.outside); err != nil {
		t.Skipf("cannot be put here: %v", err)
	}
	var as *syscall.Credential
	if kind.name == "unreadable file" && os.Geteuid() == 0 {
		as = nobody
		x.give(t, dir, filepath.Join(x.work, "data"), filepath.Join(x.work, "copy"), filepath.Join(x.work, "made"))
	}
	before := plantedShape(t, shown) + plantedState(t, x.outside)
	code, out, msg := x.run(t, vault, as, limit, command...)
	where := fmt.Sprintf("%s at %s: %q: exit code %d", kind.name, place, command, code)
	switch {
	case code == -1:
		t.Errorf("%s: it did not end within %s", where, limit)
	case code != 0 && strings.TrimSpace(out+msg) == "":
		t.Errorf("%s: without a word", where)
	case strings.Contains(msg, "Something did not work"), strings.Contains(msg, "panic:"), code > 4 && code != 130:
		t.Errorf("%s: %q", where, msg)
	}
	if after := plantedShape(t, shown) + plantedState(t, x.outside); after != before && !x.gaveWay(t, kind, place, before) {
		t.Errorf("%s: changed\n%s\nto\n%s", where, before, after)
	}
	for _, gone := range []string{dir, x.out} {
		if err := os.RemoveAll(gone); err != nil {
			t.Fatal(err)
		}
	}
}

// give makes what the program needs another user's.
func (x *planting) give(t *testing.T, dirs ...string) {
	t.Helper()
	for _, inner := range []string{x.work, filepath.Dir(x.program)} {
		for dir := inner; dir != filepath.Dir(os.TempDir()) && dir != "/"; dir = filepath.Dir(dir) {
			if info, err := os.Stat(dir); err != nil || info.Mode().Perm()&1 == 0 && os.Chmod(dir, info.Mode().Perm()|0o11) != nil {
				t.Fatal(err)
			}
		}
	}
	for _, dir := range dirs {
		err := filepath.WalkDir(dir, func(path string, _ fs.DirEntry, err error) error {
			return errors.Join(err, os.Lchown(path, int(nobody.Uid), int(nobody.Gid)))
		})
		if err != nil {
			t.Fatal(err)
		}
	}
}

// gaveWay says what may change: a file under a name whose file the vault replaces as a whole, since it
// cannot be told from one of its own that is damaged; one that begins like an age file, under the name of
// what was not finished; and an empty folder where the vault has one. What lies outside stays in any case.
func (x *planting) gaveWay(t *testing.T, kind plantedKind, place, before string) bool {
	t.Helper()
	if !strings.HasSuffix(before, plantedState(t, x.outside)) {
		return false
	}
	if kind.name == "folder" {
		return true
	}
	switch kind.name {
	case "file", "huge file", "unreadable file", "hard link":
	default:
		return false
	}
	if kind.name == "huge file" && strings.HasSuffix(place, ".part") {
		return true // it begins like what an interruption leaves
	}
	switch filepath.Base(place) {
	case "state.age", "copies.age", "recovery.age", "identity.age", "head", "index", "verdicts", "notes", "summary":
		return true
	}
	return false
}

// plantedShape says what lies under a name, without reading what has no end.
func plantedShape(t *testing.T, path string) string {
	t.Helper()
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "nothing\n"
	}
	if err != nil {
		t.Fatal(err)
	}
	s := fmt.Sprint(info.Mode())
	if info.Mode()&fs.ModeSymlink != 0 {
		to, err := os.Readlink(path)
		if err != nil {
			t.Fatal(err)
		}
		s += " to " + to
	}
	if info.Mode().IsRegular() {
		s += fmt.Sprint(" ", info.Size())
	}
	return s + "\n"
}

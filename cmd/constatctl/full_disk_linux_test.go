package main

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"constat/evidence/tsa/tsatest"
	"constat/evidence/vault/vaulttest"
	"constat/internal/smalldisk"
)

// TestRealDiskFull has every way of keeping, stamping and handing over meet a disk that is full, with less
// and less room on it: what could not be kept is said, with an exit code that is not 0; what was kept
// before is there, whole; once there is room, everything goes on.
func TestRealDiskFull(t *testing.T) {
	t.Parallel()
	disk := smalldisk.Mount(t, 24<<20)
	elsewhere := t.TempDir()
	authority := tsatest.New(t, tsatest.Options{})
	page := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte("<!doctype html><title>Post</title><p>Bonjour"))
	}))
	t.Cleanup(page.Close)
	vault := filepath.Join(disk.Dir, "vault")
	env := map[string]string{
		"CONSTAT_VAULT": vault, "CONSTAT_DATA": filepath.Join(elsewhere, "data"), "CONSTAT_LANG": "en", "CONSTAT_PASSPHRASE": passphrase,
		"CONSTAT_TSA": authority.URL + "," + authority.RootPath, "CONSTAT_NTP": "none",
		"CONSTAT_NO_SANDBOX": os.Getenv("CONSTAT_NO_SANDBOX"), "CONSTAT_BROWSER": os.Getenv("CONSTAT_BROWSER"),
	}
	run := func(args ...string) (code int, out, msg string) {
		var o, m bytes.Buffer
		code = run(t.Context(), args, os.Stdin, &o, &m, func(k string) string { return env[k] })
		return code, strings.TrimSpace(o.String()), m.String()
	}
	ok := func(args ...string) string {
		t.Helper()
		code, out, msg := run(args...)
		if code != 0 {
			t.Fatalf("%q: exit code %d\n%s\n%s", args, code, out, msg)
		}
		return out
	}
	vaulttest.Make(t, vault, passphrase)
	id := ok("case", "create", "--title", "Novembre")
	note := filepath.Join(elsewhere, "note.txt")
	if err := os.WriteFile(note, []byte(strings.Repeat("vu hier soir ", 20_000)), 0o600); err != nil {
		t.Fatal(err)
	}
	ok("import", note, "--case", id, "--subject", "adult")
	kept := 1
	// Room for nothing, for a line of the log, for a small object, for the file but not for what follows.
	for _, room := range []int64{0, 4 << 10, 12 << 10, 40 << 10, 280 << 10, 300 << 10, 330 << 10} {
		for name, command := range map[string][]string{
			"import":  {"import", note, "--case", id, "--subject", "adult"},
			"record":  {"record", "https://example.org/p", "--case", id},
			"capture": {"capture", page.URL, "--case", id, "--subject", "adult"},
			"facts":   {"facts", "--case", id, "--exhibit", "E-001", "--set", fmt.Sprintf("platform=with room for %d", room)},
			"export":  {"export", "--case", id, "--out", filepath.Join(disk.Dir, "bundle"), "--lang", "fr"},
			"extract": {"extract", "--case", id, "--exhibit", "E-001", "--out", filepath.Join(disk.Dir, "files")},
			"check":   {"vault", "check"},
		} {
			if name == "capture" && room != 0 && room != 40<<10 {
				continue // a browser each time is much
			}
			disk.Fill(t, room)
			code, out, msg := run(command...)
			disk.Free(t)
			where := fmt.Sprintf("%s with room for %d bytes: exit code %d", name, room, code)
			said := strings.Contains(msg, "full") || strings.Contains(msg, "no space left") || strings.Contains(out, "no space left") || strings.Contains(msg, "room")
			if !said && (code != 0 || room == 0 && name != "check") {
				t.Errorf("%s, and it does not say why: %q %q", where, out, msg)
			}
			if strings.Contains(msg, "Something did not work") {
				t.Errorf("%s: %q", where, msg)
			}
			now := strings.Count(ok("list", "--case", id), "\nE-") + 1
			if now < kept || now > kept+1 || now == kept && code == 0 && (name == "import" || name == "record" || name == "capture") {
				t.Errorf("%s: %d exhibits, before it %d: %q", where, now, kept, msg)
			}
			if now > kept && code != 0 && !strings.Contains(msg, evidenceID(now)) {
				t.Errorf("%s: %s was kept, and is not named: %q", where, evidenceID(now), msg)
			}
			kept = now
			for _, made := range []string{"bundle", "files"} {
				left := filepath.Join(disk.Dir, made)
				if _, err := os.Stat(left); err == nil && code != 0 {
					t.Errorf("%s: %s is there all the same", where, made)
				}
				if err := os.RemoveAll(left); err != nil {
					t.Fatal(err)
				}
			}
		}
		if out := ok("vault", "check"); strings.Contains(out, "failed") {
			t.Errorf("after %d bytes of room:\n%s", room, out)
		}
	}
	// A timestamp that did not fit is asked for again.
	ok("stamp", "--case", id)
	if out := ok("list", "--case", id); strings.Contains(out, "not timestamped") {
		t.Error(out)
	}
	ok("export", "--case", id, "--out", filepath.Join(disk.Dir, "bundle"), "--lang", "fr")
	ok("verify", filepath.Join(disk.Dir, "bundle"), "--roots", authority.RootPath)
	left, err := filepath.Glob(filepath.Join(vault, "cases", id, "*", "*.part"))
	if err != nil || len(left) > 0 {
		t.Errorf("left: %v, %v", left, err)
	}
}

func evidenceID(n int) string { return fmt.Sprintf("E-%03d", n) }

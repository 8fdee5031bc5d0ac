package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"constat/evidence/vault/vaulttest"
)

// fullDisk takes a few bytes and then no more, as a full disk does.
type fullDisk struct{ room int }

func (f *fullDisk) Write(p []byte) (int, error) {
	if len(p) <= f.room {
		f.room -= len(p)
		return len(p), nil
	}
	n := f.room
	f.room = 0
	return n, syscall.ENOSPC
}

// TestAnswerThatIsCutIsNotDone: who reads a cut answer must not take it for the
// whole one, in text and in JSON, for every command that prints one.
func TestAnswerThatIsCutIsNotDone(t *testing.T) {
	t.Parallel()
	work := t.TempDir()
	env := map[string]string{
		"CONSTAT_VAULT": filepath.Join(work, "vault"), "CONSTAT_DATA": filepath.Join(work, "data"), "CONSTAT_LANG": "en",
		"CONSTAT_PASSPHRASE": passphrase, "CONSTAT_TSA": "http://127.0.0.1:1", "CONSTAT_NTP": "none",
	}
	vaulttest.Make(t, env["CONSTAT_VAULT"], passphrase)
	photo := filepath.Join(work, "note.txt")
	if err := os.WriteFile(photo, []byte("vu hier soir"), 0o600); err != nil {
		t.Fatal(err)
	}
	at := func(name string) string { return filepath.Join(work, name) }
	good := func(args ...string) string {
		t.Helper()
		var out, msg bytes.Buffer
		if code := run(t.Context(), args, os.Stdin, &out, &msg, func(k string) string { return env[k] }); code > 1 {
			t.Fatalf("%q: exit code %d\n%s", args, code, msg.String())
		}
		return strings.TrimSpace(out.String())
	}
	id := good("case", "create", "--title", "Novembre")
	good("record", "https://example.org/p/1", "--case", id)
	good("export", "--case", id, "--out", at("bundle"), "--lang", "fr")
	for _, args := range [][]string{
		{"case", "create", "--title", "another"},
		{"case", "list"},
		{"record", "https://example.org/p/2", "--case", id},
		{"import", photo, "--case", id, "--subject", "adult"},
		{"stamp", "--case", id},
		{"stamp", "--case", id, "--renew"},
		{"list", "--case", id},
		{"facts", "--case", id, "--exhibit", "E-001", "--set", "priority=hier"},
		{"extract", "--case", id, "--exhibit", "E-004", "--out", at("files")},
		{"export", "--case", id, "--out", at("again"), "--lang", "fr"},
		{"verify", at("bundle"), "--allow-no-timestamp"},
		{"close", "--case", id, "--exhibit", "E-002"},
		{"vault", "check"},
	} {
		for _, more := range [][]string{nil, {"--json"}} {
			if args[0] == "extract" || args[0] == "export" { // never into what is there
				args = append([]string{}, args...)
				for i := range args {
					if args[i] == "--out" {
						args[i+1] += "x"
					}
				}
			}
			args := append(append([]string{}, args...), more...)
			var msg bytes.Buffer
			code := run(t.Context(), args, os.Stdin, &fullDisk{room: 1}, &msg, func(k string) string { return env[k] })
			if code != 2 || !strings.Contains(msg.String(), "not be printed in full") {
				t.Errorf("%q: exit code %d, says %q", args, code, msg.String())
			}
		}
	}
}

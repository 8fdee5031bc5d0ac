package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"constat/app/flow"
	"constat/evidence/vault/vaulttest"
)

// An organisation's file that cannot be used is said on standard error, and every command works.
func TestAnOrganisationThatCannotBeUsedStopsNoCommand(t *testing.T) {
	work := t.TempDir()
	env := map[string]string{
		"CONSTAT_VAULT": filepath.Join(work, "vault"), "CONSTAT_DATA": filepath.Join(work, "data"), "CONSTAT_LANG": "en",
		"CONSTAT_PASSPHRASE": passphrase,
	}
	vaulttest.Make(t, env["CONSTAT_VAULT"], passphrase)
	if err := os.Mkdir(env["CONSTAT_DATA"], 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(env["CONSTAT_DATA"], flow.OrganisationFile), []byte(`{"format":"constat-organisation/1","x":1}`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"case", "create", "--title", "Novembre"}, {"case", "list"}} {
		var out, msg bytes.Buffer
		code := run(t.Context(), args, os.Stdin, &out, &msg, func(k string) string { return env[k] })
		if code != 0 || out.Len() == 0 || strings.Count(msg.String(), "left out whole") != 1 {
			t.Errorf("%q: exit code %d\n%s", args, code, msg.String())
		}
	}
}

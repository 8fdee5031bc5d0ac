package vault

import (
	"bytes"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"constat/evidence"
	"constat/evidence/vault/disk"
	"constat/evidence/vault/origin"
)

// What is remembered comes back exactly, or not at all: whatever is done to the
// file, and whoever else wrote it.
func TestRememberedIsExactOrNothing(t *testing.T) {
	v, _, err := Create(t.Context(), filepath.Join(t.TempDir(), "v"), "pass", testOptions(lazyFS{}))
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	info, err := v.CreateCase(t.Context(), "a", false)
	if err != nil {
		t.Fatal(err)
	}
	c, err := v.Case(t.Context(), info.ID)
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Remembered(t.Context()); got != nil {
		t.Fatalf("before anything was kept: %q", got)
	}
	for _, text := range []string{"first", "", strings.Repeat("a longer one\n", 9000)} {
		if err := c.Remember(t.Context(), []byte(text)); err != nil {
			t.Fatal(err)
		}
		if got := c.Remembered(t.Context()); got == nil || string(got) != text {
			t.Fatalf("%d bytes back, %d kept", len(got), len(text))
		}
	}
	if err := c.Remember(t.Context(), make([]byte, maxVerdicts+1)); err == nil {
		t.Error("more than may be kept")
	}

	path := c.path(verdictsName)
	whole, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(whole, []byte("a longer one")) {
		t.Error("it is readable on disk")
	}
	forge := func(code, body string) []byte {
		var b bytes.Buffer
		if err := sealed([]byte(code+"\n"+body), v.own)(&b); err != nil {
			t.Fatal(err)
		}
		return b.Bytes()
	}
	body := string(c.besideHead(verdictsFormat)) + "forged"
	other, err := v.CreateCase(t.Context(), "b", false)
	if err != nil {
		t.Fatal(err)
	}
	second, err := v.Case(t.Context(), other.ID)
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Remember(t.Context(), []byte("of another case")); err != nil {
		t.Fatal(err)
	}
	elsewhere, err := os.ReadFile(second.path(verdictsName))
	if err != nil {
		t.Fatal(err)
	}
	for name, b := range map[string][]byte{
		"cut":             whole[:len(whole)/2],
		"empty":           {},
		"a bit flipped":   append(append(bytes.Clone(whole[:len(whole)-9]), whole[len(whole)-9]^1), whole[len(whole)-8:]...),
		"without a code":  forge("", body),
		"code of zeros":   forge(strings.Repeat("0", 64), body),
		"key of an index": forge(hex.EncodeToString(origin.Code(v.keys.Index, []byte(body))), body),
		"of another case": elsewhere,
	} {
		if err := os.WriteFile(path, b, disk.FileMode); err != nil {
			t.Fatal(err)
		}
		if got := c.Remembered(t.Context()); got != nil {
			t.Errorf("%s: %d bytes came back", name, len(got))
		}
	}
	if checks, err := v.Check(t.Context(), nil); err != nil || !evidence.AllPassed(checks) {
		t.Errorf("the vault is not well: %v, %v", checks, err)
	}
}

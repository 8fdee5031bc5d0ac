package vault_test

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"runtime"
	"strings"
	"testing"

	"constat/evidence"
)

// TestNoPlaintextOnDisk looks for everything that was put in, in the bytes and
// names of all files, while a draft is open and after all is closed.
func TestNoPlaintextOnDisk(t *testing.T) {
	ctx := t.Context()
	v, code := newVault(t)
	c := newCase(t, v, "MARKER-TITLE")
	picture := strings.Repeat("MARKER-PICTURE ", 20_000)
	draft := c.NewDraft()
	if _, err := draft.Put(ctx, evidence.Artifact{Name: "MARKER-DRAFT.png"}, strings.NewReader(picture)); err != nil {
		t.Fatal(err)
	}
	x, err := capture(ctx, c, "https://marker-address.example/", "MARKER-NAME.png", picture)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.AddReply(ctx, x.ID, authority, []byte("MARKER-REPLY"), []byte("MARKER-NONCE"), testMoment, testMoment); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Append(ctx, evidence.Entry{Action: evidence.ActExported, Detail: map[string]string{"to": "MARKER-DETAIL"}}); err != nil {
		t.Fatal(err)
	}
	secrets := []string{"MARKER", "marker-address", passphrase, string(code), "AGE-SECRET", "E-001", authority.Name,
		string(x.ManifestDigest[:]), x.ManifestDigest.String()}
	for _, a := range x.Manifest.Artifacts {
		secrets = append(secrets, string(a.SHA256[:]), a.SHA256.String())
	}
	for _, s := range secrets {
		secrets = append(secrets, hex.EncodeToString([]byte(s)), base64.StdEncoding.EncodeToString([]byte(s)))
	}
	search(t, v.Dir(), secrets)
	closeVault(t, v)
	search(t, v.Dir(), secrets)
}

// plainName are all names that a vault may show.
var plainName = regexp.MustCompile(`^(\.|vault\.json|identity\.age|recovery\.age|state\.age|lock|cases|cases/[0-9a-f]{16}(/index(\.part)?|/head(\.part)?|/log(/[0-9]{8})?|/objects(/[0-9a-f]{32}(\.part)?)?)?)$`)

func search(t *testing.T, dir string, secrets []string) {
	t.Helper()
	files := 0
	err := filepath.WalkDir(dir, func(path string, e fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil || !plainName.MatchString(filepath.ToSlash(rel)) {
			t.Errorf("name %q tells something, %v", rel, err)
		}
		info, err := e.Info()
		if err != nil {
			return err
		}
		if mode := info.Mode().Perm(); mode&0o077 != 0 && runtime.GOOS != "windows" {
			t.Errorf("%s: others may read it: %v", rel, mode)
		}
		if e.IsDir() || rel == "lock" { // Windows lets nobody read a locked file
			return nil
		}
		files++
		b, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		if name := e.Name(); name != "vault.json" && !bytes.HasPrefix(b, []byte("age-encryption.org/v1\n")) {
			t.Errorf("%s is not an age file", rel)
		}
		for _, s := range secrets {
			if bytes.Contains(b, []byte(s)) {
				t.Errorf("%s contains %.20q", rel, s)
			}
		}
		return nil
	})
	if err != nil || files < 8 {
		t.Fatalf("%d files, %v", files, err)
	}
}

// TestLengthsAreBlurred: the same bytes, put often, do not give one length.
func TestLengthsAreBlurred(t *testing.T) {
	v, _ := newVault(t)
	c := newCase(t, v, "a")
	for range 4 {
		mustCapture(t, c, "a.png", "the same picture")
	}
	lengths := map[int64]bool{}
	entries, err := os.ReadDir(filepath.Join(v.Dir(), "cases", c.Info().ID, "objects"))
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		info, err := e.Info()
		if err != nil {
			t.Fatal(err)
		}
		lengths[info.Size()] = true
	}
	if len(entries) != 8 || len(lengths) < 5 {
		t.Errorf("%d lengths of %d objects", len(lengths), len(entries))
	}
}

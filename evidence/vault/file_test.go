package vault_test

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"constat/evidence"
	"constat/evidence/vault"
)

func TestFilesBesideAnExhibit(t *testing.T) {
	v, _ := newVault(t)
	c := newCase(t, v, "Novembre")
	x := mustCapture(t, c, "page.txt", "text")
	ctx := t.Context()
	crl := bytes.Repeat([]byte("crl"), 1<<20) // larger than a reply may be
	if err := c.AddFile(ctx, x.ID, evidence.ActRevocationKept, "manifest.one.crl", crl, map[string]string{"authority": "one"}); err != nil {
		t.Fatal(err)
	}
	for name, err := range map[string]error{
		"the same name":       c.AddFile(ctx, x.ID, evidence.ActRevocationKept, "manifest.one.crl", crl, nil),
		"an artifact's name":  c.AddFile(ctx, x.ID, evidence.ActRevocationKept, "page.txt", crl, nil),
		"the manifest's name": c.AddFile(ctx, x.ID, evidence.ActRevocationKept, evidence.ManifestName, crl, nil),
		"a path":              c.AddFile(ctx, x.ID, evidence.ActRevocationKept, "../x", crl, nil),
		"nothing":             c.AddFile(ctx, x.ID, evidence.ActRevocationKept, "empty", nil, nil),
		"too much":            c.AddFile(ctx, x.ID, evidence.ActRevocationKept, "much", make([]byte, vault.MaxFile+1), nil),
		"another action":      c.AddFile(ctx, x.ID, evidence.ActViewed, "other", crl, nil),
		"an unknown exhibit":  c.AddFile(ctx, "E-009", evidence.ActRevocationKept, "other", crl, nil),
	} {
		if err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	v = reopen(t, v)
	c = openCase(t, v, c.Info().ID)
	x, err := c.Exhibit(ctx, x.ID)
	if err != nil {
		t.Fatal(err)
	}
	if len(x.Files) != 1 || x.Files[0].Name != "manifest.one.crl" || x.Files[0].Size != int64(len(crl)) ||
		x.Files[0].SHA256 != evidence.Sum(crl) || x.Files[0].Detail["authority"] != "one" {
		t.Errorf("files %+v", x.Files)
	}
	got, err := x.ReadFile(ctx, "manifest.one.crl")
	if err != nil || !bytes.Equal(got, crl) {
		t.Errorf("%d bytes, %v", len(got), err)
	}
	if _, err := x.ReadFile(ctx, "none"); !isType[*vault.UnknownArtifactError](err) {
		t.Errorf("unknown file: %v", err)
	}
	checks, err := v.Check(ctx, nil)
	if err != nil || !evidence.AllPassed(checks) {
		t.Fatalf("%v %+v", err, checks)
	}

	// The checker and the reader both see a changed file: the largest object is ours.
	objects, err := filepath.Glob(filepath.Join(v.Dir(), "cases", "*", "objects", "*"))
	if err != nil {
		t.Fatal(err)
	}
	for _, path := range objects {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(b) > len(crl) {
			b[len(b)/2] ^= 1
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}
	}
	if _, err := x.ReadFile(ctx, "manifest.one.crl"); !isType[*vault.CorruptError](err) {
		t.Errorf("changed file: %v", err)
	}
	checks, err = v.Check(ctx, nil)
	if err != nil || evidence.AllPassed(checks) {
		t.Errorf("the checker did not see it: %v %+v", err, checks)
	}
}

package webdav_test

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"constat/evidence"
	"constat/evidence/replica"
	"constat/evidence/replica/webdav"
	"constat/evidence/replica/webdav/davtest"
	"constat/evidence/vault"
	"constat/evidence/vault/vaulttest"
	"constat/internal/pace"
)

// The whole way against servers that people have: pushed, killed in between and pushed on, read back,
// damaged, mended, restored by the recovery code.
func TestServersOfOthers(t *testing.T) {
	for name, start := range map[string]func(testing.TB) *davtest.Server{"apache": davtest.Apache, "rclone": davtest.Rclone} {
		t.Run(name, func(t *testing.T) { serverOfOthers(t, start(t)) })
	}
}

func serverOfOthers(t *testing.T, srv *davtest.Server) {
	ctx, cancel := context.WithTimeout(t.Context(), pace.Processor().Of(2*time.Minute))
	defer cancel()
	place, err := webdav.New(webdav.Config{Address: srv.Address, User: srv.User, Secret: srv.Secret})
	if err != nil {
		t.Fatal(err)
	}
	if err := place.Ready(ctx); err != nil {
		t.Fatal(err)
	}
	wrong, err := webdav.New(webdav.Config{Address: srv.Address, User: srv.User, Secret: "wrong"})
	if err != nil {
		t.Fatal(err)
	}
	kind(t, wrong.Ready(ctx), replica.Refused)
	if err := place.Put(ctx, "x/y", 4, text("text")); err != nil {
		t.Error(err)
	}
	if err := place.Put(ctx, "x/y", 4, text("more")); !errors.Is(err, replica.ErrThere) {
		t.Errorf("%v", err)
	}
	if err := place.Put(ctx, "x/cut", 9, text("text")); err == nil {
		t.Error("what ended early counts as put")
	}
	if _, err := place.Size(ctx, "x/cut"); !errors.Is(err, replica.ErrMissing) {
		t.Errorf("what ended early has its name: %v", err)
	}
	r, err := place.Get(ctx, "x/y", 0)
	if err != nil {
		t.Fatal(err)
	}
	if b, err := io.ReadAll(r); err != nil || string(b) != "text" || r.Close() != nil {
		t.Errorf("%q, %v", b, err)
	}
	if _, err := place.Get(ctx, "x/z", 0); !errors.Is(err, replica.ErrMissing) {
		t.Errorf("%v", err)
	}

	dir := filepath.Join(t.TempDir(), "vault")
	code := vaulttest.Make(t, dir, passphrase)
	v, err := vault.Open(ctx, dir, passphrase, vault.Options{Actor: "test"})
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	newCase := func() {
		if _, err := v.CreateCase(ctx, "November", false); err != nil {
			t.Fatal(err)
		}
	}
	newCase()
	c := &replica.Copy{Place: place, Name: "dav", State: t.TempDir()}
	first, err := c.Push(ctx, v, nil)
	if err != nil || first.Number != 1 {
		t.Fatalf("%+v, %v", first, err)
	}
	newCase()
	srv.Kill()
	_, err = c.Push(ctx, v, nil)
	kind(t, err, replica.Unreachable)
	srv.Again(t)
	second, err := c.Push(ctx, v, nil)
	if err != nil || second.Total <= first.Total {
		t.Fatalf("%+v, %v", second, err)
	}
	if f, err := c.Check(ctx, v, true, nil); err != nil || !f.Whole() || f.Read != second.Total {
		t.Errorf("%+v, %v", f, err)
	}
	damageOne(t, srv.Dir, dir)
	if f, err := c.Check(ctx, v, true, nil); err != nil || f.Whole() || len(f.Damaged) != 1 {
		t.Errorf("%+v, %v", f, err)
	}
	mend := *c
	mend.Mend = true
	if p, err := mend.Push(ctx, v, nil); err != nil || p.Again != 1 {
		t.Errorf("%+v, %v", p, err)
	}
	if f, err := c.Check(ctx, v, true, nil); err != nil || !f.Whole() {
		t.Errorf("%+v, %v", f, err)
	}
	got, err := replica.Restore(ctx, place, replica.Secret{Text: code, Code: true}, filepath.Join(t.TempDir(), "vault"), nil)
	if err != nil || got.Files != second.Total || len(got.Missing)+len(got.Damaged) != 0 {
		t.Errorf("%+v, %v", got, err)
	}
}

// damageOne changes the last byte of one file that the server keeps, of those that a vault has now: of
// what was pushed before, the copy says nothing any more.
func damageOne(t *testing.T, dir, vault string) {
	t.Helper()
	lines, err := filepath.Glob(filepath.Join(vault, "cases", "*", "log", "*"))
	if err != nil || len(lines) == 0 {
		t.Fatalf("%d lines, %v", len(lines), err)
	}
	line, err := os.ReadFile(lines[0])
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(dir, "constat-vault-*", "files", "*", evidence.Sum(line).String()))
	if err != nil || len(files) != 1 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	b, err := os.ReadFile(files[0])
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)-1] ^= 1
	if err := os.WriteFile(files[0], b, 0o600); err != nil {
		t.Fatal(err)
	}
}

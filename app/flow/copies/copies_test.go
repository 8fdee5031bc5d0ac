package copies_test

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"constat/app/flow/copies"
	"constat/evidence/replica"
	"constat/evidence/vault"
	"constat/evidence/vault/vaulttest"
)

const passphrase = "a passphrase of the test"

func keeper(t *testing.T) (*copies.Keeper, string) {
	t.Helper()
	dir := filepath.Join(t.TempDir(), "vault")
	vaulttest.Make(t, dir, passphrase)
	v, err := vault.Open(t.Context(), dir, passphrase, vault.Options{Actor: "test"})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = v.Close() })
	return copies.New(copies.Config{Vault: v, State: t.TempDir(), Now: time.Now}), dir
}

// One place fails and keeps the other from nothing; what is needed to reach them is in no answer
// and in no file.
func TestPlaces(t *testing.T) {
	ctx := t.Context()
	k, dir := keeper(t)
	if _, err := k.Push(ctx, "", nil); err == nil {
		t.Error("pushed nowhere")
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(dir, link); err != nil && runtime.GOOS != "windows" {
		t.Fatal(err)
	}
	for _, in := range []string{dir, filepath.Join(dir, "copy"), filepath.Dir(dir), link, filepath.Join(link, "copy")} {
		if _, err := os.Lstat(link); err != nil && strings.HasPrefix(in, link) {
			continue // this Windows makes no links
		}
		if _, err := k.Add(ctx, copies.Place{Kind: copies.KindFolder, Address: in}); !errors.Is(err, copies.ErrPlace) {
			t.Errorf("%s: %v", in, err)
		}
	}
	stick := filepath.Join(t.TempDir(), "stick")
	first, err := k.Add(ctx, copies.Place{Kind: copies.KindFolder, Address: stick, Name: "Stick", Secret: "a very secret word"})
	if err != nil || first.Pushed != nil {
		t.Fatalf("%+v, %v", first, err)
	}
	if _, err := k.Add(ctx, copies.Place{Kind: copies.KindFolder, Address: stick}); !errors.Is(err, copies.ErrPlace) {
		t.Errorf("twice: %v", err)
	}
	other := filepath.Join(t.TempDir(), "disk")
	second, err := k.Add(ctx, copies.Place{Kind: copies.KindFolder, Address: other})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(stick); err != nil { // it is unplugged
		t.Fatal(err)
	}
	done, err := k.Push(ctx, "", nil)
	if err != nil || len(done) != 2 {
		t.Fatalf("%+v, %v", done, err)
	}
	if e, ok := errors.AsType[*replica.PlaceError](done[0].Err); !ok || e.Kind != replica.Unreachable {
		t.Errorf("%v", done[0].Err)
	}
	if done[1].Err != nil || done[1].Copy.Pushed == nil || done[1].Copy.ID != second.ID {
		t.Errorf("%+v", done[1])
	}
	b, err := json.Marshal(done)
	if err != nil || strings.Contains(string(b), "secret word") {
		t.Errorf("%s, %v", b, err)
	}
	found, err := k.Check(ctx, second.ID, true, nil)
	if err != nil || !found[0].Whole {
		t.Errorf("%+v, %v", found, err)
	}
	for _, root := range []string{dir, other} {
		err := filepath.WalkDir(root, func(path string, e os.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			b, err := os.ReadFile(path)
			if strings.Contains(string(b), "secret word") || strings.Contains(string(b), stick) {
				t.Errorf("%s has it in plain text", path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if err := k.Remove(ctx, first.ID); err != nil {
		t.Fatal(err)
	}
	if list, err := k.List(ctx); err != nil || len(list) != 1 || list[0].ID != second.ID {
		t.Errorf("%+v, %v", list, err)
	}
}

// What a person writes of a place never has its secret in an error.
func FuzzParsePlace(f *testing.F) {
	for _, s := range []string{
		"kind = folder\naddress = /media/stick\n", "kind=s3\naddress=https://s3.example.org/b\nuser=u\nsecret=geheim\nlock-days=30\nrate=500",
		"kind = webdav\naddress = http://cloud.example.org/dav", "secret = geheim\nsecret = geheim", "geheim", "lock-days = -1", "rate = 99999999999",
		"# nothing\n\n", "kind = webdav\naddress = https://u:geheim@cloud.example.org/", "kind = s3\naddress = https://\n", "kind = folder\nlock-days = 3\naddress = x",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := copies.ParsePlace(text)
		if err != nil && strings.Contains(err.Error(), "geheim") {
			t.Errorf("the error has the secret: %v", err)
		}
		if err == nil && (p.Address == "" || p.Name == "" || p.LockDays < 0 || p.Rate < 0 || p.Kind == copies.KindFolder && !filepath.IsAbs(p.Address)) {
			t.Errorf("%+v", p)
		}
	})
}

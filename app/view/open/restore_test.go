package open

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"constat/app/flow/copies"
	"constat/app/view/viewtest"
)

// A vault is copied to a stick and lost; on a device without one it comes back with the passphrase, and opens.
func TestTheVaultComesBackFromItsCopy(t *testing.T) {
	r := inCase(t)
	ctx := context.Background()
	stick := filepath.Join(r.Home, "stick")
	if _, err := r.W.Session().Copies.Add(ctx, copies.Place{Kind: copies.KindFolder, Address: stick}); err != nil {
		t.Fatal(err)
	}
	if done, err := r.W.Session().Copies.Push(ctx, "", nil); err != nil || done[0].Err != nil {
		t.Fatalf("%+v, %v", done, err)
	}
	dir := r.W.Folder()
	r.Window.Lock()
	if err := os.Rename(dir, dir+"-lost"); err != nil {
		t.Fatal(err)
	}

	r.W.Show(&firstScreen{})
	r.Press("window.first.restore")
	r.Sees("window.restore.what", "window.restore.limits-how")
	r.TypeInto(0, stick)
	r.TypeInto(1, "not this one")
	r.Press("window.restore.start")
	r.Sees("error.wrong-passphrase.what")
	r.TypeInto(1, viewtest.Passphrase)
	r.Press("window.restore.start")
	r.Sees("window.restore.back", "window.restore.later")
	r.Press("window.restore.open")
	r.TypeInto(0, viewtest.Passphrase)
	r.Press("window.unlock.open")
	if r.W.Session() == nil {
		t.Fatalf("not open: %s", r.Words())
	}
	if list, err := r.W.Session().Look.Cases(ctx); err != nil || len(list) == 0 {
		t.Errorf("%+v, %v", list, err)
	}
}

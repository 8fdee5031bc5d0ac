package copies_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"constat/app/flow/copies"
	"constat/evidence/replica"
)

// What the vault writes goes to every place by itself; one that is not there is asked more and more
// rarely, and keeps the others from nothing.
func TestTheBackgroundFollows(t *testing.T) {
	ctx := t.Context()
	k, _ := keeper(t)
	now := time.Now()
	k.Now = func() time.Time { return now }
	round := func(want int) {
		t.Helper()
		if n, err := k.PushDue(ctx); n != want || err != nil {
			t.Fatalf("%d places, %v; want %d", n, err, want)
		}
	}
	if round(0); k.Due() {
		t.Error("nowhere to push to, and due")
	}
	disk, err := k.Add(ctx, copies.Place{Kind: copies.KindFolder, Address: filepath.Join(t.TempDir(), "disk")})
	if err != nil || !k.Due() {
		t.Fatalf("due: %v, %v", k.Due(), err)
	}
	if round(1); k.Due() {
		t.Error("a push makes itself due")
	}
	state := func(id string) copies.View {
		t.Helper()
		list, err := k.List(ctx)
		for _, v := range list {
			if v.ID == id {
				return v
			}
		}
		t.Fatalf("%+v, %v", list, err)
		return copies.View{}
	}
	first := state(disk.ID)
	if first.Pushed == nil || first.Failed != nil {
		t.Fatalf("%+v", first)
	}
	if _, err := k.Vault.CreateCase(ctx, "One", false); err != nil {
		t.Fatal(err)
	}
	if k.Due() {
		t.Error("due at once")
	}
	now = now.Add(time.Minute)
	if round(1); state(disk.ID).Files <= first.Files || k.Due() {
		t.Errorf("%+v, before %+v", state(disk.ID), first)
	}

	stick := filepath.Join(t.TempDir(), "stick")
	away, err := k.Add(ctx, copies.Place{Kind: copies.KindFolder, Address: stick})
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(stick); err != nil {
		t.Fatal(err)
	}
	now = now.Add(time.Minute)
	round(2) // the list of places itself was written
	for _, pause := range []time.Duration{1, 2, 4, 8, 16, 32, 60, 60} {
		v := state(away.ID)
		if e, ok := errors.AsType[*replica.PlaceError](v.Failed); !ok || e.Kind != replica.Unreachable || !v.Next.Equal(now.Add(pause*time.Minute)) {
			t.Fatalf("%v, next after %v, want %d minutes", v.Failed, v.Next.Sub(now), pause)
		}
		if now = v.Next.Add(-time.Second); k.Due() {
			t.Fatal("asked too early")
		}
		now = v.Next
		round(1)
	}
	if state(disk.ID).Failed != nil {
		t.Errorf("%+v", state(disk.ID))
	}
	if err := os.Mkdir(stick, 0o700); err != nil {
		t.Fatal(err)
	}
	now = state(away.ID).Next
	if round(1); state(away.ID).Failed != nil || state(away.ID).Pushed == nil || k.Due() {
		t.Errorf("%+v", state(away.ID))
	}
	now = now.Add(time.Minute)
	if err := k.Remove(ctx, away.ID); err != nil {
		t.Fatal(err)
	}
	round(1) // to the disk alone
}

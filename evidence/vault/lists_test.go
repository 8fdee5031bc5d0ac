package vault_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"constat/evidence"
	"constat/evidence/vault"
)

// TestListsOfAddresses: a list lies encrypted in the case, survives what the
// rest survives, and is in no line of the custody log.
func TestListsOfAddresses(t *testing.T) {
	ctx := t.Context()
	v, _ := newVault(t)
	c := newCase(t, v, "a")
	if lists, err := c.Lists(ctx); err != nil || len(lists) != 0 {
		t.Fatalf("%d lists, %v", len(lists), err)
	}
	const first, second = "https://exemple.be/first", "https://exemple.be/second"
	made, err := c.AddList(ctx, []byte(first), map[string]string{"addresses": "1"})
	if err != nil {
		t.Fatal(err)
	}
	mustCapture(t, c, "a.png", "picture")
	if _, err := c.AddList(ctx, []byte(second), nil); err != nil {
		t.Fatal(err)
	}
	for _, bad := range [][]byte{nil, make([]byte, vault.MaxFile+1)} {
		if _, err := c.AddList(ctx, bad, nil); err == nil {
			t.Errorf("a list of %d bytes was kept", len(bad))
		}
	}
	if _, err := c.Append(ctx, evidence.Entry{Action: evidence.ActListMade}); err == nil {
		t.Error("an entry without its list was written")
	}
	v = reopen(t, v)
	c = openCase(t, v, c.Info().ID)
	lists, err := c.Lists(ctx)
	if err != nil || len(lists) != 2 || string(lists[0].Bytes) != first || string(lists[1].Bytes) != second || lists[0].Seq != made.Seq || made.Seq != 2 || lists[1].Seq != 4 {
		t.Fatalf("lists %+v, %v", lists, err)
	}
	entries, err := c.Entries(ctx)
	if err != nil || entries[1].Action != evidence.ActListMade || entries[1].Digest != evidence.Sum([]byte(first)) || entries[1].Exhibit != "" || entries[1].Detail["addresses"] != "1" {
		t.Errorf("entry %+v, %v", entries[1], err)
	}
	var log bytes.Buffer
	if err := c.WriteLog(ctx, &log); err != nil || strings.Contains(log.String(), "first") {
		t.Errorf("%v, the log tells the addresses:\n%s", err, log.String())
	}
	if bad := checkFails(t, v); bad != nil {
		t.Errorf("checks %v", bad)
	}

	// A damaged list takes nothing else with it, and is named.
	objects, err := filepath.Glob(filepath.Join(v.Dir(), "cases", c.Info().ID, "objects", "*"))
	if err != nil || len(objects) != 4 {
		t.Fatalf("%d objects, %v", len(objects), err)
	}
	broken := 0
	for _, object := range objects {
		whole, err := os.ReadFile(object)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(object, append(whole[:len(whole)-1:len(whole)-1], whole[len(whole)-1]^1), 0o600); err != nil {
			t.Fatal(err)
		}
		lists, err := c.Lists(ctx)
		if err != nil || len(lists) != 2 {
			t.Fatalf("%d lists, %v", len(lists), err)
		}
		for _, l := range lists {
			if l.Damage != nil {
				broken++
				if !isType[*vault.CorruptError](l.Damage) || l.Bytes != nil || checkFails(t, v) == nil {
					t.Errorf("damage %v, %q", l.Damage, l.Bytes)
				}
			}
		}
		if err := os.WriteFile(object, whole, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if broken != 2 {
		t.Errorf("%d of 2 lists were seen as damaged", broken)
	}
}

// TestTheCheckerFollowsASecondVisit: a visit names an exhibit that was there
// before, and its very manifest.
func TestTheCheckerFollowsASecondVisit(t *testing.T) {
	for name, test := range map[string]struct {
		exhibit string
		digest  func(vault.Exhibit) evidence.Digest
		whole   bool
	}{
		"as it was":          {"E-001", func(x vault.Exhibit) evidence.Digest { return x.ManifestDigest }, true},
		"another manifest":   {"E-001", func(vault.Exhibit) evidence.Digest { return evidence.Sum([]byte("x")) }, false},
		"an unknown exhibit": {"E-900", func(x vault.Exhibit) evidence.Digest { return x.ManifestDigest }, false},
	} {
		t.Run(name, func(t *testing.T) {
			v, _ := newVault(t)
			c := newCase(t, v, "a")
			x := mustCapture(t, c, "a.png", "picture")
			_, err := c.Commit(t.Context(), c.NewDraft(), evidence.ActRechecked, func(id string, head evidence.LogHead, artifacts []evidence.Artifact) ([]byte, evidence.Digest, map[string]string, error) {
				b, err := evidence.Manifest{
					Case: c.Info().ID, Exhibit: id, Kind: evidence.Rechecked, Outcome: evidence.FailedOut, CustodyHead: head,
					Started: evidence.MomentOf(testMoment), Finished: evidence.MomentOf(testMoment),
					Recheck: &evidence.Recheck{Exhibit: test.exhibit, ManifestSHA256: test.digest(x), State: evidence.CannotTell, Reason: "network-dns"},
				}.Encode()
				return b, evidence.Sum(b), nil, err
			}, nil)
			if err != nil {
				t.Fatal(err)
			}
			if bad := checkFails(t, v); (bad == nil) != test.whole {
				t.Errorf("checks %v", bad)
			}
		})
	}
}

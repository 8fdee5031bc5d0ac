package vault_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"constat/evidence"
	"constat/evidence/vault"
)

const passphrase = "correct horse battery staple, été"

// fixed is the moment at which all tests happen, and then a second later each time.
func clock() func() time.Time {
	t := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	var mu sync.Mutex
	return func() time.Time {
		mu.Lock()
		defer mu.Unlock()
		t = t.Add(time.Second)
		return t
	}
}

func options() vault.Options {
	return vault.Cheap(vault.Options{Now: clock(), Actor: "constat test"})
}

func newVault(t testing.TB) (*vault.Vault, vault.RecoveryCode) {
	t.Helper()
	v, code, err := vault.Create(t.Context(), filepath.Join(t.TempDir(), "vault"), passphrase, options())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeVault(t, v) })
	return v, code
}

func closeVault(t testing.TB, v *vault.Vault) {
	t.Helper()
	if err := v.Close(); err != nil {
		t.Fatal(err)
	}
}

func reopen(t testing.TB, v *vault.Vault) *vault.Vault {
	t.Helper()
	closeVault(t, v)
	again, err := vault.Open(t.Context(), v.Dir(), passphrase, options())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeVault(t, again) })
	return again
}

func newCase(t testing.TB, v *vault.Vault, title string) *vault.Case {
	t.Helper()
	info, err := v.CreateCase(t.Context(), title, false)
	if err != nil {
		t.Fatal(err)
	}
	return openCase(t, v, info.ID)
}

func openCase(t testing.TB, v *vault.Vault, id string) *vault.Case {
	t.Helper()
	c, err := v.Case(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// build makes the smallest manifest that is one.
func build(caseID, address string) vault.BuildManifest {
	return func(id string, head evidence.LogHead, artifacts []evidence.Artifact) ([]byte, evidence.Digest, map[string]string, error) {
		m := evidence.Manifest{
			Case: caseID, Exhibit: id, Kind: evidence.WebCapture, Outcome: evidence.Complete,
			Started: evidence.MomentOf(testMoment), Finished: evidence.MomentOf(testMoment),
			Request: &evidence.Request{Address: address}, Artifacts: artifacts, CustodyHead: head,
		}
		b, err := m.Encode()
		return b, evidence.Sum(b), map[string]string{"outcome": "complete"}, err
	}
}

var authority = evidence.Authority{Name: "tsa.example", URL: "https://tsa.example/tsr", RootsPEM: "-----BEGIN CERTIFICATE-----"}

// capture records one exhibit with the files given as name and content.
func capture(ctx context.Context, c *vault.Case, address string, files ...string) (vault.Exhibit, error) {
	d := c.NewDraft()
	defer d.Abort()
	for i := 0; i < len(files); i += 2 {
		meta := evidence.Artifact{Name: files[i], Role: evidence.Original, MediaType: "image/png"}
		if _, err := d.Put(ctx, meta, strings.NewReader(files[i+1])); err != nil {
			return vault.Exhibit{}, err
		}
	}
	return c.Commit(ctx, d, evidence.ActCaptured, build(c.Info().ID, address), []evidence.Authority{authority})
}

func mustCapture(t testing.TB, c *vault.Case, files ...string) vault.Exhibit {
	t.Helper()
	x, err := capture(t.Context(), c, "https://example.org/", files...)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

func read(ctx context.Context, x vault.Exhibit, name string) (string, error) {
	r, err := x.Open(ctx, name)
	if err != nil {
		return "", err
	}
	b, err := io.ReadAll(r)
	return string(b), errors.Join(err, r.Close())
}

func TestRoundTrip(t *testing.T) {
	ctx := t.Context()
	v, _ := newVault(t)
	c := newCase(t, v, "  Affaire n° 7 ")
	if got := c.Info(); got.Title != "Affaire n° 7" || got.Practice || got.CreatedAt.IsZero() {
		t.Fatalf("case %+v", got)
	}
	big := strings.Repeat("0123456789abcdef", 20_000) // several age chunks
	mustCapture(t, c, "first-view.png", "picture", "page.mhtml", big, "empty.txt", "")
	second := mustCapture(t, c)
	if second.ID != "E-002" || second.Manifest.CustodyHead.Seq != 2 {
		t.Fatalf("second exhibit %s anchors entry %d", second.ID, second.Manifest.CustodyHead.Seq)
	}
	sent := time.Date(2026, 11, 23, 10, 1, 0, 500, time.UTC)
	reply, nonce := []byte("reply"), []byte{0, 1, 254}
	if err := c.AddReply(ctx, "E-001", authority, reply, nonce, sent, sent.Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	failed, err := c.Append(ctx, evidence.Entry{Action: evidence.ActStampFailed, Exhibit: "E-001", Detail: map[string]string{"authority": "x"}})
	if err != nil || failed.Seq != 5 || failed.Actor != "constat test" {
		t.Fatalf("entry %+v, %v", failed, err)
	}
	var before bytes.Buffer
	if err := c.WriteLog(ctx, &before); err != nil {
		t.Fatal(err)
	}

	v = reopen(t, v)
	list, err := v.Cases(ctx)
	if err != nil || len(list) != 1 || list[0] != c.Info() {
		t.Fatalf("cases %v, %v", list, err)
	}
	c = openCase(t, v, list[0].ID)
	var after bytes.Buffer
	if err := c.WriteLog(ctx, &after); err != nil || after.String() != before.String() {
		t.Fatalf("log after reopening %v:\n%s\nbefore:\n%s", err, &after, &before)
	}
	head, err := evidence.VerifyChain(&after, nil)
	if err != nil || head != c.Head() || head.Seq != 5 {
		t.Fatalf("head %v, %v; case says %v", head, err, c.Head())
	}
	all, err := c.Exhibits(ctx)
	if err != nil || len(all) != 2 || all[0].Damage != nil {
		t.Fatalf("exhibits %v, %v", all, err)
	}
	x := all[0]
	if x.Recorded.Detail["outcome"] != "complete" || len(x.Authorities) != 1 || x.Authorities[0] != authority || len(x.StampFailures) != 1 {
		t.Errorf("exhibit %+v", x)
	}
	if got := x.Replies; len(got) != 1 || !bytes.Equal(got[0].Raw, reply) || !bytes.Equal(got[0].Nonce, nonce) ||
		got[0].Authority != authority || !got[0].Sent.Equal(sent) || !got[0].Received.Equal(sent.Add(time.Second)) {
		t.Errorf("replies %+v", got)
	}
	for name, want := range map[string]string{"first-view.png": "picture", "page.mhtml": big, "empty.txt": ""} {
		if got, err := read(ctx, x, name); err != nil || got != want {
			t.Errorf("%s: %d bytes, %v", name, len(got), err)
		}
	}
	if _, err := x.Open(ctx, "nothing.png"); !isType[*vault.UnknownArtifactError](err) {
		t.Errorf("unknown artifact: %v", err)
	}
	if _, err := c.Exhibit(ctx, "E-003"); !isType[*vault.UnknownExhibitError](err) {
		t.Errorf("unknown exhibit: %v", err)
	}
	for _, id := range []string{"0123456789abcdef", "../..", ""} {
		if _, err := v.Case(ctx, id); !isType[*vault.UnknownCaseError](err) {
			t.Errorf("unknown case %q: %v", id, err)
		}
	}
}

func isType[E error](err error) bool { _, ok := errors.AsType[E](err); return ok }

func TestClosedVaultRefuses(t *testing.T) {
	ctx := t.Context()
	v, _ := newVault(t)
	c := newCase(t, v, "a")
	d := c.NewDraft()
	closeVault(t, v)
	_, errCases := v.Cases(ctx)
	_, errPut := d.Put(ctx, evidence.Artifact{Name: "a.txt"}, strings.NewReader("a"))
	_, errExhibits := c.Exhibits(ctx)
	_, errAppend := c.Append(ctx, evidence.Entry{Action: evidence.ActViewed})
	for i, err := range []error{errCases, errPut, errExhibits, errAppend, v.ChangePassphrase(ctx, "x")} {
		if !errors.Is(err, vault.ErrClosed) {
			t.Errorf("call %d: %v", i, err)
		}
	}
}

func TestManyAtOnce(t *testing.T) {
	ctx := t.Context()
	v, _ := newVault(t)
	c := newCase(t, v, "a")
	done := make(chan error)
	const n = 8
	for i := range n {
		go func() {
			_, err := capture(ctx, c, "https://example.org/", "a.png", fmt.Sprint("picture ", i))
			if err == nil {
				_, err = c.Exhibits(ctx)
			}
			done <- err
		}()
	}
	for range n {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	all, err := c.Exhibits(ctx)
	if err != nil || len(all) != n {
		t.Fatalf("%d exhibits, %v", len(all), err)
	}
	seen := map[string]bool{}
	for i, x := range all {
		if x.ID != evidence.ExhibitID(i+1) || x.Manifest.CustodyHead.Seq != uint64(i)+1 {
			t.Errorf("place %d: %s anchors %d", i, x.ID, x.Manifest.CustodyHead.Seq)
		}
		got, err := read(ctx, x, "a.png")
		if err != nil {
			t.Error(err)
		}
		seen[got] = true
	}
	if len(seen) != n {
		t.Errorf("%d different pictures of %d", len(seen), n)
	}
}

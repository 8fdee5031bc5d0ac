package tsa_test

import (
	"encoding/pem"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"constat/evidence"
	"constat/evidence/tsa"
	"constat/evidence/tsa/practice"
)

// TestMain stands in for a system whose store holds the forge's root and,
// because somebody installed it, the practice root. Go reads the store once in
// a process, so it has to be in place before any test.
func TestMain(m *testing.M) {
	dir, err := systemStore()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	code := m.Run()
	os.RemoveAll(dir)
	os.Exit(code)
}

func systemStore() (dir string, err error) {
	root, err := rootForm().make(nil, rootKey())
	if err != nil {
		return "", err
	}
	a, err := practice.New(nil)
	if err != nil {
		return "", err
	}
	if dir, err = os.MkdirTemp("", "roots"); err != nil {
		return "", err
	}
	store := filepath.Join(dir, "roots.pem")
	all := a.RootPEM() + string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: root.Raw}))
	if err := os.WriteFile(store, []byte(all), 0o600); err != nil {
		return dir, err
	}
	return dir, os.Setenv("SSL_CERT_FILE", store)
}

func TestSystemRoots(t *testing.T) {
	f := newForge(t)
	raw := f.build(t)
	digest := evidence.Sum(payload)
	ts, checks := tsa.Verify(raw, digest, tsa.Options{SystemRoots: true})
	if ts == nil || ts.RootSource != "system" || ts.RootFingerprint != evidence.Sum(f.root.Raw) {
		t.Errorf("%+v %v", ts, checks)
	}
	if ts, _ := tsa.Verify(raw, digest, tsa.Options{SystemRoots: true, Roots: f.options().Roots}); ts == nil || ts.RootSource != "pinned" {
		t.Errorf("a pinned root is not asked first: %+v", ts)
	}
	if ts, checks := tsa.Verify(raw, digest, tsa.Options{}); ts != nil || strings.Join(failed(checks), " ") != tsa.CheckChain {
		t.Errorf("system roots without being asked for: %v", checks)
	}
}

// Practice stays practice even where somebody has made the system trust it.
func TestPracticeRootInTheSystemStore(t *testing.T) {
	a, err := practice.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	url, stop, err := a.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	digest := evidence.Sum(payload)
	reply, _ := ask(t, a.Describe(url), digest)
	ts, checks := tsa.Verify(reply.Raw, digest, tsa.Options{SystemRoots: true})
	if c := state(t, checks, tsa.CheckChain); ts != nil || c.State != evidence.Failed || !strings.Contains(c.Detail, evidence.PracticeMark) {
		t.Errorf("%+v", c)
	}
}

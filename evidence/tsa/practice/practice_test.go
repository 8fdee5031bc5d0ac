package practice_test

import (
	"bytes"
	"context"
	"crypto"
	"encoding/pem"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"constat/evidence"
	"constat/evidence/tsa/practice"

	"github.com/digitorus/timestamp"
)

// The root of every release, on every machine: printed on practice reports.
const rootFingerprint = "d06679562b8ca46b5ca6f94d4ba838f01602250faed70036088671659e45869c"

func authority(t *testing.T, now func() time.Time) *practice.Authority {
	t.Helper()
	a, err := practice.New(now)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func TestSameRootEverywhere(t *testing.T) {
	a, b := authority(t, nil), authority(t, nil)
	if got := evidence.Sum(a.Root().Raw).String(); got != rootFingerprint || !a.Root().Equal(b.Root()) {
		t.Errorf("root fingerprint %s", got)
	}
	block, rest := pem.Decode([]byte(a.RootPEM()))
	if block == nil || !bytes.Equal(block.Bytes, a.Root().Raw) || len(rest) > 0 {
		t.Error("PEM is not the root")
	}
	for _, name := range []string{a.Root().Subject.CommonName, a.Root().Subject.Organization[0], a.Root().Issuer.CommonName} {
		if !strings.Contains(name, "PRACTICE — NOT EVIDENCE") {
			t.Errorf("%q is not marked", name)
		}
	}
}

func openssl(t *testing.T, dir string, args ...string) string {
	t.Helper()
	cmd := exec.Command("openssl", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "OPENSSL_CONF="+os.DevNull)
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("openssl %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return string(out)
}

func save(t *testing.T, dir, name string, b []byte) {
	t.Helper()
	if err := os.WriteFile(filepath.Join(dir, name), b, 0o600); err != nil {
		t.Fatal(err)
	}
}

func post(t *testing.T, url, media string, query []byte) (int, []byte) {
	t.Helper()
	resp, err := http.Post(url, media, bytes.NewReader(query))
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, b
}

const queryType = "application/timestamp-query"

// OpenSSL asks, and OpenSSL judges the answer.
func TestOpenSSLAsksAndAccepts(t *testing.T) {
	clock := time.Date(2031, 2, 3, 4, 5, 6, 0, time.UTC)
	a := authority(t, func() time.Time { return clock })
	url, stop, err := a.Listen(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer stop()
	for _, digest := range []string{"-sha256", "-sha384", "-sha512"} {
		dir := t.TempDir()
		save(t, dir, "data", []byte("practice\n"))
		save(t, dir, "root.pem", []byte(a.RootPEM()))
		openssl(t, dir, "ts", "-query", "-data", "data", digest, "-cert", "-out", "q.tsq")
		query, err := os.ReadFile(filepath.Join(dir, "q.tsq"))
		if err != nil {
			t.Fatal(err)
		}
		status, reply := post(t, url, queryType, query)
		save(t, dir, "r.tsr", reply)
		if out := openssl(t, dir, "ts", "-verify", "-in", "r.tsr", "-queryfile", "q.tsq", "-CAfile", "root.pem"); status != 200 || !strings.Contains(out, "Verification: OK") {
			t.Errorf("%s: %d %s", digest, status, out)
		}
		text := openssl(t, dir, "ts", "-reply", "-text", "-in", "r.tsr")
		if !strings.Contains(text, "Time stamp: Feb  3 04:05:06 2031 GMT") || !strings.Contains(text, "Policy OID: 2.999.1") {
			t.Errorf("%s: %s", digest, text)
		}
	}
}

func TestRefusals(t *testing.T) {
	a := authority(t, nil)
	srv := httptest.NewServer(a)
	defer srv.Close()
	marshal := func(r timestamp.Request) []byte {
		b, err := r.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		return b
	}
	sum := evidence.Sum([]byte("x"))
	for name, query := range map[string][]byte{
		"garbage":      []byte("hello"),
		"empty":        {},
		"SHA-1":        marshal(timestamp.Request{HashAlgorithm: crypto.SHA1, HashedMessage: sum[:20]}),
		"short digest": marshal(timestamp.Request{HashAlgorithm: crypto.SHA256, HashedMessage: sum[:20]}),
		"other policy": marshal(timestamp.Request{HashAlgorithm: crypto.SHA256, HashedMessage: sum[:], TSAPolicyOID: []int{1, 2, 3}}),
	} {
		status, reply := post(t, srv.URL, queryType, query)
		dir := t.TempDir()
		save(t, dir, "r.tsr", reply)
		if text := openssl(t, dir, "ts", "-reply", "-text", "-in", "r.tsr"); status != 200 || !strings.Contains(text, "Status: Rejected.") {
			t.Errorf("%s: %d %s", name, status, text)
		}
	}
	if status, _ := post(t, srv.URL, "text/plain", nil); status != http.StatusUnsupportedMediaType {
		t.Errorf("text/plain: %d", status)
	}
	if status, _ := post(t, srv.URL, queryType, make([]byte, 1<<20)); status != http.StatusRequestEntityTooLarge {
		t.Errorf("1 MiB: %d", status)
	}
	resp, err := http.Get(srv.URL)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if resp.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("GET: %d", resp.StatusCode)
	}
}

func TestListenStops(t *testing.T) {
	a := authority(t, nil)
	url, stop, err := a.Listen(t.Context())
	if err != nil || !strings.HasPrefix(url, "http://127.0.0.1:") {
		t.Fatal(url, err)
	}
	if d := a.Describe(url); !d.Practice || d.URL != url || d.RootsPEM != a.RootPEM() || evidence.CheckArtifactName(evidence.TokenName(d.Name)) != nil {
		t.Errorf("%+v", d)
	}
	stop()
	stop()
	if resp, err := http.Get(url); err == nil {
		resp.Body.Close()
		t.Error("still answers after stop")
	}
	ctx, cancel := context.WithCancel(t.Context())
	_, stop, err = a.Listen(ctx)
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	stop() // returns: the server has ended with its context
	if _, _, err := a.Listen(ctx); err == nil {
		t.Error("listens for a caller who has gone")
	}
}

// FuzzServe: every query gets an answer, and none brings the authority down.
func FuzzServe(f *testing.F) {
	a, err := practice.New(nil)
	if err != nil {
		f.Fatal(err)
	}
	sum := evidence.Sum([]byte("x"))
	good, err := (&timestamp.Request{HashAlgorithm: crypto.SHA256, HashedMessage: sum[:], Certificates: true}).Marshal()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add([]byte{0x30, 0})
	f.Fuzz(func(t *testing.T, query []byte) {
		req := httptest.NewRequest(http.MethodPost, "/", bytes.NewReader(query))
		req.Header.Set("Content-Type", queryType)
		w := httptest.NewRecorder()
		a.ServeHTTP(w, req)
		if w.Code != http.StatusOK && w.Code != http.StatusRequestEntityTooLarge {
			t.Errorf("%d", w.Code)
		}
	})
}

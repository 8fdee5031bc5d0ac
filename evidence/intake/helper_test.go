package intake_test

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"

	"constat/evidence"
	"constat/evidence/intake"
)

// memory is a sink that keeps everything, as the vault does.
type memory struct {
	mu    sync.Mutex
	bytes map[string][]byte
}

func (m *memory) Put(ctx context.Context, meta evidence.Artifact, r io.Reader) (evidence.Artifact, error) {
	if err := evidence.CheckArtifactName(meta.Name); err != nil {
		return evidence.Artifact{}, err
	}
	b, err := io.ReadAll(r)
	if err != nil {
		return evidence.Artifact{}, err
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.bytes == nil {
		m.bytes = map[string][]byte{}
	}
	if _, twice := m.bytes[meta.Name]; twice {
		return evidence.Artifact{}, os.ErrExist
	}
	m.bytes[meta.Name] = b
	meta.Size, meta.SHA256, meta.SHA512 = int64(len(b)), evidence.Sum(b), evidence.Sum512(b)
	return meta, nil
}

var modified = time.Date(2024, 1, 5, 13, 3, 22, 0, time.UTC)

// onDisk writes a file and imports it from there, as a person would.
func onDisk(t testing.TB, name string, b []byte, o intake.Options) (*intake.Result, *memory) {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(path, modified, modified); err != nil {
		t.Fatal(err)
	}
	src, err := intake.FromPath(path)
	if err != nil {
		t.Fatal(err)
	}
	return imported(t, src, b, o)
}

// imported runs an import and checks what holds for every one.
func imported(t testing.TB, src intake.Source, b []byte, o intake.Options) (*intake.Result, *memory) {
	t.Helper()
	sink := &memory{}
	res, err := intake.Import(t.Context(), src, sink, o, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	check(t, res, sink, b)
	return res, sink
}

// check holds for whatever was imported: the original is exact, every artifact
// is listed, a manifest of them is valid, and every fact belongs to one.
func check(t testing.TB, res *intake.Result, sink *memory, b []byte) {
	t.Helper()
	if len(res.Artifacts) == 0 || len(res.Artifacts) != len(sink.bytes) {
		t.Fatalf("%d artifacts listed, %d stored", len(res.Artifacts), len(sink.bytes))
	}
	if !bytes.Equal(sink.bytes[res.Artifacts[0].Name], b) || res.Artifacts[0].Role != evidence.Original {
		t.Fatal("the original is not what was imported")
	}
	m := evidence.Manifest{Format: evidence.ManifestFormat, Case: "0123456789abcdef", Exhibit: "E-001",
		Kind: evidence.Import, Outcome: evidence.Complete, Artifacts: res.Artifacts, Problems: res.Problems, Redactions: res.Redactions,
		CustodyHead: evidence.LogHead{Seq: 1, SHA256: evidence.Sum(nil)}}
	if _, err := m.Encode(); err != nil {
		t.Fatal(err)
	}
	for _, f := range res.Facts {
		if _, ok := m.Artifact(f.Artifact); !ok || f.Name == "" || f.Value == "" || f.Source == "" {
			t.Fatalf("fact %+v", f)
		}
	}
}

// facts returns the values of the facts of that name.
func facts(res *intake.Result, name string) []string {
	var list []string
	for _, f := range res.Facts {
		if f.Name == name {
			list = append(list, f.Value)
		}
	}
	return list
}

func wantFacts(t testing.TB, res *intake.Result, want map[string]string) {
	t.Helper()
	for name, value := range want {
		got := facts(res, name)
		if value == "" && len(got) == 0 {
			continue
		}
		if len(got) != 1 || got[0] != value {
			t.Errorf("fact %s = %q, want %q", name, got, value)
		}
	}
}

func problems(res *intake.Result) []string {
	var list []string
	for _, p := range res.Problems {
		list = append(list, p.Code)
	}
	return list
}

// wantProblems compares the codes, each one counted once.
func wantProblems(t testing.TB, res *intake.Result, want ...string) {
	t.Helper()
	got := problems(res)
	slices.Sort(got)
	got = slices.Compact(got)
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("problems %+v, want %q", res.Problems, want)
	}
}

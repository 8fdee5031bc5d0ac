package bundle_test

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"time"

	"constat/bundle"
	"constat/bundle/verify"
	"constat/evidence"
)

// Write packs exhibits and the log that names them; package verify then judges the
// folder as a stranger would, with what it brings along.
func ExampleWrite() {
	if err := writeAndVerify(context.Background()); err != nil {
		fmt.Println(err)
	}
	// Output:
	// exhibits: [E-001], failed: 0
	// the fingerprint is the same: true
}

func writeAndVerify(ctx context.Context) error {
	parent, err := os.MkdirTemp("", "example-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(parent)
	at := time.Date(2026, 11, 23, 10, 42, 7, 0, time.UTC)
	info := evidence.Case{ID: "0123456789abcdef", Title: "November", CreatedAt: at}
	var chain evidence.Chain
	var log strings.Builder
	note := func(e evidence.Entry) error {
		e.Case, e.Time, e.Actor = info.ID, at, "example"
		_, line, err := chain.Next(e)
		if err != nil {
			return err
		}
		fmt.Fprintf(&log, "%s\n", line)
		_, err = chain.Accept(line)
		return err
	}
	if err := note(evidence.Entry{Action: evidence.ActCaseCreated}); err != nil {
		return err
	}

	// The manifest anchors the log so far; then the log names the manifest.
	const text = "seen on Tuesday\n"
	now := evidence.MomentOf(at)
	m := evidence.Manifest{Case: info.ID, Exhibit: "E-001", Kind: evidence.Import, Outcome: evidence.Complete,
		Started: now, Finished: now, CustodyHead: chain.Head(), Artifacts: []evidence.Artifact{{
			Name: "import-01.txt", Role: evidence.Original, MediaType: "text/plain", Size: int64(len(text)),
			SHA256: evidence.Sum([]byte(text)), SHA512: evidence.Sum512([]byte(text)),
		}}}
	exact, err := m.Encode()
	if err != nil {
		return err
	}
	if err := note(evidence.Entry{Action: evidence.ActImported, Exhibit: m.Exhibit, Digest: evidence.Sum(exact)}); err != nil {
		return err
	}

	made, err := bundle.Write(ctx, filepath.Join(parent, "bundle"), bundle.Input{
		Case: info, Language: "fr", CreatedAt: at, Software: evidence.Software{Name: "example"},
		WriteLog: func(_ context.Context, w io.Writer) error { _, err := io.WriteString(w, log.String()); return err },
		Exhibits: []bundle.Exhibit{{Manifest: m, ManifestBytes: exact, Open: func(context.Context, string) (io.ReadCloser, error) {
			return io.NopCloser(strings.NewReader(text)), nil
		}}},
	}, evidence.NoProgress{})
	if err != nil {
		return err
	}

	got, err := verify.Verify(ctx, made.Dir, verify.Options{})
	if err != nil {
		return err
	}
	failed := 0
	for _, c := range got.Checks {
		if c.State == evidence.Failed {
			failed++
		}
	}
	fmt.Printf("exhibits: %v, failed: %d\n", got.Exhibits, failed)
	fmt.Println("the fingerprint is the same:", got.Fingerprint == made.Fingerprint)
	return nil
}

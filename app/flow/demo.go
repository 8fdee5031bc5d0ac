package flow

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"constat/app/flow/handover"
	"constat/app/flow/keep"
	"constat/app/flow/look"
	"constat/evidence"
	"constat/evidence/held"
	"constat/evidence/tsa/practice"
)

// DemoResult is what a demo left behind.
type DemoResult struct {
	handover.ExportResult
	Practice string       `json:"practice"` // PracticeMark
	Root     string       `json:"root"`     // path of the practice root, beside the bundle and not in it
	Exhibit  look.Exhibit `json:"exhibit"`
	Lines    []string     `json:"lines"` // two lines for a shell that check the bundle
}

// Demo makes the whole journey on the practice page in a vault of its own,
// which is removed at the end, and leaves a bundle in dir, which must not exist.
func (a *App) Demo(ctx context.Context, dir, language string, p evidence.Progress) (res DemoResult, err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return res, err
	}
	if err := handover.RefuseExisting(dir); err != nil {
		return res, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return res, fmt.Errorf("demo: %w", err)
	}
	done := false
	defer func() {
		if !done {
			err = errors.Join(err, held.RemoveAll(dir))
		}
	}()
	scratch, err := os.MkdirTemp(a.cfg.DataDir, "demo-")
	if err != nil {
		return res, fmt.Errorf("demo: %w", err)
	}
	defer held.RemoveAll(scratch)
	s, _, err := a.CreateVault(ctx, filepath.Join(scratch, "vault"), demoSecret(rand.Text))
	if err != nil {
		return res, err
	}
	defer s.Lock()
	c, address, _, err := s.Keep.StartPractice(ctx)
	if err != nil {
		return res, err
	}
	res.Exhibit, err = s.Keep.Preserve(ctx, keep.PreserveRequest{Case: c.ID, Address: address, Subject: keep.SubjectAdult}, p)
	if err != nil {
		return res, err
	}
	res.ExportResult, err = s.Handover.Export(ctx, handover.ExportRequest{Case: c.ID, Target: filepath.Join(dir, "bundle"), Language: language}, p)
	if err != nil {
		return res, err
	}
	authority, err := practice.New(a.cfg.Now)
	if err != nil {
		return res, err
	}
	res.Root = filepath.Join(dir, "practice-root.pem")
	if err := handover.WriteNew(res.Root, strings.NewReader(authority.RootPEM())); err != nil {
		return res, err
	}
	res.Practice = evidence.PracticeMark
	res.Lines = checkLines(res)
	done = true
	return res, nil
}

// demoSecret is the passphrase of a vault that nobody opens again. One random text alone can look
// like two words in capitals around a number, and is refused then.
func demoSecret(text func() string) string { return text() + " " + text() }

// checkLines are for someone who has no software of ours.
func checkLines(r DemoResult) []string {
	q := func(path string) string { return "'" + strings.ReplaceAll(path, "'", `'\''`) + "'" }
	exhibit, at := filepath.Join(r.Target, "data", "exhibits", r.Exhibit.Exhibit), ""
	for _, t := range r.Exhibit.Timestamps {
		if t.Time != nil { // judged at the token's own time
			at = fmt.Sprintf(" -attime %d", t.Time.Unix())
		}
	}
	return []string{
		fmt.Sprintf(
			"(cd %s && sha256sum --quiet -c manifest-sha256.txt && cd data && sha256sum --quiet -c evidence-sha256.txt && echo files: OK)",
			q(r.Target),
		),
		fmt.Sprintf("openssl ts -verify -in %s -data %s -CAfile %s%s", q(filepath.Join(exhibit, evidence.TokenName(practice.Name))),
			q(filepath.Join(exhibit, evidence.ManifestName)), q(r.Root), at),
	}
}

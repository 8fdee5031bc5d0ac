package flow

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"time"

	site "constat/assets/practice"
	"constat/evidence"
	"constat/evidence/tsa/practice"
)

// servePractice puts the practice page on a free port of 127.0.0.1.
func servePractice(ctx context.Context) (address string, stop func(), err error) {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, fmt.Errorf("practice page: %w", err)
	}
	srv := &http.Server{Handler: http.FileServerFS(site.FS()), ReadHeaderTimeout: 10 * time.Second}
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = srv.Serve(l) // ends with ErrServerClosed when stop is called
	}()
	return "http://" + l.Addr().String() + "/", func() {
		_ = srv.Close()
		<-served
	}, nil
}

// StartPractice serves the practice page on loopback, makes a practice case in
// the open vault, and returns the case, the page's address and a function that
// stops the server. Everything kept in that case is marked, is stamped by the
// practice authority only, and is refused by verify unless asked for. Locking
// the vault stops it too.
func (s *Session) StartPractice(ctx context.Context) (c CaseView, address string, stop func(), err error) {
	c, err = s.createCase(ctx, evidence.PracticeMark, true)
	if err != nil {
		return CaseView{}, "", nil, err
	}
	address, stop, err = servePractice(context.WithoutCancel(ctx))
	if err != nil {
		return CaseView{}, "", nil, err
	}
	s.mu.Lock()
	previous := s.stopped
	s.stopped = stop
	s.mu.Unlock()
	if previous != nil {
		previous()
	}
	return c, address, stop, nil
}

// DemoResult is what a demo left behind.
type DemoResult struct {
	ExportResult
	Practice string      `json:"practice"` // PracticeMark
	Root     string      `json:"root"`     // path of the practice root, beside the bundle and not in it
	Exhibit  ExhibitView `json:"exhibit"`
	Lines    []string    `json:"lines"` // two lines for a shell that check the bundle
}

// Demo makes the whole journey on the practice page in a vault of its own,
// which is removed at the end, and leaves a bundle in dir, which must not exist.
func (a *App) Demo(ctx context.Context, dir, language string, p evidence.Progress) (res DemoResult, err error) {
	dir, err = filepath.Abs(dir)
	if err != nil {
		return res, err
	}
	if err := refuseExisting(dir); err != nil {
		return res, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return res, fmt.Errorf("demo: %w", err)
	}
	done := false
	defer func() {
		if !done {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	scratch, err := os.MkdirTemp(a.cfg.DataDir, "demo-")
	if err != nil {
		return res, fmt.Errorf("demo: %w", err)
	}
	defer os.RemoveAll(scratch)
	s, _, err := a.CreateVault(ctx, filepath.Join(scratch, "vault"), rand.Text())
	if err != nil {
		return res, err
	}
	defer s.Lock()
	c, address, _, err := s.StartPractice(ctx)
	if err != nil {
		return res, err
	}
	res.Exhibit, err = s.Preserve(ctx, PreserveRequest{Case: c.ID, Address: address, Subject: SubjectAdult}, p)
	if err != nil {
		return res, err
	}
	res.ExportResult, err = s.Export(ctx, ExportRequest{Case: c.ID, Target: filepath.Join(dir, "bundle"), Language: language}, p)
	if err != nil {
		return res, err
	}
	authority, err := practice.New(a.cfg.Now)
	if err != nil {
		return res, err
	}
	res.Root = filepath.Join(dir, "practice-root.pem")
	if err := writeNew(res.Root, strings.NewReader(authority.RootPEM())); err != nil {
		return res, err
	}
	res.Practice = evidence.PracticeMark
	res.Lines = checkLines(res)
	done = true
	return res, nil
}

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
		fmt.Sprintf("(cd %s && sha256sum --quiet -c manifest-sha256.txt && cd data && sha256sum --quiet -c evidence-sha256.txt && echo files: OK)", q(r.Target)),
		fmt.Sprintf("openssl ts -verify -in %s -data %s -CAfile %s%s", q(filepath.Join(exhibit, evidence.TokenName(practice.Name))),
			q(filepath.Join(exhibit, evidence.ManifestName)), q(r.Root), at),
	}
}

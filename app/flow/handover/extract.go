package handover

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"constat/app/flow/look"
	"constat/evidence"
	"constat/evidence/held"
)

// Extract writes the artifacts of an exhibit, its manifest and its timestamp replies, decrypted,
// into a new folder. It leaves nothing if it fails. notNoted is why the custody log could not note
// it; empty if it did.
func (x *Exporter) Extract(ctx context.Context, caseID, exhibit, dir string) (list []look.Artifact, notNoted string, err error) {
	c, err := x.vault.Case(ctx, caseID)
	if err != nil {
		return nil, "", err
	}
	e, err := look.Open(ctx, c, exhibit)
	if err != nil {
		return nil, "", err
	}
	if err := RefuseExisting(dir); err != nil {
		return nil, "", err
	}
	if err := os.MkdirAll(filepath.Dir(filepath.Clean(dir)), 0o755); err != nil {
		return nil, "", fmt.Errorf("extract: %w", err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, "", fmt.Errorf("extract: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, held.RemoveAll(dir))
		}
	}()
	for _, a := range e.Manifest.Artifacts {
		r, err := e.Open(ctx, a.Name)
		if err != nil {
			return nil, "", err
		}
		err = WriteNew(filepath.Join(dir, a.Name), r)
		if err = errors.Join(err, r.Close()); err != nil {
			return nil, "", err
		}
		list = append(list, look.ArtifactOf(a))
	}
	if err := WriteNew(filepath.Join(dir, evidence.ManifestName), bytes.NewReader(e.ManifestBytes)); err != nil {
		return nil, "", err
	}
	for _, st := range x.stamps.Stamps(ctx, c, e) {
		if st.Verified == nil {
			continue
		}
		if err := WriteNew(filepath.Join(dir, st.FileName), bytes.NewReader(st.Reply)); err != nil {
			return nil, "", err
		}
	}
	_, err = c.Append(ctx, evidence.Entry{Action: evidence.ActExtracted, Exhibit: e.ID, Digest: e.ManifestDigest})
	if err != nil {
		if notNoted = unnoted(err); notNoted != "" {
			err = nil
		}
	}
	return list, notNoted, err
}

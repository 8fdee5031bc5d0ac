package flow

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	_ "image/gif"  // formats that a preview can show
	_ "image/jpeg" // formats that a preview can show
	_ "image/png"  // formats that a preview can show
	"io"
	"os"
	"path/filepath"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // formats that a preview can show

	"constat/evidence"
	"constat/evidence/vault"
)

const (
	maxTileBytes  = 64 << 20
	maxTilePixels = 64 << 20
	maxPreview    = 4000 // pixels of the longer side on the screen
)

// Preview decrypts one of the exhibit's pictures for the screen, counted from 1
// as [ExhibitView.Pictures] lists them, and notes the view in the custody log,
// once an unlocking.
func (s *Session) Preview(ctx context.Context, caseID, exhibit string, part int) (Preview, error) {
	c, err := s.v.Case(ctx, caseID)
	if err != nil {
		return Preview{}, err
	}
	e, err := s.open(ctx, c, exhibit)
	if err != nil {
		return Preview{}, err
	}
	pictures := pictures(e.Manifest)
	if part < 1 || part > len(pictures) {
		return Preview{}, ErrNoPicture
	}
	img, err := readPicture(ctx, e, pictures[part-1].source.Name)
	if err != nil {
		return Preview{}, err
	}
	if err := s.noteView(ctx, c, e); err != nil {
		return Preview{}, err
	}
	return Preview{Image: img, Part: part, Parts: len(pictures)}, nil
}

// readPicture decrypts and decodes one picture, and makes it small enough for
// any graphics card. Pictures come from an adversary: size first, then pixels.
func readPicture(ctx context.Context, e vault.Exhibit, name string) (image.Image, error) {
	r, err := e.Open(ctx, name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	// The reader tells damage at its end only: nothing is shown before it was read whole.
	b, err := io.ReadAll(io.LimitReader(r, maxTileBytes))
	if err != nil {
		return nil, err
	}
	undrawable := func(err error) (image.Image, error) {
		return nil, fmt.Errorf("%s: %w", name, errors.Join(ErrNoPicture, err))
	}
	size, _, err := image.DecodeConfig(bytes.NewReader(b))
	if err != nil || size.Width <= 0 || size.Height <= 0 || size.Width > maxTilePixels/size.Height {
		return undrawable(err)
	}
	img, _, err := image.Decode(bytes.NewReader(b))
	if err != nil {
		return undrawable(err)
	}
	if long := max(size.Width, size.Height); long > maxPreview {
		small := image.NewRGBA(image.Rect(0, 0, max(1, size.Width*maxPreview/long), max(1, size.Height*maxPreview/long)))
		draw.ApproxBiLinear.Scale(small, small.Bounds(), img, img.Bounds(), draw.Src, nil)
		return small, nil
	}
	return img, nil
}

func (s *Session) noteView(ctx context.Context, c *vault.Case, e vault.Exhibit) error {
	key := c.Info().ID + "/" + e.ID
	s.mu.Lock()
	seen := s.viewed[key]
	s.viewed[key] = true
	s.mu.Unlock()
	if seen {
		return nil
	}
	_, err := c.Append(ctx, evidence.Entry{Action: evidence.ActViewed, Exhibit: e.ID, Digest: e.ManifestDigest})
	return err
}

// Extract writes the artifacts of an exhibit, its manifest and its timestamp
// replies, decrypted, into a new folder. It leaves nothing if it fails.
func (s *Session) Extract(ctx context.Context, caseID, exhibit, dir string) (list []ArtifactView, err error) {
	c, err := s.v.Case(ctx, caseID)
	if err != nil {
		return nil, err
	}
	e, err := s.open(ctx, c, exhibit)
	if err != nil {
		return nil, err
	}
	if err := refuseExisting(dir); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(filepath.Dir(filepath.Clean(dir)), 0o755); err != nil {
		return nil, fmt.Errorf("extract: %w", err)
	}
	if err := os.Mkdir(dir, 0o700); err != nil {
		return nil, fmt.Errorf("extract: %w", err)
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(dir))
		}
	}()
	for _, a := range e.Manifest.Artifacts {
		r, err := e.Open(ctx, a.Name)
		if err != nil {
			return nil, err
		}
		err = writeNew(filepath.Join(dir, a.Name), r)
		if err = errors.Join(err, r.Close()); err != nil {
			return nil, err
		}
		list = append(list, artifactView(a))
	}
	if err := writeNew(filepath.Join(dir, evidence.ManifestName), bytes.NewReader(e.ManifestBytes)); err != nil {
		return nil, err
	}
	for _, st := range s.stamps(ctx, c, e) {
		if st.Verified == nil {
			continue
		}
		if err := writeNew(filepath.Join(dir, st.FileName), bytes.NewReader(st.Reply)); err != nil {
			return nil, err
		}
	}
	_, err = c.Append(ctx, evidence.Entry{Action: evidence.ActExtracted, Exhibit: e.ID, Digest: e.ManifestDigest})
	return list, err
}

// refuseExisting: nothing is ever overwritten.
func refuseExisting(path string) error {
	_, err := os.Lstat(path)
	switch {
	case err == nil:
		return &TargetError{Path: path}
	case errors.Is(err, os.ErrNotExist):
		return nil
	default:
		return err
	}
}

func writeNew(path string, r io.Reader) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	_, err = io.Copy(f, r)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return fmt.Errorf("write %s: %w", filepath.Base(path), err)
	}
	return nil
}

package look

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

	_ "golang.org/x/image/bmp" // formats that a preview can show
	"golang.org/x/image/draw"
	_ "golang.org/x/image/tiff" // formats that a preview can show
	_ "golang.org/x/image/webp" // formats that a preview can show

	"constat/evidence"
	"constat/evidence/upright"
	"constat/evidence/vault"
)

// ErrNoPicture: the exhibit has no picture to show.
var ErrNoPicture = errors.New("exhibit has no picture")

// Preview is one part of an exhibit's picture, small enough for any graphics card.
type Preview struct {
	Image image.Image // at most 4,000 px high
	Part  int         // counted from 1
	Parts int
}

const (
	maxTileBytes  = 64 << 20
	maxTilePixels = 64 << 20
	maxPreview    = 4000 // pixels of the longer side on the screen
)

// Preview decrypts one of the exhibit's pictures for the screen, counted from 1
// as [Exhibit.Pictures] lists them, and notes the view in the custody log,
// once an unlocking.
func (r *Reader) Preview(ctx context.Context, caseID, exhibit string, part int) (Preview, error) {
	c, err := r.vault.Case(ctx, caseID)
	if err != nil {
		return Preview{}, err
	}
	e, err := Open(ctx, c, exhibit)
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
	if err := r.noteView(ctx, c, e); err != nil {
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
	img, err := upright.Decode(b)
	if err != nil {
		return undrawable(err)
	}
	img = upright.Picture(img, upright.Asked(e.Manifest, name))
	size.Width, size.Height = img.Bounds().Dx(), img.Bounds().Dy()
	if long := max(size.Width, size.Height); long > maxPreview {
		small := image.NewRGBA(image.Rect(0, 0, max(1, size.Width*maxPreview/long), max(1, size.Height*maxPreview/long)))
		draw.ApproxBiLinear.Scale(small, small.Bounds(), img, img.Bounds(), draw.Src, nil)
		return small, nil
	}
	if upright.Asked(e.Manifest, name) != 0 { // looked up pixel by pixel: a screen does so often
		flat := image.NewRGBA(img.Bounds())
		draw.Draw(flat, flat.Bounds(), img, image.Point{}, draw.Src)
		return flat, nil
	}
	return img, nil
}

func (r *Reader) noteView(ctx context.Context, c *vault.Case, e vault.Exhibit) error {
	key := c.Info().ID + "/" + e.ID
	r.mu.Lock()
	seen := r.viewed[key]
	r.viewed[key] = true
	r.mu.Unlock()
	if seen {
		return nil
	}
	_, err := c.Append(ctx, evidence.Entry{Action: evidence.ActViewed, Exhibit: e.ID, Digest: e.ManifestDigest})
	return err
}

// Picture is one picture of an exhibit that can be shown.
type Picture struct {
	Set    int            // which set it belongs to, from 1; the order is that of the report
	Shows  evidence.Shows // what the pictures of the set show
	Pane   int            // of evidence.ShowsPane: which part of the page
	N, Of  int            // its place in the set, from 1
	source evidence.Artifact
}

// Pictures returns what of the exhibit can be shown and printed, in order: the
// parts of [Reader.Preview], and what can be left off the paper.
func (e Exhibit) Pictures() []Picture { return pictures(e.Manifest) }

func pictures(m evidence.Manifest) []Picture {
	var out []Picture
	for i, set := range m.PictureSets() {
		for n, a := range set.Pictures {
			out = append(out, Picture{Set: i + 1, Shows: set.Shows, Pane: set.Pane, N: n + 1, Of: len(set.Pictures), source: a})
		}
	}
	return out
}

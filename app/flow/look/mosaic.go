package look

import (
	"context"
	"image"

	"golang.org/x/image/draw"
)

// The fields of a mosaic. So few show light and colour and nothing else: no face, no body, no word.
const (
	mosaicWidth  = 6
	mosaicHeight = 4
)

// Mosaic is an exhibit's first picture in so few fields that it shows nothing, and helps to tell
// exhibits apart. It is no view: the custody log does not name it.
func (r *Reader) Mosaic(ctx context.Context, caseID, exhibit string) (image.Image, error) {
	c, err := r.vault.Case(ctx, caseID)
	if err != nil {
		return nil, err
	}
	e, err := Open(ctx, c, exhibit)
	if err != nil {
		return nil, err
	}
	list := pictures(e.Manifest)
	if len(list) == 0 {
		return nil, ErrNoPicture
	}
	img, err := readPicture(ctx, e, list[0].source.Name)
	if err != nil {
		return nil, err
	}
	return mosaic(img), nil
}

func mosaic(img image.Image) image.Image {
	small := image.NewNRGBA(image.Rect(0, 0, mosaicWidth, mosaicHeight))
	draw.BiLinear.Scale(small, small.Bounds(), img, img.Bounds(), draw.Src, nil)
	return small
}

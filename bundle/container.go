package bundle

import (
	"context"
	"crypto"
	"crypto/sha512"
	"slices"

	"constat/bundle/asic"
	"constat/evidence/tsa"
)

// containerName is the list of the whole with its timestamps as others have it:
// ASiC-S (ETSI EN 319 162-1).
const containerName = "tagmanifest-sha256.asics"

// container puts the tag manifest and the first timestamp over it into a container
// that programs of others open, and has both timestamped once more by SHA-512. It
// holds no proof that is not there without it; if nobody answers there is none.
func (w *writer) container(ctx context.Context) error {
	first := slices.IndexFunc(w.whole, Stamp.Kept)
	if w.in.StampOver == nil || first < 0 {
		return nil
	}
	token, err := tsa.Token(w.whole[first].Reply)
	if err != nil {
		return err
	}
	c := asic.Container{Name: tagList, MIME: "text/plain", Data: w.tagged, Token: token}
	manifest := c.Manifest()
	sum := sha512.Sum512(manifest)
	for _, s := range w.in.StampOver(ctx, tsa.Imprint{Hash: crypto.SHA512, Sum: sum[:]}) {
		if !s.Kept() {
			continue
		}
		archive, err := tsa.Token(s.Reply)
		if err != nil {
			continue
		}
		b, err := c.Write(manifest, archive)
		if err != nil {
			return err
		}
		return w.putBytes(ctx, containerName, b)
	}
	return ctx.Err()
}

package look

import (
	"context"
	"io"
	"maps"
	"path"
	"strings"

	"constat/evidence"
	"constat/evidence/intake"
	"constat/evidence/vault"
)

// markup are endings of parts that every office document or mail has alike: that two files share one
// says nothing about what they show.
var markup = map[string]bool{".xml": true, ".rels": true, ".txt": true, ".html": true, ".htm": true, ".css": true, ".json": true}

// maxPlain is how large a picture of one colour is, at most: packed, such a picture is small.
const maxPlain = 1 << 20

// Holder is an exhibit, or one that is about to be kept: its manifest and a way to its files.
type Holder struct {
	Manifest evidence.Manifest
	Open     func(ctx context.Context, name string) (io.ReadCloser, error)
}

// HolderOf is an exhibit that is kept.
func HolderOf(e vault.Exhibit) Holder { return Holder{Manifest: e.Manifest, Open: e.Open} }

// Tells are the digests by which what a closed exhibit shows is known in others: of its files, of what
// its manifest says lies inside of them, as attachments of an e-mail or entries of a ZIP, and of the
// pictures, films, sound and PDFs in its web archive.
//
// What is alike without showing the same is left out (decision 0052): of a page that was kept, all but
// pictures, films, sound and PDFs; the browser's pictures of a page on which no content was seen, a
// sign-in page for one; pictures of one colour; empty files; and of a web archive what is as small as the
// signs of a site. Whatever cannot be read counts by its digest.
func Tells(ctx context.Context, x Holder) (map[evidence.Digest]bool, error) {
	tell, bodies, err := TellsApart(ctx, x)
	maps.Copy(tell, bodies)
	return tell, err
}

// TellsApart are [Tells], apart: the exhibit's own files with what lies inside of them, and the bodies
// that only its web archive holds. A page without content may be a witness against the latter alone.
func TellsApart(ctx context.Context, x Holder) (own, bodies map[evidence.Digest]bool, err error) {
	m := x.Manifest
	own = map[evidence.Digest]bool{}
	for _, a := range m.Artifacts {
		if a.Size == 0 || m.Kind != evidence.Import && (!shows(a.MediaType) || withoutContent(m)) {
			continue
		}
		if strings.HasPrefix(a.MediaType, "image/") && a.Size <= maxPlain {
			if b, err := readHeld(ctx, x, a); err == nil && plain(b) {
				continue
			}
		}
		own[a.SHA256] = true
	}
	eachWithin(m, func(name string, sum evidence.Digest) {
		if sum != evidence.Sum(nil) && !markup[strings.ToLower(path.Ext(name))] {
			own[sum] = true
		}
	})
	return own, members(ctx, x, true), ctx.Err()
}

// Furniture are the bodies in the archive of a page on which no content was seen: a site shows them, as
// a sign-in page's background, on its other pages, too. In the archive of another page they tell nothing,
// unless it is the same page, whose content may lie below a request to sign in.
func Furniture(ctx context.Context, x Holder) map[evidence.Digest]bool {
	if !withoutContent(x.Manifest) {
		return nil
	}
	return members(ctx, x, false)
}

// Shares reports whether an exhibit holds one of these files, in whatever wrapping.
func Shares(ctx context.Context, x Holder, files map[evidence.Digest]bool) (bool, error) {
	if len(files) == 0 {
		return false, nil
	}
	_, _, shared, err := Common(ctx, x, files)
	return shared, err
}

// Common is a file that an exhibit has in common with these: its name in the exhibit, and what it is
// known by. Nothing is left out here: what does not tell is not among the files.
func Common[V any](ctx context.Context, x Holder, files map[evidence.Digest]V) (name string, of V, found bool, err error) {
	for _, a := range x.Manifest.Artifacts {
		if of, found = files[a.SHA256]; found {
			return a.Name, of, true, nil
		}
	}
	eachWithin(x.Manifest, func(n string, sum evidence.Digest) {
		if v, ok := files[sum]; ok && !found {
			name, of, found = n, v, true
		}
	})
	if found || len(files) == 0 {
		return name, of, found, nil
	}
	for sum := range members(ctx, x, false) {
		if of, found = files[sum]; found {
			return evidence.WACZName, of, true, nil
		}
	}
	return "", of, false, ctx.Err()
}

// eachWithin goes through what a manifest says lies inside of files.
func eachWithin(m evidence.Manifest, do func(name string, sum evidence.Digest)) {
	for _, c := range m.Claims {
		if c.Name != intake.FactAttachment && c.Name != intake.FactEntry {
			continue
		}
		name, _, _ := strings.Cut(c.Value, ";")
		if sum, err := evidence.ParseDigest(c.Value[strings.LastIndexByte(c.Value, ' ')+1:]); err == nil {
			do(strings.TrimSpace(name), sum)
		}
	}
}

// members are what a page's web archive holds. One that cannot be read is damaged, which is said
// where it is checked and handed over.
func members(ctx context.Context, x Holder, telling bool) map[evidence.Digest]bool {
	a, ok := x.Manifest.Artifact(evidence.WACZName)
	if !ok || x.Manifest.Kind == evidence.Import {
		return nil
	}
	r, err := x.Open(ctx, a.Name)
	if err != nil {
		return nil
	}
	defer r.Close()
	held, _ := archived(r, telling) // as far as it can be read
	return held
}

// withoutContent reports a page on which no content was seen: it shows nobody.
func withoutContent(m evidence.Manifest) bool {
	switch m.Outcome {
	case evidence.LoginPage, evidence.BotCheck, evidence.Removed, evidence.Blank, evidence.FailedOut:
		return m.Kind == evidence.WebCapture
	}
	return false
}

func readHeld(ctx context.Context, x Holder, a evidence.Artifact) ([]byte, error) {
	r, err := x.Open(ctx, a.Name)
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return io.ReadAll(io.LimitReader(r, maxPlain))
}

func shows(mediaType string) bool {
	for _, sort := range []string{"image/", "video/", "audio/", "application/pdf"} {
		if strings.HasPrefix(mediaType, sort) {
			return true
		}
	}
	return false
}

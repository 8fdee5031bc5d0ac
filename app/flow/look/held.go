package look

import (
	"cmp"
	"context"
	"encoding/json"
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

// maxPieces is how long the record of a film's pieces may be to be read: twenty thousand with long addresses.
const maxPieces = 256 << 20

// Holder is an exhibit, or one that is about to be kept: its manifest and a way to its files.
type Holder struct {
	Manifest evidence.Manifest
	Open     func(ctx context.Context, name string) (io.ReadCloser, error)
}

// HolderOf is an exhibit that is kept.
func HolderOf(e vault.Exhibit) Holder { return Holder{Manifest: e.Manifest, Open: e.Open} }

// Tells are the digests by which what a closed exhibit shows is known in others: of its files, of what
// its manifest says lies inside of them, as attachments of an e-mail or entries of a ZIP, of the pieces
// that a film was put together from, and of the pictures, films, sound and PDFs in its web archive, also
// in one that somebody brought.
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

// TellsSoFar are [Tells], and whether the web archive could be read to its end: of what could not, nothing is known.
func TellsSoFar(ctx context.Context, x Holder) (tell map[evidence.Digest]bool, whole bool, err error) {
	tell = ownFiles(ctx, x)
	bodies, whole := archiveOf(ctx, x, true)
	for sum := range bodies {
		tell[sum] = true
	}
	return tell, whole, ctx.Err()
}

// TellsApart are [Tells], apart: the exhibit's own files with what lies inside of them, and the bodies
// that only its web archive holds. A page without content may be a witness against the latter alone.
func TellsApart(ctx context.Context, x Holder) (own, bodies map[evidence.Digest]bool, err error) {
	own = ownFiles(ctx, x)
	return own, known(members(ctx, x, true)), ctx.Err()
}

func ownFiles(ctx context.Context, x Holder) map[evidence.Digest]bool {
	m := x.Manifest
	own := map[evidence.Digest]bool{}
	for _, a := range m.Artifacts {
		if a.Size == 0 || m.Kind != evidence.Import && (!shows(a.MediaType) && !evidence.IsFilm(a.Name) || withoutContent(m)) {
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
	if !withoutContent(m) {
		eachPiece(ctx, x, func(_ string, sum evidence.Digest, size int64) {
			if size >= minBytes {
				own[sum] = true
			}
		})
	}
	return own
}

// Furniture are the bodies in the archive of a page on which no content was seen: a site shows them, as
// a sign-in page's background, on its other pages, too. In the archive of another page they tell nothing,
// unless it is the same page, whose content may lie below a request to sign in.
func Furniture(ctx context.Context, x Holder) map[evidence.Digest]bool {
	if !withoutContent(x.Manifest) {
		return nil
	}
	return known(members(ctx, x, false))
}

// Shares reports whether an exhibit holds one of these files, in whatever wrapping.
func Shares(ctx context.Context, x Holder, files map[evidence.Digest]bool) (bool, error) {
	if len(files) == 0 {
		return false, nil
	}
	_, _, shared, err := Common(ctx, x, files)
	return shared, err
}

// SharesSoFar are [Shares], and whether all archives in it could be read to their end: else it may hold one nevertheless.
func SharesSoFar(ctx context.Context, x Holder, files map[evidence.Digest]bool) (shared, whole bool, err error) {
	whole, err = EachCommon(ctx, x, files, func(string, bool) { shared = true })
	return shared, whole, err
}

// Unpacked reports whether all archives in an exhibit could be read to their end.
func Unpacked(ctx context.Context, x Holder) bool {
	_, whole := archiveOf(ctx, x, true)
	return whole
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
	if !found && len(files) > 0 {
		eachPiece(ctx, x, func(n string, sum evidence.Digest, _ int64) {
			if v, ok := files[sum]; ok && !found {
				name, of, found = n, v, true
			}
		})
	}
	if found || len(files) == 0 {
		return name, of, found, nil
	}
	for sum, in := range members(ctx, x, false) {
		if of, found = files[sum]; found {
			return in, of, true, nil
		}
	}
	return "", of, false, ctx.Err()
}

// EachCommon tells of every file that an exhibit has in common with these, as [Common] of the first one,
// and whether all web archives in it could be read to their end: else there may be more.
func EachCommon[V any](ctx context.Context, x Holder, files map[evidence.Digest]V, do func(name string, of V)) (whole bool, err error) {
	if len(files) == 0 {
		return true, nil
	}
	for _, a := range x.Manifest.Artifacts {
		if of, found := files[a.SHA256]; found {
			do(a.Name, of)
		}
	}
	eachWithin(x.Manifest, func(name string, sum evidence.Digest) {
		if of, found := files[sum]; found {
			do(name, of)
		}
	})
	eachPiece(ctx, x, func(name string, sum evidence.Digest, _ int64) {
		if of, found := files[sum]; found {
			do(name, of)
		}
	})
	held, whole := archiveOf(ctx, x, false)
	for sum, in := range held {
		if of, found := files[sum]; found {
			do(in, of)
		}
	}
	return whole, ctx.Err()
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

// eachPiece goes through the pieces that films of a page were put together from, as their records name them: the
// same film with one piece less is another file.
func eachPiece(ctx context.Context, x Holder, do func(name string, sum evidence.Digest, size int64)) {
	if x.Manifest.Kind == evidence.Import {
		return
	}
	for _, a := range x.Manifest.Artifacts {
		if !evidence.IsFilmPart(a.Name) || a.MediaType != "application/json" {
			continue
		}
		r, err := x.Open(ctx, a.Name)
		if err != nil {
			continue // it is damaged, which is said where it is checked
		}
		var told struct {
			Film   string
			Pieces []struct {
				Size   int64
				SHA256 string
			}
		}
		if json.NewDecoder(io.LimitReader(r, maxPieces)).Decode(&told) == nil {
			for _, p := range told.Pieces {
				if sum, err := evidence.ParseDigest(p.SHA256); err == nil && p.Size > 0 {
					do(cmp.Or(told.Film, a.Name), sum, p.Size)
				}
			}
		}
		_ = r.Close()
	}
}

// members are what web archives hold, with the name of the archive: that of a page, and those that
// somebody brought. One that cannot be read is damaged, which is said
// where it is checked and handed over.
func members(ctx context.Context, x Holder, telling bool) map[evidence.Digest]string {
	held, _ := archiveOf(ctx, x, telling) // as far as it can be read
	return held
}

func known(held map[evidence.Digest]string) map[evidence.Digest]bool {
	list := make(map[evidence.Digest]bool, len(held))
	for sum := range held {
		list[sum] = true
	}
	return list
}

func archiveOf(ctx context.Context, x Holder, telling bool) (held map[evidence.Digest]string, whole bool) {
	held, whole = map[evidence.Digest]string{}, true
	for _, a := range x.Manifest.Artifacts {
		brought := x.Manifest.Kind == evidence.Import
		if !brought && a.Name != evidence.WACZName {
			continue
		}
		list, read := oneArchive(ctx, x, a.Name, brought, telling)
		whole = whole && read
		for sum := range list {
			if first, ok := held[sum]; !ok || a.Name < first {
				held[sum] = a.Name
			}
		}
	}
	return held, whole
}

func oneArchive(ctx context.Context, x Holder, name string, brought, telling bool) (held map[evidence.Digest]bool, whole bool) {
	r, err := x.Open(ctx, name)
	if err != nil {
		return nil, false
	}
	defer r.Close()
	if brought {
		return foreign(ctx, r, telling)
	}
	held, err = archived(r, telling)
	return held, err == nil
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

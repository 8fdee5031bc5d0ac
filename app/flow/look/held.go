package look

import (
	"path"
	"strings"

	"constat/evidence"
	"constat/evidence/intake"
)

// markup are endings of parts that every office document or mail has alike: that two files share one
// says nothing about what they show.
var markup = map[string]bool{".xml": true, ".rels": true, ".txt": true, ".html": true, ".htm": true, ".css": true, ".json": true}

// Held are the digests of what an exhibit holds: its files, and what its manifest says lies inside
// of them, as attachments of an e-mail or entries of a ZIP. Of a page that was kept, only pictures,
// films, sound and PDFs count: certificates and headers are the same for many pages. Empty files
// are all the same.
func Held(m evidence.Manifest) map[evidence.Digest]bool {
	held := map[evidence.Digest]bool{}
	for _, a := range m.Artifacts {
		if a.Size > 0 && (m.Kind == evidence.Import || shows(a.MediaType)) {
			held[a.SHA256] = true
		}
	}
	for _, c := range m.Claims {
		if c.Name != intake.FactAttachment && c.Name != intake.FactEntry {
			continue
		}
		name, _, _ := strings.Cut(c.Value, ";")
		sum, err := evidence.ParseDigest(c.Value[strings.LastIndexByte(c.Value, ' ')+1:])
		if err == nil && sum != evidence.Sum(nil) && !markup[strings.ToLower(path.Ext(strings.TrimSpace(name)))] {
			held[sum] = true
		}
	}
	return held
}

func shows(mediaType string) bool {
	for _, sort := range []string{"image/", "video/", "audio/", "application/pdf"} {
		if strings.HasPrefix(mediaType, sort) {
			return true
		}
	}
	return false
}

// Shares reports whether an exhibit holds one of these files.
func Shares(m evidence.Manifest, files map[evidence.Digest]bool) bool {
	for sum := range Held(m) {
		if files[sum] {
			return true
		}
	}
	return false
}

package evidence

import (
	"context"
	"fmt"
	"io"
	"path"
	"regexp"
	"strings"
)

// Role tells an artifact that was never altered from one that was made from it.
type Role string

const (
	// Original bytes are exactly what the browser or the person delivered.
	Original Role = "original"
	// Derived bytes were made by us and name the digests they were made from.
	Derived Role = "derived"
)

// Artifact is one file of an exhibit, as its manifest lists it.
type Artifact struct {
	Name      string    `json:"name"`       // e.g. "screenshot-01.png"; see [CheckArtifactName]
	Role      Role      `json:"role"`       // original or derived
	MediaType string    `json:"media_type"` // RFC 6838, e.g. "image/png"
	Size      int64     `json:"size"`       // bytes
	SHA256    Digest    `json:"sha256"`
	SHA512    Digest512 `json:"sha512"`
	Parents   []Digest  `json:"parents,omitempty"` // SHA-256 of what a derived artifact was made from
}

// shownSuffix ends the name of a picture of a file that the report cannot draw itself.
const shownSuffix = "-shown.png"

// ShownName is the name of a picture that was made of a file for looking at.
func ShownName(file string) string {
	if i := strings.LastIndexByte(file, '.'); i > 0 {
		file = file[:i]
	}
	return file + shownSuffix
}

// IsShown reports whether an artifact is such a picture.
func (a Artifact) IsShown() bool {
	return a.Role == Derived && strings.HasSuffix(a.Name, shownSuffix) && len(a.Parents) == 1
}

// Sink is the one door through which the bytes of a new artifact enter the
// vault. Put reads r to its end, hashing while it stores; when it returns nil
// the bytes are durable under a random name. A Sink is safe for concurrent use.
type Sink interface {
	Put(ctx context.Context, meta Artifact, r io.Reader) (Artifact, error)
}

// Names of the artifacts of a web capture. Tiles are [TileName].
const (
	FirstViewName  = "first-view.png"
	DatedName      = "screenshot-dated.png"
	MHTMLName      = "page.mhtml"
	TextName       = "page.txt"
	UnseenName     = "page-not-visible.txt"
	WACZName       = "page.wacz"
	HeadersName    = "headers.json"
	TLSChainName   = "tls-chain.pem"
	TLSChainsName  = "tls-chains.pem"
	ManifestName   = "manifest.json"
	maxArtifactLen = 120
)

// TileName returns the name of the n-th tile of the full page, counted from 1.
func TileName(n int) string { return fmt.Sprintf("screenshot-%02d.png", n) }

// extensions are what files of these types are called; others end in .bin.
var extensions = map[string]string{
	"image/png": "png", "image/jpeg": "jpg", "image/gif": "gif", "image/webp": "webp", "image/avif": "avif", "image/bmp": "bmp",
	"application/pdf": "pdf", "video/mp4": "mp4", "video/webm": "webm", "video/quicktime": "mov", "video/ogg": "ogv", "video/mp2t": "ts",
	"audio/mpeg": "mp3", "audio/mp4": "m4a", "audio/aac": "aac", "audio/ogg": "ogg", "audio/wav": "wav", "audio/x-wav": "wav",
	"audio/webm": "weba", "audio/flac": "flac",
}

func extension(mediaType string) string {
	if ext, ok := extensions[mediaType]; ok {
		return ext
	}
	return "bin"
}

// OpenedName is the file that the address itself leads to, where that is a picture, a film, a sound or a PDF.
func OpenedName(mediaType string) string { return "opened-file." + extension(mediaType) }

// FilmName is the n-th film or sound of a page, counted from 1.
func FilmName(n int, mediaType string) string {
	return fmt.Sprintf("film-%02d.%s", n, extension(mediaType))
}

var filmName = regexp.MustCompile(`^(?:opened-file|film-[0-9]{2,4})\.[a-z0-9]{2,4}$`)

// IsFilm reports whether name is that of a film of a page, or of the file that its address leads to.
func IsFilm(name string) bool { return filmName.MatchString(name) }

// FilmListName is the list by which the n-th film is in pieces, FilmPiecesName the record of each piece.
func FilmListName(n int, dash bool) string {
	if dash {
		return fmt.Sprintf("film-%02d-list.mpd", n)
	}
	return fmt.Sprintf("film-%02d-list.m3u8", n)
}

// FilmPiecesName see [FilmListName].
func FilmPiecesName(n int) string { return fmt.Sprintf("film-%02d-pieces.json", n) }

var filmPart = regexp.MustCompile(`^film-[0-9]{2,4}-(?:list\.(?:mpd|m3u8)|pieces\.json)$`)

// IsFilmPart reports whether name is that of what says how a film was put together.
func IsFilmPart(name string) bool { return filmPart.MatchString(name) }

// TokenName returns the file name of an authority's timestamp reply over the manifest.
func TokenName(authority string) string { return "manifest." + authority + ".tsr" }

var tileName = regexp.MustCompile(`^screenshot-[0-9]{2,6}\.png$`)

// IsTile reports whether name is that of a tile of the full page.
func IsTile(name string) bool { return tileName.MatchString(name) }

var artifactName = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// CheckArtifactName reports whether a name is safe as a file name on every
// system: letters, digits, dot, dash and underscore, no leading dot, at most
// 120 bytes, and no name that Windows reserves.
func CheckArtifactName(name string) error {
	stem, _, _ := strings.Cut(strings.ToUpper(name), ".")
	reserved := stem == "CON" || stem == "PRN" || stem == "AUX" || stem == "NUL" ||
		len(stem) == 4 && (strings.HasPrefix(stem, "COM") || strings.HasPrefix(stem, "LPT"))
	if len(name) > maxArtifactLen || !artifactName.MatchString(name) ||
		strings.HasSuffix(name, ".") || path.Base(name) != name || reserved {
		return fmt.Errorf("artifact name %.40q is not a plain file name", name)
	}
	return nil
}

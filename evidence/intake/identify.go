package intake

import (
	"bytes"
	"encoding/binary"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/bep/imagemeta"

	"constat/evidence/intake/whatsapp"
)

// headSize is how much of a file is looked at to tell what it is, in bytes.
const headSize = 64 << 10

const (
	mediaEML      = "message/rfc822"
	mediaZIP      = "application/zip"
	mediaGIF      = "image/gif"
	mediaPDF      = "application/pdf"
	mediaWebM     = "video/webm"
	mediaMatroska = "video/matroska"
	mediaMSG      = "application/vnd.ms-outlook"
	mediaText     = "text/plain"
	mediaDOCX     = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
	mediaXLSX     = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
	mediaPPTX     = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
	mediaUnknown  = "application/octet-stream"
)

// content is what a file is, by its bytes.
type content struct {
	kind  Kind
	media string // RFC 6838
	ext   string // safe ending for the artifact's name, without a dot
	exif  imagemeta.ImageFormat
	movie *movie // facts of an ISO BMFF container that is no picture
}

// endings lists, for each type, the endings that belong to it. The first one
// names the artifact. Markup and unknown bytes get an ending that no system
// runs or opens in a browser by a double click.
var endings = map[string][]string{
	"image/jpeg":                  {"jpg", "jpeg", "jpe", "jfif"},
	"image/png":                   {"png"},
	mediaGIF:                      {"gif"},
	"image/webp":                  {"webp"},
	"image/heic":                  {"heic", "heif", "hif"},
	"image/heif":                  {"heif", "heic", "hif"},
	"image/avif":                  {"avif"},
	"image/tiff":                  {"tif", "tiff", "dng", "cr2", "nef", "arw"},
	"image/bmp":                   {"bmp"},
	"image/x-canon-cr3":           {"cr3"},
	"video/ogg":                   {"ogv", "ogg"},
	mediaDOCX:                     {"docx"},
	mediaXLSX:                     {"xlsx"},
	mediaPPTX:                     {"pptx"},
	"video/mp4":                   {"mp4", "m4v"},
	"video/quicktime":             {"mov", "qt"},
	"video/3gpp":                  {"3gp", "3g2"},
	mediaWebM:                     {"webm"},
	mediaMatroska:                 {"mkv", "mka"},
	"video/x-msvideo":             {"avi"},
	"audio/mp4":                   {"m4a", "m4b", "mp4", "3gp", "aac"},
	"audio/mpeg":                  {"mp3"},
	"audio/aac":                   {"aac"},
	"audio/ogg":                   {"ogg", "opus", "oga"},
	"audio/wav":                   {"wav"},
	"audio/flac":                  {"flac"},
	"audio/AMR":                   {"amr"},
	mediaPDF:                      {"pdf"},
	mediaEML:                      {"eml"},
	mediaMSG:                      {"msg"},
	mediaZIP:                      {"zip"},
	"application/gzip":            {"gz", "tgz"},
	"application/x-7z-compressed": {"7z"},
	"application/vnd.rar":         {"rar"},
	mediaText:                     {"txt"},
	"text/html":                   {"txt", "html", "htm"},
	"text/xml":                    {"txt", "xml", "svg"},
	mediaUnknown:                  {"bin"},
}

func of(k Kind, media string) content {
	return content{kind: k, media: media, ext: endings[media][0]}
}

func picture(media string, f imagemeta.ImageFormat) content {
	c := of(Picture, media)
	c.exif = f
	return c
}

// magics are told by their first bytes alone.
var magics = []struct {
	magic string
	what  content
}{
	{"\xff\xd8\xff", picture("image/jpeg", imagemeta.JPEG)},
	{"\x89PNG\r\n\x1a\n", picture("image/png", imagemeta.PNG)},
	{"II*\x00", picture("image/tiff", imagemeta.TIFF)},
	{"MM\x00*", picture("image/tiff", imagemeta.TIFF)},
	{"GIF87a", of(Picture, mediaGIF)},
	{"GIF89a", of(Picture, mediaGIF)},
	{"\x1f\x8b\x08", of(Other, "application/gzip")},
	{"7z\xbc\xaf\x27\x1c", of(Other, "application/x-7z-compressed")},
	{"Rar!\x1a\x07", of(Other, "application/vnd.rar")},
	{"fLaC", of(Audio, "audio/flac")},
	{"#!AMR", of(Audio, "audio/AMR")},
}

// identify tells a file's type. The name plays no part, but for the bare text
// of a chat, which nothing else tells from a log file.
func identify(r io.ReaderAt, head []byte, name string) content {
	for _, m := range magics {
		if bytes.HasPrefix(head, []byte(m.magic)) {
			return m.what
		}
	}
	at := func(off int, s string) bool { return len(head) >= off+len(s) && string(head[off:off+len(s)]) == s }
	switch {
	case at(0, "PK\x03\x04"), at(0, "PK\x05\x06"):
		return zipped(head)
	case at(0, "OggS"):
		for _, video := range []string{"\x80theora", "BBCD\x00", "\x01video\x00"} {
			if bytes.Contains(head[:min(len(head), 512)], []byte(video)) {
				return of(Video, "video/ogg")
			}
		}
		return of(Audio, "audio/ogg")
	case at(0, "ID3") && len(head) > 9 && head[3] >= 2 && head[3] <= 4 && head[6]|head[7]|head[8]|head[9] < 0x80:
		return of(Audio, "audio/mpeg")
	case at(4, "ftypcrx "):
		return of(Picture, "image/x-canon-cr3")
	case at(0, "RIFF") && at(8, "WEBP"):
		return picture("image/webp", imagemeta.WebP)
	case at(0, "RIFF") && at(8, "WAVE"):
		return of(Audio, "audio/wav")
	case at(0, "RIFF") && at(8, "AVI "):
		return of(Video, "video/x-msvideo")
	case at(0, "\x1a\x45\xdf\xa3"):
		if bytes.Contains(head[:min(len(head), 64)], []byte("webm")) {
			return of(Video, mediaWebM)
		}
		return of(Video, mediaMatroska)
	case at(4, "ftyp"), at(4, "moov"), at(4, "mdat"), at(4, "wide"):
		return isoMedia(r, head)
	case at(0, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"):
		if outlook(r, head) {
			return of(Email, mediaMSG)
		}
		return of(Other, mediaUnknown)
	case at(0, "%PDF-"), bytes.Contains(head[:min(len(head), 1024)], []byte("\n%PDF-")) && bytes.Contains(head, []byte(" obj")):
		return of(PDF, mediaPDF)
	case at(0, "BM") && bitmap(head):
		return of(Picture, "image/bmp")
	case len(head) > 3 && head[0] == 0xff && head[1]&0xf6 == 0xf0: // ADTS, ISO 13818-7
		return of(Audio, "audio/aac")
	case len(head) > 3 && head[0] == 0xff && head[1]&0xe6 == 0xe2 && head[2]>>4 != 0xf: // MPEG audio layer III
		return of(Audio, "audio/mpeg")
	}
	return textual(head, name)
}

// zipped tells an office document (ECMA-376) from another ZIP, by the names of its first entries.
func zipped(head []byte) content {
	if bytes.Contains(head, []byte("[Content_Types].xml")) {
		for _, office := range []struct{ folder, media string }{{"word/", mediaDOCX}, {"xl/", mediaXLSX}, {"ppt/", mediaPPTX}} {
			if bytes.Contains(head, []byte(office.folder)) {
				return of(Other, office.media)
			}
		}
	}
	return of(Other, mediaZIP)
}

// isoMedia tells pictures, videos and sounds in ISO BMFF (ISO 14496-12) apart.
func isoMedia(r io.ReaderAt, head []byte) content {
	major, all := brands(head)
	has := func(list ...string) bool {
		return slices.ContainsFunc(list, func(b string) bool { return slices.Contains(all, b) })
	}
	switch {
	case slices.Contains([]string{"avif", "avis"}, major), major == "mif1" && has("avif"):
		return picture("image/avif", imagemeta.AVIF)
	case slices.Contains([]string{"heic", "heix", "heim", "heis", "hevc", "hevx"}, major),
		(major == "mif1" || major == "msf1") && has("heic", "heix", "hevc"):
		return picture("image/heic", imagemeta.HEIF)
	case major == "mif1", major == "msf1":
		return picture("image/heif", imagemeta.HEIF)
	}
	m := readMovie(r)
	m.brand = major
	var c content
	switch {
	case m.sound && !m.video, strings.HasPrefix(major, "M4A"), strings.HasPrefix(major, "M4B"):
		c = of(Audio, "audio/mp4")
	case strings.HasPrefix(major, "3g"):
		c = of(Video, "video/3gpp")
	case major == "qt  ", major == "":
		c = of(Video, "video/quicktime")
	default:
		c = of(Video, "video/mp4")
	}
	c.movie = &m
	return c
}

// brands reads the file type box: the major brand, and all of them.
func brands(head []byte) (major string, all []string) {
	if len(head) < 16 || string(head[4:8]) != "ftyp" {
		return "", nil
	}
	end := min(int64(binary.BigEndian.Uint32(head)), int64(len(head)), 512)
	major = string(head[8:12])
	all = []string{major}
	for i := int64(16); i+4 <= end; i += 4 {
		all = append(all, string(head[i:i+4]))
	}
	return major, all
}

// bitmap tells a BMP from text that begins with BM: its header has a known size.
func bitmap(head []byte) bool {
	if len(head) < 18 {
		return false
	}
	n := binary.LittleEndian.Uint32(head[14:])
	return slices.Contains([]uint32{12, 40, 52, 56, 64, 108, 124}, n)
}

// outlook reports whether a compound file ([MS-CFB]) is an Outlook message: its
// directory then names a stream that [MS-OXMSG] 2.4 requires. Nothing else of
// it is read.
func outlook(r io.ReaderAt, head []byte) bool {
	if len(head) < 52 {
		return false
	}
	shift := binary.LittleEndian.Uint16(head[30:])
	if shift != 9 && shift != 12 {
		return false
	}
	// Sector 0 follows the header, which fills one sector.
	dir := (int64(binary.LittleEndian.Uint32(head[48:])) + 1) << shift
	buf := make([]byte, 16<<10)
	n, _ := r.ReadAt(buf, dir)
	var want []byte
	for _, c := range []byte("__properties_version1.0") {
		want = append(want, c, 0) // UTF-16LE
	}
	return bytes.Contains(buf[:n], want)
}

// textual tells an e-mail, a chat and other text from bytes of no known meaning.
func textual(head []byte, name string) content {
	if beginsAsMail(head) {
		return of(Email, mediaEML)
	}
	if !isText(head) {
		return of(Other, mediaUnknown)
	}
	if (whatsapp.Named(name) || whatsapp.Given(name)) && whatsapp.Holds(head) || extension(name) == ".txt" && whatsapp.Alone(head) {
		return of(WhatsApp, mediaText)
	}
	media, _, _ := strings.Cut(http.DetectContentType(head), ";")
	if media == "text/html" || media == "text/xml" {
		return of(Other, media)
	}
	return of(Text, mediaText)
}

// isText accepts UTF-8, UTF-16 with its mark, and one-byte encodings.
func isText(head []byte) bool {
	if len(head) == 0 {
		return false
	}
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return true
	}
	return !bytes.ContainsFunc(head, func(r rune) bool {
		return r < ' ' && !strings.ContainsRune("\t\n\r\f\v\x1b", r) || r == 0x7f
	}) && (utf8.Valid(head) || bytes.ContainsAny(head, " \n") || len(head) == headSize)
}

var mailField = regexp.MustCompile(`^[!-9;-~]+[ \t]*:`)

// beginsAsMail reports an e-mail, also one whose body is not text: a part may be sent as it is (RFC 3030).
func beginsAsMail(head []byte) bool {
	for _, end := range []string{"\r\n\r\n", "\n\n"} {
		if at := bytes.Index(head, []byte(end)); at > 0 {
			head = head[:at+len(end)]
		}
	}
	return isText(head) && looksLikeMail(head)
}

// looksLikeMail wants header fields from the first line on (RFC 5322, 2.2),
// among them at least two of those that an e-mail has and a note has not.
func looksLikeMail(head []byte) bool {
	telling := map[string]bool{}
	first := true
	for line := range bytes.Lines(bytes.TrimPrefix(head, []byte("\xef\xbb\xbf"))) {
		line = bytes.TrimRight(line, "\r\n")
		switch {
		case first && (bytes.HasPrefix(bytes.TrimPrefix(line, []byte(">")), []byte("From ")) || len(line) == 0 || mailFront(line)):
			continue // what mbox files and Apple Mail put in front
		case len(line) == 0:
			return isMail(telling)
		case !first && (line[0] == ' ' || line[0] == '\t'):
			continue
		case !mailField.Match(line):
			return len(telling) > 2 && isMail(telling)
		}
		first = false
		field, _, _ := bytes.Cut(line, []byte(":"))
		switch f := strings.ToLower(strings.TrimSpace(string(field))); f {
		case "from", "date", "message-id", "received", "return-path", "mime-version", "delivered-to", "subject", "to":
			telling[f] = true
		}
	}
	return isMail(telling)
}

// isMail: a note may begin with "To:", "Date:" and "Subject:"; no program sends that.
func isMail(telling map[string]bool) bool {
	return len(telling) > 1 &&
		(telling["from"] || telling["message-id"] || telling["received"] || telling["return-path"] || telling["mime-version"])
}

// mismatch returns the ending of a name, if it is one that belongs to other
// types only than the one that was found.
func mismatch(name, media string) string {
	ext := strings.TrimPrefix(extension(name), ".")
	if ext == "" || slices.Contains(endings[media], ext) {
		return ""
	}
	for _, list := range endings {
		if slices.Contains(list, ext) {
			return "." + ext
		}
	}
	return ""
}

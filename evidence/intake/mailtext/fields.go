package mailtext

import (
	"io"
	"maps"
	"mime"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"
	"golang.org/x/text/encoding/ianaindex"
)

// MediaType takes a Content-Type or Content-Disposition apart as mail programs do, which is more
// forgiving than the standard: of a parameter that stands twice the first counts, a value may hold
// signs that ought to be in quotation marks, comments and empty parameters are passed over, a quotation
// mark may lack its other one. Doubtful is true where another program may read something else.
func MediaType(value string) (media string, params map[string]string, doubtful bool) {
	media, params, err := mime.ParseMediaType(value)
	if err == nil && media != "" && !unknownCharset(value, params) {
		return media, params, false
	}
	media, params = "", map[string]string{}
	pieced := map[string]map[int]string{} // of values in pieces
	value, doubtful = uncommented(value)
	for i, piece := range pieces(value) {
		piece = strings.TrimSpace(piece)
		if i == 0 {
			// "multipart/mixed boundary=x": the semicolon is missing.
			var rest string
			media, rest, _ = strings.Cut(piece, " ")
			media = strings.ToLower(strings.TrimSpace(media))
			if piece = strings.TrimSpace(rest); piece == "" {
				continue
			}
		}
		name, v, ok := strings.Cut(piece, "=")
		name = strings.ToLower(strings.TrimSpace(name))
		if !ok || name == "" {
			continue
		}
		v = unquoted(strings.TrimSpace(v))
		if stem, number, ok := strings.Cut(name, "*"); ok {
			if n, err := strconv.Atoi(strings.TrimSuffix(number, "*")); err == nil { // RFC 2231, 3: a value in pieces
				if !strings.HasSuffix(number, "*") {
					v = strings.ReplaceAll(v, "%", "%25")
				}
				if pieced[stem] == nil {
					pieced[stem] = map[int]string{}
				}
				pieced[stem][n] = v
				continue
			}
		}
		if plain, extended := strings.CutSuffix(name, "*"); extended {
			if v, ok = extendedValue(v); !ok {
				doubtful = true
				continue
			}
			name = plain
		}
		if old, twice := params[name]; twice {
			doubtful = doubtful || old != v
			continue
		}
		params[name] = v
	}
	for stem, pieces := range pieced {
		var b strings.Builder
		for _, n := range slices.Sorted(maps.Keys(pieces)) {
			b.WriteString(pieces[n])
		}
		v, ok := extendedValue(b.String())
		if !ok {
			if v, ok = unescaped(b.String()); !ok {
				doubtful, v = true, b.String()
			}
		}
		params[stem] = v // before a plain one, as RFC 6266, 4.3 has it
	}
	return media, params, doubtful
}

// unknownCharset reports an extended value (RFC 2231) that the standard library leaves out without a
// word, because its characters are not in UTF-8.
func unknownCharset(value string, params map[string]string) bool {
	value = strings.ToLower(value)
	for _, name := range []string{"filename", "name"} {
		for _, sign := range []string{" ", ";", "\t"} {
			if params[name] == "" && strings.Contains(value, sign+name+"*=") || strings.Contains(value, sign+name+"*0*=") && !strings.Contains(value, "*0*=utf-8'") {
				return true
			}
		}
	}
	return false
}

// uncommented leaves out comments (RFC 5322, 3.2.2); one without its end, and a quotation mark
// without its other one, make the value doubtful.
func uncommented(s string) (string, bool) {
	var b strings.Builder
	depth, quoted, escaped := 0, false, false
	for _, r := range s {
		switch {
		case escaped:
			escaped = false
		case r == '\\' && (quoted || depth > 0):
			escaped = true
		case r == '"' && depth == 0:
			quoted = !quoted
		case r == '(' && !quoted:
			depth++
		}
		if depth == 0 {
			b.WriteRune(r)
		}
		if r == ')' && !quoted && depth > 0 {
			depth--
		}
	}
	if depth > 0 {
		return s, true
	}
	return b.String(), quoted
}

// pieces divides at semicolons outside of quotation marks.
func pieces(s string) []string {
	var out []string
	quoted, from := false, 0
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && quoted:
			i++
		case s[i] == '"':
			quoted = !quoted
		case s[i] == ';' && !quoted:
			out, from = append(out, s[from:i]), i+1
		}
	}
	return append(out, s[from:])
}

func unquoted(v string) string {
	inner, ok := strings.CutPrefix(v, `"`)
	if !ok {
		return v
	}
	var b strings.Builder
	for i := 0; i < len(inner); i++ {
		switch {
		case inner[i] == '\\' && i+1 < len(inner):
			i++
			b.WriteByte(inner[i])
		case inner[i] == '"':
			return b.String()
		default:
			b.WriteByte(inner[i])
		}
	}
	return strings.TrimSpace(b.String())
}

// extendedValue reads charset'language'percent-encoded (RFC 2231, 4).
func extendedValue(v string) (string, bool) {
	part := strings.SplitN(v, "'", 3)
	if len(part) != 3 {
		return "", false
	}
	raw, ok := unescaped(part[2])
	if !ok {
		return "", false
	}
	e, err := Charset(part[0])
	if err != nil {
		return "", false
	}
	text, err := io.ReadAll(e.NewDecoder().Reader(strings.NewReader(raw)))
	return string(text), err == nil
}

func unescaped(v string) (string, bool) {
	raw, err := url.PathUnescape(v)
	return raw, err == nil
}

// Charset finds an encoding by the names that browsers know, and by those of IANA, among them those of
// DOS.
func Charset(label string) (encoding.Encoding, error) {
	e, err := htmlindex.Get(strings.TrimSpace(label))
	if err == nil {
		return e, nil
	}
	if e, other := ianaindex.MIME.Encoding(strings.TrimSpace(label)); other == nil && e != nil {
		return e, nil
	}
	return nil, err
}

var encodedWord = regexp.MustCompile(`=\?[^?\s]+\?[bBqQ]\?[^?]*\?=`)

// Words decodes the words of a header field (RFC 2047), each by itself where one of them cannot be, and
// bytes that are in no encoding as most programs do that send such.
func Words(field string) string {
	field = strings.TrimSpace(field)
	if !utf8.ValidString(field) {
		if out, err := charmap.Windows1252.NewDecoder().String(field); err == nil {
			field = out
		}
	}
	d := mime.WordDecoder{CharsetReader: func(label string, r io.Reader) (io.Reader, error) {
		e, err := Charset(label)
		if err != nil {
			return nil, err
		}
		return e.NewDecoder().Reader(r), nil
	}}
	if s, err := d.DecodeHeader(field); err == nil && !encodedWord.MatchString(s) {
		return s
	}
	return encodedWord.ReplaceAllStringFunc(field, func(word string) string {
		// Some programs leave blanks in a word, and the padding of base64 out.
		if s, err := d.Decode(strings.ReplaceAll(word, " ", "_")); err == nil {
			return s
		}
		return word
	})
}

package playlist

import (
	"bytes"
	"net/url"
	"strconv"
	"strings"
)

func isHLS(body []byte) bool {
	return bytes.HasPrefix(trimmed(body), []byte("#EXTM3U"))
}

// readHLS reads a list of renditions or a list of pieces (RFC 8216, 4.3).
func readHLS(base *url.URL, body []byte) (List, error) {
	h := hls{addresses: addresses{base, new(int)}}
	for line := range bytes.Lines(trimmed(body)) {
		text := strings.TrimSpace(string(line))
		var err error
		switch {
		case text == "":
		case strings.HasPrefix(text, "#"):
			name, value, _ := strings.Cut(text, ":")
			err = h.tag(name, value)
		default:
			err = h.address(text)
		}
		if err != nil {
			return List{}, err
		}
	}
	if len(h.list.Renditions) > 0 {
		if len(h.track.Pieces) > 0 {
			return List{}, ErrNotRead // it is either
		}
		return h.list, nil
	}
	if len(h.track.Pieces) == 0 {
		return List{}, ErrNotRead
	}
	h.track.Endless = !h.ended
	if h.first > 1 && !h.all { // some begin to count at one
		h.track.First = h.first
	}
	track := h.track
	return List{Renditions: []Rendition{{Lock: h.lock, pieces: func() (Track, error) { return track, nil }}}, Beside: h.list.Beside}, nil
}

// hls is what has been read so far.
type hls struct {
	addresses addresses
	list      List
	track     Track
	lock      Lock
	ended     bool
	stream    map[string]string // of the next address, if that is a rendition
	next      Piece             // what is said of the next piece
	ranged    bool              // the next is a part of a file
	begin     Piece             // the beginning that the pieces need
	begun     bool
	broken    bool
	first     int64  // number of the first piece
	all       bool   // the list never drops a piece (RFC 8216, 4.3.3.5)
	last      string // the file that the piece before was of, and where it ended
	end       int64
}

func (h *hls) tag(name, value string) error {
	switch name {
	case "#EXT-X-STREAM-INF":
		h.stream = attributes(value)
	case "#EXT-X-MEDIA":
		return h.media(attributes(value))
	case "#EXT-X-I-FRAME-STREAM-INF", "#EXT-X-IMAGE-STREAM-INF":
		h.list.Beside++
	case "#EXTINF":
		text, _, _ := strings.Cut(value, ",")
		n, _ := strconv.ParseFloat(strings.TrimSpace(text), 64)
		h.next.Seconds = seconds(n)
	case "#EXT-X-BYTERANGE":
		length, from, said, err := byteRange(value)
		if err != nil {
			return err
		}
		h.next.Length, h.next.From, h.ranged = length, from, true
		if !said {
			h.next.From = -1
		}
	case "#EXT-X-MAP":
		return h.beginning(attributes(value))
	case "#EXT-X-KEY", "#EXT-X-SESSION-KEY":
		h.key(attributes(value))
	case "#EXT-X-DISCONTINUITY":
		h.broken = len(h.track.Pieces) > 0
	case "#EXT-X-GAP":
		h.next.Gap = true
	case "#EXT-X-MEDIA-SEQUENCE":
		h.first = whole(value, 0)
	case "#EXT-X-PLAYLIST-TYPE":
		h.all = true
	case "#EXT-X-ENDLIST":
		h.ended = true
	case "#EXT-X-SKIP":
		n, _ := strconv.Atoi(attributes(value)["SKIPPED-SEGMENTS"])
		h.track.Skipped = min(max(n, 0), maxPieces)
	}
	return nil
}

// media is a rendition of its own; one without an address is in the pictures' pieces.
func (h *hls) media(a map[string]string) error {
	if a["TYPE"] != "AUDIO" {
		h.list.Beside++
		return nil
	}
	if a["URI"] == "" {
		return nil
	}
	address, err := h.addresses.of(a["URI"])
	if err != nil {
		return err
	}
	return h.offer(Rendition{Sort: Sound, Address: address, Lock: h.lock, group: a["GROUP-ID"], preferred: a["DEFAULT"] == "YES"})
}

func (h *hls) offer(r Rendition) error {
	if len(h.list.Renditions) >= maxRenditions {
		return ErrTooMuch
	}
	h.list.Renditions = append(h.list.Renditions, r)
	return nil
}

// address is a line that is none of the tags.
func (h *hls) address(text string) error {
	address, err := h.addresses.of(text)
	if err != nil {
		return err
	}
	if h.stream != nil {
		n, _ := strconv.ParseInt(h.stream["BANDWIDTH"], 10, 64)
		r := Rendition{Address: address, Bandwidth: max(n, 0), Lock: h.lock, sounds: h.stream["AUDIO"]}
		if c := h.stream["CODECS"]; c != "" && h.stream["RESOLUTION"] == "" && soundOnly(c) {
			r.Sort, r.group = Sound, ""
		}
		h.stream = nil
		return h.offer(r)
	}
	p := h.next
	p.Address = address
	if h.ranged && p.From < 0 { // it goes on where the one before ended
		p.From = 0
		if h.last == address {
			p.From = h.end
		}
	}
	h.last, h.end = address, p.From+p.Length
	h.next, h.ranged = Piece{}, false
	if h.broken {
		h.track.Breaks++
		h.broken = false
	}
	if h.begun {
		h.begun = false
		if err := h.track.add(h.begin); err != nil {
			return err
		}
	}
	return h.track.add(p)
}

// beginning is the beginning that the pieces from here on need.
func (h *hls) beginning(a map[string]string) error {
	address, err := h.addresses.of(a["URI"])
	if err != nil {
		return err
	}
	one := Piece{Address: address, Begin: true}
	if r := a["BYTERANGE"]; r != "" {
		if one.Length, one.From, _, err = byteRange(r); err != nil {
			return err
		}
	}
	if one != h.begin {
		h.begin, h.begun = one, true
	}
	return nil
}

// key tells how the pieces from here on are encrypted. One that is, is enough.
func (h *hls) key(a map[string]string) {
	format := a["KEYFORMAT"]
	switch {
	case a["METHOD"] == "NONE" || a["METHOD"] == "":
	case format != "" && format != "identity", strings.HasPrefix(a["METHOD"], "SAMPLE-AES"):
		h.lock = Protected
	default:
		h.lock = max(h.lock, Keyed)
	}
	for i := range h.list.Renditions {
		h.list.Renditions[i].Lock = max(h.list.Renditions[i].Lock, h.lock)
	}
}

// byteRange is "length" or "length@from".
func byteRange(text string) (length, from int64, said bool, err error) {
	n, at, said := strings.Cut(strings.TrimSpace(text), "@")
	if length, err = strconv.ParseInt(n, 10, 64); err == nil && said {
		from, err = strconv.ParseInt(at, 10, 64)
	}
	if err != nil || length <= 0 || from < 0 || from > 1<<50 || length > 1<<50 {
		return 0, 0, false, ErrNotRead
	}
	return length, from, said, nil
}

// attributes reads NAME=value,NAME="value" (RFC 8216, 4.2).
func attributes(text string) map[string]string {
	all := map[string]string{}
	for text != "" && len(all) < 64 {
		name, rest, ok := strings.Cut(text, "=")
		if !ok {
			break
		}
		var value string
		if strings.HasPrefix(rest, `"`) {
			value, rest, _ = strings.Cut(rest[1:], `"`)
			_, rest, _ = strings.Cut(rest, ",")
		} else {
			value, rest, _ = strings.Cut(rest, ",")
		}
		all[strings.TrimSpace(name)] = value
		text = rest
	}
	return all
}

// soundOnly tells whether all the codecs are of sound.
func soundOnly(codecs string) bool {
	for c := range strings.SplitSeq(codecs, ",") {
		c, _, _ = strings.Cut(strings.TrimSpace(c), ".")
		switch c {
		case "mp4a", "ac-3", "ec-3", "opus", "Opus", "fLaC", "flac", "mp3":
		default:
			return false
		}
	}
	return true
}

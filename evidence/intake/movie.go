package intake

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"constat/evidence"
)

// movie is what the boxes of an ISO BMFF file (ISO 14496-12, and Apple's
// QuickTime before it) say of it.
type movie struct {
	brand            string
	created, changed time.Time // zero if not said
	duration         string    // seconds
	width, height    int       // pixels of the first video track
	video, sound     bool
	text             []Fact // make, model, software, time as written; without the artifact
	left             map[string]int
	moovs            int   // boxes that each describe a film of their own
	needs            int64 // bytes that the boxes say the file has
	err              error
}

// toEnd is beyond the end of every file.
const toEnd = 1 << 61

const (
	maxBoxes   = 20_000
	maxBoxText = 4 << 10 // bytes of one value
	maxKeys    = 256
)

var errBox = evidence.Say("box", "box does not fit where it stands").Err()

// fromMac is the start of QuickTime's clock, 1904-01-01 UTC, in Unix seconds.
const fromMac = -2082844800

// readMovie walks the boxes. Those that hold pictures and sound are jumped over.
func readMovie(r io.ReaderAt) movie {
	w := boxWalk{r: r, m: movie{left: map[string]int{}}}
	w.m.err = w.walk("", 0, 1<<62, 0)
	if errors.Is(w.m.err, io.EOF) {
		w.m.err = nil
	}
	return w.m
}

type boxWalk struct {
	r     io.ReaderAt
	m     movie
	boxes int
	track struct{ width, height int }
	keys  []string // names of the metadata items of the mdta handler, counted from 1
}

// containers are the boxes that only hold others and lead to a fact.
var containers = map[string]bool{
	"/moov": true, "/moov/trak": true, "/moov/trak/mdia": true, "/moov/udta": true,
	"/moov/meta": true, "/moov/meta/ilst": true, "/moov/udta/meta": true, "/moov/udta/meta/ilst": true,
	"/moov/trak/meta": true, "/moov/trak/meta/ilst": true,
}

// walk reads the boxes between two offsets. io.EOF is the end of the file at
// the border of a box.
func (w *boxWalk) walk(path string, off, end int64, depth int) error {
	for off < end {
		if end-off < 8 {
			return nil // QuickTime ends lists with four zero bytes
		}
		var h [16]byte
		n, err := w.r.ReadAt(h[:], off)
		if n == 0 && err == io.EOF {
			return io.EOF
		}
		if n < 8 {
			return notEOF(err)
		}
		if w.boxes++; w.boxes > maxBoxes {
			return errLimit
		}
		head, size := int64(8), int64(binary.BigEndian.Uint32(h[:]))
		switch size {
		case 0: // to the end
			if end < toEnd {
				size = end - off
			} else {
				size = toEnd * 2 // more than any file
			}
			end = max(end, off+size)
		case 1:
			if n < 16 {
				return errBox
			}
			head, size = 16, int64(binary.BigEndian.Uint64(h[8:]))
		}
		if size < head || size > end-off {
			return errBox
		}
		if err := w.box(path+"/"+string(h[4:8]), off+head, off+size, depth); err != nil {
			return err
		}
		off += size
		if depth == 0 && off < end {
			w.m.needs = off
		}
	}
	return nil
}

func (w *boxWalk) box(path string, off, end int64, depth int) error {
	switch {
	case strings.HasSuffix(path, "/meta") && containers[path]:
		w.keys = nil
		// In ISO files four bytes of version come first, in QuickTime files none.
		b, err := w.bytes(off, end, 8)
		if err != nil {
			return err
		}
		if len(b) == 8 && string(b[4:]) != "hdlr" {
			off += 4
		}
		fallthrough
	case containers[path]:
		if path == "/moov/trak" {
			w.track.width, w.track.height = 0, 0
		}
		if path == "/moov" {
			w.m.moovs++
		}
		err := w.walk(path, off, end, depth+1)
		if end >= toEnd {
			return err // a box without a size ends with the file
		}
		return notEOF(err)
	}
	if i := strings.LastIndex(path, "/ilst/"); i > 0 && containers[path[:i+5]] && len(path) == i+10 {
		return w.item(path[i+6:], off, end)
	}
	read := boxReaders[strings.Replace(path, "/moov/udta/meta/keys", "/moov/meta/keys", 1)]
	if path == "/moov/trak/meta/keys" {
		read = (*boxWalk).keyNames
	}
	if read == nil {
		return nil
	}
	b, err := w.bytes(off, end, maxBoxText)
	if err != nil {
		return err
	}
	return read(w, b)
}

// bytes reads the start of a box.
func (w *boxWalk) bytes(off, end int64, limit int64) ([]byte, error) {
	b := make([]byte, min(end-off, limit))
	n, err := w.r.ReadAt(b, off)
	if n < len(b) {
		return nil, notEOF(err)
	}
	return b, nil
}

// notEOF makes an end inside a box an error.
func notEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

var boxReaders = map[string]func(*boxWalk, []byte) error{
	"/moov/mvhd":           (*boxWalk).header,
	"/moov/trak/tkhd":      (*boxWalk).trackHeader,
	"/moov/trak/mdia/hdlr": (*boxWalk).handler,
	"/moov/meta/keys":      (*boxWalk).keyNames,
	"/moov/udta/\xa9mak":   userText(FactMake),
	"/moov/udta/\xa9mod":   userText(FactModel),
	"/moov/udta/\xa9swr":   userText(FactSoftware),
	"/moov/udta/\xa9day":   userText(FactTaken),
	"/moov/udta/\xa9xyz":   leftBox(leftPosition),
	"/moov/udta/loci":      leftBox(leftPosition),
	"/moov/udta/auth":      leftBox(leftPerson),
	"/moov/udta/\xa9aut":   leftBox(leftPerson),
}

// header is mvhd: times in seconds since 1904, duration in its own unit.
func (w *boxWalk) header(b []byte) error {
	if w.m.moovs > 1 {
		return nil // the first one counts, as in players
	}
	created, changed, scale, duration, ok := times(b)
	if !ok {
		return errBox
	}
	w.m.created, w.m.changed = macTime(created), macTime(changed)
	if scale > 0 && duration > 0 && duration < 1<<53 {
		w.m.duration = strconv.FormatFloat(float64(duration)/float64(scale), 'f', 3, 64)
	}
	return nil
}

func times(b []byte) (created, changed uint64, scale uint32, duration uint64, ok bool) {
	switch {
	case len(b) >= 20 && b[0] == 0:
		be := binary.BigEndian.Uint32
		duration = uint64(be(b[16:]))
		if duration == 1<<32-1 { // not known
			duration = 0
		}
		return uint64(be(b[4:])), uint64(be(b[8:])), be(b[12:]), duration, true
	case len(b) >= 32 && b[0] == 1:
		be := binary.BigEndian.Uint64
		return be(b[4:]), be(b[12:]), binary.BigEndian.Uint32(b[20:]), be(b[24:]), true
	}
	return 0, 0, 0, 0, false
}

// macTime is zero for 0, which writers use for 'not set', and for years beyond 9999.
func macTime(sec uint64) time.Time {
	if sec == 0 || sec > 255_000_000_000 {
		return time.Time{}
	}
	return time.Unix(int64(sec)+fromMac, 0).UTC()
}

// trackHeader is tkhd: the picture's size stands in its last eight bytes, as 16.16 numbers.
func (w *boxWalk) trackHeader(b []byte) error {
	end := 84
	if len(b) > 0 && b[0] == 1 {
		end = 96
	}
	if len(b) < end {
		return errBox
	}
	w.track.width = int(binary.BigEndian.Uint32(b[end-8:]) >> 16)
	w.track.height = int(binary.BigEndian.Uint32(b[end-4:]) >> 16)
	return nil
}

func (w *boxWalk) handler(b []byte) error {
	if len(b) < 12 {
		return errBox
	}
	switch string(b[8:12]) {
	case "vide":
		w.m.video = true
		if w.m.width == 0 {
			w.m.width, w.m.height = w.track.width, w.track.height
		}
	case "soun":
		w.m.sound = true
	}
	return nil
}

// keyNames is keys: the names that the items of ilst refer to by number.
func (w *boxWalk) keyNames(b []byte) error {
	if len(b) < 8 {
		return errBox
	}
	for b = b[8:]; len(b) >= 8 && len(w.keys) < maxKeys; {
		n := int64(binary.BigEndian.Uint32(b))
		if n < 8 || n > int64(len(b)) {
			return errBox
		}
		w.keys = append(w.keys, string(b[8:n]))
		b = b[n:]
	}
	return nil
}

var keyFacts = map[string]string{
	"com.apple.quicktime.make":         FactMake,
	"com.apple.quicktime.model":        FactModel,
	"com.apple.quicktime.software":     FactSoftware,
	"com.apple.quicktime.creationdate": FactTaken,
	"com.apple.quicktime.comment":      FactComment,
	"com.android.manufacturer":         FactMake,
	"com.android.model":                FactModel,
}

var keyLeftOut = map[string]string{
	"com.apple.quicktime.location.ISO6709":     leftPosition,
	"com.apple.quicktime.location.name":        leftPosition,
	"com.apple.quicktime.author":               leftPerson,
	"com.apple.quicktime.artist":               leftPerson,
	"com.apple.quicktime.content.identifier":   leftSerial,
	"com.apple.quicktime.camera.serial-number": leftSerial,
}

// codeKeys are the items that are named by a code instead (iTunes and its followers).
var codeKeys = map[string]string{
	"\xa9day": "com.apple.quicktime.creationdate", "\xa9too": "com.apple.quicktime.software", "\xa9cmt": "com.apple.quicktime.comment",
	"\xa9mak": "com.apple.quicktime.make", "\xa9mod": "com.apple.quicktime.model", "\xa9xyz": "com.apple.quicktime.location.ISO6709",
	"\xa9ART": "com.apple.quicktime.artist", "aART": "com.apple.quicktime.artist", "\xa9aut": "com.apple.quicktime.author",
}

// item is one value of ilst, named by its number among the keys or by a code; its data box holds type,
// locale and value.
func (w *boxWalk) item(name4 string, off, end int64) error {
	key := codeKeys[name4]
	if n := int64(binary.BigEndian.Uint32([]byte(name4))); n > 0 && n <= int64(len(w.keys)) {
		key = w.keys[n-1]
	}
	if short, ok := strings.CutPrefix(key, "com.apple.quicktime."); !ok && key != "" && keyFacts[key] == "" && keyLeftOut[key] == "" {
		if alias := "com.apple.quicktime." + short; keyFacts[alias] != "" || keyLeftOut[alias] != "" {
			key = alias // written by others without the prefix
		}
	}
	if l := keyLeftOut[key]; l != "" {
		w.m.left[l]++
		return nil
	}
	name := keyFacts[key]
	if name == "" {
		return nil
	}
	b, err := w.bytes(off, end, maxBoxText)
	if err != nil {
		return err
	}
	if len(b) < 16 || string(b[4:8]) != "data" {
		return errBox
	}
	if binary.BigEndian.Uint32(b[8:]) == 1 { // UTF-8
		w.say(name, string(b[16:]))
	}
	return nil
}

// userText reads QuickTime's user data: length, language, text.
func userText(name string) func(*boxWalk, []byte) error {
	return func(w *boxWalk, b []byte) error {
		if len(b) < 4 {
			return errBox
		}
		n := int(binary.BigEndian.Uint16(b))
		w.say(name, string(b[4:min(4+n, len(b))]))
		return nil
	}
}

func leftBox(what string) func(*boxWalk, []byte) error {
	return func(w *boxWalk, _ []byte) error { w.m.left[what]++; return nil }
}

func (w *boxWalk) say(name, value string) {
	w.m.text = append(w.m.text, Fact{Name: name, Value: value, Source: FromMP4})
}

func (j *job) movieFacts(file evidence.Artifact, m movie) {
	say := func(name, value string) { j.fact(file.Name, FromMP4, name, value) }
	say(FactBrand, m.brand)
	if !m.created.IsZero() {
		say(FactCreated, m.created.Format(time.RFC3339))
	}
	if !m.changed.IsZero() {
		say(FactChanged, m.changed.Format(time.RFC3339))
	}
	if t := m.created; !t.IsZero() && t.Year() < 1970 { // some programs count from 1970
		say(FactContradiction, fmt.Sprintf("%s: 1904 + %s; 1970 + %s", FactCreated, t.Format(time.RFC3339), t.Add(-fromMac*time.Second).Format(time.RFC3339)))
	}
	say(FactDuration, m.duration)
	if m.width > 0 && m.height > 0 {
		say(FactWidth, fmt.Sprint(m.width))
		say(FactHeight, fmt.Sprint(m.height))
	}
	for _, f := range m.text {
		say(f.Name, f.Value)
	}
	j.leave(file.Name, FromMP4, m.left)
	if m.err == nil && m.needs > j.size {
		m.err = evidence.Say("boxes", "boxes of {#n} bytes in a file of {#of}", m.needs, j.size).Err()
	}
	if m.moovs > 1 {
		j.problem(
			ProblemContainer,
			evidence.Say(
				"films",
				"{file}: {#n} descriptions of a film in one file; the first is the one that was read",
				file.Name,
				m.moovs,
			),
		)
	}
	j.contradictions(file.Name)
	if m.err != nil {
		j.problem(ProblemContainer, fileWhy(file.Name, m.err))
	}
}

package playlist

import (
	"bytes"
	"encoding/xml"
	"math"
	"net/url"
	"regexp"
	"strconv"
	"strings"
)

const (
	maxID    = 1 << 10 // bytes of the name of a representation
	maxTicks = 1 << 40 // of a piece, and of a second
)

// begins is how far into an answer the first element of a list may stand, behind notes.
const begins = 4 << 10

var firstElement = regexp.MustCompile(`^(?s:\s*(?:<\?.*?\?>|<!--.*?-->|\s)*)<(?:[A-Za-z]+:)?MPD[\s>]`)

func isDASH(body []byte) bool {
	b := trimmed(body)
	return firstElement.Match(b[:min(len(b), begins)])
}

// mpd is a list, as far as its pieces need it (ISO/IEC 23009-1, 5.3).
type mpd struct {
	Type     string   `xml:"type,attr"`
	Duration string   `xml:"mediaPresentationDuration,attr"`
	Base     []string `xml:"BaseURL"`
	Periods  []period `xml:"Period"`
}

type period struct {
	Duration string        `xml:"duration,attr"`
	Start    string        `xml:"start,attr"`
	Base     []string      `xml:"BaseURL"`
	Sets     []adaptations `xml:"AdaptationSet"`
	segments
}

type adaptations struct {
	ContentType string           `xml:"contentType,attr"`
	Role        []struct{}       `xml:"Role"`
	Base        []string         `xml:"BaseURL"`
	Offers      []representation `xml:"Representation"`
	described
	segments
}

type representation struct {
	ID        string   `xml:"id,attr"`
	Bandwidth int64    `xml:"bandwidth,attr"`
	Base      []string `xml:"BaseURL"`
	described
	segments
}

type described struct {
	MimeType   string     `xml:"mimeType,attr"`
	Codecs     string     `xml:"codecs,attr"`
	Protection []struct{} `xml:"ContentProtection"`
}

// segments are the three ways to name pieces; each level adds to the one above.
type segments struct {
	Template *template    `xml:"SegmentTemplate"`
	List     *segmentList `xml:"SegmentList"`
	One      *struct{}    `xml:"SegmentBase"`
}

type template struct {
	Media       string     `xml:"media,attr"`
	Begin       string     `xml:"initialization,attr"`
	Scale       string     `xml:"timescale,attr"`
	Duration    string     `xml:"duration,attr"`
	StartNumber string     `xml:"startNumber,attr"`
	EndNumber   string     `xml:"endNumber,attr"`
	Offset      string     `xml:"presentationTimeOffset,attr"`
	Timeline    []timeline `xml:"SegmentTimeline>S"`
	Beginning   *source    `xml:"Initialization"`
}

type timeline struct {
	T string `xml:"t,attr"`
	D int64  `xml:"d,attr"`
	R int64  `xml:"r,attr"`
}

type segmentList struct {
	Scale     string   `xml:"timescale,attr"`
	Duration  string   `xml:"duration,attr"`
	Beginning *source  `xml:"Initialization"`
	Pieces    []source `xml:"SegmentURL"`
}

type source struct {
	URL        string `xml:"sourceURL,attr"`
	Range      string `xml:"range,attr"`
	Media      string `xml:"media,attr"`
	MediaRange string `xml:"mediaRange,attr"`
}

// readDASH reads a list. A film of several periods is one rendition from each, one behind the other.
func readDASH(base *url.URL, body []byte) (List, error) {
	var m mpd
	d := xml.NewDecoder(bytes.NewReader(trimmed(body)))
	d.Strict = true
	if err := d.Decode(&m); err != nil {
		return List{}, ErrNotRead
	}
	list := List{DASH: true}
	if len(m.Periods) == 0 {
		return list, ErrNotRead
	}
	whole := duration(m.Duration)
	// The renditions are those of the first period; of the later ones the same place in the list is taken.
	for s, set := range m.Periods[0].Sets {
		if len(set.Offers) == 0 {
			list.Beside++ // what it offers lies elsewhere
		}
		for o, offer := range set.Offers {
			r := Rendition{Bandwidth: max(offer.Bandwidth, 0), MediaType: firstOf(offer.MimeType, set.MimeType)}
			var known bool
			if r.Sort, known = sortOf(set, offer); !known {
				list.Beside++
				continue
			}
			if m.protected(s, o) {
				r.Lock = Protected
			}
			r.pieces = func() (Track, error) { return m.track(base, s, o, whole) }
			if list.Renditions = append(list.Renditions, r); len(list.Renditions) > maxRenditions {
				return list, ErrTooMuch
			}
		}
	}
	return list, nil
}

// protected tells whether one of the representations at a place is so, of whatever period.
func (m mpd) protected(set, offer int) bool {
	for _, p := range m.Periods {
		if set < len(p.Sets) && (len(p.Sets[set].Protection) > 0 || offer < len(p.Sets[set].Offers) && len(p.Sets[set].Offers[offer].Protection) > 0) {
			return true
		}
	}
	return false
}

// sortOf tells what a representation shows; nothing that is read: words, pictures to leaf through.
func sortOf(set adaptations, offer representation) (Sort, bool) {
	kind, _, _ := strings.Cut(firstOf(offer.MimeType, set.MimeType, set.ContentType), "/")
	switch kind {
	case "video":
		codecs := firstOf(offer.Codecs, set.Codecs)
		if strings.Contains(codecs, ",") {
			return Both, true
		}
		return Picture, true
	case "audio":
		return Sound, true
	}
	return Both, false
}

// track are the pieces of one representation through all periods.
func (m mpd) track(base *url.URL, set, offer int, whole float64) (Track, error) {
	t := Track{Endless: m.Type == "dynamic", Breaks: len(m.Periods) - 1}
	held := new(int)
	for n, p := range m.Periods {
		if set >= len(p.Sets) || offer >= len(p.Sets[set].Offers) {
			return t, ErrNotRead // nothing says which one goes on
		}
		s := p.Sets[set]
		o := s.Offers[offer]
		first, _ := sortOf(m.Periods[0].Sets[set], m.Periods[0].Sets[set].Offers[offer])
		if sort, known := sortOf(s, o); !known || sort != first {
			return t, ErrNotRead // it does not go on there
		}
		at := addresses{base, held}
		for _, list := range [][]string{m.Base, p.Base, s.Base, o.Base} {
			if len(list) == 0 {
				continue
			}
			next, err := at.base.Parse(strings.TrimSpace(list[0]))
			if err != nil {
				return t, ErrNotRead
			}
			at.base = next
		}
		length := duration(p.Duration)
		switch {
		case length > 0:
		case n+1 < len(m.Periods):
			length = max(duration(m.Periods[n+1].Start)-duration(p.Start), 0)
		default:
			length = max(whole-max(duration(p.Start), t.Seconds), 0)
		}
		t.Told += length
		if err := t.period(at, o, [3]segments{o.segments, s.segments, p.segments}, length); err != nil {
			return t, err
		}
	}
	t.Told = seconds(max(t.Told, whole))
	return t, nil
}

// period adds the pieces of one, from the nearest of the levels that name some.
func (t *Track) period(at addresses, o representation, levels [3]segments, length float64) error {
	var made template
	var listed segmentList
	var templates, lists bool
	for _, l := range levels {
		if l.Template != nil {
			templates = true
			made.inherit(*l.Template)
		}
		if l.List != nil {
			lists = true
			listed.inherit(*l.List)
		}
	}
	switch {
	case templates && made.Media != "":
		return t.templated(at, o, made, length)
	case lists && len(listed.Pieces) > 0:
		return t.listed(at, listed)
	case len(o.Base) == 0:
		return ErrNotRead
	}
	address, err := at.of(at.base.String()) // it is one file
	if err != nil {
		return err
	}
	return t.add(Piece{Address: address, Seconds: seconds(length)})
}

func (m *template) inherit(of template) {
	m.Media, m.Begin = firstOf(m.Media, of.Media), firstOf(m.Begin, of.Begin)
	m.Offset = firstOf(m.Offset, of.Offset)
	m.Scale, m.Duration = firstOf(m.Scale, of.Scale), firstOf(m.Duration, of.Duration)
	m.StartNumber, m.EndNumber = firstOf(m.StartNumber, of.StartNumber), firstOf(m.EndNumber, of.EndNumber)
	if m.Timeline == nil {
		m.Timeline = of.Timeline
	}
	if m.Beginning == nil {
		m.Beginning = of.Beginning
	}
}

func (l *segmentList) inherit(of segmentList) {
	l.Scale, l.Duration = firstOf(l.Scale, of.Scale), firstOf(l.Duration, of.Duration)
	if l.Beginning == nil {
		l.Beginning = of.Beginning
	}
	if len(l.Pieces) == 0 {
		l.Pieces = of.Pieces
	}
}

// templated are pieces whose addresses follow from their numbers or times.
func (t *Track) templated(at addresses, o representation, m template, length float64) error {
	number := whole(m.StartNumber, 1)
	scale := float64(max(whole(m.Scale, 1), 1))
	if len(o.ID) > maxID || scale > maxTicks {
		return ErrTooMuch
	}
	if m.Begin != "" {
		m.Beginning = &source{URL: filled(m.Begin, o, 0, 0)}
	}
	if b := m.Beginning; b != nil {
		if err := t.begin(at, *b); err != nil {
			return err
		}
	}
	one := func(time int64, long float64) error {
		address, err := at.of(filled(m.Media, o, number, time))
		if err != nil {
			return err
		}
		number++
		return t.add(Piece{Address: address, Seconds: seconds(long / scale)})
	}
	if m.Timeline == nil {
		each := float64(whole(m.Duration, 0))
		if each <= 0 || each > maxTicks || length <= 0 {
			return ErrNotRead
		}
		// What is left over at the end within a thousandth is no piece of its own.
		count := math.Ceil(length*scale/each - 0.001)
		if end := whole(m.EndNumber, math.MaxInt64); float64(end)-float64(number)+1 < count { // 5.3.9.5.3
			count = max(float64(end-number+1), 0)
		}
		if count > maxPieces {
			return ErrTooMuch
		}
		for n := range int(count) {
			if err := one(int64(n)*int64(each), min(each, length*scale-float64(n)*each)); err != nil {
				return err
			}
		}
		return nil
	}
	offset := whole(m.Offset, 0)
	if offset < 0 || offset > 1<<60 {
		return ErrNotRead
	}
	var time int64
	for i, s := range m.Timeline {
		time = whole(s.T, time)
		if s.D <= 0 || s.D > maxTicks || time < 0 || time > 1<<60 {
			return ErrNotRead
		}
		repeat := s.R
		if repeat < 0 { // until the next, or the end
			until := int64(min(float64(offset)+length*scale, 1<<60))
			if i+1 < len(m.Timeline) {
				until = min(whole(m.Timeline[i+1].T, until), 1<<60)
			}
			if until <= time {
				return ErrNotRead
			}
			repeat = (until-time+s.D-1)/s.D - 1
		}
		if repeat >= maxPieces {
			return ErrTooMuch
		}
		for range repeat + 1 {
			if err := one(time, float64(s.D)); err != nil {
				return err
			}
			time += s.D
		}
	}
	return nil
}

// listed are pieces that are named one by one.
func (t *Track) listed(at addresses, l segmentList) error {
	each := seconds(float64(whole(l.Duration, 0)) / float64(max(whole(l.Scale, 1), 1)))
	if b := l.Beginning; b != nil {
		if err := t.begin(at, *b); err != nil {
			return err
		}
	}
	for _, s := range l.Pieces {
		if err := t.named(at, s.Media, s.MediaRange, each); err != nil {
			return err
		}
	}
	return nil
}

// begin adds the beginning that others need.
func (t *Track) begin(at addresses, b source) error {
	err := t.named(at, b.URL, b.Range, 0)
	if err == nil {
		t.Pieces[len(t.Pieces)-1].Begin = true
	}
	return err
}

// named adds a piece of a name, or a stretch of what lies there.
func (t *Track) named(at addresses, name, stretch string, long float64) (err error) {
	p := Piece{Seconds: long}
	if p.Address, err = at.of(name); err != nil {
		return err
	}
	if stretch != "" {
		first, last, _ := strings.Cut(stretch, "-")
		from, to := whole(first, -1), whole(last, -1)
		if from < 0 || to < from || to > 1<<50 {
			return ErrNotRead
		}
		p.From, p.Length = from, to-from+1
	}
	return t.add(p)
}

var placeholder = regexp.MustCompile(`\$(RepresentationID|Number|Time|Bandwidth)?(?:%0([0-9]{1,2})d)?\$`)

// filled puts values into an address (5.3.9.4.4).
func filled(text string, o representation, number, time int64) string {
	if len(text) > maxAddress {
		return text // the bound is held where it is resolved
	}
	return placeholder.ReplaceAllStringFunc(text, func(slot string) string {
		m := placeholder.FindStringSubmatch(slot)
		var n int64
		switch m[1] {
		case "":
			return "$"
		case "RepresentationID":
			return o.ID
		case "Number":
			n = number
		case "Time":
			n = time
		case "Bandwidth":
			n = o.Bandwidth
		}
		s := strconv.FormatInt(n, 10)
		wide, _ := strconv.Atoi(m[2])
		return strings.Repeat("0", max(wide-len(s), 0)) + s
	})
}

func whole(text string, otherwise int64) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil {
		return otherwise
	}
	return n
}

func firstOf(list ...string) string {
	for _, s := range list {
		if s != "" {
			return s
		}
	}
	return ""
}

var length = regexp.MustCompile(`^P(?:([0-9.]+)D)?(?:T(?:([0-9.]+)H)?(?:([0-9.]+)M)?(?:([0-9.]+)S)?)?$`)

// duration reads an xs:duration of days, hours, minutes and seconds.
func duration(text string) float64 {
	m := length.FindStringSubmatch(strings.TrimSpace(text))
	if m == nil {
		return 0
	}
	var n float64
	for i, of := range []float64{86400, 3600, 60, 1} {
		v, _ := strconv.ParseFloat(m[i+1], 64)
		n += v * of
	}
	return seconds(n)
}

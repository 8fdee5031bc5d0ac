package playlist

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
)

// told are the pieces of the rendition that is chosen, each as it is asked for.
func told(t *testing.T, address, body string) (List, []Rendition, [][]string) {
	t.Helper()
	l, err := Read(address, []byte(body))
	if err != nil {
		t.Fatal(err)
	}
	chosen := l.Choose(func(Rendition) bool { return false })
	var all [][]string
	for _, r := range chosen {
		var list []string
		if r.Address == "" {
			track, err := r.Track()
			if err != nil {
				t.Fatal(err)
			}
			for _, p := range track.Pieces {
				s := strings.TrimPrefix(p.Address, "https://h.example/")
				if p.Length > 0 {
					s += fmt.Sprintf(" %d-%d", p.From, p.From+p.Length-1)
				}
				list = append(list, s)
			}
		}
		all = append(all, list)
	}
	return l, chosen, all
}

const master = "#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"x, y\",URI=\"a/snd.m3u8\",DEFAULT=YES\n" +
	"#EXT-X-MEDIA:TYPE=SUBTITLES,GROUP-ID=\"s\",URI=\"s.m3u8\"\n" +
	"#EXT-X-STREAM-INF:BANDWIDTH=300,RESOLUTION=1x1,AUDIO=\"a\"\nlow.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=900,RESOLUTION=2x2,AUDIO=\"a\"\r\nv/high.m3u8?x=1\r\n"

func TestHLS(t *testing.T) {
	l, chosen, _ := told(t, "https://h.example/p/m.m3u8", master)
	if len(l.Renditions) != 3 || l.Beside != 1 || len(chosen) != 2 ||
		chosen[0].Address != "https://h.example/p/v/high.m3u8?x=1" || chosen[1].Address != "https://h.example/p/a/snd.m3u8" || chosen[1].Sort != Sound {
		t.Errorf("%+v of %+v", chosen, l)
	}
	// What the page had comes first.
	if c := l.Choose(func(r Rendition) bool { return strings.HasSuffix(r.Address, "low.m3u8") }); !strings.HasSuffix(c[0].Address, "/low.m3u8") {
		t.Errorf("%+v", c)
	}
	_, _, pieces := told(t, "https://h.example/p/v.m3u8", "\xef\xbb\xbf#EXTM3U\n#EXT-X-MAP:URI=\"/i.mp4\",BYTERANGE=\"10@2\"\n#EXTINF:4.5,title\n#EXT-X-BYTERANGE:100@20\nall.mp4\n"+
		"#EXTINF:4,\n#EXT-X-BYTERANGE:50\nall.mp4\n#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI=\"j.mp4\"\n#EXTINF:1,\n../other.m4s?t=a,b\n#EXT-X-ENDLIST\n")
	if got := fmt.Sprint(pieces[0]); got != "[i.mp4 2-11 p/all.mp4 20-119 p/all.mp4 120-169 p/j.mp4 other.m4s?t=a,b]" {
		t.Error(got)
	}
}

func TestWhatAListSaysOfItself(t *testing.T) {
	const head = "#EXTM3U\n"
	const piece = "#EXTINF:4,\na.ts\n"
	for name, row := range map[string]struct {
		body  string
		lock  Lock
		track Track
	}{
		"ends":        {head + piece + "#EXT-X-ENDLIST\n", Open, Track{Seconds: 4}},
		"endless":     {head + piece + piece, Open, Track{Seconds: 8, Endless: true}},
		"key":         {head + "#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n" + piece + "#EXT-X-ENDLIST", Keyed, Track{Seconds: 4}},
		"key, later":  {head + piece + "#EXT-X-KEY:METHOD=AES-128,URI=\"k\"\n#EXT-X-KEY:METHOD=NONE\n" + piece + "#EXT-X-ENDLIST", Keyed, Track{Seconds: 8}},
		"no key":      {head + "#EXT-X-KEY:METHOD=NONE\n" + piece + "#EXT-X-ENDLIST", Open, Track{Seconds: 4}},
		"protected":   {head + "#EXT-X-KEY:METHOD=SAMPLE-AES-CTR,URI=\"data:x\",KEYFORMAT=\"urn:uuid:edef8ba9-79d6-4ace-a3c8-27dcd51d21ed\"\n" + piece + "#EXT-X-ENDLIST", Protected, Track{Seconds: 4}},
		"skipped":     {head + "#EXT-X-SKIP:SKIPPED-SEGMENTS=3\n" + piece, Open, Track{Seconds: 4, Endless: true, Skipped: 3}},
		"goes on":     {head + piece + "#EXT-X-DISCONTINUITY\n" + piece + "#EXT-X-ENDLIST", Open, Track{Seconds: 8, Breaks: 1}},
		"begins late": {head + "#EXT-X-MEDIA-SEQUENCE:7\n" + piece + "#EXT-X-ENDLIST", Open, Track{Seconds: 4, First: 7}},
		"drops none":  {head + "#EXT-X-PLAYLIST-TYPE:VOD\n#EXT-X-MEDIA-SEQUENCE:7\n" + piece + "#EXT-X-ENDLIST", Open, Track{Seconds: 4}},
		"odd seconds": {head + "#EXTINF:NaN,\na.ts\n#EXTINF:-3,\na.ts\n#EXTINF:1e99,\na.ts\n#EXT-X-ENDLIST", Open, Track{}},
	} {
		l, err := Read("https://h.example/", []byte(row.body))
		if err != nil {
			t.Fatal(name, err)
		}
		got, err := l.Renditions[0].Track()
		if got.Pieces = nil; err != nil || l.Renditions[0].Lock != row.lock || fmt.Sprint(got) != fmt.Sprint(row.track) {
			t.Errorf("%s: %+v, lock %d", name, got, l.Renditions[0].Lock)
		}
	}
}

const dashHead = `<?xml version="1.0"?><!-- made by hand --><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT10S"><BaseURL>d/</BaseURL><Period>`

func TestDASH(t *testing.T) {
	for name, row := range map[string]struct {
		sets, want string
	}{
		"numbers": {`<AdaptationSet mimeType="video/mp4"><SegmentTemplate timescale="10" duration="40" startNumber="3" media="$RepresentationID$/$Number%03d$.m4s" initialization="$RepresentationID$/i$$.mp4"/>` +
			`<Representation id="l" bandwidth="1"/><Representation id="h" bandwidth="2"/></AdaptationSet>`, "[[d/h/i$.mp4 d/h/003.m4s d/h/004.m4s d/h/005.m4s]]"},
		"numbers that end": {`<AdaptationSet mimeType="video/mp4"><SegmentTemplate duration="2" startNumber="3" endNumber="4" media="$Number$.m4s"/><Representation id="a"/></AdaptationSet>`, "[[d/3.m4s d/4.m4s]]"},
		"times": {`<AdaptationSet contentType="audio"><Representation id="a" bandwidth="7"><SegmentTemplate media="$Bandwidth$-$Time$"><SegmentTimeline><S t="5" d="2" r="1"/><S d="3"/></SegmentTimeline></SegmentTemplate></Representation></AdaptationSet>`,
			"[[d/7-5 d/7-7 d/7-9]]"},
		"to the end": {`<AdaptationSet mimeType="video/mp4"><SegmentTemplate media="$Time$"><SegmentTimeline><S t="0" d="4" r="-1"/></SegmentTimeline></SegmentTemplate><Representation id="a"/></AdaptationSet>`, "[[d/0 d/4 d/8]]"},
		"named one by one": {`<AdaptationSet mimeType="video/mp4"><Representation id="a"><BaseURL>all.mp4</BaseURL><SegmentList duration="5"><Initialization range="0-9"/><SegmentURL mediaRange="10-19"/><SegmentURL media="/x.m4s"/></SegmentList></Representation></AdaptationSet>`,
			"[[d/all.mp4 0-9 d/all.mp4 10-19 x.m4s]]"},
		"to the end, of times that begin late": {`<AdaptationSet mimeType="video/mp4"><SegmentTemplate presentationTimeOffset="100" media="$Time$"><SegmentTimeline><S t="100" d="4" r="-1"/></SegmentTimeline></SegmentTemplate><Representation id="a"/></AdaptationSet>`, "[[d/100 d/104 d/108]]"},
		"a beginning above the pieces":         {`<AdaptationSet mimeType="video/mp4"><SegmentList><Initialization sourceURL="i.mp4"/></SegmentList><Representation id="a"><SegmentList duration="10"><SegmentURL media="x.m4s"/></SegmentList></Representation></AdaptationSet>`, "[[d/i.mp4 d/x.m4s]]"},
		"a beginning of its own":               {`<AdaptationSet mimeType="video/mp4"><SegmentTemplate duration="10" media="$Number$"><Initialization sourceURL="i.mp4" range="0-9"/></SegmentTemplate><Representation id="a"/></AdaptationSet>`, "[[d/i.mp4 0-9 d/1]]"},
		"one file each, pictures and sound": {`<AdaptationSet contentType="video"><Representation id="v" mimeType="video/mp4"><BaseURL>https://h.example/v.mp4?a=1&amp;b=2</BaseURL><SegmentBase indexRange="1-2"/></Representation></AdaptationSet>` +
			`<AdaptationSet><Representation mimeType="audio/mp4"><BaseURL>a.mp4</BaseURL></Representation></AdaptationSet><AdaptationSet mimeType="text/vtt"><Representation/></AdaptationSet>`,
			"[[v.mp4?a=1&b=2] [d/a.mp4]]"},
	} {
		l, chosen, got := told(t, "https://h.example/m.mpd", dashHead+row.sets+"</Period></MPD>")
		if fmt.Sprint(got) != row.want {
			t.Errorf("%s: %v", name, got)
		}
		if name == "one file each, pictures and sound" && (l.Beside != 1 || chosen[1].Sort != Sound || chosen[0].Sort != Picture) {
			t.Errorf("%+v", l)
		}
	}
	l, err := Read("https://h.example/m.mpd", []byte(dashHead+`<AdaptationSet mimeType="video/mp4"><ContentProtection schemeIdUri="urn:uuid:x"/><Representation id="a"><BaseURL>a</BaseURL></Representation></AdaptationSet></Period></MPD>`))
	if err != nil || l.Renditions[0].Lock != Protected {
		t.Errorf("%+v: %v", l, err)
	}
}

// A film of several periods is one behind the other.
func TestPeriods(t *testing.T) {
	const set = `<AdaptationSet mimeType="video/mp4"><SegmentTemplate duration="2" media="%s$Number$"/><Representation id="a"/></AdaptationSet>`
	_, _, got := told(t, "https://h.example/m.mpd", dashHead+fmt.Sprintf(set, "a")+`</Period><Period start="PT6S">`+fmt.Sprintf(set, "b")+"</Period></MPD>")
	if want := "[[d/a1 d/a2 d/a3 d/b1 d/b2]]"; fmt.Sprint(got) != want {
		t.Error(got)
	}
}

// A list that names less than it says it has says both.
func TestTold(t *testing.T) {
	const numbers = `<SegmentTemplate duration="2" endNumber="2" media="$Number$"/>`
	for name, row := range map[string]struct {
		sets          string
		seconds, told float64
	}{
		"numbers": {numbers, 4, 10},
		"times":   {`<SegmentTemplate media="$Time$"><SegmentTimeline><S t="0" d="3" r="1"/></SegmentTimeline></SegmentTemplate>`, 6, 10},
		"whole":   {`<SegmentTemplate duration="2" media="$Number$"/>`, 10, 10},
		"listed":  {`<SegmentList duration="4"><SegmentURL media="a"/></SegmentList>`, 4, 10},
		"periods": {numbers + `<Representation/></AdaptationSet></Period><Period start="PT6S"><AdaptationSet mimeType="video/mp4">` + numbers, 8, 10},
	} {
		l, err := Read("https://h.example/m.mpd", []byte(dashHead+`<AdaptationSet mimeType="video/mp4">`+row.sets+`<Representation/></AdaptationSet></Period></MPD>`))
		if err != nil {
			t.Fatal(name, err)
		}
		if track, err := l.Renditions[0].Track(); err != nil || track.Seconds != row.seconds || track.Told != row.told {
			t.Errorf("%s: %+v, %v", name, track, err)
		}
	}
}

// Where a piece ends is told by its own form, however it comes.
func TestForm(t *testing.T) {
	box := func(kind string, n int) string {
		return fmt.Sprintf("\x00\x00%c%c%s", (n+8)/256, (n+8)%256, kind) + strings.Repeat("x", n)
	}
	long := "\x00\x00\x00\x01mdat\x00\x00\x00\x00\x00\x00\x00\x18" + strings.Repeat("x", 8)
	packet := "\x47" + strings.Repeat("x", 187)
	for name, row := range map[string]struct {
		body         string
		whole, known bool
	}{
		"boxes":                {box("styp", 4) + box("moof", 300) + box("mdat", 0), true, true},
		"a long box":           {box("styp", 4) + long, true, true},
		"a long box, cut":      {box("styp", 4) + long[:20], false, true},
		"cut in a box":         {box("styp", 4) + box("mdat", 300)[:200], false, true},
		"cut in a head":        {box("styp", 4) + box("mdat", 300)[:6], false, true},
		"a box without length": {box("styp", 4) + "\x00\x00\x00\x00mdatxxx", false, false},
		"a box of nonsense":    {box("styp", 4) + "\x00\x00\x00\x05mdatxxx", false, false},
		"packets":              {packet + packet, true, true},
		"packets, cut":         {packet + packet[:100], false, true},
		"something else":       {"ID3 and so on", false, false},
		"nothing":              {"", false, false},
	} {
		for _, step := range []int{1, 7, 1 << 20} {
			var f Form
			for rest := []byte(row.body); len(rest) > 0; {
				n := min(step, len(rest))
				_, _ = f.Write(rest[:n])
				rest = rest[n:]
			}
			if whole, known := f.Whole(); whole != row.whole || known != row.known {
				t.Errorf("%s by %d: %t, %t", name, step, whole, known)
			}
		}
	}
}

// Lists that stand in a page or an answer as JSON strings are found.
func TestWithin(t *testing.T) {
	const mpd = "<?xml version=\"1.0\"?>\n<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\"><Period/></MPD>"
	quoted, _ := json.Marshal(mpd)
	plain := strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(string(quoted))
	for name, row := range map[string]struct {
		body string
		want int
	}{
		"escaped, twice":  {`<script type="application/json">{"a":1,"dash_manifest":` + string(quoted) + `,"b":"\\","c":` + string(quoted) + `}</script>`, 2},
		"plain":           {`{"x":` + plain + `}`, 1},
		"no string":       {mpd, 0},
		"never ends":      {`{"x":"<MPD ` + strings.Repeat("<MPD ", 1<<20), 0},
		"begins too late": {`{"x":"` + strings.Repeat(" ", maxFront+1) + plain[1:], 0},
		"many":            {strings.Repeat(plain+",", maxWithin+9), maxWithin},
		"other strings":   {`{"x":"the <MPD element"}`, 0},
	} {
		got := Within([]byte(row.body))
		if len(got) != row.want || len(got) > 0 && string(got[0]) != mpd {
			t.Errorf("%s: %d lists: %.100q", name, len(got), got)
		}
	}
}

// What is no list, or too much of one, is never a shorter film.
func TestWhatIsNotRead(t *testing.T) {
	for name, row := range map[string]struct {
		body string
		want error
	}{
		"html":               {"<html>", ErrNotRead},
		"empty":              {"#EXTM3U\n", ErrNotRead},
		"other schemes":      {"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", ErrNotRead},
		"both":               {master + "#EXTINF:1,\na.ts\n", ErrNotRead},
		"range":              {"#EXTM3U\n#EXT-X-BYTERANGE:-4@1\na.ts\n", ErrNotRead},
		"many pieces":        {"#EXTM3U\n" + strings.Repeat("a\n", maxPieces+1), ErrTooMuch},
		"many renditions":    {"#EXTM3U\n" + strings.Repeat("#EXT-X-STREAM-INF:BANDWIDTH=1\na\n", maxRenditions+1), ErrTooMuch},
		"long address":       {"#EXTM3U\n" + strings.Repeat("a", maxAddress+1), ErrTooMuch},
		"too long":           {"#EXTM3U\n" + strings.Repeat("#", MaxBytes), ErrTooMuch},
		"no xml":             {dashHead, ErrNotRead},
		"numbers, no length": {`<MPD><Period><AdaptationSet mimeType="video/mp4"><SegmentTemplate duration="2" media="a"/><Representation/></AdaptationSet></Period></MPD>`, ErrNotRead},
		"repeated":           {dashHead + `<AdaptationSet mimeType="video/mp4"><SegmentTemplate media="a"><SegmentTimeline><S d="1" r="99999999"/></SegmentTimeline></SegmentTemplate><Representation/></AdaptationSet></Period></MPD>`, ErrTooMuch},
		"long names":         {dashHead + `<AdaptationSet mimeType="video/mp4"><SegmentTemplate duration="2" media="$RepresentationID$"/><Representation id="` + strings.Repeat("a", maxID+1) + `"/></AdaptationSet></Period></MPD>`, ErrTooMuch},
		"period without":     {dashHead + `<AdaptationSet mimeType="video/mp4"><SegmentTemplate duration="2" media="a"/><Representation/></AdaptationSet></Period><Period start="PT5S"/></MPD>`, ErrNotRead},
	} {
		l, err := Read("https://h.example/", []byte(row.body))
		if err == nil {
			_, err = l.Renditions[0].Track()
		}
		if !errors.Is(err, row.want) {
			t.Errorf("%s: %v, want %v", name, err, row.want)
		}
	}
}

func FuzzRead(f *testing.F) {
	f.Add(master)
	f.Add("#EXTM3U\n#EXT-X-KEY:METHOD=AES-128\n#EXTINF:1,\n#EXT-X-BYTERANGE:3@4\na.ts\n#EXT-X-BYTERANGE:3\na.ts")
	f.Add(dashHead + `<AdaptationSet mimeType="video/mp4"><SegmentTemplate timescale="3" media="$Number%05d$$Time$"><SegmentTimeline><S t="1" d="2" r="-1"/></SegmentTimeline></SegmentTemplate><Representation id="x"/></AdaptationSet></Period></MPD>`)
	f.Add(dashHead + `<AdaptationSet contentType="audio"><Representation><SegmentList><Initialization range="0-9"/><SegmentURL mediaRange="1-3"/></SegmentList></Representation></AdaptationSet></Period></MPD>`)
	f.Add(`{"a":"\u003CMPD x=\"1\"\u003E"}`)
	f.Fuzz(func(t *testing.T, body string) {
		for _, one := range Within([]byte(body)) {
			if !Is(one) {
				t.Fatalf("%q", one)
			}
		}
		l, err := Read("https://h.example/p/a?b", []byte(body))
		if err != nil {
			return
		}
		if len(l.Renditions) == 0 || len(l.Renditions) > maxRenditions {
			t.Fatal(len(l.Renditions))
		}
		for _, r := range l.Choose(func(r Rendition) bool { return r.Bandwidth == 1 }) {
			track, err := r.Track()
			if err != nil {
				continue
			}
			if len(track.Pieces) == 0 || len(track.Pieces) > maxPieces || track.Seconds < 0 {
				t.Fatalf("%d pieces, %f s", len(track.Pieces), track.Seconds)
			}
			for _, p := range track.Pieces {
				if !strings.HasPrefix(p.Address, "http") || len(p.Address) > maxAddress || p.From < 0 || p.Length < 0 || p.Seconds < 0 || p.Seconds > maxSeconds {
					t.Fatalf("%+v", p)
				}
			}
		}
	})
}

// What goes on otherwise in a later part is not taken for the same, and a key there is one of the whole.
func TestLaterPeriods(t *testing.T) {
	const video = `<AdaptationSet mimeType="video/mp4"><Representation><BaseURL>v</BaseURL></Representation></AdaptationSet>`
	const sound = `<AdaptationSet mimeType="audio/mp4"><Representation><BaseURL>a</BaseURL></Representation></AdaptationSet>`
	for name, row := range map[string]struct {
		later string
		lock  Lock
		err   error
	}{
		"the same":       {video + sound, Open, nil},
		"in other order": {sound + video, Open, ErrNotRead},
		"protected":      {strings.Replace(video, "<Repr", "<ContentProtection/><Repr", 1) + sound, Protected, nil},
		"elsewhere":      {"", Open, ErrNotRead},
	} {
		l, err := Read("https://h.example/m.mpd", []byte(dashHead+video+sound+`<AdaptationSet xlink:href="x"/></Period><Period>`+row.later+"</Period></MPD>"))
		if err != nil {
			t.Fatal(name, err)
		}
		if _, err := l.Renditions[0].Track(); !errors.Is(err, row.err) || l.Renditions[0].Lock != row.lock || l.Beside != 1 {
			t.Errorf("%s: %v, %+v", name, err, l)
		}
	}
}

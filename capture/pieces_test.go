package capture

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"constat/capture/playlist/filmtest"
	"constat/capture/record"
	"constat/evidence"
)

// player is a page that feeds a film from its list as the players of the platforms do, as far as it wants to play.
const player = `<!doctype html><title>Page</title><body style="background:#fff"><p>A film</p><video id="v" width="320" muted></video><script>
(async () => {
	const source = new MediaSource(), v = document.getElementById('v');
	v.src = URL.createObjectURL(source);
	await new Promise((done) => source.addEventListener('sourceopen', done, {once: true}));
	for (const [list, type] of %s) {
		const text = await (await fetch(list)).text();
		const buffer = source.addSourceBuffer(type);
		const parts = [...text.matchAll(/URI="([^"]+)"/g)].map((m) => m[1]).concat(text.split('\n').filter((l) => l && !l.startsWith('#')));
		for (const part of parts.slice(0, 4)) {
			buffer.appendBuffer(await (await fetch(new URL(part, new URL(list, location)))).arrayBuffer());
			await new Promise((done) => buffer.addEventListener('updateend', done, {once: true}));
		}
	}
	source.duration = %d;
	document.title = 'fed';
})();
</script>`

// inPieces puts a film on a server, and makes its list.
func inPieces(files map[string][]byte, folder string, f filmtest.Film, each int, more string) {
	list := "#EXTM3U\n#EXT-X-TARGETDURATION:4\n" + more + "#EXT-X-MAP:URI=\"init.mp4\"\n"
	files[folder+"init.mp4"] = f.Begin
	for n, p := range f.Pieces {
		name := fmt.Sprintf("p%03d.m4s", n)
		files[folder+name] = p
		list += fmt.Sprintf("#EXTINF:%d,\n%s\n", each, name)
	}
	files[folder+"list.m3u8"] = []byte(list + "#EXT-X-ENDLIST\n")
}

// A film of two minutes in thirty pieces, of which the page had three, is one file, plays from the disk without any
// network, and each second of it is what was served.
func TestFilmInPiecesIsKeptAndPlays(t *testing.T) {
	t.Parallel()
	film := filmtest.Pictures(120, 4)
	files := map[string][]byte{"/": fmt.Appendf(nil, player, `[['/v/list.m3u8', '`+filmtest.PictureType+`']]`, 120), "/favicon.ico": {0}}
	inPieces(files, "/v/", film, 4, "#EXT-X-PLAYLIST-TYPE:VOD\n")
	server, _ := filed(t, files)
	r := recorder(t, nil)
	c, sink := take(t, r, server.URL+"/")
	if c.Outcome != evidence.Complete || !bytes.Equal(sink.files["film-01.mp4"], film.Whole()) {
		t.Fatalf("outcome %s with %v; %d of %d bytes", c.Outcome, c.Problems, len(sink.files["film-01.mp4"]), len(film.Whole()))
	}
	var names []string
	for _, a := range c.Artifacts {
		if evidence.IsFilm(a.Name) || evidence.IsFilmPart(a.Name) {
			names = append(names, fmt.Sprint(a.Name, " ", a.Role, " ", len(a.Parents)))
		}
	}
	if got := strings.Join(names, ", "); got != "film-01.mp4 derived 2, film-01-list.m3u8 original 0, film-01-pieces.json original 0" {
		t.Error(got)
	}
	if !bytes.Equal(sink.files["film-01-list.m3u8"], files["/v/list.m3u8"]) {
		t.Error("the list is not the one that was served")
	}
	var table struct {
		Of     int
		Pieces []struct {
			Offset, Size int64
			Sha256, Page string
		}
	}
	if err := json.Unmarshal(sink.files["film-01-pieces.json"], &table); err != nil || table.Of != 31 || len(table.Pieces) != 31 {
		t.Fatalf("%+v: %v", table, err)
	}
	same := 0
	for _, p := range table.Pieces {
		if evidence.Sum(sink.files["film-01.mp4"][p.Offset:p.Offset+p.Size]).String() != p.Sha256 {
			t.Errorf("%+v is not what lies there", p)
		}
		if p.Page == "same" {
			same++
		}
	}
	if same != 4 {
		t.Errorf("%d pieces are compared with what the page had", same)
	}
	if p := precondition(t, c, record.ItemAskedAgain); p.State != evidence.NotMet || !strings.Contains(p.Detail, "31 pieces of "+server.URL+"/v/list.m3u8 from ") ||
		!strings.Contains(p.Detail, ": 31 came, "+fmt.Sprint(len(film.Whole()))+" bytes, joined as film-01.mp4; each in film-01-pieces.json") ||
		!strings.Contains(p.Detail, "film-01.mp4 is taken for a film that the page shows, because it is as long: 120 seconds") {
		t.Errorf("%+v", p)
	}
	server.Close()
	seconds, shades := played(t, sink.files["film-01.mp4"], "film-01.mp4", []int{0, 13, 60, 119})
	if math.Abs(seconds-120) > 0.1 {
		t.Errorf("it plays %f s", seconds)
	}
	for at, got := range shades {
		if want := float64(filmtest.Shade(at)-16) * 255 / 219; math.Abs(got-want) > 6 {
			t.Errorf("second %d is of shade %f, want %f", at, got, want)
		}
	}
}

// played plays a file from the disk, in a browser that reaches nothing, and tells how light it is at some seconds.
func played(t *testing.T, film []byte, name string, at []int) (seconds float64, shades map[int]float64) {
	t.Helper()
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, name), film, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(folder, "page.html"), []byte("<!doctype html><body>"), 0o600); err != nil {
		t.Fatal(err)
	}
	r := recorder(t, nil)
	r.extraFlags = []string{"host-resolver-rules=MAP * ~NOTFOUND", "allow-file-access-from-files", "proxy-server=http://127.0.0.1:9"}
	b, err := r.startWithTab(t.Context(), evidence.Request{ViewWidth: 400, ViewHeight: 400, Scale: 1})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = b.Close() }()
	ctx, done := b.tab.Within(t.Context(), paced(t, 60*time.Second))
	defer done()
	if err := goTo(ctx, "file://"+filepath.Join(folder, "page.html")); err != nil {
		t.Fatal(err)
	}
	list, _ := json.Marshal(at)
	var answer struct {
		Seconds float64
		Shades  map[int]float64
	}
	err = b.tab.Ask(ctx, fmt.Sprintf(`(async () => {
		const v = document.createElement('video');
		const wait = (name) => new Promise((done, fail) => {
			v.addEventListener(name, done, {once: true});
			v.addEventListener('error', () => fail(new Error('film: ' + v.error.message)), {once: true});
		});
		v.muted = true; v.preload = 'auto'; v.src = %q;
		const there = wait('loadeddata');
		document.body.append(v);
		await there;
		const c = document.createElement('canvas'), g = c.getContext('2d'), Shades = {};
		c.width = v.videoWidth; c.height = v.videoHeight;
		for (const at of v.videoWidth ? %s : []) {
			const sought = wait('seeked');
			v.currentTime = at + 0.5;
			await sought;
			g.drawImage(v, 0, 0);
			Shades[at] = g.getImageData(c.width / 2, c.height / 2, 1, 1).data[0];
		}
		return {Seconds: v.duration, Shades};
	})()`, name, list), &answer)
	if err != nil {
		t.Fatal(err)
	}
	return answer.Seconds, answer.Shades
}

// loads is a page that loads addresses, and shows them to nobody.
func loads(addresses ...string) []byte {
	list, _ := json.Marshal(addresses)
	return fmt.Appendf(nil, `<!doctype html><title>Page</title><p>A film</p><script>(async () => { for (const a of %s) await (await fetch(a)).arrayBuffer(); })();</script>`, list)
}

// What of a film in pieces cannot be had is said, with its numbers; the rest is kept.
func TestWhatOfAFilmInPiecesIsNotThere(t *testing.T) {
	t.Parallel()
	film, sound := filmtest.Pictures(20, 4), filmtest.Sound(20, 4)
	const ts = 188 * 10
	packets := bytes.Repeat(append([]byte{0x47}, noise(187)...), 10)
	const tsList = "#EXTM3U\n#EXTINF:4,\na.ts\n#EXTINF:4,\nb.ts\n"
	one := evidence.Request{}
	for name, row := range map[string]struct {
		change  func(files map[string][]byte)
		request evidence.Request
		config  func(*Config)
		loads   []string
		kept    map[string]int // files and their bytes
		said    string         // films-cut
		asked   int            // requests for pieces in the record
	}{
		"whole": {request: one, loads: []string{"/v/list.m3u8", "/v/init.mp4"}, kept: map[string]int{"film-01.mp4": len(film.Whole())}, asked: 6},
		"sound apart, lists not loaded": {loads: []string{"/main.m3u8"}, change: func(files map[string][]byte) {
			files["/main.m3u8"] = []byte("#EXTM3U\n#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID=\"a\",NAME=\"a\",URI=\"/s/list.m3u8\"\n#EXT-X-STREAM-INF:BANDWIDTH=1,AUDIO=\"a\"\n/v/none.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=2,AUDIO=\"a\"\n/v/list.m3u8\n")
		}, kept: map[string]int{"film-01.mp4": len(film.Whole()), "film-02.m4a": len(sound.Whole())}, asked: 12},
		"a piece is missing": {loads: []string{"/v/list.m3u8"}, change: func(files map[string][]byte) { delete(files, "/v/p002.m4s") },
			kept: map[string]int{"film-01.mp4": len(film.Whole()) - len(film.Pieces[2])}, said: "/v/list.m3u8: 5 of 6 pieces, 16 of 20 seconds: ", asked: 6},
		"a page in place of pieces": {loads: []string{"/v/list.m3u8"}, change: func(files map[string][]byte) {
			for n := range 5 {
				files[fmt.Sprintf("/v/p%03d.m4s", n)] = []byte("<!doctype html><p>sign in</p>")
			}
		}, kept: map[string]int{"film-01.mp4": len(film.Begin)}, said: "/v/list.m3u8: 1 of 6 pieces, 0 of 20 seconds: another file came: text/html", asked: 5},
		"not wanted":            {request: evidence.Request{NoFilms: true}, loads: []string{"/v/list.m3u8", "/v/init.mp4", "/v/p000.m4s"}, said: "/v/list.m3u8: the page had 2 of 6 pieces, 4 of 20 seconds"},
		"not wanted, and there": {request: evidence.Request{NoFilms: true}, loads: []string{"/v/list.m3u8", "/v/init.mp4", "/v/p000.m4s", "/v/p001.m4s", "/v/p002.m4s", "/v/p003.m4s", "/v/p004.m4s"}},
		"budget": {loads: []string{"/v/list.m3u8"}, config: func(c *Config) { c.Limits.MaxFilms = int64(len(film.Begin) + len(film.Pieces[0]) + 10) },
			kept: map[string]int{"film-01.mp4": len(film.Begin) + len(film.Pieces[0])}, said: "/v/list.m3u8: 2 of 6 pieces, 4 of 20 seconds: more than is asked for", asked: 3},
		"key": {loads: []string{"/v/list.m3u8"}, change: func(files map[string][]byte) {
			files["/v/list.m3u8"] = bytes.Replace(files["/v/list.m3u8"], []byte("#EXT-X-MAP"), []byte("#EXT-X-KEY:METHOD=AES-128,URI=\"key\"\n#EXT-X-MAP"), 1)
		}, said: "/v/list.m3u8: encrypted with a key, not asked for: 6 pieces, 20 seconds"},
		"protected, says the list": {loads: []string{"/v/list.m3u8"}, change: func(files map[string][]byte) {
			files["/v/list.m3u8"] = bytes.Replace(files["/v/list.m3u8"], []byte("#EXT-X-MAP"), []byte("#EXT-X-KEY:METHOD=SAMPLE-AES,URI=\"skd://x\",KEYFORMAT=\"com.apple.streamingkeydelivery\"\n#EXT-X-MAP"), 1)
		}, said: "/v/list.m3u8: protected (DRM), not asked for: 6 pieces, 20 seconds"},
		"protected, says its beginning": {loads: []string{"/v/list.m3u8"}, change: func(files map[string][]byte) {
			files["/v/init.mp4"] = append(bytes.Clone(film.Begin), "....encv....sinf"...)
		}, said: "/v/list.m3u8: protected (DRM), not asked for: 6 pieces, 20 seconds", asked: 1},
		"without end, transport stream": {loads: []string{"/l.m3u8"}, change: func(files map[string][]byte) {
			files["/l.m3u8"], files["/a.ts"], files["/b.ts"] = []byte(tsList), packets, packets
		}, kept: map[string]int{"film-01.ts": 2 * ts}, said: "/l.m3u8: without end; the list named 2 pieces, 8 seconds, at the time", asked: 2},
		"parts of one file": {loads: []string{"/l.m3u8"}, change: func(files map[string][]byte) {
			all := film.Whole()
			files["/all.mp4"] = all
			begin, first := len(film.Begin), len(film.Pieces[0])
			files["/l.m3u8"] = fmt.Appendf(nil, "#EXTM3U\n#EXT-X-MAP:URI=\"all.mp4\",BYTERANGE=\"%d@0\"\n#EXTINF:4,\n#EXT-X-BYTERANGE:%d@%d\nall.mp4\n#EXTINF:16,\n#EXT-X-BYTERANGE:%d\nall.mp4\n#EXT-X-ENDLIST",
				begin, first, begin, len(all)-begin-first)
		}, kept: map[string]int{"film-01.mp4": len(film.Whole())}, asked: 3},
		"DASH, sound apart": {loads: []string{"/v/m.mpd"}, change: func(files map[string][]byte) {
			files["/v/m.mpd"] = []byte(`<?xml version="1.0"?><MPD type="static" mediaPresentationDuration="PT20S"><Period><AdaptationSet mimeType="video/mp4"><SegmentTemplate duration="4" startNumber="0" initialization="init.mp4" media="p$Number%03d$.m4s"/><Representation id="a"/></AdaptationSet>` +
				`<AdaptationSet mimeType="audio/mp4"><SegmentTemplate duration="4" startNumber="0" initialization="/s/init.mp4" media="/s/p$Number%03d$.m4s"/><Representation id="s"/></AdaptationSet></Period></MPD>`)
		}, kept: map[string]int{"film-01.mp4": len(film.Whole()), "film-02.m4a": len(sound.Whole())}, asked: 12},
		"shown by the browser's own player": {change: func(files map[string][]byte) {
			files["/"] = []byte(`<!doctype html><title>Page</title><video src="/v/list.m3u8" muted autoplay width=200></video>`)
		}, kept: map[string]int{"film-01.mp4": len(film.Whole())}, asked: 6},
		"a list within the page, in stretches": {change: func(files map[string][]byte) {
			files["/v.mp4"], files["/a.mp4"], files["/other.mp4"] = film.Whole(), sound.Whole(), film.Whole()
			mpd := func(v, a string) string {
				quoted, _ := json.Marshal(`<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT20S"><Period><AdaptationSet contentType="video"><Representation id="v" mimeType="video/mp4" bandwidth="9"><BaseURL>` + v +
					`</BaseURL><SegmentBase indexRange="1-2"/></Representation></AdaptationSet><AdaptationSet contentType="audio"><Representation id="a" mimeType="audio/mp4"><BaseURL>` + a + `</BaseURL></Representation></AdaptationSet></Period></MPD>`)
				return string(quoted)
			}
			files["/"] = append(loads("/v.mp4?bytestart=0&byteend=99"), `<script type="application/json">{"dash_manifest":`+mpd("/v.mp4", "/a.mp4")+`,"next":`+mpd("/other.mp4", "/a.mp4")+`}</script>`...)
		}, kept: map[string]int{"film-01.mp4": len(film.Whole()), "film-02.m4a": len(sound.Whole())}, asked: 2},
		"no list that is understood": {loads: []string{"/l.m3u8"}, change: func(files map[string][]byte) { files["/l.m3u8"] = []byte("#EXTM3U\n#EXTINF:4,\nfile:///etc/passwd\n") },
			said: "/l.m3u8: the list of its pieces was not read: it was not understood"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := map[string][]byte{"/": loads(row.loads...), "/favicon.ico": {0}}
			inPieces(files, "/v/", film, 4, "")
			inPieces(files, "/s/", sound, 4, "")
			if row.change != nil {
				row.change(files)
			}
			server, _ := filed(t, files)
			sink := &memory{}
			request := row.request
			request.Address = server.URL + "/"
			c, err := recorder(t, row.config).Capture(t.Context(), request, sink, nil)
			if err != nil {
				t.Fatal(err)
			}
			consistent(t, c, sink)
			n, asked := 0, 0
			for name, b := range sink.files {
				if evidence.IsFilm(name) {
					if n++; row.kept[name] != len(b) {
						t.Errorf("%s has %d bytes, want %d", name, len(b), row.kept[name])
					}
				}
				if strings.HasSuffix(name, "-pieces.json") {
					asked += strings.Count(string(b), `"address"`)
				}
			}
			said := detail(c, record.ProblemFilmsCut)
			if n != len(row.kept) || asked != row.asked || !strings.Contains(said, row.said) || (said == "") != (row.said == "") || (c.Outcome == evidence.Complete) != (said == "") {
				t.Errorf("%d films, %d requests; outcome %s: %q; %v", n, asked, c.Outcome, said, c.Problems)
			}
		})
	}
}

// Pieces that come otherwise than the page had them are counted; what a page's scripts may not read, the browser loads.
func TestPiecesAreComparedWithThePage(t *testing.T) {
	t.Parallel()
	film := filmtest.Pictures(20, 4)
	files := map[string][]byte{"/": loads("/v/list.m3u8", "/v/init.mp4", "/v/p000.m4s"), "/favicon.ico": {0}}
	inPieces(files, "/v/", film, 4, "")
	inPieces(files, "/far/", film, 4, "")
	far := bytes.ReplaceAll(files["/far/list.m3u8"], []byte("p00"), []byte("http://other.example/far/p00"))
	files["/far/list.m3u8"] = bytes.ReplaceAll(far, []byte("init.mp4"), []byte("http://other.example/far/init.mp4"))
	t.Run("otherwise", func(t *testing.T) {
		t.Parallel()
		var mu sync.Mutex
		asked := 0
		server := serve(t, func(w http.ResponseWriter, r *http.Request) {
			b := files[r.URL.Path]
			if r.URL.Path == "/v/p000.m4s" {
				mu.Lock()
				if asked++; asked > 1 {
					b = film.Pieces[1]
				}
				mu.Unlock()
			}
			w.Header().Set("Cache-Control", "no-store")
			http.ServeContent(w, r, r.URL.Path, time.Time{}, bytes.NewReader(b))
		})
		c, sink := take(t, recorder(t, nil), server.URL+"/")
		if said := detail(c, record.ProblemFilmsCut); !strings.Contains(said, "/v/list.m3u8: 1 pieces came otherwise than the page had them") || len(sink.files["film-01.mp4"]) != len(film.Whole()) {
			t.Errorf("outcome %s: %q", c.Outcome, said)
		}
	})
	t.Run("of another site", func(t *testing.T) {
		t.Parallel()
		mine := map[string][]byte{}
		maps.Copy(mine, files)
		mine["/"] = loads("/far/list.m3u8")
		server, _ := filed(t, mine)
		r := recorder(t, nil)
		r.extraFlags = []string{"host-resolver-rules=MAP other.example " + strings.TrimPrefix(server.URL, "http://")}
		c, sink := take(t, r, server.URL+"/")
		if r.browserKeepsTempInMemory() {
			if c.Outcome != evidence.Complete || !bytes.Equal(sink.files["film-01.mp4"], film.Whole()) {
				t.Errorf("outcome %s with %v", c.Outcome, c.Problems)
			}
		} else if said := detail(c, record.ProblemFilmsCut); !strings.Contains(said, "0 of 6 pieces") {
			t.Errorf("outcome %s: %q", c.Outcome, said)
		}
	})
}

// Lists that name millions of pieces in a few bytes cost little, and are named.
func TestListsOfMillionsOfPiecesAreNamed(t *testing.T) {
	t.Parallel()
	var mpd strings.Builder
	mpd.WriteString(`<?xml version="1.0"?><MPD type="static" mediaPresentationDuration="PT20000S"><Period><AdaptationSet mimeType="video/mp4"><SegmentTemplate duration="1" media="` + strings.Repeat("x", 700) + `$Number$$RepresentationID$.m4s"/>`)
	for n := range 200 {
		fmt.Fprintf(&mpd, `<Representation id="%d"/>`, n)
	}
	mpd.WriteString(`</AdaptationSet></Period></MPD>`)
	files := map[string][]byte{"/favicon.ico": {0}}
	var lists []string
	for n := range 20 {
		name := fmt.Sprintf("/%d.mpd", n)
		files[name], lists = []byte(mpd.String()), append(lists, name)
	}
	files["/"] = loads(lists...)
	server, asked := filed(t, files)
	c, _ := take(t, recorder(t, nil), server.URL+"/")
	if said := detail(c, record.ProblemFilmsCut); c.Outcome != evidence.Partial || !strings.Contains(said, "20 of 20: ") || !strings.Contains(said, "more than is read") || asked("/0.mpd") != 1 {
		t.Errorf("outcome %s, %q", c.Outcome, said)
	}
}

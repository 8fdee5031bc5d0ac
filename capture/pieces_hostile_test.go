package capture

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"constat/capture/playlist/filmtest"
	"constat/capture/record"
	"constat/evidence"
)

// Lists and servers that mislead: nothing of a film is missing without a word, and none is called whole that is not.
func TestListsThatMislead(t *testing.T) {
	t.Parallel()
	film := filmtest.Pictures(20, 4)
	long := sound(9 << 20)
	locked := append(bytes.Clone(film.Begin), "\x00\x00\x00\x10moov....encv....sinf"...)
	type answers map[string]http.HandlerFunc
	for name, row := range map[string]struct {
		change  func(files map[string][]byte)
		serves  answers
		config  func(*Config)
		loads   []string
		kept    map[string]int
		said    string
		without string // what is not said
		asked   string // of the checklist
		table   string // in the record of the pieces
	}{
		"a list of lists that names itself": {loads: []string{"/m.m3u8"}, change: func(files map[string][]byte) {
			files["/m.m3u8"] = []byte("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n/m.m3u8\n")
		}, said: "/m.m3u8: the list of its pieces was not read: "},
		"two that name each other": {loads: []string{"/m.m3u8", "/n.m3u8"}, change: func(files map[string][]byte) {
			files["/m.m3u8"] = []byte("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n/n.m3u8\n")
			files["/n.m3u8"] = []byte("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n/m.m3u8\n")
		}, said: ": the list of its pieces was not read: "},
		"a list sent on elsewhere, which the page had": {loads: []string{"/main.m3u8", "/go.m3u8"}, serves: answers{"/go.m3u8": sent("/v/list.m3u8")},
			change: func(files map[string][]byte) {
				files["/main.m3u8"] = []byte("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n/go.m3u8\n")
			}, kept: map[string]int{"film-01.mp4": len(film.Whole())}},
		"a list sent on elsewhere, which it had not": {loads: []string{"/main.m3u8"}, serves: answers{"/go.m3u8": sent("/v/list.m3u8")},
			change: func(files map[string][]byte) {
				files["/main.m3u8"] = []byte("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=1\n/go.m3u8\n")
			}, kept: map[string]int{"film-01.mp4": len(film.Whole())}},
		"protected from its second part on": {loads: []string{"/v/list.m3u8"}, change: func(files map[string][]byte) {
			files["/v/locked.mp4"] = locked
			files["/v/list.m3u8"] = bytes.Replace(files["/v/list.m3u8"], []byte("#EXTINF:4,\np001"), []byte("#EXT-X-DISCONTINUITY\n#EXT-X-MAP:URI=\"locked.mp4\"\n#EXTINF:4,\np001"), 1)
		}, kept: map[string]int{"film-01.mp4": len(film.Begin) + len(film.Pieces[0])}, said: "/v/list.m3u8: 2 of 7 pieces, 4 of 20 seconds: protected (DRM)"},
		"protected, one long file": {loads: []string{"/l.m3u8"}, change: func(files map[string][]byte) {
			files["/all.mp4"] = append(bytes.Clone(locked), make([]byte, 17<<20)...)
			files["/l.m3u8"] = []byte("#EXTM3U\n#EXTINF:20,\nall.mp4\n#EXT-X-ENDLIST\n")
		}, said: "/l.m3u8: protected (DRM), not asked for"},
		"longer than the budget, and nobody said how long": {loads: []string{"/l.m3u8"}, serves: answers{"/all.mp4": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "video/mp4")
			_, _ = w.Write(film.Begin)
			w.(http.Flusher).Flush()
			_, _ = io.Copy(w, bytes.NewReader(make([]byte, 18<<20)))
		}}, config: func(c *Config) { c.Limits.MaxFilms = 17 << 20 }, change: func(files map[string][]byte) {
			files["/l.m3u8"] = []byte("#EXTM3U\n#EXTINF:20,\nall.mp4\n#EXT-X-ENDLIST\n")
		}, kept: map[string]int{"film-01.mp4": 17 << 20}, said: "/l.m3u8: 0 of 1 pieces, 0 of 20 seconds: more than is asked for"},
		"another stretch than was asked for": {loads: []string{"/l.m3u8"}, serves: answers{"/all.mp4": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "video/mp4")
			w.Header().Set("Content-Range", fmt.Sprintf("bytes 0-99/%d", 200))
			w.WriteHeader(http.StatusPartialContent)
			_, _ = w.Write(film.Whole()[:100])
		}}, change: func(files map[string][]byte) {
			files["/l.m3u8"] = []byte("#EXTM3U\n#EXTINF:10,\n#EXT-X-BYTERANGE:100@0\nall.mp4\n#EXTINF:10,\n#EXT-X-BYTERANGE:100@100\nall.mp4\n#EXT-X-ENDLIST\n")
		}, kept: map[string]int{"film-01.mp4": 100}, said: "/l.m3u8: 1 of 2 pieces, 10 of 20 seconds: "},
		"a page and a list in place of pieces, of no type": {loads: []string{"/v/list.m3u8"}, change: func(files map[string][]byte) {
			files["/v/p001.m4s"] = []byte("\n <!doctype html><p>sign in</p>")
			files["/v/p002.m4s"] = []byte("#EXTM3U\n#EXTINF:4,\na.ts\n")
		}, serves: answers{"/v/p003.m4s": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/octet-stream")
			_, _ = w.Write([]byte(`{"error":"expired"}`))
		}}, kept: map[string]int{"film-01.mp4": len(film.Whole()) - len(film.Pieces[1]) - len(film.Pieces[2]) - len(film.Pieces[3])}, said: "/v/list.m3u8: 3 of 6 pieces, 8 of 20 seconds: another file came: "},
		"a list that is locked names a film that is shown": {change: func(files map[string][]byte) {
			files["/a.wav"] = long
			files["/k.m3u8"] = []byte("#EXTM3U\n#EXT-X-KEY:METHOD=AES-128,URI=\"key\"\n#EXTINF:4,\n/a.wav\n#EXT-X-ENDLIST\n")
			files["/"] = append([]byte(`<!doctype html><video src="/a.wav" controls></video>`), loads("/k.m3u8")...)
		}, kept: map[string]int{"film-01.wav": len(long)}, said: "/k.m3u8: encrypted with a key, not asked for: 1 pieces, 4 seconds"},
		"a piece that the list itself says is not there": {loads: []string{"/v/list.m3u8"}, change: func(files map[string][]byte) {
			files["/v/list.m3u8"] = bytes.Replace(files["/v/list.m3u8"], []byte("#EXTINF:4,\np002"), []byte("#EXT-X-GAP\n#EXTINF:4,\np002"), 1)
		}, kept: map[string]int{"film-01.mp4": len(film.Whole()) - len(film.Pieces[2])}, said: "/v/list.m3u8: 5 of 6 pieces, 16 of 20 seconds: the list says that it is not there", asked: ": 5 came"},
		"pieces sent on elsewhere": {loads: []string{"/v/list.m3u8"}, serves: answers{"/v/p003.m4s": sent("/v/x.m4s")}, change: func(files map[string][]byte) {
			files["/v/x.m4s"] = film.Pieces[3]
		}, kept: map[string]int{"film-01.mp4": len(film.Whole())}, table: "/v/x.m4s\""},
		"lists in later answers from one address": {change: func(files map[string][]byte) {
			files["/v.mp4"] = film.Whole()
			files["/"] = []byte(`<!doctype html><title>Page</title><p>A film</p><script>(async () => {
				for (const body of ['other.mp4', 'v.mp4']) await (await fetch('/api', {method: 'POST', body})).text();
				await (await fetch('/v.mp4?bytestart=0')).arrayBuffer(); })();</script>`)
		}, serves: answers{"/api": func(w http.ResponseWriter, r *http.Request) {
			name, _ := io.ReadAll(r.Body)
			w.Header().Set("Content-Type", "application/json")
			_, _ = fmt.Fprintf(w, `{"dash_manifest":%q}`, `<MPD xmlns="urn:mpeg:dash:schema:mpd:2011" mediaPresentationDuration="PT20S"><Period><AdaptationSet><Representation mimeType="video/mp4"><BaseURL>/`+string(name)+`</BaseURL></Representation></AdaptationSet></Period></MPD>`)
		}}, kept: map[string]int{"film-01.mp4": len(film.Whole())}},
		"pieces that break off, and nobody said how long they are": {loads: []string{"/v/list.m3u8"}, serves: answers{"/v/p001.m4s": untold(film.Pieces[1][:len(film.Pieces[1])-9]), "/v/p002.m4s": untold(film.Pieces[2])},
			kept: map[string]int{"film-01.mp4": len(film.Whole()) - len(film.Pieces[1])}, said: "/v/list.m3u8: 5 of 6 pieces, 16 of 20 seconds: it was not as long as was said"},
		"a piece that breaks off behind a box, and nobody said how long it is": {loads: []string{"/v/list.m3u8"}, serves: answers{"/v/p002.m4s": untold(append(append([]byte{}, film.Pieces[2]...), 0, 0, 0, 8, 'f', 'r', 'e', 'e'))},
			kept: map[string]int{"film-01.mp4": len(film.Whole()) + 8}, said: "/v/list.m3u8: of 1 pieces nobody said where they end; whether they came whole is not known"},
		"pieces of no length that do not come are no beginning": {loads: []string{"/v/m.mpd"}, change: func(files map[string][]byte) {
			files["/v/m.mpd"] = []byte(`<MPD type="static"><Period><AdaptationSet mimeType="video/mp4"><SegmentList><Initialization sourceURL="init.mp4"/><SegmentURL media="p000.m4s"/><SegmentURL media="none.m4s"/></SegmentList><Representation id="a"/></AdaptationSet></Period></MPD>`)
		}, kept: map[string]int{"film-01.mp4": len(film.Begin) + len(film.Pieces[0])}, said: "/v/m.mpd: 2 of 3 pieces, 0 of 0 seconds: ", without: "the beginning"},
		"pieces of no form, and nobody said how long they are": {loads: []string{"/l.m3u8"}, serves: answers{"/a.bin": untold([]byte("ID3 sound"))}, change: func(files map[string][]byte) {
			files["/l.m3u8"] = []byte("#EXTM3U\n#EXTINF:4,\na.bin\n#EXT-X-ENDLIST\n")
		}, kept: map[string]int{"film-01.aac": 9}, said: "/l.m3u8: of 1 pieces nobody said where they end; whether they came whole is not known"},
		"the beginning is missing": {loads: []string{"/v/list.m3u8"}, change: func(files map[string][]byte) { delete(files, "/v/init.mp4") },
			kept: map[string]int{"film-01.mp4": len(film.Whole()) - len(film.Begin)}, said: "/v/list.m3u8: the beginning that the pieces need did not come; without it film-01.mp4 may not play"},
		"a list that names less than it says": {loads: []string{"/v/m.mpd"}, change: func(files map[string][]byte) {
			files["/v/m.mpd"] = []byte(`<MPD type="static" mediaPresentationDuration="PT30S"><Period><AdaptationSet mimeType="video/mp4"><SegmentTemplate duration="4" startNumber="0" endNumber="4" initialization="init.mp4" media="p$Number%03d$.m4s"/><Representation id="a"/></AdaptationSet></Period></MPD>`)
		}, kept: map[string]int{"film-01.mp4": len(film.Whole())}, said: "/v/m.mpd: the list names pieces of 20 seconds, and says that the film has 30"},
		"another form that is longer": {loads: []string{"/main.m3u8", "/v/list.m3u8", "/long.m3u8"}, change: func(files map[string][]byte) {
			files["/main.m3u8"] = []byte("#EXTM3U\n#EXT-X-STREAM-INF:BANDWIDTH=9\n/v/list.m3u8\n#EXT-X-STREAM-INF:BANDWIDTH=2\n/long.m3u8\n")
			files["/long.m3u8"] = []byte("#EXTM3U\n#EXTINF:60,\nlong.ts\n#EXT-X-ENDLIST\n")
		}, kept: map[string]int{"film-01.mp4": len(film.Whole())}, said: "/v/list.m3u8: 1 other forms of it are not as long, the longest 60 seconds; they were not asked for"},
		"names of people in addresses": {loads: []string{"/l.m3u8"}, change: func(files map[string][]byte) {
			files["/all.mp4"] = film.Whole()
			files["/l.m3u8"] = []byte("#EXTM3U\n#EXTINF:20,\n//anna:secret@HOST/all.mp4\n#EXT-X-ENDLIST\n")
		}, kept: map[string]int{"film-01.mp4": len(film.Whole())}},
		"a film of a script's, one that is a file and one in pieces": {change: func(files map[string][]byte) {
			files["/a.wav"], files["/b.bin"] = long, long
			files["/"] = append([]byte(`<!doctype html><video id=b controls></video><video src="/a.wav" controls></video><script>
				fetch('/b.bin').then(async (r) => { b.src = URL.createObjectURL(new Blob([await r.arrayBuffer()], {type: 'audio/wav'})); });</script>`), loads("/v/list.m3u8")...)
		}, kept: map[string]int{"film-01.wav": len(long), "film-02.mp4": len(film.Whole())}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files := map[string][]byte{"/": loads(row.loads...), "/favicon.ico": {0}}
			inPieces(files, "/v/", film, 4, "")
			if row.change != nil {
				row.change(files)
			}
			server := serve(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Cache-Control", "no-store")
				if do := row.serves[r.URL.Path]; do != nil {
					do(w, r)
				} else if b, ok := files[r.URL.Path]; ok {
					b = bytes.ReplaceAll(b, []byte("HOST"), []byte(r.Host))
					if strings.HasSuffix(r.URL.Path, ".m4s") {
						w.Header().Set("Content-Type", "video/mp4")
					}
					http.ServeContent(w, r, r.URL.Path, time.Time{}, bytes.NewReader(b))
				} else {
					http.NotFound(w, r)
				}
			})
			sink := &memory{}
			c, err := recorder(t, row.config).Capture(t.Context(), evidence.Request{Address: server.URL + "/"}, sink, nil)
			if err != nil {
				t.Fatal(err)
			}
			consistent(t, c, sink)
			if p := precondition(t, c, record.ItemAskedAgain); row.asked != "" && !(strings.Contains(p.Detail, row.asked) && strings.Contains(p.Detail, row.asked[2:3]+" pieces of ")) {
				t.Errorf("%+v", p)
			}
			if bytes.Contains(sink.files["film-01-pieces.json"], []byte("secret")) {
				t.Error("the record has what stands before a host")
			}
			if table := string(sink.files["film-01-pieces.json"]); row.table != "" && !strings.Contains(table, `"sent_on": "`+server.URL+row.table) {
				t.Error(table)
			}
			n := 0
			for name, b := range sink.files {
				if evidence.IsFilm(name) {
					if n++; row.kept[name] != len(b) {
						t.Errorf("%s has %d bytes, want %d", name, len(b), row.kept[name])
					}
				}
			}
			said := detail(c, record.ProblemFilmsCut)
			if n != len(row.kept) || !strings.Contains(said, row.said) || row.without != "" && strings.Contains(said, row.without) || (said == "") != (row.said == "") || (c.Outcome == evidence.Complete) != (said == "") {
				t.Errorf("%d films; outcome %s: %q; %v", n, c.Outcome, said, c.Problems)
			}
		})
	}
}

// sent sends a request on to another address.
func sent(to string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, to, http.StatusFound) }
}

// untold answers with a body that ends where the connection does, as servers of old do.
func untold(body []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		c, out, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		defer c.Close()
		_, _ = out.WriteString("HTTP/1.0 200 OK\r\nContent-Type: application/octet-stream\r\nAccess-Control-Allow-Origin: *\r\nConnection: close\r\n\r\n")
		_, _ = out.Write(body)
		_ = out.Flush()
	}
}

// A page from elsewhere does not have us ask this device, or what stands beside it.
func TestListsDoNotReachTheLocalNetwork(t *testing.T) {
	for address, local := range map[string]bool{
		"http://192.168.1.1/a.ts": true, "https://localhost:8443/": true, "http://127.1/": true, "http://0x7f.1/": true, "http://2130706433/": true, "http://[::1]/": true,
		"http://[::ffff:10.0.0.1]/": true, "http://[fe80::1]/": true, "http://printer/": true, "http://nas.local./": true, "http://router.lan/": true, "http://100.64.1.1/": true, "http://169.254.169.254/": true,
		"https://h.example/a.ts": false, "http://8.8.8.8/": false, "http://[2001:4860:4860::8888]/": false, "https://1.h.example./": false,
	} {
		if got := localAddress(address); got != local {
			t.Errorf("%s: %t", address, got)
		}
		if (&way{}).mayAsk(address) == local || !(&way{local: true}).mayAsk(address) {
			t.Errorf("%s is asked for wrongly", address)
		}
	}
}

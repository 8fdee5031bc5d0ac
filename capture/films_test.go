package capture

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
	"io"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"constat/capture/playlist/filmtest"
	"constat/capture/record"
	"constat/evidence"
)

// noise are bytes that nothing makes smaller.
func noise(n int) []byte {
	b := make([]byte, n)
	r := rand.New(rand.NewPCG(1, 2))
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

// sound is a WAV of that many bytes: the browser plays it without a codec of anybody's.
func sound(n int) []byte {
	le := func(v, size int) []byte {
		b := make([]byte, size)
		for i := range b {
			b[i] = byte(v >> (8 * i))
		}
		return b
	}
	data := n - 44
	return bytes.Join([][]byte{
		[]byte("RIFF"), le(n-8, 4), []byte("WAVEfmt "), le(16, 4), le(1, 2), le(1, 2), le(8000, 4), le(8000, 4), le(1, 2), le(8, 2),
		[]byte("data"), le(data, 4), noise(data),
	}, nil)
}

// filed serves files by their paths, in stretches where these are asked for, and counts the requests.
func filed(t *testing.T, files map[string][]byte) (*httptest.Server, func(path string) int) {
	var mu sync.Mutex
	asked := map[string]int{}
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		b, ok := files[r.URL.Path]
		if !ok {
			http.NotFound(w, r)
			return
		}
		mu.Lock()
		asked[r.URL.Path]++
		mu.Unlock()
		w.Header().Set("Cache-Control", "no-store")
		http.ServeContent(w, r, r.URL.Path, time.Time{}, bytes.NewReader(b))
	})
	return server, func(path string) int {
		mu.Lock()
		defer mu.Unlock()
		return asked[path]
	}
}

func TestFilmsAreAskedForOnceMore(t *testing.T) {
	t.Parallel()
	film := sound(9 << 20)
	files := map[string][]byte{"/a.wav": film, "/b.wav": film}
	files["/"] = []byte(`<!doctype html><title>Page</title><video src="/a.wav" controls></video><video src="http://other.example/b.wav" controls></video>`)
	files["/favicon.ico"] = []byte{0}
	for name, row := range map[string]struct {
		change  func(*Config)
		request evidence.Request
		kept    int
	}{
		"whole":      {kept: 2},
		"budget":     {change: func(c *Config) { c.Limits.MaxFilms = 10 << 20 }, kept: 1},
		"not-wanted": {request: evidence.Request{NoFilms: true}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server, _ := filed(t, files)
			r := recorder(t, row.change)
			r.extraFlags = []string{"host-resolver-rules=MAP other.example " + strings.TrimPrefix(server.URL, "http://")}
			sink := &memory{}
			request := row.request
			request.Address = server.URL + "/"
			c, err := r.Capture(t.Context(), request, sink, nil)
			if err != nil {
				t.Fatal(err)
			}
			consistent(t, c, sink)
			if !r.browserKeepsTempInMemory() && row.kept > 1 {
				row.kept = 1
			}
			n := 0
			for name, b := range sink.files {
				if evidence.IsFilm(name) {
					n++
					if !bytes.Equal(b, film) {
						t.Errorf("%s is not the film: %d bytes", name, len(b))
					}
				}
			}
			said := detail(c, record.ProblemFilmsCut)
			if n != row.kept || (said == "") != (row.kept == 2) || row.kept < 2 && !strings.Contains(said, fmt.Sprintf("of %d bytes", len(film))) {
				t.Errorf("%d films kept, want %d; %s %q", n, row.kept, c.Outcome, said)
			}
			if (c.Outcome == evidence.Complete) != (row.kept == 2) {
				t.Errorf("outcome %s with %v", c.Outcome, c.Problems)
			}
			p := precondition(t, c, record.ItemAskedAgain)
			if (p.State == evidence.Met) != (row.kept == 0) || strings.Count(p.Detail, "status 200, "+fmt.Sprint(len(film))+" bytes") != row.kept {
				t.Errorf("%+v", p)
			}
		})
	}
}

// browserKeepsTempInMemory tells whether what the browser loads for us goes to memory.
func (r *Recorder) browserKeepsTempInMemory() bool {
	_, err := os.Stat("/dev/shm")
	return err == nil || os.Getenv("XDG_RUNTIME_DIR") != ""
}

// A file that is opened is the exhibit, whatever its size; the browser is not sent for what it has.
func TestFileThatIsOpenedIsKept(t *testing.T) {
	t.Parallel()
	picture := &image.RGBA{Pix: noise(2300 * 2300 * 4), Stride: 2300 * 4, Rect: image.Rect(0, 0, 2300, 2300)}
	var photo bytes.Buffer
	if err := png.Encode(&photo, picture); err != nil || photo.Len() < 17<<20 {
		t.Fatalf("%d bytes: %v", photo.Len(), err)
	}
	for path, row := range map[string]struct {
		file  []byte
		name  string
		times int
	}{
		"/photo.png": {photo.Bytes(), "opened-file.png", 1},
		"/sound.wav": {sound(5 << 20), "opened-file.wav", 0},
		"/paper.pdf": {pdf(), "opened-file.pdf", 0},
	} {
		t.Run(path[1:], func(t *testing.T) {
			t.Parallel()
			server, asked := filed(t, map[string][]byte{path: row.file})
			c, sink := take(t, recorder(t, nil), server.URL+path)
			if c.Outcome != evidence.Complete || !bytes.Equal(sink.files[row.name], row.file) {
				t.Errorf("outcome %s with %v; %s has %d of %d bytes", c.Outcome, c.Problems, row.name, len(sink.files[row.name]), len(row.file))
			}
			if row.times > 0 && asked(path) != row.times {
				t.Errorf("asked for %d times", asked(path))
			}
		})
	}
}

// A film that a player in a frame feeds is named as one of the page itself is: players are mostly in frames.
func TestFilmsInFramesAreNamed(t *testing.T) {
	t.Parallel()
	film := filmtest.Pictures(20, 4)
	player := fmt.Appendf(nil, `<!doctype html><body style="margin:0"><video id="v" width="200" muted></video><script>
(async () => {
	const source = new MediaSource(), v = document.getElementById('v');
	v.src = URL.createObjectURL(source);
	await new Promise((done) => source.addEventListener('sourceopen', done, {once: true}));
	const buffer = source.addSourceBuffer('%s');
	for (const part of ['/v/init.mp4', '/v/p000.m4s']) {
		buffer.appendBuffer(await (await fetch(part)).arrayBuffer());
		await new Promise((done) => buffer.addEventListener('updateend', done, {once: true}));
	}
	source.duration = 20;
})();
</script>`, filmtest.PictureType)
	for name, row := range map[string]struct{ page, said string }{
		"same site":            {`<iframe src="/player" width=240 height=200></iframe>`, "1 of 1: "},
		"sandboxed":            {`<iframe src="/player" sandbox="allow-scripts" width=240 height=200></iframe>`, "1 of 1: "},
		"another site":         {`<iframe src="http://localhost:PORT/player" width=240 height=200></iframe>`, "1 of 1: "},
		"a frame in a frame":   {`<iframe src="http://localhost:PORT/outer" width=260 height=230></iframe>`, "1 of 1: "},
		"in each, and outside": {`<iframe src="/player"></iframe><iframe src="http://localhost:PORT/player"></iframe><iframe srcdoc="<video src=/gone.mp4 width=50 preload=none></video>"></iframe>`, "3 of 3: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Access-Control-Allow-Origin", "*")
				port := r.Host[strings.LastIndexByte(r.Host, ':')+1:]
				switch r.URL.Path {
				case "/":
					_, _ = io.WriteString(w, "<!doctype html><title>Page</title><p>A film</p>"+strings.ReplaceAll(row.page, "PORT", port))
				case "/outer":
					_, _ = io.WriteString(w, "<!doctype html><iframe src=/player></iframe>")
				case "/player":
					_, _ = w.Write(player)
				case "/v/init.mp4":
					_, _ = w.Write(film.Begin)
				case "/v/p000.m4s":
					_, _ = w.Write(film.Pieces[0])
				default:
					w.WriteHeader(http.StatusNoContent)
				}
			})
			c, _ := take(t, recorder(t, nil), server.URL+"/")
			said := detail(c, record.ProblemFilmsCut)
			if c.Outcome != evidence.Partial || !strings.HasPrefix(said, row.said) || !strings.Contains(said, ": 4 of 20 seconds loaded") {
				t.Errorf("outcome %s: %q", c.Outcome, said)
			}
		})
	}
}

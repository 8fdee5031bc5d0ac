package capture

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"image"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"constat/capture/record"
	"constat/evidence"
	"constat/internal/pace"
)

// traps are the pages of TestTraps, by name.
func traps() map[string]trap {
	return map[string]trap{
		// Loading.
		"never-idle": {
			over: plain,
			page: at(map[string]http.HandlerFunc{
				"/":          html(`<h1>here</h1><script>const ask = () => fetch('/poll').then(ask); ask(); fetch('/poll/long')</script>`),
				"/poll":      func(w http.ResponseWriter, r *http.Request) { io.WriteString(w, "again") },
				"/poll/long": func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
			}),
			change:  impatient,
			outcome: evidence.Partial, problems: []string{record.ProblemResourceFailed}, text: []string{"here"},
		},
		"endless-video": {
			over: plain,
			page: at(map[string]http.HandlerFunc{
				"/": html(`<h1>here</h1><video autoplay muted src="/film"></video><audio autoplay src="/film"></audio>`),
				"/film": func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Content-Type", "video/webm")
					w.Write([]byte("\x1a\x45\xdf\xa3"))
					http.NewResponseController(w).Flush()
					<-r.Context().Done()
				},
			}),
			outcome: evidence.Partial, text: []string{"here"},
			problems: []string{record.ProblemFilmsCut, record.ProblemFilmsCut, record.ProblemWACZIncomplete}, // film and sound
			check: func(t *testing.T, c *Capture, sink *memory, s *trapServer) {
				if a := answerTo(t, recordsOf(t, sink), "/film"); a.body != "\x1a\x45\xdf\xa3" || a.truncated != "time" {
					t.Errorf("film: %q %q", a.truncated, a.body)
				}
			},
		},
		"custom-scheme": {
			over:    plain,
			page:    html(`<h1>here</h1><iframe src="tel:110"></iframe><script>location.href = "constat-test-app://open?x=1"</script>`),
			outcome: evidence.Complete, problems: []string{record.ProblemProgram}, text: []string{"here"},
			check: func(t *testing.T, c *Capture, sink *memory, s *trapServer) {
				if got := detail(c, record.ProblemProgram); got != "constat-test-app://open?x=1" || c.Page.FinalAddress != s.URL+"/" || len(c.Page.Redirects) != 0 {
					t.Errorf("program %q, address %q, redirects %v", got, c.Page.FinalAddress, c.Page.Redirects)
				}
			},
		},
		"custom-scheme-redirect": {
			over: tls2,
			page: at(map[string]http.HandlerFunc{
				"/":   html(`<h1>here</h1><script>onload = () => location.href = "/go"</script>`),
				"/go": http.RedirectHandler("constat-test-app://x", http.StatusFound).ServeHTTP,
			}),
			outcome: evidence.Complete, problems: []string{record.ProblemProgram}, text: []string{"here"},
			check: func(t *testing.T, c *Capture, sink *memory, s *trapServer) {
				if detail(c, record.ProblemProgram) != "constat-test-app://x" || c.Page.FinalAddress != s.URL+"/" || c.Page.Status != 200 {
					t.Errorf("problems %v, address %q, status %d", c.Problems, c.Page.FinalAddress, c.Page.Status)
				}
			},
		},
		"asks-for-everything": {
			over: tls2,
			page: html(`<h1>here</h1><script>prompt("name?", "Anna"); print(); navigator.geolocation.getCurrentPosition(() => {});
				Notification.requestPermission(); navigator.mediaDevices?.getUserMedia({video: true}).catch(() => {});
				navigator.registerProtocolHandler?.('mailto', '/?%s');</script>`),
			outcome: evidence.Complete, problems: []string{record.ProblemDialog}, text: []string{"here"},
		},
		"basic-auth": {
			over: plain,
			page: func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("WWW-Authenticate", `Basic realm="members"`)
				w.Header().Set("Content-Type", "text/html")
				w.WriteHeader(401)
				io.WriteString(w, "<h1>members only</h1>")
			},
			outcome: evidence.LoginPage, problems: []string{record.ProblemErrorPage},
			check: func(t *testing.T, c *Capture, sink *memory, s *trapServer) {
				if c.Page.Status != 401 || c.Page.FinalAddress != s.URL+"/" {
					t.Errorf("status %d, address %q", c.Page.Status, c.Page.FinalAddress)
				}
			},
		},
		"head-lies": {
			over: plain,
			page: func(w http.ResponseWriter, r *http.Request) {
				if r.Method == http.MethodHead {
					w.Header().Set("Content-Type", "application/zip")
					return
				}
				html("<h1>here</h1>")(w, r)
			},
			outcome: evidence.Complete, text: []string{"here"},
			check: func(t *testing.T, c *Capture, sink *memory, s *trapServer) {
				for _, one := range s.requests() {
					if one.method != http.MethodGet {
						t.Errorf("%s was asked", one.method)
					}
				}
			},
		},
		"service-worker": {
			over: both,
			page: at(map[string]http.HandlerFunc{
				// The page has not loaded before it has loaded itself again.
				"/": html(`<h1>from the server</h1><script>if (!sessionStorage.again) document.write('<img src="/never">'); navigator.serviceWorker.register('/worker.js');
					navigator.serviceWorker.ready.then(() => { if (!sessionStorage.again) { sessionStorage.again = 1; location.reload() } })</script>`),
				"/never": func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
				"/worker.js": func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Content-Type", "text/javascript")
					io.WriteString(w, `addEventListener('install', () => skipWaiting()); addEventListener('activate', (e) => e.waitUntil(clients.claim()));
						addEventListener('fetch', (e) => e.respondWith(new Response('<h1>from the worker</h1>', {headers: {'Content-Type': 'text/html'}})))`)
				},
			}),
			outcome: evidence.Complete, text: []string{"from the server"}, never: []string{"from the worker"},
			check: func(t *testing.T, c *Capture, sink *memory, s *trapServer) {
				list := s.requests()
				if visits(list, "/") != 2 || visits(list, "/worker.js") == 0 {
					t.Errorf("requests %v", list)
				}
			},
		},
		"zstd": {
			over: tls2,
			page: func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				w.Header().Set("Content-Encoding", "zstd")
				w.Write(zstdFrame("<!doctype html><title>Page</title><h1>squeezed</h1>"))
			},
			outcome: evidence.Complete, text: []string{"squeezed"},
			check: func(t *testing.T, c *Capture, sink *memory, s *trapServer) {
				x := readHeaders(t, sink)[0]
				if field(x.Response, "Content-Encoding") != "zstd" || !strings.Contains(field(x.Request, "Accept-Encoding"), "zstd") {
					t.Errorf("headers %+v", x)
				}
			},
		},
		"own-user-agent": {
			over: plain, page: html("<h1>here</h1><script>document.title = navigator.userAgent</script>"),
			outcome: evidence.Complete,
			check: func(t *testing.T, c *Capture, sink *memory, s *trapServer) {
				if sent := s.requests()[0].header.Get("User-Agent"); sent != c.Browser.UserAgent || c.Page.Title != sent {
					t.Errorf("sent %q, recorded %q, told the page %q", sent, c.Browser.UserAgent, c.Page.Title)
				}
			},
		},
		"console-spam": {
			over:    plain,
			page:    html(`<h1>here</h1><script>setInterval(() => { for (let i = 0; i < 2000; i++) console.error('x'.repeat(2000), {i}); }, 10)</script>`),
			outcome: evidence.Complete, text: []string{"here"},
		},
		"new-tab": {
			over:    plain,
			page:    html(`<h1>here</h1><a id=a target=_blank href="/other">other</a><script>if (location.pathname === '/') a.click()</script>`),
			outcome: evidence.Complete, problems: []string{record.ProblemPopup}, text: []string{"here"},
		},
		// Targets that are no HTML.
		"pdf-target": {
			over: plain,
			page: func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "application/pdf")
				w.Write(pdf())
			},
			change:  func(c *Config) { c.Limits.Settle = pace.Browser(c.Executable.Path).Of(4 * time.Second) },
			outcome: evidence.Complete, problems: []string{record.ProblemViewer, record.ProblemWACZIncomplete},
			check: func(t *testing.T, c *Capture, sink *memory, s *trapServer) {
				if !bytes.Equal(sink.files["opened-file.pdf"], pdf()) {
					t.Errorf("the file is not kept: %v", artifactNames(c))
				}
				coloured(t, c, sink, 790, 150, [3]uint32{255, 0, 0})
				if c.Page.MediaType != "application/pdf" {
					t.Errorf("media type %q", c.Page.MediaType)
				}
			},
		},
		"picture-target": {
			over: tls2,
			page: func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "image/svg+xml")
				io.WriteString(w, square)
			},
			outcome: evidence.Complete,
		},
		"text-target": {
			over: plain,
			page: func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/plain; charset=utf-8")
				io.WriteString(w, "plain words é 例")
			},
			outcome: evidence.Complete, text: []string{"plain words é 例"},
		},
		// What the page is made of.
		"frames-of-other-sites": framesOfOtherSites(plain),
		// The certificate of a frame's own host is known to the frame's own process only.
		"frames-of-other-sites-tls": framesOfOtherSites(tls2, record.ProblemChainsLeft),
		"frameset": {
			over: plain,
			page: at(map[string]http.HandlerFunc{
				"/": func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Content-Type", "text/html")
					io.WriteString(w, `<html><head><title>Page</title></head><frameset cols="50%,50%" border=0 frameborder=0><frame src="/left" scrolling=no><frame src="/right"></frameset></html>`)
				},
				"/left":  html(`<body style="margin:0;background:rgb(0,200,0)">left words`),
				"/right": html(`<body style="margin:0;background:rgb(0,0,200)">right words<div style="height:3000px"></div>`),
			}),
			outcome: evidence.Complete, text: []string{"left words", "right words"},
			check: func(t *testing.T, c *Capture, sink *memory, s *trapServer) {
				coloured(t, c, sink, 300, 700, [3]uint32{0, 200, 0})
				coloured(t, c, sink, 1000, 700, [3]uint32{0, 0, 200})
				if !has(c, evidence.PaneName(1, 4)) {
					t.Errorf("the second frame was not scrolled: %v", artifactNames(c))
				}
			},
		},
		"grid": {
			over: plain,
			page: html(`<body style="margin:0"><div style="display:grid;grid-template-columns:repeat(4,1fr);grid-auto-rows:700px">` +
				strings.Repeat(`<div style="background:rgb(1,100,1)"></div><div style="background:rgb(2,2,100)"></div>`, 20) + `</div>`),
			outcome: evidence.Complete,
			check: func(t *testing.T, c *Capture, sink *memory, s *trapServer) {
				for row := range 10 {
					coloured(t, c, sink, 10, row*700+350, [3]uint32{1, 100, 1})
					coloured(t, c, sink, 1270, row*700+350, [3]uint32{2, 2, 100})
				}
			},
		},
		"svg-and-canvas": {
			over: plain,
			page: html(`<body style="margin:0">` + square + `<canvas id=c width=200 height=200></canvas><canvas id=g width=200 height=200></canvas><p id=p></p><script>
				const two = c.getContext('2d'); two.fillStyle = 'rgb(0,0,200)'; two.fillRect(0, 0, 200, 200);
				const gl = g.getContext('webgl'); if (gl) { gl.clearColor(0, 200/255, 0, 1); gl.clear(gl.COLOR_BUFFER_BIT); } else p.textContent = 'no webgl';
				</script>`),
			outcome: evidence.Complete,
			check: func(t *testing.T, c *Capture, sink *memory, s *trapServer) {
				coloured(t, c, sink, 100, 100, [3]uint32{200, 0, 0})
				coloured(t, c, sink, 300, 100, [3]uint32{0, 0, 200})
				if strings.Contains(string(sink.files[evidence.TextName]), "no webgl") {
					return // a browser without a graphics processor may refuse
				}
				coloured(t, c, sink, 500, 100, [3]uint32{0, 200, 0})
			},
		},
		"right-to-left": {
			over:    tls2,
			page:    html(`<html dir=rtl lang=ar><meta charset=utf-8><script>document.title = "صورة · 画像 · תמונה"</script><p style="font-size:40px;width:600px;margin-right:0">هذه صورتي، احذفها!</p><p>תמונה שלי</p><p lang=ja>これは私の写真です。</p><p lang=zh>这是我的照片</p><p lang=ko>제 사진입니다</p>`),
			outcome: evidence.Complete,
			text:    []string{"هذه صورتي، احذفها!", "תמונה שלי", "これは私の写真です。", "这是我的照片", "제 사진입니다"},
			check: func(t *testing.T, c *Capture, sink *memory, s *trapServer) {
				if c.Page.Title != "صورة · 画像 · תמונה" {
					t.Errorf("title %q", c.Page.Title)
				}
				img := opened(t, sink.files[evidence.TileName(1)])
				ink := func(from, to int) (n int) {
					for y := range 120 {
						for x := from; x < to; x++ {
							if rgb(img, x, y) != [3]uint32{255, 255, 255} {
								n++
							}
						}
					}
					return n
				}
				if left, right := ink(0, 640), ink(640, 1280); left > 0 || right < 500 {
					t.Errorf("%d points of ink on the left, %d on the right", left, right)
				}
			},
		},
		"tall-sticky": {
			over: plain,
			page: html(`<body style="margin:0"><div style="display:flex;height:9000px"><div style="width:600px"></div>
				<div style="position:sticky;top:0;align-self:flex-start;width:300px"><div style="height:2100px;background:rgb(0,0,200)"></div></div></div>`),
			outcome: evidence.Complete,
			check: func(t *testing.T, c *Capture, sink *memory, s *trapServer) {
				at, rows := wholePage(t, c, sink), 0
				for y := range c.Page.Height {
					if at(700, y) == [3]uint32{0, 0, 200} {
						rows++
					}
				}
				if rows != 2100 {
					t.Errorf("%d rows", rows)
				}
			},
		},
		"inner-scroller": {
			over: plain,
			page: html(`<body style="margin:0;height:100vh;overflow:hidden"><div style="height:100vh;overflow-y:scroll"><script>
				for (let y = 0; y < 12479; y += 100) { const n = y / 100 + 1, d = document.createElement('div');
					d.style.cssText = 'height:' + Math.min(100, 12479 - y) + 'px;background:rgb(' + [n & 255, n >> 8, 200] + ')'; document.currentScript.parentElement.append(d); }
				</script></div>`),
			outcome: evidence.Complete,
			check: func(t *testing.T, c *Capture, sink *memory, s *trapServer) {
				rows := map[[3]uint32]int{}
				for n := 1; has(c, evidence.PaneName(1, n)); n++ {
					img := opened(t, sink.files[evidence.PaneName(1, n)])
					here := map[[3]uint32]int{}
					for y := range img.Bounds().Dy() {
						here[rgb(img, 600, y)]++
					}
					for colour, count := range here {
						rows[colour] = max(rows[colour], count)
					}
				}
				for y := 0; y < 12479; y += 100 {
					if got, want := rows[rulerColour(y)], min(100, 12479-y); got != want {
						t.Errorf("band %d: %d rows of %d", y, got, want)
					}
				}
			},
		},
		"hostile-words": {
			over: both,
			page: at(map[string]http.HandlerFunc{
				"/": func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("X-Long", strings.Repeat("l", 100_000))
					w.Header().Set("X-Bidi", "a\u202eb")
					html(`<script>document.title = "t\u202e\u0000\u001b[31m" + "long ".repeat(200000);
						alert("a\u202e\u001b[2J" + "x".repeat(1000000))</script><p>`+strings.Repeat("\u202e\u0007words ", 1000)+
						`<iframe hidden src="/file"></iframe>`)(w, r)
				},
				"/file": func(w http.ResponseWriter, r *http.Request) {
					w.Header().Set("Content-Disposition", `attachment; filename*=UTF-8''a%E2%80%AEgpj%07`+strings.Repeat("x", 5000)+`.exe`)
					io.WriteString(w, "MZ")
				},
			}),
			outcome: evidence.Complete, problems: []string{record.ProblemDialog, record.ProblemDownload},
			check: func(t *testing.T, c *Capture, sink *memory, s *trapServer) {
				if !strings.HasPrefix(c.Page.Title, "t\u202e") || len(utf16.Encode([]rune(c.Page.Title))) != 10_000 {
					t.Errorf("title of %d bytes: %.20q", len(c.Page.Title), c.Page.Title)
				}
				for _, p := range c.Problems {
					if p.Detail != evidence.Clean(p.Detail) || len(p.Detail) > 2000+100 || strings.ContainsAny(p.Detail, "\u202e\u001b\u0007") {
						t.Errorf("%s of %d bytes: %.80q", p.Code, len(p.Detail), p.Detail)
					}
				}
				x := readHeaders(t, sink)[0]
				if len(field(x.Response, "X-Long")) != 100_000 || field(x.Response, "X-Bidi") == "" {
					t.Errorf("headers: %d bytes, %q", len(field(x.Response, "X-Long")), field(x.Response, "X-Bidi"))
				}
			},
		},
		"white": {
			over: plain, page: html(`<body style="background:#fff;color:#fff"><p>words in white on white</p>`),
			outcome: evidence.Blank,
		},
		"untrusted-picture": {
			over:    plain,
			page:    html(`<h1>here</h1><img src="https://self-signed.example/x.png">`),
			outcome: evidence.Partial, problems: []string{record.ProblemResourceFailed}, text: []string{"here"},
		},
	}
}

// framesOfOtherSites is a page with a frame of another site in a frame of a third, twice.
func framesOfOtherSites(over []string, problems ...string) trap {
	return trap{
		over: over, problems: problems,
		page: func(w http.ResponseWriter, r *http.Request) {
			port := r.Host[strings.LastIndex(r.Host, ":")+1:]
			scheme := "http"
			if r.TLS != nil {
				scheme = "https"
			}
			inner := func(host string) string {
				return fmt.Sprintf(`<iframe style="border:0;position:absolute;left:100px;top:100px;width:400px;height:300px" src="%s://%s:%s/"></iframe>`, scheme, host, port)
			}
			switch {
			case strings.HasPrefix(r.Host, "one."):
				html(`<body style="margin:0;background:rgb(0,200,0)">`+inner("two.example"))(w, r)
			case strings.HasPrefix(r.Host, "two."):
				html(`<body style="margin:0;background:rgb(0,0,200)">inner words`)(w, r)
			default:
				html(`<body style="margin:0;background:rgb(200,0,0)">outer words<div style="height:3000px"></div>`+inner("one.example")+strings.Replace(inner("one.example"), "top:100px", "top:2500px", 1))(w, r)
			}
		},
		outcome: evidence.Complete, text: []string{"outer words", "inner words"},
		check: func(t *testing.T, c *Capture, sink *memory, s *trapServer) {
			nested := func(img image.Image, top int) {
				for at, want := range map[[2]int][3]uint32{{50, 50}: {200, 0, 0}, {150, 50}: {0, 200, 0}, {300, 200}: {0, 0, 200}} {
					if got := rgb(img, at[0], top+at[1]); got != want {
						t.Errorf("at %d,%d: %v, want %v", at[0], top+at[1], got, want)
					}
				}
			}
			nested(opened(t, sink.files[evidence.TileName(1)]), 100)
			// One of the frame below the window, then those of what is cut off in each of the two.
			if !has(c, evidence.FrameName(3)) {
				t.Fatalf("artifacts %v", artifactNames(c))
			}
			nested(opened(t, sink.files[evidence.FrameName(1)]), 378)
			if !strings.Contains(string(sink.files[evidence.MHTMLName]), "two.example") {
				t.Error("MHTML has not the frames")
			}
		},
	}
}

// at serves each path with its own handler.
func at(paths map[string]http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		if page, ok := paths[r.URL.Path]; ok {
			page(w, r)
			return
		}
		http.NotFound(w, r)
	}
}

const square = `<svg xmlns="http://www.w3.org/2000/svg" width="200" height="200"><title>square</title><rect width="200" height="200" fill="rgb(200,0,0)"/></svg>`

// zstdFrame is a frame of one raw block (RFC 8878).
func zstdFrame(text string) []byte {
	b := []byte{0x28, 0xb5, 0x2f, 0xfd, 0xa0}
	b = binary.LittleEndian.AppendUint32(b, uint32(len(text)))
	block := uint32(len(text))<<3 | 1
	return append(append(b, byte(block), byte(block>>8), byte(block>>16)), text...)
}

// pdf is a file of one page that is a red square.
func pdf() []byte {
	var b strings.Builder
	var offsets []int
	b.WriteString("%PDF-1.4\n")
	stream := "1 0 0 rg 0 0 200 200 re f"
	for n, object := range []string{
		"<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
		"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] /Contents 4 0 R >>",
		fmt.Sprintf("<< /Length %d >>\nstream\n%s\nendstream", len(stream), stream),
	} {
		offsets = append(offsets, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", n+1, object)
	}
	start := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(offsets)+1)
	for _, o := range offsets {
		fmt.Fprintf(&b, "%010d 00000 n \n", o)
	}
	fmt.Fprintf(&b, "trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n", len(offsets)+1, start)
	return []byte(b.String())
}

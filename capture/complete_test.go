package capture

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"constat/capture/record"
	"constat/evidence"
)

// Each pane holds ten bands of a colour of its own, of which it shows a few: one in a shadow root, one
// that counts from its end, one moved by a script alone, a small one, and a row that goes sideways.
func TestWhatScrollsInsideIsWhole(t *testing.T) {
	t.Parallel()
	server := serve(t, html(`<body style="margin:0;height:100vh;overflow:hidden"><div id=host></div>
		<div id=back style="height:200px;overflow-y:auto;display:flex;flex-direction:column-reverse"></div>
		<div id=hidden style="height:150px;width:600px;overflow:hidden"></div>
		<div id=small style="height:50px;overflow-y:auto"></div>
		<div id=row style="display:flex;overflow-x:auto;width:400px;height:100px"></div><script>
		const fill = (into, red, across) => { for (let n = 0; n < 10; n++) { const d = document.createElement('div');
			d.style.cssText = (across ? 'flex:none;width:150px;height:90px' : 'flex:none;height:80px') + ';background:rgb(' + red + ',' + (n + 1) * 10 + ',200)'; into.append(d); } };
		const shadow = host.attachShadow({mode: 'open'}); shadow.innerHTML = '<div id=in style="height:200px;overflow-y:auto"></div><p>words in the shadow</p>';
		fill(shadow.getElementById('in'), 10); fill(back, 20); fill(hidden, 30); fill(small, 40); fill(row, 50, true);
	</script>`))
	c, sink := take(t, recorder(t, nil), server.URL)
	wantOutcome(t, c, evidence.Complete)
	seen := map[[3]uint32]bool{}
	for name, b := range sink.files {
		if !evidence.IsStep(name) && !evidence.IsTile(name) {
			continue
		}
		img := opened(t, b)
		for y := range min(img.Bounds().Dy(), 900) {
			for _, x := range []int{50, 120, 200, 290, 350} {
				seen[rgb(img, x, y)] = true
			}
		}
	}
	for red := uint32(10); red <= 50; red += 10 {
		for n := uint32(10); n <= 100; n += 10 {
			if !seen[[3]uint32{red, n, 200}] {
				t.Errorf("band %d of pane %d is in no picture", n/10, red/10)
			}
		}
	}
	if text := string(sink.files[evidence.TextName]); !strings.Contains(text, "words in the shadow") {
		t.Errorf("the text lacks that of a shadow root: %q", text)
	}
}

// What the server refused to a script, what a request to sign in covers, and what a frame or a film
// holds beyond what came, is said with a number.
func TestWhatDidNotComeIsSaid(t *testing.T) {
	t.Parallel()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/api":
			w.WriteHeader(http.StatusTooManyRequests)
		case "/inner":
			html(`<body style="margin:0"><canvas width=300 height=3000 style="display:block">`)(w, r)
		default:
			html(`<body style="margin:0;overflow:hidden"><p style="height:3000px">post</p><iframe src="/inner" width=300 height=200></iframe>
				<video src="/film.mp4" preload=none width=300 height=200></video>
				<div style="position:fixed;inset:0;background:#000c"><div role=dialog style="position:absolute;left:200px;top:100px;width:800px;height:700px;background:#fff">
				<p>Log in to continue</p><input type=password></div></div><script>fetch('/api')</script>`)(w, r)
		}
	}))
	t.Cleanup(server.Close)
	c, _ := take(t, recorder(t, nil), server.URL)
	wantOutcome(t, c, evidence.Partial, record.ProblemSignInOver, record.ProblemCovered, record.ProblemFilmsCut, record.ProblemResourceFailed)
	for code, want := range map[string]string{
		record.ProblemResourceFailed: "429", record.ProblemCovered: "200 px", record.ProblemFilmsCut: "1 of 1: ", record.ProblemSignInOver: "px of the page lie below",
	} {
		if got := detail(c, code); !strings.Contains(got, want) {
			t.Errorf("%s: %q", code, got)
		}
	}
}

package capture

import (
	"net/http"
	"strings"
	"testing"

	"constat/capture/record"
	"constat/evidence"
)

// What asks to sign in is found wherever it stands: in a frame of this or of another site, in a shadow root, low in the window.
func TestWhatAsksToSignInIsFound(t *testing.T) {
	t.Parallel()
	const (
		locked = `<body style="margin:0;overflow:hidden"><div style="height:4000px"></div>`
		place  = `style="position:fixed;left:200px;top:100px;width:800px;height:600px;border:0;background:#fff"`
		sheet  = `<div style="position:fixed;left:0;bottom:0;width:100%;height:400px;background:#fff"><h2>Voir plus</h2><button>Se connecter</button></div>`
		form   = `<h2>Log in to continue</h2><form><input name=u><input type=password name=p></form>`
	)
	for name, row := range map[string]struct {
		body, code, says string
		outcome          evidence.Outcome
	}{
		"in a frame":            {locked + `<iframe src="/form" ` + place + `></iframe>`, record.ProblemSignInOver, "px of the page lie below", evidence.Partial},
		"in a frame of another": {locked + `<iframe src="http://localhost:PORT/form" ` + place + `></iframe>`, record.ProblemSignInOver, "px of the page lie below", evidence.Partial},
		"in a closed part": {locked + `<x-l></x-l><script>document.querySelector('x-l').attachShadow({mode: 'closed'}).innerHTML = '<div role=dialog ` +
			strings.ReplaceAll(place, `"`, `&quot;`) + `>` + form + `</div>'.replaceAll('&quot;', '"')</script>`, record.ProblemSignInOver, "px of the page lie below", evidence.Partial},
		"low in the window":             {locked + sheet, record.ProblemSignInOver, "px of the page lie below", evidence.Partial},
		"low, over a page that scrolls": {`<body><p>post<div style="height:4000px"></div>` + sheet, "", "", evidence.Complete},
		"all of it, in a frame":         {`<body style="margin:0"><iframe src="/form" style="width:100%;height:100vh;border:0"></iframe>`, record.ProblemRecognised, "a frame over at least half of the window, password field", evidence.LoginPage},
		"all of it, in a frame of another": {`<body style="margin:0"><iframe src="http://localhost:PORT/form" style="width:100%;height:100vh;border:0"></iframe>`,
			record.ProblemRecognised, "a frame over at least half of the window, password field", evidence.LoginPage},
		"a photo and a field, in a frame": {`<body style="margin:0"><iframe src="http://localhost:PORT/photo" style="width:100%;height:100vh;border:0"></iframe>`, "", "", evidence.Complete},
		"a note on cookies over a locked page": {locked + `<div style="position:fixed;left:0;bottom:0;width:100%;height:300px;background:#fff"><p>Nous utilisons vos données de connexion.</p><button>Refuser</button></div>`,
			"", "", evidence.Complete},
		"beside a story, in a frame": {`<body style="margin:0"><iframe src="http://localhost:PORT/story" style="width:100%;height:100vh;border:0"></iframe>`, "", "", evidence.Complete},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := serve(t, func(w http.ResponseWriter, r *http.Request) {
				_, port, _ := strings.Cut(r.Host, ":")
				switch r.URL.Path {
				case "/":
					html(strings.ReplaceAll(row.body, "PORT", port))(w, r)
				case "/form":
					html(form)(w, r)
				case "/photo":
					html(form+`<img width=700 height=500 src="data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg'><rect width='99' height='99' fill='red'/></svg>">`)(w, r)
				case "/story":
					html(form+`<p style="width:2000px">`+strings.Repeat("a story of many words ", 100))(w, r)
				}
			})
			c, _ := take(t, recorder(t, nil), server.URL+"/")
			if said := detail(c, row.code); c.Outcome != row.outcome || row.code != "" && !strings.Contains(said, row.says) {
				t.Errorf("outcome %s: %v", c.Outcome, c.Problems)
			}
		})
	}
}

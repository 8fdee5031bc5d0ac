package capture

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"constat/capture/record"
	"constat/evidence"
)

// named lets the browser find a server of the tests under the names of platforms,
// which it asks over TLS only, whatever was entered.
func named(t *testing.T, server *httptest.Server) *Recorder {
	t.Helper()
	r := recorder(t, nil)
	key := sha256.Sum256(server.Certificate().RawSubjectPublicKeyInfo)
	r.extraFlags = []string{
		"host-resolver-rules=MAP * " + strings.TrimPrefix(server.URL, "https://"),
		"ignore-certificate-errors-spki-list=" + base64.StdEncoding.EncodeToString(key[:]),
	}
	return r
}

func TestOutcomeIsReadFromThePage(t *testing.T) {
	t.Parallel()
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Language", "fr")
		switch r.Host + r.URL.Path {
		case "www.instagram.com/p/private/":
			http.Redirect(w, r, "/accounts/login/?next=/p/private/", http.StatusFound)
		case "www.instagram.com/accounts/login/":
			// A form can name its fields like what is asked of it.
			html(`<form><h2>Se connecter</h2><input><input type=password></form><form role=button><input name=getAttribute><input name=textContent></form>
				<form role=article><input name=textContent><input name=getBoundingClientRect></form>`)(w, r)
		case "www.instagram.com/p/gone/":
			html(`<nav>Instagram</nav><h2>Cette page n’est malheureusement pas disponible.</h2><p>Le lien est rompu`)(w, r)
		case "forum.example/thread":
			html(`<article>Somebody wrote a lot about “Just a moment...” and the password below</article>
				<form>Reply as <input><input type=password></form>`)(w, r)
		case "forum.example/human":
			html(`<script>document.title="Just a moment..."</script><p>forum.example`)(w, r)
		default:
			http.NotFound(w, r)
		}
	}))
	t.Cleanup(server.Close)
	for address, row := range map[string]struct {
		outcome evidence.Outcome
		reason  string
	}{
		"https://www.instagram.com/p/private/":      {evidence.LoginPage, "Instagram address /accounts/login"},
		"https://www.instagram.com/p/gone/":         {evidence.Removed, `Instagram fr: "Cette page n'est malheureusement pas disponible"`},
		"https://www.instagram.com/accounts/login/": {evidence.LoginPage, "the address of a sign-in page, password field"},
		"https://forum.example/thread":              {evidence.Complete, ""},
		"https://forum.example/human":               {evidence.BotCheck, `human check en: "Just a moment..."`},
	} {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			c, _ := take(t, named(t, server), address)
			if c.Outcome != row.outcome || detail(c, record.ProblemRecognised) != row.reason {
				t.Errorf("outcome %s, problems %v", c.Outcome, c.Problems)
			}
		})
	}
}

func TestStatusDecidesTheOutcome(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		status  int
		header  [2]string
		body    string
		outcome evidence.Outcome
		codes   []string
	}{
		{404, [2]string{}, "<h1>gone</h1>", evidence.Removed, nil},
		{410, [2]string{}, "<h1>gone</h1>", evidence.Removed, nil},
		{404, [2]string{}, "", evidence.Removed, []string{record.ProblemErrorPage}},
		{401, [2]string{}, "<h1>sign in</h1>", evidence.LoginPage, nil},
		{403, [2]string{"Cf-Mitigated", "challenge"}, "<h1>human?</h1>", evidence.BotCheck, nil},
		{403, [2]string{}, "<h1>no</h1>", evidence.Partial, []string{record.ProblemHTTPStatus}},
		{500, [2]string{}, "<h1>broken</h1>", evidence.Partial, []string{record.ProblemHTTPStatus}},
	} {
		t.Run(fmt.Sprint(row.status, " ", row.header[1], len(row.body)), func(t *testing.T) {
			t.Parallel()
			server := serve(t, func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Content-Type", "text/html")
				if row.header[0] != "" {
					w.Header().Set(row.header[0], row.header[1])
				}
				w.WriteHeader(row.status)
				io.WriteString(w, row.body)
			})
			c, _ := take(t, recorder(t, nil), server.URL)
			wantOutcome(t, c, row.outcome, row.codes...)
			if c.Page.Status != row.status {
				t.Errorf("status %d", c.Page.Status)
			}
		})
	}
}

func TestBlankPage(t *testing.T) {
	t.Parallel()
	server := serve(t, html(`<body style="background:#123"></body>`))
	c, _ := take(t, recorder(t, nil), server.URL)
	wantOutcome(t, c, evidence.Blank)
}

func TestPageThatAppearsLateIsNotBlank(t *testing.T) {
	t.Parallel()
	server := serve(t, html(`<script>setTimeout(() => document.body.append("here"), 1000)</script>`))
	c, _ := take(t, recorder(t, nil), server.URL)
	wantOutcome(t, c, evidence.Complete)
}

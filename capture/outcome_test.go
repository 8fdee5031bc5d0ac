package capture

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

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
			html(`<form><h2>Se connecter</h2><input><input type=password></form>`)(w, r)
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
		"https://www.instagram.com/accounts/login/": {evidence.Complete, ""},
		"https://forum.example/thread":              {evidence.Complete, ""},
		"https://forum.example/human":               {evidence.BotCheck, `human check en: "Just a moment..."`},
	} {
		t.Run(address, func(t *testing.T) {
			t.Parallel()
			c, _ := take(t, named(t, server), address)
			if c.Outcome != row.outcome || detail(c, ProblemRecognised) != row.reason {
				t.Errorf("outcome %s, problems %v", c.Outcome, c.Problems)
			}
		})
	}
}

package capture

import (
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"constat/evidence"
)

// trap is one kind of page at which other tools fail. docs/traps.md lists them all, with those
// that have a test of their own, and TestTrapsAreListed holds the list to what is here.
type trap struct {
	// over names the schemes under which the page is served and captured. On TLS it is
	// HTTP/2, with a certificate that only the tests accept.
	over     []string
	page     http.HandlerFunc
	change   func(*Config)
	request  evidence.Request // without the address
	outcome  evidence.Outcome
	problems []string
	// text must be in page.txt, and nothing of never.
	text, never []string
	check       func(t *testing.T, c *Capture, sink *memory, s *trapServer)
}

var (
	plain = []string{"http"}
	tls2  = []string{"https"}
	both  = []string{"http", "https"}
)

// trapServer serves a page and remembers what it was asked.
type trapServer struct {
	*httptest.Server
	asked chan asked
}

type asked struct {
	method, host, path string
	header             http.Header
}

// requests are what came in so far, without the icon.
func (s *trapServer) requests() []asked {
	var list []asked
	for {
		select {
		case one := <-s.asked:
			if one.path != "/favicon.ico" {
				list = append(list, one)
			}
		default:
			return list
		}
	}
}

func serveTrap(t *testing.T, scheme string, page http.HandlerFunc) *trapServer {
	t.Helper()
	s := &trapServer{asked: make(chan asked, 1000)}
	s.Server = httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case s.asked <- asked{r.Method, r.Host, r.URL.RequestURI(), r.Header}:
		default:
		}
		page(w, r)
	}))
	s.EnableHTTP2 = true
	if scheme == "https" {
		s.StartTLS()
	} else {
		s.Start()
	}
	t.Cleanup(s.Close)
	return s
}

// accepting makes a recorder whose browser accepts the certificate of a server of the tests.
// The product has no such switch.
func accepting(t testing.TB, server *httptest.Server, change func(*Config)) *Recorder {
	t.Helper()
	r := recorder(t, change)
	if leaf := server.Certificate(); leaf != nil {
		key := sha256.Sum256(leaf.RawSubjectPublicKeyInfo)
		r.extraFlags = append(r.extraFlags, "ignore-certificate-errors-spki-list="+base64.StdEncoding.EncodeToString(key[:]))
	}
	return r
}

func TestTraps(t *testing.T) {
	t.Parallel()
	for name, trap := range traps() {
		for _, scheme := range trap.over {
			t.Run(name+"/"+scheme, func(t *testing.T) {
				t.Parallel()
				s := serveTrap(t, scheme, trap.page)
				r := accepting(t, s.Server, trap.change)
				// Every other name leads to the server, too: frames of other sites.
				_, port, _ := strings.Cut(strings.TrimPrefix(s.URL, scheme+"://"), ":")
				r.extraFlags = append(r.extraFlags, "host-resolver-rules=MAP *.example 127.0.0.1:"+port)
				request := trap.request
				request.Address = s.URL + "/"
				sink := &memory{}
				c, err := r.Capture(t.Context(), request, sink, nil)
				if err != nil {
					t.Fatal(err)
				}
				consistent(t, c, sink)
				keepPicture(t, sink.files[evidence.TileName(1)], "")
				keepPicture(t, sink.files[evidence.FirstViewName], "-first")
				if c.Outcome != trap.outcome || !slices.Equal(slices.Sorted(slices.Values(problems(c))), slices.Sorted(slices.Values(trap.problems))) {
					t.Errorf("outcome %s with problems %v; want %s with %v", c.Outcome, c.Problems, trap.outcome, trap.problems)
				}
				text := string(sink.files[evidence.TextName])
				for _, want := range trap.text {
					if !strings.Contains(text, want) {
						t.Errorf("%q is not in the text %.300q", want, text)
					}
				}
				for _, no := range trap.never {
					if strings.Contains(text, no) {
						t.Errorf("%q is in the text %.300q", no, text)
					}
				}
				if has(c, evidence.TLSChainName) != (scheme == "https") || (c.Page.TLS != nil) != (scheme == "https") {
					t.Errorf("TLS facts %+v over %s", c.Page.TLS, scheme)
				}
				if !has(c, evidence.TileName(1)) || !has(c, evidence.MHTMLName) {
					t.Errorf("artifacts are missing: %v", artifactNames(c))
				}
				if trap.check != nil {
					trap.check(t, c, sink, s)
				}
			})
		}
	}
}

func artifactNames(c *Capture) (list []string) {
	for _, a := range c.Artifacts {
		list = append(list, a.Name)
	}
	return list
}

// coloured tells whether a point of the page has a colour.
func coloured(t *testing.T, c *Capture, sink *memory, x, y int, want [3]uint32) {
	t.Helper()
	if got := wholePage(t, c, sink)(x, y); got != want {
		t.Errorf("the picture at %d,%d is %v, want %v", x, y, got, want)
	}
}

// visits is how often an address was asked for.
func visits(list []asked, path string) int {
	n := 0
	for _, one := range list {
		if one.path == path {
			n++
		}
	}
	return n
}

// keepPicture leaves a picture for those who want to look.
func keepPicture(t *testing.T, b []byte, more string) {
	t.Helper()
	dir := os.Getenv("CONSTAT_ARTIFACTS")
	if dir == "" {
		return
	}
	dir = filepath.Join(dir, "traps")
	name := strings.ReplaceAll(strings.TrimPrefix(t.Name(), "TestTraps/"), "/", "-") + more + ".png"
	if err := errors.Join(os.MkdirAll(dir, 0o755), os.WriteFile(filepath.Join(dir, name), b, 0o644)); err != nil {
		t.Error(err)
	}
}

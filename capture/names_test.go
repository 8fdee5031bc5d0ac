package capture

import (
	"crypto/tls"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"constat/capture/record"
	"constat/evidence"
)

// nameServer answers questions over HTTPS (RFC 8484): every name is another name of alias.test,
// which has two addresses of this device. Nobody else is asked.
func nameServer(t *testing.T) (address string, asked func() []string) {
	t.Helper()
	var mu sync.Mutex
	var names []string
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		question, _ := io.ReadAll(r.Body)
		if r.Method == http.MethodGet {
			question, _ = base64.RawURLEncoding.DecodeString(r.URL.Query().Get("dns"))
		}
		name, kind, end := dnsQuestion(question)
		if end == 0 {
			http.Error(w, "no question", http.StatusBadRequest)
			return
		}
		mu.Lock()
		names = append(names, name)
		mu.Unlock()
		w.Header().Set("Content-Type", "application/dns-message")
		w.Write(dnsAnswer(question[:end], kind))
	}))
	s.TLS = &tls.Config{}
	s.EnableHTTP2 = true
	s.StartTLS()
	t.Cleanup(s.Close)
	return s.URL + "/dns-query", func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(names)
	}
}

// dnsQuestion reads the one question of a message (RFC 1035); end is 0 where there is none.
func dnsQuestion(b []byte) (name string, kind uint16, end int) {
	at := 12
	for at < len(b) && b[at] != 0 && at+int(b[at])+1 < len(b) {
		name += string(b[at+1:at+1+int(b[at])]) + "."
		at += int(b[at]) + 1
	}
	if at+5 > len(b) {
		return "", 0, 0
	}
	return strings.TrimSuffix(name, "."), binary.BigEndian.Uint16(b[at+1:]), at + 5
}

// dnsAnswer is the answer to a question: its name is an alias, whose addresses are 127.0.0.1 and
// 127.0.0.2.
func dnsAnswer(question []byte, kind uint16) []byte {
	b := slices.Clone(question)
	b[2], b[3] = 0x81, 0x80
	clear(b[6:12])
	if kind != 1 {
		return b // there is none of that kind
	}
	b[7] = 3
	target := []byte("\x05alias\x04test\x00")
	b = append(b, 0xc0, 12, 0, 5, 0, 1, 0, 0, 0, 60, 0, byte(len(target)))
	at := len(b)
	b = append(b, target...)
	for last := byte(1); last <= 2; last++ {
		b = append(b, 0xc0, byte(at), 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 127, 0, 0, last)
	}
	return b
}

// under gives a local server another host name.
func under(s *httptest.Server, host string) string {
	u, _ := url.Parse(s.URL)
	return fmt.Sprintf("http://%s:%s/", host, u.Port())
}

func TestNameAnswer(t *testing.T) {
	server, asked := nameServer(t)
	picture := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "image/svg+xml")
		io.WriteString(w, `<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"/>`)
	})
	page := serve(t, html(`<p>page<img src="`+under(picture, "pictures.test")+`">`))
	first := serve(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, under(page, "page.test"), http.StatusFound)
	})
	r := recorder(t, nil)
	r.extraFlags = []string{"ignore-certificate-errors"} // of the name server
	r.hooks.made = func(profile string) {
		settings := fmt.Sprintf(`{"dns_over_https":{"mode":"secure","templates":%q}}`, server)
		if err := errors.Join(os.MkdirAll(profile, 0o700), os.WriteFile(filepath.Join(profile, "Local State"), []byte(settings), 0o600)); err != nil {
			t.Error(err)
		}
	}
	c, _ := take(t, r, under(first, "first.test"))
	wantOutcome(t, c, evidence.Complete)
	answer := func(host string) evidence.NameAnswer {
		return evidence.NameAnswer{Host: host, Addresses: []string{"127.0.0.1", "127.0.0.2"}, Aliases: []string{"alias.test"}, Source: evidence.NamesHTTPS}
	}
	want := []evidence.NameAnswer{answer("page.test"), answer("first.test"), answer("pictures.test")}
	if fmt.Sprint(c.Page.Names) != fmt.Sprint(want) {
		t.Errorf("%+v\nwant %+v\nasked: %q", c.Page.Names, want, asked())
	}
	p := precondition(t, c, record.ItemNameAnswer)
	if p.State != evidence.Met || p.Detail != "dns-over-https: 127.0.0.1, 127.0.0.2; address as used: "+c.Page.RemoteAddress {
		t.Errorf("%+v", p)
	}
}

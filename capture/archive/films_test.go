package archive

import (
	"testing"

	"github.com/chromedp/cdproto/network"
)

// A film comes in stretches; what counts is how much of it the archive holds, each byte once.
func TestFilmsAreCountedByTheirBytes(t *testing.T) {
	a := &Archive{}
	answer := func(url string, status int64, headers network.Headers, n int) {
		x := &transfer{kind: network.ResourceTypeMedia}
		x.Ask(&network.Request{URL: url, Method: "GET"})
		x.Answer(&network.Response{URL: url, Status: status, Headers: headers, MimeType: "video/mp4"}, false, x.Hops[0].At)
		a.film(x, make([]byte, n))
	}
	answer("https://a.example/whole.mp4", 206, network.Headers{"Content-Range": "bytes 0-99/100", "Content-Length": "100"}, 100)
	answer("https://a.example/pieces.mp4", 206, network.Headers{"Content-Range": "bytes 0-59/100"}, 60)
	answer("https://a.example/pieces.mp4", 206, network.Headers{"Content-Range": "bytes 40-99/100"}, 60)
	answer("https://a.example/cut.mp4", 206, network.Headers{"Content-Range": "bytes 0-99/100"}, 30)
	answer("https://a.example/dropped.mp4", 200, network.Headers{"Content-Length": "100"}, 0)
	answer("https://a.example/missing.mp4", 404, network.Headers{"Content-Length": "9"}, 9)
	for url, want := range map[string][2]int64{"whole": {100, 100}, "pieces": {100, 100}, "cut": {30, 100}, "dropped": {0, 100}} {
		if one := a.films["https://a.example/"+url+".mp4"]; one.had() != want[0] || one.of != want[1] {
			t.Errorf("%s: %d of %d", url, one.had(), one.of)
		}
	}
	if len(a.films) != 4 {
		t.Errorf("%d films", len(a.films))
	}
	for body, want := range map[int]bool{100: true, 99: false} {
		x := &transfer{}
		x.Ask(&network.Request{URL: "https://a.example/", Method: "GET"})
		x.Answer(&network.Response{Status: 206, Headers: network.Headers{"Content-Length": "100"}}, false, x.Hops[0].At)
		if x.all(make([]byte, body)) != want {
			t.Errorf("%d bytes of 100: %v", body, !want)
		}
	}
}

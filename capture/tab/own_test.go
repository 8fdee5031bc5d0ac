package tab

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/network"
)

// Who answered a request of ours is known, also on the way, and whether the answer says where it ends.
func TestWhoAnsweredARequestOfOurs(t *testing.T) {
	tab := &Tab{}
	o := tab.Own("https://h.example/a#x")
	sent := &network.EventRequestWillBeSent{RequestID: "1", Type: network.ResourceTypeFetch, Request: &network.Request{URL: "https://h.example/a"}}
	if !tab.traffic.own(sent) {
		t.Fatal("it is not taken for ours")
	}
	tab.traffic.own(&network.EventRequestWillBeSent{RequestID: "1", Type: network.ResourceTypeFetch, Request: &network.Request{URL: "https://h.example/b"},
		RedirectResponse: &network.Response{URL: "https://h.example/a", Status: 302, RemoteIPAddress: "[::1]", Protocol: "h2"}})
	if o.EndTold() {
		t.Error("what the first answer says is not of the second")
	}
	tab.answered(&network.EventResponseReceived{RequestID: "1", Response: &network.Response{Status: 200, RemoteIPAddress: "192.0.2.1", Headers: network.Headers{"content-length": "3"}}})
	if got := fmt.Sprint(o.From(), o.EndTold()); got != "[::1 192.0.2.1] true" {
		t.Error(got)
	}
}

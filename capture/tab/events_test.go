package tab

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"

	"constat/capture/record"
	"constat/evidence"
)

// heard is a tab that has no browser: it is told events.
func heard(t *testing.T, window bool, events ...any) *Tab {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	t.Cleanup(stop)
	tab := &Tab{
		window: window, main: "main", lost: make(chan struct{}), poke: make(chan struct{}, 1), now: time.Now,
		limits: Limits{Record: time.Millisecond}, context: ctx, alive: ctx, die: stop,
		shown:   document{turned: make(chan struct{})},
		way:     way{early: map[network.RequestID]*Navigation{}},
		traffic: traffic{inflight: map[network.RequestID]cdp.FrameID{}, failures: map[failure]int{}},
	}
	if !window {
		tab.talk.notes = &record.Notes{}
	}
	for _, e := range events {
		tab.Hear(e)
	}
	return tab
}

// asked is a request of the main frame; from is the status with which an earlier address sent on to
// it, or nought.
func asked(id, address string, from int) *network.EventRequestWillBeSent {
	e := &network.EventRequestWillBeSent{
		RequestID: network.RequestID(id), LoaderID: cdp.LoaderID(id), FrameID: "main", Type: network.ResourceTypeDocument,
		Request: &network.Request{URL: address, Method: "GET"},
	}
	if from > 0 {
		e.RedirectResponse = &network.Response{URL: address, Status: int64(from)}
	}
	return e
}

func answer(id, address string, status int) *network.EventResponseReceived {
	return &network.EventResponseReceived{
		RequestID: network.RequestID(id), LoaderID: cdp.LoaderID(id), FrameID: "main", Type: network.ResourceTypeDocument,
		Response: &network.Response{URL: address, Status: int64(status)},
	}
}

func shown(id, address string) *page.EventFrameNavigated {
	return &page.EventFrameNavigated{Frame: &cdp.Frame{ID: "main", LoaderID: cdp.LoaderID(id), URL: address}}
}

func TestWayToADocument(t *testing.T) {
	tab := heard(t, false,
		// Raw headers may come before their request.
		&network.EventRequestWillBeSentExtraInfo{RequestID: "1", Headers: network.Headers{"Host": "a.test"}},
		asked("1", "https://a.test/", 0),
		asked("1", "https://u:p@b.test/", 302),
		answer("1", "https://b.test/", 200), shown("1", "https://b.test/"),
		&page.EventFrameRequestedNavigation{FrameID: "main", Reason: page.ClientNavigationReasonMetaTagRefresh},
		asked("2", "https://c.test/", 0), answer("2", "https://c.test/", 200), shown("2", "https://c.test/"), &page.EventLoadEventFired{},
		&page.EventNavigatedWithinDocument{FrameID: "main", URL: "https://u:p@c.test/#there"},
	)
	s := tab.Shown()
	if len(s.Way) != 2 || len(s.Way[0].Hops) != 2 || s.Way[0].Hops[0].Response.Status != 302 || s.Way[1].Reason != page.ClientNavigationReasonMetaTagRefresh {
		t.Fatalf("way %+v", s.Way)
	}
	if s.Address != "https://c.test/#there" || len(s.Way[0].RawRequests) != 1 {
		t.Errorf("%q, raw %v", s.Address, s.Way[0].RawRequests)
	}
	if l := tab.look(); !l.come() || l.latest != s.Way[1] || l.inflight != 0 {
		t.Errorf("%+v", l)
	}
	tab.NoteChange(s)
	tab.Hear(asked("3", "https://c.test/", 0))
	if l := tab.look(); l.come() {
		t.Errorf("on its way to another page: %+v", l)
	}
	turned := tab.Turned()
	tab.Hear(shown("3", "https://c.test/#there"))
	select {
	case <-turned:
	default:
		t.Error("nobody was told that the page gave way")
	}
	tab.NoteChange(s)
	if list := tab.Notes().Problems(); len(list) != 1 || list[0].Code != record.ProblemChanged || list[0].Detail != "the page loaded again" {
		t.Errorf("%v", list)
	}
	if !tab.PassedBy("1", "main") || tab.PassedBy("3", "main") || tab.PassedBy("1", "frame") {
		t.Error("the wrong documents are passed by")
	}
}

// What a page can make us remember has an end.
func TestWhatIsRememberedIsBounded(t *testing.T) {
	tab := heard(t, false)
	for n := range 2 * maxNavigations {
		id := fmt.Sprint("n", n)
		tab.Hear(asked(id, "https://a.test/"+id, 0))
	}
	for n := range 2 * maxEarly {
		tab.Hear(&network.EventRequestWillBeSentExtraInfo{RequestID: network.RequestID(fmt.Sprint("e", n))})
	}
	for n := range 2 * MaxHosts {
		id, host := fmt.Sprint("h", n), fmt.Sprintf("https://h%d.test/", n)
		tab.Hear(&network.EventRequestWillBeSent{RequestID: network.RequestID(id), FrameID: "main", Type: network.ResourceTypeImage, Request: &network.Request{URL: host}})
		tab.Hear(&network.EventResponseReceived{RequestID: network.RequestID(id), Type: network.ResourceTypeImage,
			Response: &network.Response{URL: host, Status: int64(400 + n), SecurityDetails: &network.SecurityDetails{}}})
	}
	if s := tab.Shown(); len(s.Way) != maxNavigations || s.Way[0].Hops[0].URL != "https://a.test/n0" {
		t.Errorf("%d navigations", len(s.Way))
	}
	if n := len(tab.way.early); n != maxEarly {
		t.Errorf("raw headers of %d requests", n)
	}
	secure, more := tab.Secure()
	if len(tab.Names()) != MaxHosts || len(secure) != MaxHosts || !more || secure[0] != "h0.test" {
		t.Errorf("%d names, %d hosts, more: %t", len(tab.Names()), len(secure), more)
	}
	if n := len(tab.traffic.failures); n != maxFailureKinds {
		t.Errorf("%d kinds of failure", n)
	}
}

func TestFailuresAreCountedByKind(t *testing.T) {
	request := func(id string, of network.ResourceType, frame cdp.FrameID) *network.EventRequestWillBeSent {
		return &network.EventRequestWillBeSent{RequestID: network.RequestID(id), FrameID: frame, Type: of, Request: &network.Request{URL: "https://a.test/" + id}}
	}
	failed := func(id string, of network.ResourceType, why string, canceled bool) *network.EventLoadingFailed {
		return &network.EventLoadingFailed{RequestID: network.RequestID(id), Type: of, ErrorText: why, Canceled: canceled}
	}
	tab := heard(t, false, asked("1", "https://a.test/", 0), answer("1", "https://a.test/", 200), shown("1", "https://a.test/"),
		request("a", network.ResourceTypeImage, "main"), failed("a", network.ResourceTypeImage, "net::ERR_FAILED", false),
		request("b", network.ResourceTypeImage, "main"), failed("b", network.ResourceTypeImage, "net::ERR_FAILED", false),
		request("c", network.ResourceTypeFont, "main"), failed("c", network.ResourceTypeFont, "net::ERR_ABORTED", true), // given up by the page
		request("d", network.ResourceTypePing, "main"), failed("d", network.ResourceTypePing, "net::ERR_FAILED", false), // leaves no gap
		request("e", network.ResourceTypeScript, "main"), // does not end
		request("f", network.ResourceTypeScript, "frame"), &page.EventFrameDetached{FrameID: "frame"},
		&network.EventDataReceived{RequestID: "e", DataLength: 70}, &page.EventLoadEventFired{},
	)
	if l := tab.look(); l.inflight != 1 || tab.Received() != 70 || tab.Traffic() != 72 {
		t.Errorf("%+v, %d bytes, traffic %d", l, tab.Received(), tab.Traffic())
	}
	tab.NoteFailures()
	list := tab.Notes().Problems()
	if len(list) != 1 || list[0].Detail != "3: 2 × Image net::ERR_FAILED, 1 × not finished" || list[0].Values["list.01.form"] != "missing-picture" {
		t.Errorf("%+v", list)
	}
	tab.Forget("e")
	if l := tab.look(); l.inflight != 0 {
		t.Errorf("%+v", l)
	}
}

// The way to the page of a window is the person's: of it nothing is kept but the document's own
// request.
func TestWindowForgetsTheWay(t *testing.T) {
	tab := heard(t, true,
		asked("1", "https://a.test/login", 0), answer("1", "https://a.test/login", 200), shown("1", "https://a.test/login"),
		asked("2", "https://a.test/login/done", 0), asked("2", "https://a.test/home", 302), answer("2", "https://a.test/home", 200), shown("2", "https://a.test/home"),
		&page.EventWindowOpen{URL: "https://a.test/other"}, &page.EventJavascriptDialogOpening{Type: page.DialogTypeAlert, Message: "for the person"},
	)
	if n := len(tab.way.navigations); n != 1 || len(tab.Shown().Way) != 0 || len(tab.Names()) != 0 {
		t.Errorf("%d navigations, %v", n, tab.Names())
	}
	n, before := tab.Document()
	if n == nil || before != 1 || len(n.Hops) != 1 || n.Hops[0].URL != "https://a.test/home" || n.Reason != "" {
		t.Errorf("%+v, %d before", n, before)
	}
	if tab.Notes() != nil || tab.talk.windows != 0 || tab.talk.dialogs != 0 {
		t.Errorf("%+v", tab.talk)
	}
	// Its answer came, and its request went out before we listened.
	tab = heard(t, true, answer("9", "https://a.test/", 200), shown("9", "https://a.test/"))
	if n, before := tab.Document(); n == nil || before != 0 || n.Hops[0].Response.Status != 200 {
		t.Errorf("%+v", n)
	}
	if err := heard(t, true).Came("x"); err != ErrNoPage {
		t.Errorf("%v", err)
	}
}

func TestWhatThePageAsksForIsNoted(t *testing.T) {
	tab := heard(t, false)
	for range maxDialogs + 5 {
		tab.Hear(&page.EventJavascriptDialogOpening{Type: page.DialogTypeConfirm, Message: strings.Repeat("x", 2*maxDialogText)})
	}
	for n := range maxOpened + 5 {
		tab.Hear(&page.EventWindowOpen{URL: fmt.Sprintf("https://u:p@a.test/%d", n)})
		tab.Hear(asked(fmt.Sprint("p", n), "mailto:a@b.test", 0))
	}
	count := map[string]int{}
	for _, p := range tab.Notes().Problems() {
		count[p.Code]++
		if len([]rune(p.Detail)) > maxDialogText+20 || strings.Contains(p.Detail, "u:p") || p.Values == nil || evidence.Clean(p.Detail) != p.Detail {
			t.Errorf("%.100s %v", p.Detail, p.Values)
		}
	}
	want := map[string]int{record.ProblemDialog: maxDialogs, record.ProblemScriptStopped: 1, record.ProblemPopup: maxOpened + 1, record.ProblemProgram: maxOpened + 1}
	for code, n := range want {
		if count[code] != n {
			t.Errorf("%s %d times, want %d", code, count[code], n)
		}
	}
	if len(tab.Shown().Way) != 0 {
		t.Error("an address for another program is no way")
	}
}

package tab

import (
	"strings"
	"time"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/chromedp/cdproto/inspector"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// Attach makes a Tab of one that the person uses. It does not wait: [Tab.Join] does. A page that is
// loading already goes on meanwhile; what is missed of it is said when it is kept. When the page's
// process ends, crashed is called in a goroutine of its own.
func Attach(o Options, id target.ID, private cdp.BrowserContextID, crashed func(*Tab)) *Tab {
	t := empty(o)
	t.window, t.main, t.private, t.shown.at = true, cdp.FrameID(id), private, time.Now()
	ctx, detach := chromedp.NewContext(
		o.Browser.Context(),
		chromedp.WithTargetID(id),
		chromedp.WithDetachOnCancel(),
		chromedp.WithListener(func(event any) {
			t.hearPage(event)
			if _, ended := event.(*inspector.EventTargetCrashed); ended {
				go crashed(t)
			}
		}),
	)
	t.live(ctx)
	t.detach = detach
	return t
}

// Join begins to listen, and takes over what the tab shows. It returns false when that does not
// come about: the tab is gone, or its process has ended; then it answers when the person loads it
// again.
func (t *Tab) Join() bool {
	if chromedp.Do(t.context) != nil || hearOnly(t.context) != nil {
		return false
	}
	tree, err := chromedp.Call(t.context, page.GetFrameTree, cdp.Empty{})
	if err != nil || tree.FrameTree == nil {
		return false
	}
	f := tree.FrameTree.Frame
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.shown.frame == nil && f != nil {
		t.shown.frame, t.shown.address, t.shown.at = f, f.URL+f.URLFragment, time.Now()
	}
	return true
}

// Die says that the tab is closed: nobody waits for it any more.
func (t *Tab) Die() { t.die() }

// Detach listens to the tab no longer.
func (t *Tab) Detach() { t.detach() }

// HearNetwork takes in what the network of a window's tab tells, as text: it is listened to in a
// session of its own.
func (t *Tab) HearNetwork(message string) {
	var m cdproto.Message
	if jsonv2.Unmarshal([]byte(message), &m, chromedp.DefaultUnmarshalOptions) != nil || !strings.HasPrefix(string(m.Method), "Network.") {
		return
	}
	if event, err := cdproto.UnmarshalMessage(&m, chromedp.DefaultUnmarshalOptions); err == nil {
		t.Hear(event)
	}
}

// hearPage takes in all else: what its session tells of the network is known already.
func (t *Tab) hearPage(event any) {
	switch event.(type) {
	case *network.EventRequestWillBeSent, *network.EventRequestWillBeSentExtraInfo, *network.EventResponseReceived,
		*network.EventResponseReceivedExtraInfo, *network.EventDataReceived, *network.EventLoadingFinished, *network.EventLoadingFailed:
	default:
		t.Hear(event)
	}
}

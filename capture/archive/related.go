package archive

import (
	"context"
	"errors"
	"sync"

	"github.com/chromedp/cdproto"
	"github.com/chromedp/cdproto/cdp"
	jsonv2 "github.com/chromedp/cdproto/cdp/jsonv2"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/cdproto/target"
	"github.com/chromedp/chromedp"
)

// A frame of another site and a worker each have a session of their own in the
// browser, with events that the tab does not see. chromedp follows none of
// them, but its sessions can carry theirs as text: what is sent to a
// related session is a command with the message in it, and what comes from there an event.
// Such a session waits when it begins until it is listened to.

// caller sends a command to one session and waits for the answer.
type caller interface {
	Call(ctx context.Context, method string, params, result any) error
}

// related is the tab, or a session that was opened for it.
type related struct {
	caller // of the session, or nil for one inside another
	parent *related
	id     target.SessionID
	shows  target.ID // what the session is of
	kind   string    // "page", "iframe", "worker", "service_worker", "shared_worker" or "browser"

	mu      sync.Mutex
	next    int64
	waiting map[int64]chan *cdproto.Message
	gone    chan struct{}
}

var errDetached = errors.New("the frame or worker has ended")

// follow asks to be told of related sessions, and to hold them until they are listened to.
func follow() target.SetAutoAttachParams {
	inside := false
	return target.SetAutoAttachParams{AutoAttach: true, WaitForDebuggerOnStart: true, Flatten: &inside}
}

// keepBodies asks the browser to keep bodies as they came, also those that no page holds any
// more: without it a text comes back decoded and encoded again. It hands over none
// before its end, so that the process that loads a page keeps some, too; the second command
// bounds those and leaves the browser's own alone. Network.configureDurableMessages, the
// newer way to ask for the first, has that process keep nothing.
func keepBodies(largest int64) []network.EnableParams {
	yes, browser, page := true, int64(browserBodies), int64(pageBodies)
	return []network.EnableParams{
		{EnableDurableMessages: &yes, MaxTotalBufferSize: &browser, MaxResourceBufferSize: &browser},
		{MaxTotalBufferSize: &page, MaxResourceBufferSize: &largest},
	}
}

// attached follows a session that begins. It runs in chromedp's loop.
func (a *Archive) attached(parent *related, e *target.EventAttachedToTarget) {
	r := &related{
		parent: parent, id: e.SessionID, shows: e.TargetInfo.TargetID, kind: e.TargetInfo.Type,
		waiting: map[int64]chan *cdproto.Message{}, gone: make(chan struct{}),
	}
	ours := e.TargetInfo.BrowserContextID == "" || e.TargetInfo.BrowserContextID == a.tab.Private()
	a.mu.Lock()
	followed := ours && !a.ending && len(a.related) < maxRelated
	if followed {
		a.related[e.SessionID] = r
	} else if ours && !a.ending {
		a.gaps[notFollowed]++
	}
	a.mu.Unlock()
	go func() {
		ctx, done := context.WithTimeout(a.tab.Alive(), a.limits.Record)
		defer done()
		// Answers are not waited for: some come only when the session runs. An
		// error means that the session is gone.
		if followed {
			for _, keep := range keepBodies(a.limits.MaxBody) {
				_ = r.post(ctx, 0, network.CommandEnable, keep)
			}
			_ = r.post(ctx, 0, target.CommandSetAutoAttach, follow())
		}
		_ = r.post(ctx, 0, runtime.CommandRunIfWaitingForDebugger, cdp.Empty{})
	}()
}

// commandToSession carries a message to a session inside another.
const commandToSession = "Target.sendMessageToTarget"

// post sends a command; with an id its answer goes to who waits for it.
func (r *related) post(ctx context.Context, id int64, method string, params any) error {
	p, err := jsonv2.Marshal(params, chromedp.DefaultMarshalOptions)
	if err != nil {
		return err
	}
	if id == 0 {
		r.mu.Lock()
		r.next++
		id = r.next
		r.mu.Unlock()
	}
	text, err := jsonv2.Marshal(&cdproto.Message{ID: id, Method: cdproto.MethodType(method), Params: p}, chromedp.DefaultMarshalOptions)
	if err != nil {
		return err
	}
	carrier := struct {
		SessionID target.SessionID `json:"sessionId"`
		Message   string           `json:"message"`
	}{r.id, string(text)}
	return r.parent.call(ctx, commandToSession, carrier, nil)
}

func (r *related) call(ctx context.Context, method string, params, result any) error {
	if r.caller != nil {
		return r.caller.Call(ctx, method, params, result)
	}
	answer := make(chan *cdproto.Message, 1)
	r.mu.Lock()
	r.next++
	id := r.next
	r.waiting[id] = answer
	r.mu.Unlock()
	defer func() {
		r.mu.Lock()
		delete(r.waiting, id)
		r.mu.Unlock()
	}()
	if err := r.post(ctx, id, method, params); err != nil {
		return err
	}
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-r.gone:
		return errDetached
	case m := <-answer:
		switch {
		case m.Error != nil:
			return m.Error
		case result == nil:
			return nil
		}
		return jsonv2.Unmarshal(m.Result, result, chromedp.DefaultUnmarshalOptions)
	}
}

// said takes in a message that a related session sent. It runs in chromedp's loop.
func (a *Archive) said(e *target.EventReceivedMessageFromTarget) {
	a.mu.Lock()
	r := a.related[e.SessionID]
	a.mu.Unlock()
	var m cdproto.Message
	if r == nil || jsonv2.Unmarshal([]byte(e.Message), &m, chromedp.DefaultUnmarshalOptions) != nil {
		return
	}
	if m.ID != 0 {
		r.mu.Lock()
		answer := r.waiting[m.ID]
		delete(r.waiting, m.ID)
		r.mu.Unlock()
		if answer != nil {
			answer <- &m
		}
		return
	}
	if d := m.Method.Domain(); d != "Network" && d != "Target" {
		return
	}
	event, err := cdproto.UnmarshalMessage(&m, chromedp.DefaultUnmarshalOptions)
	if err != nil {
		return // an event that this version does not know
	}
	switch event.(type) {
	case *network.EventRequestWillBeSent, *network.EventResponseReceived, *network.EventDataReceived,
		*network.EventLoadingFinished, *network.EventLoadingFailed, *network.EventWebSocketFrameSent, *network.EventWebSocketFrameReceived:
		a.tab.Hear(event) // the page has not settled before its frames have
	}
	a.hear(r, event)
}

// detached forgets a session that ended, and what it was still loading.
func (a *Archive) detached(id target.SessionID) {
	a.mu.Lock()
	r := a.related[id]
	delete(a.related, id)
	var loading []*transfer
	if r != nil {
		close(r.gone)
		for _, x := range a.transfers {
			if x.from == r && !x.ended {
				loading = append(loading, x)
			}
		}
	}
	a.mu.Unlock()
	var requests []network.RequestID
	for _, x := range loading {
		a.ended(x, givenUp)
		requests = append(requests, x.request)
	}
	a.tab.Forget(requests...)
}

// inside tells whether the browser keeps the bodies of this session with those of
// the one around it, as it does for a worker's.
func (r *related) inside() bool { return r.kind == "worker" }

package tab

import (
	"context"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// Caller sends a command to one session and decodes its answer.
type Caller func(ctx context.Context, method string, params, result any) error

// Frame is a frame that the page's document cannot ask, in whatever process.
type Frame struct {
	ID    cdp.FrameID
	call  Caller
	world runtime.ExecutionContextID
}

const (
	// frameAnswer is how long one frame may take to answer.
	frameAnswer = 2 * time.Second
	// maxFrames is how many are asked.
	maxFrames = 50
)

// OpenFrame makes an isolated world in a frame, in which it can be asked.
func OpenFrame(ctx context.Context, id cdp.FrameID, call Caller) (*Frame, error) {
	limit, done := context.WithTimeout(ctx, frameAnswer)
	defer done()
	var made page.CreateIsolatedWorldResult
	err := call(limit, page.CommandCreateIsolatedWorld, page.CreateIsolatedWorldParams{FrameID: id, WorldName: worldName}, &made)
	return &Frame{ID: id, call: call, world: made.ExecutionContextID}, err
}

// Ask is [Tab.Ask] for the frame.
func (f *Frame) Ask(ctx context.Context, expression string, into any) error {
	limit, done := context.WithTimeout(ctx, frameAnswer)
	defer done()
	yes := true
	var answer runtime.EvaluateResult
	err := f.call(limit, runtime.CommandEvaluate, runtime.EvaluateParams{
		Expression: expression, ContextID: f.world, ReturnByValue: &yes, AwaitPromise: &yes, Silent: &yes,
	}, &answer)
	return taken(answer, err, into)
}

// Frames are those frames that the page's own process shows, and that no script of the page's world looks into:
// sandboxed ones, which have another origin than what holds them, and documents in an object or embed element. Those
// beyond so many are not asked, and counted.
func (t *Tab) Frames(ctx context.Context) (list []*Frame, more int) {
	limit, done := t.Within(ctx, 3*courtesy)
	defer done()
	return framesOf(limit, chromedp.FromContext(t.context).Target.Call)
}

// Inner are the same of what one frame's process shows.
func (f *Frame) Inner(ctx context.Context) (list []*Frame, more int) {
	limit, done := context.WithTimeout(ctx, courtesy)
	defer done()
	return framesOf(limit, f.call)
}

func framesOf(limit context.Context, call Caller) (list []*Frame, more int) {
	var tree page.GetFrameTreeResult
	if err := call(limit, page.CommandGetFrameTree, nil, &tree); err != nil || tree.FrameTree == nil {
		if limit.Err() != nil {
			return nil, 1 // at the least the one that did not tell
		}
		return nil, 0
	}
	var walk func(*page.FrameTree)
	walk = func(of *page.FrameTree) {
		for _, child := range of.ChildFrames {
			if child.Frame == nil {
				continue
			}
			var same bool
			f, err := OpenFrame(limit, child.Frame.ID, call)
			if err == nil {
				err = f.Ask(limit, lookedInto, &same)
			}
			switch {
			case err != nil && limit.Err() == nil || same: // it has gone, or is looked into
			case err != nil && (strings.HasPrefix(child.Frame.URL, "about:") || of.Frame != nil && child.Frame.SecurityOrigin == of.Frame.SecurityOrigin): // it is, most likely
			case err != nil || len(list) == maxFrames:
				more++
			default:
				list = append(list, f)
			}
			walk(child)
		}
	}
	walk(tree.FrameTree)
	return list, more
}

// lookedInto tells in a frame whether what holds it looks into it.
const lookedInto = `(() => { try { return !!parent.document && !/^(object|embed)$/.test(frameElement.localName); } catch { return false; } })()`

// reachScript brings a frame's element into the window, and tells how much of its height is in it.
const reachScript = `function () {
	if (this.ownerDocument !== document) return -1;
	Element.prototype.scrollIntoView.call(this, {block: 'nearest', behavior: 'instant'});
	const r = Element.prototype.getBoundingClientRect.call(this);
	return Math.max(0, Math.min(r.bottom, innerHeight) - Math.max(r.top, 0));
}`

// Reach scrolls the page so that a frame of it is in the window, and tells how much of its height is in it.
// That is not known of a frame within a frame: see [Frame.Reach].
func (t *Tab) Reach(ctx context.Context, id cdp.FrameID) (float64, error) {
	limit, done := t.Within(ctx, courtesy)
	defer done()
	world, _, err := t.worldOf(limit)
	if err != nil {
		return 0, err
	}
	owner, err := chromedp.Call(limit, dom.GetFrameOwner, dom.GetFrameOwnerParams{FrameID: id})
	if err != nil {
		return 0, err
	}
	element, err := chromedp.Call(limit, dom.ResolveNode, dom.ResolveNodeParams{BackendNodeID: owner.BackendNodeID, ExecutionContextID: world})
	if err != nil || element.Object == nil {
		return 0, errors.Join(err, ErrNoPage)
	}
	yes := true
	r, err := chromedp.Call(limit, runtime.CallFunctionOn, runtime.CallFunctionOnParams{
		FunctionDeclaration: reachScript, ObjectID: element.Object.ObjectID, ReturnByValue: &yes,
	})
	if err != nil || r.Result == nil {
		return 0, errors.Join(err, ErrNoPage)
	}
	var high float64
	if err := json.Unmarshal(r.Result.Value, &high); err != nil || high < 0 {
		return 0, errors.Join(err, ErrNoPage)
	}
	return high, nil
}

// reachWithin is asked in a frame, whoever holds it: it has itself brought into the window, and is told by the browser how
// much of it, from its upper edge, is there.
const reachWithin = `(async () => {
	const e = document.documentElement;
	e.scrollIntoView({block: 'start', behavior: 'instant'});
	await new Promise((done) => setTimeout(done, 100));
	return await new Promise((done) => {
		const seen = new IntersectionObserver(([one]) => {
			seen.disconnect();
			done(one.intersectionRect.top - one.boundingClientRect.top < 2 ? one.intersectionRect.height : 0);
		});
		seen.observe(e);
		setTimeout(() => done(0), 1000);
	});
})()`

// Reach is [Tab.Reach] from within the frame.
func (f *Frame) Reach(ctx context.Context) (high float64, err error) {
	err = f.Ask(ctx, reachWithin, &high)
	return high, err
}

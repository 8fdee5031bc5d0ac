package tab

import (
	"context"
	"encoding/json"
	"errors"
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

// Frames are those frames that the page's own process shows, and that have another origin than what holds
// them: sandboxed ones.
func (t *Tab) Frames(ctx context.Context) (list []*Frame) {
	limit, done := t.Within(ctx, courtesy)
	defer done()
	tree, err := chromedp.Call(limit, page.GetFrameTree, cdp.Empty{})
	if err != nil || tree.FrameTree == nil {
		return nil
	}
	call := chromedp.FromContext(t.context).Target.Call
	var walk func(*page.FrameTree)
	walk = func(of *page.FrameTree) {
		for _, child := range of.ChildFrames {
			if len(list) >= maxFrames || child.Frame == nil {
				return
			}
			var same bool
			f, err := OpenFrame(limit, child.Frame.ID, call)
			if err == nil && f.Ask(limit, `(() => { try { return !!parent.document; } catch { return false; } })()`, &same) == nil && !same {
				list = append(list, f)
			}
			walk(child)
		}
	}
	walk(tree.FrameTree)
	return list
}

// reachScript brings a frame's element into the window, and tells how much of its height is in it.
const reachScript = `function () {
	Element.prototype.scrollIntoView.call(this, {block: 'nearest', behavior: 'instant'});
	const r = Element.prototype.getBoundingClientRect.call(this);
	return Math.max(0, Math.min(r.bottom, innerHeight) - Math.max(r.top, 0));
}`

// Reach scrolls the page so that a frame of it is in the window, and tells how much of its height is in it.
// That is not known of a frame within a frame of another site.
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
	return high, json.Unmarshal(r.Result.Value, &high)
}

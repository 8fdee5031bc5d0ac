package tab

import (
	"context"
	"encoding/json"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"

	"constat/evidence"
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
	switch {
	case err != nil:
		return err
	case answer.ExceptionDetails != nil:
		return evidence.Say("bad-answer", "capture: question to the page: {text:.200s}", answer.ExceptionDetails.Text).Err()
	case answer.Result == nil || len(answer.Result.Value) == 0:
		return evidence.Say("no-answer", "capture: question to the page: no answer").Err()
	}
	return json.Unmarshal(answer.Result.Value, into)
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

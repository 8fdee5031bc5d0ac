package tab

import (
	"context"
	"fmt"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// hostsScript lists elements that may hold a closed shadow root: with a name of their own, and nothing in them.
const hostsScript = `(() => {
	const known = globalThis.closedRoots || (globalThis.closedRoots = new Map());
	const found = [], looked = globalThis.lookedInto || (globalThis.lookedInto = new WeakSet());
	let n = 0;
	// A page can name a field of a form like one of these.
	const root = Object.getOwnPropertyDescriptor(Element.prototype, 'shadowRoot').get;
	const name = Object.getOwnPropertyDescriptor(Element.prototype, 'localName').get;
	const walk = (under) => {
		for (const e of under) {
			if (++n > 200000 || found.length >= 100) return;
			const inside = root.call(e) || known.get(e);
			if (inside) walk(ShadowRoot.prototype.querySelectorAll.call(inside, '*'));
			else if (name.call(e).includes('-') && !looked.has(e)) { looked.add(e); found.push(e); }
		}
	};
	walk(Document.prototype.querySelectorAll.call(document, 'body *'));
	globalThis.hosts = found;
	return found.length;
})()`

// knownScript keeps a closed shadow root where the questions of this package and of others find it.
const knownScript = `function () { globalThis.closedRoots.set(ShadowRoot.prototype.__lookupGetter__('host').call(this), this); }`

// Pierce looks for closed shadow roots, which no script can ask for, and makes them known to the questions
// that are asked in the isolated world. It is a courtesy with a limit: it tells how many elements it could not look into.
func (t *Tab) Pierce(ctx context.Context) (left int) {
	limit, done := t.Within(ctx, 2*courtesy)
	defer done()
	for rounds := 0; ; rounds++ { // roots within roots
		var hosts int
		if t.Ask(limit, hostsScript, &hosts) != nil || hosts == 0 {
			return 0
		}
		if rounds == maxRounds {
			return hosts
		}
		found := false
		for n := range hosts {
			opened, err := t.open(limit, fmt.Sprintf("globalThis.hosts[%d]", n))
			if err != nil {
				return hosts - n
			}
			found = found || opened
		}
		if !found && hosts < 100 {
			return 0
		}
	}
}

// maxRounds is how often closed roots are looked for, up to a hundred at a time.
const maxRounds = 4

// open makes the closed shadow root of one element known, if it has one.
func (t *Tab) open(ctx context.Context, host string) (bool, error) {
	world, _, err := t.worldOf(ctx)
	if err != nil {
		return false, err
	}
	of, err := chromedp.Call(ctx, runtime.Evaluate, runtime.EvaluateParams{Expression: host, ContextID: world})
	if err != nil || of.Result == nil || of.Result.ObjectID == "" {
		return false, err
	}
	depth := int64(1)
	node, err := chromedp.Call(ctx, dom.DescribeNode, dom.DescribeNodeParams{ObjectID: of.Result.ObjectID, Depth: &depth})
	_ = Send(ctx, runtime.ReleaseObject, runtime.ReleaseObjectParams{ObjectID: of.Result.ObjectID})
	if err != nil || node.Node == nil {
		return false, err
	}
	for _, root := range node.Node.ShadowRoots {
		if root.ShadowRootType != cdp.ShadowRootTypeClosed {
			continue
		}
		object, err := chromedp.Call(ctx, dom.ResolveNode, dom.ResolveNodeParams{BackendNodeID: root.BackendNodeID, ExecutionContextID: world})
		if err != nil || object.Object == nil {
			return false, err
		}
		return true, Send(ctx, runtime.CallFunctionOn, runtime.CallFunctionOnParams{
			FunctionDeclaration: knownScript, ObjectID: object.Object.ObjectID,
		})
	}
	return false, nil
}

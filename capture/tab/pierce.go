package tab

import (
	"context"
	"fmt"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/dom"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// hostsScript lists elements that may hold a closed shadow root: with a name of their own, and nothing in them. Those
// that are too many, or too far on in the document, are counted.
const hostsScript = `(() => {
	const known = globalThis.closedRoots || (globalThis.closedRoots = new Map());
	const found = [], looked = globalThis.lookedInto || (globalThis.lookedInto = new WeakSet());
	let n = 0, left = 0;
	// A page can name a field of a form like one of these.
	const root = Object.getOwnPropertyDescriptor(Element.prototype, 'shadowRoot').get;
	const name = Object.getOwnPropertyDescriptor(Element.prototype, 'localName').get;
	const walk = (under) => {
		for (const e of under) {
			const over = ++n > 200000 || found.length >= %d;
			const inside = root.call(e) || known.get(e);
			if (inside) walk(ShadowRoot.prototype.querySelectorAll.call(inside, '*'));
			else if (/^(i?frame)$/.test(name.call(e))) {
				if (e.contentDocument) walk(Document.prototype.querySelectorAll.call(e.contentDocument, 'body *'));
			} else if (name.call(e).includes('-') && !looked.has(e)) {
				if (over) left++; else found.push(e);
			}
		}
	};
	walk(Document.prototype.querySelectorAll.call(document, 'body *, frameset *'));
	globalThis.hosts = found;
	return {found: found.length, left};
})()`

// knownScript keeps a closed shadow root where the questions of this package and of others find it.
const knownScript = `function () { globalThis.closedRoots.set(ShadowRoot.prototype.__lookupGetter__('host').call(this), this); }`

// Pierce looks for closed shadow roots, which no script can ask for, and makes them known to the questions
// that are asked in the isolated world. It is a courtesy with a limit: it tells how many elements it could not look into.
func (t *Tab) Pierce(ctx context.Context) (left int) {
	limit, done := t.Within(ctx, 2*courtesy)
	defer done()
	return pierce(limit, t.Ask, func(host string) (bool, error) {
		world, _, err := t.worldOf(limit)
		if err != nil {
			return false, err
		}
		return open(limit, chromedp.FromContext(t.context).Target.Call, world, host)
	})
}

// Pierce is [Tab.Pierce] for the frame.
func (f *Frame) Pierce(ctx context.Context) (left int) {
	limit, done := context.WithTimeout(ctx, 2*courtesy)
	defer done()
	return pierce(limit, f.Ask, func(host string) (bool, error) { return open(limit, f.call, f.world, host) })
}

func pierce(limit context.Context, ask func(context.Context, string, any) error, open func(host string) (bool, error)) (left int) {
	for rounds := 0; ; rounds++ { // roots within roots
		var hosts struct{ Found, Left int }
		most := 100
		if rounds == maxRounds {
			most = 0 // what is left is counted
		}
		if ask(limit, fmt.Sprintf(hostsScript, most), &hosts) != nil {
			return left // of the round before, if there was one
		}
		left = hosts.Left
		if hosts.Found == 0 {
			return left
		}
		found := false
		for n := range hosts.Found {
			opened, err := open(fmt.Sprintf("(globalThis.lookedInto.add(globalThis.hosts[%[1]d]), globalThis.hosts[%[1]d])", n))
			if err != nil {
				return hosts.Found - n + left
			}
			found = found || opened
		}
		if !found && hosts.Found < most {
			return left
		}
	}
}

// maxRounds is how often closed roots are looked for, up to a hundred at a time.
const maxRounds = 4

// open makes the closed shadow root of one element known, if it has one.
func open(ctx context.Context, call Caller, world runtime.ExecutionContextID, host string) (bool, error) {
	var of runtime.EvaluateResult
	err := call(ctx, runtime.CommandEvaluate, runtime.EvaluateParams{Expression: host, ContextID: world}, &of)
	if err != nil || of.Result == nil || of.Result.ObjectID == "" {
		return false, err
	}
	depth := int64(1)
	var described dom.DescribeNodeResult
	err = call(ctx, dom.CommandDescribeNode, dom.DescribeNodeParams{ObjectID: of.Result.ObjectID, Depth: &depth}, &described)
	_ = call(ctx, runtime.CommandReleaseObject, runtime.ReleaseObjectParams{ObjectID: of.Result.ObjectID}, nil)
	if err != nil || described.Node == nil {
		return false, err
	}
	for _, root := range described.Node.ShadowRoots {
		if root.ShadowRootType != cdp.ShadowRootTypeClosed {
			continue
		}
		var object dom.ResolveNodeResult
		err := call(ctx, dom.CommandResolveNode, dom.ResolveNodeParams{BackendNodeID: root.BackendNodeID, ExecutionContextID: world}, &object)
		if err != nil || object.Object == nil {
			return false, err
		}
		return true, call(ctx, runtime.CommandCallFunctionOn, runtime.CallFunctionOnParams{
			FunctionDeclaration: knownScript, ObjectID: object.Object.ObjectID,
		}, nil)
	}
	return false, nil
}

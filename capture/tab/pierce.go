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
	limit, done := t.Within(ctx, piercing)
	defer done()
	return pierce(limit, t.Ask, func(ctx context.Context) (Caller, runtime.ExecutionContextID, error) {
		world, _, err := t.worldOf(ctx)
		return chromedp.FromContext(t.context).Target.Call, world, err
	})
}

// Pierce is [Tab.Pierce] for the frame.
func (f *Frame) Pierce(ctx context.Context) (left int) {
	limit, done := context.WithTimeout(ctx, piercing)
	defer done()
	return pierce(limit, f.Ask, func(context.Context) (Caller, runtime.ExecutionContextID, error) { return f.call, f.world, nil })
}

// piercing bounds all the looking for closed roots. What bounds it on a page that answers is their number: a slow
// computer looks into as many as a fast one. One that does not answer is not asked on.
const piercing = 8 * courtesy

// pierce looks into so many in each of its rounds; where says whom to ask, and in which world.
func pierce(limit context.Context, ask func(context.Context, string, any) error, where func(context.Context) (Caller, runtime.ExecutionContextID, error)) (left int) {
	for rounds := 0; ; rounds++ { // roots within roots
		var hosts struct{ Found, Left int }
		most := 100
		if rounds == maxRounds {
			most = 0 // what is left is counted
		}
		answer, done := context.WithTimeout(limit, 2*courtesy)
		err := ask(answer, fmt.Sprintf(hostsScript, most), &hosts)
		done()
		if err != nil {
			return left // of the round before, if there was one
		}
		if left = hosts.Left; hosts.Found == 0 {
			return left
		}
		looked, found := openAll(limit, where)
		answer, done = context.WithTimeout(limit, 2*courtesy)
		var any any
		_ = ask(answer, fmt.Sprintf("globalThis.hosts.slice(0, %d).forEach((e) => globalThis.lookedInto.add(e))", looked), &any)
		done()
		if looked < hosts.Found {
			return hosts.Found - looked + left
		}
		if !found && hosts.Found < most {
			return left
		}
	}
}

// openAll looks into the elements that were found, and tells into how many, and whether one was closed. It has them from
// the browser at once: each answer that is waited for costs a slow computer its time.
func openAll(limit context.Context, where func(context.Context) (Caller, runtime.ExecutionContextID, error)) (looked int, found bool) {
	const group = "hosts"
	call, world, err := where(limit)
	if err != nil {
		return 0, false
	}
	defer func() {
		_ = call(limit, runtime.CommandReleaseObjectGroup, runtime.ReleaseObjectGroupParams{ObjectGroup: group}, nil)
	}()
	var all runtime.EvaluateResult
	err = call(limit, runtime.CommandEvaluate, runtime.EvaluateParams{Expression: "globalThis.hosts", ContextID: world, ObjectGroup: group}, &all)
	if err != nil || all.Result == nil || all.Result.ObjectID == "" {
		return 0, false
	}
	var each runtime.GetPropertiesResult
	if call(limit, runtime.CommandGetProperties, runtime.GetPropertiesParams{ObjectID: all.Result.ObjectID, OwnProperties: new(true)}, &each) != nil {
		return 0, false
	}
	for _, host := range each.Result {
		if host.Value == nil || host.Value.Subtype != "node" {
			continue // its length
		}
		answer, done := context.WithTimeout(limit, 2*courtesy)
		opened, err := open(answer, call, world, host.Value.ObjectID)
		done()
		if err != nil {
			return looked, found
		}
		looked, found = looked+1, found || opened
	}
	return looked, found
}

// maxRounds is how often closed roots are looked for, up to a hundred at a time.
const maxRounds = 4

// open makes the closed shadow root of one element known, if it has one.
func open(ctx context.Context, call Caller, world runtime.ExecutionContextID, host runtime.RemoteObjectID) (bool, error) {
	depth := int64(1)
	var described dom.DescribeNodeResult
	err := call(ctx, dom.CommandDescribeNode, dom.DescribeNodeParams{ObjectID: host, Depth: &depth}, &described)
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

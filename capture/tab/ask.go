package tab

import (
	"context"
	"encoding/json"
	"strings"
	"time"

	"constat/evidence"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// The questions to the page. They run in an isolated world: the page's scripts
// neither see them nor can they put other functions in their place. A page can still name an
// element "body" or "title", which would stand before the property of that name, so
// the properties are taken from the prototypes.
const (
	// fontsScript waits until the fonts are there. Of a document that never has loaded they never are.
	fontsScript = `(async () => {
		const get = (name) => Object.getOwnPropertyDescriptor(Document.prototype, name).get.call(document);
		if (get('readyState') === 'complete') await get('fonts').ready;
		return true;
	})()`
	// decodeScript waits until pictures that have arrived are decoded.
	decodeScript = `(async () => {
		const pictures = Array.from(Object.getOwnPropertyDescriptor(Document.prototype, 'images').get.call(document))
			.filter((i) => i.complete && i.naturalWidth).slice(0, 2000);
		await Promise.all(pictures.map((i) => i.decode().catch(() => null)));
		return true;
	})()`
	// calmScript waits for animations that end; others are pictured as they run.
	calmScript = `(async () => {
		const list = Document.prototype.getAnimations.call(document).filter((a) => a.playState === 'running' &&
			a.effect && Number.isFinite(a.effect.getComputedTiming().endTime));
		await Promise.race([Promise.allSettled(list.map((a) => a.finished)), new Promise((done) => setTimeout(done, 1500))]);
		return true;
	})()`
	// stillScript is in the isolated world from the beginning of each document, before any listener of the
	// page: while the page is pictured beyond its window, it is not told that the window changes its size, and
	// has it back by the time it would hear of it. Nothing of the document is touched.
	stillScript = `(() => {
		const hush = (e) => { if (globalThis.stillness) e.stopImmediatePropagation(); };
		for (const of of [globalThis, globalThis.visualViewport]) {
			if (of) EventTarget.prototype.addEventListener.call(of, 'resize', hush, true);
		}
		// Whether the document has had a script at all: without one, nothing waits before it asks for more.
		globalThis.scripted = false;
		const watch = new MutationObserver((list) => {
			for (const m of list) for (const n of m.addedNodes) {
				if (n.localName === 'script' || n.localName === 'iframe' || n.localName === 'frame') { globalThis.scripted = true; watch.disconnect(); return; }
			}
		});
		watch.observe(document, {childList: true, subtree: true});
	})()`
	// steadyScript waits for everything that can be waited for before the tiles are taken.
	steadyScript = `(async () => { await ` + fontsScript + `; await ` + decodeScript + `; return await ` + calmScript + `; })()`
)

// worldName is how the browser calls the isolated world.
const worldName = "constat"

// world is the isolated world in which questions are asked.
type world struct {
	of *cdp.Frame // the document that questions were last asked in
	id runtime.ExecutionContextID
}

// Ask evaluates an expression in an isolated world of the main frame and
// decodes its value.
func (t *Tab) Ask(ctx context.Context, expression string, into any) error {
	id, known, err := t.worldOf(ctx)
	if err != nil {
		return err
	}
	yes := true
	question := runtime.EvaluateParams{
		Expression: expression, ContextID: id,
		ReturnByValue: &yes, AwaitPromise: &yes, Silent: &yes,
	}
	answer, err := chromedp.Call(ctx, runtime.Evaluate, question)
	if known && err != nil && strings.Contains(err.Error(), "Cannot find context") {
		// The page gave way to another since; it was asked nothing.
		t.mu.Lock()
		t.world.of = nil
		t.mu.Unlock()
		if question.ContextID, _, err = t.worldOf(ctx); err == nil {
			answer, err = chromedp.Call(ctx, runtime.Evaluate, question)
		}
	}
	return taken(answer, err, into)
}

// taken reads what a question was answered with.
func taken(answer runtime.EvaluateResult, err error, into any) error {
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

// worldOf is the isolated world of the document that is shown, and whether it was there before.
func (t *Tab) worldOf(ctx context.Context) (runtime.ExecutionContextID, bool, error) {
	t.mu.Lock()
	shown, id := t.shown.frame, t.world.id
	known := shown != nil && t.world.of == shown
	t.mu.Unlock()
	if known {
		return id, true, nil
	}
	made, err := chromedp.Call(ctx, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{
		FrameID: t.main, WorldName: worldName,
	})
	if err != nil {
		return 0, false, err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.shown.frame == shown { // else nobody knows whose it is
		t.world = world{of: shown, id: made.ExecutionContextID}
	}
	return made.ExecutionContextID, false, nil
}

// Steady waits for everything that can be waited for before the page is pictured. It is a courtesy
// with a limit.
func (t *Tab) Steady(ctx context.Context, limit time.Duration) {
	limited, done := t.Within(ctx, limit)
	defer done()
	var steady bool
	_ = t.Ask(limited, steadyScript, &steady)
}

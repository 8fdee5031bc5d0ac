package capture

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// The questions to the page. They run in an isolated world: the page's scripts
// neither see them nor can they put other functions in their place. A page can still name an
// element "body" or "title", which would stand before the property of that name, so
// the properties are taken from the prototypes.
const (
	// textScript answers with the visible text, cut to a length, and the whole length. The text of
	// frames that can be asked, those of the same origin, follows that of the page.
	textScript = `(() => {
		const get = (type, name, of) => Object.getOwnPropertyDescriptor(type.prototype, name).get.call(of);
		const texts = [], documents = [document];
		for (let i = 0; i < documents.length && documents.length < 100; i++) {
			const of = documents[i], own = of.defaultView;
			const body = get(Document, 'body', of) || get(Document, 'documentElement', of);
			texts.push(body instanceof own.HTMLElement ? get(own.HTMLElement, 'innerText', body)
				: body ? get(Node, 'textContent', body) : '');
			for (const f of Document.prototype.querySelectorAll.call(of, 'iframe, frame')) {
				const r = f.getBoundingClientRect();
				try {
					if (r.width > 1 && r.height > 1 && own.getComputedStyle(f).visibility === 'visible' && f.contentDocument) documents.push(f.contentDocument);
				} catch { /* of another site */ }
			}
		}
		const text = texts.filter((one, i) => one || !i).join('\n\n');
		return {title: get(Document, 'title', document).slice(0, 10000), length: text.length, text: text.slice(0, %d)};
	})()`
	// shownScript counts what tells a sign-in page or a test for humans from a page with content.
	shownScript = `(() => {
		const all = (selector) => Array.from(Document.prototype.querySelectorAll.call(document, selector)).slice(0, 500);
		const visible = (e) => { const r = e.getBoundingClientRect();
			return r.width > 1 && r.height > 1 && getComputedStyle(e).visibility === 'visible'; };
		return {
			passwords: all('input[type=password]').filter(visible).length,
			articles: all('article, [role=article]').filter((e) => visible(e) && e.textContent.trim().length > 40).length,
			frames: all('iframe[src]').filter(visible).map((e) => e.src.slice(0, 500)).slice(0, 50),
		};
	})()`
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
)

type pageText struct {
	Title  string `json:"title"`
	Length int    `json:"length"` // UTF-16 units, as JavaScript counts
	Text   string `json:"text"`
}

// ask evaluates an expression in an isolated world of the main frame and
// decodes its value.
func (s *session) ask(ctx context.Context, expression string, into any) error {
	world, known, err := s.world(ctx)
	if err != nil {
		return err
	}
	yes := true
	question := runtime.EvaluateParams{
		Expression: expression, ContextID: world,
		ReturnByValue: &yes, AwaitPromise: &yes, Silent: &yes,
	}
	answer, err := chromedp.Call(ctx, runtime.Evaluate, question)
	if known && err != nil && strings.Contains(err.Error(), "Cannot find context") {
		// The page gave way to another since; it was asked nothing.
		s.mu.Lock()
		s.worldOf = nil
		s.mu.Unlock()
		if question.ContextID, _, err = s.world(ctx); err == nil {
			answer, err = chromedp.Call(ctx, runtime.Evaluate, question)
		}
	}
	switch {
	case err != nil:
		return err
	case answer.ExceptionDetails != nil:
		return fmt.Errorf("capture: question to the page: %.200s", answer.ExceptionDetails.Text)
	case answer.Result == nil || len(answer.Result.Value) == 0:
		return errors.New("capture: question to the page: no answer")
	}
	return json.Unmarshal(answer.Result.Value, into)
}

// world is the isolated world of the document that is shown, and whether it was there before.
func (s *session) world(ctx context.Context) (runtime.ExecutionContextID, bool, error) {
	s.mu.Lock()
	shown, id := s.committed, s.inWorld
	known := shown != nil && s.worldOf == shown
	s.mu.Unlock()
	if known {
		return id, true, nil
	}
	made, err := chromedp.Call(ctx, page.CreateIsolatedWorld, page.CreateIsolatedWorldParams{
		FrameID: s.main, WorldName: "constat",
	})
	if err != nil {
		return 0, false, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.committed == shown { // else nobody knows whose it is
		s.worldOf, s.inWorld = shown, made.ExecutionContextID
	}
	return made.ExecutionContextID, false, nil
}

// within returns a context that carries chromedp's connection and ends with ctx
// or after the limit.
func within(ctx, connection context.Context, limit time.Duration) (context.Context, context.CancelFunc) {
	c, cancel := context.WithTimeout(connection, limit)
	unhook := context.AfterFunc(ctx, cancel)
	return c, func() { unhook(); cancel() }
}

package capture

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"constat/capture/recognise"
	"constat/capture/record"
	"constat/capture/tab"
	"constat/evidence"
)

// What is asked of the page, and of frames that it may not look into, in the isolated world; see [tab.Tab.Ask].
const (
	// shownScript counts what tells a sign-in page or a test for humans from a page with content. What it looks for may
	// stand in a shadow root, or in a frame.
	shownScript = `(() => {
		const own = (type, name) => { const of = Object.getOwnPropertyDescriptor(type.prototype, name).get; return (e) => of.call(e); };
		// A page can name a field of a form like one of these.
		const parent = own(Node, 'parentElement'), textOf = own(Node, 'textContent'), name = own(Element, 'localName'), rootOf = own(Element, 'shadowRoot');
		const rootElement = own(Document, 'documentElement');
		const rect = (e) => Element.prototype.getBoundingClientRect.call(e);
		const attribute = (e, which) => Element.prototype.getAttribute.call(e, which);
		const shadow = (e) => rootOf(e) || globalThis.closedRoots && globalThis.closedRoots.get(e) || null;
		const inner = (e) => /^i?frame$/.test(name(e)) ? e.contentDocument : null;
		const up = (e) => parent(e) || Node.prototype.getRootNode.call(e).host || null;
		const visible = (e) => { const r = rect(e); return r.width > 1 && r.height > 1 && getComputedStyle(e).visibility === 'visible'; };
		let looked = 0;
		// Each element under a node, also in shadow roots and in frames of the same site, as long as the answer is yes.
		const each = (of, yes) => {
			for (const e of (of.nodeType === 9 ? Document : of.nodeType === 11 ? ShadowRoot : Element).prototype.querySelectorAll.call(of, '*')) {
				if (++looked > 200000 || !yes(e)) return;
				if (shadow(e)) each(shadow(e), yes);
				if (inner(e)) each(inner(e), yes);
			}
		};
		const field = (e) => name(e) === 'input' && e.type === 'password' && visible(e);
		const count = (of) => { let n = 0; each(of, (e) => { if (field(e)) n++; return true; }); return n; };
		const asks = (e) => { let words = textOf(e); each(e, (one) => { const more = inner(one) && rootElement(inner(one)) || shadow(one); if (more) words += textOf(more); return words.length < 3000; });
			return count(e) > 0 || words.length < 3000 && %[1]s.test(words); };
		const button = (of) => { let found = false; each(of, (e) => { if (/^(a|button)$/.test(name(e)) || attribute(e, 'role') === 'button') found = found || visible(e) && textOf(e).trim().length < 30 && %[1]s.test(textOf(e)); return !found; }); return found; };
		const at = (x, y) => {
			let e = Document.prototype.elementFromPoint.call(document, x, y);
			for (let n = 0; e && shadow(e) && n < 20; n++) {
				const next = ShadowRoot.prototype.elementFromPoint.call(shadow(e), x, y);
				if (!next || next === e) break;
				e = next;
			}
			return e;
		};
		const root = rootElement(document), body = own(Document, 'body')(document);
		const locked = body && [root, body].some((e) => getComputedStyle(e).overflowY === 'hidden' || getComputedStyle(e).position === 'fixed');
		const lies = body && locked ? Math.max(0, Math.round(Math.max(root.scrollHeight, body.scrollHeight) - innerHeight)) : 0;
		// What lies in the middle of the window, or low in one that is locked, and asks to sign in: the nearest dialogue or
		// layer that stays where it is when one scrolls. A frame of another site is asked itself.
		let over = 0;
		const framed = []; // areas of those that lie in such a layer
		for (const low of lies > 0 ? [0.5, 0.8] : [0.5]) for (let e = at(innerWidth / 2, innerHeight * low), n = 0; e && n < 2000; e = up(e), n++) {
			const style = getComputedStyle(e), r = rect(e), role = attribute(e, 'role');
			if (r.width * r.height <= innerWidth * innerHeight / 10) continue;
			if (role === 'dialog' || role === 'alertdialog' || attribute(e, 'aria-modal') === 'true' || e instanceof HTMLDialogElement || style.position === 'fixed') {
				const whole = inner(e) || e;
				// Low in the window lie notes on cookies, too: there it is a field or a button that asks.
				if (low > 0.5 ? count(whole) > 0 || button(whole) : inner(e) ? count(whole) > 0 || %[1]s.test(textOf(rootElement(whole)).slice(0, 3000)) : asks(e)) over = 1;
				const foreign = (f) => /^(iframe|frame|object|embed)$/.test(name(f)) && !inner(f) && rect(f).width * rect(f).height > innerWidth * innerHeight / 10;
				if (foreign(e)) framed.push(e.clientWidth * e.clientHeight);
				each(e, (f) => { if (foreign(f)) framed.push(f.clientWidth * f.clientHeight); return framed.length < 50; });
			}
		}
		const all = (selector) => Array.from(Document.prototype.querySelectorAll.call(document, selector)).slice(0, 500);
		const half = (e) => { const r = rect(e); return r.width * r.height >= innerWidth * innerHeight / 2; };
		let filling = 0;
		let halves = 0; // visible frames of other sites that fill half of the window
		const shows = (of) => { let yes = false; each(of, (e) => { if (/^(img|video|canvas|picture|article)$/.test(name(e)) && rect(e).width * rect(e).height > innerWidth * innerHeight / 20) yes = true; return !yes; }); return yes; };
		for (const f of all('iframe, frame, object, embed')) {
			if (!half(f) || !visible(f) || !Element.prototype.checkVisibility.call(f, {opacityProperty: true, visibilityProperty: true})) continue;
			if (!inner(f)) halves++;
			else if (!shows(inner(f)) && %[1]s.test(textOf(rootElement(inner(f))).slice(0, 3000))) filling += count(inner(f));
		}
		return {
			over, framed, below: lies, filling, halves,
			passwords: count(document) - filling, view: innerWidth * innerHeight,
			articles: all('article, [role=article]').filter((e) => visible(e) && textOf(e).trim().length > 40).length,
			frames: all('iframe[src]').filter(visible).map((e) => e.src.slice(0, 500)).slice(0, 50),
		};
	})()`
	// askingScript is asked in a frame: visible fields for passwords, whether its words ask to sign in, how large it is.
	askingScript = `(() => {
		const fields = Array.from(Document.prototype.querySelectorAll.call(document, 'input[type=password]')).filter((e) => { const r = e.getBoundingClientRect(); return r.width > 1 && r.height > 1; });
		const body = Object.getOwnPropertyDescriptor(Document.prototype, 'body').get.call(document);
		const words = body && body.innerText || '';
		const shows = Array.from(Document.prototype.querySelectorAll.call(document, 'img, video, canvas, article')).some((e) => { const r = e.getBoundingClientRect(); return r.width * r.height > innerWidth * innerHeight / 20; });
		return {passwords: fields.length, shows, asks: words.length < 3000 && %s.test(words), long: words.length, size: innerWidth * innerHeight};
	})()`
	// askWords are what a dialogue says that asks to sign in, in the languages of the screens.
	askWords = `/log ?in|sign ?(in|up)|se connecter|connectez-vous|s.inscrire|connexion|inloggen|aanmelden|meld je aan|registreren|anmelden|einloggen|registrieren/i`
)

// recognise reads from the page whether it is what was asked for.
func (w *way) recognise(ctx context.Context, page shownPage, title, text string, length int, frames []*tab.Frame) recognise.Finding {
	shown := recognise.Page{
		Requested: strings.TrimSpace(w.request.Address), Address: page.Address, Title: title,
		Text: text[:min(len(text), recognise.EnoughText)], TextLength: length,
	}
	if u, err := ParseAddress(w.request.Address); err == nil {
		shown.Requested = u.String()
	}
	var counts struct {
		Passwords, Articles int
		Filling             int // fields for passwords in frames that fill half of the window
		Over, Below         int
		Framed              []float64
		Halves              int
		View                float64
		Frames              []string
	}
	if w.tab.Ask(ctx, fmt.Sprintf(shownScript, askWords), &counts) != nil {
		return recognise.Finding{} // what cannot be counted is not judged
	}
	for _, f := range frames {
		var one struct {
			Passwords int
			Asks      bool
			Shows     bool // it has a picture, a film or a post
			Long      int
			Size      float64
		}
		if f.Ask(ctx, fmt.Sprintf(askingScript, askWords), &one) != nil || one.Passwords == 0 && !one.Asks {
			continue // one that does not answer is counted with its words
		}
		if counts.Halves > 0 && one.Size >= counts.View/2 && one.Asks && !one.Shows {
			counts.Filling += one.Passwords
			shown.TextLength += one.Long
		}
		// It is the one that lies in a layer if it is as large.
		if slices.ContainsFunc(counts.Framed, func(area float64) bool { return math.Abs(area-one.Size) < area/20 }) {
			counts.Over++
		}
	}
	shown.Passwords, shown.Articles, shown.Frames, shown.Filling = counts.Passwords, counts.Articles, counts.Frames, counts.Filling
	found, _ := recognise.Recognise(shown)
	if counts.Over > 0 && found.Outcome == "" {
		w.notes.Add(record.ProblemSignInOver, evidence.Say("below", "{#n} px of the page lie below", counts.Below))
	}
	return found
}

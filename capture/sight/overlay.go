package sight

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"constat/capture/record"
	"constat/evidence"
)

// refusals are the buttons with which vendors of consent overlays let people
// refuse everything that is not necessary: CSS selectors.
func refusals() map[string]string {
	return map[string]string{
		"OneTrust":       "#onetrust-reject-all-handler, .ot-pc-refuse-all-handler",
		"Cookiebot":      "#CybotCookiebotDialogBodyButtonDecline",
		"Didomi":         ".didomi-continue-without-agreeing, #didomi-notice-disagree-button",
		"Axeptio":        "#axeptio_btn_dismiss",
		"tarteaucitron":  "#tarteaucitronAllDenied2",
		"Usercentrics":   "[data-testid=uc-deny-all-button]",
		"consentmanager": ".cmpboxbtnno",
		"CookieYes":      ".cky-btn-reject",
		"Complianz":      ".cmplz-btn.cmplz-deny",
		"Osano":          ".osano-cm-denyAll, .osano-cm-deny",
		"Klaro":          ".klaro .cn-decline",
		"Borlabs":        "[data-borlabs-cookie-actions=accept-essential]",
		"iubenda":        ".iubenda-cs-reject-btn",
		"CookieFirst":    "[data-cookiefirst-action=reject]",
	}
}

// refusalWords are what a button says that accepts no more than is necessary. The
// whole text must be one of them, in small letters.
func refusalWords() []string {
	return []string{
		"reject all", "reject", "reject all cookies", "decline", "decline all", "refuse all", "deny", "deny all", "only necessary",
		"necessary only", "necessary cookies only", "use necessary cookies only", "only allow essential cookies",
		"decline optional cookies", "reject optional cookies", "reject non-essential cookies", "refuse non-essential cookies",
		"continue without accepting", "only essential cookies", "essential only",
		"tout refuser", "refuser", "je refuse", "refuser tout", "tout rejeter", "continuer sans accepter", "refuser les cookies optionnels",
		"refuser les cookies facultatifs", "uniquement les cookies nécessaires", "cookies nécessaires uniquement",
		"autoriser uniquement les cookies essentiels", "refuser les cookies non essentiels",
		"alles weigeren", "weigeren", "alles afwijzen", "afwijzen", "alle cookies weigeren", "optionele cookies afwijzen",
		"optionele cookies weigeren", "alleen noodzakelijke cookies", "alleen noodzakelijk", "enkel noodzakelijke cookies",
		"alleen essentiële cookies toestaan", "doorgaan zonder te accepteren", "verdergaan zonder te accepteren", "niet-essentiële cookies weigeren",
		"alle ablehnen", "ablehnen", "alles ablehnen", "optionale cookies ablehnen", "nur notwendige cookies", "nur notwendige",
		"nur erforderliche cookies", "nur essenzielle cookies", "nur erforderliche cookies erlauben", "ohne einwilligung fortfahren",
		"weiter ohne zustimmung", "nicht-essenzielle cookies ablehnen",
	}
}

const (
	// refusalScript finds a button that refuses. By its words one counts only inside of
	// something that lies over the page and speaks of cookies; one that would send a form or
	// lead away never counts.
	refusalScript = `(({vendors, words}) => {
		// A page can name a field of a form like one of these.
		const get = (type, name, of) => Object.getOwnPropertyDescriptor(type.prototype, name).get.call(of);
		const tidy = (e) => (e.innerText || e.value || '').toLowerCase().replace(/[’‘]/g, "'").replace(/\s+/g, ' ').trim().replace(/[.!›→ ]+$/, '');
		const visible = (e) => { const r = e.getBoundingClientRect(), s = getComputedStyle(e);
			return r.width > 1 && r.height > 1 && r.bottom > 0 && r.top < innerHeight && s.visibility === 'visible' && s.opacity !== '0'; };
		const stays = (e) => !(e instanceof HTMLAnchorElement && e.href && !/^(javascript:|#)/.test(e.getAttribute('href'))) &&
			!((e instanceof HTMLButtonElement || e instanceof HTMLInputElement) && e.form && e.type === 'submit');
		const up = (e) => { const of = Node.prototype.getRootNode.call(e); return get(Node, 'parentElement', e) || (of instanceof ShadowRoot ? of.host : null); };
		const over = (e) => { let place = false, cookies = false;
			for (let n = up(e); n && n !== Object.getOwnPropertyDescriptor(Document.prototype, 'body').get.call(document); n = up(n)) {
				const s = getComputedStyle(n);
				place ||= s.position === 'fixed' || s.position === 'sticky' || Element.prototype.getAttribute.call(n, 'role') === 'dialog' || n instanceof HTMLDialogElement;
				cookies ||= /cookie|consent|gdpr|rgpd|tracker|traceur/i.test(get(Element, 'id', n) + ' ' + get(Element, 'className', n) + ' ' + (n instanceof HTMLElement && get(HTMLElement, 'innerText', n) || '').slice(0, 3000));
				if (place && cookies) return true;
			}
			return false; };
		const roots = [document];
		for (let i = 0; i < roots.length && roots.length < 20; i++) {
			const query = (roots[i] === document ? Document : DocumentFragment).prototype.querySelectorAll;
			for (const e of query.call(roots[i], '*')) { const inside = get(Element, 'shadowRoot', e); if (roots.length < 20 && inside) roots.push(inside); }
			for (const [vendor, selector] of Object.entries(vendors)) {
				for (const e of query.call(roots[i], selector)) if (visible(e) && stays(e)) {
					globalThis.refusal = e; return {vendor, text: tidy(e).slice(0, 100)};
				}
			}
			for (const e of query.call(roots[i], 'button, [role=button], input[type=button], a')) {
				if (words.includes(tidy(e)) && visible(e) && stays(e) && over(e)) {
					globalThis.refusal = e; return {vendor: '', text: tidy(e)};
				}
			}
		}
		globalThis.refusal = null;
		return {vendor: '', text: ''};
	})(%s)`
	refuseScript = `(() => { HTMLElement.prototype.click.call(globalThis.refusal); return true; })()`
	// refusedScript waits until the button is gone, for as long as an overlay takes to fade.
	refusedScript = `(async () => {
		const e = globalThis.refusal;
		const gone = () => { const r = e.getBoundingClientRect(), s = getComputedStyle(e);
			return !e.isConnected || r.width < 2 || r.bottom <= 0 || r.top >= innerHeight || s.visibility !== 'visible'; };
		for (let i = 0; i < 30 && !gone(); i++) await new Promise((done) => setTimeout(done, 50));
		return gone();
	})()`
)

// button is what was pressed.
type button struct{ Vendor, Text string }

func (b button) said() evidence.Said {
	if b.Vendor == "" {
		return evidence.Say("button", "{button:q}", b.Text)
	}
	return evidence.Say("button-of", "{button:q} ({vendor})", b.Text, b.Vendor)
}

func (b button) pictured(tiles int) evidence.Said {
	if b.Vendor == "" {
		return evidence.Say("button-pictures", "{button:q}, {#n} tiles", b.Text, tiles)
	}
	return evidence.Say("button-of-pictures", "{button:q} ({vendor}), {#n} tiles", b.Text, b.Vendor, tiles)
}

// Uncover refuses what a consent overlay asks for and pictures the page once more.
// Everything else has been recorded by then: the page as it was found comes first. It
// never accepts anything that can be refused. Only the sink and the caller's end are errors.
func (e *Eye) Uncover(ctx context.Context) error {
	// In a window the person sees to it, before they keep the page.
	if e.window || e.tab.Silenced() || ctx.Err() != nil || e.tab.Gone() || e.tab.Crashed() {
		return nil
	}
	options, err := json.Marshal(map[string]any{"vendors": refusals(), "words": refusalWords()})
	if err != nil {
		return fmt.Errorf("capture: %w", err)
	}
	limit, done := e.tab.Within(ctx, 2*scrollAnswer)
	defer done()
	var button button
	if e.tab.Ask(limit, fmt.Sprintf(refusalScript, options), &button) != nil || button.Vendor+button.Text == "" {
		return nil
	}
	var gone bool
	before := e.tab.Latest()
	if e.tab.Ask(limit, refuseScript, &gone) != nil || e.tab.Ask(limit, refusedScript, &gone) != nil || !gone || e.tab.Latest() != before {
		e.tab.Notes().Add(record.ProblemOverlayStays, button.said())
		return nil
	}
	e.closed = true
	e.tab.Hush(ctx, late, min(e.limits.Settle, 3*time.Second))
	e.scroll(ctx) // the list of preconditions is about the tiles
	x, err := e.measure(ctx)
	tiles := 0
	if err == nil {
		err = e.shootAll(ctx, x, nil, func() {}, func(n int, s *shot) error {
			if err := e.kept.Put(evidence.UncoveredName(n), "image/png", s.png); err != nil {
				return errSink{err}
			}
			tiles = n
			return nil
		})
	}
	if e.kept.Ended() != nil {
		return e.kept.Ended()
	}
	if broken, ok := err.(errSink); ok {
		return broken.error
	}
	e.tab.Notes().Add(record.ProblemOverlayClosed, button.pictured(tiles))
	if err != nil {
		e.tab.Notes().Add(record.ProblemUncoveredCut, evidence.Say("pictures-why", "{#n} tiles: {why}", tiles, e.why(err)))
	}
	return nil
}

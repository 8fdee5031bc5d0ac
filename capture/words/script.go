package words

import (
	"fmt"
	"strings"
)

// Page is what a document says.
type Page struct {
	Title  string `json:"title"`
	Length int    `json:"length"` // of the whole visible text in UTF-16 units, as JavaScript counts
	Text   string `json:"text"`
	Unseen string `json:"unseen"` // what is in the document and not visible
	Whole  int    `json:"whole"`  // its length
	Dates  []Date `json:"dates"`
	Frames int    `json:"frames"` // frames that were not read, because there are too many

	// Unlooked is the text of parts whose elements were not looked at one by one, because that took too long or they
	// lie too deep: nobody knows whether it can be seen.
	Unlooked string `json:"unlooked"`
	Parts    int    `json:"parts"`   // how many those are
	PartsOf  int    `json:"partsOf"` // how many characters they have
}

// Date is a date told from now, as the page shows it, and the one that the page carries beside it.
type Date struct {
	Shown    string `json:"shown"`
	Absolute string `json:"absolute"` // empty: the page carries none
	From     string `json:"from"`     // name of the attribute
}

// relative is a regular expression of JavaScript for dates told from now. What follows may be a time of day.
const relative = `/^(?:just now|now|yesterday|today|last (?:week|month|year)` +
	`|(?:about )?(?:a|an|one|\d+) ?(?:s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?|w|wks?|weeks?|mo|mos|months?|y|yrs?|years?)(?: ago)?` +
	`|à l.instant|maintenant|hier|avant-hier|aujourd.hui|la semaine dernière|il y a (?:environ )?(?:une?|\d+) ?\p{L}+\.?|\d+ ?(?:j|jours?|sem\.?|semaines?|mois|ans?)` +
	`|zojuist|zonet|gisteren|eergisteren|vandaag|vorige (?:week|maand)|vorig jaar` +
	`|(?:een|één|\d+) ?(?:sec|seconden?|minuut|minuten|u|uur|uren|dag|dagen|wk|week|weken|mnd|maand|maanden|jr|jaar|jaren)(?: geleden)?` +
	`|gerade eben|gestern|vorgestern|heute|letzte woche|vor (?:etwa )?(?:einem|einer|\d+) ?\p{L}+\.?` +
	`|\d+ ?(?:sek\.?|min\.|std\.?|stunden?|tg?\.?|tage?|wo\.?|wochen?|mon\.?|monate?|j\.?|jahre?))` +
	`(?:,? ?(?:at|à|om|um)? ?\d{1,2}[:h.]\d{2}(?: ?[ap]m| uhr)?)?[ ·•]*$/iu`

// Script answers with a [Page] whose texts are cut to that many units. With a number of a pane, counted from
// nought, it reads what is in that pane alone.
func Script(most int) string { return PaneScript(-1, most) }

// PaneScript is the same for one of the panes that were found.
func PaneScript(pane, most int) string {
	return strings.Replace(script, "%s", relative, 1) + fmt.Sprintf("(%d, %d)", pane, most)
}

// script walks the tree as it is laid out: shadow roots in place of what their hosts hold, and what is put into their slots.
const script = `((pane, most) => {
	const get = (type, name, of) => Object.getOwnPropertyDescriptor(type.prototype, name).get.call(of);
	const began = performance.now(), patience = 8000;
	const lines = [''], unseen = [];
	const unlooked = [];
	let unseenSize = 0, unlookedSize = 0, parted = 0, dates = [];
	const shadow = (e) => rootOf.call(e) || globalThis.closedRoots && globalThis.closedRoots.get(e) || null;
	// A page can name a field of a form like one of these.
	const own = (type, name) => Object.getOwnPropertyDescriptor(type.prototype, name).get;
	const rootOf = own(Element, 'shadowRoot'), textOf = own(Node, 'textContent'), above = own(Node, 'parentElement');
	const rect = (e) => Element.prototype.getBoundingClientRect.call(e);
	const attribute = (e, which) => Element.prototype.getAttribute.call(e, which);
	const kind = own(Node, 'nodeType'), nodes = own(Node, 'childNodes'), name = own(Element, 'localName');
	const high = own(Element, 'scrollHeight'), inner = own(Element, 'clientHeight'), wide = own(Element, 'scrollWidth'), innerWide = own(Element, 'clientWidth');
	const across = own(Element, 'scrollLeft'), down = own(Element, 'scrollTop');
	const children = (e) => Array.from(nodes.call(e));
	const skip = /^(script|style|template|noscript|head|title|meta|link|datalist|desc|metadata|defs|param|source|track|rp)$/;
	const write = (text) => { lines[lines.length - 1] += text; };
	const newline = (n) => {
		if (lines[lines.length - 1].trim()) lines.push('');
		if (n > 1 && lines.length > 1 && lines[lines.length - 2]) lines.push('');
	};
	const hide = (text) => {
		const one = text.replace(/\s+/g, ' ').trim();
		if (!one) return;
		unseenSize += one.length + 1;
		if (unseenSize <= most) unseen.push(one);
	};
	// What is not looked at element by element is kept apart.
	const leave = (n) => {
		const one = all(n, 0).replace(/\s+/g, ' ').trim();
		if (!one) return;
		parted++;
		unlookedSize += one.length + 1;
		if (unlookedSize <= most) unlooked.push(one);
	};
	const parts = (c) => { const m = c.match(/[\d.]+/g); return m && /^rgb/.test(c) ? [+m[0], +m[1], +m[2], m[3] === undefined ? 1 : +m[3]] : null; };
	const view = () => ({w: innerWidth, h: innerHeight});
	// What a rectangle of the page can be scrolled to at all: not what lies left of or above its beginning.
	const offPage = (r, s) => {
		if (r.width === 0 && r.height === 0) return true;
		const box = s.box, x = box ? r.right - box.left() + box.x() : r.right + s.of.scrollX, y = box ? r.bottom - box.top() + box.y() : r.bottom + s.of.scrollY;
		if (!s.back && x <= 0 || y <= 0 && !s.reversed) return true;
		return false;
	};
	const marks = (e, which, style) => {
		const c = style.content;
		if (!c || c === 'none' || c === 'normal' || style.display === 'none' || style.visibility !== 'visible' || Number(style.opacity) < 0.05 || parseFloat(style.fontSize) < 1) return;
		let text = '';
		for (const m of c.matchAll(/"((?:[^"\\]|\\.)*)"|attr\(([\w-]+)[^)]*\)|(open|close)-quote/g)) {
			if (m[1] !== undefined) text += m[1].replace(/\\([0-9a-f]{1,6}) ?/gi, (_, h) => String.fromCodePoint(parseInt(h, 16) || 32)).replace(/\\(.)/g, '$1');
			else if (m[2]) text += attribute(e, m[2]) || '';
			else text += which === '::before' || m[3] === 'open' ? '“' : '”';
		}
		// Letters of private use are the pictures of fonts.
		text = text.replace(/[\ue000-\uf8ff]/g, '');
		if (!text.trim()) return;
		if (style.display !== 'inline' && /^(block|flex|grid|table)/.test(style.display)) { newline(1); write(text); newline(1); } else write(text);
	};
	const range = Document.prototype.createRange.call(document);
	const value = (e, s) => {
		const type = (e.type || '').toLowerCase();
		if (e.localName === 'textarea') return e.value || e.placeholder || '';
		if (e.localName === 'select') {
			const chosen = Array.from(e.options).filter((o) => e.multiple || e.size > 1 || o.selected);
			return chosen.map((o) => o.label || o.text).join('\n');
		}
		if (/^(hidden|password|checkbox|radio|range|color|file|image)$/.test(type)) return '';
		if (/^(submit|button|reset)$/.test(type)) return e.value || (type === 'submit' ? '' : '');
		return e.value || e.placeholder || '';
	};
	const emoji = /\p{Extended_Pictographic}|\p{Regional_Indicator}/u;
	// The words of a picture are seen where it did not come, or where it stands for a sign within a line.
	const picture = (e, hidden) => {
		const alt = e.alt || '';
		if (!alt.trim()) return;
		const r = e.getBoundingClientRect();
		const small = r.width <= 48 && r.height <= 48;
		if (!hidden && (e.complete && !e.naturalWidth || small && (emoji.test(alt) || r.width > 1 && r.height > 1))) write(alt); else hide(alt);
	};
	const all = (n, deep) => { // the words of a part that is not shown
		if (kind.call(n) === 3) return n.data + ' ';
		if (kind.call(n) !== 1 || skip.test(name.call(n))) return '';
		if (deep > 1500) return textOf.call(n) + ' ';
		const of = shadow(n) || n;
		let text = name.call(n) === 'img' && n.alt ? n.alt + ' ' : '';
		for (const c of children(of)) text += all(c, deep + 1);
		return text;
	};
	const walk = (n, s) => {
		if (kind.call(n) === 3) { text(n, s); return; }
		if (kind.call(n) !== 1) { if (kind.call(n) === 11) for (const c of children(n)) walk(c, s); return; }
		const tag = name.call(n);
		if (skip.test(tag)) return;
		if (s.depth > 1000 || performance.now() - began > patience) { leave(n); return; }
		const of = s.of, style = of.getComputedStyle(n);
		if (style.display === 'none') { hide(all(n, 0)); return; }
		const t = Object.assign({}, s, {depth: s.depth + 1, style});
		if (Number(style.opacity) < 0.05 || style.contentVisibility === 'hidden') t.hidden = true;
		t.invisible = style.visibility !== 'visible';
		if (parseFloat(style.fontSize) < 1) t.invisible = true;
		let r = null;
		const box = () => r || (r = rect(n));
		if (style.clipPath !== 'none' && /^inset\((5\d|[6-9]\d|100)(\.\d+)?%\)$|^(circle|ellipse)\(0(px|%)/.test(style.clipPath)) t.hidden = true;
		if (style.position === 'absolute' || style.position === 'fixed') {
			if (/^rect\(0px,? 0px,? 0px,? 0px\)$|^rect\(1px,? 1px,? 1px,? 1px\)$/.test(style.clip)) t.hidden = true;
		}
		const clips = style.overflowX !== 'visible' || style.overflowY !== 'visible';
		if (clips && style.display !== 'inline' && style.display !== 'contents' && (box().width <= 1 || box().height <= 1)) t.hidden = true;
		const back = parts(style.backgroundColor);
		if (style.backgroundImage !== 'none') t.ground = null;
		else if (back && back[3] > 0.5) t.ground = back;
		else if (!back && style.backgroundColor !== 'transparent') t.ground = null;
		if (style.position === 'fixed') { t.box = null; }
		if (clips && n !== s.root && (high.call(n) > inner.call(n) || wide.call(n) > innerWide.call(n))) {
			t.box = {left: () => rect(n).left, top: () => rect(n).top, x: () => across.call(n), y: () => down.call(n)};
			t.back = style.direction === 'rtl' || style.flexDirection === 'row-reverse';
			t.reversed = style.flexDirection === 'column-reverse';
		}
		const block = /^(block|flex|grid|list-item|table|table-row|table-caption|flow-root)$/.test(style.display);
		if (style.display === 'table-cell' && lines[lines.length - 1].trim()) write('\t');
		const p = tag === 'p' || /^h[1-6]$/.test(tag);
		if (block) newline(p ? 2 : 1);
		const shown = !t.hidden && !t.invisible;
		if (tag === 'br') { lines.push(''); return; }
		if (tag === 'img') { picture(n, !shown); return; }
		if (tag === 'input' || tag === 'textarea' || tag === 'select') {
			const v = value(n, t);
			if (v) { if (shown && !offPage(box(), t) && box().width > 1) { newline(1); write(v); newline(1); } else hide(v); }
			return;
		}
		if (tag === 'iframe' || tag === 'frame') { if (shown) frames.push(n); return; }
		if (/^(video|audio|canvas|object|embed|option|optgroup)$/.test(tag)) { hide(tag === 'option' ? '' : all(n, 0)); return; }
		if (shown && t.marked) marks(n, '::before', of.getComputedStyle(n, '::before'));
		const inside = shadow(n);
		if (inside) {
			for (const c of children(inside)) walk(c, t);
		} else if (tag === 'slot') {
			const given = n.assignedNodes ? n.assignedNodes() : [];
			for (const c of given.length ? given : children(n)) walk(c, t);
		} else {
			const folded = tag === 'details' && !n.open;
			for (const c of children(n)) {
				if (folded && !(kind.call(c) === 1 && name.call(c) === 'summary')) hide(all(c, 0)); else walk(c, t);
			}
		}
		if (shown && t.marked) marks(n, '::after', of.getComputedStyle(n, '::after'));
		if (block) newline(p ? 2 : 1);
	};
	const text = (n, s) => {
		const data = n.data;
		if (!/\S/.test(data)) { if (data && lines[lines.length - 1] && !/\s$/.test(lines[lines.length - 1]) && !s.hidden) write(' '); return; }
		const style = s.style;
		let seen = !s.hidden && !s.invisible;
		if (seen) {
			const c = parts(style.webkitTextFillColor || style.color) || parts(style.color);
			if (c && c[3] < 0.05 && style.backgroundClip !== 'text') seen = false;
			else if (c && s.ground && style.textShadow === 'none' && Math.abs(c[0] - s.ground[0]) + Math.abs(c[1] - s.ground[1]) + Math.abs(c[2] - s.ground[2]) < 12) seen = false;
		}
		if (seen) {
			range.selectNodeContents(n);
			const r = range.getBoundingClientRect();
			if (offPage(r, s)) seen = false;
		}
		if (!seen) { hide(data); return; }
		if (data.length <= 60 && dates.length < 500) date(n, data.replace(/\s+/g, ' ').trim());
		let out = data;
		switch (style.textTransform) {
		case 'uppercase': out = out.toUpperCase(); break;
		case 'lowercase': out = out.toLowerCase(); break;
		}
		if (/^pre|^break-spaces/.test(style.whiteSpace)) {
			const rows = out.split('\n');
			write(rows[0]);
			for (const row of rows.slice(1)) lines.push(row);
			return;
		}
		out = out.replace(/[ \t\r\n\f]+/g, ' ');
		const last = lines[lines.length - 1];
		if (!last || /\s$/.test(last)) out = out.replace(/^ /, '');
		write(out);
	};
	// A date told from now, in the four languages of the screens, with what the page carries beside it.
	const relative = %s;
	const dated = (v) => v && v.length < 200 && (/\d{4}|\d{1,2}[.:\/-]\d{1,2}/.test(v) && /\d.*\d/.test(v) ? v : null);
	const places = ['datetime', 'title', 'aria-label', 'data-utime', 'data-time', 'data-timestamp', 'data-datetime', 'data-date', 'data-tooltip', 'data-tooltip-content', 'data-original-title', 'data-bs-original-title'];
	const absolute = (e, shown) => {
		for (const p of places) {
			const v = dated(attribute(e, p));
			if (v && v.trim() !== shown) return {absolute: v.trim(), from: p};
		}
		return null;
	};
	const date = (n, shown) => {
		if (!shown || !relative.test(shown)) return;
		let found = null;
		for (let e = above.call(n), i = 0; e && i < 4 && !found && (textOf.call(e) || '').length < 100; e = above.call(e), i++) {
			found = absolute(e, shown);
			for (const c of found ? [] : Array.from(Element.prototype.querySelectorAll.call(e, '[datetime], [title], [aria-label]')).slice(0, 5)) found = found || absolute(c, shown);
		}
		dates.push({shown, absolute: found ? found.absolute : '', from: found ? found.from : ''});
	};
	let framesLeft = 0;
	const frames = [];
	const start = (of, own) => {
		const root = get(Document, 'documentElement', of), body = get(Document, 'body', of);
		const from = pane >= 0 && of === document ? (globalThis.panes[pane].frame ? get(Document, 'body', globalThis.panes[pane].e.ownerDocument) : globalThis.panes[pane].e) : body || root;
		if (!from) return;
		if (!(from instanceof own.HTMLElement) && !(from instanceof HTMLElement) && !body) { write(get(Node, 'textContent', from)); return; }
		const ground = [root, body].filter((e) => e).map((e) => own.getComputedStyle(e)).reduce((g, s) => {
			if (s.backgroundImage !== 'none') return null;
			const c = parts(s.backgroundColor);
			return g && c && c[3] > 0.5 ? c : g;
		}, [255, 255, 255, 1]);
		const style = own.getComputedStyle(root);
		walk(from, {of: own, depth: 0, ground, style, root, hidden: false, invisible: false, box: null, marked: true, back: style.direction === 'rtl', reversed: pane >= 0});
	};
	start(document, globalThis);
	for (let i = 0; pane < 0 && i < frames.length; i++) {
		const f = frames[i], r = f.getBoundingClientRect();
		if (r.width <= 1 || r.height <= 1) continue;
		let of = null;
		try { of = f.contentDocument; } catch { /* of another site */ }
		if (!of || !of.defaultView) continue;
		if (i >= 100 || performance.now() - began > patience) { framesLeft++; continue; }
		newline(2);
		start(of, of.defaultView);
	}
	const out = lines.map((l) => l.replace(/[ \t]+$/, '')).join('\n').replace(/\n{3,}/g, '\n\n').trim();
	const rest = unseen.join('\n'), aside = unlooked.join('\n');
	return {title: get(Document, 'title', document).slice(0, 10000), length: out.length, text: out.slice(0, most), unseen: rest.slice(0, most), whole: Math.max(unseenSize, rest.length), dates,
		frames: framesLeft, unlooked: aside.slice(0, most), parts: parted, partsOf: Math.max(unlookedSize, aside.length)};
})`

package sight

// lookingScript is what the scripts of cover.go and free.go share: what lies at a point of the window,
// also in shadow roots, and whether it is something to see.
const lookingScript = `
	const root = Object.getOwnPropertyDescriptor(Document.prototype, 'documentElement').get.call(document);
	const body = Object.getOwnPropertyDescriptor(Document.prototype, 'body').get.call(document);
	// A page can name a field of a form like one of these.
	const own = (type, name) => Object.getOwnPropertyDescriptor(type.prototype, name).get;
	const rootOf = own(Element, 'shadowRoot'), parentElement = own(Node, 'parentElement'), parentNode = own(Node, 'parentNode');
	const childNodes = own(Node, 'childNodes'), localName = own(Element, 'localName');
	const rect = (e) => Element.prototype.getBoundingClientRect.call(e);
	const shadow = (e) => rootOf.call(e) || globalThis.closedRoots && globalThis.closedRoots.get(e) || null;
	// An element of a frame has other prototypes.
	const up = (e) => { const p = parentElement.call(e) ? null : parentNode.call(e); return parentElement.call(e) || (p && p.nodeType === 11 ? p.host : null); };
	const at = (of, x, y) => (of.nodeType === 9 ? Document : ShadowRoot).prototype.elementFromPoint.call(of, x, y);
	const topIn = (of, x, y) => {
		let e = at(of, x, y);
		for (let n = 0; e && shadow(e) && n < 20; n++) {
			const inner = at(shadow(e), x, y);
			if (!inner || inner === e) break;
			e = inner;
		}
		return e;
	};
	const top = (x, y) => topIn(document, x, y);
	// All that lies at a point, the uppermost first.
	const stackIn = (within, x, y) => {
		const list = [];
		const add = (of, depth) => {
			for (const e of (of.nodeType === 9 ? Document : ShadowRoot).prototype.elementsFromPoint.call(of, x, y)) {
				if (of !== within && Node.prototype.getRootNode.call(e) !== of) continue;
				if (shadow(e) && depth < 20) add(shadow(e), depth + 1);
				list.push(e);
			}
		};
		add(within, 0);
		return list;
	};
	const stack = (x, y) => stackIn(document, x, y);
	const faint = (c) => c === 'transparent' || /^rgba\(.*, 0(\.0\d*)?\)$|\/ 0(\.0\d*)?\)$/.test(c);
	const media = (e) => e instanceof SVGElement || /^(img|video|canvas|iframe|frame|object|embed|input|textarea|select|button)$/.test(localName.call(e));
	const words = (e) => { for (const t of childNodes.call(e)) if (t.nodeType === 3 && t.data.trim()) return true; return false; };
	// Whether an element shows something of its own at a point: words, a picture, a colour that is not that of
	// the page.
	const range = Document.prototype.createRange.call(document);
	const shows = (e, x, y) => {
		if (e === root || e === body) return false;
		if (media(e)) return true;
		const s = getComputedStyle(e), r = rect(e);
		if (r.width * r.height < innerWidth * innerHeight / 2 && (s.backgroundImage !== 'none' || !faint(s.backgroundColor))) return true;
		for (const t of childNodes.call(e)) {
			if (t.nodeType !== 3 || !t.data.trim()) continue;
			range.selectNodeContents(t);
			for (const r of range.getClientRects()) if (r.left <= x && x <= r.right && r.top <= y && y <= r.bottom) return true;
		}
		return false;
	};
	const visible = (e) => !Element.prototype.checkVisibility || Element.prototype.checkVisibility.call(e, {opacityProperty: true, visibilityProperty: true});
`

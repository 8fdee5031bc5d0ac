package capture

import (
	"context"

	"constat/capture/record"
	"constat/capture/tab"
	"constat/evidence"
)

// foldsScript counts what a document, and the frames and shadow roots that it may look into, offer to show more of,
// by a word of its own or for those who cannot see it. Nothing is clicked.
const foldsScript = `(() => {
	// A page can name a field of a form like one of these.
	const own = (type, name) => { const of = Object.getOwnPropertyDescriptor(type.prototype, name).get; return (e) => of.call(e); };
	const rootOf = own(Element, 'shadowRoot'), name = own(Element, 'localName'), text = own(Node, 'textContent'), up = own(Node, 'parentElement');
	const size = own(Element, 'childElementCount'), first = own(Element, 'firstElementChild'), whole = own(Element, 'scrollHeight'), high = own(Element, 'clientHeight');
	const wide = own(Element, 'scrollWidth'), shown = own(Element, 'clientWidth');
	const attribute = (e, which) => Element.prototype.getAttribute.call(e, which);
	const visible = (e) => { const r = Element.prototype.getBoundingClientRect.call(e);
		return r.width > 1 && r.height > 1 && getComputedStyle(e).visibility === 'visible'; };
	const more = ` + moreWords + `, answers = ` + answerWords + `, next = ` + onwardWords + `;
	const arrow = /^[›»❯→⟩▸▶▷⏵⏭〉>]{1,2}$/, here = /^(#|javascript:)/i;
	// A link to another page shows nothing more of this one.
	const elsewhere = (e) => { try { const u = new URL(attribute(e, 'href'), location.href); return u.origin + u.pathname !== location.origin + location.pathname; } catch { return false; } };
	const row = (e) => {
		for (let on = up(e), n = 0; on && n < 4; on = up(on), n++)
			if (name(on) !== 'body' && Array.from(Element.prototype.querySelectorAll.call(on, '*')).slice(0, 300).some((i) =>
				wide(i) > shown(i) * 1.1 && /auto|scroll|hidden/.test(getComputedStyle(i).overflowX))) return true;
		return false;
	};
	const box = (e) => Element.prototype.getBoundingClientRect.call(e);
	// Small marks beside each other over or under a photo or film: one for each that follows.
	const series = (e) => {
		const marks = size(e);
		if (marks < 2 || marks > 100) return 0;
		const low = box(first(e)).height; // most is told by the first of them
		if (low < 1 || low > 12) return 0;
		const all = Array.from(Element.prototype.querySelectorAll.call(e, ':scope > *')).map(box), one = all[0], strip = box(e);
		const alike = (r) => Math.abs(r.top - one.top) < 2 && Math.abs(r.width - one.width) < 2 && Math.abs(r.height - one.height) < 2;
		if (one.width < 4 || !all.every(alike) || getComputedStyle(e).visibility !== 'visible') return 0;
		if (all.some((r, n) => n && (r.left - all[n - 1].right < 0 || r.left - all[n - 1].right > 14))) return 0;
		for (let on = up(e), n = 0; on && n < 4; on = up(on), n++) {
			const around = box(on), photo = (i) => { const r = box(i);
				return r.height >= around.height * 0.5 && r.width >= around.width * 0.5 && r.width >= strip.width && (/^(img|video|canvas)$/.test(name(i)) || getComputedStyle(i).backgroundImage !== 'none'); };
			if (name(on) === 'body' || around.height > innerHeight * 1.5) return 0;
			if (around.height >= 160 && Array.from(Element.prototype.querySelectorAll.call(on, '*')).slice(0, 300).some(photo)) return row(e) ? 0 : marks;
		}
		return 0;
	};
	const folded = [], closed = [];
	let clamped = 0, onward = 0, tabs = 0, marked = 0, n = 0;
	const look = (e) => {
		const kind = name(e), role = attribute(e, 'role'), button = kind === 'button' || role === 'button';
		if (button || kind === 'a' || kind === 'summary') {
			const words = (attribute(e, 'aria-label') || text(e) || '').trim().replace(/\s+/g, ' '), fits = words.length > 2 && words.length < 60;
			const offers = more.test(words) || answers.test(words) && !(kind === 'a' && attribute(e, 'href') && elsewhere(e)) && attribute(e, 'aria-expanded') !== 'true';
			if (fits && offers && visible(e)) folded.push(e);
			const to = (attribute(e, 'aria-label') || attribute(e, 'title') || text(e) || '').trim();
			const leads = button ? to.length > 2 && to.length < 60 && next.test(to) || arrow.test(to) : here.test(attribute(e, 'href') || '') && (next.test(to) && to.length < 60 || arrow.test(to));
			if (leads && visible(e) && attribute(e, 'disabled') === null && attribute(e, 'aria-disabled') !== 'true' && !row(e)) onward++;
		}
		if (kind === 'details' && attribute(e, 'open') === null && size(e) > 0 && visible(e)) closed.push(e);
		if (role === 'tab' && attribute(e, 'aria-selected') === 'false' && visible(e)) tabs++;
		marked += series(e);
		// Texts of which a few lines show.
		if (whole(e) > high(e) + 2 && getComputedStyle(e).webkitLineClamp !== 'none' && visible(e)) clamped++;
	};
	const walk = (under) => {
		for (const e of under) {
			if (n++ > 200000) return;
			look(e);
			const inside = rootOf(e) || globalThis.closedRoots && globalThis.closedRoots.get(e);
			if (inside) walk(ShadowRoot.prototype.querySelectorAll.call(inside, '*'));
			const inner = ` + innerDocument + `;
			if (inner && visible(e)) walk(Document.prototype.querySelectorAll.call(inner, 'body *'));
		}
	};
	walk(Document.prototype.querySelectorAll.call(document, 'body *'));
	// One that holds such a word is the same place.
	return {folded: folded.length + closed.filter((e) => !folded.some((f) => Node.prototype.contains.call(e, f))).length, clamped, onward, tabs, marked};
})()`

// moreWords are what stands on a button behind which there is more of the same content. "More"
// alone, as menus have it, is none.
const moreWords = `/^(load|show|view|see) (more|all|previous|older|earlier|\d+)|^(en )?(afficher|voir|charger) (plus|davantage|la suite|tous|toutes|les \d+|\d+)|^(meer|toon|laad|bekijk) (weergeven|meer|laden|lezen|alle|\d+)|^(mehr|weitere|alle \d+|ältere) .*(anzeigen|laden|ansehen)|more comments|more replies|plus de commentaires|meer reacties|weitere kommentare/i`

// answerWords are the same where they may also stand on a link to another page, which then is none.
const answerWords = `/^(load|show|view|see) ([a-z]+ )?(replies|comments|answers|thread|posts)\b|^read more|^\d+ repl(y|ies)$|^continue (this )?thread` +
	`|^(afficher|voir|charger) (l[ea]s? |d.)?(autres? )?(réponses?|commentaires?)|^lire (la suite|plus)|^\d+ réponses?$` +
	`|^(toon|laad|bekijk) (eerdere |vorige )?(antwoorden|reacties)|^(antwoorden|reacties) (bekijken|weergeven|tonen)|^(lees meer|verder lezen)|^\d+ antwoord(en)?$` +
	`|^(antworten|kommentare) (ansehen|anzeigen)|^(weiterlesen|mehr lesen)|^\d+ antwort(en)?$/i`

// onwardWords are what stands on a button that leads on within a page: to the next photo, part or story.
const onwardWords = `/^(next|suivante?|volgende|weiter|nächste[rs]?)\b|^(go to|aller à la|ga naar|zum?) (next|suivante?|volgende|nächsten?)/i`

// folds counts them, also in frames of other sites. A frame that does not answer is counted with its words.
func (w *way) folds(ctx context.Context, frames []*tab.Frame) {
	type counted struct{ Folded, Clamped, Onward, Tabs, Marked int }
	var all counted
	if w.tab.Ask(ctx, foldsScript, &all) != nil {
		return // what cannot be counted is not judged
	}
	for _, f := range frames {
		var inner counted
		if f.Ask(ctx, foldsScript, &inner) == nil {
			all.Folded, all.Clamped = all.Folded+inner.Folded, all.Clamped+inner.Clamped
			all.Onward, all.Tabs, all.Marked = all.Onward+inner.Onward, all.Tabs+inner.Tabs, all.Marked+inner.Marked
		}
	}
	var folded []evidence.Said
	for _, one := range []struct {
		n    int
		said evidence.Said
	}{
		{all.Folded, evidence.Say("folded", "{#n} places offer to show more", all.Folded)},
		{all.Clamped, evidence.Say("clamped", "{#n} texts are shown in part", all.Clamped)},
		{all.Onward, evidence.Say("onward", "{#n} buttons lead on to what is not shown", all.Onward)},
		{all.Tabs, evidence.Say("tabs", "{#n} tabs were not opened", all.Tabs)},
		{all.Marked, evidence.Say("marked", "{#n} marks in a row, as photos or stories have them that follow each other; what others stand for was not looked at", all.Marked)},
	} {
		if one.n > 0 {
			folded = append(folded, one.said)
		}
	}
	switch len(folded) {
	case 0:
	case 1:
		w.notes.Add(record.ProblemFolded, folded[0])
	default:
		w.notes.Add(record.ProblemFolded, evidence.Say("several", "{list}", folded))
	}
}

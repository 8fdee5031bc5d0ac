package capture

import (
	"context"
	"math"

	"constat/capture/record"
	"constat/evidence"
)

// filmScript lists the films and sounds of the page, also in shadow roots, of which the page itself
// has less than all: those that a script feeds piece by piece, and those of which nothing was asked
// for yet.
const filmScript = `(() => {
	const found = [];
	let all = 0;
	const root = Object.getOwnPropertyDescriptor(Element.prototype, 'shadowRoot').get;
	const look = (under) => {
		for (const e of under) {
			if (root.call(e)) look(ShadowRoot.prototype.querySelectorAll.call(root.call(e), '*'));
			if (!(e instanceof HTMLMediaElement)) continue;
			const source = e.querySelector('source[src]');
			const address = e.currentSrc || e.src || (source ? source.src : '');
			if (!address && !e.srcObject) continue;
			all++;
			let had = 0;
			for (let i = 0; i < e.buffered.length; i++) had += e.buffered.end(i) - e.buffered.start(i);
			const fed = address.startsWith('blob:') || !!e.srcObject;
			const whole = Number.isFinite(e.duration) ? e.duration : 0;
			if (e.error || found.length >= 20) continue;
			const box = e.getBoundingClientRect();
			if (e.readyState === 0 && had === 0 && box.width > 1 && box.height > 1) found.push({address: address.slice(0, 300), had: 0, whole: 0});
			else if (fed && had > 0 && (!whole || had < whole - 1)) found.push({address: address.slice(0, 300), had, whole});
		}
	};
	look(Document.prototype.querySelectorAll.call(document, '*'));
	return {all, found};
})()`

// films names the films and sounds of which the page itself did not have all.
func (w *way) films(ctx context.Context) {
	var films struct {
		All   int
		Found []struct {
			Address    string
			Had, Whole float64
		}
	}
	if w.tab.Ask(ctx, filmScript, &films) != nil || len(films.Found) == 0 {
		return
	}
	var cut []evidence.Said
	for _, f := range films.Found {
		address := evidence.Shorten(f.Address, 200)
		if f.Had == 0 {
			cut = append(cut, evidence.Say("film-unloaded", "{address}: nothing was loaded", address))
			continue
		}
		if f.Whole < 1 {
			cut = append(cut, evidence.Say("film-some", "{address}: {#n} seconds loaded, of how many is not known", address, math.Round(f.Had)))
			continue
		}
		cut = append(cut, evidence.Say("film-seconds", "{address}: {#n} of {#of} seconds loaded", address, math.Round(f.Had), math.Round(f.Whole)))
	}
	w.notes.Add(record.ProblemFilmsCut, evidence.Say("films-of", "{#n} of {#of}: {list}", len(cut), films.All, cut))
}

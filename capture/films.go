package capture

import (
	"context"
	"math"

	"constat/capture/tab"
	"constat/evidence"
)

// filmScript lists the films and sounds of a document and of the frames that it may look into, also in shadow
// roots, of which the page itself has less than all: those that a script feeds piece by piece, and those of which
// nothing was asked for yet.
const filmScript = `(() => {
	const found = [];
	const shown = [];
	let all = 0, more = 0;
	const root = Object.getOwnPropertyDescriptor(Element.prototype, 'shadowRoot').get;
	const look = (under) => {
		for (const e of under) {
			if (root.call(e)) look(ShadowRoot.prototype.querySelectorAll.call(root.call(e), '*'));
			const inner = ` + innerDocument + `;
			if (inner) look(Document.prototype.querySelectorAll.call(inner, '*'));
			if (!(` + isMedia + `)) continue;
			const source = e.querySelector('source[src]');
			const address = e.currentSrc || e.src || (source ? source.src : '');
			if (!address && !e.srcObject) continue;
			all++;
			if (/^https?:/.test(address) && shown.length < 200) shown.push(address.split('#')[0].slice(0, 8192));
			let had = 0;
			for (let i = 0; i < e.buffered.length; i++) had += e.buffered.end(i) - e.buffered.start(i);
			const fed = address.startsWith('blob:') || !!e.srcObject;
			const locked = !!e.mediaKeys;
			const whole = Number.isFinite(e.duration) ? e.duration : 0;
			if (e.error) continue;
			const box = e.getBoundingClientRect();
			const unasked = e.readyState === 0 && had === 0;
			if (unasked ? box.width <= 1 || box.height <= 1 : !(fed || locked) || had === 0 || whole && had >= whole - 1) continue;
			if (found.length < 20) found.push({address: address.slice(0, 300), had, whole: unasked ? 0 : whole, fed, locked});
			else more++;
		}
	};
	look(Document.prototype.querySelectorAll.call(document, '*'));
	return {all, more, found, shown};
})()`

// What a document's own world asks of an element, whose prototypes may be those of another frame.
const (
	// innerDocument is the document of a frame, where that may be looked into.
	innerDocument = `(e.localName === 'iframe' || e.localName === 'frame') ? e.contentDocument : null`
	isMedia       = `(e.localName === 'video' || e.localName === 'audio') && 'currentSrc' in e`
)

// fedFilms are those that [filmScript] finds.
type fedFilms struct {
	All   int
	More  int // that are not in Found
	Found []fedFilm
	Shown []string // addresses of those that lie at one
}

// fedFilm is a film or sound of which the page itself had less than all.
type fedFilm struct {
	Address    string
	Had, Whole float64 // seconds
	Fed        bool    // by a script, piece by piece
	Locked     bool    // by DRM
}

// films looks for them, in the page and in frames of other sites. A frame that does not answer is counted where its
// words are asked for.
func (w *way) films(ctx context.Context, frames []*tab.Frame) {
	w.fed = fedFilms{}
	_ = w.tab.Ask(ctx, filmScript, &w.fed)
	for _, f := range frames {
		var inner fedFilms
		if f.Ask(ctx, filmScript, &inner) == nil {
			w.fed.All, w.fed.More = w.fed.All+inner.All, w.fed.More+inner.More
			w.fed.Found, w.fed.Shown = append(w.fed.Found, inner.Found...), append(w.fed.Shown, inner.Shown...)
		}
	}
}

// said names one with how much of it was there.
func (f fedFilm) said() evidence.Said {
	address, had, whole := evidence.Shorten(f.Address, 200), math.Round(f.Had), math.Round(f.Whole)
	switch {
	case f.Locked:
		return evidence.Say("film-locked", "{address}: protected (DRM), {#n} of {#of} seconds loaded", address, had, whole)
	case f.Had == 0:
		return evidence.Say("film-unloaded", "{address}: nothing was loaded", address)
	case f.Whole < 1:
		return evidence.Say("film-some", "{address}: {#n} seconds loaded, of how many is not known", address, had)
	}
	return evidence.Say("film-seconds", "{address}: {#n} of {#of} seconds loaded", address, had, whole)
}

package sight

import (
	"context"
	"fmt"
	"image"
	"time"

	"constat/capture/tab"
)

// settledScript waits until what moves or fades where the window looks has come to its end, in the document, in frames of
// the same site and in the shadow roots of its panes. What turns for ever is not waited for. It tells how many go on.
const settledScript = `(async (most) => {
	const animations = Object.getOwnPropertyDescriptor(Document.prototype, 'getAnimations').value, inRoot = ShadowRoot.prototype.getAnimations;
	const rect = (e) => Element.prototype.getBoundingClientRect.call(e);
	const documents = [document], roots = new Set();
	for (let n = 0; n < documents.length && n < 50; n++)
		for (const f of Document.prototype.querySelectorAll.call(documents[n], 'iframe, frame')) if (f.contentDocument) documents.push(f.contentDocument);
	for (const one of globalThis.panes || []) {
		const root = Node.prototype.getRootNode.call(one.e);
		if (Object.prototype.toString.call(root) === '[object ShadowRoot]') roots.add(root);
		if (roots.size === 50) break;
	}
	const ends = (a) => {
		const to = a.effect && a.effect.target, timing = a.effect && a.effect.getComputedTiming();
		if (!to || a.playState !== 'running' || !a.timeline || a.timeline.constructor.name !== 'DocumentTimeline' || !isFinite(timing.endTime)) return false;
		const left = (timing.endTime - a.currentTime) / (Math.abs(a.playbackRate) || 1), r = rect(to);
		return left > 0 && left <= 2 * most && r.bottom > 0 && r.top < innerHeight && r.right > 0 && r.left < innerWidth;
	};
	const running = () => documents.reduce((n, d) => n + animations.call(d).filter(ends).length, 0) + Array.from(roots).reduce((n, d) => n + inRoot.call(d).filter(ends).length, 0);
	const turn = (ms) => new Promise((done) => setTimeout(done, ms));
	const frame = () => new Promise((done) => { const late = setTimeout(done, 500); requestAnimationFrame(() => { clearTimeout(late); done(); }); });
	const until = performance.now() + most;
	await frame();
	await frame(); // what is told that it came into the window begins after one
	let n;
	while ((n = running()) && performance.now() < until) await turn(40);
	return n;
})(%d)`

// fades is how long what fades or moves by itself is waited for.
const fades = 1500 * time.Millisecond

// settled waits for that where a pane, or the page, was moved to. It is a courtesy with a limit.
func (e *Eye) settled(ctx context.Context) {
	limit, done := e.tab.Within(ctx, scrollAnswer)
	defer done()
	began := time.Now()
	var n int
	_ = e.tab.Ask(limit, fmt.Sprintf(settledScript, fades.Milliseconds()), &n)
	e.waited += time.Since(began)
}

func (e *Eye) settledIn(ctx context.Context, f *tab.Frame) {
	began := time.Now()
	var n int
	_ = f.Ask(ctx, fmt.Sprintf(settledScript, fades.Milliseconds()), &n)
	e.waited += time.Since(began)
}

// place is where the window shows a pane, in the pixels of a picture.
func (p paneAt) place(s *shot) image.Rectangle {
	if len(p.Box) != 4 || p.Wide < 1 {
		return image.Rectangle{}
	}
	fine := float64(s.picture.Width) / p.Wide
	r := image.Rect(int(p.Box[0]*fine), int(p.Box[1]*fine), int(p.Box[2]*fine), int(p.Box[3]*fine))
	return r.Intersect(image.Rect(0, 0, s.picture.Width, s.picture.Height))
}

// everything is the window as a pane: of a frame of another site nobody tells where it is shown.
func everything(s *shot) paneAt {
	w, h := float64(s.picture.Width), float64(s.picture.Height)
	return paneAt{Box: []float64{0, 0, w, h}, Wide: w}
}

// tardy tells whether what a pane shows came to be another while nobody moved it: more than a sign that turns.
func tardy(p paneAt, before, after *shot) bool {
	r := p.place(before)
	return r.Dy() > 0 && before.picture.Unlike(after.picture, r) >= max(30, r.Dy()/20)
}

// awaited waits until a pane shows the same for as long as it is waited for at an edge, and returns the last picture.
// One that goes on changing, as a film does, is not waited for without end.
func (e *Eye) awaited(ctx context.Context, p paneAt, s *shot, by time.Time) *shot {
	began := time.Now()
	defer func() { e.waited += time.Since(began) }()
	for since, n := began, 0; time.Since(since) < edge; n++ {
		if n == maxLooks || !e.before(by) {
			e.unsteady++
			break
		}
		if e.tab.Pause(ctx, edge/4) != nil {
			break
		}
		now, err := e.shoot(ctx, nil)
		if err != nil {
			break
		}
		if tardy(p, s, now) {
			since = time.Now()
		}
		s = now
	}
	return s
}

// maxLooks is how often a pane is looked at until it holds still.
const maxLooks = 10

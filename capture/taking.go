package capture

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"sync"

	protocol "github.com/chromedp/cdproto/browser"

	"constat/capture/picture"
	"constat/capture/recognise"
	"constat/capture/record"
	"constat/capture/tab"
	"constat/evidence"
)

// taking is one capture under way: the tab, and what has been kept of it.
type taking struct {
	*session
	navigations []*tab.Navigation // as they were when the page had loaded
	known       tab.Shown         // what had loaded
	recorder    *Recorder
	browser     *browser
	empty       emptiness
	asked       <-chan timeAnswer // nil: no time server is to be asked
	// caller is the context of the caller, without the limit for the whole:
	// what was pictured is kept when time is up.
	caller   context.Context
	sink     evidence.Sink
	progress evidence.Progress
	capture  *Capture
	archive  *archive // page.wacz, while it is written
	// serialized is page.mhtml, once the browser has begun with it.
	serialized *serialized

	named    evidence.Precondition // what the browser was answered for the names
	scrolled scrolling             // what came of scrolling
	found    recognise.Finding     // what the page turned out to be, if not what was asked for

	kept    []tile  // the tiles that are in the sink, or on their way, from the top
	tiling  *keeper // which sees to that; nil when they are in it
	colour  [4]byte // of the first view's corner
	blank   bool    // everything pictured so far has that colour
	copying *dated  // the dated copy that is being made
	parents []evidence.Digest

	// Of a window that the person uses:
	outer     *protocol.Bounds // how it stood when its page was measured
	minimised bool             // so it was, and so it becomes again
}

// tile is a tile that was kept; its bytes as long as there is room for them.
type tile struct {
	artifact evidence.Artifact
	height   int
	png      []byte
}

// maxRetained bounds the bytes of tiles that are held for making the dated copy
// anew when a later tile fails.
const maxRetained = 64 << 20

// errSink marks an error of the sink, which ends a capture, among those of the
// browser, which cost it a part.
type errSink struct{ error }

func (e errSink) Unwrap() error { return e.error }

// firstLook takes and keeps the first view. Before it there is nothing usable.
func (t *taking) firstLook(ctx context.Context) (*shot, error) {
	t.progress.Step(evidence.StepFirstView)
	first, err := t.firstView(ctx)
	switch {
	case t.caller.Err() != nil:
		return nil, context.Cause(t.caller)
	case errors.Is(err, context.DeadlineExceeded):
		return nil, &NetworkError{Code: CodeNoPicture, Kind: KindTimeout, Address: t.capture.Request.Address}
	case err != nil:
		return nil, err
	}
	t.colour, t.blank = first.picture.Corner(), first.picture.Uniform()
	return first, t.keep(evidence.FirstViewName, "image/png", first.png)
}

// pictures takes the first view, the tiles and the dated copy. Once the first
// view is kept there is something usable, and what fails later is a problem.
func (t *taking) pictures(ctx context.Context, req evidence.Request) error {
	first, err := t.firstLook(ctx)
	if err != nil {
		return err
	}
	t.progress.Step(evidence.StepFullPage)
	t.unpinch(ctx)
	t.scroll(ctx)
	e, err := t.measure(ctx, req.ViewWidth, req.ViewHeight, req.Scale)
	if err == nil {
		err = t.fullPage(ctx, e, first)
	}
	if err == nil {
		if failed := t.panes(ctx); failed != nil {
			err = errSink{failed}
		}
	}
	var broken errSink
	switch {
	case t.caller.Err() != nil:
		return context.Cause(t.caller)
	case errors.As(err, &broken):
		return broken.error
	case err != nil:
		t.Notes().Add(record.ProblemNoFullPage, "%d tiles: %s", len(t.kept), t.Why(err))
		return t.datedAgain(first)
	}
	return nil
}

// fullPage takes the tiles and feeds the dated copy at the same time.
func (t *taking) fullPage(ctx context.Context, e extent, first *shot) error {
	p := &t.capture.Page
	p.PageHeight = e.pageHeight * e.scale
	if e.height < e.pageHeight {
		t.Notes().Add(record.ProblemCut, "cut at %d px of %d px", e.height*e.scale, e.pageHeight*e.scale)
	}
	if e.width < e.pageWidth {
		t.Notes().Add(record.ProblemCutWidth, "cut at %d px of %d px", e.width*e.scale, e.pageWidth*e.scale)
	}
	width, height := e.width*e.scale, e.height*e.scale
	k := &keeper{taking: t}
	t.tiling = k
	done, plain, ground, shown := 0, true, [4]byte{}, !t.blank
	drawn := func() {
		if may, _ := t.serializable(); may {
			t.serialized = t.serialize(ctx)
		}
	}
	err := t.shootAll(ctx, e, t.framesMissing(ctx, first), drawn, func(n int, s *shot) error {
		if t.copying == nil {
			if err := t.beginDated(width, height, s.picture.Channels); err != nil {
				return errSink{err}
			}
		}
		if err := k.keep(n, s); err != nil {
			return errSink{err}
		}
		t.blank = t.blank && s.picture.Corner() == t.colour && s.picture.Uniform()
		plain = plain && s.picture.Uniform() && (n == 1 || s.picture.Corner() == ground)
		ground = s.picture.Corner()
		done += s.picture.Height
		t.progress.Amount(int64(done), int64(height))
		if err := t.copying.add(s.picture); err != nil {
			return errSink{fmt.Errorf("capture: keep %s: %w", evidence.DatedName, err)}
		}
		return nil
	})
	p.Width, p.Height = width, done
	if err != nil {
		if failed := t.finishTiles(); failed != nil {
			return errSink{failed}
		}
		return err
	}
	t.copying.end()
	if plain && shown {
		t.Notes().Add(record.ProblemOneColour, "%d tiles", len(t.kept))
	}
	t.noteChange(ctx, e)
	return nil
}

// finishTiles waits until every tile is in the sink, which the record does not wait for.
func (t *taking) finishTiles() error {
	k := t.tiling
	if k == nil {
		return nil
	}
	t.tiling = nil
	if err := k.wait(); err != nil {
		return err
	}
	for _, one := range t.kept {
		t.capture.Artifacts = append(t.capture.Artifacts, one.artifact)
		t.parents = append(t.parents, one.artifact.SHA256)
	}
	return nil
}

// keeper puts tiles into the sink beside the taking of the next ones.
type keeper struct {
	*taking
	running  sync.WaitGroup
	mu       sync.Mutex // for what follows, and for taking.kept
	failed   error
	retained int
}

func (k *keeper) keep(n int, s *shot) error {
	one := tile{height: s.picture.Height}
	if k.retained+len(s.png) <= maxRetained && len(k.kept) == n-1 {
		one.png, k.retained = s.png, k.retained+len(s.png)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.failed != nil {
		return k.failed
	}
	k.kept = append(k.kept, one)
	k.running.Go(func() {
		a, err := k.sink.Put(k.caller, evidence.Artifact{
			Name: evidence.TileName(n), Role: evidence.Original, MediaType: "image/png",
		}, bytes.NewReader(s.png))
		k.mu.Lock()
		defer k.mu.Unlock()
		k.kept[n-1].artifact = a
		if err != nil && k.failed == nil {
			k.failed = fmt.Errorf("capture: keep %s: %w", evidence.TileName(n), err)
		}
	})
	return nil
}

func (k *keeper) wait() error {
	k.running.Wait()
	return k.failed
}

// noteChange tells when the page grew, shrank or went elsewhere while it was
// pictured.
func (t *taking) noteChange(ctx context.Context, before extent) {
	if t.visible {
		t.scrollBars(ctx)
		t.noteWindow(ctx)
	}
	after, err := t.measure(ctx, t.capture.Request.ViewWidth, t.capture.Request.ViewHeight, before.scale)
	if err == nil && (after.pageHeight != before.pageHeight || after.pageWidth != before.pageWidth) {
		t.Notes().Add(record.ProblemChanged, "%d × %d px, then %d × %d px",
			before.pageWidth*before.scale, before.pageHeight*before.scale,
			after.pageWidth*after.scale, after.pageHeight*after.scale)
	}
	t.NoteChange(t.known)
}

// datedAgain makes the dated copy from what there is when the full page could
// not be taken: the upper tiles, or the first view.
func (t *taking) datedAgain(first *shot) error {
	t.abandon()
	var from []*picture.Picture
	height := 0
	t.parents = nil
	for _, one := range t.kept {
		p, err := picture.Decode(one.png)
		if err != nil {
			break // not retained
		}
		from, height = append(from, p), height+p.Height
		t.parents = append(t.parents, one.artifact.SHA256)
	}
	if len(from) < len(t.kept) {
		t.Notes().Add(record.ProblemDatedIncomplete, "%d px", height)
	}
	if len(from) == 0 {
		from, height = []*picture.Picture{first.picture}, first.picture.Height
		a, _ := evidence.Manifest{Artifacts: t.capture.Artifacts}.Artifact(evidence.FirstViewName)
		t.parents = []evidence.Digest{a.SHA256}
		t.capture.Page.Width, t.capture.Page.Height = first.picture.Width, height
	}
	if err := t.beginDated(from[0].Width, height, from[0].Channels); err != nil {
		return err
	}
	for _, p := range from {
		if err := t.copying.add(p); err != nil {
			return fmt.Errorf("capture: keep %s: %w", evidence.DatedName, err)
		}
	}
	return nil
}

// finishDated waits for the copy, which is written while the texts are recorded and the browser ends.
func (t *taking) finishDated() error {
	if t.copying == nil {
		return nil
	}
	t.progress.Step(evidence.StepDated)
	if err := t.finishTiles(); err != nil {
		return err
	}
	a, err := t.copying.finish(t.parents)
	t.copying = nil
	if err != nil {
		return fmt.Errorf("capture: keep %s: %w", evidence.DatedName, err)
	}
	t.capture.Artifacts = append(t.capture.Artifacts, a)
	return nil
}

// abandon gives up a copy that is being made, once no tile is on its way into the sink.
func (t *taking) abandon() {
	if t.tiling != nil {
		_ = t.tiling.wait()
		t.tiling = nil
	}
	if t.copying != nil {
		t.copying.abort()
		t.copying = nil
	}
}

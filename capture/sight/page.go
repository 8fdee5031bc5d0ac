package sight

import (
	"bytes"
	"context"
	"errors"
	"sync"

	"constat/capture/picture"
	"constat/capture/record"
	"constat/capture/tab"
	"constat/evidence"
)

// Task is what is to be pictured of a page: all of it.
type Task struct {
	First *First
	Band  Band
	Shown tab.Shown // what the tab showed when it had loaded
	// Drawn is called when the browser has drawn the last tile, which is still to be read then. It
	// must be quick.
	Drawn func()
}

// Pictured is what came of it: the tiles, and the dated copy, which is still being written.
type Pictured struct {
	Width, Height int // pixels of what was pictured
	PageHeight    int // of the whole page; nought when it could not be measured
	Whole         bool
	Blank         bool // everything that was pictured, also of the first view, has one colour

	kept    *record.Kept
	tiles   []tile  // that are in the sink, or on their way, from the top
	tiling  *keeper // which sees to that; nil when they are in it
	parents []evidence.Digest
	copy    *dated // the dated copy that is being made
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

// Alone is the first view and nothing else.
func (f *First) Alone() *Pictured {
	return &Pictured{Width: f.Width, Height: f.Height, Blank: f.shot.picture.Uniform()}
}

// Page takes the tiles, and begins the dated copy. What fails of it is a problem, since there is a
// first view; then the copy has what there is. Only the sink and the caller's end are errors. What
// is returned is finished or abandoned, also with an error.
func (e *Eye) Page(ctx context.Context, task Task) (*Pictured, error) {
	p := &Pictured{Blank: task.First.shot.picture.Uniform(), kept: e.kept}
	x, err := e.measure(ctx)
	if err == nil {
		err = e.fullPage(ctx, x, task, p)
	}
	var broken errSink
	switch {
	case e.kept.Ended() != nil:
		return p, e.kept.Ended()
	case errors.As(err, &broken):
		return p, broken.error
	case err != nil:
		e.tab.Notes().Add(record.ProblemNoFullPage, evidence.Say("pictures-why", "{#n} tiles: {why}", len(p.tiles), e.why(err)))
		return p, e.datedAgain(task, p)
	}
	p.Whole = true
	return p, nil
}

// fullPage takes the tiles and feeds the dated copy at the same time.
func (e *Eye) fullPage(ctx context.Context, x extent, task Task, p *Pictured) error {
	notes := e.tab.Notes()
	p.PageHeight = x.pageHeight * x.scale
	if x.height < x.pageHeight {
		notes.Add(record.ProblemCut, evidence.Say("cut", "cut at {#n} px of {#whole} px", x.height*x.scale, x.pageHeight*x.scale))
	}
	if x.width < x.pageWidth {
		notes.Add(record.ProblemCutWidth, evidence.Say("cut", "cut at {#n} px of {#whole} px", x.width*x.scale, x.pageWidth*x.scale))
	}
	width, height := x.width*x.scale, x.height*x.scale
	p.tiling = &keeper{into: p}
	colour := task.First.shot.picture.Corner()
	done, plain, ground, shown := 0, true, [4]byte{}, !p.Blank
	err := e.shootAll(ctx, x, e.framesMissing(ctx, task.First.shot), task.Drawn, func(n int, s *shot) error {
		if p.copy == nil {
			var err error
			if p.copy, err = e.beginDated(task, width, height, s.picture.Channels); err != nil {
				return errSink{err}
			}
		}
		if err := p.tiling.keep(n, s); err != nil {
			return errSink{err}
		}
		p.Blank = p.Blank && s.picture.Corner() == colour && s.picture.Uniform()
		plain = plain && s.picture.Uniform() && (n == 1 || s.picture.Corner() == ground)
		ground = s.picture.Corner()
		done += s.picture.Height
		e.progress.Amount(int64(done), int64(height))
		if err := p.copy.add(s.picture); err != nil {
			return errSink{record.Lost(evidence.DatedName, err)}
		}
		return nil
	})
	p.Width, p.Height = width, done
	if err != nil {
		if failed := p.finishTiles(); failed != nil {
			return errSink{failed}
		}
		return err
	}
	p.copy.end()
	if plain && shown {
		notes.Add(record.ProblemOneColour, evidence.Say("pictures", "{#n} tiles", len(p.tiles)))
	}
	e.noteChange(ctx, x, task.Shown)
	return nil
}

// keeper puts tiles into the sink beside the taking of the next ones.
type keeper struct {
	into     *Pictured
	running  sync.WaitGroup
	mu       sync.Mutex // for what follows, and for the tiles
	failed   error
	retained int
}

func (k *keeper) keep(n int, s *shot) error {
	p := k.into
	one := tile{height: s.picture.Height}
	if k.retained+len(s.png) <= maxRetained && len(p.tiles) == n-1 {
		one.png, k.retained = s.png, k.retained+len(s.png)
	}
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.failed != nil {
		return k.failed
	}
	p.tiles = append(p.tiles, one)
	k.running.Go(func() {
		a, err := p.kept.Stream(evidence.Artifact{
			Name: evidence.TileName(n), Role: evidence.Original, MediaType: "image/png",
		}, bytes.NewReader(s.png))
		k.mu.Lock()
		defer k.mu.Unlock()
		p.tiles[n-1].artifact = a
		if err != nil && k.failed == nil {
			k.failed = record.Lost(evidence.TileName(n), err)
		}
	})
	return nil
}

func (k *keeper) wait() error {
	k.running.Wait()
	return k.failed
}

// finishTiles waits until every tile is in the sink, which the record does not wait for.
func (p *Pictured) finishTiles() error {
	k := p.tiling
	if k == nil {
		return nil
	}
	p.tiling = nil
	if err := k.wait(); err != nil {
		return err
	}
	for _, one := range p.tiles {
		p.kept.List(one.artifact)
		p.parents = append(p.parents, one.artifact.SHA256)
	}
	return nil
}

// noteChange tells when the page grew, shrank or went elsewhere while it was
// pictured.
func (e *Eye) noteChange(ctx context.Context, before extent, shown tab.Shown) {
	if e.window {
		e.noteWindow(ctx)
		e.scrollBars(ctx)
	}
	after, err := e.measure(ctx)
	if err == nil && (after.pageHeight != before.pageHeight || after.pageWidth != before.pageWidth) {
		e.tab.Notes().Add(record.ProblemChanged, evidence.Say("size-changed", "{#w} × {#h} px, then {#thenW} × {#thenH} px",
			before.pageWidth*before.scale, before.pageHeight*before.scale,
			after.pageWidth*after.scale, after.pageHeight*after.scale))
	}
	e.tab.NoteChange(shown)
}

// datedAgain makes the dated copy from what there is when the full page could
// not be taken: the upper tiles, or the first view.
func (e *Eye) datedAgain(task Task, p *Pictured) error {
	p.Abandon()
	var from []*picture.Picture
	height := 0
	p.parents = nil
	for _, one := range p.tiles {
		decoded, err := picture.Decode(one.png)
		if err != nil {
			break // not retained
		}
		from, height = append(from, decoded), height+decoded.Height
		p.parents = append(p.parents, one.artifact.SHA256)
	}
	if len(from) < len(p.tiles) {
		e.tab.Notes().Add(record.ProblemDatedIncomplete, evidence.Say("pixels", "{#n} px", height))
	}
	if len(from) == 0 {
		first := task.First.shot.picture
		from, height = []*picture.Picture{first}, first.Height
		a, _ := evidence.Manifest{Artifacts: e.kept.Artifacts()}.Artifact(evidence.FirstViewName)
		p.parents = []evidence.Digest{a.SHA256}
		p.Width, p.Height = first.Width, height
	}
	var err error
	if p.copy, err = e.beginDated(task, from[0].Width, height, from[0].Channels); err != nil {
		return err
	}
	for _, one := range from {
		if err := p.copy.add(one); err != nil {
			return record.Lost(evidence.DatedName, err)
		}
	}
	return nil
}

// Finish waits for the tiles and for the copy, which is written while the texts are recorded and
// the browser ends.
func (p *Pictured) Finish(progress evidence.Progress) error {
	if p.copy == nil {
		return nil
	}
	progress.Step(evidence.StepDated)
	if err := p.finishTiles(); err != nil {
		return err
	}
	a, err := p.copy.finish(p.parents)
	p.copy = nil
	if err != nil {
		return record.Lost(evidence.DatedName, err)
	}
	p.kept.List(a)
	return nil
}

// Abandon gives up a copy that is being made, once no tile is on its way into the sink. What is
// finished stays.
func (p *Pictured) Abandon() {
	if p.tiling != nil {
		_ = p.tiling.wait()
		p.tiling = nil
	}
	if p.copy != nil {
		p.copy.abort()
		p.copy = nil
	}
}

package intake

import (
	"context"
	"io"
	"math"

	"constat/evidence"
)

// amountStep is how many bytes pass between two reports of progress.
const amountStep = 1 << 20

// maxOffset is beyond every file that is read, in bytes.
const maxOffset = 1 << 50

// errLimit ends a read that would go beyond a limit.
var errLimit = evidence.Say("limit", "limit reached").Err()

// input is the source's file: reads end with the context, and the first real
// error of the file is kept, because parsers hide it.
type input struct {
	ctx context.Context
	f   io.ReaderAt
	err error
}

// ReadAt implements [io.ReaderAt].
func (in *input) ReadAt(p []byte, off int64) (int, error) {
	if err := in.ctx.Err(); err != nil {
		return 0, err
	}
	if off < 0 || off > maxOffset {
		return 0, io.EOF // a place that a hostile file points at; some systems call it an error
	}
	n, err := in.f.ReadAt(p, off)
	if err != nil && err != io.EOF && in.err == nil {
		in.err = err
	}
	return n, err
}

// head returns the first bytes of the file, at most n.
func (in *input) head(n int) ([]byte, error) {
	b := make([]byte, n)
	got, err := in.ReadAt(b, 0)
	if err == io.EOF {
		err = nil
	}
	return b[:got], err
}

// flow is a reader that is on its way into the sink: it counts, reports, keeps
// within a limit and remembers its own error, so that a failure of the source
// is told from a failure of the sink.
type flow struct {
	ctx   context.Context
	r     io.Reader
	limit int64 // bytes; more is errLimit
	n     int64
	err   error

	p     evidence.Progress
	base  int64 // bytes done before this reader
	total int64
	shown int64
}

// Read implements [io.Reader].
func (f *flow) Read(b []byte) (int, error) {
	if f.err == nil {
		f.err = f.ctx.Err()
	}
	if f.err != nil {
		return 0, f.err
	}
	if room := f.limit - f.n; room < math.MaxInt64 && int64(len(b)) > room+1 {
		b = b[:room+1] // one more than allowed shows that there is more
	}
	n, err := f.r.Read(b)
	f.n += int64(n)
	if f.n > f.limit {
		err = errLimit
	}
	if err != nil && err != io.EOF {
		f.err = err
	}
	if f.p != nil && (f.n-f.shown >= amountStep || err != nil) {
		f.shown = f.n
		f.p.Amount(f.base+f.n, max(f.total, f.base+f.n))
	}
	return n, err
}

// budget is a ReaderAt that hands out a limited number of bytes. The list at
// the end of a ZIP is read into memory before anyone can ask how long it is.
type budget struct {
	r    io.ReaderAt
	left int64
}

// ReadAt implements [io.ReaderAt].
func (b *budget) ReadAt(p []byte, off int64) (int, error) {
	if b.left < int64(len(p)) {
		return 0, errLimit
	}
	n, err := b.r.ReadAt(p, off)
	if b.left != math.MaxInt64 {
		b.left -= int64(n)
	}
	return n, err
}

// unlimit ends the limit.
func (b *budget) unlimit() { b.left = math.MaxInt64 }

package capture

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"math"

	"constat/capture/playlist"
	"constat/evidence"
)

// pieceReader reads the pieces of a film, one behind the other, as they come. One that did not come whole is
// left out, but for one that is too long to be looked at first, which ends it.
type pieceReader struct {
	ctx     context.Context
	way     *way
	of      *pieced
	left    []playlist.Piece
	budget  int64
	failing int
	ready   io.Reader // what is being read
	current *openPiece
}

// openPiece is one that is taken as it comes.
type openPiece struct {
	from io.ReadCloser
	one  *fetched
	row  *pieceAsked
	sum  hash.Hash
	form playlist.Form
	of   playlist.Piece
	n    int64
}

func (r *pieceReader) Read(b []byte) (int, error) {
	for {
		if r.ready != nil {
			n, err := r.ready.Read(b)
			if n > 0 {
				return n, nil
			}
			r.ready = nil
			if r.current != nil && err != nil {
				r.end(err)
			}
			continue
		}
		if len(r.left) == 0 || r.of.why != nil {
			return 0, io.EOF
		}
		next := r.left[0]
		r.left = r.left[1:]
		r.ask(next)
	}
}

func (r *pieceReader) close() {
	if r.current != nil {
		_ = r.current.from.Close()
		r.current = nil
	}
}

// ask asks for one piece.
func (r *pieceReader) ask(p playlist.Piece) {
	w := r.way
	switch {
	case p.Gap:
		r.leave(p, evidence.Say("pieces-gap", "the list says that it is not there"))
		return
	case !w.mayAsk(p.Address):
		r.leave(p, said(errLocal, w.tab.Why))
		r.failing++
		r.stop()
		return
	case r.ctx.Err() != nil:
		r.of.why = context.Cause(r.ctx)
		return
	case p.Length > r.budget:
		r.of.why = errBudget
		return
	}
	one := &fetched{wanted: wanted{address: p.Address}}
	if p.Length > 0 {
		one.stretch = fmt.Sprintf("%d-%d", p.From, p.From+p.Length-1)
	}
	from, err := w.openAgain(r.ctx, one)
	r.of.pieces = append(r.of.pieces, pieceAsked{Address: p.Address, Range: one.stretch, At: one.asked[0].at.UTC(), Millis: millis(p), begin: p.Begin})
	row := &r.of.pieces[len(r.of.pieces)-1]
	row.Status, row.SentOn = one.status(), one.end
	if err != nil {
		r.failed(row, err)
		return
	}
	if one.told > r.budget {
		_ = from.Close()
		r.of.why = errBudget
		row.is(said(errBudget, w.tab.Why))
		return
	}
	if text := playlist.NotAPiece(one.kind); text != "" {
		_ = from.Close()
		row.is(evidence.Say("pieces-another", "another file came: {kind}", text))
		r.failing++
		r.stop()
		return
	}
	sum := sha256.New()
	open := &openPiece{from: from, one: one, row: row, sum: sum, of: p}
	limited := io.LimitReader(from, r.budget)
	var first bytes.Buffer
	n, err := io.CopyN(io.MultiWriter(&first, sum, &open.form), limited, min(maxPiece, r.budget))
	open.n = n
	if text := playlist.NotByItsBeginning(first.Bytes()); text != "" && n > 0 {
		_ = from.Close()
		row.is(evidence.Say("pieces-another", "another file came: {kind}", text))
		r.failing++
		r.stop()
		return
	}
	if playlist.Encrypted(first.Bytes()) {
		_ = from.Close()
		r.of.why = errProtected
		row.is(said(errProtected, w.tab.Why))
		r.of.protected = r.of.had == 0
		return
	}
	switch {
	case err == nil && n == maxPiece: // it is taken as it comes
		r.current = open
		row.Offset = r.of.bytes
		r.ready = io.MultiReader(&first, &tee{open, limited})
		return
	case err == nil:
		_ = from.Close()
		r.of.why = errBudget
		row.is(said(errBudget, w.tab.Why))
		return
	}
	_ = from.Close()
	if err == io.EOF {
		err = open.short()
	}
	if err != nil {
		r.failed(row, err)
		return
	}
	if n == 0 {
		r.failed(row, io.ErrUnexpectedEOF)
		return
	}
	row.Offset = r.of.bytes
	r.came(open)
	r.ready = &first
}

// tee counts and sums what is taken as it comes.
type tee struct {
	of   *openPiece
	from io.Reader
}

func (t *tee) Read(b []byte) (int, error) {
	n, err := t.from.Read(b)
	t.of.n += int64(n)
	_, _ = t.of.sum.Write(b[:n])
	_, _ = t.of.form.Write(b[:n])
	return n, err
}

// end is that of a piece that was taken as it came: when it broke off, nothing can be put behind it.
func (r *pieceReader) end(err error) {
	open := r.current
	_ = open.from.Close()
	r.current = nil
	if err == io.EOF {
		err = open.short()
		if err == nil && open.n >= r.budget && open.one.told == 0 && open.of.Length == 0 {
			err = errBudget // nobody said how long it is, and no more was read
		}
	}
	if err != nil {
		r.of.bytes += open.n
		open.row.Size = open.n
		open.row.is(reason(r.way, err))
		r.of.why = err
		if open.n >= r.budget {
			r.of.why = errBudget
			open.row.is(said(errBudget, r.way.tab.Why))
		}
		return
	}
	r.came(open)
}

// short tells that less or more came than was said.
func (p *openPiece) short() error {
	if p.of.Length > 0 && p.n != p.of.Length || p.one.told > 0 && p.n != p.one.told {
		return io.ErrUnexpectedEOF
	}
	if whole, known := p.form.Whole(); p.untold() && known && !whole {
		return io.ErrUnexpectedEOF
	}
	return nil
}

// untold tells that nobody said how long the piece is, or where it ends.
func (p *openPiece) untold() bool { return p.of.Length == 0 && p.one.told == 0 && !p.one.ended }

// came takes a piece in.
func (r *pieceReader) came(p *openPiece) {
	digest := p.sum.Sum(nil)
	p.row.Size, p.row.SHA256 = p.n, hex.EncodeToString(digest)
	if had, ok := r.way.archive.Piece(p.of.Address, p.of.From, p.of.Length); ok {
		p.row.Page = "other"
		if bytes.Equal(had[:], digest) {
			p.row.Page = "same"
		}
	}
	if p.untold() { // one that broke off behind a packet or a box looks whole
		r.of.untold++
	}
	r.of.had++
	r.of.played += p.of.Seconds
	r.of.bytes += p.n
	r.budget -= p.n
	r.failing = 0
}

// failed leaves a piece out; when too many in a row fail no more is asked for.
func (r *pieceReader) failed(row *pieceAsked, err error) {
	row.is(reason(r.way, err))
	r.failing++
	r.stop()
}

func (r *pieceReader) stop() {
	last := r.of.pieces[len(r.of.pieces)-1]
	if r.failing >= maxFailures {
		r.of.why = last.why.Err()
	}
}

// reason is why something did not come, in the record of the pieces.
func reason(w *way, err error) evidence.Said {
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return evidence.Say("pieces-short", "it was not as long as was said")
	case err == errBudget:
		return said(err, w.tab.Why)
	}
	return w.tab.Why(err)
}

// leave passes a piece over that is not asked for.
func (r *pieceReader) leave(p playlist.Piece, why evidence.Said) {
	one := pieceAsked{Address: p.Address, At: r.way.config.Now().UTC(), Millis: millis(p), left: true, begin: p.Begin}
	one.is(why)
	r.of.pieces = append(r.of.pieces, one)
}

func millis(p playlist.Piece) int64 { return int64(math.Round(p.Seconds * 1000)) }

// status is that of the last answer; nought if there was none.
func (a *fetched) status() int {
	r := a.asked[len(a.asked)-1]
	if r.own == nil {
		return r.status
	}
	_, status, _ := r.own.Sent()
	return status
}

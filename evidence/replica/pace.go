package replica

import (
	"context"
	"io"
	"time"
)

// pace bounds how fast bytes are read.
type pace struct {
	ctx   context.Context
	rate  int64 // bytes a second; 0: as fast as it goes
	begun time.Time
	n     int64
	done  func(n int)
}

func (p *pace) wrap(r io.ReadCloser) io.ReadCloser { return &paced{p: p, r: r} }

type paced struct {
	p *pace
	r io.ReadCloser
}

func (r *paced) Read(b []byte) (int, error) {
	p := r.p
	if p.ctx.Err() != nil {
		return 0, context.Cause(p.ctx)
	}
	if p.rate > 0 && int64(len(b)) > max(p.rate/8, 512) {
		b = b[:max(p.rate/8, 512)]
	}
	n, err := r.r.Read(b)
	p.n += int64(n)
	if p.done != nil {
		p.done(n)
	}
	if p.rate > 0 {
		due := p.begun.Add(time.Duration(float64(p.n) / float64(p.rate) * float64(time.Second)))
		if wait := time.Until(due); wait > 0 {
			t := time.NewTimer(wait)
			defer t.Stop()
			select {
			case <-t.C:
			case <-p.ctx.Done():
				return n, context.Cause(p.ctx)
			}
		}
	}
	return n, err
}

func (r *paced) Close() error { return r.r.Close() }

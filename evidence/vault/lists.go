package vault

import (
	"context"
	"errors"
	"fmt"
	"time"

	"constat/evidence"
)

// List is a list of addresses that was made to be kept one after the other.
type List struct {
	Seq   uint64    // of its entry; it names the list within the case
	Time  time.Time // UTC, when it was made
	Bytes []byte    // as they were put
	// Damage is nil, or a *CorruptError: then Bytes is empty.
	Damage error
}

// AddList keeps a list of addresses in the case and writes the entry
// "list-made": its digest, and what detail says. The addresses are in the
// object alone: an address that nothing was kept of is in no bundle. The vault
// does not look into the list.
func (c *Case) AddList(ctx context.Context, b []byte, detail map[string]string) (List, error) {
	if len(b) == 0 || len(b) > MaxFile {
		return List{}, fmt.Errorf("list of %d bytes, not of 1 to %d", len(b), MaxFile)
	}
	e, err := c.addSmall(ctx, evidence.Entry{Action: evidence.ActListMade, Detail: detail}, b, func(object string) record {
		return record{List: object}
	})
	return List{Seq: e.Seq, Time: e.Time, Bytes: b}, err
}

// Lists returns the lists of the case, oldest first.
func (c *Case) Lists(ctx context.Context) ([]List, error) {
	if err := c.ready(ctx); err != nil {
		return nil, err
	}
	defer c.v.done()
	entries, _ := c.entries()
	var out []List
	for _, read := range entries {
		if read.record.List == "" {
			continue
		}
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		l := List{Seq: read.seq, Time: read.entry.Time}
		b, err := c.readObject(read.record.List, read.entry.Digest, MaxFile, !read.proven)
		if _, damaged := errors.AsType[*CorruptError](err); damaged {
			l.Damage = err
		} else if err != nil {
			return nil, err
		}
		l.Bytes = b
		out = append(out, l)
	}
	return out, nil
}

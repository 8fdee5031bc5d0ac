package vault

import (
	"bytes"
	"context"
	"crypto/hmac"
	"encoding/hex"
	"fmt"
	"io"
)

const (
	verdictsName   = "verdicts"
	verdictsFormat = "constat-verdicts/1"
	// maxVerdicts is the largest text that [Case.Remember] keeps, in bytes.
	maxVerdicts = 64 << 20
)

// Remember keeps a text beside the case that spares work at the next opening,
// in the place of an earlier one. It is a cache: nothing is recorded by it, the
// checker does not read it, and nobody but the holder of the vault's key can
// write it. It is never kept in a case whose log is damaged.
func (c *Case) Remember(ctx context.Context, text []byte) error {
	if len(text) > maxVerdicts {
		return fmt.Errorf("%d bytes are too many to remember", len(text))
	}
	if err := c.ready(ctx); err != nil {
		return err
	}
	defer c.v.done()
	if damage := c.Damage(); damage != nil {
		return damage
	}
	c.indexing.Lock()
	defer c.indexing.Unlock()
	body := append(c.verdictsHead(), text...)
	code := append(hex.AppendEncode(nil, mac(c.v.keys.verdicts, body)), '\n')
	return c.v.disk.Write(c.path(), verdictsName, func(w io.Writer) error {
		return seal(w, func(w io.Writer) error {
			if _, err := w.Write(code); err != nil {
				return err
			}
			_, err := w.Write(body)
			return err
		}, c.v.own)
	})
}

// Remembered returns what was kept last, or nil if there is nothing, if it
// belongs to another case, or if it is not exactly what the holder of the
// vault's key wrote.
func (c *Case) Remembered(ctx context.Context) []byte {
	if err := c.ready(ctx); err != nil {
		return nil
	}
	defer c.v.done()
	b, err := readSealed(c.v.disk, c.v.dir, c.rel+"/"+verdictsName, c.v.identity, maxVerdicts+1024)
	if err != nil {
		return nil
	}
	first, body, ok := bytes.Cut(b, []byte{'\n'})
	got, err := hex.DecodeString(string(first))
	if !ok || err != nil || !hmac.Equal(got, mac(c.v.keys.verdicts, body)) {
		return nil
	}
	text, ok := bytes.CutPrefix(body, c.verdictsHead())
	if !ok {
		return nil
	}
	return text
}

// verdictsHead keeps what belongs to one case from being taken for another's.
func (c *Case) verdictsHead() []byte { return []byte(verdictsFormat + " " + c.id + "\n") }

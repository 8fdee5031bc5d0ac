package vault

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"

	"constat/evidence/vault/origin"
)

// Two texts lie beside the log of a case, each in one file that is replaced: what is remembered,
// and notes.
const (
	verdictsName   = "verdicts"
	verdictsFormat = "constat-verdicts/1"
	// maxVerdicts is the largest text that [Case.Remember] keeps, in bytes.
	maxVerdicts = 64 << 20

	notesName   = "notes"
	notesFormat = "constat-notes/1"
	maxNotes    = 1 << 20
)

// besideHead keeps what belongs to one case from being taken for another's, and notes from being
// taken for what is remembered.
func (c *Case) besideHead(format string) []byte { return []byte(format + " " + c.id + "\n") }

func (c *Case) saveBeside(name, format string, text []byte) error {
	c.indexing.Lock()
	defer c.indexing.Unlock()
	b := origin.Mark(c.v.keys.Verdicts, append(c.besideHead(format), text...))
	return c.v.disk.Write(c.path(), name, sealed(b, c.v.own))
}

func (c *Case) readBeside(name, format string, limit int64) ([]byte, error) {
	rel := c.rel + "/" + name
	b, err := readSealed(c.v.disk, c.v.dir, rel, c.v.identity, limit+1024)
	if err != nil {
		return nil, err
	}
	body, err := origin.Unmark(c.v.keys.Verdicts, b)
	text, own := bytes.CutPrefix(body, c.besideHead(format))
	if err != nil || !own {
		return nil, &CorruptError{Path: rel, Reason: "is not what the holder of the vault's key wrote"}
	}
	return text, nil
}

// Remember keeps a text beside the case that spares work at the next opening,
// in the place of an earlier one. It is a cache: nothing is recorded by it, the
// checker does not read it, and nobody but the holder of the vault's key can
// write it. It is never kept in a case whose log is damaged.
func (c *Case) Remember(ctx context.Context, text []byte) error {
	if len(text) > maxVerdicts {
		return fmt.Errorf("%d bytes are too many to remember", len(text))
	}
	if err := c.readyFor(ctx, ""); err != nil {
		return err
	}
	defer c.v.done()
	if damage := c.Damage(); damage != nil {
		return damage
	}
	return c.saveBeside(verdictsName, verdictsFormat, text)
}

// Remembered returns what was kept last, or nil if there is nothing, if it
// belongs to another case, or if it is not exactly what the holder of the
// vault's key wrote.
func (c *Case) Remembered(ctx context.Context) []byte {
	if err := c.readyFor(ctx, ""); err != nil {
		return nil
	}
	defer c.v.done()
	text, err := c.readBeside(verdictsName, verdictsFormat, maxVerdicts)
	if err != nil {
		return nil
	}
	return text
}

// SaveNotes keeps confidential notes beside the case, in the place of earlier ones. They are no
// part of the custody log, which says nothing of them, and of no bundle; no further recipient can
// read them. Empty notes leave an empty text. A vault of version 1 keeps none before its owner was
// asked: [ErrVersion1].
func (c *Case) SaveNotes(ctx context.Context, text string) error {
	if len(text) > maxNotes {
		return fmt.Errorf("notes of %d bytes are too long", len(text))
	}
	if err := c.readyFor(ctx, ""); err != nil {
		return err
	}
	defer c.v.done()
	if c.v.Old() {
		return ErrVersion1
	}
	return c.saveBeside(notesName, notesFormat, []byte(text))
}

// Notes returns the confidential notes, empty if there are none. Notes that were damaged, or that
// somebody else wrote, are a *[CorruptError].
func (c *Case) Notes(ctx context.Context) (string, error) {
	if err := c.readyFor(ctx, ""); err != nil {
		return "", err
	}
	defer c.v.done()
	text, err := c.readBeside(notesName, notesFormat, maxNotes)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return string(text), err
}

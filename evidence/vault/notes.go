package vault

import (
	"bytes"
	"context"
	"crypto/hmac"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
)

const (
	notesName   = "notes"
	notesFormat = "constat-notes/1"
	maxNotes    = 1 << 20
)

// SaveNotes keeps confidential notes beside the case, in the place of earlier ones. They are no part of the custody
// log, which says nothing of them, and of no bundle; no further recipient can read them. Empty notes leave an empty text.
func (c *Case) SaveNotes(ctx context.Context, text string) error {
	if len(text) > maxNotes {
		return fmt.Errorf("notes of %d bytes are too long", len(text))
	}
	if err := c.ready(ctx); err != nil {
		return err
	}
	defer c.v.done()
	c.indexing.Lock()
	defer c.indexing.Unlock()
	body := append(c.notesHead(), text...)
	code := append(hex.AppendEncode(nil, mac(c.v.keys.verdicts, body)), '\n')
	return c.v.disk.Write(c.path(), notesName, func(w io.Writer) error {
		return seal(w, func(w io.Writer) error {
			if _, err := w.Write(code); err != nil {
				return err
			}
			_, err := w.Write(body)
			return err
		}, c.v.own)
	})
}

// Notes returns the confidential notes, empty if there are none. Notes that were damaged, or that somebody else wrote,
// are a *[CorruptError].
func (c *Case) Notes(ctx context.Context) (string, error) {
	if err := c.ready(ctx); err != nil {
		return "", err
	}
	defer c.v.done()
	rel := c.rel + "/" + notesName
	b, err := readSealed(c.v.disk, c.v.dir, rel, c.v.identity, maxNotes+1024)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	first, body, ok := bytes.Cut(b, []byte{'\n'})
	got, herr := hex.DecodeString(string(first))
	text, own := bytes.CutPrefix(body, c.notesHead())
	if !ok || herr != nil || !own || !hmac.Equal(got, mac(c.v.keys.verdicts, body)) {
		return "", &CorruptError{Path: rel, Reason: "is not what the holder of the vault's key wrote"}
	}
	return string(text), nil
}

// notesHead keeps what belongs to one case from being taken for another's, or for what is remembered.
func (c *Case) notesHead() []byte { return []byte(notesFormat + " " + c.id + "\n") }

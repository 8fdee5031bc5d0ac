package parcel

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"
)

// ErrRecipient reports what is no key to encrypt to, or keys that age does not mix.
var ErrRecipient = errors.New("no age recipient")

// To is whom a parcel is for.
type To struct {
	recipients []age.Recipient
	own        age.Identity
}

// For reads public keys. There has to be one.
func For(keys []string) (*To, error) {
	if len(keys) == 0 {
		return nil, ErrRecipient
	}
	t := &To{}
	hybrid := false
	for _, key := range keys {
		key = strings.TrimSpace(key)
		if strings.HasPrefix(key, "age1pq1") {
			r, err := age.ParseHybridRecipient(key)
			if err != nil {
				return nil, refused(err)
			}
			t.recipients, hybrid = append(t.recipients, r), true
			continue
		}
		r, err := age.ParseX25519Recipient(key)
		if err != nil {
			return nil, refused(err)
		}
		t.recipients = append(t.recipients, r)
	}
	if hybrid {
		own, err := age.GenerateHybridIdentity()
		if err != nil {
			return nil, err
		}
		t.own, t.recipients = own, append(t.recipients, own.Recipient())
	} else {
		own, err := age.GenerateX25519Identity()
		if err != nil {
			return nil, err
		}
		t.own, t.recipients = own, append(t.recipients, own.Recipient())
	}
	// What age refuses shows before anything is made.
	if _, err := age.Encrypt(io.Discard, t.recipients...); err != nil {
		return nil, fmt.Errorf("%w: %.100s", ErrRecipient, err.Error())
	}
	return t, nil
}

// refused says why, without what was given: age quotes that, and it may be a private key.
func refused(err error) error {
	why := err.Error()
	if i := strings.LastIndexByte(why, '"'); i >= 0 {
		why = why[i+1:]
	}
	if why = strings.TrimPrefix(why, ": "); why == "" {
		return ErrRecipient
	}
	return fmt.Errorf("%w: %.100s", ErrRecipient, why)
}

// Wrap encrypts what is written to the writer that it returns, which has to be closed.
func (t *To) Wrap(w io.Writer) (io.WriteCloser, error) { return age.Encrypt(w, t.recipients...) }

// Open reads what Wrap wrote, from anywhere in it; size is that of r.
func (t *To) Open(r io.ReaderAt, size int64) (plain io.ReaderAt, n int64, err error) {
	return age.DecryptReaderAt(r, size, t.own)
}

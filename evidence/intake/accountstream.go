package intake

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
)

// maxAccountEntry is the size up to which one message is decoded; what is larger is counted as not read.
const maxAccountEntry = 1 << 20

// accountInput is a file of messages while it is read: it ends at the limit, and when the import does.
type accountInput struct {
	ctx  context.Context
	r    io.Reader
	left int64
	over bool // there was more
	err  error
}

// Read implements [io.Reader].
func (in *accountInput) Read(p []byte) (int, error) {
	if err := in.ctx.Err(); err != nil {
		in.err = err
		return 0, err
	}
	if in.left <= 0 {
		n, err := in.r.Read(make([]byte, 1)) // is that all?
		in.over = in.over || n > 0
		if err == nil {
			err = io.EOF
		}
		return 0, in.keep(err)
	}
	n, err := in.r.Read(p[:min(int64(len(p)), in.left)])
	in.left -= int64(n)
	return n, in.keep(err)
}

func (in *accountInput) keep(err error) error {
	if err != nil && err != io.EOF {
		in.err = err
	}
	return err
}

// whole reports whether nothing was left out or damaged; it reads to the end.
func (in *accountInput) whole() bool {
	_, err := io.Copy(io.Discard, in)
	return err == nil && in.err == nil && !in.over
}

// stream goes through JSON without holding it: an array of millions costs what one of its entries does.
type stream struct {
	in   io.Reader
	dec  *json.Decoder
	raw  json.RawMessage // the entry at hand; its bytes are used again
	null bool            // what was passed over last is null
}

func newStream(r io.Reader) *stream {
	in := bufio.NewReader(r)
	if b, _ := in.Peek(3); bytes.Equal(b, []byte("\xef\xbb\xbf")) {
		_, _ = in.Discard(3)
	}
	s := &stream{in: in, dec: json.NewDecoder(in)}
	s.dec.UseNumber()
	return s
}

// object goes through the fields of the object that comes next; do takes each value in. What is no
// object is passed over.
func (s *stream) object(do func(key string) error) (bool, error) {
	is, _, err := s.either(do, nil)
	return is, err
}

// array does the same for an array.
func (s *stream) array(do func() error) (bool, error) {
	_, is, err := s.either(nil, do)
	return is, err
}

// either goes through what comes next, if it is an object or an array that is wanted.
func (s *stream) either(field func(key string) error, element func() error) (object, array bool, err error) {
	t, err := s.dec.Token()
	if err != nil {
		return false, false, err
	}
	object, array = t == json.Delim('{') && field != nil, t == json.Delim('[') && element != nil
	if !object && !array {
		s.null = t == nil
		return false, false, s.rest(t)
	}
	for s.dec.More() {
		if array {
			err = element()
		} else if t, err = s.dec.Token(); err == nil {
			key, _ := t.(string)
			err = field(key)
		}
		if err != nil {
			return object, array, err
		}
	}
	_, err = s.dec.Token()
	return object, array, err
}

// skip passes over the value that comes next.
func (s *stream) skip() error {
	t, err := s.dec.Token()
	if err != nil {
		return err
	}
	return s.rest(t)
}

func (s *stream) rest(t json.Token) error {
	for depth := 0; ; {
		switch t {
		case json.Delim('{'), json.Delim('['):
			depth++
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			return nil
		}
		var err error
		if t, err = s.dec.Token(); err != nil {
			return err
		}
	}
}

// text is the string that comes next; anything else is passed over.
func (s *stream) text() (string, error) {
	t, err := s.dec.Token()
	if err != nil {
		return "", err
	}
	if v, ok := t.(string); ok {
		return v, nil
	}
	return "", s.rest(t)
}

// value decodes what comes next. odd: it is too large, of another form, or has a field that is.
func (s *stream) value(into any) (odd bool, err error) {
	if err := s.dec.Decode(&s.raw); err != nil {
		return false, err
	}
	if len(s.raw) <= len("{}") || len(s.raw) > maxAccountEntry || s.raw[0] != '{' {
		if len(s.raw) > maxAccountEntry {
			s.raw = nil
		}
		return true, nil
	}
	return json.Unmarshal(s.raw, into) != nil, nil // the fields that are as they should be are there
}

// entries goes through an array of messages. read makes one of the value that comes next; what it has
// nothing of is counted, as is what is beyond the limit, which costs nothing.
func (a *account) entries(s *stream, in string, t func() int, read func() (m accountMessage, odd bool, err error)) (bool, error) {
	return s.array(func() error {
		if a.looked++; a.looked > maxAccountMessages {
			a.cut++
			return s.skip()
		}
		m, odd, err := read()
		if err != nil {
			return err
		}
		if m.Time == "" && m.Sender == "" && m.Text == "" && len(m.Media) == 0 && !m.Notice && !m.Unsent {
			odd = true
		} else {
			a.add(t(), m)
		}
		if odd {
			a.oddIn(in)
		}
		return nil
	})
}

// ended reports whether a JSON text was read to its end and nothing stands behind it.
func (s *stream) ended(err error) bool {
	if err != nil {
		return false
	}
	r := bufio.NewReader(io.MultiReader(s.dec.Buffered(), s.in))
	for {
		b, err := r.ReadByte()
		if errors.Is(err, io.EOF) {
			return true
		}
		if err != nil || b != ' ' && b != '\t' && b != '\r' && b != '\n' && b != ';' {
			return false
		}
	}
}

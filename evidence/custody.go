package evidence

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"

	strictjson "github.com/go-json-experiment/json"
)

// CustodyFormat is the format of a custody log's lines.
const CustodyFormat = "constat-custody/1"

// MaxCustodyLine is the longest line that is read, in bytes.
const MaxCustodyLine = 1 << 20

// Entry is one line of the custody log.
type Entry struct {
	Format   string            `json:"format"`
	Seq      uint64            `json:"seq"`  // counted from 1
	Time     time.Time         `json:"time"` // UTC, this device's clock
	Action   Action            `json:"action"`
	Case     string            `json:"case"`
	Exhibit  string            `json:"exhibit,omitempty"`
	Digest   Digest            `json:"digest,omitzero"` // of the manifest, reply or bundle the action is about
	Actor    string            `json:"actor"`
	Detail   map[string]string `json:"detail,omitempty"`
	Previous Digest            `json:"previous,omitzero"` // SHA-256 of the previous line without its line feed; absent in line 1
}

// ErrCustody reports a custody log that is not what was written.
var ErrCustody = errors.New("custody log is damaged")

// BrokenLinkError says where a custody log stops being what was written.
type BrokenLinkError struct {
	Line   uint64 // counted from 1
	Reason string
}

func (e *BrokenLinkError) Error() string {
	return fmt.Sprintf("%v: line %d: %s", ErrCustody, e.Line, e.Reason)
}

// Unwrap makes errors.Is(err, ErrCustody) true.
func (e *BrokenLinkError) Unwrap() error { return ErrCustody }

// Chain is the end of a custody log: what the next line must link to.
// The zero value is an empty log. It is not safe for concurrent use.
type Chain struct {
	seq  uint64
	head Digest
	id   string
}

// Resume returns a chain that goes on behind a head which was verified before.
func Resume(caseID string, head LogHead) Chain {
	return Chain{seq: head.Seq, head: head.SHA256, id: caseID}
}

// Head returns the sequence number and the digest of the last line.
func (c *Chain) Head() LogHead { return LogHead{Seq: c.seq, SHA256: c.head} }

// Next fills in format, sequence number, UTC time and link, and returns the
// exact line, without a line feed. The chain itself moves on only with
// [Chain.Accept], so that a line that could not be stored is not linked to.
func (c *Chain) Next(e Entry) (Entry, []byte, error) {
	e.Format, e.Seq, e.Previous, e.Time = CustodyFormat, c.seq+1, c.head, e.Time.UTC()
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(e); err != nil {
		return Entry{}, nil, fmt.Errorf("custody entry: %w", err)
	}
	line := bytes.TrimSuffix(b.Bytes(), []byte("\n"))
	if len(line) > MaxCustodyLine {
		return Entry{}, nil, fmt.Errorf("custody entry of %d bytes", len(line))
	}
	return e, line, nil
}

// Accept checks one line against the chain and moves on to it.
// Its error is a *[BrokenLinkError].
func (c *Chain) Accept(line []byte) (Entry, error) {
	broken := func(format string, args ...any) (Entry, error) {
		return Entry{}, &BrokenLinkError{Line: c.seq + 1, Reason: fmt.Sprintf(format, args...)}
	}
	var e Entry
	if len(line) > MaxCustodyLine || bytes.IndexByte(line, '\n') >= 0 {
		return broken("not one line of at most %d bytes", MaxCustodyLine)
	}
	if err := strictjson.Unmarshal(line, &e); err != nil {
		return broken("%v", err)
	}
	switch {
	case e.Format != CustodyFormat:
		return broken("format %.40q", e.Format)
	case e.Seq != c.seq+1:
		return broken("sequence number %d", e.Seq)
	case e.Previous != c.head:
		return broken("does not link to the line before")
	case c.id != "" && e.Case != c.id:
		return broken("belongs to another case")
	case CheckCaseID(e.Case) != nil:
		return broken("no case id")
	}
	c.seq, c.head, c.id = e.Seq, Sum(line), e.Case
	return e, nil
}

// VerifyChain reads a whole log, one entry a line, and calls fn for each. It
// returns the head, or a *[BrokenLinkError] for the first line that does not
// follow from those before. A log that was cut at its end is whole up to
// there; only an anchor (a manifest's or an export's head) shows the cut.
func VerifyChain(r io.Reader, fn func(Entry, []byte) error) (LogHead, error) {
	var c Chain
	br := bufio.NewReader(r)
	for {
		line, err := readLine(br)
		if err == io.EOF {
			return c.Head(), nil
		}
		if errors.Is(err, errLine) {
			return c.Head(), &BrokenLinkError{Line: c.seq + 1, Reason: err.Error()}
		}
		if err != nil {
			return c.Head(), err
		}
		e, err := c.Accept(line)
		if err != nil {
			return c.Head(), err
		}
		if fn != nil {
			if err := fn(e, line); err != nil {
				return c.Head(), err
			}
		}
	}
}

var errLine = errors.New("line is too long or does not end")

// readLine reads up to a line feed without ever holding more than a line may be.
func readLine(br *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := br.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case len(line) > MaxCustodyLine+1:
			return nil, errLine
		case err == nil:
			return line[:len(line)-1], nil
		case err == io.EOF && len(line) == 0:
			return nil, io.EOF
		case err == io.EOF:
			return nil, errLine
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		}
	}
}

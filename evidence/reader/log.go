package reader

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"time"
)

// What the format fixes.
const (
	LogFormat = "constat-custody/1"
	MaxLine   = 1 << 20 // bytes, without the line feed
)

// Line is one line of a custody log.
type Line struct {
	Seq      uint64
	Time     time.Time
	Action   string
	Case     string
	Exhibit  string // empty: about none
	Digest   SHA256 // zero: about none
	Actor    string
	Detail   map[string]string
	Previous SHA256 // zero: in line 1
	SHA256   SHA256 // of the line itself

	all *value
}

// ReadLine reads one line, without its line feed, by itself. Its error is a [*Refused].
func ReadLine(b []byte) (Line, error) {
	if len(b) > MaxLine || bytes.IndexByte(b, '\n') >= 0 {
		return Line{}, refuse(RuleSize, "line", "is not one line of at most %d bytes", MaxLine)
	}
	v, err := parse(b)
	if err != nil {
		return Line{}, err
	}
	if f := v.field("format"); v.kind != isObject || f == nil || f.text != LogFormat {
		return Line{}, refuse(RuleFormat, "line.format", "is not %s", LogFormat)
	}
	if err := line.against(v, "line"); err != nil {
		return Line{}, err
	}
	if !bytes.Equal(v.compact(make([]byte, 0, len(b))), b) {
		return Line{}, refuse(RuleLayout, "line", "has spaces between its parts")
	}
	l := Line{Action: v.field("action").text, Case: v.field("case").text, Actor: v.field("actor").text, all: v, SHA256: sha256.Sum256(b)}
	seq, err := v.field("seq").integer("line.seq")
	if err != nil || seq < 1 {
		return Line{}, refuse(RuleType, "line.seq", "%d is not the number of a line", seq)
	}
	l.Seq = uint64(seq)
	if l.Time, err = v.field("time").time("line.time"); err != nil {
		return Line{}, err
	}
	if !IsCase(l.Case) {
		return Line{}, refuse(RuleContent, "line.case", "%.40q is not a case id", l.Case)
	}
	if x := v.field("exhibit"); x != nil {
		if l.Exhibit = x.text; !IsExhibit(l.Exhibit) {
			return Line{}, refuse(RuleExhibit, "line.exhibit", "%.40q is not an exhibit id", l.Exhibit)
		}
	}
	if d := v.field("digest"); d != nil {
		l.Digest = d.sum()
	}
	if d := v.field("detail"); d != nil {
		l.Detail = map[string]string{}
		for _, f := range d.fields {
			l.Detail[f.name] = f.text
		}
	}
	if p := v.field("previous"); p != nil {
		if l.Previous = p.sum(); v.fields[len(v.fields)-1].name != "previous" {
			return Line{}, refuse(RuleLast, "line.previous", "is not the last field")
		}
	}
	return l, nil
}

// Log is a custody log up to some line. Its zero value is an empty one.
type Log struct {
	head Head
	id   string
}

// Head is the last line that followed.
func (c *Log) Head() Head { return c.head }

// Next reads the line that comes next and takes it in, if it follows from those before.
func (c *Log) Next(b []byte) (Line, error) {
	l, err := ReadLine(b)
	if err != nil {
		return Line{}, err
	}
	broken := func(rule Rule, format string, a ...any) (Line, error) {
		return Line{}, refuse(rule, "line", format, a...)
	}
	switch {
	case l.Seq != c.head.Seq+1:
		return broken(RuleChain, "sequence number %d", l.Seq)
	case l.Previous != c.head.SHA256:
		return broken(RuleChain, "does not link to the line before")
	case c.id != "" && l.Case != c.id:
		return broken(RuleChain, "belongs to another case")
	case l.Seq == 1 && l.Action != "case-created":
		return broken(RuleFirst, "does not begin with case-created")
	case l.Seq > 1 && l.Action == "case-created":
		return broken(RuleFirst, "case-created once more")
	}
	c.head, c.id = Head{l.Seq, l.SHA256}, l.Case
	return l, nil
}

// ReadLog reads a whole log and calls fn for each line that follows from those before.
// It returns the head, and for the first line that does not follow a [*Refused] with
// its number. A log that was cut off at its end is whole up to there: only an anchor
// elsewhere shows the cut.
func ReadLog(r io.Reader, fn func(Line) error) (Head, error) {
	var c Log
	in := bufio.NewReaderSize(r, 64<<10)
	for {
		b, err := oneLine(in)
		if err == io.EOF {
			return c.Head(), nil
		}
		var l Line
		if err == nil {
			l, err = c.Next(b)
		}
		if no, ok := errors.AsType[*Refused](err); ok {
			return c.Head(), &Refused{Rule: no.Rule, At: fmt.Sprintf("line %d", c.head.Seq+1), Why: no.whereWhy()}
		}
		if err == nil && fn != nil {
			err = fn(l)
		}
		if err != nil {
			return c.Head(), err
		}
	}
}

// whereWhy says what was wrong in a line, and in which field if it was in one.
func (r *Refused) whereWhy() string {
	if r.At == "line" {
		return r.Why
	}
	return r.Error()
}

// oneLine reads up to a line feed, and never holds more than a line may have.
func oneLine(in *bufio.Reader) ([]byte, error) {
	var b []byte
	for {
		part, err := in.ReadSlice('\n')
		b = append(b, part...)
		switch {
		case len(b) > MaxLine+1:
			return nil, refuse(RuleSize, "line", "is too long or does not end")
		case err == nil:
			return b[:len(b)-1], nil
		case err == io.EOF && len(b) == 0:
			return nil, io.EOF
		case err == io.EOF:
			return nil, refuse(RuleSize, "line", "is too long or does not end")
		case err != bufio.ErrBufferFull:
			return nil, err
		}
	}
}

package report

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"constat/evidence"
)

// A list of messages is not printed whole.
const (
	firstMessages = 5
	lastMessages  = 5
	maxMessage    = 400 // characters
	messageFormat = "constat-messages/1"
)

// message is what is printed of one; package intake describes the file.
type message struct {
	Line   int64  `json:"line"`
	Time   string `json:"time"`
	Sender string `json:"sender"`
	Text   string `json:"text"`
	Notice bool   `json:"notice"`
	Named  string `json:"named"`
	Back   bool   `json:"back"`
}

// excerpt is the beginning and the end of a list of messages.
type excerpt struct {
	count       int
	first, last []message
}

func (x *excerpt) add(m message) {
	x.count++
	if len(x.first) < firstMessages {
		x.first = append(x.first, m)
		return
	}
	if len(x.last) == lastMessages {
		x.last = append(x.last[:0], x.last[1:]...)
	}
	x.last = append(x.last, m)
}

// readMessages reads a list of any length with the memory of a few messages.
// An error means that it is not such a list, or that r failed.
func readMessages(r io.Reader) (x excerpt, err error) {
	dec := json.NewDecoder(r)
	if err := delim(dec, '{'); err != nil {
		return x, err
	}
	for dec.More() {
		key, err := dec.Token()
		if err != nil {
			return x, err
		}
		switch key {
		case "format":
			var format string
			if err := dec.Decode(&format); err != nil {
				return x, err
			}
			if format != messageFormat {
				return x, fmt.Errorf("format %.40q", format)
			}
		case "messages":
			if err := delim(dec, '['); err != nil {
				return x, err
			}
			for dec.More() {
				var m message
				if err := dec.Decode(&m); err != nil {
					return x, err
				}
				m.Text = clip(m.Text)
				x.add(m)
			}
			if err := delim(dec, ']'); err != nil {
				return x, err
			}
		default:
			var skipped json.RawMessage
			if err := dec.Decode(&skipped); err != nil {
				return x, err
			}
		}
	}
	return x, delim(dec, '}')
}

// clip lets go of the rest of a long text; the cut shows when it is printed.
func clip(s string) string {
	if len(s) <= 4*maxMessage+4 {
		return s
	}
	return strings.Clone(strings.ToValidUTF8(s[:4*maxMessage+4], ""))
}

func delim(dec *json.Decoder, want json.Delim) error {
	t, err := dec.Token()
	if err == nil && t != want {
		err = fmt.Errorf("%v where %v belongs", t, want)
	}
	return err
}

// isMessages reports whether an artifact is a list that was made from a chat.
func isMessages(a evidence.Artifact) bool {
	return a.Role == evidence.Derived && strings.HasPrefix(a.Name, "messages") && strings.HasSuffix(a.Name, ".json")
}

// messages prints of every chat how many messages it has, the first and the last.
func (w *writer) messages(ctx context.Context, e Exhibit) error {
	for _, a := range e.Manifest.Artifacts {
		if !isMessages(a) {
			continue
		}
		x, err := openMessages(ctx, e, a)
		path := "data/exhibits/" + e.Manifest.Exhibit + "/" + a.Name
		w.head(w.t.T("report.chat.title"), path)
		switch {
		case errors.Is(err, errMessages):
			w.para(body, w.t.T("report.chat.unreadable", "Reason", evidence.Shorten(err.Error(), 200)))
			continue
		case err != nil:
			return err
		}
		w.para(bodyGray, w.t.N("report.chat.count", x.count)+" "+w.t.T("report.chat.note"))
		w.skip(1)
		cols := []column{
			{title: w.t.T("report.chat.line"), width: 14, right: true},
			{title: w.t.T("report.chat.time"), width: 36},
			{title: w.t.T("report.chat.sender"), width: 34},
			{title: w.t.T("report.chat.text"), width: width - 84},
		}
		var rows [][]cell
		for _, m := range x.first {
			rows = append(rows, w.message(m))
		}
		if between := x.count - len(x.first) - len(x.last); between > 0 {
			rows = append(rows, []cell{nil, nil, nil, {{w.t.N("report.chat.between", between), bodyGray}}})
		}
		for _, m := range x.last {
			rows = append(rows, w.message(m))
		}
		w.table(cols, rows)
	}
	return nil
}

func (w *writer) message(m message) []cell {
	when, who := cell{{evidence.Shorten(m.Time, 40), small}}, cell{{evidence.Shorten(m.Sender, 60), small}}
	if m.Back {
		when = append(when, part{w.t.T("report.chat.back"), small})
	}
	if m.Notice { // the app's words; the name in front of them is no sender's
		who = cell{{w.t.T("report.chat.notice"), bodyGray}}
		if m.Named != "" {
			who = append(who, part{"(" + evidence.Shorten(m.Named, 60) + ")", small})
		}
	}
	return []cell{{{w.t.Number(m.Line), mono}}, when, who, {{evidence.Shorten(m.Text, maxMessage), small}}}
}

// errMessages wraps why a list cannot be read; the report goes on without it.
var errMessages = errors.New("list of messages cannot be read")

// openMessages reads the list to its end and refuses it unless it is what the manifest names.
func openMessages(ctx context.Context, e Exhibit, a evidence.Artifact) (excerpt, error) {
	f, err := e.Open(ctx, a.Name)
	if err != nil {
		return excerpt{}, err
	}
	defer f.Close()
	h := evidence.NewHasher()
	in := &failing{r: io.TeeReader(withContext{ctx, io.LimitReader(f, a.Size+1)}, h)}
	x, bad := readMessages(in)
	if _, err := io.Copy(io.Discard, in); err != nil {
		return excerpt{}, err
	}
	if got, _, n := h.Sums(); got != a.SHA256 || n != a.Size {
		return excerpt{}, &MismatchError{Exhibit: e.Manifest.Exhibit, Name: a.Name, Want: a.SHA256, Got: got, WantSize: a.Size, GotSize: n}
	}
	if bad != nil {
		return excerpt{}, fmt.Errorf("%w: %s: %w", errMessages, a.Name, bad)
	}
	return x, nil
}

// failing remembers how reading failed, so that a disk that broke is not taken for a bad list.
type failing struct {
	r   io.Reader
	err error
}

func (f *failing) Read(p []byte) (int, error) {
	if f.err != nil {
		return 0, f.err
	}
	n, err := f.r.Read(p)
	if err != nil && err != io.EOF {
		f.err = err
	}
	return n, err
}

// withContext ends reading within one read after its context ends.
type withContext struct {
	ctx context.Context
	r   io.Reader
}

func (c withContext) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}

package report

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"constat/evidence"
)

const (
	accountFormat   = "constat-account/1"
	maxAccountFile  = 128 << 20 // bytes of the list
	maxThreads      = 60        // conversations that are named
	maxThreadsShown = 12        // of which messages are printed
)

// accountBox is what is printed of a platform's 'your data'; package intake describes the file.
type accountBox struct {
	Format   string          `json:"format"`
	Platform string          `json:"platform"`
	Threads  []accountThread `json:"threads"`
	Unread   []string        `json:"unread"`
}

type accountThread struct {
	Entry        string           `json:"entry"`
	Name         string           `json:"name"`
	Participants []string         `json:"participants"`
	Own          bool             `json:"own"`
	Messages     []accountMessage `json:"messages"`
}

type accountMessage struct {
	Time   string `json:"time"`
	Sender string `json:"sender"`
	Text   string `json:"text"`
	Notice bool   `json:"notice"`
	Unsent bool   `json:"unsent"`
	Media  []struct {
		Name  string `json:"name"`
		Entry string `json:"entry"`
	} `json:"media"`
}

// errAccount wraps why a list cannot be read; the report goes on without it.
var errAccount = errors.New("list of conversations cannot be read")

func isAccount(a evidence.Artifact) bool {
	return a.Role == evidence.Derived && strings.HasPrefix(a.Name, "account") && strings.HasSuffix(a.Name, ".json")
}

// accounts prints which conversations a platform handed out, and how the first of them begin and end.
func (w *writer) accounts(ctx context.Context, e Exhibit) error {
	for _, a := range e.Manifest.Artifacts {
		if !isAccount(a) {
			continue
		}
		box, err := openAccount(ctx, e, a)
		w.head(w.t.T("report.threads.title", "Platform", evidence.Shorten(box.Platform, 40)), "data/exhibits/"+e.Manifest.Exhibit+"/"+a.Name)
		switch {
		case errors.Is(err, errAccount):
			w.para(body, w.t.T("report.threads.unreadable", "Reason", evidence.Shorten(err.Error(), 200)))
			continue
		case err != nil:
			return err
		}
		w.threads(box)
	}
	return nil
}

func (w *writer) threads(box accountBox) {
	w.para(bodyGray, w.t.T("report.threads.note"))
	w.skip(1)
	var rows [][]cell
	for _, t := range box.Threads[:min(len(box.Threads), maxThreads)] {
		missing := 0
		for _, m := range t.Messages {
			for _, f := range m.Media {
				if f.Entry == "" {
					missing++
				}
			}
		}
		name := cell{{evidence.Shorten(t.Name, 80), bodyBold}}
		if len(t.Participants) > 0 {
			name = append(name, part{evidence.Shorten(strings.Join(t.Participants, ", "), 120), small})
		}
		if t.Own {
			name = append(name, part{w.t.T("report.threads.own"), small})
		}
		var span cell
		if n := len(t.Messages); n > 0 {
			span = cell{{evidence.Shorten(t.Messages[0].Time, 40), small}, {evidence.Shorten(t.Messages[n-1].Time, 40), small}}
		}
		rows = append(rows, []cell{name, {{w.t.Number(int64(len(t.Messages))), mono}}, span, {{w.t.Number(int64(missing)), mono}}})
	}
	if left := len(box.Threads) - maxThreads; left > 0 {
		rows = append(rows, []cell{text(w.t.T("report.fact.more", "N", left)), nil, nil, nil})
	}
	w.table([]column{
		{title: w.t.T("report.threads.thread"), width: width - 90},
		{title: w.t.T("report.threads.messages"), width: 22, right: true},
		{title: w.t.T("report.threads.span"), width: 44},
		{title: w.t.T("report.threads.missing"), width: 24, right: true},
	}, rows)
	if len(box.Unread) > 0 {
		w.para(body, w.t.T("report.threads.unread", "List", evidence.Shorten(strings.Join(box.Unread, ", "), 600)))
	}
	for _, t := range box.Threads[:min(len(box.Threads), maxThreadsShown)] {
		w.accountThread(t)
	}
}

func (w *writer) accountThread(t accountThread) {
	if len(t.Messages) == 0 {
		return
	}
	w.head(evidence.Shorten(t.Name, 80), evidence.Shorten(t.Entry, 120))
	cols := []column{
		{title: w.t.T("report.threads.number"), width: 14, right: true},
		{title: w.t.T("report.chat.time"), width: 36},
		{title: w.t.T("report.chat.sender"), width: 34},
		{title: w.t.T("report.chat.text"), width: width - 84},
	}
	var rows [][]cell
	n := len(t.Messages)
	for i, m := range t.Messages {
		if i >= firstMessages && i < n-lastMessages {
			if i == firstMessages {
				rows = append(rows, []cell{nil, nil, nil, {{w.t.N("report.chat.between", n-firstMessages-lastMessages), bodyGray}}})
			}
			continue
		}
		var names []string
		for _, f := range m.Media {
			if f.Entry == "" {
				f.Name = w.t.T("report.threads.gone", "Name", evidence.Shorten(f.Name, 80))
			}
			names = append(names, evidence.Shorten(f.Name, 120))
		}
		said := cell{{evidence.Shorten(m.Text, maxMessage), small}}
		if len(names) > 0 {
			said = append(said, part{evidence.Shorten(strings.Join(names, ", "), maxMessage), smallGray})
		}
		if m.Unsent {
			said = append(said, part{w.t.T("report.threads.unsent"), smallGray})
		}
		row := w.message(message{Line: int64(i + 1), Time: m.Time, Sender: m.Sender, Notice: m.Notice})
		row[3] = said
		rows = append(rows, row)
	}
	w.table(cols, rows)
}

// openAccount reads the list and refuses it unless it is what the manifest names.
func openAccount(ctx context.Context, e Exhibit, a evidence.Artifact) (box accountBox, err error) {
	if a.Size > maxAccountFile {
		return box, fmt.Errorf("%w: %s: %d bytes", errAccount, a.Name, a.Size)
	}
	b, err := readArtifact(ctx, e, a)
	if err != nil {
		return box, err
	}
	if err := json.Unmarshal(b, &box); err != nil {
		return box, fmt.Errorf("%w: %s: %w", errAccount, a.Name, err)
	}
	if box.Format != accountFormat {
		return box, fmt.Errorf("%w: %s: format %.40q", errAccount, a.Name, box.Format)
	}
	return box, nil
}

package remove

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"text/template"
	"time"

	"constat/app/flow/look"
	"constat/assets/guide"
	"constat/assets/words"
	"constat/bundle/letter"
	"constat/bundle/paper/emoji"
	"constat/evidence"
	"constat/evidence/platform"
)

// ErrNotice: a letter of a kind that there is not, or about nothing.
var ErrNotice = errors.New("no such letter")

// NoticeKinds are the letters that there are.
func NoticeKinds() []string { return []string{"dsa16", "takeitdown", "site"} }

// NoticeRequest asks for a letter.
type NoticeRequest struct {
	Case     string
	Exhibits []string
	Kind     string // of [NoticeKinds]
	Language string
	To       string // empty: the platform of the exhibits, if it is one
	Name     string // empty: a place to be filled in
	Mail     string
	Reasons  string // what happened, in the person's words
}

// Notice is a letter, filled in as far as the case knows. It was not sent.
type Notice struct {
	Kind     string         `json:"kind"`
	Language string         `json:"language"`
	Title    string         `json:"title"`
	Text     string         `json:"text"`
	To       string         `json:"to"`
	Exhibits []string       `json:"exhibits"`
	Missing  []string       `json:"missing"` // what is still to be filled in: "to", "name", "mail", "reasons"
	Practice bool           `json:"practice"`
	Sources  []guide.Source `json:"sources"`
}

// Notice fills in a letter. An exhibit that was closed as under 18 is refused: it is for those who
// help minors.
func (r *Remover) Notice(ctx context.Context, q NoticeRequest) (Notice, error) {
	l, ok := guide.Letters()[q.Kind]
	if !ok || len(q.Exhibits) == 0 {
		return Notice{}, fmt.Errorf("%w: %.20q about %d exhibits", ErrNotice, q.Kind, len(q.Exhibits))
	}
	text, err := words.For(q.Language)
	if err != nil {
		return Notice{}, err
	}
	n := Notice{
		Kind:     q.Kind,
		Language: q.Language,
		Title:    l.Title.In(q.Language),
		Exhibits: q.Exhibits,
		Missing:  []string{},
		Sources:  guide.SourcesOf(l.Sources...),
	}
	var places, names []string
	for i, id := range q.Exhibits {
		e, err := r.look.Exhibit(ctx, q.Case, id)
		if err != nil {
			return Notice{}, err
		}
		if e.Closed {
			return Notice{}, look.ErrMinor
		}
		n.Practice = n.Practice || e.Practice
		places = append(places, place(text, e, i, r.now()))
		name := hostOf(addressOf(e))
		if e.Platform != nil {
			name = e.Platform.Platform.Name()
		}
		if name != "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	fill := func(given, blank string) string {
		if s := strings.TrimSpace(given); s != "" {
			return cleanLines(s)
		}
		n.Missing = append(n.Missing, blank)
		return guide.Blank(blank, q.Language)
	}
	if q.To == "" && len(names) == 1 {
		q.To = names[0] // a letter goes to one; of several nobody is guessed
	}
	n.To = strings.TrimSpace(q.To)
	values := map[string]string{
		"To": fill(q.To, "to"), "Date": text.Day(r.now()), "Name": fill(q.Name, "name"), "Mail": fill(q.Mail, "mail"),
		"Reasons": fill(q.Reasons, "reasons"), "Places": strings.Join(places, "\n"),
	}
	t, err := template.New(q.Kind).Option("missingkey=error").Parse(l.Body.In(q.Language))
	if err != nil {
		return Notice{}, err
	}
	var b strings.Builder
	if err := t.Execute(&b, values); err != nil {
		return Notice{}, err
	}
	n.Text = b.String()
	if n.Practice {
		n.Text = evidence.PracticeMark + "\n\n" + n.Text
	}
	return n, nil
}

// cleanLines cleans a text of the person's and leaves its line feeds.
func cleanLines(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = evidence.Clean(l)
	}
	return strings.Join(lines, "\n")
}

// place says where one exhibit was found, with what helps to find it.
func place(text *words.Text, e look.Exhibit, i int, now time.Time) string {
	item := itemOf(addressOf(e), now)
	if e.Platform != nil {
		item = *e.Platform
	}
	address := addressOf(e)
	if item.Permalink != "" {
		address = item.Permalink
	}
	if address == "" {
		address = guide.Blank("places", text.Lang())
	}
	lines := []string{fmt.Sprintf("%d) %s", i+1, evidence.Clean(address))}
	for _, f := range platform.Fields() {
		if id := item.IDs[f]; id != "" && f != platform.FieldTarget && f != platform.FieldQuery {
			lines = append(lines, "   "+text.T("platform.field."+string(f))+": "+evidence.Clean(id))
		}
	}
	if handle := e.Facts["account-handle"]; handle != "" && item.IDs[platform.FieldAccount] == "" {
		lines = append(lines, "   "+guide.Blank("account", text.Lang())+": "+evidence.Shorten(handle, 200))
	}
	// Only a page that was seen was seen online.
	if e.Kind == evidence.WebCapture && (e.Outcome == evidence.Complete || e.Outcome == evidence.Partial) {
		lines = append(lines, "   "+guide.Blank("kept", text.Lang())+" "+text.Short(e.Started.UTC)+" (UTC), "+e.Exhibit)
	}
	return strings.Join(lines, "\n")
}

// WritePDF writes a letter for printing.
func (n Notice) WritePDF(w io.Writer, at time.Time) error {
	foot := ""
	if n.Practice {
		foot = evidence.PracticeMark
	}
	return letter.Write(w, letter.Letter{Title: n.Title, Text: n.Text, Foot: foot, Creator: "Constat", Created: at, Emoji: emoji.Font()})
}

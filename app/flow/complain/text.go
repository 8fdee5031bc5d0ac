package complain

import (
	"fmt"
	"io"
	"strings"
	"time"

	"constat/assets/words"
	"constat/bundle/letter"
	"constat/bundle/paper/emoji"
	"constat/evidence"
)

// Section is a part of the account.
type Section struct {
	Title string
	Lines []string // empty: nothing was told
}

// Text is the account as a text to read, print or save. What was not told is said so; what is about
// the law and what to bring is for the person, and is not in it.
func (a Account) Text(at time.Time) (string, error) {
	text, err := words.For(a.Language)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	if a.Practice {
		fmt.Fprintln(&b, evidence.PracticeMark)
	}
	fmt.Fprintln(&b, text.T("account.made", "When", text.DateTime(at)+" ("+text.Zone(at)+")", "Title", evidence.Clean(a.Title)))
	fmt.Fprintln(&b, text.N("account.exhibits", a.Exhibits))
	if a.Closed > 0 {
		fmt.Fprintln(&b, text.N("account.closed", a.Closed))
	}
	sections, err := a.Sections(at)
	if err != nil {
		return "", err
	}
	for i, s := range sections {
		fmt.Fprintf(&b, "\n%d. %s\n", i+1, s.Title)
		if len(s.Lines) == 0 {
			fmt.Fprintln(&b, text.T("account.nothing"))
		}
		for _, l := range s.Lines {
			fmt.Fprintln(&b, "- "+l)
		}
	}
	return b.String(), nil
}

// Sections are the parts of the account, in the order in which they are printed.
func (a Account) Sections(at time.Time) ([]Section, error) {
	text, err := words.For(a.Language)
	if err != nil {
		return nil, err
	}
	var out []Section
	colon := text.T("account.colon")
	head := func(key string) { out = append(out, Section{Title: text.T(key)}) }
	list := func(lines []string) { out[len(out)-1].Lines = lines }
	field := func(names ...string) (lines []string) {
		for _, name := range names {
			if v := a.Fields[name]; v != "" {
				lines = append(lines, text.T("account."+name)+colon+cleanLines(v))
			}
		}
		return lines
	}
	head("account.head.happened")
	list(field("happened", "first-known", "still-online", "who-made"))
	head("account.head.chronology")
	var lines []string
	for _, e := range a.Chronology {
		lines = append(lines, eventLine(text, e, at.Location()))
	}
	list(lines)
	head("account.head.places")
	list(toldLines(text, a.Places))
	head("account.head.accounts")
	lines = nil
	for _, m := range a.Accounts {
		lines = append(lines, strings.TrimPrefix(m.Platform+" · ", " · ")+evidence.Clean(m.Account)+" ("+text.T("account.basis."+m.Basis)+"; "+strings.Join(m.Exhibits, ", ")+")")
	}
	list(append(lines, append(field("accounts"), suspectLines(text, a.Suspects)...)...))
	head("account.head.reach")
	list(append(toldLines(text, a.Reach), field("who-can-see", "who-has-access")...))
	head("account.head.witnesses")
	list(append(toldLines(text, a.Witnesses), field("witnesses")...))
	head("account.head.circumstances")
	lines = nil
	for _, q := range a.Questions {
		if q.Answer == "" && (q.Choice == "" || q.Choice == "no") {
			continue
		}
		said := cleanLines(q.Answer)
		if q.Choice != "" {
			said = strings.TrimSuffix(text.T("account.answer."+q.Choice)+". "+said, " ")
		}
		lines = append(lines, text.T("account."+q.ID)+colon+said)
	}
	if len(a.Questions) > 0 {
		for _, quote := range toldLines(text, a.Questions[0].Quotes) {
			lines = append(lines, text.T("account.quote")+" "+quote)
		}
	}
	list(lines)
	head("account.head.reports")
	lines = nil
	for _, r := range a.Reports {
		lines = append(lines, reportLine(text, r.Entry, r.To, r.On, r.State, r.Reference, r.Answer, r.AnsweredOn, r.Exhibits))
	}
	list(lines)
	head("account.head.asked")
	list(field("asked-for"))
	return out, nil
}

func suspectLines(text *words.Text, list []Told) (lines []string) {
	colon := text.T("account.colon")
	for _, t := range toldLines(text, list) {
		lines = append(lines, text.T("fact.suspected-person")+colon+t)
	}
	return lines
}

func toldLines(text *words.Text, list []Told) (lines []string) {
	colon := text.T("account.colon")
	for _, t := range list {
		lines = append(lines, t.Exhibit+colon+cleanLines(t.Text))
	}
	return lines
}

// eventLine says when, what, and what the time rests on.
func eventLine(text *words.Text, e Event, zone *time.Location) string {
	when := text.T("account.undated")
	switch {
	case e.Time != nil && e.Day:
		when = text.Day(*e.Time)
	case e.Time != nil:
		at := e.Time.In(zone)
		when = text.Short(at) + " (" + text.Zone(at) + ")"
	case e.Told != "":
		when = "« " + evidence.Shorten(e.Told, 200) + " »"
	}
	return when + text.T("account.colon") + evidence.Clean(e.Text) + " — " + text.T("account.basis."+e.Basis)
}

func reportLine(text *words.Text, entry, to, on, state, reference, answer, answered string, exhibits []string) string {
	parts := []string{entry, evidence.Clean(to), dayOf(text, on), text.T("reported.state." + state)}
	if reference != "" {
		parts = append(parts, text.T("reported.reference")+" "+evidence.Clean(reference))
	}
	if answer != "" || answered != "" {
		parts = append(parts, strings.TrimSpace(dayOf(text, answered)+" "+cleanLines(answer)))
	}
	if len(exhibits) > 0 {
		parts = append(parts, strings.Join(exhibits, ", "))
	}
	return strings.Join(parts, " · ")
}

func dayOf(text *words.Text, day string) string {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return ""
	}
	return text.Day(at)
}

// cleanLines cleans a text of the person's; its line feeds stay.
func cleanLines(s string) string {
	lines := strings.Split(strings.TrimSpace(s), "\n")
	for i, l := range lines {
		lines[i] = evidence.Clean(l)
	}
	return strings.Join(lines, "\n  ")
}

// WritePDF writes the account for printing.
func (a Account) WritePDF(w io.Writer, at time.Time) error {
	text, err := words.For(a.Language)
	if err != nil {
		return err
	}
	body, err := a.Text(at)
	if err != nil {
		return err
	}
	foot := text.T("account.foot")
	if a.Practice {
		foot = evidence.PracticeMark
	}
	return letter.Write(w, letter.Letter{Title: text.T("account.title"), Text: body, Foot: foot, Creator: "Constat", Created: at, Emoji: emoji.Font()})
}

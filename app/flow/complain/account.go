package complain

import (
	"context"
	"slices"
	"strings"
	"time"

	"constat/app/flow/look"
	"constat/assets/guide"
	"constat/assets/words"
	"constat/evidence"
	"constat/evidence/platform"
)

// What the time of an event rests on.
const (
	BasisID    = platform.BasisID // computed from an id
	BasisClock = "device-clock"   // this device's clock, when it was noted
	BasisTold  = "told"           // the person's word
)

// Event is one line of the chronology.
type Event struct {
	Time    *time.Time `json:"time"`           // UTC; null: only as it was told
	Day     bool       `json:"day,omitempty"`  // the day is known, the time is not
	Told    string     `json:"told,omitempty"` // the date in the person's or the page's words
	Basis   string     `json:"basis"`          // "derived-from-id", "device-clock" or "told"
	Kind    string     `json:"kind"`           // stable: "published", "kept", "noted", "imported", "visited", "reported", "answered", "learned"
	Exhibit string     `json:"exhibit,omitempty"`
	Text    string     `json:"text"`
}

// Mention is an account that the exhibits name.
type Mention struct {
	Platform string   `json:"platform"`
	Account  string   `json:"account"` // name, or number where no name is known
	Exhibits []string `json:"exhibits"`
	Basis    string   `json:"basis"` // "address" or "told"
}

// Told is something that the person told with one exhibit.
type Told struct {
	Exhibit string `json:"exhibit"`
	Text    string `json:"text"`
}

// Law is what a law says, dated.
type Law struct {
	Reference string `json:"reference"`
	ValidFrom string `json:"valid_from"`
	Confirmed bool   `json:"confirmed"` // false: not confirmed; no lawyer has read it
	Text      string `json:"text"`
}

// Question is a circumstance that the police should hear of.
type Question struct {
	ID       string   `json:"id"`
	Question string   `json:"question"`
	Example  string   `json:"example"`
	Choice   string   `json:"choice"` // "yes", "no", "unsure"; empty: none
	Answer   string   `json:"answer"` // in the person's words
	Quotes   []Told   `json:"quotes"` // words noted with exhibits that may show it
	Law      Law      `json:"law"`
	Sources  []string `json:"sources"`
}

// Thing is something to bring.
type Thing struct {
	ID     string `json:"id"`
	Text   string `json:"text"`
	Ticked bool   `json:"ticked"`          // by the person
	Ready  string `json:"ready,omitempty"` // what of it the case has ready, in words; empty: it does not know
}

// Note is something to know.
type Note struct {
	ID      string   `json:"id"`
	Title   string   `json:"title"`
	Text    string   `json:"text"`
	Sources []string `json:"sources"`
}

// Account is all that the case knows for a complaint.
type Account struct {
	Case       string            `json:"case"`
	Title      string            `json:"title"`
	Language   string            `json:"language"`
	Practice   bool              `json:"practice"`
	Exhibits   int               `json:"exhibits"`
	Closed     int               `json:"closed"` // of them, as under 18: not in the account
	Fields     map[string]string `json:"fields"`
	Chronology []Event           `json:"chronology"`
	Places     []Told            `json:"places"` // addresses
	Accounts   []Mention         `json:"accounts"`
	Reach      []Told            `json:"reach"`     // who can see it, as noted with exhibits
	Witnesses  []Told            `json:"witnesses"` // as noted with exhibits
	Suspects   []Told            `json:"suspects"`  // whom the person suspects, as noted with exhibits
	Questions  []Question        `json:"questions"`
	Reports    []look.Report     `json:"reports"`
	Bring      []Thing           `json:"bring"`
	Say        string            `json:"say"`
	About      []Note            `json:"about"`
	Sources    []guide.Source    `json:"sources"`
}

// answerOf takes an answer apart: its choice is the first line, if that is one.
func answerOf(value string) (choice, words string) {
	first, rest, _ := strings.Cut(value, "\n")
	if slices.Contains([]string{"yes", "no", "unsure"}, first) {
		return first, rest
	}
	return "", value
}

// Answer puts an answer together as it is kept.
func Answer(choice, words string) string {
	return strings.Trim(choice+"\n"+words, "\n")
}

// Show puts together what the case knows, in a language.
func (p *Complainer) Show(ctx context.Context, caseID, lang string) (Account, error) {
	return p.Without(ctx, caseID, lang, nil)
}

// Without is the same without what was told of some exhibits: those that somebody leaves out of a
// bundle. What was told of the whole case stays.
func (p *Complainer) Without(ctx context.Context, caseID, lang string, exhibits []string) (Account, error) {
	text, err := words.For(lang)
	if err != nil {
		return Account{}, err
	}
	c, err := p.vault.Case(ctx, caseID)
	if err != nil {
		return Account{}, err
	}
	told, err := look.AccountOf(ctx, c)
	if err != nil {
		return Account{}, err
	}
	list, err := p.look.Exhibits(ctx, caseID)
	if err != nil {
		return Account{}, err
	}
	list = slices.DeleteFunc(list, func(e look.Exhibit) bool { return slices.Contains(exhibits, e.Exhibit) })
	a := Account{
		Case:       caseID,
		Title:      c.Info().Title,
		Language:   lang,
		Practice:   c.Info().Practice,
		Exhibits:   len(list),
		Fields:     told.Fields,
		Chronology: []Event{},
		Places:     []Told{},
		Accounts:   []Mention{},
		Reach:      []Told{},
		Witnesses:  []Told{},
		Suspects:   []Told{},
		Reports:    told.Reports,
	}
	var quotes []Told
	for _, e := range list {
		if e.Closed { // its content is for those who help minors
			a.Closed++
			continue
		}
		a.addExhibit(text, e)
		quotes = appendTold(quotes, e, "intent-quotes")
	}
	a.addReports(text)
	if first := a.Fields["first-known"]; first != "" {
		a.Chronology = append(a.Chronology, toldEvent("learned", "", first, text.T("account.event.learned")))
	}
	sortEvents(a.Chronology)
	a.addData(told, quotes, text)
	return a, nil
}

func appendTold(list []Told, e look.Exhibit, names ...string) []Told {
	for _, name := range names {
		if s := strings.TrimSpace(e.Facts[name]); s != "" {
			list = append(list, Told{Exhibit: e.Exhibit, Text: s})
		}
	}
	return list
}

// addExhibit takes from one exhibit what belongs into the account.
func (a *Account) addExhibit(text *words.Text, e look.Exhibit) {
	a.Reach = appendTold(a.Reach, e, "audience", "counts-shown", "seen-by")
	a.Witnesses = appendTold(a.Witnesses, e, "witnesses")
	a.Suspects = appendTold(a.Suspects, e, "suspected-person")
	if e.Recheck == nil && e.Address != "" {
		address := e.Address
		if e.Platform != nil && e.Platform.Permalink != "" {
			address = e.Platform.Permalink
		}
		a.Places = append(a.Places, Told{Exhibit: e.Exhibit, Text: evidence.Clean(address)})
	}
	a.addAccount(e)
	at := e.Started.UTC
	kind := "kept"
	switch {
	case e.Recheck != nil:
		kind = "visited"
	case e.Kind == evidence.AddressOnly:
		kind = "noted"
	case e.Kind == evidence.Import:
		kind = "imported"
	}
	line := text.T("account.event."+kind, "Exhibit", e.Exhibit)
	if e.Kind == evidence.WebCapture || e.Recheck != nil {
		line += " (" + text.T("outcome."+string(e.Outcome)) + ")"
	}
	if e.Recheck != nil {
		line += " · " + text.T("recheck.state."+string(e.Recheck.State))
	}
	a.Chronology = append(a.Chronology, Event{Time: &at, Basis: BasisClock, Kind: kind, Exhibit: e.Exhibit, Text: line})
	if e.Recheck != nil {
		return
	}
	published := text.T("account.event.published", "Exhibit", e.Exhibit)
	if e.Platform != nil && e.Platform.Time != nil {
		made := e.Platform.Time.Time
		a.Chronology = append(a.Chronology, Event{Time: &made, Basis: BasisID, Kind: "published", Exhibit: e.Exhibit, Text: published})
	}
	for _, name := range []string{"date-absolute", "date-shown"} {
		if s := strings.TrimSpace(e.Facts[name]); s != "" {
			a.Chronology = append(a.Chronology, toldEvent("published", e.Exhibit, s, published))
			break
		}
	}
}

// addAccount notes the account that an exhibit names, once for all exhibits of it.
func (a *Account) addAccount(e look.Exhibit) {
	m := Mention{Basis: "address", Exhibits: []string{e.Exhibit}}
	if e.Platform != nil {
		m.Platform = e.Platform.Platform.Name()
		for _, f := range []platform.Field{platform.FieldAccount, platform.FieldAccountID, platform.FieldPhone} {
			if v := e.Platform.IDs[f]; v != "" && m.Account == "" {
				m.Account = v
			}
		}
	}
	for _, name := range []string{"account-handle", "account-name", "account-address", "account-id"} {
		if v := strings.TrimSpace(e.Facts[name]); v != "" && m.Account == "" {
			m.Account, m.Basis = v, "told"
		}
	}
	if m.Account == "" {
		return
	}
	i := slices.IndexFunc(a.Accounts, func(x Mention) bool {
		return x.Platform == m.Platform && strings.EqualFold(x.Account, m.Account) && x.Basis == m.Basis
	})
	if i < 0 {
		a.Accounts = append(a.Accounts, m)
		return
	}
	a.Accounts[i].Exhibits = append(a.Accounts[i].Exhibits, e.Exhibit)
}

func (a *Account) addReports(text *words.Text) {
	for _, r := range a.Reports {
		e := toldEvent("reported", "", r.On, text.T("account.event.reported", "To", r.To))
		if r.Reference != "" {
			e.Text += " · " + r.Reference
		}
		a.Chronology = append(a.Chronology, e)
		if r.AnsweredOn != "" || r.Answer != "" || r.State != "sent" {
			answer := toldEvent(
				"answered",
				"",
				r.AnsweredOn,
				text.T("account.event.answered", "To", r.To, "State", text.T("reported.state."+r.State)),
			)
			a.Chronology = append(a.Chronology, answer)
		}
	}
}

// toldEvent is an event whose date somebody told; a date that can be read is put in order.
func toldEvent(kind, exhibit, date, text string) Event {
	e := Event{Kind: kind, Exhibit: exhibit, Basis: BasisTold, Told: date, Text: text}
	for _, layout := range []string{"2006-01-02", "02.01.2006", "2.1.2006", "02/01/2006", "2/1/2006", "02-01-2006", "2 Jan 2006"} {
		if at, err := time.Parse(layout, strings.TrimSpace(date)); err == nil {
			e.Time, e.Day = &at, true
			return e
		}
	}
	if at, err := time.Parse(time.RFC3339, strings.TrimSpace(date)); err == nil {
		at = at.UTC()
		e.Time = &at
	}
	return e
}

// sortEvents puts events in order; those without a date come first, as they were told.
func sortEvents(list []Event) {
	slices.SortStableFunc(list, func(a, b Event) int {
		switch {
		case a.Time == nil && b.Time == nil:
			return 0
		case a.Time == nil:
			return -1
		case b.Time == nil:
			return 1
		}
		return a.Time.Compare(*b.Time)
	})
}

// addData takes over what is data, and says what of it the case shows.
func (a *Account) addData(told look.Account, quotes []Told, text *words.Text) {
	lang, data := a.Language, guide.TheComplaint()
	var used []string
	a.Questions, a.Bring, a.About = []Question{}, []Thing{}, []Note{}
	for _, q := range data.Questions {
		choice, answer := answerOf(a.Fields[q.ID])
		x := Question{
			ID:       q.ID,
			Question: q.Question.In(lang),
			Example:  q.Example.In(lang),
			Choice:   choice,
			Answer:   answer,
			Quotes:   []Told{},
			Sources:  q.Sources,
			Law:      Law{Reference: q.Law.Reference, ValidFrom: q.Law.ValidFrom, Confirmed: q.Law.Confirmed, Text: q.Law.Text.In(lang)},
		}
		if q.Quotes {
			x.Quotes = append(x.Quotes, quotes...)
		}
		used = append(append(used, q.Sources...), q.Law.Sources...)
		a.Questions = append(a.Questions, x)
	}
	ticked := strings.Fields(a.Fields["ticked"])
	for _, b := range data.Bring {
		t := Thing{ID: b.ID, Text: b.Text.In(lang), Ticked: slices.Contains(ticked, b.ID)}
		switch {
		case b.Auto == "exported" && len(told.Exports) > 0:
			t.Ready = text.T("account.ready.exported", "When", text.Day(told.Exports[len(told.Exports)-1].Time))
		case b.Auto == "reported" && len(a.Reports) > 0:
			t.Ready = text.N("account.ready.reported", len(a.Reports))
		case b.Auto == "witnesses" && (len(a.Witnesses) > 0 || a.Fields["witnesses"] != ""):
			t.Ready = text.T("account.ready.witnesses")
		}
		used = append(used, b.Sources...)
		a.Bring = append(a.Bring, t)
	}
	for _, n := range data.About {
		used = append(used, n.Sources...)
		a.About = append(a.About, Note{ID: n.ID, Title: n.Title.In(lang), Text: n.Text.In(lang), Sources: n.Sources})
	}
	a.Say = data.Say.Text.In(lang)
	a.Sources = guide.SourcesOf(append(used, data.Say.Sources...)...)
}

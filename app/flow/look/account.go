package look

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"constat/evidence"
	"constat/evidence/vault"
)

// Report is an entry of the log of reports: to whom something was reported, and what came of it.
type Report struct {
	Entry      string    `json:"entry"`
	To         string    `json:"to"`
	On         string    `json:"on"`       // day, YYYY-MM-DD, as the person says
	Exhibits   []string  `json:"exhibits"` // what it was about
	Reference  string    `json:"reference,omitempty"`
	State      string    `json:"state"` // of evidence.ReportStates
	Answer     string    `json:"answer,omitempty"`
	AnsweredOn string    `json:"answered_on,omitempty"`
	NextOn     string    `json:"next_on,omitempty"` // when the person wants to look again
	NotedAt    time.Time `json:"noted_at"`          // UTC, this device's clock, of the first line about it
}

// Account is what the custody log holds about the case as a whole.
type Account struct {
	Fields  map[string]string // the latest words of each field, by evidence.AccountFields
	Reports []Report          // oldest first
	Exports []evidence.Entry  // bundles that were made, oldest first
}

// AccountOf reads the log of a case once. Earlier words stay in it.
func AccountOf(ctx context.Context, c *vault.Case) (Account, error) {
	entries, err := c.Entries(ctx)
	if err != nil {
		return Account{}, err
	}
	return accountIn(entries), nil
}

func accountIn(entries []evidence.Entry) Account {
	a := Account{Fields: map[string]string{}, Reports: []Report{}}
	told := map[string]map[string]string{}
	for _, e := range entries {
		switch e.Action {
		case evidence.ActAccountEdited:
			tell(a.Fields, e.Detail)
		case evidence.ActReported:
			id := e.Detail["entry"]
			if id == "" {
				continue
			}
			if told[id] == nil {
				told[id] = map[string]string{}
				a.Reports = append(a.Reports, Report{Entry: id, NotedAt: e.Time})
			}
			tell(told[id], e.Detail)
		case evidence.ActExported:
			a.Exports = append(a.Exports, e)
		}
	}
	for i, r := range a.Reports {
		d := told[r.Entry]
		r.To, r.On, r.Reference, r.State = d["to"], d["on"], d["reference"], d["state"]
		r.Answer, r.AnsweredOn, r.NextOn = d["answer"], d["answered-on"], d["next-on"]
		r.Exhibits = append([]string{}, strings.Fields(d["exhibits"])...)
		a.Reports[i] = r
	}
	slices.SortStableFunc(a.Reports, func(x, y Report) int { return strings.Compare(x.On, y.On) })
	return a
}

// tell takes over what changed; an empty value takes something back.
func tell(fields, changed map[string]string) {
	maps.Copy(fields, changed)
	maps.DeleteFunc(fields, func(_, v string) bool { return v == "" })
}

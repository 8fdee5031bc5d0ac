package report

import (
	"slices"
	"strings"
	"time"

	"constat/bundle/detail"
	"constat/evidence"
)

// conditionGroup is a part of the list of conditions: before, while and after a
// page was kept, as the norm has it.
type conditionGroup struct {
	name  string // "report.pre." and this
	items []string
}

// conditionGroups is the order in which items are printed; those that a later
// version may bring come last.
func conditionGroups() []conditionGroup {
	return []conditionGroup{
		{"before", []string{"versions", "sandbox", "own-view", "fresh-profile", "empty-cache", "first-page", "no-proxy",
			"clock", "time-server", "clock-kept", "name-servers", "local-addresses"}},
		{"while", []string{"start-end", "reached-by-link", "name-answer", "remote-address", "scrolled", "network-capture"}},
		{"kept", []string{"digests", "native-format", "time-zone", "again"}},
	}
}

// seenInBundle are items after SWGDE 21-F-001 that show in the manifest and in the
// bundle themselves.
func (w *writer) seenInBundle(e Exhibit) []evidence.Precondition {
	m := e.Manifest
	state := func(met bool) evidence.PreconditionState {
		if met {
			return evidence.Met
		}
		return evidence.NotMet
	}
	var native []string
	for _, name := range []string{evidence.MHTMLName, evidence.WACZName} {
		if _, ok := m.Artifact(name); ok {
			native = append(native, name)
		}
	}
	again := ""
	for _, other := range w.in.Exhibits {
		o := other.Manifest
		if o.Kind != evidence.AddressOnly && o.Outcome.Usable() && o.Exhibit != m.Exhibit && address(o) != "" && address(o) == address(m) {
			again = o.Exhibit
			break
		}
	}
	list := []evidence.Precondition{
		{Item: "digests", State: state(!slices.ContainsFunc(m.Artifacts, func(a evidence.Artifact) bool { return a.SHA256.IsZero() }))},
		{Item: "native-format", State: state(native != nil), Detail: strings.Join(native, ", ")},
		{Item: "time-zone", State: state(m.Started.Zone != ""), Detail: m.Started.Zone},
		{Item: "again", State: state(again != ""), Detail: again},
	}
	return list
}

// conditions prints the checklist, two items a row: met, not met, not checked,
// each from what was really observed.
func (w *writer) conditions(e Exhibit) {
	if len(e.Manifest.Precondition) == 0 {
		return
	}
	all := slices.Concat(e.Manifest.Precondition, w.seenInBundle(e))
	w.need(40) // heading, sum and the first rows stay together
	w.head(w.t.T("report.pre.title"), w.t.T("report.pre.norm"))
	count := map[evidence.PreconditionState]int{}
	for _, p := range all {
		count[p.State]++
	}
	w.para(body, w.t.T("report.pre.count", "Met", count[evidence.Met], "NotMet", count[evidence.NotMet], "NotChecked", count[evidence.NotChecked]))
	groups := conditionGroups()
	for _, g := range append(groups, conditionGroup{name: "other"}) {
		var of []evidence.Precondition
		for _, name := range g.items {
			for _, p := range all {
				if p.Item == name {
					of = append(of, p)
				}
			}
		}
		if g.items == nil {
			of = slices.DeleteFunc(slices.Clone(all), func(p evidence.Precondition) bool {
				return slices.ContainsFunc(groups, func(g conditionGroup) bool { return slices.Contains(g.items, p.Item) })
			})
		}
		w.conditionRows(w.t.T("report.pre."+g.name), of)
	}
	w.skip(1.6)
	w.para(bodyGray, w.t.T("report.pre.never"))
}

func (w *writer) conditionRows(title string, ps []evidence.Precondition) {
	if len(ps) == 0 {
		return
	}
	ps = ps[:min(len(ps), maxListed)]
	cols := []column{{title: title, width: 50}, {width: width/2 - 50}, {width: 50}, {width: width/2 - 50}}
	var rows [][]cell
	for i := 0; i < len(ps); i += 2 {
		row := make([]cell, 4)
		for j, p := range ps[i:min(i+2, len(ps))] {
			row[2*j], row[2*j+1] = cell{{w.orCode("precondition.", p.Item), small}}, w.condition(p)
		}
		rows = append(rows, row)
	}
	w.table(cols, rows)
}

// condition is the state of one item, and what was observed.
func (w *writer) condition(p evidence.Precondition) cell {
	style := small
	state := w.orCode("precondition.state.", string(p.State))
	if p.State == evidence.Met {
		state = "✓\u00a0" + state
	} else {
		style.Bold = true
	}
	c := cell{{state, style}}
	if why := evidence.Shorten(w.observed(p), maxCondition); why != "" {
		c = append(c, part{why, small})
	}
	return c
}

// observed is what was observed in words; of times alone, as the report writes times.
func (w *writer) observed(p evidence.Precondition) string {
	times := strings.Split(p.Detail, " / ")
	for i, one := range times {
		at, err := time.Parse(time.RFC3339Nano, one)
		if err != nil {
			return detail.Precondition(w.t, p)
		}
		times[i] = w.moment(at)
	}
	return strings.Join(times, "; ")
}

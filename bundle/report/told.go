package report

import (
	"maps"
	"slices"
	"strings"

	"constat/bundle/paper"
	"constat/evidence"
)

// Limits of the summary on the cover; everything is whole on the exhibit's pages.
const (
	toldOnCover = 8   // rows
	toldShort   = 150 // characters
)

// told prints what the person told about an exhibit: under a heading that says
// so, by groups, and what is only suspected apart from all of it.
func (w *writer) told(e Exhibit) {
	if !anyTold(e.Facts) {
		return
	}
	w.head(w.t.T("report.told.title"), "")
	w.para(bodyGray, w.t.T("report.told.note"))
	w.skip(1)
	var suspicion []fact
	var group evidence.FactGroup
	known := map[string]bool{}
	for _, f := range evidence.FactFields() {
		known[f.Name] = true
		value := asTyped(e.Facts[f.Name])
		if value == nil {
			continue
		}
		row := fact{w.t.T("fact." + f.Name), value}
		if f.Group == evidence.FactSuspicion {
			suspicion = append(suspicion, row)
			continue
		}
		if f.Group != group {
			group = f.Group
			w.skip(1.6)
			w.need(14)
			w.para(bodyBold, w.t.T("fact-group."+string(group)))
		}
		w.facts(52, []fact{row})
	}
	// A newer version may have asked for more than this one knows.
	for _, name := range slices.Sorted(maps.Keys(e.Facts)) {
		if !known[name] {
			w.facts(52, []fact{{evidence.Shorten(name, 60), asTyped(e.Facts[name])}})
		}
	}
	if suspicion == nil {
		return
	}
	w.skip(3)
	w.need(24)
	w.Line(left, w.y, right, w.y, frameWidth, 20)
	w.skip(1.6)
	w.para(bodyBold, w.t.T("fact-group."+string(evidence.FactSuspicion)))
	w.para(bodyGray, w.t.T("report.told.suspicion"))
	w.facts(52, suspicion)
}

func anyTold(facts map[string]string) bool {
	for _, v := range facts {
		if strings.TrimSpace(v) != "" {
			return true
		}
	}
	return false
}

// asTyped is what a person wrote, whole, with its line ends.
func asTyped(s string) cell {
	if strings.TrimSpace(s) == "" {
		return nil
	}
	var c cell
	for _, line := range strings.Split(strings.ReplaceAll(s, "\r\n", "\n"), "\n") {
		c = append(c, part{evidence.Clean(line), body})
	}
	return c
}

// toldSummary says on the cover what the person pointed out: quotes that show
// an intent, and what was done about it, with exhibit and page.
func (w *writer) toldSummary() {
	type item struct {
		exhibit string
		group   evidence.FactGroup
		text    string
	}
	var items []item
	for _, group := range []evidence.FactGroup{evidence.FactIntent, evidence.FactSteps} {
		for _, f := range evidence.FactFields() {
			if f.Group != group {
				continue
			}
			for _, e := range w.in.Exhibits {
				if text := strings.Join(strings.Fields(evidence.Clean(e.Facts[f.Name])), " "); text != "" {
					items = append(items, item{e.Manifest.Exhibit, group, evidence.Shorten(text, toldShort)})
				}
			}
		}
	}
	if len(items) == 0 {
		return
	}
	w.head(w.t.T("report.told.cover"), w.t.T("report.told.unchecked"))
	cols := []column{{width: 14, kind: paper.RowHead}, {width: 24}, {width: width - 38 - pageColumn}, {width: pageColumn}}
	w.In(paper.Table, func() {
		for _, it := range items[:min(len(items), toldOnCover)] {
			row := []cell{{{it.exhibit, bodyBold}}, {{w.t.T("fact-group." + string(it.group)), label}}, text(it.text), nil}
			w.rowWithPage(cols, row, it.exhibit, nil)
		}
	})
	if n := len(items) - toldOnCover; n > 0 {
		w.skip(1)
		w.para(bodyGray, w.t.N("report.told.more", n))
	}
}

package report

import (
	"time"

	"constat/evidence"
	"constat/evidence/platform"
)

// timeName is the [PlatformFact.Name] of the time that an id carries. Its value
// is RFC 3339.
const timeName = "time"

// PlatformFacts turns what an address says into rows; nil gives none. What is
// derived comes last.
func PlatformFacts(it *platform.Item) []PlatformFact {
	if it == nil {
		return nil
	}
	out := []PlatformFact{{Name: "platform", Value: it.Platform.Name()}, {Name: "kind", Value: string(it.Kind)}}
	for _, f := range platform.Fields() {
		if v := it.IDs[f]; v != "" {
			out = append(out, PlatformFact{Name: "field." + string(f), Value: v})
		}
	}
	for _, p := range it.Problems {
		out = append(out, PlatformFact{Name: "field." + string(p.Field), Value: evidence.Shorten(p.Value, 100), Reason: string(p.Reason)})
	}
	if it.NoTime != "" && it.NoTime != platform.ReasonNoTime {
		out = append(out, PlatformFact{Name: timeName, Reason: string(it.NoTime)})
	}
	if it.Permalink != "" {
		out = append(out, PlatformFact{Name: "permalink", Value: it.Permalink})
	}
	if it.Time != nil {
		out = append(out, PlatformFact{Name: timeName, Value: it.Time.Time.UTC().Format(time.RFC3339Nano), Derived: true,
			Source: it.Time.Rule + " · " + it.Time.Source})
	}
	return out
}

// platform are the rows of what an address says. What was computed from an id
// stands last, and says so: it is not the date that a page shows.
func (w *writer) platform(facts []PlatformFact) []fact {
	var said cell
	var derived []fact
	for _, f := range facts {
		if !f.Derived {
			said = append(said, part{w.platformName(f.Name) + " · " + w.platformValue(f), body})
			continue
		}
		c := cell{{w.platformValue(f), body}, {w.t.T("report.platform.derived"), bodyBold}}
		if f.Source != "" {
			c = append(c, part{evidence.Shorten(f.Source, 300), small})
		}
		derived = append(derived, fact{w.platformName(f.Name), c})
	}
	return append([]fact{{w.t.T("report.platform.address"), said}}, derived...)
}

func (w *writer) platformName(name string) string {
	if name == timeName {
		return w.t.T("report.platform.time")
	}
	for _, prefix := range []string{"platform.", "fact."} {
		if w.t.Has(prefix + name) {
			return w.t.T(prefix + name)
		}
	}
	return evidence.Shorten(name, 60)
}

func (w *writer) platformValue(f PlatformFact) string {
	if f.Reason != "" {
		why := f.Reason
		if key := "platform.reason." + f.Reason; w.t.Has(key) {
			why = w.t.T(key)
		}
		if f.Value == "" {
			return why
		}
		return w.shown(f.Value) + " · " + why
	}
	if key := "platform." + f.Name + "." + f.Value; w.t.Has(key) {
		return w.t.T(key)
	}
	if f.Name == timeName {
		if at, err := time.Parse(time.RFC3339, f.Value); err == nil {
			return w.moment(at)
		}
	}
	return w.shown(f.Value)
}

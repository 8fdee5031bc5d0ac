package view

import (
	"fyne.io/fyne/v2"

	"constat/app/view/widget"
	"constat/evidence"
	"constat/evidence/platform"
)

// platformFacts are what the address itself says: the platform, the ids that a
// report to it asks for, and the time that an id carries, marked as derived.
func platformFacts(w *Window, item *platform.Item) []fyne.CanvasObject {
	if item == nil {
		return nil
	}
	kind := w.shared("platform.kind."+string(item.Kind), string(item.Kind))
	rows := []fyne.CanvasObject{widget.Fact(w.shared("fact.platform", "platform"), widget.Small(item.Platform.Name()+" · "+kind))}
	for _, f := range platform.Fields() {
		if id := item.IDs[f]; id != "" {
			rows = append(rows, widget.Fact(w.shared("platform.field."+string(f), string(f)), widget.Mono(shown(id, 200))))
		}
	}
	for _, p := range item.Problems {
		rows = append(rows, widget.Fact(w.shared("platform.field."+string(p.Field), string(p.Field)),
			widget.Mono(shown(p.Value, 100)), widget.SmallMute(" · "+w.shared("platform.reason."+string(p.Reason), string(p.Reason)))))
	}
	if item.Time != nil {
		name := w.shared("platform.basis."+item.Time.Basis, item.Time.Basis)
		at := moment(w, evidence.MomentOf(item.Time.Time.In(w.cfg.Now().Location())))
		rows = append(rows, widget.Fact(name, append(at, widget.SmallMute(" · "+shown(item.Time.Source, 200)))...))
	}
	return rows
}

package keep

import (
	"fyne.io/fyne/v2"

	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
	"constat/evidence/platform"
)

// platformFacts are what the address itself says: the platform, the ids that a
// report to it asks for, and the time that an id carries, marked as derived.
func platformFacts(w *stage.Stage, item *platform.Item) []fyne.CanvasObject {
	if item == nil {
		return nil
	}
	kind := w.Shared("platform.kind."+string(item.Kind), string(item.Kind))
	rows := []fyne.CanvasObject{widget.Fact(w.Shared("fact.platform", "platform"), widget.Small(item.Platform.Name()+" · "+kind))}
	for _, f := range platform.Fields() {
		if id := item.IDs[f]; id != "" {
			rows = append(rows, widget.Fact(w.Shared("platform.field."+string(f), string(f)), widget.Mono(evidence.Shorten(id, 200))))
		}
	}
	for _, p := range item.Problems {
		rows = append(rows, widget.Fact(
			w.Shared("platform.field."+string(p.Field), string(p.Field)),
			widget.Mono(
				evidence.Shorten(p.Value, 100),
			),
			widget.SmallMute(" · "+w.Shared("platform.reason."+string(p.Reason), string(p.Reason))),
		))
	}
	if item.Time != nil {
		name := w.Shared("platform.basis."+item.Time.Basis, item.Time.Basis)
		at := moment(w, evidence.MomentOf(item.Time.Time.In(w.Now().Location())))
		rows = append(rows, widget.Fact(name, append(at, widget.SmallMute(" · "+evidence.Shorten(item.Time.Source, 200)))...))
	}
	return rows
}

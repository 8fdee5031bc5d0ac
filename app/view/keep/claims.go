package keep

import (
	"fyne.io/fyne/v2"

	"constat/app/flow/look"
	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
)

// maxClaims is how much of what files say of themselves is drawn; all of it is
// in the manifest.
const maxClaims = 80

// claimsCard shows what imported files say of themselves; nil if nothing.
func claimsCard(w *stage.Stage, e look.Exhibit) fyne.CanvasObject {
	claims := e.Manifest.Claims
	if len(claims) == 0 {
		return nil
	}
	objects := []fyne.CanvasObject{widget.NewText(widget.Strong(w.T("claims.title"))), widget.NewText(widget.SmallMute(w.T("claims.what")))}
	of := ""
	for i, c := range claims {
		if i == maxClaims {
			objects = append(objects, widget.NewText(widget.SmallMute(w.N("claims.more", len(claims)-i))))
			break
		}
		if c.Artifact != of || i == 0 {
			of = c.Artifact
			objects = append(objects, widget.Rule(), widget.NewText(widget.Mono(evidence.Shorten(of, 120))))
		}
		name := w.Shared("claim."+c.Name, evidence.Shorten(c.Name, 60))
		objects = append(objects, widget.Fact(name, widget.Small(evidence.Shorten(c.Value, 300)), widget.SmallMute(" · "+evidence.Shorten(c.Source, 40))))
	}
	return widget.Card(objects...)
}

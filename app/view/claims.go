package view

import (
	"strings"

	"fyne.io/fyne/v2"

	"constat/app/flow"
	"constat/app/view/widget"
	"constat/evidence"
)

// maxClaims is how much of what files say of themselves is drawn; all of it is
// in the manifest.
const maxClaims = 80

// originalName is the claim that names a file as it was called.
const originalName = "original-name"

// claimsCard shows what imported files say of themselves; nil if nothing.
func claimsCard(w *Window, e flow.ExhibitView) fyne.CanvasObject {
	claims := e.Manifest.Claims
	if len(claims) == 0 {
		return nil
	}
	objects := []fyne.CanvasObject{widget.NewText(widget.Strong(w.t("claims.title"))), widget.NewText(widget.SmallMute(w.t("claims.what")))}
	of := ""
	for i, c := range claims {
		if i == maxClaims {
			objects = append(objects, widget.NewText(widget.SmallMute(w.n("claims.more", len(claims)-i))))
			break
		}
		if c.Artifact != of || i == 0 {
			of = c.Artifact
			objects = append(objects, widget.Rule(), widget.NewText(widget.Mono(shown(of, 120))))
		}
		name := w.shared("claim."+c.Name, shown(c.Name, 60))
		objects = append(objects, widget.Fact(name, widget.Small(shown(c.Value, 300)), widget.SmallMute(" · "+shown(c.Source, 40))))
	}
	return widget.Card(objects...)
}

// fileNames are the names that the files of an import had, for lists and titles.
func fileNames(e flow.ExhibitView) string {
	var names []string
	for _, c := range e.Manifest.Claims {
		if c.Name == originalName {
			names = append(names, c.Value)
		}
		if len(names) == 8 {
			break
		}
	}
	if e.Kind != evidence.Import {
		return ""
	}
	return strings.Join(names, ", ")
}

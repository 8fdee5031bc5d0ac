package keep

import (
	"slices"

	"fyne.io/fyne/v2"

	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
)

// maxClaims is how much of what files say of themselves is drawn; all of it is
// in the manifest.
const maxClaims = 80

// chatFirst puts what a chat says of itself in front of what its many files say.
func chatFirst(claims []evidence.Claim) []evidence.Claim {
	of := func(c evidence.Claim) int {
		if c.Source == "whatsapp" || c.Source == "account" {
			return 0
		}
		return 1
	}
	claims = slices.Clone(claims)
	slices.SortStableFunc(claims, func(a, b evidence.Claim) int { return of(a) - of(b) })
	return claims
}

// claimsCard shows what imported files say of themselves, behind one line; nil if nothing.
func (s *exhibitScreen) claimsCard(w *stage.Stage) fyne.CanvasObject {
	claims := chatFirst(s.e.Manifest.Claims)
	if len(claims) == 0 {
		return nil
	}
	return s.fold(w, "claims", "", w.T("claims.title"), w.N("facts.noted-n", len(claims)), func() []fyne.CanvasObject {
		return claimLines(w, claims)
	})
}

func claimLines(w *stage.Stage, claims []evidence.Claim) []fyne.CanvasObject {
	objects := []fyne.CanvasObject{widget.NewText(widget.SmallMute(w.T("claims.what")))}
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
		objects = append(
			objects,
			widget.Fact(name, widget.Small(evidence.Shorten(c.Value, 300)), widget.SmallMute(" · "+evidence.Shorten(c.Source, 40))),
		)
	}
	return objects
}

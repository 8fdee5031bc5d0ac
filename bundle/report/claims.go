package report

import (
	"slices"
	"strconv"

	"constat/evidence"
)

// maxClaims is how many claims of an exhibit are printed; its manifest has all.
const maxClaims = 80

// Names of claims that are looked at; see package intake.
const (
	claimOriginalName = "original-name"
	claimOrientation  = "orientation"
)

// claims prints what imported files say of themselves, in a table of its own:
// whoever made the file could write what they liked.
func (w *writer) claims(m evidence.Manifest) {
	if len(m.Claims) == 0 {
		return
	}
	w.head(w.t.T("report.claim.title"), "")
	w.para(bodyGray, w.t.T("report.claim.note"))
	w.skip(1)
	cols := []column{
		{title: w.t.T("report.file.name"), width: 34},
		{title: w.t.T("report.claim.what"), width: 38},
		{title: w.t.T("report.claim.value"), width: width - 106},
		{title: w.t.T("report.claim.source"), width: 34},
	}
	var rows [][]cell
	last := ""
	for i, c := range m.Claims {
		if i == maxClaims {
			rows = append(rows, []cell{nil, nil, text(w.t.T("report.fact.more", "N", len(m.Claims)-i)), nil})
			break
		}
		var file cell
		if c.Artifact != last {
			file, last = monoCell(evidence.Shorten(c.Artifact, 120)), c.Artifact
		}
		rows = append(rows, []cell{file, {{w.orCode("claim.", c.Name), small}}, {{w.shown(c.Value), small}},
			{{w.orCode("report.claim.source.", c.Source), small}}})
	}
	w.table(cols, rows)
}

// claim returns what a file says of itself.
func claim(m evidence.Manifest, artifact, name string) (string, bool) {
	i := slices.IndexFunc(m.Claims, func(c evidence.Claim) bool { return c.Artifact == artifact && c.Name == name })
	if i < 0 {
		return "", false
	}
	return m.Claims[i].Value, true
}

// originalName is the name that an imported file had, if it is known.
func originalName(m evidence.Manifest, artifact string) string {
	if name, ok := claim(m, artifact, claimOriginalName); ok {
		return name
	}
	return artifact
}

// turned returns the orientation that a picture asks for (EXIF 2 to 8), or 0.
// Pictures are drawn as they are stored, so that nothing is altered silently.
func turned(m evidence.Manifest, artifact string) int {
	value, _ := claim(m, artifact, claimOrientation)
	if n, err := strconv.Atoi(value); err == nil && n >= 2 && n <= 8 {
		return n
	}
	return 0
}

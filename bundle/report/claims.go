package report

import (
	"slices"
	"strings"
	"time"

	"constat/evidence"
	"constat/evidence/upright"
)

// maxClaims is how many claims of an exhibit are printed, and mostClaims how many with those that no
// report goes without, see firstClaims; its manifest has all.
const (
	maxClaims  = 80
	mostClaims = 200
)

// firstClaims are printed of every file, before others fill the table: what it is called and when
// it says that it was made, what contradicts that, and what a chat says of itself.
var firstClaims = map[string]bool{
	claimOriginalName: true, "taken": true, "created": true, "contradiction": true, "position": true, "chat": true, "messages": true,
	"first-message": true, "last-message": true, "senders": true, "media-missing": true, "media-omitted": true, "times-back": true,
	"from": true, "to": true, "date": true, "subject": true, "mails": true,
}

// printedClaims chooses what is printed: a chat's own claims first, then file by file, those of
// firstClaims without fail.
func printedClaims(all []evidence.Claim) (chosen []evidence.Claim, left int) {
	printed := make([]bool, len(all))
	n := 0
	for _, pass := range []func(evidence.Claim) bool{
		func(c evidence.Claim) bool { return n < mostClaims && (ofChat(c) || firstClaims[c.Name]) },
		func(evidence.Claim) bool { return n < maxClaims },
	} {
		for i, c := range all {
			if !printed[i] && pass(c) {
				printed[i] = true
				n++
			}
		}
	}
	for _, chat := range []bool{true, false} {
		for i, c := range all {
			if printed[i] && ofChat(c) == chat {
				chosen = append(chosen, c)
			}
		}
	}
	return chosen, len(all) - n
}

// ofChat: what conversations say of themselves is not lost among what their files do.
func ofChat(c evidence.Claim) bool { return c.Source == "whatsapp" || c.Source == "account" }

// Names of claims that are looked at; see package intake.
const (
	claimOriginalName = "original-name"
	claimPictures     = "pictures"
	claimRemoved      = "removed"
	fromDisk          = "file-system" // the source, not the name
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
	chosen, left := printedClaims(m.Claims)
	for _, c := range chosen {
		var file cell
		if c.Artifact != last {
			file, last = monoCell(evidence.Shorten(c.Artifact, 120)), c.Artifact
		}
		rows = append(rows, []cell{file, {{w.orCode("claim.", c.Name), small}}, {{w.claimed(c), small}},
			{{w.orCode("report.claim.source.", c.Source), small}}})
	}
	if left > 0 {
		rows = append(rows, []cell{nil, nil, text(w.t.T("report.fact.more", "N", left)), nil})
	}
	w.table(cols, rows)
}

// claimed is a claim as it is written; a time of the disk's, which this program wrote down, as the report writes times.
func (w *writer) claimed(c evidence.Claim) string {
	if c.Source == fromDisk {
		if at, err := time.Parse(time.RFC3339, c.Value); err == nil {
			return w.moment(at)
		}
	}
	if c.Value == "yes" && (c.Name == "position" || c.Name == "own-only" || c.Name == "not-opened") { // our own word, never a file's
		return w.t.T("report.claim.yes")
	}
	return w.shown(c.Value)
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

// parentOf is the file of which a picture was made for looking at.
func parentOf(m evidence.Manifest, artifact string) (evidence.Artifact, bool) {
	a, ok := m.Artifact(artifact)
	if !ok || !a.IsShown() {
		return a, false
	}
	i := slices.IndexFunc(m.Artifacts, func(p evidence.Artifact) bool { return p.SHA256 == a.Parents[0] && p.Role == evidence.Original })
	if i < 0 {
		return a, false
	}
	return m.Artifacts[i], true
}

// filmOf is the film of which a set shows moments.
func filmOf(m evidence.Manifest, set evidence.PictureSet) (evidence.Artifact, bool) {
	if set.Shows != evidence.ShowsStills || len(set.Pictures[0].Parents) == 0 {
		return evidence.Artifact{}, false
	}
	i := slices.IndexFunc(m.Artifacts, func(a evidence.Artifact) bool { return a.SHA256 == set.Pictures[0].Parents[0] })
	if i < 0 {
		return evidence.Artifact{}, false
	}
	return m.Artifacts[i], true
}

// aboutPicture says of a picture that a person brought what paper does not show by itself: that it
// was turned, and that it is the first of several in its file.
func (w *writer) aboutPicture(m evidence.Manifest, artifact string) (said string) {
	if n := upright.Asked(m, artifact); n != 0 {
		said += " · " + w.t.T("report.strip.turned", "N", n)
	}
	if parent, ok := parentOf(m, artifact); ok {
		key := "report.strip.shown-photo"
		switch {
		case parent.MediaType == "application/pdf":
			key = "report.strip.shown-page"
		case strings.HasPrefix(parent.MediaType, "video/"):
			key = "report.strip.shown-film"
		}
		said += " · " + w.t.T(key, "Name", parent.Name)
	}
	if value, ok := claim(m, artifact, claimPictures); ok {
		said += " · " + w.t.T("report.strip.first-of", "N", evidence.Shorten(value, 20))
	}
	return said
}

package report

import (
	"slices"
	"strings"

	"constat/evidence"
)

// unshown lists the imported pictures, films, sounds and PDFs that no page of the report shows: whoever
// reads only the paper must see that there is more, and what it is called.
func (w *writer) unshown(m evidence.Manifest) {
	if m.Kind != evidence.Import {
		return
	}
	var drawn []string
	for _, set := range m.PictureSets() {
		for _, a := range set.Pictures {
			drawn = append(drawn, a.Name)
			if parent, ok := parentOf(m, a.Name); ok {
				drawn = append(drawn, parent.Name)
			}
		}
	}
	var rows [][]cell
	left := 0
	for _, a := range m.Artifacts {
		sort, _, _ := strings.Cut(a.MediaType, "/")
		if a.Role != evidence.Original || slices.Contains(drawn, a.Name) ||
			sort != "image" && sort != "video" && sort != "audio" && a.MediaType != "application/pdf" {
			continue
		}
		if len(rows) == maxListed {
			left++
			continue
		}
		rows = append(rows, []cell{monoCell(a.Name), {{w.shown(originalName(m, a.Name)), small}}, {{a.MediaType, small}}, {{a.SHA256.String(), monoSmall}}})
	}
	if len(rows) == 0 {
		return
	}
	if left > 0 {
		rows = append(rows, []cell{nil, text(w.t.T("report.fact.more", "N", left)), nil, nil})
	}
	w.head(w.t.T("report.unshown.title"), "data/exhibits/"+m.Exhibit+"/")
	w.para(bodyGray, w.t.T("report.unshown.note"))
	w.skip(1)
	w.table([]column{
		{title: w.t.T("report.file.name"), width: 32},
		{title: w.t.T("claim.original-name"), width: 40},
		{title: "MIME", width: 30},
		{title: "SHA-256", width: width - 102},
	}, rows)
}

package stage

import (
	"strings"
	"time"

	"constat/app/flow/look"
	"constat/evidence"
)

// KeptAt says when, on this device's clock, with its zone.
func (w *Stage) KeptAt(at time.Time) string {
	at = at.In(w.Now().Location())
	return w.Text().DateTime(at) + " (" + w.Text().Zone(at) + ")"
}

// DayOf says a date of the data, YYYY-MM-DD, YYYY-MM or YYYY, as people here write it.
func (w *Stage) DayOf(date string) string {
	if at, err := time.Parse(time.DateOnly, date); err == nil {
		return w.Text().Day(at)
	}
	if at, err := time.Parse("2006-01", date); err == nil {
		return at.Format("01.2006")
	}
	return evidence.Shorten(date, 20)
}

// ExhibitTitle names an exhibit: its number and the page's own title, cut to a length.
func (w *Stage) ExhibitTitle(e look.Exhibit, n int) string {
	title := evidence.Shorten(e.Title, n)
	if e.Recheck != nil {
		title = w.T("recheck.of", "Exhibit", evidence.Shorten(e.Recheck.Exhibit, 20))
	}
	if strings.TrimSpace(title) == "" {
		title = evidence.Shorten(fileNames(e), n)
	}
	if strings.TrimSpace(title) == "" {
		title = w.Shared("kind."+string(e.Kind), string(e.Kind))
	}
	return e.Exhibit + " · " + title
}

// originalName is the claim that names a file as it was called.
const originalName = "original-name"

// fileNames are the names that the files of an import had, for lists and titles.
func fileNames(e look.Exhibit) string {
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

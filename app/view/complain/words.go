package complain

import (
	"regexp"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"constat/app/view/stage"
	"constat/app/view/widget"
	"constat/evidence"
)

// dayWords says a day of the data as people here write it.
func dayWords(w *stage.Stage, day string) string {
	at, err := time.Parse(time.DateOnly, day)
	if err != nil {
		return evidence.Shorten(day, 20)
	}
	return w.Text().Day(at)
}

var heading = regexp.MustCompile(`^[0-9]+\. `)

// lines draws a text of headings and lines.
func lines(text string) (out []fyne.CanvasObject) {
	for line := range strings.SplitSeq(text, "\n") {
		switch line = evidence.Clean(line); {
		case strings.TrimSpace(line) == "":
			out = append(out, widget.Space(2))
		case heading.MatchString(line):
			out = append(out, widget.NewText(widget.Strong(line)))
		default:
			out = append(out, widget.NewText(widget.Small(line)))
		}
	}
	return out
}

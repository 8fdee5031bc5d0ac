package letter

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"

	"constat/bundle/paper"
)

// Letter is what is written.
type Letter struct {
	Title   string
	Text    string // paragraphs and line feeds
	Foot    string // at the foot of each page, e.g. the mark of practice; may be empty
	Creator string // the program
	Created time.Time
	Emoji   []byte // a font for them; nil: those of this system
}

// Millimetres.
const (
	margin = 22.0
	bottom = 22.0
)

var heading = regexp.MustCompile(`^(# |[0-9]+\. )`)

// Write writes the letter as a PDF.
func Write(w io.Writer, l Letter) error {
	d, err := paper.New(paper.Options{Title: l.Title, Creator: l.Creator, Created: l.Created, Emoji: l.Emoji})
	if err != nil {
		return err
	}
	title, plain, head, foot := paper.Style{
		Size: 15,
		Bold: true,
	}, paper.Style{
		Size: 10.5,
	}, paper.Style{
		Size: 11,
		Bold: true,
	}, paper.Style{
		Size: 8,
		Gray: true,
	}
	width := paper.PageWidth - 2*margin
	d.AddPage()
	y := margin
	line := func(st paper.Style, s string, before float64) {
		if y+before+st.LineHeight() > paper.PageHeight-bottom {
			d.AddPage()
			y, before = margin, 0
		}
		y += before
		d.Text(margin, y+st.Ascent(), st, s)
		y += st.LineHeight()
	}
	d.In(paper.Heading1, func() {
		for _, s := range d.Wrap(title, l.Title, width) {
			line(title, s, 0)
		}
	})
	y += 4
	for _, paragraph := range strings.Split(strings.TrimRight(l.Text, "\n"), "\n") {
		if strings.TrimSpace(paragraph) == "" {
			y += plain.LineHeight() / 2
			continue
		}
		st, before, kind := plain, 0.0, paper.Paragraph
		if heading.MatchString(paragraph) && len(paragraph) < 120 {
			st, before, kind = head, 2, paper.Heading2
			paragraph = strings.TrimPrefix(paragraph, "# ")
		}
		d.In(kind, func() {
			for i, s := range d.Wrap(st, paragraph, width) {
				if i > 0 {
					before = 0
				}
				line(st, s, before)
			}
		})
	}
	for n := 1; n <= d.Pages(); n++ {
		d.Page(n)
		d.Aside(func() {
			d.Text(margin, paper.PageHeight-12, foot, d.Cut(foot, l.Foot, width-20))
			d.TextRight(paper.PageWidth-margin, paper.PageHeight-12, foot, fmt.Sprintf("%d / %d", n, d.Pages()))
		})
	}
	return d.Write(w)
}

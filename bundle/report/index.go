package report

import (
	"bytes"
	_ "embed"
	"html/template"
	"strings"
	"time"

	"constat/assets/words"
	"constat/evidence"
)

//go:embed index.html
var indexTemplate string

// indexLink leads to a file of the bundle, from data/.
type indexLink struct{ Href, Text, Note string }

type indexFact struct {
	Name, Value string
	Code        bool
}

type indexMark struct {
	Text string
	OK   bool
}

// indexExhibit is a card of the page.
type indexExhibit struct {
	ID, Name, Thumb string
	Facts           []indexFact
	Marks           []indexMark
	Links           []indexLink
}

// indexPage is the page in one language.
type indexPage struct {
	T                *words.Text
	Lang, Name, Mark string
	Case, Made       string
	Count            int
	Exhibits         []indexExhibit
	LeftOut          []string
	Share            string // what was left out by choice
}

// Index makes data/index.html: what somebody double-clicks who was handed a bundle. Every exhibit
// is covered, in four languages; nothing in it is a program, and nothing is loaded. pages is how
// many the report has.
func Index(in Input, pages int) ([]byte, error) {
	t, err := template.New("index.html").Parse(indexTemplate)
	if err != nil {
		return nil, err
	}
	data := struct {
		Lang, Title, Fingerprint string
		Languages                []string
		Pages                    []indexPage
	}{Lang: in.Language, Title: evidence.Clean(in.Case.Title), Fingerprint: in.Fingerprint.String(), Languages: words.Languages}
	for _, lang := range words.Languages {
		text, err := words.For(lang)
		if err != nil {
			return nil, err
		}
		w := &writer{in: in, t: text, loc: in.Location}
		if w.loc == nil {
			w.loc = time.UTC
		}
		data.Pages = append(data.Pages, w.indexPage(lang, pages))
	}
	var b bytes.Buffer
	err = t.Execute(&b, data)
	return b.Bytes(), err
}

func (w *writer) indexPage(lang string, pages int) indexPage {
	p := indexPage{
		T:     w.t,
		Lang:  lang,
		Name:  words.Names[lang],
		Case:  w.t.T("report.foot.case", "Title", evidence.Clean(w.in.Case.Title)),
		Made:  w.made(),
		Count: pages,
	}
	if w.in.isPractice() {
		p.Mark = evidence.PracticeMark
		if own := w.t.T("report.practice"); own != p.Mark {
			p.Mark += " · " + own
		}
	}
	for _, e := range w.in.Exhibits {
		p.Exhibits = append(p.Exhibits, w.indexExhibit(e))
	}
	p.Share = ShareWords(w.t, len(w.in.Exhibits), w.in.LeftOut)
	for _, l := range w.in.LeftOut {
		if l.Reason != LeftOutChoice {
			p.LeftOut = append(p.LeftOut, w.leftOutWords(l))
		}
	}
	return p
}

func (w *writer) indexExhibit(e Exhibit) indexExhibit {
	m := e.Manifest
	x := indexExhibit{ID: m.Exhibit, Name: evidence.Shorten(w.name(m), 120), Thumb: w.t.T("report.index.covered")}
	sets := m.PictureSets()
	if len(sets) == 0 {
		x.Thumb = w.t.T("report.paper.none")
	}
	if a := address(m); a != "" {
		x.Facts = append(x.Facts, indexFact{w.t.T("report.index.address"), evidence.Shorten(a, 200), true})
	}
	x.Facts = append(x.Facts, indexFact{w.recorded(m), w.moment(m.Started.UTC), false})
	for _, f := range e.Platform {
		if f.Derived {
			x.Facts = append(
				x.Facts,
				indexFact{w.platformName(f.Name), w.platformValue(f) + " · " + w.t.T("report.platform.derived"), false},
			)
		}
	}
	for _, name := range []string{"account-name", "account-handle"} {
		if v := told(e, name); v != "" {
			x.Facts = append(x.Facts, indexFact{w.t.T("fact." + name), v + " " + w.t.T("report.told.unchecked"), false})
		}
	}
	result := w.result(m)
	if n := len(m.Problems); n > 0 {
		result += " · " + w.t.N("report.index.problems", n)
	}
	x.Marks = append(x.Marks, indexMark{result, m.Outcome == evidence.Complete && len(m.Problems) == 0})
	if verified(e.Stamps) > 0 {
		x.Marks = append(x.Marks, indexMark{w.t.T("report.list.stamp") + " " + w.moment(earliest(e.Stamps)), true})
	} else {
		x.Marks = append(x.Marks, indexMark{w.t.T("report.index.untimed"), false})
	}
	x.Links = w.indexLinks(m)
	return x
}

// indexLinks are the files that people open, and the folder with all.
func (w *writer) indexLinks(m evidence.Manifest) (links []indexLink) {
	dir := "exhibits/" + m.Exhibit + "/"
	for i, set := range m.PictureSets() {
		if i == maxMaskedNames {
			break
		}
		s := w.t.T("report.index.pictures")
		if set.Shows == evidence.ShowsFile {
			s = evidence.Shorten(originalName(m, set.Pictures[0].Name), 30)
		}
		links = append(links, indexLink{dir + set.Pictures[0].Name, s, w.t.N("report.index.count", len(set.Pictures))})
	}
	for _, a := range m.Artifacts {
		key := ""
		switch {
		case a.Name == evidence.TextName:
			key = "report.index.text"
		case isMessages(a):
			key = "report.index.messages"
		case strings.HasPrefix(a.MediaType, "video/"):
			key = "report.index.film"
		}
		if key != "" && len(links) < 2*maxMaskedNames {
			links = append(links, indexLink{dir + a.Name, w.t.T(key), w.t.Bytes(a.Size)})
		}
	}
	return append(links, indexLink{dir, w.t.T("report.index.all"), w.t.Number(int64(len(m.Artifacts) + 1))})
}

package report

import (
	"constat/bundle/paper"
	"constat/evidence"
)

// accountPage is the first page of the account, among writer.firstOf.
const accountPage = "account"

// account prints what the person told of the whole case, in sections: it is theirs, and not checked.
func (w *writer) account() {
	if len(w.in.Account.Sections) == 0 {
		return
	}
	w.now = footing{section: w.t.T("report.account.foot")}
	w.newPage()
	w.firstOf[accountPage] = w.Pages()
	w.Bookmark(w.t.T("report.account.title"), 0)
	w.skip(1)
	w.lines(titleStyle, left, width, w.t.T("report.account.title"))
	w.skip(1)
	w.para(bodyGray, w.t.T("report.account.note"))
	for _, s := range w.in.Account.Sections {
		w.head(s.Title, "")
		if len(s.Lines) == 0 {
			w.para(bodyGray, w.t.T("report.cover.not-told"))
		}
		for _, l := range s.Lines {
			c := asTyped(l)
			if c == nil {
				c = text(evidence.Clean(l))
			}
			w.row([]column{{width: width, kind: paper.Paragraph}}, []cell{c}, nil)
		}
	}
}

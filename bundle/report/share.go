package report

import (
	"constat/assets/words"
	"constat/evidence"
)

// ShareWords says how many of the case's exhibits are in a bundle, and which were left out by choice;
// nothing, if none was.
func ShareWords(t *words.Text, here int, out []LeftOut) string {
	w := &writer{t: t, in: Input{Exhibits: make([]Exhibit, here), LeftOut: out}}
	if len(w.chosen()) == 0 {
		return ""
	}
	return w.shareCount() + ". " + w.shareWords(0)
}

// chosen are the exhibits that were left out by choice.
func (w *writer) chosen() (ids []string) {
	for _, l := range w.in.LeftOut {
		if l.Reason == LeftOutChoice {
			ids = append(ids, evidence.Shorten(l.Exhibit, 20))
		}
	}
	return ids
}

// shareCount says how many of the case's exhibits are in the bundle.
func (w *writer) shareCount() string {
	here := len(w.in.Exhibits)
	return w.t.T("report.share.count", "Here", w.t.Number(int64(here)), "Of", w.t.Number(int64(here+len(w.in.LeftOut))))
}

// shareWords says what was left out by choice, with numbers; of the names at most so many, 0: all.
func (w *writer) shareWords(most int) string {
	ids := w.chosen()
	if most == 0 {
		most = len(ids)
	}
	return w.t.T("report.share.choice", "N", w.t.Number(int64(len(ids))), "List", evidence.ShowIDs(ids, most))
}

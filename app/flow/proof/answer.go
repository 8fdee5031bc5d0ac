package proof

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"constat/assets/words"
	"constat/bundle/detail"
	"constat/bundle/letter"
	"constat/evidence"
)

// maxAnswered is how many checks that did not pass fit on the page of an answer.
const maxAnswered = 8

// ErrNoAnswer: there is no verdict over a bundle that could be written on a page.
var ErrNoAnswer = errors.New("no verdict over a bundle")

// CheckName is what a check is of and what came of it, in the language.
func CheckName(t *words.Text, k evidence.Check) string {
	name := evidence.Shorten(k.Name, 60)
	if t.Has("check." + k.Name) {
		name = t.T("check." + k.Name)
	}
	return name + " · " + t.T("check.state."+string(k.State))
}

// CheckWords is a check in one line: its name, what came of it, the kind of reason in the language, and
// the technical detail, which is marked, because most of it is as the files have it.
func CheckWords(t *words.Text, k evidence.Check) string {
	line := CheckName(t, k)
	if why := detail.Reason(t, k); why != "" {
		line += " · " + why
	}
	switch said := detail.Check(t, k); {
	case k.Detail == "":
	case said != k.Detail: // a reason of a timestamp, which has words of its own
		line += " · " + evidence.Shorten(said, 130)
	default:
		line += " · " + t.T("check.raw", "Text", evidence.Shorten(k.Detail, 130))
	}
	return line
}

// ShareWords says what was left out of a bundle by choice; nothing, if nothing was.
func ShareWords(t *words.Text, r CheckResult) string {
	if len(r.LeftOut) == 0 {
		return ""
	}
	return t.T("answer.share", "Here", len(r.Exhibits), "Of", r.Of, "N", len(r.LeftOut), "List", evidence.ShowIDs(r.LeftOut, maxShared))
}

// maxShared is how many exhibits that were left out are named; the list of checks has them, too.
const maxShared = 24

// maxNames is how many names are tried for the page of an answer.
const maxNames = 100

// SaveAnswer writes the page of an answer into a folder, under a name that is free, and returns its path.
func (k *Checker) SaveAnswer(dir, stem, lang, bundle string, r CheckResult) (string, error) {
	var b bytes.Buffer
	if err := WriteAnswer(&b, lang, bundle, r, k.cfg.Now(), "Constat "+k.cfg.Version); err != nil {
		return "", err
	}
	for n := 1; ; n++ {
		name := stem + ".pdf"
		if n > 1 {
			name = fmt.Sprintf("%s-%d.pdf", stem, n)
		}
		path := filepath.Join(dir, name)
		f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if errors.Is(err, fs.ErrExist) && n < maxNames {
			continue
		}
		if err != nil {
			return "", err
		}
		_, err = f.Write(b.Bytes())
		if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
			return "", errors.Join(err, os.Remove(path)) // half a page says less than it seems to
		}
		return path, nil
	}
}

// WriteAnswer writes the answer over a bundle as one page, to be attached to a file: the verdict in
// words, what it does not say, and every check that did not pass, or how many of them. by is the
// program with its version.
func WriteAnswer(w io.Writer, lang, path string, r CheckResult, at time.Time, by string) error {
	t, err := words.For(lang)
	if err != nil {
		return err
	}
	key := "answer." + string(r.Verdict)
	if !t.Has(key) {
		return ErrNoAnswer
	}
	count := map[evidence.CheckState]int{}
	var rest []string
	for _, k := range r.Checks {
		count[k.State]++
		if k.State == evidence.Passed {
			continue
		}
		rest = append(rest, "– "+CheckWords(t, k))
	}
	if n := len(rest) - maxAnswered; n > 0 {
		rest = append(rest[:maxAnswered], t.N("answer.more", n))
	}
	lines := []string{
		"1. " + t.T(key), t.T(key + "-means"),
		"",
		"2. " + t.T("answer.limits"), t.T("report.shows-not.text"),
		"",
		"3. " + t.T("answer.what"),
		t.T("answer.bundle", "Name", evidence.Shorten(filepath.Base(path), 120)),
		t.T("answer.fingerprint", "Fingerprint", r.Fingerprint),
		t.T("answer.when", "When", t.DateTime(at)+" "+t.Zone(at), "By", by),
		t.T("answer.counts", "Passed", count[evidence.Passed], "Failed", count[evidence.Failed], "NotDone", count[evidence.NotDone]),
	}
	if r.Fingerprint == "" {
		lines = append(lines[:8], lines[9:]...)
	}
	if said := ShareWords(t, r); said != "" {
		lines = append(lines, said)
	}
	if r.StandsUntil != nil {
		lines = append(lines, t.T("answer.stands", "Day", t.Day(*r.StandsUntil)))
	}
	if len(rest) > 0 {
		lines = append(append(append(lines, "", "4. "+t.T("answer.rest")), rest...), t.T("answer.english"))
	}
	foot := t.T("answer.foot")
	if r.Practice {
		foot = evidence.PracticeMark
		lines = append([]string{evidence.PracticeMark, ""}, lines...)
	}
	err = letter.Write(w, letter.Letter{Title: t.T("answer.title"), Text: strings.Join(lines, "\n"), Foot: foot, Creator: by, Created: at})
	if err != nil {
		return fmt.Errorf("answer: %w", err)
	}
	return nil
}

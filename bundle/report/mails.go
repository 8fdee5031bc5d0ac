package report

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"constat/evidence"
)

// The text of an e-mail is not printed without end.
const (
	mailFormat   = "constat-email/1"
	maxMailFile  = 16 << 20 // bytes of the list
	maxMails     = 20       // of one file
	maxMailParts = 12       // texts of one e-mail
	maxMailText  = 6000     // characters of one text
)

// mailBox is what is printed of an e-mail, or of each one of a mailbox; package intake describes the file.
type mailBox struct {
	Format string `json:"format"`
	mail
	More []mail `json:"more"`
}

type mail struct {
	Headers []mailHeader `json:"headers"`
	Parts   []mailPart   `json:"parts"`
}

type mailHeader struct {
	Name  string `json:"name"`
	Value string `json:"value"`
}

type mailPart struct {
	Path      string       `json:"path"`
	MediaType string       `json:"media_type"`
	Text      string       `json:"text"`
	TextCut   bool         `json:"text_cut"`
	Headers   []mailHeader `json:"headers"`
}

// isMail reports whether an artifact is a list that was made from an e-mail.
func isMail(a evidence.Artifact) bool {
	return a.Role == evidence.Derived && strings.HasPrefix(a.Name, "email") && strings.HasSuffix(a.Name, ".json")
}

// errMail wraps why a list cannot be read; the report goes on without it.
var errMail = errors.New("list of an e-mail cannot be read")

// mails prints what the e-mails of an exhibit say: a threat stands in the text, not in the subject.
func (w *writer) mails(ctx context.Context, e Exhibit) error {
	for _, a := range e.Manifest.Artifacts {
		if !isMail(a) {
			continue
		}
		box, err := openMail(ctx, e, a)
		w.head(w.t.T("report.mail.title"), "data/exhibits/"+e.Manifest.Exhibit+"/"+a.Name)
		switch {
		case errors.Is(err, errMail):
			w.para(body, w.t.T("report.mail.unreadable", "Reason", evidence.Shorten(err.Error(), 200)))
			continue
		case err != nil:
			return err
		}
		w.para(bodyGray, w.t.T("report.mail.note"))
		all := append([]mail{box.mail}, box.More...)
		for _, m := range all[:min(len(all), maxMails)] {
			w.mail(m)
		}
		if left := len(all) - maxMails; left > 0 {
			w.skip(1.4)
			w.para(body, w.t.N("report.mail.more", left))
		}
	}
	return nil
}

func (w *writer) mail(m mail) {
	w.skip(1.6)
	w.mailHead(m.Headers)
	var printed []string
	texts := 0
	for _, p := range m.Parts {
		if len(p.Headers) > 0 { // a message in the message
			w.skip(1.2)
			w.mailHead(p.Headers)
		}
		if p.Text == "" && !p.TextCut {
			continue
		}
		texts++
		if texts > maxMailParts {
			continue
		}
		w.skip(1.2)
		named := []any{"Part", evidence.Shorten(p.Path, 40), "Type", evidence.Shorten(p.MediaType, 40)}
		if sameWords(printed, p.Text) && !p.TextCut {
			w.para(smallGray, w.t.T("report.mail.same", named...))
			continue
		}
		printed = append(printed, p.Text)
		w.para(smallGray, w.t.T("report.mail.part", named...))
		cut := p.TextCut
		if r := []rune(p.Text); len(r) > maxMailText {
			p.Text, cut = string(r[:maxMailText]), true
		}
		w.mailLines(p.Text)
		if cut {
			w.para(smallGray, w.t.T("report.mail.cut"))
		}
	}
	switch {
	case texts == 0:
		w.para(bodyGray, w.t.T("report.mail.none"))
	case texts > maxMailParts:
		w.para(bodyGray, w.t.T("report.fact.more", "N", texts-maxMailParts))
	}
}

// mailLines prints a text line by line; of several empty ones, one.
func (w *writer) mailLines(text string) {
	empty := false
	for line := range strings.SplitSeq(text, "\n") {
		line = evidence.Clean(line)
		if strings.TrimSpace(line) == "" {
			if !empty {
				w.skip(body.LineHeight() / 2)
			}
			empty = true
			continue
		}
		empty = false
		w.para(body, line)
	}
}

// mailHead names who, to whom, when and about what.
func (w *writer) mailHead(headers []mailHeader) {
	for _, name := range []string{"From", "To", "Cc", "Date", "Subject"} {
		for _, h := range headers {
			if strings.EqualFold(h.Name, name) && h.Value != "" {
				w.para(bodyBold, w.orCode("claim.", strings.ToLower(name))+": "+evidence.Shorten(h.Value, 300))
				break
			}
		}
	}
}

var behindLinks = regexp.MustCompile(`<(?:https?://|mailto:)[^<>\s]+>`)

// sameWords reports whether a text was printed already, sign for sign but for blanks, and for addresses
// behind links that stand in the other one as well.
func sameWords(printed []string, text string) bool {
	return slices.ContainsFunc(printed, func(p string) bool {
		for _, to := range behindLinks.FindAllString(text, -1) {
			if !strings.Contains(p, to[1:len(to)-1]) {
				return false
			}
		}
		return withoutBlanks(p) == withoutBlanks(text)
	})
}

func withoutBlanks(s string) string {
	return strings.Join(strings.Fields(behindLinks.ReplaceAllString(s, "")), "")
}

// openMail reads the list and refuses it unless it is what the manifest names.
func openMail(ctx context.Context, e Exhibit, a evidence.Artifact) (box mailBox, err error) {
	if a.Size > maxMailFile {
		return box, fmt.Errorf("%w: %s: %d bytes", errMail, a.Name, a.Size)
	}
	b, err := readArtifact(ctx, e, a)
	if err != nil {
		return box, err
	}
	if err := json.Unmarshal(b, &box); err != nil {
		return box, fmt.Errorf("%w: %s: %w", errMail, a.Name, err)
	}
	if box.Format != mailFormat {
		return box, fmt.Errorf("%w: %s: format %.40q", errMail, a.Name, box.Format)
	}
	return box, nil
}

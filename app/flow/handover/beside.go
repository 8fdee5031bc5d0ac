package handover

import (
	"bytes"
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"time"

	"constat/app/flow/proof"
	"constat/assets/words"
	"constat/bundle"
	"constat/bundle/letter"
	"constat/bundle/paper/emoji"
	"constat/evidence"
)

// noteName is the plain note beside an encrypted file: a program of the system says only that it
// cannot open it.
func noteName(target string) string { return target + ".txt" }

// note says in every language what the file is and what opens it. It does not name the matter: it
// lies open.
func note(target string, r ExportRequest) ([]byte, error) {
	keys := []string{"handover.note.what", "handover.note.open", "handover.note.passphrase"}
	switch {
	case len(r.Recipients) > 0:
		keys = []string{"handover.note.age-what", "handover.note.age-open", "handover.note.age-key"}
	case r.HideNames:
		keys = []string{"handover.note.what", "handover.note.open", "handover.note.two-steps", "handover.note.passphrase"}
	}
	name := evidence.Clean(filepath.Base(target))
	zip := strings.TrimSuffix(name, filepath.Ext(name))
	var b strings.Builder
	b.WriteString("\ufeff") // old editors of Windows take the file for another alphabet without it
	for _, lang := range words.Languages {
		t, err := words.For(lang)
		if err != nil {
			return nil, err
		}
		b.WriteString(words.Names[lang] + "\r\n")
		for _, key := range keys {
			b.WriteString(t.T(key, "Name", name, "Zip", zip, "Inner", bundle.ContentsName) + "\r\n")
		}
		b.WriteString("\r\n")
	}
	return []byte(b.String()), nil
}

// writeNote puts the note beside an encrypted file, and returns where.
func writeNote(target string, r ExportRequest) (string, error) {
	b, err := note(target, r)
	if err != nil {
		return "", err
	}
	return noteName(target), WriteNew(noteName(target), bytes.NewReader(b))
}

// InTheClear reports a graph that lies readable beside an encrypted bundle.
func (r ExportResult) InTheClear() bool { return r.CaseUCO != "" && r.encrypted }

// beside writes what lies beside a bundle, most of it beside an encrypted ZIP. The bundle is whole
// without it.
func (x *Exporter) beside(res *ExportResult, r ExportRequest, graph []byte) {
	var err error
	if r.CaseUCO != "" {
		if err = WriteNew(r.CaseUCO, bytes.NewReader(graph)); err == nil {
			res.CaseUCO, res.encrypted = r.CaseUCO, r.sealed()
		}
	}
	if r.sealed() {
		note, nerr := writeNote(res.Target, r)
		if nerr == nil {
			res.Note = note
		}
		err = errors.Join(err, nerr)
	}
	if r.Slip != "" {
		var pdf bytes.Buffer
		serr := WriteSlip(&pdf, r.Language, res.Target, r.ZipPassword, res.Fingerprint, x.now())
		if serr == nil {
			serr = WriteNew(r.Slip, &pdf)
		}
		if serr == nil {
			res.Slip = r.Slip
		}
		err = errors.Join(err, serr)
	}
	if err != nil {
		res.Beside = err.Error()
	}
}

// WriteSlip writes a page with the passphrase of a ZIP, to be handed over apart from it. It names
// the file and the beginning of the fingerprint, and not the matter.
func WriteSlip(w io.Writer, lang, target, passphrase string, fingerprint evidence.Digest, at time.Time) error {
	t, err := words.For(lang)
	if err != nil {
		return err
	}
	text := strings.Join([]string{
		t.T("handover.slip.for", "Name", evidence.Clean(filepath.Base(target))),
		t.T("handover.slip.start", "Start", fingerprint.Grouped()[:19]),
		"", "1. " + t.T("handover.slip.passphrase"), evidence.Clean(passphrase), "",
		t.T("handover.slip.apart"),
		t.T("handover.slip.signs"),
		t.T("handover.note.open", "Name", evidence.Clean(filepath.Base(target))),
	}, "\n")
	return letter.Write(w, letter.Letter{Title: t.T("handover.slip.title"), Text: text, Creator: "Constat", Created: at, Emoji: emoji.Font()})
}

// WriteCheck writes what the checker said of a bundle that was just made as a page of its own, to a
// file that is not there yet.
func (x *Exporter) WriteCheck(ctx context.Context, path, lang, caseID string, r ExportResult) error {
	c, err := x.vault.Case(ctx, caseID)
	if err != nil {
		return err
	}
	var pdf bytes.Buffer
	said := proof.CheckResult{
		Valid:       r.Valid,
		Verdict:     r.Verdict,
		Checks:      r.Checks,
		Fingerprint: r.Fingerprint.String(),
		Practice:    c.Info().Practice,
	}
	if err := proof.WriteAnswer(&pdf, lang, r.Target, said, x.now(), x.software.Name+" "+x.software.Version); err != nil {
		return err
	}
	return WriteNew(path, &pdf)
}

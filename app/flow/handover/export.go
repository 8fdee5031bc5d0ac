package handover

import (
	"bytes"
	"context"
	"crypto/x509"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"constat/app/flow/look"
	"constat/app/flow/proof"
	"constat/assets/words"
	"constat/bundle"
	"constat/bundle/caseuco"
	"constat/bundle/paper/emoji"
	"constat/bundle/report"
	"constat/bundle/verify"
	"constat/evidence"
	"constat/evidence/held"
	"constat/evidence/ots"
	"constat/evidence/tsa"
	"constat/evidence/vault"
	"constat/evidence/vault/parcel"
)

// ExportRequest asks for a bundle.
type ExportRequest struct {
	Case        string
	Target      string             // folder to be made, or a file ending in .zip
	Language    string             // of the report: fr, nl, de, en
	Exhibits    []string           // what goes in; nil: all that may be exported
	Mask        map[string]Masking // what paper shows of the pictures of exhibits; "*": of all that are not named
	ZipPassword string             // AES-256 when the target is a ZIP; empty: a plain ZIP
	HideNames   bool               // the ZIP with a password shows one neutral name, of an archive in it
	Recipients  []string           // age public keys that the target, which ends in .zip.age, is encrypted to as a whole
	Slip        string             // PDF to be made with the passphrase of the ZIP, to be handed over apart from it; empty: none
	CaseUCO     string             // CASE/UCO JSON-LD to be made of what the bundle holds; empty: none
	Authorities []evidence.Authority
	Calendars   []string // asked for an OpenTimestamps proof over the whole; nil: those that were chosen
}

// ExportResult is a bundle that was made and read back.
type ExportResult struct {
	Target      string            `json:"bundle"`
	Report      string            `json:"report"`  // path of the PDF; empty inside a ZIP
	ReadMe      string            `json:"read_me"` // path of READ-ME-FIRST.html; empty inside a ZIP
	Fingerprint evidence.Digest   `json:"fingerprint"`
	Files       int               `json:"files"`
	Bytes       int64             `json:"bytes"`
	Pages       int               `json:"pages"`
	Timestamps  []proof.Timestamp `json:"timestamps"` // over the fingerprint
	Checks      []evidence.Check  `json:"checks"`     // what the independent checker saw
	Valid       bool              `json:"valid"`
	Verdict     proof.Verdict     `json:"verdict"`                // of whoever verifies it, with the roots that are known here
	Recipients  []string          `json:"recipients,omitempty"`   // age public keys that it is encrypted to
	Note        string            `json:"note,omitempty"`         // the plain note beside an encrypted file
	Slip        string            `json:"slip,omitempty"`         // the page with its passphrase
	CaseUCO     string            `json:"case_uco,omitempty"`     // the same in the words of CASE and UCO
	Beside      string            `json:"beside,omitempty"`       // why note, slip or graph could not be written; the bundle is whole
	Exhibits    []string          `json:"exhibits"`               // what is in it
	Of          int               `json:"of"`                     // of so many exhibits of the case
	LeftOut     []Left            `json:"left_out,omitempty"`     // the others
	Still       []Still           `json:"still_in,omitempty"`     // what was left out by choice and lies in others that are in it
	Unread      []string          `json:"still_unread,omitempty"` // left out by choice or going along, and not to be read completely, so that Still may not be all
	Damaged     []string          `json:"damaged,omitempty"`      // those of them whose files are damaged
	NotNoted    string            `json:"not_noted,omitempty"`    // why the custody log could not note the export
	Calendars   []ots.Answer      `json:"calendars,omitempty"`    // of those that were asked

	encrypted bool // what was made is
}

// Export makes a bundle and reads it back with the independent checker. The
// authorities that the exhibits asked are asked for the fingerprint's timestamp
// too, unless others are named. What was begun and not finished is removed.
func (x *Exporter) Export(ctx context.Context, r ExportRequest, p evidence.Progress) (ExportResult, error) {
	if !slices.Contains(words.Languages, r.Language) {
		return ExportResult{}, &LanguageError{Language: r.Language}
	}
	if r.Target == "" {
		return ExportResult{}, ErrNoTarget
	}
	target, err := filepath.Abs(r.Target)
	if err != nil {
		return ExportResult{}, err
	}
	to, err := sealing(target, r)
	if err != nil {
		return ExportResult{}, err
	}
	c, err := x.vault.Case(ctx, r.Case)
	if err != nil {
		return ExportResult{}, err
	}
	list, closed, err := x.exportable(ctx, c)
	if err != nil {
		return ExportResult{}, err
	}
	if len(list) == 0 {
		return ExportResult{}, ErrEmptyCase
	}
	if err := checkMasking(r.Mask, list, closed); err != nil {
		return ExportResult{}, err
	}
	list, chosen, err := choose(list, closed, r.Exhibits)
	if err != nil {
		return ExportResult{}, err
	}
	beside := []string{target}
	if r.sealed() {
		beside = append(beside, noteName(target))
	}
	if r.Slip != "" {
		if r.ZipPassword == "" {
			return ExportResult{}, ErrZipPassword
		}
		beside = append(beside, r.Slip)
	}
	if r.CaseUCO != "" {
		beside = append(beside, r.CaseUCO)
	}
	for _, name := range beside {
		if err := RefuseExisting(name); err != nil {
			return ExportResult{}, err
		}
	}
	out := leaving{closed: closed, chosen: chosen, damaged: map[string]error{}, still: map[string][]string{}, unread: map[string]bool{}}
	for _, e := range list {
		if e.Damage != nil {
			out.damaged[e.ID] = e.Damage
		}
	}
	still, unread, err := stillIn(ctx, chosen, whole(list, out.damaged), p)
	if err != nil {
		return ExportResult{}, err
	}
	out.note(still, unread)
	if err := sweepPartial(target); err != nil {
		return ExportResult{}, err
	}
	if err := x.room(target, whole(list, out.damaged)); err != nil {
		return ExportResult{}, err
	}
	done, err := x.noteTarget(target)
	if err != nil {
		return ExportResult{}, err
	}
	defer done()
	if r.Authorities == nil {
		r.Authorities = proof.Asked(list)
	}
	var written bundle.Result
	var graph bytes.Buffer
	var notNoted string
	var answers []ots.Answer
	for {
		known := len(out.damaged)
		rest := whole(list, out.damaged)
		if len(rest) == 0 {
			return ExportResult{}, out.damaged[list[0].ID]
		}
		var head *bundle.SignedHead
		if head, notNoted, err = x.begin(ctx, c, rest, out, r.Language); err != nil {
			return ExportResult{}, err
		}
		written, err = x.write(ctx, c, rest, head, out, r, target, to, &graph, &answers, p)
		if err == nil || len(out.damaged) == known {
			break // a damaged file shows only when it is read: then it is done again without its exhibit
		}
	}
	if err != nil {
		return ExportResult{}, err
	}
	res, err := x.readBack(ctx, c, whole(list, out.damaged), r, to, written, p)
	if notNoted != "" {
		res.NotNoted = notNoted
	}
	res.Calendars = answers
	res.Damaged = slices.Sorted(maps.Keys(out.damaged))
	for _, l := range out.list() {
		res.LeftOut = append(res.LeftOut, Left{Exhibit: l.Exhibit, Reason: l.Reason})
	}
	res.Of = len(res.Exhibits) + len(res.LeftOut)
	res.Unread = unread
	res.Still = slices.DeleteFunc(still, func(s Still) bool { return out.damaged[s.In] != nil })
	if err == nil {
		x.beside(&res, r, graph.Bytes())
	}
	return res, err
}

// whole are the exhibits that are not damaged.
func whole(list []vault.Exhibit, damaged map[string]error) []vault.Exhibit {
	return slices.DeleteFunc(slices.Clone(list), func(e vault.Exhibit) bool { return damaged[e.ID] != nil })
}

// unnoted says why the log could not be written, if that is no reason not to hand over what it
// holds: a folder that cannot be written, a vault of version 1. Anything else is.
func unnoted(err error) string {
	if _, planted := vault.Planted(err); planted || vault.Unwritable(err) || errors.Is(err, vault.ErrVersion1) {
		return err.Error()
	}
	return ""
}

// write makes the bundle. What turns out to be damaged is added to what is left out.
func (x *Exporter) write(ctx context.Context, c *vault.Case, list []vault.Exhibit, head *bundle.SignedHead, out leaving, r ExportRequest,
	target string, to *parcel.To, graph *bytes.Buffer, answers *[]ots.Answer, p evidence.Progress) (written bundle.Result, err error) {
	err = x.stamps.With(ctx, c.Info(), r.Authorities, func(authorities []evidence.Authority) error {
		in, err := x.bundleInput(ctx, c, list, r, out)
		if err != nil {
			return err
		}
		in.Head, in.LeftOut = head, out.list()
		in.Stamp = func(ctx context.Context, fingerprint evidence.Digest) []bundle.Stamp {
			return x.stamps.StampFingerprint(ctx, c.Info(), authorities, fingerprint, p)
		}
		in.StampOver = func(ctx context.Context, imprint tsa.Imprint) []bundle.Stamp {
			return x.stamps.StampFirst(ctx, c.Info(), authorities, imprint, p)
		}
		in.Revocation = x.stamps.Revocation
		if calendars := x.calendars(c, r); len(calendars) > 0 {
			in.Calendars = func(ctx context.Context, list evidence.Digest) []byte {
				b, told := x.stamps.StampCalendars(ctx, list, calendars)
				*answers = told
				return b
			}
		}
		if isFile(target) {
			how := bundle.Sealing{Password: r.ZipPassword, HideNames: r.HideNames, Most: x.most(target)}
			if to != nil {
				how.Wrap = to.Wrap
			}
			written, err = bundle.WriteSealed(ctx, target, how, in, p)
			err = outgrown(err)
		} else {
			written, err = bundle.Write(ctx, target, in, p)
		}
		if err != nil || r.CaseUCO == "" {
			return err
		}
		var log bytes.Buffer
		if err := c.WriteLog(ctx, &log); err != nil {
			return err
		}
		return caseuco.Write(
			graph,
			caseuco.Input{
				Exhibits: in.Exhibits, LeftOut: in.LeftOut, Log: log.Bytes(), Fingerprint: written.Fingerprint, Stamps: written.Stamps,
			},
		)
	})
	return written, err
}

// calendars are whom an export asks for an OpenTimestamps proof. Practice asks nobody outside.
func (x *Exporter) calendars(c *vault.Case, r ExportRequest) []string {
	switch {
	case c.Info().Practice:
		return nil
	case r.Calendars != nil:
		return r.Calendars
	}
	return x.stamps.Calendars()
}

// watched opens a file of an exhibit, and remembers if it is damaged.
func watched(ctx context.Context, e vault.Exhibit, name string, damaged func(error)) (io.ReadCloser, error) {
	r, err := e.Open(ctx, name)
	if err != nil {
		damaged(err)
		return nil, err
	}
	return watchedReader{r, damaged}, nil
}

type watchedReader struct {
	io.ReadCloser
	damaged func(error)
}

func (w watchedReader) Read(p []byte) (int, error) {
	n, err := w.ReadCloser.Read(p)
	if err != nil && err != io.EOF {
		w.damaged(err)
	}
	return n, err
}

// sweepPartial removes what an export to the same target left when it was killed
// (see package bundle for the name): readable files that nobody would look for.
func sweepPartial(target string) error {
	entries, err := os.ReadDir(filepath.Dir(target))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), "."+filepath.Base(target)+".partial-") {
			if err := held.RemoveAll(filepath.Join(filepath.Dir(target), e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// exportable leaves out what was marked as under 18, and says what that is.
func (x *Exporter) exportable(ctx context.Context, c *vault.Case) (list []vault.Exhibit, closed []bundle.LeftOut, err error) {
	list, err = c.Exhibits(ctx)
	if err != nil {
		return nil, nil, err
	}
	all, err := look.Tellings(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	files := map[evidence.Digest]bool{}
	for _, e := range list {
		if all[e.ID].Marked() {
			tells, err := look.Tells(ctx, look.HolderOf(e))
			if err != nil {
				return nil, nil, err
			}
			maps.Copy(files, tells)
		}
	}
	// What shares a file with it was closed with it; of a vault of before a second look is taken, but
	// for web archives: pages of one site have much in common that shows nobody.
	kept := list[:0:0]
	for _, e := range list {
		shares := all[e.ID].Closed
		if !shares {
			quick := look.HolderOf(e)
			quick.Manifest.Artifacts = slices.DeleteFunc(slices.Clone(e.Manifest.Artifacts), func(a evidence.Artifact) bool { return a.Name == evidence.WACZName })
			if shares, err = look.Shares(ctx, quick, files); err != nil {
				return nil, nil, err
			}
		}
		switch {
		case all[e.ID].Marked():
			closed = append(closed, bundle.LeftOut{Exhibit: e.ID, Reason: report.LeftOutMinor})
		case shares:
			closed = append(closed, bundle.LeftOut{Exhibit: e.ID, Reason: report.LeftOutSame})
		default:
			kept = append(kept, e)
		}
	}
	list = kept
	return list, closed, nil
}

func (x *Exporter) bundleInput(ctx context.Context, c *vault.Case, list []vault.Exhibit, r ExportRequest,
	out leaving) (bundle.Input, error) {
	now := x.now()
	in := bundle.Input{
		Case: c.Info(), WriteLog: c.WriteLog, Language: r.Language, Location: now.Location(), CreatedAt: now,
		Software: x.software, Practice: c.Info().Practice, Emoji: emoji.Font(),
	}
	text, err := words.For(r.Language)
	if err != nil {
		return bundle.Input{}, err
	}
	if x.account != nil {
		if in.Account, err = x.account(ctx, c.Info().ID, r.Language, now, idsOf(out.chosen)); err != nil {
			return bundle.Input{}, err
		}
	}
	all, err := look.Tellings(ctx, c)
	if err != nil {
		return bundle.Input{}, err
	}
	var mu sync.Mutex
	for _, e := range list {
		note := func(err error) {
			if _, corrupt := errors.AsType[*vault.CorruptError](err); corrupt {
				mu.Lock()
				out.damaged[e.ID] = err
				mu.Unlock()
			}
		}
		v := x.look.View(ctx, c, e, all[e.ID])
		v.Facts = markInWords(v.Facts, text)
		handed := x.stamps.Handed(ctx, c, e)
		in.Exhibits = append(in.Exhibits, bundle.Exhibit{
			Manifest: e.Manifest, ManifestBytes: e.ManifestBytes, Facts: v.Facts, Platform: report.PlatformFacts(v.Platform),
			Open:   func(ctx context.Context, name string) (io.ReadCloser, error) { return watched(ctx, e, name, note) },
			Mask:   masking(r.Mask, e.Manifest),
			Stamps: handed.Stamps, Revocation: handed.Revocation, Renewals: handed.Renewals,
		})
	}
	return in, nil
}

// markInWords says a chosen mark in the report's language; typed words stay.
func markInWords(facts map[string]string, text *words.Text) map[string]string {
	if key := "window.mark." + facts["priority"]; text.Has(key) {
		facts = maps.Clone(facts)
		facts["priority"] = text.T(key)
	}
	if key := "shows." + facts[evidence.FactShows]; text.Has(key) {
		facts = maps.Clone(facts)
		facts[evidence.FactShows] = text.T(key)
	}
	return facts
}

// readBack checks what was written as a stranger would, and notes the export.
func (x *Exporter) readBack(
	ctx context.Context,
	c *vault.Case,
	list []vault.Exhibit,
	r ExportRequest,
	to *parcel.To,
	written bundle.Result,
	p evidence.Progress,
) (ExportResult, error) {
	res := ExportResult{
		Target: written.Dir, Fingerprint: written.Fingerprint, Files: written.Files, Bytes: written.Bytes, Pages: written.Pages,
		Timestamps: []proof.Timestamp{}, Exhibits: []string{}, Recipients: r.Recipients,
	}
	for _, e := range list {
		res.Exhibits = append(res.Exhibits, e.ID)
	}
	if !isFile(written.Dir) {
		res.Report = filepath.Join(written.Dir, "data", "report.pdf")
		res.ReadMe = filepath.Join(written.Dir, "READ-ME-FIRST.html")
	}
	for _, st := range written.Stamps {
		res.Timestamps = append(res.Timestamps, proof.TimestampOver(st))
	}
	p.Step(evidence.StepCheck)
	roots, err := rootsOf(append(proof.Asked(list), r.Authorities...))
	if err != nil {
		return res, err
	}
	got, err := check(ctx, written.Dir, to, verify.Options{Roots: roots, Anchors: x.anchors, SystemRoots: true, Pins: x.pins, Practice: c.Info().Practice, ZipPassword: r.ZipPassword})
	if err != nil {
		return res, err
	}
	res.Checks, res.Valid, res.Verdict = got.Checks, got.Valid, proof.Verdict(got.Verdict)
	if got.Verdict == verify.NotValid {
		return res, &BundleError{Path: written.Dir, Checks: got.Checks}
	}
	_, err = c.Append(context.WithoutCancel(ctx), evidence.Entry{Action: evidence.ActExported, Digest: written.Fingerprint,
		Detail: map[string]string{"language": r.Language, evidence.ShareHere: strings.Join(res.Exhibits, " ")}})
	if err != nil {
		if res.NotNoted = unnoted(err); res.NotNoted != "" {
			err = nil
		}
	}
	return res, err
}

// rootsOf collects the roots that were pinned with authorities.
func rootsOf(list []evidence.Authority) ([]*x509.Certificate, error) {
	var roots []*x509.Certificate
	for _, a := range list {
		if a.RootsPEM == "" {
			continue
		}
		r, err := tsa.ParseRootsPEM([]byte(a.RootsPEM))
		if err != nil {
			return nil, err
		}
		roots = append(roots, r...)
	}
	return roots, nil
}

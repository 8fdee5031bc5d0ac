package flow

import (
	"context"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"constat/assets/words"
	"constat/bundle"
	"constat/bundle/report"
	"constat/bundle/verify"
	"constat/evidence"
	"constat/evidence/tsa"
	"constat/evidence/tsa/practice"
	"constat/evidence/tsa/renewal"
	"constat/evidence/vault"
)

// Export makes a bundle and reads it back with the independent checker. The
// authorities that the exhibits asked are asked for the fingerprint's timestamp
// too, unless others are named. What was begun and not finished is removed.
func (s *Session) Export(ctx context.Context, r ExportRequest, p evidence.Progress) (ExportResult, error) {
	if !slices.Contains(words.Languages, r.Language) {
		return ExportResult{}, &LanguageError{Language: r.Language}
	}
	if r.Target == "" {
		return ExportResult{}, &UsageError{Reason: "no place for the bundle"}
	}
	target, err := filepath.Abs(r.Target)
	if err != nil {
		return ExportResult{}, err
	}
	asZip := strings.EqualFold(filepath.Ext(target), ".zip")
	if r.ZipPassword != "" && !asZip {
		return ExportResult{}, ErrZipPassword
	}
	c, err := s.v.Case(ctx, r.Case)
	if err != nil {
		return ExportResult{}, err
	}
	list, closed, err := s.exportable(ctx, c)
	if err != nil {
		return ExportResult{}, err
	}
	if len(list) == 0 {
		return ExportResult{}, ErrEmptyCase
	}
	if err := refuseExisting(target); err != nil {
		return ExportResult{}, err
	}
	for _, e := range list {
		if e.Damage != nil {
			return ExportResult{}, e.Damage
		}
	}
	_, err = c.Append(ctx, evidence.Entry{Action: evidence.ActExporting,
		Detail: map[string]string{"language": r.Language, "exhibits": ids(list)}})
	if err != nil {
		return ExportResult{}, err
	}
	if err := sweepPartial(target); err != nil {
		return ExportResult{}, err
	}
	asked := r.Authorities
	if asked == nil {
		asked = authoritiesOf(list)
	}
	var written bundle.Result
	err = s.withAuthorities(ctx, c.Info(), asked, func(authorities []evidence.Authority) error {
		in, err := s.bundleInput(ctx, c, list, r)
		if err != nil {
			return err
		}
		in.LeftOut = closed
		in.Stamp = func(ctx context.Context, fingerprint evidence.Digest) []bundle.Stamp {
			return s.stampFingerprint(ctx, c, authorities, fingerprint, p)
		}
		if asZip {
			written, err = bundle.WriteZip(ctx, target, r.ZipPassword, in, p)
		} else {
			written, err = bundle.Write(ctx, target, in, p)
		}
		return err
	})
	if err != nil {
		return ExportResult{}, err
	}
	return s.readBack(ctx, c, list, r, written, p)
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
			if err := os.RemoveAll(filepath.Join(filepath.Dir(target), e.Name())); err != nil {
				return err
			}
		}
	}
	return nil
}

// exportable leaves out what was marked as under 18, and says what that is.
func (s *Session) exportable(ctx context.Context, c *vault.Case) (list []vault.Exhibit, closed []bundle.LeftOut, err error) {
	list, err = c.Exhibits(ctx)
	if err != nil {
		return nil, nil, err
	}
	all, err := tellings(ctx, c)
	if err != nil {
		return nil, nil, err
	}
	list = slices.DeleteFunc(list, func(e vault.Exhibit) bool {
		if all[e.ID].closed {
			closed = append(closed, bundle.LeftOut{Exhibit: e.ID, Reason: "minor"})
		}
		return all[e.ID].closed
	})
	return list, closed, nil
}

// signedHead signs the log as it is exported: two bundles from one vault carry
// the same key.
func (s *Session) signedHead(ctx context.Context, c *vault.Case) (*bundle.SignedHead, error) {
	head, signature, err := c.SignHead(ctx)
	if err != nil {
		return nil, err
	}
	der, err := x509.MarshalPKIXPublicKey(s.v.PublicKey())
	if err != nil {
		return nil, err
	}
	return &bundle.SignedHead{
		Statement: vault.HeadStatement(c.Info().ID, head), Signature: signature, KeyFingerprint: s.v.SigningKeyFingerprint(),
		PublicKeyPEM: pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der}),
	}, nil
}

func ids(list []vault.Exhibit) string {
	var names []string
	for _, e := range list {
		names = append(names, e.ID)
	}
	return strings.Join(names, " ")
}

func (s *Session) bundleInput(ctx context.Context, c *vault.Case, list []vault.Exhibit, r ExportRequest) (bundle.Input, error) {
	now := s.app.cfg.Now()
	in := bundle.Input{
		Case: c.Info(), WriteLog: c.WriteLog, Language: r.Language, Location: now.Location(), CreatedAt: now,
		Software: s.app.software(), Practice: c.Info().Practice,
	}
	text, err := words.For(r.Language)
	if err != nil {
		return bundle.Input{}, err
	}
	if in.Head, err = s.signedHead(ctx, c); err != nil {
		return bundle.Input{}, err
	}
	all, err := tellings(ctx, c)
	if err != nil {
		return bundle.Input{}, err
	}
	for _, e := range list {
		v := s.view(ctx, c, e, all[e.ID])
		v.Facts = markInWords(v.Facts, text)
		x := bundle.Exhibit{
			Manifest: e.Manifest, ManifestBytes: e.ManifestBytes, Facts: v.Facts, Platform: report.PlatformFacts(v.Platform),
			Open:   func(ctx context.Context, name string) (io.ReadCloser, error) { return e.Open(ctx, name) },
			Masked: masked(r.Mask, e.Manifest),
		}
		for _, st := range s.stamps(ctx, c, e) {
			if st.Verified == nil {
				st.Reply = nil // a reply that failed a check is no timestamp; the paper says why it is missing
			}
			x.Stamps = append(x.Stamps, st)
			_, files := revocations(ctx, e, 0, st.Authority.Name)
			x.Revocation = append(x.Revocation, bundleFiles(files)...)
		}
		for _, r := range s.renewals(ctx, c, e) {
			x.Renewals = append(x.Renewals, bundle.Renewal{ListName: r.list.Name, List: r.list.Data, Stamps: r.stamps, Revocation: bundleFiles(r.revocation)})
		}
		in.Exhibits = append(in.Exhibits, x)
	}
	return in, nil
}

// masked tells whose pictures stay off the paper: also those of a visit to an
// exhibit whose pictures do.
func masked(mask []string, m evidence.Manifest) bool {
	return slices.Contains(mask, "*") || slices.Contains(mask, m.Exhibit) || m.Recheck != nil && slices.Contains(mask, m.Recheck.Exhibit)
}

// markInWords says a chosen mark in the report's language; typed words stay.
func markInWords(facts map[string]string, text *words.Text) map[string]string {
	if key := "window.mark." + facts["priority"]; text.Has(key) {
		facts = maps.Clone(facts)
		facts["priority"] = text.T(key)
	}
	return facts
}

func bundleFiles(files []renewal.File) []bundle.File {
	var out []bundle.File
	for _, f := range files {
		out = append(out, bundle.File{Name: f.Name, Data: f.Data})
	}
	return out
}

func (s *Session) stampFingerprint(ctx context.Context, c *vault.Case, list []evidence.Authority, fingerprint evidence.Digest, p evidence.Progress) []bundle.Stamp {
	var out []bundle.Stamp
	for _, x := range s.ask(ctx, list, fingerprint, p) {
		st := bundle.Stamp{Authority: x.authority}
		if x.err != nil {
			st.Reason = stampReason(ctx, x.err)
		} else {
			st = s.app.judge(x.authority, x.reply.Raw, fingerprint, x.reply.Nonce, x.reply.Window(), c.Info().Practice, nil)
			if st.Verified == nil {
				st.Reply = nil
			}
			st.Sent, st.Received = x.reply.Sent, x.reply.Received
		}
		s.app.label(&st)
		out = append(out, st)
	}
	return out
}

// readBack checks what was written as a stranger would, and notes the export.
func (s *Session) readBack(ctx context.Context, c *vault.Case, list []vault.Exhibit, r ExportRequest, written bundle.Result, p evidence.Progress) (ExportResult, error) {
	res := ExportResult{
		Target: written.Dir, Fingerprint: written.Fingerprint, Files: written.Files, Bytes: written.Bytes, Pages: written.Pages,
		Timestamps: []TimestampView{},
	}
	if !strings.EqualFold(filepath.Ext(written.Dir), ".zip") {
		res.Report = filepath.Join(written.Dir, "data", "report.pdf")
		res.ReadMe = filepath.Join(written.Dir, "READ-ME-FIRST.html")
	}
	for _, st := range written.Stamps {
		res.Timestamps = append(res.Timestamps, timestampView(st, time.Time{}))
	}
	p.Step(evidence.StepCheck)
	roots, err := rootsOf(append(authoritiesOf(list), r.Authorities...))
	if err != nil {
		return res, err
	}
	got, err := verify.Verify(ctx, written.Dir, verify.Options{Roots: roots, SystemRoots: true, Pins: s.app.allPins(), Practice: c.Info().Practice, ZipPassword: r.ZipPassword})
	if err != nil {
		return res, err
	}
	res.Checks, res.Valid = got.Checks, got.Valid
	if got.Verdict == verify.NotValid {
		return res, &BundleError{Path: written.Dir, Checks: got.Checks}
	}
	_, err = c.Append(context.WithoutCancel(ctx), evidence.Entry{Action: evidence.ActExported, Digest: written.Fingerprint,
		Detail: map[string]string{"language": r.Language, "exhibits": ids(list)}})
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

// VerifyOptions are what the checker brings; nothing of it comes from the bundle.
type VerifyOptions struct {
	RootsPEM    []byte // besides the system's roots and the built-in list
	Practice    bool   // accept a practice bundle, which is not evidence
	ZipPassword string
}

// Verify checks a bundle, folder or ZIP.
func (a *App) Verify(ctx context.Context, path string, o VerifyOptions) (CheckResult, error) {
	v := verify.Options{SystemRoots: true, Pins: a.allPins(), Practice: o.Practice, ZipPassword: o.ZipPassword}
	if len(o.RootsPEM) > 0 {
		roots, err := tsa.ParseRootsPEM(o.RootsPEM)
		if err != nil {
			return CheckResult{}, err
		}
		v.Roots = roots
	}
	if o.Practice {
		authority, err := practice.New(a.cfg.Now)
		if err != nil {
			return CheckResult{}, err
		}
		v.Roots = append(v.Roots, authority.Root())
	}
	got, err := verify.Verify(ctx, path, v)
	if err != nil {
		return CheckResult{}, err
	}
	r := CheckResult{Valid: got.Valid, Verdict: Verdict(got.Verdict), Practice: got.Practice, Checks: got.Checks}
	if !got.Fingerprint.IsZero() {
		r.Fingerprint = got.Fingerprint.String()
	}
	return r, nil
}

// BundleError: a bundle was written and did not pass its own check.
type BundleError struct {
	Path   string
	Checks []evidence.Check
}

func (e *BundleError) Error() string {
	for _, k := range e.Checks {
		if k.State == evidence.Failed {
			return "bundle " + e.Path + " did not pass its check: " + k.Name + ": " + k.Detail
		}
	}
	return "bundle " + e.Path + " did not pass its check"
}

package report

import (
	"cmp"
	"slices"

	"constat/bundle/paper"
	"constat/evidence"
)

// checkPage is the page that says how to check, among writer.firstOf.
const checkPage = "check"

// howToCheck is the last chapter: everything an officer needs who has no
// software of ours, and what the checks do not show.
func (w *writer) howToCheck() {
	w.now = footing{section: w.t.T("report.check.foot")}
	w.newPage()
	w.firstOf[checkPage] = w.Pages()
	w.Bookmark(w.t.T("report.check.title"), 0)
	w.skip(1)
	w.lines(titleStyle, left, width, w.t.T("report.check.title"))
	w.skip(1)
	w.para(body, w.t.T("report.check.intro"))

	token, over, at := w.firstToken()
	for _, step := range []struct{ head, unix, windows string }{
		{w.t.T("report.check.files"), "sha256sum -c manifest-sha256.txt", `powershell -ExecutionPolicy Bypass -File verify\verify.ps1`},
		{w.t.T("report.check.exhibits"), "cd data && sha256sum -c evidence-sha256.txt", ""},
		{w.t.T("report.check.fingerprint"), "sha256sum data/evidence-sha256.txt", `certutil -hashfile data\evidence-sha256.txt SHA256`},
		{w.t.T("report.check.token"), "openssl ts -verify -CAfile ROOT.pem -data " + over + " -in " + token + at, ""},
		{w.t.T("report.check.root"), "openssl x509 -in ROOT.pem -noout -subject -fingerprint -sha256", ""},
		{w.t.T("report.check.whole"), WholeCommand(w.sealedBy()), ""},
	} {
		w.skip(2.2)
		w.need(16)
		w.para(body, step.head)
		w.command("Linux, macOS", step.unix)
		w.command("Windows", step.windows)
	}
	w.skip(2.2)
	w.para(body, w.t.T("report.check.scripts"))
	w.para(monoSmall, "sh verify/verify.sh ROOT.pem")
	w.para(body, w.t.T("report.check.verdict", "Valid", "valid", "Untimed", "consistent, time not proven"))

	w.head(w.t.T("report.check.roots-title"), "")
	w.para(body, w.t.T("report.check.roots-text"))
	w.roots()

	w.signedHead()

	w.head(w.t.T("report.check.proves-title"), "")
	w.para(body, w.t.T("report.check.proves-text"))
	w.head(w.t.T("report.check.limits-title"), "")
	w.para(body, w.t.T("report.check.limits-text"))
	w.head(w.t.T("report.check.notes-title"), "")
	w.para(body, w.t.T("report.check.notes-log"))
	w.para(body, w.t.T("report.check.notes-frame"))
	w.para(body, w.t.T("report.check.notes-signs"))
	if said := w.lessOnPaper(); said != "" {
		w.para(body, said)
	}
	if n := len(w.coarse); n > 0 {
		w.para(body, w.t.N("report.size.smaller", n))
	}
	if n := len(w.unprinted); n > 0 {
		w.para(body, w.t.N("report.size.unprinted", n))
	}
}

// signedHead prints the fingerprint of the vault's key: two bundles that carry
// the same one come from one vault.
func (w *writer) signedHead() {
	h := w.in.Head
	if h == nil {
		return
	}
	w.head(w.t.T("report.key.title"), "")
	w.para(body, w.t.T("report.key.text"))
	w.skip(1)
	w.facts(52, []fact{{w.t.T("report.key.fingerprint"), cell{{grouped(h.KeyFingerprint), mono}}}})
	w.skip(1.6)
	for _, c := range KeyCommands() {
		w.need(mono.LineHeight())
		w.lines(mono, left+3, width-3, c)
	}
}

// KeyCommands are the commands with which the signature, the line that was signed and the key's
// fingerprint are checked, from the folder of the bundle. The number of the line comes from the bundle: it is
// compared, and never becomes a part of a program, as it would in sed.
func KeyCommands() []string {
	return []string{
		"openssl pkeyutl -verify -pubin -inkey data/custody-key.pem -rawin -in data/custody-head.txt -sigfile data/custody-head.sig",
		`awk -v n="$(sed -n 3p data/custody-head.txt)" 'NR == n' data/custody-log.jsonl | tr -d '\n' | openssl dgst -sha256; tail -n 1 data/custody-head.txt`,
		"openssl pkey -pubin -in data/custody-key.pem -outform DER | openssl dgst -sha256",
	}
}

func (w *writer) command(system, line string) {
	if line == "" {
		return
	}
	const indent = 24
	w.need(mono.LineHeight())
	w.In(paper.Paragraph, func() {
		w.Text(left+3, w.y+mono.Ascent(), smallGray, system)
		w.lines(mono, left+3+indent, width-3-indent, line)
	})
}

// WholeCommand checks the timestamp over the whole. It is asked for when all else is
// written, from whoever answered before, so its time is not known here.
func WholeCommand(authority string) string {
	return "openssl ts -verify -CAfile ROOT.pem -data tagmanifest-sha256.txt -in tagmanifest-sha256." + authority + ".tsr"
}

// sealedBy names who is asked for it.
func (w *writer) sealedBy() string {
	for _, s := range w.in.Stamps {
		if s.Kept() {
			return s.Authority.Name
		}
	}
	return "NAME"
}

// firstToken names a token that is in the bundle, for the example.
func (w *writer) firstToken() (token, over, at string) {
	for _, s := range w.in.Stamps {
		if s.FileName != "" && s.Kept() {
			return "data/" + s.FileName, "data/evidence-sha256.txt", s.AtTime()
		}
	}
	for _, e := range w.in.Exhibits {
		for _, s := range e.Stamps {
			if s.FileName != "" && s.Kept() {
				dir := "data/exhibits/" + e.Manifest.Exhibit + "/"
				return dir + s.FileName, dir + evidence.ManifestName, s.AtTime()
			}
		}
	}
	return "TOKEN.tsr", "data/evidence-sha256.txt", ""
}

// roots prints the fingerprints of the roots that the timestamps were checked
// against: the roots themselves are never in the bundle.
func (w *writer) roots() {
	type root struct {
		name, subject string
		digest        evidence.Digest
	}
	var all []root
	add := func(stamps []Stamp) {
		for _, s := range stamps {
			if s.Verified != nil {
				all = append(all, root{evidence.Shorten(s.Authority.Name, 80), evidence.Shorten(s.Verified.RootSubject, 200), s.Verified.RootFingerprint})
			}
		}
	}
	add(w.in.Stamps)
	for _, e := range w.in.Exhibits {
		add(e.Stamps)
		for _, r := range e.Renewals {
			add(r.Stamps)
		}
	}
	slices.SortFunc(all, func(a, b root) int {
		return cmp.Or(cmp.Compare(a.name, b.name), cmp.Compare(a.digest.String(), b.digest.String()))
	})
	all = slices.Compact(all)
	if len(all) == 0 {
		w.para(bodyBold, w.t.T("report.check.roots-none"))
		return
	}
	w.skip(1)
	cols := []column{
		{title: w.t.T("report.stamp.authority"), width: 38},
		{title: w.t.T("report.check.root-subject") + " · SHA-256", width: width - 38},
	}
	var rows [][]cell
	for _, r := range all {
		rows = append(rows, []cell{text(r.name), {{r.subject, small}, {r.digest.Grouped(), paper.Style{Size: 7.3, Mono: true}}}})
	}
	w.table(cols, rows)
}

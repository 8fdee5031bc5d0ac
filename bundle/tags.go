package bundle

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"html/template"
	"slices"
	"strconv"
	"strings"
	"time"

	"constat/assets/words"
	"constat/bundle/report"
	"constat/evidence"
)

//go:embed scripts
var scripts embed.FS

// tags writes everything outside data/, the lists last.
func (w *writer) tags(ctx context.Context) error {
	content := w.files
	if err := w.material(ctx); err != nil {
		return err
	}
	files := []struct {
		name string
		make func() ([]byte, error)
	}{
		{readMeName, w.readMe},
		{"verify/commands.txt", w.commands},
		{"verify/verify.sh", func() ([]byte, error) { return scripts.ReadFile("scripts/verify.sh") }},
		{"verify/verify.ps1", windowsScript},
		{"bagit.txt", func() ([]byte, error) { return []byte("BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n"), nil }},
		{"bag-info.txt", func() ([]byte, error) { return w.bagInfo(content), nil }},
		{"manifest-sha256.txt", func() ([]byte, error) { return list256(content), nil }},
		{"manifest-sha512.txt", func() ([]byte, error) { return list512(content), nil }},
		{tagList, func() ([]byte, error) { return list256(w.files[len(content):]), nil }},
	}
	for _, f := range files {
		b, err := f.make()
		if err != nil {
			return fmt.Errorf("bundle: %s: %w", f.name, err)
		}
		if err := w.putBytes(ctx, f.name, b); err != nil {
			return err
		}
		w.tagged = b // the last one
	}
	return nil
}

// list256 is a list as sha256sum writes and checks it (RFC 8493 clause 2.1.3).
func list256(files []entry) []byte {
	var b bytes.Buffer
	for _, f := range files {
		fmt.Fprintf(&b, "%s  %s\n", f.sha256, f.name)
	}
	return b.Bytes()
}

func list512(files []entry) []byte {
	var b bytes.Buffer
	for _, f := range files {
		fmt.Fprintf(&b, "%s  %s\n", f.sha512, f.name)
	}
	return b.Bytes()
}

// bagInfo is the metadata (RFC 8493 clause 2.2.2). No title and no name is in it.
func (w *writer) bagInfo(content []entry) []byte {
	var size int64
	for _, f := range content {
		size += f.size
	}
	var b bytes.Buffer
	tag := func(name, value string) { fmt.Fprintf(&b, "%s: %s\n", name, evidence.Clean(value)) }
	tag("Bagging-Date", w.in.CreatedAt.UTC().Format(time.DateOnly))
	tag("Bag-Software-Agent", w.in.Software.Name+" "+w.in.Software.Version)
	tag("External-Identifier", w.in.Case.ID)
	tag("Payload-Oxum", fmt.Sprintf("%d.%d", size, len(content)))
	tag("Constat-Format", Format)
	tag("Constat-Created", w.in.CreatedAt.UTC().Format(time.RFC3339))
	tag("Constat-Exhibits", strconv.Itoa(len(w.in.Exhibits)))
	tag("Constat-Fingerprint", w.fingerprint.String())
	if ids := w.share().Chosen; len(ids) > 0 {
		tag("Constat-Left-Out", strings.Join(ids, " "))
	}
	if ids := w.withoutTime(); ids != "" {
		tag("Constat-Without-Time", ids)
	}
	tag("Constat-Language", w.in.Language)
	if len(w.in.Account.Sections) > 0 {
		tag("Constat-Account", "printed")
	}
	if w.in.Practice {
		tag("Constat-Practice", "true")
	}
	return b.Bytes()
}

// withoutTime names the exhibits without a verified timestamp of their own, so that
// whoever takes one out is seen.
func (w *writer) withoutTime() string {
	var ids []string
	for _, e := range w.in.Exhibits {
		if !slices.ContainsFunc(e.Stamps, func(s Stamp) bool { return s.Kept() && s.Verified != nil }) {
			ids = append(ids, e.Manifest.Exhibit)
		}
	}
	return strings.Join(ids, " ")
}

// windowsScript has the line ends that Windows expects.
func windowsScript() ([]byte, error) {
	b, err := scripts.ReadFile("scripts/verify.ps1")
	return bytes.ReplaceAll(b, []byte("\n"), []byte("\r\n")), err
}

// step is one of the commands.
type step struct{ Text, Unix, Windows string }

// steps are the commands with which a stranger checks the bundle, and what
// confirms the signature if there is one.
func (w *writer) steps() []step {
	token, over, at, name := "TOKEN.tsr", payload+evidenceList, "", "NAME"
	for _, s := range w.stamps {
		if s.Kept() {
			token, at = payload+s.FileName, s.AtTime()
			name = strings.TrimSuffix(strings.TrimPrefix(s.FileName, "evidence-sha256."), ".tsr")
			break
		}
	}
	openssl := "openssl ts -verify -CAfile ROOT.pem -data " + over + " -in " + token + at
	whole := report.WholeCommand(name)
	x509 := "openssl x509 -in ROOT.pem -noout -subject -fingerprint -sha256"
	steps := []step{
		{w.text.T("report.check.files"), "sha256sum -c manifest-sha256.txt", `powershell -ExecutionPolicy Bypass -File verify\verify.ps1`},
		{w.text.T("report.check.exhibits"), "(cd data && sha256sum -c " + evidenceList + ")", ""},
		{w.text.T("report.check.fingerprint"), "sha256sum data/" + evidenceList, `certutil -hashfile data\` + evidenceList + " SHA256"},
		{w.text.T("report.check.token"), openssl, openssl},
		{w.text.T("report.check.root"), x509, x509},
		{w.text.T("report.check.whole"), whole, whole},
	}
	if w.in.Head != nil {
		for i, c := range report.KeyCommands() {
			s := step{Unix: c, Windows: c}
			switch i {
			case 0:
				s.Text = w.text.T("report.key.title") + ". " + w.text.T("report.key.text")
			case 1:
				s.Text, s.Windows = w.text.T("report.key.line"), `powershell -ExecutionPolicy Bypass -File verify\verify.ps1`
			default:
				s.Text = w.text.T("report.key.fingerprint") + ": " + w.in.Head.KeyFingerprint.Grouped()
			}
			steps = append(steps, s)
		}
	}
	return steps
}

func (w *writer) commands() ([]byte, error) {
	var b strings.Builder
	if w.in.Practice {
		b.WriteString(w.mark() + "\n\n")
	}
	b.WriteString(w.text.T("report.check.title") + "\n\n" + w.text.T("report.check.intro") + "\n")
	for _, s := range w.steps() {
		b.WriteString("\n" + s.Text + "\n")
		b.WriteString("  Linux, macOS:  " + s.Unix + "\n")
		if s.Windows != "" {
			b.WriteString("  Windows:       " + s.Windows + "\n")
		}
	}
	b.WriteString("\n" + w.text.T("report.check.scripts") + "\n  sh verify/verify.sh ROOT.pem\n" +
		`  powershell -ExecutionPolicy Bypass -File verify\verify.ps1 -Roots ROOT.pem` + "\n")
	b.WriteString("\n" + w.text.T("report.check.verdict", "Valid", "valid", "Untimed", "consistent, time not proven") + "\n")
	b.WriteString("\n" + w.text.T("report.check.roots-text") + "\n")
	return []byte(b.String()), nil
}

func (w *writer) mark() string {
	own := w.text.T("report.practice")
	if own == evidence.PracticeMark {
		return own
	}
	return evidence.PracticeMark + " · " + own
}

func (w *writer) readMe() ([]byte, error) {
	t, err := template.New("read-me.html").ParseFS(scripts, "scripts/read-me.html")
	if err != nil {
		return nil, err
	}
	mark := ""
	if w.in.Practice {
		mark = w.mark()
	}
	local := w.in.CreatedAt.UTC()
	if w.in.Location != nil {
		local = w.in.CreatedAt.In(w.in.Location)
	}
	var b bytes.Buffer
	err = t.Execute(&b, struct {
		T           *words.Text
		Mark, Title string
		Case, Made  string
		Fingerprint string
		Exhibits    int
		LeftOut     bool
		Share       string   // what was left out by choice
		Damaged     []string // what they say
		Unverified  []unverifiedReply
		Stands      []string
		Recorded    bool // a record is asked for once this page is sealed
		Steps       []step
	}{
		T: w.text, Mark: mark, Title: evidence.Clean(w.in.Case.Title), Case: w.in.Case.ID,
		Made:        w.text.DateTime(local) + " " + w.text.Zone(local) + ", " + evidence.Clean(w.in.Software.Name+" "+w.in.Software.Version),
		Fingerprint: w.fingerprint.Grouped(), Exhibits: len(w.in.Exhibits), LeftOut: len(w.in.LeftOut) > 0, Steps: w.steps(),
		Share:      report.ShareWords(w.text, len(w.in.Exhibits), w.in.LeftOut),
		Damaged:    w.damaged(),
		Unverified: w.unverifiedReplies(), Stands: w.stands(), Recorded: w.in.StampOver != nil && slices.ContainsFunc(w.stamps, Stamp.Kept),
	})
	return b.Bytes(), err
}

// damaged says which exhibits are not in the bundle because their files in the vault are damaged.
func (w *writer) damaged() (list []string) {
	for _, l := range w.in.LeftOut {
		if l.Reason == report.LeftOutDamaged {
			list = append(list, w.text.T("report.left-out.damaged", "Exhibit", evidence.Shorten(l.Exhibit, 20)))
		}
	}
	return list
}

// unverifiedReply is a reply that is there and does not count, and why.
type unverifiedReply struct{ File, Why string }

func (w *writer) unverifiedReplies() []unverifiedReply {
	var out []unverifiedReply
	add := func(dir string, stamps []Stamp) {
		for _, s := range stamps {
			if s.Unverified() {
				out = append(out, unverifiedReply{dir + s.FileName, report.NotVerified(w.text, s.Checks)})
			}
		}
	}
	add(payload, w.stamps)
	for _, e := range w.in.Exhibits {
		dir := exhibitFolder + e.Manifest.Exhibit + "/"
		add(dir, e.Stamps)
		for _, r := range e.Renewals {
			add(dir, r.Stamps)
		}
	}
	return out
}

// stands says of each time over the fingerprint until when it can be shown to stand.
func (w *writer) stands() []string {
	var out []string
	for _, s := range w.stamps {
		if said := report.StandsWords(w.text, s.Until, s.Lapsed); s.Verified != nil && said != "" {
			out = append(out, evidence.Shorten(s.Authority.Name, 80)+": "+said)
		}
	}
	return out
}

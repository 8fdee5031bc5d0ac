package bundle

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"constat/assets/words"
	"constat/bundle/report"
	"constat/evidence"
)

// Names of the bundle (constat-bundle/1).
const (
	Format        = "constat-bundle/1"
	evidenceList  = "evidence-sha256.txt" // in data/
	custodyLog    = "custody-log.jsonl"   // in data/
	reportName    = "report.pdf"          // in data/
	indexName     = "index.html"          // in data/
	readMeName    = "READ-ME-FIRST.html"
	tagList       = "tagmanifest-sha256.txt"
	payload       = "data/"
	exhibitFolder = "data/exhibits/"
	maxLog        = 512 << 20 // bytes of custody log
)

// Errors about what was to be exported. They are wrong use, not failures.
var (
	ErrNoExhibits = errors.New("a bundle needs at least one exhibit")
	ErrInput      = errors.New("exhibits do not belong together")
)

// entry is one file of the bundle, as it was written.
type entry struct {
	name   string // relative to the bundle, with slashes
	sha256 evidence.Digest
	sha512 evidence.Digest512
	size   int64
}

// writer makes one bundle.
type writer struct {
	sink
	in    Input
	p     evidence.Progress
	text  *words.Text
	files []entry

	collected, total int64 // bytes of artifacts

	list        []byte // of the evidence
	fingerprint evidence.Digest
	stamps      []Stamp // over the fingerprint
	whole       []Stamp // over the tag manifest, and so over all of it
	recorded    *Stamp  // of the evidence record
	tagged      []byte  // the tag manifest
	pages       int
}

func (w *writer) all(ctx context.Context) error {
	if err := w.prepare(); err != nil {
		return err
	}
	w.p.Step(evidence.StepCollect)
	for _, e := range w.in.Exhibits {
		if err := w.exhibit(ctx, e); err != nil {
			return err
		}
	}
	if err := w.custody(ctx); err != nil {
		return err
	}
	if err := w.seal(ctx); err != nil {
		return err
	}
	w.p.Step(evidence.StepReport)
	if err := w.report(ctx); err != nil {
		return err
	}
	w.p.Step(evidence.StepSeal)
	if err := w.tags(ctx); err != nil {
		return err
	}
	if err := w.sealWhole(ctx); err != nil {
		return err
	}
	return w.calendar(ctx)
}

// prepare looks at the input as a whole, before anything is written.
func (w *writer) prepare() (err error) {
	if w.text, err = words.For(w.in.Language); err != nil {
		return err
	}
	if len(w.in.Exhibits) == 0 {
		return ErrNoExhibits
	}
	w.in.Practice = w.in.Practice || w.in.Case.Practice
	exhibits := make([]Exhibit, len(w.in.Exhibits)) // the caller's own are not altered
	seen := map[string]bool{}
	for i, e := range w.in.Exhibits {
		// Only the exact bytes count: the facts are read from them.
		if e.Manifest, err = evidence.DecodeManifest(e.ManifestBytes); err != nil {
			return err
		}
		m := e.Manifest
		if seen[m.Exhibit] || m.Case != w.in.Case.ID {
			return fmt.Errorf("%w: %s of case %s", ErrInput, m.Exhibit, m.Case)
		}
		seen[m.Exhibit] = true
		w.in.Practice = w.in.Practice || m.Practice != ""
		if err := nameTokens(&e); err != nil {
			return fmt.Errorf("%s: %w", m.Exhibit, err)
		}
		for _, a := range m.Artifacts {
			w.total += a.Size
		}
		exhibits[i] = e
	}
	w.in.Exhibits = exhibits
	return nil
}

// put writes one file and notes what was written.
func (w *writer) put(ctx context.Context, name string, r io.Reader) (entry, error) {
	h := evidence.NewHasher()
	if err := w.sink.put(ctx, name, io.TeeReader(r, h)); err != nil {
		return entry{}, fmt.Errorf("bundle: %s: %w", name, err)
	}
	e := entry{name: name}
	e.sha256, e.sha512, e.size = h.Sums()
	w.files = append(w.files, e)
	return e, nil
}

func (w *writer) putBytes(ctx context.Context, name string, b []byte) error {
	_, err := w.put(ctx, name, bytes.NewReader(b))
	return err
}

func (w *writer) exhibit(ctx context.Context, e Exhibit) error {
	dir := exhibitFolder + e.Manifest.Exhibit + "/"
	if err := w.putBytes(ctx, dir+evidence.ManifestName, e.ManifestBytes); err != nil {
		return err
	}
	if err := w.timestamps(ctx, dir, e); err != nil {
		return err
	}
	for _, a := range e.Manifest.Artifacts {
		if err := w.artifact(ctx, dir, e, a); err != nil {
			return err
		}
	}
	return nil
}

func (w *writer) tokens(ctx context.Context, dir string, stamps []Stamp) error {
	for _, s := range stamps {
		if s.Kept() || s.Unverified() {
			if err := w.putBytes(ctx, dir+s.FileName, s.Reply); err != nil {
				return err
			}
		}
	}
	return nil
}

func (w *writer) artifact(ctx context.Context, dir string, e Exhibit, a evidence.Artifact) error {
	r, err := e.Open(ctx, a.Name)
	if err != nil {
		return fmt.Errorf("bundle: %s/%s: %w", e.Manifest.Exhibit, a.Name, err)
	}
	defer r.Close()
	// One byte more than there may be tells a file that is too long.
	got, err := w.put(ctx, dir+a.Name, &metered{io.LimitReader(r, a.Size+1), w})
	if err != nil {
		return err
	}
	if got.sha256 != a.SHA256 || got.sha512 != a.SHA512 || got.size != a.Size {
		return &MismatchError{Exhibit: e.Manifest.Exhibit, Name: a.Name,
			Want: a.SHA256, Got: got.sha256, WantSize: a.Size, GotSize: got.size}
	}
	return nil
}

// metered tells how much of all artifacts has been copied.
type metered struct {
	r io.Reader
	w *writer
}

func (m *metered) Read(p []byte) (int, error) {
	n, err := m.r.Read(p)
	m.w.collected += int64(n)
	m.w.p.Amount(m.w.collected, m.w.total)
	return n, err
}

var errLogSize = errors.New("custody log is too long")

// limited refuses to grow without end.
type limited struct{ bytes.Buffer }

func (l *limited) Write(p []byte) (int, error) {
	if l.Len()+len(p) > maxLog {
		return 0, errLogSize
	}
	return l.Buffer.Write(p)
}

// custody writes the log as it is now, after looking that it is whole.
func (w *writer) custody(ctx context.Context) error {
	var log limited
	if err := w.in.WriteLog(ctx, &log); err != nil {
		return fmt.Errorf("bundle: %s: %w", custodyLog, err)
	}
	var lines []evidence.Digest
	var exporting evidence.Entry // the last one
	_, err := evidence.VerifyChain(bytes.NewReader(log.Bytes()), func(e evidence.Entry, line []byte) error {
		if w.in.Head != nil {
			lines = append(lines, evidence.Sum(line))
		}
		if e.Action == evidence.ActExporting {
			exporting = e
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("bundle: %s: %w", custodyLog, err)
	}
	if w.in.Head != nil {
		if err := checkHead(w.in.Head, w.in.Case.ID, lines); err != nil {
			return err
		}
	}
	if err := w.checkShare(exporting, lines); err != nil {
		return err
	}
	if err := w.putBytes(ctx, payload+custodyLog, log.Bytes()); err != nil {
		return err
	}
	return w.head(ctx)
}

// seal writes the list of the evidence and asks for timestamps over it.
func (w *writer) seal(ctx context.Context) error {
	var list bytes.Buffer
	for _, f := range w.files {
		fmt.Fprintf(&list, "%s  %s\n", f.sha256, strings.TrimPrefix(f.name, payload))
	}
	w.list, w.fingerprint = list.Bytes(), evidence.Sum(list.Bytes())
	if err := w.putBytes(ctx, payload+evidenceList, list.Bytes()); err != nil {
		return err
	}
	stamps, err := w.ask(ctx, w.fingerprint, evidenceList)
	if err != nil {
		return err
	}
	w.stamps = stamps
	return w.tokens(ctx, payload, stamps)
}

// sealWhole asks for timestamps over the list of everything outside data/, which
// has the digests of the lists of everything in it: so what people read, report,
// READ-ME and scripts, cannot be exchanged either.
func (w *writer) sealWhole(ctx context.Context) error {
	if !slices.ContainsFunc(w.stamps, func(s Stamp) bool { return len(s.Reply) > 0 }) {
		return nil // whoever did not answer a moment ago is not waited for again
	}
	stamps, err := w.ask(ctx, w.files[len(w.files)-1].sha256, tagList)
	if err != nil {
		return err
	}
	w.whole = stamps
	sealed := w.files // all but what lies over the whole
	if err := w.tokens(ctx, "", stamps); err != nil {
		return err
	}
	if err := w.record(ctx, sealed); err != nil {
		return err
	}
	return w.container(ctx)
}

// ask has a list timestamped; the replies get their names from it.
func (w *writer) ask(ctx context.Context, digest evidence.Digest, list string) ([]Stamp, error) {
	if w.in.Stamp == nil {
		return nil, nil
	}
	stem := strings.TrimSuffix(list, ".txt")
	return names{}.stamps(w.in.Stamp(ctx, digest), func(authority string) string { return stem + "." + authority + ".tsr" })
}

// report writes what people read first: the report, and the page that leads to it and to the files.
func (w *writer) report(ctx context.Context) error {
	var pdf bytes.Buffer
	in := report.Input{
		Case: w.in.Case, Exhibits: w.in.Exhibits, Fingerprint: w.fingerprint, List: w.list, Stamps: w.stamps,
		Language: w.in.Language, Location: w.in.Location, CreatedAt: w.in.CreatedAt, Software: w.in.Software, Practice: w.in.Practice,
		Head: w.in.Head, LeftOut: w.in.LeftOut, Account: w.in.Account, Emoji: w.in.Emoji,
	}
	pages, err := report.Write(ctx, &pdf, in, w.p)
	if err != nil {
		return err
	}
	w.pages = pages
	dated, err := w.dated(ctx, pdf.Bytes())
	if err != nil {
		return err
	}
	if err := w.putBytes(ctx, payload+reportName, dated); err != nil {
		return err
	}
	page, err := report.Index(in, pages)
	if err != nil {
		return err
	}
	return w.putBytes(ctx, payload+indexName, page)
}

func (w *writer) result(target string) Result {
	r := Result{Dir: target, Fingerprint: w.fingerprint, Files: len(w.files), Pages: w.pages, Stamps: w.stamps, Whole: w.whole, Record: w.recorded}
	for _, f := range w.files {
		r.Bytes += f.size
	}
	return r
}

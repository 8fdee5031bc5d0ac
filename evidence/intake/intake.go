package intake

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"path"
	"strings"
	"time"

	"constat/evidence"
	"constat/evidence/intake/whatsapp"
)

// Stages of an import; the words for them are in the translations.
const (
	StepStore  evidence.Step = "import-store"  // the file goes into the vault; amount in bytes
	StepUnpack evidence.Step = "import-unpack" // a chat export: its files go into the vault; amount in bytes
	StepFacts  evidence.Step = "import-facts"  // what the file says of itself is read; amount in bytes where known
)

// Limits that hold when [Options] names none.
const (
	DefaultMaxSize    = 4 << 30 // bytes
	DefaultMaxEntries = 10_000
)

// Options are the limits of an import. Zero values stand for the defaults.
type Options struct {
	MaxSize    int64 // bytes of the file, and also of all that is unpacked from it
	MaxEntries int   // files taken out of a chat export
	Copies     bool  // beside each picture a copy that says nothing of itself: no position, date, device or name
	First      int   // number of the first artifact's name, for several files in one exhibit; counted from 1
}

func (o Options) withDefaults() Options {
	if o.MaxSize <= 0 {
		o.MaxSize = DefaultMaxSize
	}
	if o.MaxEntries <= 0 {
		o.MaxEntries = DefaultMaxEntries
	}
	o.First = max(o.First, 1)
	return o
}

// Kind says what a file is, by its content.
type Kind string

// The kinds.
const (
	Picture  Kind = "picture" // photo or screenshot
	Video    Kind = "video"
	Audio    Kind = "audio"
	PDF      Kind = "pdf"
	Email    Kind = "email"
	WhatsApp Kind = "whatsapp" // a chat export, as ZIP or as its bare text
	Account  Kind = "account"  // conversations in what a platform hands out as 'your data'
	Text     Kind = "text"
	Other    Kind = "file" // anything else, kept and not looked into
)

// Result is what an import yielded. Artifacts[0] is the file itself.
type Result struct {
	Kind       Kind
	Artifacts  []evidence.Artifact
	Facts      []Fact
	Redactions []evidence.Redaction // what the file says and the facts leave out
	Problems   []evidence.Problem
	Within     []Within // what lies inside of the files and is not kept apart
	Next       int      // [Options.First] for the next file of the same exhibit
}

// Import stores a file through the sink, exactly as it is, and reads what it
// says of itself. An error means that nothing usable came: a *[SourceError],
// the context's error, or the sink's. What could not be read of a file that
// was stored is a problem, never an error.
func Import(ctx context.Context, src Source, sink evidence.Sink, o Options, p evidence.Progress) (*Result, error) {
	o = o.withDefaults()
	j := &job{ctx: ctx, sink: sink, o: o, p: p, name: ownName(src.Name), next: o.First,
		out: Result{Problems: []evidence.Problem{}, Redactions: []evidence.Redaction{}}}
	if src.Size > o.MaxSize {
		return nil, j.refuse(TooLarge, nil)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	f, err := src.Open()
	if err != nil {
		var se *SourceError
		if !errors.As(err, &se) {
			err = j.refuse(Unreadable, err)
		}
		return nil, err
	}
	err = j.run(f, src)
	if cerr := f.Close(); err == nil && cerr != nil {
		err = j.refuse(Unreadable, cerr)
	}
	if err != nil {
		return nil, err
	}
	j.out.Next = j.next
	return &j.out, nil
}

// ownName is the last element of a name, whichever system wrote it.
func ownName(name string) string {
	return name[strings.LastIndexAny(name, `/\`)+1:]
}

// job is one import under way.
type job struct {
	ctx    context.Context
	sink   evidence.Sink
	o      Options
	p      evidence.Progress
	name   string // the file's own
	in     *input
	size   int64 // bytes that were stored
	next   int   // number of the next artifact's name
	out    Result
	full   bool // no more facts fit
	packed ratio
	texts  int // bytes of the text of e-mails that are listed
}

func (j *job) refuse(r Reason, err error) error {
	e := &SourceError{Name: j.name, Reason: r, Err: err}
	if r == TooLarge {
		e.Limit = j.o.MaxSize
	}
	return e
}

func (j *job) run(f File, src Source) error {
	j.in = &input{ctx: j.ctx, f: f}
	before := stat(f)
	head, err := j.in.head(headSize)
	if err != nil {
		return j.readError(err)
	}
	what := identify(j.in, head, j.name)
	if j.in.err != nil {
		return j.readError(j.in.err)
	}
	j.out.Kind = what.kind

	j.p.Step(StepStore)
	whole := io.NewSectionReader(j.in, 0, math.MaxInt64)
	file, n, err := j.put(j.artifact(what), whole, j.o.MaxSize, 0, max(src.Size, 0))
	if err != nil {
		if errors.Is(err, errLimit) {
			return j.refuse(TooLarge, nil)
		}
		return err
	}
	j.size = n
	j.fileFacts(file, what, src)

	if what.media != mediaZIP { // unpacked first, if at all
		j.p.Step(StepFacts)
	}
	if err := j.contentFacts(file, what); err != nil {
		return err
	}
	if j.in.err != nil {
		return j.readError(j.in.err)
	}
	if err := j.ctx.Err(); err != nil {
		return err
	}
	if now := stat(f); before != nil && (now == nil || now.Size() != before.Size() || !now.ModTime().Equal(before.ModTime())) {
		j.problem(ProblemChanged, evidence.Said{})
	}
	return nil
}

// contentFacts reads what the stored file says of itself.
func (j *job) contentFacts(file evidence.Artifact, what content) error {
	switch {
	case what.exif != 0:
		j.pictureFacts(file, what)
		j.several(file, what)
		j.behind(file, what)
		return j.copied(file, what)
	case what.media == mediaGIF:
		j.gifSize(file)
		j.several(file, what)
	case what.media == mediaPDF:
		j.pdfVersion(file)
	case what.movie != nil:
		j.movieFacts(file, *what.movie)
		return j.copied(file, what)
	case what.media == mediaWebM || what.media == mediaMatroska:
		j.matroskaFacts(file)
	case what.media == mediaEML:
		return j.mail(file)
	case what.media == mediaZIP, what.media == mediaDOCX, what.media == mediaXLSX, what.media == mediaPPTX:
		return j.archive(file)
	case what.media == "application/gzip", what.media == "application/x-7z-compressed", what.media == "application/vnd.rar", what.media == mediaMSG:
		j.fact(file.Name, FromContent, FactUnopened, "yes")
	case what.kind == Text, what.media == "text/html":
		is, err := j.accountFile(file)
		if !is && err == nil && whatsapp.Given(j.name) {
			j.problem(ProblemChatUnread, evidence.Say("chat-unread", "{file}: no message was found in it", file.Name))
		}
		return err
	case what.kind == WhatsApp:
		return j.chat(file, j.name, func() (io.ReadCloser, error) {
			return io.NopCloser(io.NewSectionReader(j.in, 0, j.size)), nil
		}, nil)
	}
	return nil
}

// copied makes the copy that says nothing of itself, if it is asked for.
func (j *job) copied(file evidence.Artifact, what content) error {
	if !j.o.Copies {
		return nil
	}
	return j.copyWithout(file, what)
}

// fileFacts records what the file system says.
func (j *job) fileFacts(file evidence.Artifact, what content, src Source) {
	j.originalName(file.Name, j.name, FromFileSystem)
	if !src.ModTime.IsZero() {
		j.fact(file.Name, FromFileSystem, FactModified, src.ModTime.UTC().Format(time.RFC3339))
	}
	if src.Size >= 0 && src.Size != j.size {
		j.problem(ProblemSizeChanged, evidence.Say("announced", "announced {#n} bytes, read {#read}", src.Size, j.size))
	}
	if j.size == 0 {
		j.problem(ProblemEmpty, evidence.Said{})
	}
	if named := mismatch(j.name, what.media); named != "" {
		j.fact(file.Name, FromContent, FactNamedOtherwise, fmt.Sprintf("name ends in %s, content is %s", named, what.media))
	}
}

// artifact names the next original after its content.
func (j *job) artifact(what content) evidence.Artifact {
	a := evidence.Artifact{Name: fmt.Sprintf("import-%02d.%s", j.next, what.ext), Role: evidence.Original, MediaType: what.media}
	j.next++
	return a
}

// derived names a list of ours, made from the artifact parent.
func (j *job) derived(stem string, parent evidence.Artifact) evidence.Artifact {
	if j.o.First > 1 {
		stem = fmt.Sprintf("%s-%02d", stem, j.o.First)
	}
	return evidence.Artifact{Name: stem + ".json", Role: evidence.Derived, MediaType: "application/json",
		Parents: []evidence.Digest{parent.SHA256}}
}

// put stores what r yields. Its error is the context's, a *SourceError, a
// *entryError for what r itself found wrong, or the sink's.
func (j *job) put(meta evidence.Artifact, r io.Reader, limit, base, total int64) (evidence.Artifact, int64, error) {
	f := &flow{ctx: j.ctx, r: r, limit: limit, p: j.p, base: base, total: total}
	a, err := j.sink.Put(j.ctx, meta, f)
	switch {
	case err == nil:
		j.out.Artifacts = append(j.out.Artifacts, a)
		return a, f.n, nil
	case j.ctx.Err() != nil:
		return a, f.n, j.ctx.Err()
	case j.in.err != nil:
		return a, f.n, j.readError(j.in.err)
	case f.err != nil:
		return a, f.n, &entryError{f.err}
	}
	return a, f.n, err
}

// entryError is what is wrong with a part of the file, e.g. a damaged entry of a ZIP.
type entryError struct{ err error }

func (e *entryError) Error() string { return e.err.Error() }
func (e *entryError) Unwrap() error { return e.err }

// readError is the context's error or a refusal of a file that cannot be read.
func (j *job) readError(err error) error {
	if cerr := j.ctx.Err(); cerr != nil {
		return cerr
	}
	return j.refuse(Unreadable, withoutPath(err))
}

// stat returns nil where a file cannot say.
func stat(f File) fs.FileInfo {
	s, ok := f.(interface{ Stat() (fs.FileInfo, error) })
	if !ok {
		return nil
	}
	i, err := s.Stat()
	if err != nil {
		return nil
	}
	return i
}

// extension returns a name's ending in lower case, with its dot.
func extension(name string) string { return strings.ToLower(path.Ext(name)) }

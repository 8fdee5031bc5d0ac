package intake

import (
	"archive/zip"
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net/textproto"
	"path"
	"strings"

	"constat/evidence"
	"constat/evidence/intake/whatsapp"
)

// Within is a file that lies inside of one that was imported and is not kept apart: an attachment, an
// entry of a ZIP that is no chat export, or what lies inside of these.
type Within struct {
	Name   string // of the files on the way to it, with " > " between
	SHA256 evidence.Digest
}

const (
	maxWithinDepth = 4        // files inside of files
	maxWithin      = 20_000   // of one import
	maxHeld        = 64 << 20 // bytes of a ZIP or an e-mail inside of a file that are held to look into it
)

// measure hashes what lies inside of a file. A ZIP or an e-mail in there is looked into in its
// turn; one that is too large or too deep for that is a problem.
func (j *job) measure(name string, r io.Reader, depth int) (evidence.Digest, evidence.Digest512, int64, error) {
	hasher := evidence.NewHasher()
	in := bufio.NewReaderSize(r, headSize)
	head, _ := in.Peek(headSize) // what goes wrong comes again below
	nested := bytes.HasPrefix(head, []byte("PK\x03\x04")) || beginsAsMail(head)
	own := name
	if at := strings.LastIndex(own, " > "); at >= 0 {
		own = own[at+len(" > "):]
	}
	if own = path.Base(own); whatsapp.Named(own) && whatsapp.Holds(head) {
		j.problem(ProblemChatUnread, evidence.Say("chat-inside", "{file:+q}: a chat inside of another file, its messages are not listed", name))
	}
	var held bytes.Buffer
	to := io.Writer(hasher)
	if nested {
		to = io.MultiWriter(hasher, &bounded{&held, maxHeld})
	}
	_, err := io.Copy(to, in)
	sha256, sha512, size := hasher.Sums()
	if len(j.out.Within) < maxWithin {
		j.out.Within = append(j.out.Within, Within{name, sha256})
	} else if len(j.out.Within) == maxWithin {
		j.out.Within = append(j.out.Within, Within{name, sha256})
		j.problem(ProblemZIPLimit, evidence.Say("within-many", "more than {#n} files inside of files", maxWithin))
	}
	if depth > 0 && len(j.out.Artifacts) > 0 {
		j.fact(j.out.Artifacts[0].Name, FromContent, FactEntry, fmt.Sprintf("%s; %d; %s", name, size, sha256))
	}
	if nested && err == nil {
		if depth >= maxWithinDepth || size > int64(held.Len()) {
			j.problem(ProblemZIPLimit, evidence.Say("within-deep", "{file:+q}: not looked into, it is too large or lies too deep", name))
		} else {
			j.inside(name, held.Bytes(), depth)
		}
	}
	return sha256, sha512, size, err
}

// bounded takes what fits and passes over the rest.
type bounded struct {
	b    *bytes.Buffer
	most int
}

func (w *bounded) Write(p []byte) (int, error) {
	if w.b.Len()+len(p) <= w.most {
		w.b.Write(p)
	} else {
		w.most = 0
	}
	return len(p), nil
}

// inside looks into a ZIP or an e-mail that lies inside of a file.
func (j *job) inside(name string, b []byte, depth int) {
	if !bytes.HasPrefix(b, []byte("PK\x03\x04")) {
		w := mailWalk{j: j, file: name, list: &mailList{}, quiet: true, depth: depth + 1}
		r := bufio.NewReader(bytes.NewReader(b))
		_, header, _ := j.mailHeader("", r)
		_ = w.part("", header, r, 0) // what is wrong with it stays inside
		return
	}
	z, err := zip.NewReader(bytes.NewReader(b), int64(len(b)))
	if err != nil {
		j.problem(ProblemZIPEntry, evidence.Say("file-why", "{file:+q}: {why}", name, damage(err)))
		return
	}
	left := int64(maxHeld) * 4
	for _, f := range z.File {
		if f.Mode().IsRegular() {
			j.measureEntry(name+" > "+slashed(f.Name), f, depth+1, &left)
		}
	}
}

// entries hashes what a ZIP holds that is no chat export: nothing of it is kept, but it can be told
// whether one of its files is known. The list is among the facts.
func (j *job) entries(file evidence.Artifact, z *zip.Reader) error {
	left := j.o.MaxSize
	for i, f := range z.File {
		if j.ctx.Err() != nil || j.in.err != nil {
			return j.readError(j.in.err)
		}
		if i >= j.o.MaxEntries {
			j.problem(
				ProblemZIPLimit,
				evidence.Say("zip-entries", "{file}: {#n} entries beyond {#max}", file.Name, len(z.File)-i, j.o.MaxEntries),
			)
			return nil
		}
		if !f.Mode().IsRegular() {
			continue
		}
		if sum, n, ok := j.measureEntry(slashed(f.Name), f, 0, &left); ok {
			j.fact(file.Name, FromZIP, FactEntry, fmt.Sprintf("%s; %d; %s", slashed(f.Name), n, sum))
		}
	}
	return nil
}

func (j *job) measureEntry(name string, f *zip.File, depth int, left *int64) (evidence.Digest, int64, bool) {
	u := unpacking{j: j, left: *left}
	if u.refuse(f) {
		if u.tooMuch > 0 {
			j.problem(ProblemZIPLimit, evidence.Say("zip-bytes", "{file:+q}: {#n} entries beyond {#max} bytes", name, 1, j.o.MaxSize))
		}
		return evidence.Digest{}, 0, false
	}
	r, err := f.Open()
	if err != nil {
		j.problem(ProblemZIPEntry, evidence.Say("file-why", "{file:+q}: {why}", name, damage(err)))
		return evidence.Digest{}, 0, false
	}
	defer r.Close()
	sum, _, n, err := j.measure(name, io.LimitReader(r, int64(f.UncompressedSize64)+1), depth)
	*left -= n
	if err != nil {
		j.problem(ProblemZIPEntry, evidence.Say("file-why", "{file:+q}: {why}", name, damage(err)))
		return evidence.Digest{}, 0, false
	}
	return sum, n, true
}

// canonical is a header as the standard library looks fields up.
func canonical(fields []mailHeader, raw []string) textproto.MIMEHeader {
	h := textproto.MIMEHeader{}
	for i, f := range fields {
		key := textproto.CanonicalMIMEHeaderKey(f.Name)
		h[key] = append(h[key], raw[i])
	}
	return h
}

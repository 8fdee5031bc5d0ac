package verify

import (
	"bufio"
	"bytes"
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"constat/evidence"
	"constat/evidence/reader"
)

// Names of the format constat-bundle/1 and of BagIt.
const (
	formatName   = "constat-bundle/1"
	declaration  = "bagit.txt"
	infoName     = "bag-info.txt"
	list256Name  = "manifest-sha256.txt"
	list512Name  = "manifest-sha512.txt"
	tagListName  = "tagmanifest-sha256.txt"
	payloadDir   = "data/"
	evidenceName = "data/evidence-sha256.txt"
	logName      = "data/custody-log.jsonl"
	reportName   = "data/report.pdf"
	indexName    = "data/index.html"
	maxTagFile   = 64 << 20
	maxLine      = 8192
)

// hashAll reads every file to its end, once.
func (c *checker) hashAll() error {
	buf := make([]byte, 1<<18)
	for _, name := range slices.Sorted(maps.Keys(c.sizes)) {
		if err := c.ctx.Err(); err != nil {
			return err
		}
		h := newDigester()
		r, err := c.tree.open(name)
		if err == nil {
			// No more is read than was announced, so that a ZIP cannot go on for ever.
			_, err = io.CopyBuffer(struct{ io.Writer }{h}, withContext{c.ctx, io.LimitReader(r, c.sizes[name]+1)}, buf)
			r.Close()
		}
		if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
			return err
		}
		got, n := h.sums()
		switch {
		case err != nil:
			c.fail(checkReadable, "%s: %v", name, err)
			continue
		case n != c.sizes[name]:
			c.fail(checkReadable, "%s: %d bytes were announced, there are %d or more", name, c.sizes[name], n)
			continue
		}
		c.sums[name] = got
		c.rep.Files++
		c.rep.Bytes += n
	}
	c.passUnlessFailed(checkReadable, "%d files, %d bytes", c.rep.Files, c.rep.Bytes)
	return nil
}

// withContext ends a copy within one read after its context ends.
type withContext struct {
	ctx context.Context
	r   io.Reader
}

func (w withContext) Read(p []byte) (int, error) {
	if err := w.ctx.Err(); err != nil {
		return 0, err
	}
	return w.r.Read(p)
}

var errChanged = errors.New("changed while it was checked")

// load reads a whole file again, of at most max bytes, and makes sure that it
// is what was hashed. A file that is not there or was not readable is io.EOF.
func (c *checker) load(name string, max int64) ([]byte, error) {
	want, ok := c.sums[name]
	if !ok {
		return nil, fmt.Errorf("%s: missing or not readable", name)
	}
	if c.sizes[name] > max {
		return nil, fmt.Errorf("%s: %d bytes are too many", name, c.sizes[name])
	}
	r, err := c.tree.open(name)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	defer r.Close()
	b, err := io.ReadAll(io.LimitReader(r, max+1))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	if sumOf(b) != want.sha256 {
		return nil, fmt.Errorf("%s: %w", name, errChanged)
	}
	return b, nil
}

// declaration checks bagit.txt (RFC 8493 clause 2.1.1).
func (c *checker) declaration() {
	b, err := c.load(declaration, 1000)
	switch {
	case err != nil:
		c.fail(checkDeclaration, "%v", err)
	case string(b) != "BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n":
		c.fail(checkDeclaration, "%s is not that of BagIt 1.0 in UTF-8", declaration)
	default:
		c.pass(checkDeclaration, "BagIt 1.0")
	}
}

// parseInfo reads bag-info.txt: one "Name: value" a line, no folded lines, no
// name twice. RFC 8493 clause 2.2.2 allows more than this format uses.
func parseInfo(b []byte) (map[string]string, error) {
	info := map[string]string{}
	err := eachLine(b, func(line string) error {
		name, value, ok := strings.Cut(line, ": ")
		if !ok || name == "" || strings.ContainsAny(name, " \t") || value == "" {
			return errors.New("is not a name and a value")
		}
		if _, twice := info[name]; twice {
			return fmt.Errorf("has %.60q twice", name)
		}
		info[name] = value
		return nil
	})
	return info, err
}

// eachLine calls fn for every line; all of them end with a line feed.
func eachLine(b []byte, fn func(line string) error) error {
	if len(b) > 0 && b[len(b)-1] != '\n' {
		return errors.New("the last line does not end")
	}
	s := bufio.NewScanner(bytes.NewReader(b))
	s.Buffer(nil, maxLine)
	// bufio.ScanLines would drop a carriage return.
	s.Split(func(data []byte, atEOF bool) (int, []byte, error) {
		if i := bytes.IndexByte(data, '\n'); i >= 0 {
			return i + 1, data[:i], nil
		}
		return 0, nil, nil
	})
	for n := 1; s.Scan(); n++ {
		if err := fn(s.Text()); err != nil {
			return fmt.Errorf("line %d %w", n, err)
		}
	}
	return s.Err()
}

func (c *checker) bagInfo() {
	b, err := c.load(infoName, maxTagFile)
	if err == nil {
		c.info, err = parseInfo(b)
	}
	switch {
	case err != nil:
		c.fail(checkInfo, "%s: %v", infoName, err)
	case c.info["Constat-Format"] != formatName:
		c.fail(checkInfo, "format %.60q is not %s", c.info["Constat-Format"], formatName)
	case !strings.HasPrefix(c.info["Constat-Created"], c.info["Bagging-Date"]+"T"):
		c.fail(checkInfo, "Bagging-Date %.20q is not the day of Constat-Created %.40q", c.info["Bagging-Date"], c.info["Constat-Created"])
	default:
		c.pass(checkInfo, "%s", formatName)
		c.rep.Case = evidence.Shorten(c.info["External-Identifier"], 60)
		if at := c.info["Constat-Created"]; strings.HasSuffix(at, "Z") { // in UTC, as formats has it
			c.rep.Created, _ = time.Parse(time.RFC3339, at)
		}
	}
	c.rep.Practice = c.info["Constat-Practice"] == "true"
}

func (c *checker) oxum() {
	var size, n int64
	for name, s := range c.sizes {
		if strings.HasPrefix(name, payloadDir) {
			size, n = size+s, n+1
		}
	}
	if want, got := c.info["Payload-Oxum"], fmt.Sprintf("%d.%d", size, n); want != got {
		c.fail(checkOxum, "bag-info.txt says %.60q, data/ has %s", want, got)
	} else {
		c.pass(checkOxum, "%s", got)
	}
}

// parseList reads a list of digests of the given length in bytes, as sha256sum
// writes it: lower-case hexadecimal, two spaces, name. It is stricter than
// RFC 8493 clause 2.1.3.
func parseList(b []byte, length int) (map[string]string, error) {
	list := map[string]string{}
	err := eachLine(b, func(line string) error {
		if len(line) < 2*length+3 || line[2*length:2*length+2] != "  " {
			return errors.New("is not a digest and a name")
		}
		digest, name := line[:2*length], line[2*length+2:]
		if _, err := hex.DecodeString(digest); err != nil || digest != strings.ToLower(digest) {
			return errors.New("does not begin with a digest")
		}
		if err := checkName(name); err != nil {
			return err
		}
		if _, twice := list[name]; twice {
			return fmt.Errorf("names %.200q again", name)
		}
		list[name] = digest
		return nil
	})
	return list, err
}

// against compares a list with the files it has to cover, both ways.
// Names in the list are relative to dir.
func (c *checker) against(check, listName, dir string, length int, covers func(name string) bool) {
	b, err := c.load(listName, maxTagFile)
	if err != nil {
		c.fail(check, "%v", err)
		return
	}
	list, err := parseList(b, length)
	if err != nil {
		c.fail(check, "%s: %v", listName, err)
		return
	}
	for _, rel := range slices.Sorted(maps.Keys(list)) {
		name := dir + rel
		s, ok := c.sums[name]
		got := s.sha256.String()
		if length == len(s.sha512) {
			got = s.sha512.String()
		}
		switch {
		case !covers(name):
			c.fail(check, "%s: %s has no place in this list", listName, rel)
		case !ok:
			c.fail(check, "%s: missing or not readable", name)
		case got != list[rel]:
			c.fail(check, "%s: changed: %s, %s says %s", name, got, listName, list[rel])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.sizes)) {
		if _, ok := list[strings.TrimPrefix(name, dir)]; !ok && covers(name) {
			c.fail(check, "%s: not listed in %s", name, listName)
		}
	}
	c.passUnlessFailed(check, "%d files", len(list))
}

func (c *checker) payload() {
	inPayload := func(name string) bool { return strings.HasPrefix(name, payloadDir) }
	c.against(checkPayload256, list256Name, "", 32, inPayload)
	c.against(checkPayload512, list512Name, "", 64, inPayload)
}

func (c *checker) tagFiles() {
	c.against(checkTagFiles, tagListName, "", 32, func(name string) bool {
		return !strings.HasPrefix(name, payloadDir) && name != tagListName && !isOfWhole(name)
	})
	for _, name := range []string{declaration, infoName, list256Name, list512Name} {
		if _, ok := c.sizes[name]; !ok {
			c.fail(checkTagFiles, "%s: missing", name)
		}
	}
}

// isSealToken reports whether name belongs to the timestamps over the
// fingerprint: a reply, one that who made the bundle could not verify, a list or
// a reply of a renewal, a revocation record.
func isSealToken(name string) bool {
	base, ok := strings.CutPrefix(name, payloadDir)
	return ok && (besideSeal.token.MatchString(base) || besideSeal.list.MatchString(base) || besideSeal.revocation.MatchString(base))
}

// isOfWhole reports whether name belongs to the timestamps over the tag manifest,
// which names every list, so over all that is in the bundle: a reply, a list or a
// reply of a renewal, a revocation record, an evidence record, the list's container, an OpenTimestamps proof. A bundle that is finished may get more
// of them: no list names them but those of later renewals.
func isOfWhole(name string) bool {
	return besideWhole.token.MatchString(name) || besideWhole.list.MatchString(name) || besideWhole.revocation.MatchString(name) ||
		ofRecord.MatchString(name) || name == containerName || name == proofName
}

// isMaterial reports whether name is one of the certificates that the bundle
// encloses, or the page about them. They are never read: roots come from whoever
// checks.
func isMaterial(name string) bool { return ofMaterial.MatchString(name) }

var ofMaterial = regexp.MustCompile(`^material/(?:READ-ME\.txt|[0-9a-f]{16}\.pem)$`)

// material says what is there and was not used.
func (c *checker) material() {
	n := 0
	for name := range c.sizes {
		if isMaterial(name) && strings.HasSuffix(name, ".pem") {
			n++
		}
	}
	if n > 0 {
		c.skip(checkMaterial, "%d certificates are enclosed; none is trusted for that, and none was used", n)
	}
}

func (c *checker) evidenceList() {
	c.against(checkEvidence, evidenceName, payloadDir, 32, func(name string) bool {
		return strings.HasPrefix(name, payloadDir) && name != reportName && name != indexName && name != evidenceName && !isSealToken(name)
	})
	s, ok := c.sums[evidenceName]
	if !ok {
		c.fail(checkFingerprint, "%s: missing or not readable", evidenceName)
		return
	}
	c.rep.Fingerprint = evidence.Digest(s.sha256)
	if want := c.info["Constat-Fingerprint"]; want != s.sha256.String() {
		c.fail(checkFingerprint, "bag-info.txt says %.80q, the list has %s", want, s.sha256)
		return
	}
	c.pass(checkFingerprint, "%s", s.sha256)
}

// surplus names files that have no place in the format.
func (c *checker) surplus() {
	known := map[string]bool{
		declaration: true, infoName: true, list256Name: true, list512Name: true, tagListName: true, "READ-ME-FIRST.html": true,
		"verify/verify.sh": true, "verify/verify.ps1": true, "verify/commands.txt": true,
		evidenceName: true, logName: true, reportName: true, indexName: true, headName: true, signatureName: true, keyName: true,
	}
	for _, e := range c.exhibits {
		for name := range e.files {
			known[name] = true
		}
	}
	for _, name := range slices.Sorted(maps.Keys(c.sizes)) {
		if !known[name] && !isSealToken(name) && !isOfWhole(name) && !isMaterial(name) {
			c.fail(checkFiles, "%s: has no place in a bundle", name)
		}
	}
	c.passUnlessFailed(checkFiles, "no surplus file")
}

func (c *checker) practice() {
	for _, e := range c.exhibits {
		if marked := e.manifest.Practice; marked != c.rep.Practice {
			c.fail(checkPractice, "%s and bag-info.txt do not agree on practice", e.id)
			c.rep.Practice = true
		}
	}
	if v, ok := c.info["Constat-Practice"]; ok && v != "true" {
		c.fail(checkPractice, "bag-info.txt says %.60q", v)
	}
	switch {
	case c.rep.Practice && !c.o.Practice:
		c.fail(checkPractice, "%s", reader.PracticeMark)
	case c.rep.Practice:
		c.passUnlessFailed(checkPractice, "%s, as asked for", reader.PracticeMark)
	default:
		c.passUnlessFailed(checkPractice, "no practice mark")
	}
}

package wacz

import (
	"archive/zip"
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"hash"
	"io"
	"sort"
	"time"
)

// version is the version of WACZ that is written.
const version = "1.1.1"

// signing is the version of the rules for signing one.
const signing = "0.1.0"

// maxExchanges bounds one package, and with it the memory that its index takes.
const maxExchanges = 20_000

// maxIndex is how long the index may become, in bytes; it is kept in memory until the end.
const maxIndex = 32 << 20

// ErrFull reports a package that takes no more exchanges. It can still be closed.
var ErrFull = errors.New("wacz: too many exchanges")

// archiveName is the one WARC file of a package.
const archiveName = "data.warc.gz"

// Options are what a [Writer] is made of.
type Options struct {
	Software string    // name and version of what writes
	Created  time.Time // of the package
	Random   io.Reader // for record ids, e.g. crypto/rand.Reader
	// Sign signs the hash of the list of files, as the WACZ rules for anonymous signatures have it
	// (ECDSA, P-384, SHA-256, over the text "sha256:…"; the public key as SubjectPublicKeyInfo);
	// nil, or no signature: the package is not signed.
	Sign func(hash string) (signature, publicKey []byte, err error)
}

// Page is the page that a player opens first.
type Page struct {
	URL   string // of an exchange that was added
	Title string
	Date  time.Time
}

// Writer writes one package. It is not safe for concurrent use. After an error
// other than [ErrFull] the package is broken and the writer is of no more use.
type Writer struct {
	options        Options
	zip            *zip.Writer
	entries        []entry
	hash           hash.Hash
	archive        *counter
	packed, stored *gzip.Writer
	lines          []string
	indexed        int // bytes of lines
}

// entry is one file of the package, as datapackage.json lists it.
type entry struct {
	Name  string `json:"name"`
	Path  string `json:"path"`
	Hash  string `json:"hash"`
	Bytes int64  `json:"bytes"`
}

// NewWriter begins a package on w.
func NewWriter(w io.Writer, o Options) (*Writer, error) {
	p := &Writer{
		options: o, zip: zip.NewWriter(w), hash: sha256.New(),
		packed: gzipAt(gzip.BestSpeed), stored: gzipAt(gzip.NoCompression),
	}
	e, err := p.create("archive/" + archiveName)
	if err != nil {
		return nil, err
	}
	p.archive = &counter{to: io.MultiWriter(e, p.hash)}
	var info bytes.Buffer
	writeHeaders(&info, []Header{
		{"software", o.Software},
		{"format", "WARC File Format 1.1"},
		{"conformsTo", "http://iipc.github.io/warc-specifications/specifications/warc-format/warc-1.1/"},
		{"description", "bodies are without their content coding, as the browser hands them over"},
	})
	_, err = p.record("warcinfo", []field{
		{"WARC-Date", warcDate(o.Created)}, {"WARC-Filename", archiveName}, {"Content-Type", "application/warc-fields"},
	}, info.Bytes(), nil)
	return p, err
}

// create begins an entry. It is stored: what is in it is compressed already or
// must be readable in ranges.
func (w *Writer) create(name string) (io.Writer, error) {
	return w.zip.CreateHeader(&zip.FileHeader{Name: name, Method: zip.Store, Modified: w.options.Created.UTC()})
}

// newID is a random UUID (RFC 9562, version 4) as WARC writes it.
func (w *Writer) newID() (string, error) {
	var u [16]byte
	if _, err := io.ReadFull(w.options.Random, u[:]); err != nil {
		return "", fmt.Errorf("wacz: record id: %w", err)
	}
	u[6], u[8] = u[6]&0x0f|0x40, u[8]&0x3f|0x80
	return fmt.Sprintf("<urn:uuid:%x-%x-%x-%x-%x>", u[:4], u[4:6], u[6:8], u[8:10], u[10:]), nil
}

// Exchanges is how many were added.
func (w *Writer) Exchanges() int { return len(w.lines) }

// Close writes what belongs behind the archive and ends the package. It does
// not close the stream.
func (w *Writer) Close(page Page) error {
	w.entries = append(w.entries, entry{archiveName, "archive/" + archiveName, digestText(w.hash.Sum(nil)), w.archive.n})
	sort.Strings(w.lines)
	var index bytes.Buffer
	for _, line := range w.lines {
		index.WriteString(line)
		index.WriteByte('\n')
	}
	pages, err := w.pages(page)
	if err != nil {
		return err
	}
	if err := errors.Join(w.file("index.cdx", "indexes/index.cdx", index.Bytes()),
		w.file("pages.jsonl", "pages/pages.jsonl", pages)); err != nil {
		return err
	}
	datapackage, err := encode(map[string]any{
		"profile": "data-package", "wacz_version": version, "software": w.options.Software,
		"created": warcDate(w.options.Created), "title": page.Title,
		"mainPageUrl": page.URL, "mainPageDate": warcDate(page.Date), "resources": w.entries,
	}, "  ")
	if err != nil {
		return err
	}
	sum := sha256.Sum256(datapackage)
	list := map[string]any{"path": "datapackage.json", "hash": digestText(sum[:])}
	if err := w.sign(list, digestText(sum[:])); err != nil {
		return err
	}
	digest, err := encode(list, "  ")
	if err != nil {
		return err
	}
	return errors.Join(w.file("", "datapackage.json", datapackage),
		w.file("", "datapackage-digest.json", digest), w.zip.Close())
}

// sign adds what the rules call signedData, in the form without a domain.
func (w *Writer) sign(list map[string]any, hash string) error {
	if w.options.Sign == nil {
		return nil
	}
	signature, key, err := w.options.Sign(hash)
	if err != nil || len(signature) == 0 {
		return err
	}
	list["signedData"] = map[string]string{
		"hash": hash, "created": warcDate(w.options.Created), "software": w.options.Software, "version": signing,
		"signature": base64.StdEncoding.EncodeToString(signature), "publicKey": base64.StdEncoding.EncodeToString(key),
	}
	return nil
}

// file writes a whole entry; one with a name is listed in datapackage.json.
func (w *Writer) file(name, path string, b []byte) error {
	e, err := w.create(path)
	if err != nil {
		return err
	}
	if name != "" {
		sum := sha256.Sum256(b)
		w.entries = append(w.entries, entry{name, path, digestText(sum[:]), int64(len(b))})
	}
	_, err = e.Write(b)
	return err
}

func (w *Writer) pages(page Page) ([]byte, error) {
	head, err := encode(map[string]string{"format": "json-pages-1.0", "id": "pages", "title": "Pages"}, "")
	if err != nil {
		return nil, err
	}
	line, err := encode(map[string]string{
		"id": "page", "url": page.URL, "title": page.Title, "ts": warcDate(page.Date),
	}, "")
	return append(head, line...), err
}

// encode writes JSON with one line feed at its end.
func encode(v any, indent string) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", indent)
	err := enc.Encode(v)
	return b.Bytes(), err
}

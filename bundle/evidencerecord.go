package bundle

import (
	"context"
	"crypto"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strconv"
	"strings"

	"constat/bundle/record"
	"constat/evidence/tsa"
	"constat/evidence/tsa/renewal"
)

// ErrRecord: there is no evidence record that this program wrote.
var ErrRecord = record.ErrRecord

// RecordName is the file of an evidence record; the first has number 1, and each
// further one is the one before it, renewed.
func RecordName(n int) string { return fmt.Sprintf("evidence-record-%d.ers", n) }

func recordNumber(name string) int {
	m := ofRecord.FindStringSubmatch(name)
	if m == nil {
		return 0
	}
	n, _ := strconv.Atoi(m[1])
	return n
}

// record has all files timestamped once more by another hash than that of their
// lists, as an evidence record (RFC 4998). It is one more question, and a digest
// is all that leaves. The first good answer makes it; without one there is none.
func (w *writer) record(ctx context.Context, sealed []entry) error {
	if w.in.StampOver == nil || !slices.ContainsFunc(w.whole, Stamp.Kept) {
		return nil // whoever did not answer a moment ago is not waited for again
	}
	var sums [][]byte
	for _, f := range sealed {
		sums = append(sums, f.sha512[:])
	}
	tree, err := record.NewTree(crypto.SHA512, sums)
	if err != nil {
		return err
	}
	for _, s := range w.in.StampOver(ctx, tsa.Imprint{Hash: tree.Hash, Sum: tree.Root()}) {
		if !s.Kept() {
			continue
		}
		token, err := tsa.Token(s.Reply)
		if err != nil {
			continue
		}
		der, err := record.New(tree, token)
		if err != nil {
			continue
		}
		s.FileName = RecordName(1)
		w.recorded = &s
		return w.putBytes(ctx, s.FileName, der)
	}
	return ctx.Err()
}

// Renewed is what the next evidence record of a bundle has to be timestamped for.
type Renewed struct {
	Imprint tsa.Imprint
	Name    string
	finish  func(token []byte) ([]byte, error)
}

// File is the record with a token over the imprint.
func (r Renewed) File(token []byte) (renewal.File, error) {
	der, err := r.finish(token)
	return renewal.File{Name: r.Name, Data: der}, err
}

// RenewRecord prepares the renewal of a record, which is the last one that holds: by a
// timestamp over its last one, or, by another hash than that, over all files once more.
// The next one gets the first free number behind it, so what lies there and does not
// hold stays where it is. A record of another program's making is not renewed.
func (w *Whole) RenewRecord(ctx context.Context, name string, h crypto.Hash) (Renewed, error) {
	at := slices.IndexFunc(w.Records, func(f renewal.File) bool { return f.Name == name })
	if at < 0 {
		return Renewed{}, fmt.Errorf("%w: there is none", record.ErrRecord)
	}
	last := w.Records[at]
	n := recordNumber(last.Name) + 1
	for w.taken[strings.ToLower(RecordName(n))] {
		n++
	}
	next := Renewed{Name: RecordName(n)}
	had, digest, err := record.Again(last.Data)
	if err != nil {
		return Renewed{}, err
	}
	if h == 0 || h == had {
		next.Imprint = tsa.Imprint{Hash: had, Sum: digest}
		next.finish = func(token []byte) ([]byte, error) { return record.Renew(last.Data, token) }
		return next, nil
	}
	sums, err := w.digests(ctx, h)
	if err != nil {
		return Renewed{}, err
	}
	tree, err := record.Rehash(last.Data, h, sums)
	if err != nil {
		return Renewed{}, err
	}
	next.Imprint = tsa.Imprint{Hash: tree.Hash, Sum: tree.Root()}
	next.finish = func(token []byte) ([]byte, error) { return record.Extend(last.Data, tree, token) }
	return next, nil
}

// digests are those of every file that a list names, and of the tag manifest.
// What else lies in the folder is no part of the bundle.
func (w *Whole) digests(ctx context.Context, h crypto.Hash) ([][]byte, error) {
	if !slices.Contains(record.Hashes(), h) {
		return nil, fmt.Errorf("%w: hash %v", ErrInput, h)
	}
	root, err := os.OpenRoot(w.dir)
	if err != nil {
		return nil, err
	}
	defer root.Close()
	of := func(name string) (sum []byte, err error) {
		f, err := root.Open(name)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		d := h.New()
		_, err = io.Copy(d, f)
		return d.Sum(nil), err
	}
	names := []string{tagList}
	for _, list := range []string{"manifest-sha256.txt", tagList} {
		b, err := fs.ReadFile(root.FS(), list)
		if err != nil {
			return nil, err
		}
		for line := range strings.Lines(string(b)) {
			_, name, ok := strings.Cut(strings.TrimSuffix(line, "\n"), "  ")
			if !ok {
				return nil, fmt.Errorf("%w: %s is no list", ErrInput, list)
			}
			names = append(names, name)
		}
	}
	var out [][]byte
	for _, name := range names {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		sum, err := of(name)
		if err != nil {
			return nil, err
		}
		out = append(out, sum)
	}
	return out, nil
}

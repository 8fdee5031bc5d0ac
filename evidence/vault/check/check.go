package check

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"

	"filippo.io/age"

	"constat/evidence"
	"constat/evidence/reader"
)

// Names of the checks; see the package's description.
const (
	VaultJSON  = "vault-json"
	KeyFiles   = "key-files"
	LogFiles   = "log-files"
	LogChain   = "log-chain"
	Manifests  = "manifests"
	Artifacts  = "artifacts"
	Replies    = "replies"
	Recipients = "recipients"
	Index      = "index"
	Origin     = "origin"
	Heads      = "heads"
	Unrecorded = "unrecorded"
)

// Head is how far a log is known to have gone.
type Head struct {
	Seq      uint64
	SHA256   [32]byte
	Time     string // of the entry
	Exhibits int    // the highest number of an exhibit
}

// Known is what is known of a vault outside of its folder.
type Known struct {
	Heads map[string]Head // by case; nil if nothing is known
	Since string          // since when
	From  string          // who knows it, in English
}

// maxVaultJSON is far above what a version can hold, in bytes.
const maxVaultJSON = 64 << 10

// run is one examination.
type run struct {
	dir      string
	identity age.Identity
	progress evidence.Progress
	done     int64 // files
	total    int64 // files
	checks   []evidence.Check
	further  *stateFile // nil if it is not known
	known    Known
	version  int  // of the vault
	proven   bool // of the file that was decrypted last: its header proves where it comes from
}

// Run examines the vault in dir. recipient is the public key that belongs to
// identity. Progress hears [evidence.StepCheck], in files.
func Run(
	ctx context.Context,
	dir string,
	identity age.Identity,
	recipient string,
	known Known,
	p evidence.Progress,
) ([]evidence.Check, error) {
	r := &run{dir: dir, identity: identity, progress: p, known: known, version: 1}
	p.Step(evidence.StepCheck)
	if err := r.vaultJSON(recipient); err != nil {
		return nil, err
	}
	if err := r.keyFiles(); err != nil {
		return nil, err
	}
	if err := r.state(ctx); err != nil {
		return nil, err
	}
	before := r.failed(Recipients)
	ids, err := r.names("cases")
	if bad, ok := errors.AsType[*errFile](err); ok {
		r.add(LogFiles, evidence.Failed, "cases: it %s", bad.reason)
	} else if err != nil {
		return nil, err
	}
	ids = slices.DeleteFunc(ids, func(id string) bool { return !reader.IsCase(id) })
	if err := r.count(ids); err != nil {
		return nil, err
	}
	for _, id := range ids {
		if err := r.oneCase(ctx, id); err != nil {
			return nil, err
		}
	}
	r.missingCases(ids)
	if r.further != nil && r.failed(Recipients) == before {
		r.add(Recipients, evidence.Passed, "%d beside the owner", len(r.further.Recipients))
	}
	p.Amount(r.total, r.total)
	return r.checks, nil
}

func (r *run) add(name string, state evidence.CheckState, format string, args ...any) {
	r.checks = append(r.checks, evidence.Check{Name: name, State: state, Detail: fmt.Sprintf(format, args...)})
}

// tally passes a check for a whole case if nothing of it failed.
func (r *run) tally(name, id string, failedBefore, n int) {
	if r.failed(name) == failedBefore {
		r.add(name, evidence.Passed, "%s: %d", id, n)
	}
}

func (r *run) failed(name string) int {
	n := 0
	for _, c := range r.checks {
		if c.Name == name && c.State == evidence.Failed {
			n++
		}
	}
	return n
}

// count sets the total that progress hears.
func (r *run) count(ids []string) error {
	for _, id := range ids {
		for _, sub := range []string{"log", "objects"} {
			list, err := r.names("cases", id, sub)
			if _, planted := errors.AsType[*errFile](err); err != nil && !planted {
				return err
			}
			r.total += int64(len(list))
		}
	}
	r.progress.Amount(0, r.total)
	return nil
}

func (r *run) advance() {
	r.done++
	r.progress.Amount(min(r.done, r.total), r.total)
}

func (r *run) vaultJSON(recipient string) error {
	f, err := r.open("vault.json")
	if errors.Is(err, fs.ErrNotExist) {
		r.add(VaultJSON, evidence.Failed, "vault.json is missing")
		return nil
	}
	if bad, ok := errors.AsType[*errFile](err); ok {
		r.add(VaultJSON, evidence.Failed, "vault.json %s", bad.reason)
		return nil
	}
	if err != nil {
		return err
	}
	b, err := io.ReadAll(io.LimitReader(f, maxVaultJSON+1))
	if err = errors.Join(err, f.Close()); err != nil {
		return err
	}
	var h struct {
		Format, Recipient string
		Version           int
	}
	switch err := json.Unmarshal(b, &h); {
	case err != nil || len(b) > maxVaultJSON:
		r.add(VaultJSON, evidence.Failed, "vault.json cannot be read: %v", err)
	case (h.Format != "constat-vault/1" || h.Version != 1) && (h.Format != "constat-vault/2" || h.Version != 2):
		r.add(VaultJSON, evidence.Failed, "format %.40q, version %d", h.Format, h.Version)
	case h.Recipient != recipient:
		r.add(VaultJSON, evidence.Failed, "recipient is not that of the key in use")
	default:
		r.version = h.Version
		r.add(VaultJSON, evidence.Passed, "%s", h.Format)
	}
	return nil
}

func (r *run) keyFiles() error {
	for _, name := range []string{"identity.age", "recovery.age"} {
		f, err := r.open(name)
		if errors.Is(err, fs.ErrNotExist) {
			r.add(KeyFiles, evidence.Failed, "%s is missing", name)
			continue
		}
		if bad, ok := errors.AsType[*errFile](err); ok {
			r.add(KeyFiles, evidence.Failed, "%s %s", name, bad.reason)
			continue
		}
		if err != nil {
			return err
		}
		// The header alone can be looked at without the passphrase.
		head, err := age.ExtractHeader(io.LimitReader(f, 64<<10))
		if err := f.Close(); err != nil {
			return err
		}
		const start = "age-encryption.org/v1\n-> scrypt "
		if err != nil || !strings.HasPrefix(string(head), start) || bytes.Count(head, []byte("\n-> ")) != 1 {
			r.add(KeyFiles, evidence.Failed, "%s is not an age file under a passphrase", name)
			continue
		}
		r.add(KeyFiles, evidence.Passed, "%s is an age file under a passphrase", name)
		r.add(KeyFiles, evidence.NotDone, "%s: the key in it: takes its passphrase", name)
	}
	return nil
}

// errFile is a fault in a file's bytes, as opposed to one of the disk.
type errFile struct{ reason string }

func (e *errFile) Error() string { return e.reason }

// decrypt writes the plaintext of a file to w. A fault in the file is *errFile.
func (r *run) decrypt(ctx context.Context, w io.Writer, elem ...string) (err error) {
	defer r.advance()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	f, err := r.open(elem...)
	if errors.Is(err, fs.ErrNotExist) {
		return &errFile{"is missing"}
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	disk := &diskErr{ctx: ctx, r: f}
	var header headerCopy
	witness := &witness{run: r, elem: elem}
	r.proven = false
	plain, err := age.Decrypt(io.TeeReader(disk, &header), witness)
	if err == nil {
		_, err = io.Copy(w, plain)
	}
	switch {
	case disk.err != nil:
		return disk.err
	case errors.Is(err, errTooLong):
		return &errFile{err.Error()}
	case err != nil:
		return &errFile{"does not decrypt: " + err.Error()}
	}
	if len(elem) == 4 { // cases/<id>/log or objects/<name>
		r.countRecipients(header.b, strings.Join(elem[1:], "/"))
	}
	return nil
}

// diskErr tells the disk's errors, and the context's end, from those of age.
type diskErr struct {
	ctx context.Context
	r   io.Reader
	err error
}

func (d *diskErr) Read(p []byte) (int, error) {
	if d.ctx.Err() != nil {
		d.err = context.Cause(d.ctx)
		return 0, d.err
	}
	n, err := d.r.Read(p)
	if err != nil && err != io.EOF {
		d.err = err
	}
	return n, err
}

// headerCopy keeps the beginning of an age file.
type headerCopy struct {
	b     []byte
	ended bool
}

// maxAgeHeader is what an age header may have, in bytes.
const maxAgeHeader = 2 << 20

func (h *headerCopy) Write(p []byte) (int, error) {
	if !h.ended && len(h.b) < maxAgeHeader {
		h.b = append(h.b, p...)
		if i := bytes.Index(h.b, []byte("\n--- ")); i >= 0 {
			h.b, h.ended = h.b[:i], true
		}
	}
	return len(p), nil
}

var errTooLong = errors.New("is longer than it can be")

// bounded is a buffer that refuses to grow beyond its limit.
type bounded struct {
	bytes.Buffer
	limit int
}

func (b *bounded) Write(p []byte) (int, error) {
	if b.Len()+len(p) > b.limit {
		return 0, errTooLong
	}
	return b.Buffer.Write(p)
}

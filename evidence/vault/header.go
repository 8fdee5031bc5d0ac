package vault

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path/filepath"
	"strconv"
	"strings"

	"filippo.io/age"

	"constat/evidence/vault/disk"
)

const (
	headerName   = "vault.json"
	formatFamily = "constat-vault/"
	version      = 2
	maxHeader    = 64 << 10 // bytes; a recipient takes 1,959
)

// header is vault.json: the only file that is not encrypted.
type header struct {
	Format    string `json:"format"`
	Version   int    `json:"version"`
	Recipient string `json:"recipient"`
}

func newHeader(recipient string) header {
	return header{Format: formatFamily + strconv.Itoa(version), Version: version, Recipient: recipient}
}

func (h header) encode() ([]byte, error) {
	b, err := json.MarshalIndent(h, "", "  ")
	return append(b, '\n'), err
}

// parseHeader reads vault.json. Its errors are *[NotVaultError], without the
// folder, and *[NewerVersionError].
func parseHeader(b []byte) (header, *age.HybridRecipient, error) {
	no := func(reason string, err error) (header, *age.HybridRecipient, error) {
		return header{}, nil, &NotVaultError{Reason: headerName + ": " + reason, Err: err}
	}
	if len(b) > maxHeader {
		return no(fmt.Sprintf("more than %d bytes", maxHeader), nil)
	}
	var h header
	dec := json.NewDecoder(bytes.NewReader(b))
	if err := dec.Decode(&h); err != nil {
		return no("not JSON of a vault", err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return no("data after its end", nil)
	}
	number, ok := strings.CutPrefix(h.Format, formatFamily)
	n, err := strconv.Atoi(number)
	if !ok || err != nil || n < 1 || h.Version < 1 {
		return no(fmt.Sprintf("format %.40q, version %d", h.Format, h.Version), nil)
	}
	if newest := max(n, h.Version); newest > version {
		return header{}, nil, &NewerVersionError{Version: newest}
	}
	to, err := age.ParseHybridRecipient(h.Recipient)
	if err != nil {
		return no("its recipient is damaged", err)
	}
	return h, to, nil
}

// readHeader reads the vault.json of a folder.
func readHeader(f disk.FS, dir string) (header, *age.HybridRecipient, error) {
	b, err := readPlain(f, filepath.Join(dir, headerName), maxHeader)
	if errors.Is(err, fs.ErrNotExist) {
		return header{}, nil, &NotVaultError{Dir: dir, Reason: headerName + " is missing", Err: err}
	}
	if err != nil {
		return header{}, nil, err
	}
	h, to, err := parseHeader(b)
	if no, ok := errors.AsType[*NotVaultError](err); ok {
		no.Dir = dir
	}
	return h, to, err
}

// readPlain reads at most one byte more than limit.
func readPlain(f disk.FS, name string, limit int64) (b []byte, err error) {
	r, err := f.Open(name)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	return io.ReadAll(io.LimitReader(r, limit+1))
}

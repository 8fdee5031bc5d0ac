package vault

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"time"

	"constat/evidence"
)

// recordFormat is the format of the second line of a log file.
const recordFormat = "constat-record/1"

const (
	maxRecord  = 8 << 20 // bytes of the second line
	padding    = 1024    // a log file's plaintext is a multiple of this, in bytes
	maxLogFile = evidence.MaxCustodyLine + maxRecord + 2*padding
)

// record is what the vault itself must know about an entry. It is not exported.
type record struct {
	Format      string               `json:"format"`
	Manifest    string               `json:"manifest,omitempty"` // object name; makes the entry an exhibit's
	Objects     map[string]string    `json:"objects,omitempty"`  // artifact name -> object name
	Authorities []evidence.Authority `json:"authorities,omitempty"`
	Reply       *replyRecord         `json:"reply,omitempty"`
	File        *fileRecord          `json:"file,omitempty"`
	List        string               `json:"list,omitempty"` // object name of a list of addresses
}

// fileRecord is what the record of an entry adds that keeps a file beside an exhibit.
type fileRecord struct {
	Object string `json:"object"`
	Name   string `json:"name"` // as in the bundle
	// Authority is whose reply the file is, with the roots that were pinned when
	// it was asked: a renewal may ask others than the exhibit did.
	Authority *evidence.Authority `json:"authority,omitempty"`
}

// replyRecord is what the record of a "stamped" entry adds.
type replyRecord struct {
	Object    string             `json:"object"`
	Authority evidence.Authority `json:"authority"`
	Nonce     []byte             `json:"nonce"`    // base 64
	Sent      time.Time          `json:"sent"`     // UTC
	Received  time.Time          `json:"received"` // UTC
}

var (
	objectName = regexp.MustCompile(`^[0-9a-f]{32}$`)
	errRecord  = errors.New("not a record of this vault")
)

// objects lists all objects that the record names.
func (r record) objects() []string {
	var names []string
	if r.Manifest != "" {
		names = append(names, r.Manifest)
	}
	for _, name := range r.Objects {
		names = append(names, name)
	}
	if r.Reply != nil {
		names = append(names, r.Reply.Object)
	}
	if r.File != nil {
		names = append(names, r.File.Object)
	}
	if r.List != "" {
		names = append(names, r.List)
	}
	return names
}

func (r record) check() error {
	if r.Format != recordFormat {
		return fmt.Errorf("%w: format %.40q", errRecord, r.Format)
	}
	seen := map[string]bool{}
	for _, name := range r.objects() {
		// The names become paths, so nothing else may pass.
		if !objectName.MatchString(name) || seen[name] {
			return fmt.Errorf("%w: object name %.40q", errRecord, name)
		}
		seen[name] = true
	}
	if r.File != nil && evidence.CheckArtifactName(r.File.Name) != nil {
		return fmt.Errorf("%w: file name %.40q", errRecord, r.File.Name)
	}
	if r.Manifest == "" && len(r.Objects) > 0 {
		return fmt.Errorf("%w: artifacts without a manifest", errRecord)
	}
	return nil
}

// encodeLogFile returns the plaintext of a log file: the custody line, the
// record, and a line of spaces that pads the whole to a multiple of 1,024 bytes.
func encodeLogFile(line []byte, r record) ([]byte, error) {
	r.Format = recordFormat
	if err := r.check(); err != nil {
		return nil, err
	}
	second, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	if len(second) > maxRecord {
		return nil, fmt.Errorf("record of %d bytes", len(second))
	}
	b := make([]byte, 0, len(line)+len(second)+2*padding)
	b = append(append(append(append(b, line...), '\n'), second...), '\n')
	spaces := padding - 1 - len(b)%padding
	b = append(b, bytes.Repeat([]byte{' '}, spaces)...)
	return append(b, '\n'), nil
}

// decodeLogFile splits the plaintext of a log file. The line is not checked here.
func decodeLogFile(b []byte) (line []byte, r record, err error) {
	line, rest, ok := bytes.Cut(b, []byte{'\n'})
	second, pad, ok2 := bytes.Cut(rest, []byte{'\n'})
	if !ok || !ok2 || len(second) > maxRecord {
		return nil, record{}, fmt.Errorf("%w: not three lines", errRecord)
	}
	if pad, ok = bytes.CutSuffix(pad, []byte{'\n'}); !ok || len(bytes.Trim(pad, " ")) > 0 {
		return nil, record{}, fmt.Errorf("%w: its third line is not of spaces", errRecord)
	}
	dec := json.NewDecoder(bytes.NewReader(second))
	if err := dec.Decode(&r); err != nil {
		return nil, record{}, fmt.Errorf("%w: %w", errRecord, err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return nil, record{}, fmt.Errorf("%w: data after its end", errRecord)
	}
	if err := r.check(); err != nil {
		return nil, record{}, err
	}
	return line, r, nil
}

// objectNameBytes makes names of 32 hex characters.
const objectNameBytes = 16

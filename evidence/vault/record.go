package vault

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"time"

	"constat/evidence"
	"constat/evidence/vault/origin"
)

// recordFormat is the format of the second line of a log file.
const recordFormat = "constat-record/1"

const (
	maxRecord  = 8 << 20 // bytes of the second line
	maxLogFile = evidence.MaxCustodyLine + maxRecord + 2*origin.Padding
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
// record, and a line of the code that prove makes and spaces that pad the whole to
// a multiple of 1,024 bytes. Without prove there is no code, as in version 1.
func encodeLogFile(line []byte, r record, prove func(line, second, filling []byte) []byte) ([]byte, error) {
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
	b := make([]byte, 0, len(line)+len(second)+3*origin.Padding)
	b = append(append(append(append(b, line...), '\n'), second...), '\n')
	before := len(b)
	if prove != nil {
		before += origin.CodeLength
	}
	filling := bytes.Repeat([]byte{' '}, origin.Padding-1-before%origin.Padding)
	if prove != nil {
		b = hex.AppendEncode(b, prove(line, second, filling))
	}
	return append(append(b, filling...), '\n'), nil
}

// logText is the plaintext of a log file, taken apart. The code is nil in a file of version 1.
type logText struct{ line, second, code, filling []byte }

// decodeLogFile splits the plaintext of a log file. Line and code are not checked here.
func decodeLogFile(b []byte) (t logText, r record, err error) {
	bad := func(what string) (logText, record, error) {
		return logText{}, record{}, fmt.Errorf("%w: %s", errRecord, what)
	}
	line, rest, ok := bytes.Cut(b, []byte{'\n'})
	second, pad, ok2 := bytes.Cut(rest, []byte{'\n'})
	if !ok || !ok2 || len(second) > maxRecord {
		return bad("not three lines")
	}
	t = logText{line: line, second: second}
	if pad, ok = bytes.CutSuffix(pad, []byte{'\n'}); ok && len(pad) >= origin.CodeLength && pad[0] != ' ' {
		if t.code, err = hex.DecodeString(string(pad[:origin.CodeLength])); err != nil {
			return bad("its third line begins with something else than a code")
		}
		pad = pad[origin.CodeLength:]
	}
	if !ok || len(bytes.Trim(pad, " ")) > 0 {
		return bad("its third line is not of spaces")
	}
	t.filling = pad
	dec := json.NewDecoder(bytes.NewReader(second))
	if err := dec.Decode(&r); err != nil {
		return logText{}, record{}, fmt.Errorf("%w: %w", errRecord, err)
	}
	if _, err := dec.Token(); err != io.EOF {
		return bad("data after its end")
	}
	if err := r.check(); err != nil {
		return logText{}, record{}, err
	}
	return t, r, nil
}

// objectNameBytes makes names of 32 hex characters.
const objectNameBytes = 16

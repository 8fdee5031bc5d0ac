package stage

import (
	"errors"
	"io/fs"
	"os"
)

// CodeMark remembers, across an end of the program, that a recovery code was made
// and perhaps never read: a file that holds nothing but the vault's folder.
type CodeMark struct {
	Path  string // empty: remembered only while the program runs
	Vault string
	on    bool
}

// On reports whether a code was perhaps not read.
func (m *CodeMark) On() bool { return m.on }

// Read looks what is remembered.
func (m *CodeMark) Read() {
	if b, err := os.ReadFile(m.Path); err == nil && string(b) == m.Vault {
		m.on = true
	}
}

// Set remembers it.
func (m *CodeMark) Set() error {
	m.on = true
	if m.Path == "" {
		return nil
	}
	return os.WriteFile(m.Path, []byte(m.Vault), 0o600)
}

// Clear forgets it: the person has the code.
func (m *CodeMark) Clear() error {
	m.on = false
	if m.Path == "" {
		return nil
	}
	if err := os.Remove(m.Path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

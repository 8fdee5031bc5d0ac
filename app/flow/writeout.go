package flow

import (
	"io"
	"os"
	"path/filepath"
	"strings"

	"constat/app/flow/handover"
)

// WriteOut makes a file that a person asked for, a letter or the account: nothing that is there is
// overwritten, and what could not be written whole is removed. A name that ends in ".pdf" is to
// hold a PDF. An empty name does nothing.
func (s *Session) WriteOut(name string, write func(w io.Writer, pdf bool) error) (err error) {
	if name == "" {
		return nil
	}
	if err := handover.RefuseExisting(name); err != nil {
		return err
	}
	f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return err
	}
	defer func() {
		if cerr := f.Close(); err == nil {
			err = cerr
		}
		if err != nil {
			_ = os.Remove(name)
		}
	}()
	if err := write(f, strings.EqualFold(filepath.Ext(name), ".pdf")); err != nil {
		return err
	}
	return f.Sync()
}

package intake_test

import (
	"bytes"
	"time"

	"constat/evidence/intake"
)

// inMemory is a file that is not on a disk.
type inMemory struct{ *bytes.Reader }

func (inMemory) Close() error { return nil }

func bytesSource(name string, b []byte) intake.Source {
	return intake.Source{Name: name, Size: int64(len(b)), ModTime: time.Time{},
		Open: func() (intake.File, error) { return inMemory{bytes.NewReader(b)}, nil }}
}

package smalldisk_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"constat/internal/smalldisk"
)

func TestFullAndFree(t *testing.T) {
	d := smalldisk.Mount(t, 1<<20)
	path := filepath.Join(d.Dir, "a")
	d.Fill(t, 0)
	if err := os.WriteFile(path, make([]byte, 4096), 0o600); !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("%v", err)
	}
	d.Free(t)
	if err := os.WriteFile(path, make([]byte, 4096), 0o600); err != nil {
		t.Error(err)
	}
}

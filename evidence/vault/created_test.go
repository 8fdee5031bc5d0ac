package vault

import (
	"path/filepath"
	"testing"

	"constat/evidence"
	"constat/evidence/vault/disk"
)

// meanwhileFS lets somebody come upon a case as soon as its first line has its name.
type meanwhileFS struct {
	disk.OS
	meet func(id string)
}

func (m *meanwhileFS) Rename(from, to string) error {
	err := m.OS.Rename(from, to)
	if meet := m.meet; filepath.Base(to) == logFileName(1) && meet != nil {
		m.meet = nil
		meet(filepath.Base(filepath.Dir(filepath.Dir(to))))
	}
	return err
}

// TestCaseThatIsOpenedWhileItIsCreated: a change of recipients looks at every case that has begun,
// also at one that is just being created. It has one log all the same.
func TestCaseThatIsOpenedWhileItIsCreated(t *testing.T) {
	ctx := t.Context()
	v, _, err := Create(ctx, filepath.Join(t.TempDir(), "v"), "pass", testOptions(nil))
	if err != nil {
		t.Fatal(err)
	}
	defer v.Close()
	system := &meanwhileFS{}
	v.disk.FS = system
	var met *Case
	system.meet = func(id string) {
		var err error
		if met, err = v.Case(ctx, id); err != nil {
			t.Error(err)
		} else if _, err := met.Append(ctx, evidence.Entry{Action: evidence.ActChecked}); err != nil {
			t.Error(err)
		}
	}
	info, err := v.CreateCase(ctx, "a", false)
	if err != nil || met == nil || info.ID != met.id || info.Title != "a" {
		t.Fatalf("%+v, %v", info, err)
	}
	c, err := v.Case(ctx, info.ID)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Append(ctx, evidence.Entry{Action: evidence.ActChecked}); err != nil {
		t.Error(err)
	}
	if list, err := c.Entries(ctx); err != nil || len(list) != 3 || c != met {
		t.Errorf("%d entries, one log: %v, %v", len(list), c == met, err)
	}
}

package view_test

import (
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"constat/app/view"
)

func TestAutoLock(t *testing.T) {
	r := inCase(t)
	limit := view.DefaultLockMinutes * time.Minute
	r.Clock.Pass(limit - 30*time.Second)
	r.Exec.Tick()
	if want := r.W.Text().N("window.side.lock-seconds", 30); !strings.Contains(r.Words(), want) {
		t.Errorf("%q is not shown: %s", want, r.Words())
	}
	r.W.Keys().Down(&fyne.KeyEvent{Name: fyne.KeyA}) // the person is there
	r.Clock.Pass(limit - time.Second)
	r.Exec.Tick()
	if r.W.Session() == nil {
		t.Fatal("locked although the person was there")
	}
	r.Clock.Pass(2 * time.Second)
	r.Exec.Tick()
	if r.W.Session() != nil {
		t.Fatal("not locked")
	}
	r.Sees("window.unlock.what")
}

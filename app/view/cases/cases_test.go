package cases

import (
	"net"
	"strings"
	"testing"
	"time"
)

func TestPracticeIsMarkedOnEveryScreen(t *testing.T) {
	r := unlocked(t)
	r.Press("window.practice.start")
	r.Sees("practice.mark", "window.keep.what")
	address := r.Fields()[0].Text
	if !strings.HasPrefix(address, "http://127.0.0.1:") {
		t.Fatalf("practice address %q", address)
	}
	r.Press("window.keep.button")
	r.Sees("practice.mark", "window.age.question")
	r.Escape()
	r.Press("window.export.title")
	r.Sees("practice.mark")
	r.Press("window.settings.title")
	r.Sees("practice.mark")
	r.Press("window.lock")
	if _, err := net.DialTimeout("tcp", strings.TrimSuffix(strings.TrimPrefix(address, "http://"), "/"), time.Second); err == nil {
		t.Error("the practice page is still served after the lock")
	}
}

package device

import (
	"slices"
	"strings"
	"testing"
)

func TestNameServersAreRead(t *testing.T) {
	const file = "# nameserver 9.9.9.9\nsearch a\nnameserver 192.0.2.1\nnameserver nonsense\nnameserver\n nameserver 2001:db8::1%eth0 x\n"
	if got := nameServers(strings.NewReader(file)); !slices.Equal(got, []string{"192.0.2.1", "2001:db8::1"}) {
		t.Errorf("found %q", got)
	}
	if got := nameServers(strings.NewReader(strings.Repeat("nameserver 192.0.2.1\n", 1000))); len(got) != maxNameServers {
		t.Errorf("%d found", len(got))
	}
}

func FuzzNameServers(f *testing.F) {
	f.Add("nameserver 192.0.2.1\n")
	f.Add("nameserver \x00\r\nnameserver ::1%\n")
	f.Fuzz(func(t *testing.T, file string) {
		for _, s := range nameServers(strings.NewReader(file)) {
			if strings.ContainsAny(s, "%\n ") {
				t.Errorf("%q", s)
			}
		}
	})
}

package flow

import "testing"

// Whom a capture asks for the time: what is set from outside goes before the settings, and nothing
// set is the system's own.
func TestTimeServerToAsk(t *testing.T) {
	for _, c := range []struct {
		outside, settings, system string
		want                      string
		own                       bool
	}{
		{"", "", "", "", true},
		{"", "", "sys.example.org", "sys.example.org", true},
		{"", TimeServerSystem, "sys.example.org", "sys.example.org", true},
		{"", TimeServerNone, "sys.example.org", "", false},
		{"", "a.example.org", "sys.example.org", "a.example.org", false},
		{"b.example.org:123", TimeServerNone, "sys.example.org", "b.example.org:123", false},
		{TimeServerNone, "a.example.org", "sys.example.org", "", false},
		{TimeServerSystem, "a.example.org", "sys.example.org", "sys.example.org", true},
	} {
		a := &App{cfg: Config{TimeServer: c.outside, SystemTime: func() string { return c.system }}, settings: Settings{TimeServer: c.settings}}
		if server, own := a.timeServer(); server != c.want || own != c.own {
			t.Errorf("%+v: %q %v", c, server, own)
		}
	}
	if server, own := (&App{}).timeServer(); server != "" || !own {
		t.Errorf("without a system to look at: %q %v", server, own)
	}
}

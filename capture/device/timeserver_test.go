package device

import (
	"strings"
	"testing"
	"testing/fstest"
)

func TestTimeServer(t *testing.T) {
	const debian = "[Time]\n#NTP=\n#FallbackNTP=0.debian.pool.ntp.org 1.debian.pool.ntp.org\n"
	for name, c := range map[string]struct {
		files map[string]string
		want  string
	}{
		"nothing":                      {nil, ""},
		"timesyncd as it comes":        {map[string]string{"run/systemd/timesync/x": "", "etc/systemd/timesyncd.conf": debian}, "0.debian.pool.ntp.org"},
		"timesyncd that does not run":  {map[string]string{"etc/systemd/timesyncd.conf": debian}, ""},
		"timesyncd, set beside":        {map[string]string{"run/systemd/timesync/x": "", "etc/systemd/timesyncd.conf": debian, "etc/systemd/timesyncd.conf.d/a.conf": "[Time]\nNTP=ntp.example.org\n"}, "ntp.example.org"},
		"timesyncd, set and taken":     {map[string]string{"run/systemd/timesync/x": "", "etc/systemd/timesyncd.conf": "NTP=a.example.org\n", "etc/systemd/timesyncd.conf.d/a.conf": "NTP=\nFallbackNTP=b.example.org\n"}, "b.example.org"},
		"chrony":                       {map[string]string{"run/chrony/x": "", "etc/chrony/chrony.conf": "# server no\npool 2.pool.example.org iburst\n"}, "2.pool.example.org"},
		"chrony, sources":              {map[string]string{"run/chrony/x": "", "etc/chrony/chrony.conf": "sourcedir /etc/chrony/sources.d\n", "etc/chrony/sources.d/own.sources": "server 192.0.2.1\n"}, "192.0.2.1"},
		"chrony, only NTS":             {map[string]string{"run/chrony/x": "", "etc/chrony.conf": "server nts.example.org iburst nts\n"}, ""},
		"chrony, NTS first":            {map[string]string{"run/chrony/x": "", "etc/chrony.conf": "server nts.example.org nts\nserver plain.example.org\n"}, "plain.example.org"},
		"chrony goes before timesyncd": {map[string]string{"run/chrony/x": "", "etc/chrony.conf": "server a.example.org\n", "run/systemd/timesync/x": "", "etc/systemd/timesyncd.conf": debian}, "a.example.org"},
		"ntpd":                         {map[string]string{"etc/ntp.conf": "server 127.127.1.0\nserver -4 time.example.org iburst\n"}, "time.example.org"},
		"ntpsec":                       {map[string]string{"etc/ntpsec/ntp.conf": "pool 0.example.org\n"}, "0.example.org"},
		"hostile":                      {map[string]string{"etc/ntp.conf": "server a\u202eb\nserver ../x\nserver a:b@c\nserver -\nserver " + strings.Repeat("a", 300) + "\n"}, ""},
		"a folder":                     {map[string]string{"etc/ntp.conf/x": "server a.example.org"}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			files := fstest.MapFS{}
			for name, text := range c.files {
				files[name] = &fstest.MapFile{Data: []byte(text)}
			}
			if got := timeServerIn(files); got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
	for value, want := range map[string]string{"time.windows.com,0x9": "time.windows.com", ",0x9 a.example.org,0x1": "a.example.org", "": "", "\x00,": ""} {
		if got := w32time(value); got != want {
			t.Errorf("%q: %q, want %q", value, got, want)
		}
	}
}

func FuzzTimeServer(f *testing.F) {
	f.Add("server a.example.org nts\npool b.example.org\n", "NTP=a\n#FallbackNTP=b c\n", "time.windows.com,0x9")
	f.Fuzz(func(t *testing.T, ntp, timesync, value string) {
		for _, server := range []string{
			timeServerIn(fstest.MapFS{"etc/ntp.conf": {Data: []byte(ntp)}}),
			timeServerIn(fstest.MapFS{"run/systemd/timesync/x": {}, "etc/systemd/timesyncd.conf": {Data: []byte(timesync)}}),
			w32time(value),
		} {
			if len(server) > maxHostName || strings.ContainsAny(server, " \t\n/@\u202e\x00%") {
				t.Errorf("%q", server)
			}
		}
	})
}

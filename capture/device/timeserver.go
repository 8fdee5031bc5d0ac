package device

import (
	"bufio"
	"io"
	"io/fs"
	"net/netip"
	"path"
	"regexp"
	"strings"
)

// Bounds on what a system keeps of its time servers.
const (
	maxTimeFile  = 256 << 10 // bytes of one file
	maxTimeFiles = 50        // of one folder
	maxHostName  = 255
)

// timeServerIn finds the first time server that a Unix system is set to ask, in the files of the
// programs that ask: chrony and systemd-timesyncd where they run, and ntpd. Empty means none.
func timeServerIn(files fs.FS) string {
	if exists(files, "run/chrony") || exists(files, "run/chronyd.pid") {
		for _, name := range timeFiles(files, "etc/chrony/chrony.conf", "etc/chrony.conf", "etc/chrony/conf.d/*.conf", "etc/chrony/sources.d/*.sources", "run/chrony-dhcp/*.sources") {
			if server := readTimeFile(files, name, ntpServer); server != "" {
				return server
			}
		}
	}
	if exists(files, "run/systemd/timesync") {
		// Of two files the later one counts, and what is set by nobody is shown behind "#".
		var own, fallback, builtIn string
		for _, name := range timeFiles(files, "usr/lib/systemd/timesyncd.conf", "etc/systemd/timesyncd.conf",
			"usr/lib/systemd/timesyncd.conf.d/*.conf", "run/systemd/timesyncd.conf.d/*.conf", "etc/systemd/timesyncd.conf.d/*.conf") {
			readTimeFile(files, name, func(r io.Reader) string {
				timesyncd(r, &own, &fallback, &builtIn)
				return ""
			})
		}
		for _, server := range []string{own, fallback, builtIn} {
			if server != "" {
				return server
			}
		}
	}
	for _, name := range timeFiles(files, "etc/ntpsec/ntp.conf", "etc/ntp.conf") {
		if server := readTimeFile(files, name, ntpServer); server != "" {
			return server
		}
	}
	return ""
}

func exists(files fs.FS, name string) bool {
	_, err := fs.Stat(files, name)
	return err == nil
}

// timeFiles expands the patterns, in their order.
func timeFiles(files fs.FS, patterns ...string) (names []string) {
	for _, p := range patterns {
		dir, last := path.Split(p)
		if !strings.Contains(last, "*") {
			names = append(names, p)
			continue
		}
		found, err := fs.ReadDir(files, path.Clean(dir))
		if err != nil {
			continue
		}
		for i, f := range found {
			if ok, _ := path.Match(last, f.Name()); ok && i < maxTimeFiles {
				names = append(names, dir+f.Name())
			}
		}
	}
	return names
}

// readTimeFile opens a plain file, no more than so much of it, and reads a server from it.
func readTimeFile(files fs.FS, name string, from func(io.Reader) string) string {
	if info, err := fs.Stat(files, name); err != nil || !info.Mode().IsRegular() {
		return ""
	}
	f, err := files.Open(name)
	if err != nil {
		return ""
	}
	defer f.Close()
	return from(io.LimitReader(f, maxTimeFile))
}

// ntpServer is the first usable server of a file in the format of ntp.conf(5) or chrony.conf(5).
// One that answers only with NTS (RFC 8915) or at another port is not usable, and neither is a
// clock of this device (127.127.x.x).
func ntpServer(r io.Reader) string {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		fields := strings.Fields(lines.Text())
		if len(fields) < 2 {
			continue
		}
		switch strings.ToLower(fields[0]) {
		case "server", "pool", "peer":
		default:
			continue
		}
		usable, host := true, ""
		for _, option := range fields[1:] {
			switch {
			case option == "nts" || option == "port":
				usable = false
			case host == "" && option != "-4" && option != "-6":
				host = option
			}
		}
		if host = timeHost(host); usable && host != "" {
			return host
		}
	}
	return ""
}

// timesyncd reads a file of timesyncd.conf(5): own and fallback are the first servers that it sets,
// builtIn those of its comments. An empty value takes back what a file before it set.
func timesyncd(r io.Reader, own, fallback, builtIn *string) {
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		name, value, found := strings.Cut(strings.TrimSpace(lines.Text()), "=")
		if !found {
			continue
		}
		set := map[string]*string{"NTP": own, "FallbackNTP": fallback, "#FallbackNTP": builtIn}[strings.TrimSpace(name)]
		if set == nil {
			continue
		}
		*set = firstTimeHost(strings.Fields(value))
	}
}

// w32time reads the value NtpServer of Windows: servers with flags behind a comma, as
// "time.windows.com,0x9".
func w32time(value string) string {
	hosts := strings.Fields(value[:min(len(value), maxTimeFile)])
	for i := range hosts {
		hosts[i], _, _ = strings.Cut(hosts[i], ",")
	}
	return firstTimeHost(hosts)
}

func firstTimeHost(hosts []string) string {
	for _, h := range hosts {
		if h = timeHost(h); h != "" {
			return h
		}
	}
	return ""
}

var hostForm = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9_-]*[A-Za-z0-9])?)*\.?$`)

// timeHost is a host as it can be asked, or empty.
func timeHost(s string) string {
	if a, err := netip.ParseAddr(s); err == nil {
		if strings.HasPrefix(s, "127.127.") {
			return ""
		}
		return a.WithZone("").String()
	}
	if len(s) > maxHostName || !hostForm.MatchString(s) {
		return ""
	}
	return s
}

//go:build unix

package main

import (
	"context"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// displayLimit is how long a display may take to answer.
const displayLimit = 3 * time.Second

// checkDisplay says clearly what Fyne would say with a panic. The connection by which it asked is held until
// release: a display that nobody else uses begins anew when its last user goes, and lets nobody in meanwhile.
func checkDisplay(env func(string) string) (release func(), trouble *displayTrouble) {
	release = func() {}
	if runtime.GOOS == "darwin" {
		return release, nil
	}
	if env("DISPLAY") == "" && env("WAYLAND_DISPLAY") == "" {
		return release, &displayTrouble{what: "none", do: "none.do"}
	}
	ctx, stop := context.WithTimeout(context.Background(), displayLimit)
	defer stop()
	for _, a := range displayAddresses(env) {
		if c, err := new(net.Dialer).DialContext(ctx, a.network, a.address); err == nil {
			return func() { _ = c.Close() }, nil
		}
	}
	return release, &displayTrouble{"dead", "dead.do", displayName(env)}
}

type address struct{ network, address string }

// displayAddresses are where the displays that the environment names listen: of Wayland a socket,
// of X a socket or a port.
func displayAddresses(env func(string) string) (list []address) {
	if w := env("WAYLAND_DISPLAY"); w != "" {
		if !filepath.IsAbs(w) {
			w = filepath.Join(env("XDG_RUNTIME_DIR"), w)
		}
		list = append(list, address{"unix", w})
	}
	name := env("DISPLAY")
	cut := strings.LastIndexByte(name, ':')
	if cut < 0 {
		return list
	}
	host, number := name[:cut], name[cut+1:]
	number, _, _ = strings.Cut(number, ".")
	n, err := strconv.Atoi(number)
	if err != nil || n < 0 || n > 59_535 {
		return list
	}
	_, after, found := strings.Cut(host, "/")
	switch {
	case strings.HasPrefix(host, "/"): // a socket itself
		return append(list, address{"unix", name}, address{"unix", host})
	case found:
		host = after
	}
	if host == "" || host == "unix" {
		socket := "/tmp/.X11-unix/X" + strconv.Itoa(n)
		return append(list, address{"unix", socket}, address{"unix", "@" + socket})
	}
	return append(list, address{"tcp", net.JoinHostPort(strings.Trim(host, "[]"), strconv.Itoa(6000+n))})
}

func tell(message string) { fmt.Fprintln(os.Stderr, message) }

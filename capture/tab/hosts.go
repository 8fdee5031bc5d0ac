package tab

import (
	"net/url"
	"slices"
	"strings"

	"github.com/chromedp/cdproto/network"
)

// MaxHosts is how many hosts of a page are remembered.
const MaxHosts = 100

// hosts are those that answered the page.
type hosts struct {
	secure []string // with their ports, over TLS, in order
	more   bool     // than are remembered
	names  []string // of all; not in a window
}

// answeredBy remembers a host that answered, and whether over TLS. The lock is held.
func (t *Tab) answeredBy(r *network.Response) {
	if r == nil || !strings.HasPrefix(r.URL, "http") {
		return
	}
	u, err := url.Parse(r.URL)
	if err != nil || u.Host == "" {
		return
	}
	h := &t.hosts
	if name := u.Hostname(); !t.window && len(h.names) < MaxHosts && !slices.Contains(h.names, name) {
		h.names = append(h.names, name)
	}
	if r.SecurityDetails == nil || u.Scheme != "https" || slices.Contains(h.secure, u.Host) {
		return
	}
	if h.more = h.more || len(h.secure) == MaxHosts; !h.more {
		h.secure = append(h.secure, u.Host)
	}
}

// Names are those of the hosts that answered so far; none in a window.
func (t *Tab) Names() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.hosts.names)
}

// Secure are the hosts that answered over TLS, and whether there were more than [MaxHosts].
func (t *Tab) Secure() (hosts []string, more bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.hosts.secure), t.hosts.more
}

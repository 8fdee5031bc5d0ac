package tab

import (
	"errors"
	"fmt"
	"strings"
)

// BrowserGoneError reports that the browser, or the process that showed the
// page, ended before anything usable was recorded.
type BrowserGoneError struct {
	What string // "browser" or "page"
	Err  error  // may be nil
}

func (e *BrowserGoneError) Error() string {
	if e.Err == nil {
		return "the " + e.What + " process ended"
	}
	return fmt.Sprintf("the %s process ended: %v", e.What, e.Err)
}

func (e *BrowserGoneError) Unwrap() error { return e.Err }

// ErrNoPage: no web page is shown in the window, or none that could be kept.
var ErrNoPage = errors.New("no web page in the window")

// NetworkKind groups the browser's network errors by what a person can do.
type NetworkKind string

// The kinds.
const (
	KindUnreachable NetworkKind = "unreachable" // no route, no network, proxy
	KindRefused     NetworkKind = "refused"     // nobody listens there, or hung up
	KindDNS         NetworkKind = "dns"         // the name does not exist
	KindTLS         NetworkKind = "tls"         // the certificate or the encryption is not good
	KindTimeout     NetworkKind = "timeout"     // no answer in time
	KindAborted     NetworkKind = "aborted"     // no page came: see the codes below
	KindOther       NetworkKind = "other"
)

// Codes of a [NetworkError] that do not come from the browser.
const (
	// CodeDownload: the address answers with a file to download.
	CodeDownload = "download"
	// CodeNoContent: the address answers with nothing (status 204 or 205).
	CodeNoContent = "no-content"
	// CodeNoAnswer: nothing came within the limit for loading.
	CodeNoAnswer = "no-answer"
	// CodeNoPicture: a page came, and not one picture of it could be taken in time.
	CodeNoPicture = "no-picture"
)

// NetworkError reports that no page came.
type NetworkError struct {
	Code    string // "net::ERR_…" as the browser says it, or one of the Code… constants
	Kind    NetworkKind
	Address string // as entered
}

func (e *NetworkError) Error() string { return fmt.Sprintf("no page came: %s (%s)", e.Code, e.Kind) }

// networkError sorts a code of the browser; see Chromium's
// net/base/net_error_list.h for what each means.
func networkError(code, address string) *NetworkError {
	name := strings.TrimPrefix(code, "net::ERR_")
	has := func(prefixes ...string) bool {
		for _, p := range prefixes {
			if strings.HasPrefix(name, p) {
				return true
			}
		}
		return false
	}
	kind := KindOther
	switch {
	case has("CERT_", "SSL_", "BAD_SSL", "ECH_", "TLS13_"):
		kind = KindTLS
	case has("NAME_", "DNS_", "ICANN_"):
		kind = KindDNS
	case has("CONNECTION_TIMED_OUT", "TIMED_OUT"):
		kind = KindTimeout
	case has("CONNECTION_REFUSED", "CONNECTION_RESET", "CONNECTION_CLOSED", "CONNECTION_FAILED",
		"CONNECTION_ABORTED", "EMPTY_RESPONSE", "SOCKET_NOT_CONNECTED"):
		kind = KindRefused
	case has("INTERNET_DISCONNECTED", "ADDRESS_", "NETWORK_", "PROXY_", "TUNNEL_", "SOCKS_", "MANDATORY_PROXY"):
		kind = KindUnreachable
	case has("ABORTED"):
		kind = KindAborted
	}
	return &NetworkError{Code: code, Kind: kind, Address: address}
}

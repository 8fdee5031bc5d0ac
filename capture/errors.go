package capture

import (
	"fmt"

	"constat/capture/tab"
)

// AddressReason says why an address was refused.
type AddressReason string

// The reasons, in the order in which they are checked.
const (
	AddressEmpty       AddressReason = "empty"
	AddressTooLong     AddressReason = "too-long" // over 8192 bytes
	AddressInvalid     AddressReason = "invalid"  // control characters, broken UTF-8, not a URL
	AddressRelative    AddressReason = "relative" // no scheme
	AddressScheme      AddressReason = "scheme"   // neither http nor https
	AddressNoHost      AddressReason = "no-host"
	AddressCredentials AddressReason = "credentials" // user:password@ would end up in the evidence
)

// AddressError reports an address that is not loaded.
type AddressError struct {
	Reason  AddressReason
	Address string // as entered; empty when it held credentials
}

func (e *AddressError) Error() string {
	return fmt.Sprintf("address %.200q refused: %s", e.Address, e.Reason)
}

// PageChangedError reports that the window shows another page than the one that was to be
// kept: the tab is gone, or went to another address.
type PageChangedError struct{ Address string }

func (e *PageChangedError) Error() string {
	return fmt.Sprintf("the window has left %.200q", e.Address)
}

// The errors of a page that does not come are those of the tab that asked for it.
type (
	// BrowserGoneError reports that the browser, or the process that showed the
	// page, ended before anything usable was recorded.
	BrowserGoneError = tab.BrowserGoneError
	// NetworkError reports that no page came.
	NetworkError = tab.NetworkError
	// NetworkKind groups the browser's network errors by what a person can do.
	NetworkKind = tab.NetworkKind
)

// ErrNoPage: no web page is shown in the window, or none that could be kept.
var ErrNoPage = tab.ErrNoPage

// The kinds of a [NetworkError].
const (
	KindUnreachable = tab.KindUnreachable
	KindRefused     = tab.KindRefused
	KindDNS         = tab.KindDNS
	KindTLS         = tab.KindTLS
	KindTimeout     = tab.KindTimeout
	KindAborted     = tab.KindAborted
	KindOther       = tab.KindOther
)

// Codes of a [NetworkError] that do not come from the browser.
const (
	CodeDownload  = tab.CodeDownload
	CodeNoPicture = tab.CodeNoPicture
)

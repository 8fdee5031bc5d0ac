package tsa

import (
	"fmt"

	"constat/evidence"
)

// ErrorKind says what kept an authority from giving a usable answer.
type ErrorKind string

const (
	BadAddress  ErrorKind = "bad-address"  // not an http or https address
	Unreachable ErrorKind = "unreachable"  // no connection, or it broke
	TimedOut    ErrorKind = "timed-out"    // no whole answer within the time limit
	Canceled    ErrorKind = "canceled"     // the caller gave up
	BadRedirect ErrorKind = "bad-redirect" // sent us to where we do not follow
	BadStatus   ErrorKind = "status"       // an HTTP status other than 2xx
	BadType     ErrorKind = "content-type" // not application/timestamp-reply
	TooLarge    ErrorKind = "too-large"    // more than MaxReply bytes
	Garbled     ErrorKind = "garbled"      // not a TimeStampResp
	Refused     ErrorKind = "refused"      // a TimeStampResp that grants nothing

	// CaptivePortal is what [AuthorityError.Cause] says of a network that
	// answers in the authority's place until somebody signs in.
	CaptivePortal ErrorKind = "captive-portal"
)

// AuthorityError is the failure to get a timestamp from one authority.
type AuthorityError struct {
	Authority string // its name
	URL       string // as asked, or as redirected to
	Kind      ErrorKind
	Status    int    // HTTP status if there was one, else 0
	Detail    string // facts, cleaned for showing: media type, PKIFailureInfo, status text
	Err       error  // the cause, or nil

	portal bool
}

// Cause is the kind, but [CaptivePortal] where the answer looks like that of a
// hotel's or train's network which wants a sign-in first: a web page in place
// of a reply, a redirect to another host, or HTTP 511 (RFC 6585 clause 6). The
// person can do something about it, and asking again before is in vain. It is
// a guess; Kind stays the fact.
func (e *AuthorityError) Cause() ErrorKind {
	if e.portal {
		return CaptivePortal
	}
	return e.Kind
}

func (e *AuthorityError) Error() string {
	s := fmt.Sprintf("timestamp authority %s: %s", e.Authority, e.Kind)
	if e.Status != 0 {
		s += fmt.Sprintf(" (HTTP %d)", e.Status)
	}
	if e.Detail != "" {
		s += ": " + e.Detail
	}
	if e.Err != nil {
		s += ": " + evidence.Clean(e.Err.Error())
	}
	return s
}

// Unwrap returns the cause, so that errors.Is finds context.Canceled.
func (e *AuthorityError) Unwrap() error { return e.Err }

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
)

// AuthorityError is the failure to get a timestamp from one authority.
type AuthorityError struct {
	Authority string // its name
	URL       string // as asked, or as redirected to
	Kind      ErrorKind
	Status    int    // HTTP status if there was one, else 0
	Detail    string // facts, cleaned for showing: media type, PKIFailureInfo, status text
	Err       error  // the cause, or nil
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

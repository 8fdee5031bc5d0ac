package keep

import (
	"context"
	"errors"
	"strings"
)

// Subject is the answer to the question about age, asked before anything loads.
type Subject string

const (
	SubjectAdult  Subject = "adult"  // 18 or older when the image was made
	SubjectMinor  Subject = "minor"  // under 18: address-only record, no override
	SubjectUnsure Subject = "unsure" // treated like minor
)

// ErrSubject: the person shown was or may have been under 18. Nothing was
// loaded; Record is the way.
var ErrSubject = errors.New("under 18 or not sure: address-only record")

// checkSubject returns ErrSubject for an address that must not load: another answer than 'adult' was
// given for it, now or before, or it is that of an exhibit that was closed.
func (k *Keeper) checkSubject(ctx context.Context, address string, subject Subject) error {
	if !k.mayLoad(address, subject) {
		return ErrSubject
	}
	closed, err := k.closedAddress(ctx, address)
	if err == nil && closed {
		err = ErrSubject
	}
	return err
}

// mayLoad holds the answer to the question about age. An address that was once
// not answered 'adult' stays closed until the vault is locked: going back and
// answering otherwise is no way around.
func (k *Keeper) mayLoad(address string, subject Subject) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	address = strings.TrimSpace(address)
	if subject != SubjectAdult {
		k.young[address] = true
	}
	return !k.young[address]
}

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
	// SubjectUnasked: the person wants the address alone and was not asked. It says nothing about
	// age, and loads nothing.
	SubjectUnasked Subject = "not-asked"
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
	if subject == SubjectMinor || subject == SubjectUnsure {
		k.young[address] = true
	}
	return subject == SubjectAdult && !k.young[address]
}

// TakeBack takes an answer back that was a mis-click: the question is asked anew. It reports
// whether it did; once something was recorded for that answer it stands.
func (k *Keeper) TakeBack(address string) bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	address = strings.TrimSpace(address)
	if k.stands[address] {
		return false
	}
	delete(k.young, address)
	return true
}

// noteAnswer makes the answer about age for an address stand: something is recorded for it.
func (k *Keeper) noteAnswer(address string) {
	k.mu.Lock()
	defer k.mu.Unlock()
	if address = strings.TrimSpace(address); k.young[address] {
		k.stands[address] = true
	}
}

package trustlist

import (
	"crypto/x509"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"constat/evidence"
)

// Set is the list of lists and some national ones.
type Set struct {
	Lists List   `json:"list_of_lists"`
	Each  []List `json:"lists"` // by territory
}

// ReadSet reads a set that was distilled before. Nothing is verified: it is for
// what is part of the program.
func ReadSet(b []byte) (Set, error) {
	var s Set
	if err := json.Unmarshal(b, &s); err != nil {
		return Set{}, fmt.Errorf("distilled lists: %w", err)
	}
	return s, nil
}

// Union is the territory of the list of lists.
const Union = "EU"

// Read verifies a list and puts it into the set: a list of lists by who may
// sign it according to the one that is there, or by may if there is none yet, a
// national one by who may sign it according to the list of lists. An older list
// than the one that is there changes nothing, and is [ErrOlder].
func (s *Set) Read(raw []byte, may []evidence.Digest) (List, error) {
	l, err := Open(raw, slices.Concat(may, s.anySigner()))
	if err != nil {
		return List{}, err
	}
	if s.Lists.Territory != "" {
		may = s.Signers(l.Territory)
	}
	if !slices.Contains(may, l.Signer) {
		return List{}, fmt.Errorf("%w: %s is not named for %s", ErrSigner, l.Signer, l.Territory)
	}
	if l.Territory == Union {
		if l.Issued.Before(s.Lists.Issued) {
			return l, ErrOlder
		}
		s.Lists = l
		return l, nil
	}
	if i := slices.IndexFunc(s.Each, func(x List) bool { return x.Territory == l.Territory }); i >= 0 && l.Issued.Before(s.Each[i].Issued) {
		return l, ErrOlder
	}
	l.Pointers = nil // a national list points at the list of lists, which is known
	s.Add(l)
	return l, nil
}

// anySigner are all whom the list of lists names, for whatever territory.
func (s Set) anySigner() []evidence.Digest {
	var all []evidence.Digest
	for _, p := range s.Lists.Pointers {
		all = append(all, p.Signers...)
	}
	return all
}

// Add puts a list into the set, in the place of an older one of the same
// territory.
func (s *Set) Add(l List) {
	i := slices.IndexFunc(s.Each, func(x List) bool { return x.Territory == l.Territory })
	switch {
	case i < 0:
		s.Each = append(s.Each, l)
	case l.Issued.After(s.Each[i].Issued):
		s.Each = slices.Clone(s.Each)
		s.Each[i] = l
	}
}

// Signers are the certificates whose holders may sign a territory's list.
func (s Set) Signers(territory string) []evidence.Digest {
	var all []evidence.Digest
	for _, p := range s.Lists.Pointers {
		if p.Territory == territory {
			all = append(all, p.Signers...)
		}
	}
	return all
}

// State is what the lists say of a time service.
type State string

const (
	Qualified    State = "qualified"     // granted at the token's own time, by a list that is no older than the token
	ListIsOlder  State = "list-is-older" // granted by a list from before the token, which cannot speak of its time
	NotQualified State = "not-qualified" // on a list, and not as granted at the token's own time
	NotListed    State = "not-listed"    // on none of the lists that were looked at
)

// Finding is what was found, and in which list.
type Finding struct {
	State     State     `json:"state"`
	Territory string    `json:"territory,omitempty"`
	Issued    time.Time `json:"list_issued"` // of the list; of the oldest one if none names the service
	Provider  string    `json:"provider,omitempty"`
	Service   string    `json:"service,omitempty"`
	Status    string    `json:"status,omitempty"` // at the token's own time, or at the list's if that is older
	Looked    int       `json:"lists"`            // how many were looked at
}

// Find says whether the service that a verified chain belongs to was a
// qualified one at a moment. A service is the certificate, or the key, that the
// list names, somewhere in the chain (ETSI TS 119 615). What the token says of
// itself is not looked at. Without lists it is nil.
func (s Set) Find(chain []*x509.Certificate, at time.Time) *Finding {
	if len(s.Each) == 0 {
		return nil
	}
	best := Finding{State: NotListed, Looked: len(s.Each), Issued: s.Each[0].Issued}
	rank := []State{NotListed, NotQualified, ListIsOlder, Qualified}
	for _, l := range s.Each {
		if best.State == NotListed && l.Issued.Before(best.Issued) {
			best.Issued = l.Issued
		}
		for _, service := range l.Services {
			if !service.in(chain) {
				continue
			}
			f := Finding{
				State:     NotQualified,
				Territory: l.Territory,
				Issued:    l.Issued,
				Provider:  service.Provider,
				Service:   service.Name,
				Looked:    len(s.Each),
			}
			asked, older := at, at.After(l.Issued)
			if older {
				asked = l.Issued
			}
			f.Status = service.at(asked)
			switch {
			case f.Status == "granted" && older:
				f.State = ListIsOlder
			case f.Status == "granted":
				f.State = Qualified
			}
			if slices.Index(rank, f.State) > slices.Index(rank, best.State) {
				best = f
			}
		}
	}
	return &best
}

func (s Service) in(chain []*x509.Certificate) bool {
	return slices.ContainsFunc(chain, func(c *x509.Certificate) bool {
		return slices.Contains(s.Certificates, evidence.Sum(c.Raw)) || slices.Contains(s.Keys, evidence.Sum(c.RawSubjectPublicKeyInfo))
	})
}

// at is the status at a moment; empty before the first.
func (s Service) at(t time.Time) string {
	for _, h := range s.History { // newest first
		if !t.Before(h.Since) {
			return h.Status
		}
	}
	return ""
}

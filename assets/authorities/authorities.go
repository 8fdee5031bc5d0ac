// Package authorities holds the built-in list of RFC 3161 timestamp
// authorities as data: address, where the address was read, when, and the
// pause that fair use asks for. None of them was contacted while this list was
// made; whether one answers is found out when it is asked, and what it answers
// is believed only after every check of package tsa.
//
// The list is a default. A person can replace it in the settings, with roots of
// their own. Roots are never taken from here or from a bundle: an authority
// without roots of its own is judged against the system's roots and the Mozilla
// set.
package authorities

import (
	_ "embed"
	"encoding/json"
	"fmt"
)

//go:embed authorities.json
var list []byte

// Authority is one entry of the list.
type Authority struct {
	Name        string `json:"name"`
	URL         string `json:"url"`
	Label       string `json:"label"`         // "claims-qualified" or "not-qualified"
	Source      string `json:"source"`        // where the address was read
	VerifiedOn  string `json:"verified_on"`   // date of that source, YYYY-MM-DD
	PauseSecs   int    `json:"pause_seconds"` // least time between two requests
	Recommended bool   `json:"recommended"`   // asked by default
}

// List returns the built-in authorities, recommended ones first.
func List() ([]Authority, error) {
	var l []Authority
	if err := json.Unmarshal(list, &l); err != nil {
		return nil, fmt.Errorf("built-in authorities: %w", err)
	}
	return l, nil
}

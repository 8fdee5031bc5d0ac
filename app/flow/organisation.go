package flow

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"

	"constat/app/flow/proof"
	"constat/assets/words"
	"constat/evidence"
)

// OrganisationFile is the name of the file by which an organisation sets its devices up: beside the
// program, or in the data folder.
const OrganisationFile = "constat-organisation.json"

// OrganisationFormat is what stands in it under "format".
const OrganisationFormat = "constat-organisation/1"

// Contact is somebody of an organisation whom a person can call.
type Contact struct {
	Name   string `json:"name"`
	For    string `json:"for,omitempty"` // in its own words
	Number string `json:"number,omitempty"`
	Mail   string `json:"mail,omitempty"`
	Hours  string `json:"hours,omitempty"` // in its own words
}

// Organisation is how an organisation sets its devices up. What a person chooses goes before it.
// It names no keys and no places of copies: who can read a vault is only ever said in it, by who
// has it open.
type Organisation struct {
	Format      string    `json:"format"`
	Name        string    `json:"name"`
	Language    string    `json:"language,omitempty"`
	LockMinutes int       `json:"lock_minutes,omitempty"`
	Look        string    `json:"look,omitempty"`
	TextPercent int       `json:"text_percent,omitempty"`
	TimeServer  string    `json:"time_server,omitempty"`
	Authorities []string  `json:"authorities,omitempty"` // addresses; roots come from the program's own list
	Contacts    []Contact `json:"contacts,omitempty"`

	authorities []evidence.Authority
}

// maxContacts is how many are shown.
const maxContacts = 20

// readOrganisation finds the file in the first of these folders that has one; none is no error.
func readOrganisation(folders ...string) (Organisation, error) {
	for _, dir := range folders {
		if dir == "" {
			continue
		}
		path := filepath.Join(dir, OrganisationFile)
		info, err := os.Lstat(path)
		if err != nil {
			continue
		}
		if !info.Mode().IsRegular() || info.Size() > maxSettings {
			return Organisation{}, &settingsError{path, errors.New("not a small file")}
		}
		o, err := parseOrganisation(path)
		if err != nil {
			return Organisation{}, &settingsError{path, err}
		}
		return o, nil
	}
	return Organisation{}, nil
}

func parseOrganisation(path string) (o Organisation, err error) {
	f, err := os.Open(path)
	if err != nil {
		return o, err
	}
	defer f.Close()
	d := json.NewDecoder(io.LimitReader(f, maxSettings))
	d.DisallowUnknownFields() // a misspelt name would be believed to be set
	if err := d.Decode(&o); err != nil {
		return Organisation{}, err
	}
	if o.Format != OrganisationFormat {
		return Organisation{}, fmt.Errorf("format is not %s", OrganisationFormat)
	}
	if o.Language != "" && !slices.Contains(words.Languages, o.Language) {
		return Organisation{}, fmt.Errorf("language is none of %v", words.Languages)
	}
	if o.LockMinutes < 0 || o.LockMinutes > 120 || o.TextPercent != 0 && (o.TextPercent < 100 || o.TextPercent > 200) {
		return Organisation{}, errors.New("lock_minutes is 1 to 120, text_percent 100 to 200")
	}
	for _, address := range o.Authorities {
		a, err := proof.ParseAuthority(address, nil)
		if err != nil {
			return Organisation{}, err
		}
		o.authorities = append(o.authorities, a)
	}
	o.Contacts = o.Contacts[:min(len(o.Contacts), maxContacts)]
	return o, nil
}

// under puts what an organisation set up under what a person chose.
func (s Settings) under(o Organisation) Settings {
	if s.Language == "" {
		s.Language = o.Language
	}
	if s.LockMinutes == 0 {
		s.LockMinutes = o.LockMinutes
	}
	if s.Look == "" {
		s.Look = o.Look
	}
	if s.TextPercent == 0 {
		s.TextPercent = o.TextPercent
	}
	if s.TimeServer == "" {
		s.TimeServer = o.TimeServer
	}
	if len(s.Authorities) == 0 {
		s.Authorities = o.authorities
	}
	return s
}

// Organisation is how this device was set up; the zero value if nobody did.
func (a *App) Organisation() Organisation { return a.organisation }

package flow

import (
	"cmp"
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

// organisationError reports a file of an organisation that cannot be used. It is left out whole.
type organisationError struct {
	Path string
	Err  error
}

func (e *organisationError) Error() string { return fmt.Sprintf("organisation %s: %v", e.Path, e.Err) }

// Unwrap returns the cause.
func (e *organisationError) Unwrap() error { return e.Err }

// readOrganisation takes the first file in these folders that can be used; none is no error. The error
// names those that were left out on the way: they stand in nobody's way.
func readOrganisation(folders ...string) (Organisation, error) {
	var wrong error
	for _, dir := range folders {
		if dir == "" {
			continue
		}
		path := filepath.Join(dir, OrganisationFile)
		info, err := os.Lstat(path)
		if err != nil {
			continue
		}
		err = errors.New("not a small file")
		if info.Mode().IsRegular() && info.Size() <= maxSettings {
			var o Organisation
			if o, err = parseOrganisation(path); err == nil {
				return o, wrong
			}
		}
		if wrong == nil {
			wrong = &organisationError{path, err}
		}
	}
	return Organisation{}, wrong
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
	if _, err := d.Token(); err != io.EOF {
		return Organisation{}, errors.New("something stands behind the end")
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
	if !slices.Contains(looks, o.Look) {
		return Organisation{}, fmt.Errorf("look is none of %q", looks[1:])
	}
	if !validTimeServer(o.TimeServer) {
		return Organisation{}, errors.New("time_server is no host, host:port, none or system")
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
	s.Language = cmp.Or(s.Language, o.Language)
	s.LockMinutes = cmp.Or(s.LockMinutes, o.LockMinutes)
	if s.Look = cmp.Or(s.Look, o.Look); s.Look == lookSystem {
		s.Look = ""
	}
	s.TextPercent = cmp.Or(s.TextPercent, o.TextPercent)
	s.TimeServer = cmp.Or(s.TimeServer, o.TimeServer)
	if s.Authorities == nil {
		s.Authorities = o.authorities
	}
	return s.clone()
}

// chosen are the person's own settings after a change: what stands in them already, and of the rest
// only what differs from what applied before. What an organisation gives is never stored as theirs.
// Where it gives something and the person chose what otherwise goes unsaid, it is said.
func (s Settings) chosen(own, before Settings, o Organisation) Settings {
	if s.Language == before.Language {
		s.Language = own.Language
	}
	if s.LockMinutes == before.LockMinutes {
		s.LockMinutes = own.LockMinutes
	}
	switch {
	case s.Look == before.Look:
		s.Look = own.Look
	case s.Look == "" && o.Look != "":
		s.Look = lookSystem
	}
	switch {
	case s.TextPercent == before.TextPercent:
		s.TextPercent = own.TextPercent
	case s.TextPercent == 0 && o.TextPercent != 0:
		s.TextPercent = 100
	}
	switch {
	case s.TimeServer == before.TimeServer:
		s.TimeServer = own.TimeServer
	case s.TimeServer == "" && o.TimeServer != "":
		s.TimeServer = TimeServerSystem
	}
	switch {
	case slices.Equal(s.Authorities, before.Authorities):
		s.Authorities = own.Authorities
	case len(s.Authorities) == 0 && len(o.authorities) > 0:
		s.Authorities = []evidence.Authority{} // the built-in list, all the same
	case len(s.Authorities) == 0:
		s.Authorities = nil
	}
	return s.clone()
}

// Organisation is how this device was set up; the zero value if nobody did.
func (a *App) Organisation() Organisation { return a.organisation }

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
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"constat/app/flow/copies"
	"constat/app/flow/proof"
	"constat/assets/words"
	"constat/evidence"
	"constat/evidence/vault"
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
// A key and a place of copies it can only propose: who can read a vault is only ever said in it, by
// who has it open, and who knows of that key from elsewhere ([Proposal.Known]).
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
	Proposed    *Proposal `json:"proposed,omitempty"`

	authorities []evidence.Authority
}

// Proposal is a key that could be let in, and a place where its holder keeps copies. Whoever can put a
// file on a device can propose their own: nothing of it is used before a person who has the vault open
// has typed how the fingerprint of the key begins, which they have from elsewhere. It is shown nowhere
// before that.
type Proposal struct {
	Name   string         `json:"name"` // whose it is, as it would be listed
	Key    string         `json:"key"`  // age1pq1…
	Copies *ProposedPlace `json:"copies,omitempty"`
}

// ProposedPlace is where copies of a vault could go; what opens the place is not in the file.
type ProposedPlace struct {
	Kind     string `json:"kind"` // folder, webdav or s3
	Address  string `json:"address"`
	LockDays int    `json:"lock_days,omitempty"` // of an S3 store
}

// proposedSigns is how many signs of a fingerprint have to be typed: 64 bits, which nobody makes a key for.
const proposedSigns = 16

// Recipient is the key as it would be listed.
func (p Proposal) Recipient() RecipientView { return NewRecipient(p.Name, strings.TrimSpace(p.Key)) }

// Known reports whether what was typed is the beginning of the fingerprint of the key, at least
// 16 signs of it; how they are grouped does not matter.
func (p Proposal) Known(typed string) bool {
	signs := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || strings.ContainsRune(":-.·", r) {
			return -1
		}
		return unicode.ToLower(r)
	}, typed)
	return len(signs) >= proposedSigns && strings.HasPrefix(p.Recipient().Fingerprint.String(), signs)
}

// How many signs in a row of the asked beginning of a fingerprint no text of the file may hold: in what
// stands on the screen that asks, and in everything else.
const (
	tellsBeside    = 4
	tellsElsewhere = 6
)

// tells reports whether the file itself says how the fingerprint of the proposed key begins: what it says
// is on screens, and whoever reads it there would know it from nowhere else.
func (o Organisation) tells() bool {
	beside := []string{o.Name, o.Proposed.Name}
	elsewhere := append([]string{o.TimeServer}, o.Authorities...)
	if c := o.Proposed.Copies; c != nil {
		elsewhere = append(elsewhere, c.Address)
	}
	for _, c := range o.Contacts {
		elsewhere = append(elsewhere, c.Name, c.For, c.Number, c.Mail, c.Hours)
	}
	asked := o.Proposed.Recipient().Fingerprint.String()[:proposedSigns]
	return tellsAny(beside, asked, tellsBeside) || tellsAny(elsewhere, asked, tellsElsewhere)
}

// tellsAny reports whether one of the texts holds so many of the signs in a row, however they are grouped.
func tellsAny(list []string, signs string, inARow int) bool {
	return slices.ContainsFunc(list, func(text string) bool {
		text = strings.Map(func(r rune) rune {
			if !unicode.IsLetter(r) && !unicode.IsNumber(r) {
				return -1
			}
			return unicode.ToLower(r)
		}, norm.NFKC.String(text))
		for i := range len(signs) - inARow + 1 {
			if strings.Contains(text, signs[i:i+inARow]) {
				return true
			}
		}
		return false
	})
}

func (p Proposal) check() error {
	if name := strings.TrimSpace(p.Name); name == "" || utf8.RuneCountInString(name) > 100 {
		return errors.New("proposed: a name of 1 to 100 characters")
	}
	if !vault.IsRecipient(p.Key) {
		return errors.New("proposed: key is none of age1pq1…")
	}
	if c := p.Copies; c != nil {
		kinds := []string{copies.KindFolder, copies.KindWebDAV, copies.KindS3}
		if !slices.Contains(kinds, c.Kind) || strings.TrimSpace(c.Address) == "" {
			return fmt.Errorf("proposed: copies have a kind of %v, and an address", kinds)
		}
		if c.LockDays < 0 || c.LockDays > 0 && c.Kind != copies.KindS3 {
			return errors.New("proposed: lock_days are for s3")
		}
	}
	return nil
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
	if o.Proposed != nil {
		if err := o.Proposed.check(); err != nil {
			return Organisation{}, err
		}
		if o.tells() {
			return Organisation{}, errors.New("proposed: a text of the file holds signs of the key's fingerprint, which is to be had from elsewhere")
		}
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

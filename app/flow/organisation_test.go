package flow

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"constat/assets/words"
)

func organised(t *testing.T, text string) (*App, error) {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, OrganisationFile), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return New(Config{DataDir: dir})
}

// One file sets a device up; what the person chooses goes before it.
func TestAnOrganisationSetsADeviceUp(t *testing.T) {
	a, err := organised(t, `{"format":"constat-organisation/1","name":"Centre","language":"nl","lock_minutes":5,"text_percent":150,
		"authorities":["https://tsa.example.org/"],"contacts":[{"name":"Permanence","number":"02 000 00 00"}]}`)
	if err != nil {
		t.Fatal(err)
	}
	s := a.Settings()
	if s.Language != "nl" || s.LockMinutes != 5 || s.TextPercent != 150 || len(s.Authorities) != 1 || a.Organisation().Contacts[0].Name != "Permanence" {
		t.Errorf("%+v, %+v", s, a.Organisation())
	}
	s.Language = "de"
	if err := a.SaveSettings(s); err != nil {
		t.Fatal(err)
	}
	again, err := New(Config{DataDir: a.cfg.DataDir})
	if err != nil || again.Settings().Language != "de" {
		t.Errorf("%v, %+v", err, again.Settings())
	}
}

// What is misspelt or wrong is said; nothing of the file is used, and nothing waits for it.
func TestAWrongOrganisationIsSaidAndLeftOut(t *testing.T) {
	for what, text := range map[string]string{
		"another format":     `{"format":"x","name":"Centre","language":"nl"}`,
		"a misspelt field":   `{"format":"constat-organisation/1","language":"nl","lok_minutes":5}`,
		"no such language":   `{"format":"constat-organisation/1","language":"it","lock_minutes":5}`,
		"no address":         `{"format":"constat-organisation/1","language":"nl","authorities":["tsa"]}`,
		"text far too large": `{"format":"constat-organisation/1","language":"nl","text_percent":900}`,
		"no such look":       `{"format":"constat-organisation/1","language":"nl","look":"pink"}`,
		"no host":            `{"format":"constat-organisation/1","language":"nl","time_server":"ntp://time.example.org"}`,
		"no port":            `{"format":"constat-organisation/1","language":"nl","time_server":"time.example.org:99999"}`,
		"words for a host":   `{"format":"constat-organisation/1","language":"nl","time_server":"our own server"}`,
		"more behind it":     `{"format":"constat-organisation/1","language":"nl"} {}`,
		"no JSON":            `{`,
	} {
		a, err := organised(t, text)
		if err != nil {
			t.Errorf("%s: it stands in the way: %v", what, err)
			continue
		}
		if s := a.Settings(); s.Language != "" || s.LockMinutes != 0 || a.Organisation().Name != "" || a.Problem() != nil {
			t.Errorf("%s: something of it is used: %+v", what, s)
		}
		if m := Explain(a.LeftOut(), french(t)); a.LeftOut() == nil || !strings.Contains(m.What, OrganisationFile) || m.Do == "" {
			t.Errorf("%s: said as %+v", what, m)
		}
	}
	for _, server := range []string{"none", "system", "time.example.org", "time.example.org:1123", "192.0.2.1", "2001:db8::1", "[2001:db8::1]:123"} {
		if a, err := organised(t, `{"format":"constat-organisation/1","time_server":"`+server+`"}`); err != nil || a.LeftOut() != nil || a.Settings().TimeServer != server {
			t.Errorf("%s: %v, %v", server, err, a.LeftOut())
		}
	}
}

// A file beside the program that cannot be used does not hide the one in the data folder.
func TestAWrongOrganisationHidesNoOther(t *testing.T) {
	beside, dir := t.TempDir(), t.TempDir()
	for at, text := range map[string]string{beside: `{`, dir: `{"format":"constat-organisation/1","language":"nl"}`} {
		if err := os.WriteFile(filepath.Join(at, OrganisationFile), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	a, err := New(Config{DataDir: dir, Beside: beside})
	if err != nil || a.LeftOut() == nil || a.Settings().Language != "nl" {
		t.Errorf("%v, %v, %+v", err, a.LeftOut(), a.Settings())
	}
}

// What an organisation gives is never stored as what the person chose, and goes with its file; what
// the person chose against it stays.
func TestOnlyWhatThePersonChangedIsStored(t *testing.T) {
	a, err := organised(t, `{"format":"constat-organisation/1","language":"nl","lock_minutes":5,"look":"dark","text_percent":150,
		"time_server":"none","authorities":["https://tsa.example.org/"]}`)
	if err != nil {
		t.Fatal(err)
	}
	change := func(edit func(*Settings)) {
		t.Helper()
		s := a.Settings()
		edit(&s)
		if err := a.SaveSettings(s); err != nil {
			t.Fatal(err)
		}
	}
	stored := func(want string) {
		t.Helper()
		b, err := os.ReadFile(filepath.Join(a.cfg.DataDir, "settings.json"))
		if got := strings.Join(strings.Fields(string(b)), ""); err != nil || got != want {
			t.Errorf("stored %s, want %s (%v)", got, want, err)
		}
	}
	change(func(s *Settings) { s.TextPercent = 125 })
	stored(`{"text_percent":125}`)
	if s := a.Settings(); s.Language != "nl" || s.LockMinutes != 5 || s.TextPercent != 125 || len(s.Authorities) != 1 {
		t.Errorf("%+v", s)
	}
	change(func(s *Settings) { s.Look, s.TimeServer, s.Authorities = "", "", slices.Delete(s.Authorities, 0, 1) })
	stored(`{"authorities":[],"look":"system","text_percent":125,"time_server":"system"}`)
	for range 2 { // now, and at the next start
		if s := a.Settings(); s.Look != "" || s.TimeServer != TimeServerSystem || len(s.Authorities) != 0 || s.Language != "nl" {
			t.Errorf("against the organisation: %+v", s)
		}
		if a, err = New(Config{DataDir: a.cfg.DataDir}); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Remove(filepath.Join(a.cfg.DataDir, OrganisationFile)); err != nil {
		t.Fatal(err)
	}
	if a, err = New(Config{DataDir: a.cfg.DataDir}); err != nil {
		t.Fatal(err)
	}
	if s := a.Settings(); s.Language != "" || s.LockMinutes != 0 || s.TextPercent != 125 {
		t.Errorf("what the organisation gave is left: %+v", s)
	}
	change(func(s *Settings) { s.Language = "de" })
	stored(`{"language":"de","authorities":[],"look":"system","text_percent":125,"time_server":"system"}`)
}

func french(t *testing.T) *words.Text {
	t.Helper()
	text, err := words.For("fr")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

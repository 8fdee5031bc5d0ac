package flow

import (
	"os"
	"path/filepath"
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

// What is misspelt or wrong is said, not passed over.
func TestAWrongOrganisationIsSaid(t *testing.T) {
	for what, text := range map[string]string{
		"another format":     `{"format":"x","name":"Centre"}`,
		"a misspelt field":   `{"format":"constat-organisation/1","langauge":"nl"}`,
		"no such language":   `{"format":"constat-organisation/1","language":"it"}`,
		"no address":         `{"format":"constat-organisation/1","authorities":["tsa"]}`,
		"text far too large": `{"format":"constat-organisation/1","text_percent":900}`,
		"no JSON":            `{`,
	} {
		if _, err := organised(t, text); err == nil {
			t.Errorf("%s: nobody noticed", what)
		} else if m := Explain(err, french(t)); m.What == "" || m.Do == "" {
			t.Errorf("%s: no words", what)
		}
	}
}

func french(t *testing.T) *words.Text {
	t.Helper()
	text, err := words.For("fr")
	if err != nil {
		t.Fatal(err)
	}
	return text
}

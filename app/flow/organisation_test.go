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
		"a key of another":   `{"format":"constat-organisation/1","language":"nl","proposed":{"name":"Centre","key":"age1pq1nonsense"}}`,
		"a place, no key":    `{"format":"constat-organisation/1","language":"nl","proposed":{"name":"Centre","copies":{"kind":"folder","address":"/x"}}}`,
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

// keyOfAVault is a key that can be let in.
func keyOfAVault(t *testing.T) string {
	t.Helper()
	maker, err := New(Config{DataDir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	s, _, err := maker.CreateVault(t.Context(), maker.DefaultVault(), "brume lanterne pivot cerise")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Lock(); err != nil {
		t.Fatal(err)
	}
	header, err := os.ReadFile(filepath.Join(maker.DefaultVault(), "vault.json"))
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(header), `"age1pq1`)
	key, _, _ := strings.Cut("age1pq1"+rest, `"`)
	return key
}

// A proposal is nothing but words until somebody knows the key's fingerprint, in whatever groups.
func TestWhatIsProposedIsKnownByItsFingerprint(t *testing.T) {
	key := keyOfAVault(t)
	file := func(copies string) string {
		return `{"format":"constat-organisation/1","language":"nl","proposed":{"name":"Centre","key":"` + key + `"` + copies + `}}`
	}
	for _, wrong := range []string{`,"copies":{"kind":"ftp","address":"/x"}`, `,"copies":{"kind":"folder"}`, `,"copies":{"kind":"folder","address":"/x","lock_days":3}`, `,"secret":"x"`} {
		if a, err := organised(t, file(wrong)); err != nil || a.LeftOut() == nil || a.Organisation().Proposed != nil {
			t.Errorf("%s is taken: %v", wrong, err)
		}
	}
	a, err := organised(t, file(`,"copies":{"kind":"s3","address":"https://s3.example.org/a","lock_days":30}`))
	if err != nil || a.LeftOut() != nil {
		t.Fatal(err, a.LeftOut())
	}
	p := a.Organisation().Proposed
	print := p.Recipient().Fingerprint
	for typed, want := range map[string]bool{
		"": false, "                ": false, print.String()[:15]: false, print.String()[:16]: true, print.String(): true, print.String() + "0": false,
		strings.ToUpper(print.Grouped()[:24]): true, print.String()[2:20]: false, "0000000000000000": false,
	} {
		if p.Known(typed) != want {
			t.Errorf("%q is known: %v", typed, !want)
		}
	}
}

// A file that says the beginning of the fingerprint itself would be read out to whoever is asked for it.
func TestAFileThatTellsTheFingerprintIsLeftOut(t *testing.T) {
	key := keyOfAVault(t)
	signs := NewRecipient("", key).Fingerprint.String()
	with := func(name, more, inside string) string {
		return `{"format":"constat-organisation/1","name":"Aide","proposed":{"name":"` + name + `","key":"` + key + `"` + inside + `}` + more + `}`
	}
	wide := strings.Map(func(r rune) rune { return r + 0xfee0 }, signs[:16])
	for what, text := range map[string]string{
		"its name":                  with("Aide, signes "+signs[:16], "", ""),
		"its name, grouped":         with("Aide ("+signs[:4]+" · "+signs[4:8]+")", "", ""),
		"its name, in capitals":     with("Aide "+strings.ToUpper(signs[6:12]), "", ""),
		"its name, in wide signs":   with("Aide "+wide, "", ""),
		"its name, among words":     with("d'abord "+signs[:4]+" puis "+signs[4:8]+" puis le reste", "", ""),
		"a contact":                 with("Aide", `,"contacts":[{"name":"Aide","number":"`+signs[:8]+`"}]`, ""),
		"what a contact is for":     with("Aide", `,"contacts":[{"name":"Aide","number":"112","for":"`+signs[8:16]+`"}]`, ""),
		"the address of the place":  with("Aide", "", `,"copies":{"kind":"folder","address":"/media/`+signs[:16]+`"}`),
		"the server of the time":    with("Aide", `,"time_server":"`+signs[:16]+`.example.org"`, ""),
		"an address of a timestamp": with("Aide", `,"authorities":["https://tsa.example.org/`+signs[:16]+`"]`, ""),
	} {
		a, err := organised(t, text)
		if err != nil || a.LeftOut() == nil || a.Organisation().Proposed != nil {
			t.Errorf("%s tells it, and is taken: %v", what, err)
			continue
		}
		if why := a.LeftOut().Error(); !strings.Contains(why, "fingerprint") || strings.Contains(why, signs[:4]) {
			t.Errorf("%s: said as %q", what, why)
		}
	}
	a, err := organised(t, with("Aide "+signs[:3], `,"contacts":[{"name":"Aide","number":"02 000 00 00"}]`, ""))
	if err != nil || a.LeftOut() != nil || a.Organisation().Proposed == nil {
		t.Errorf("three signs by chance: %v %v", err, a.LeftOut())
	}
}

package handover_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"constat/app/flow/flowtest"
	"constat/app/flow/handover"
	"constat/app/flow/proof"
	"constat/bundle"
	"constat/evidence"
	"constat/evidence/ots"
	"constat/evidence/ots/otstest"
	"constat/evidence/tsa/tsatest"
	"constat/internal/schemas"
	"constat/internal/stock"
)

// A proof that needs no authority: off unless chosen, taken in with the bundle, completed
// later where the bundle lies. No verdict rests on it, and no word says more than is known.
func TestCalendars(t *testing.T) {
	authority := tsatest.New(t, tsatest.Options{Name: "first"})
	calendar, deaf := otstest.Start(t), otstest.Start(t)
	deaf.Answer = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }
	app := flowtest.App(t, authority.Authority())
	s, c := flowtest.Open(t, app)
	flowtest.Record(t, s, c, "https://example.org/1")
	dir := filepath.Join(t.TempDir(), "liasse")
	held := func(s schemas.Schema, answer any) {
		t.Helper()
		b, err := json.Marshal(answer)
		if err != nil {
			t.Fatal(err)
		}
		schemas.Hold(t, s, b)
	}
	export := func(dir string, calendars ...string) handover.ExportResult {
		t.Helper()
		r, err := s.Handover.Export(t.Context(),
			handover.ExportRequest{Case: c.ID, Target: dir, Language: "fr", Calendars: calendars}, evidence.NoProgress{})
		if err != nil {
			t.Fatal(err)
		}
		held(schemas.Export, r)
		return r
	}
	o := proof.VerifyOptions{RootsPEM: []byte(authority.RootPEM)}
	judged := func(o proof.VerifyOptions, says ...string) proof.CheckResult {
		t.Helper()
		r, err := app.Proof.VerifyBundle(t.Context(), dir, o)
		if err != nil {
			t.Fatal(err)
		}
		if r.Verdict != proof.Valid {
			t.Errorf("%s: %+v", r.Verdict, r.Checks)
		}
		said := ""
		for _, k := range r.Checks {
			if k.Name == "open-timestamps" {
				said += string(k.State) + " " + k.Detail + "\n"
			}
		}
		for _, want := range says {
			if !strings.Contains(said, want) {
				t.Errorf("%q is not said:\n%s", want, said)
			}
		}
		held(schemas.Verify, r)
		return r
	}

	// Nobody chose it: nobody is asked.
	export(dir)
	if len(calendar.Asked()) != 0 {
		t.Error("a calendar was asked that nobody chose")
	}
	judged(o, "not-done there is none")
	co := proof.CalendarOptions{RootsPEM: o.RootsPEM}
	if _, err := app.Proof.Calendar(t.Context(), dir, co, evidence.NoProgress{}); !errors.Is(err, proof.ErrNoCalendar) {
		t.Errorf("%v", err)
	}

	// Chosen in the settings, it comes with the bundle.
	settings := app.Settings()
	settings.Calendars = []string{deaf.URL, calendar.URL}
	if err := app.SaveSettings(settings); err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(t.TempDir(), "avec")
	r := export(dir)
	if len(r.Calendars) != 2 || r.Calendars[0].State != ots.BadStatus || r.Calendars[1].State != ots.Taken {
		t.Errorf("%+v", r.Calendars)
	}
	list, err := os.ReadFile(filepath.Join(dir, bundle.WholeName))
	if err != nil {
		t.Fatal(err)
	}
	sum := sha256.Sum256(list)
	if sent := calendar.Asked(); len(sent) != 1 || bytes.Equal(sent[0], sum[:]) || len(sent[0]) != len(sum) {
		t.Errorf("sent: %x", sent)
	}
	got := judged(o, "taken in by 1 calendars by its own account, which is a promise and no block is named yet, so it proves nothing so far: "+calendar.URL)
	if got.Calendar == nil || len(got.Calendar.Blocks) != 0 {
		t.Errorf("%+v", got.Calendar)
	}
	before := contents(t, dir)
	ask := func(co proof.CalendarOptions) proof.CalendarResult {
		t.Helper()
		r, err := app.Proof.Calendar(t.Context(), dir, co, evidence.NoProgress{})
		if err != nil {
			t.Fatal(err)
		}
		held(schemas.Calendar, r)
		return r
	}
	if r := ask(co); r.Changed || len(r.Answers) != 1 || r.Answers[0].State != ots.NotYet {
		t.Errorf("%+v", r)
	}
	calendar.Confirm()
	if r := ask(co); !r.Changed || r.Answers[0].State != ots.Completed || len(r.Proof.Blocks) != 1 || r.Verdict != proof.Valid {
		t.Errorf("%+v", r)
	}
	if r := ask(co); r.Changed || len(r.Answers) != 0 {
		t.Errorf("whole, and asked again: %+v", r)
	}
	after := contents(t, dir)
	for name, b := range before {
		if name != bundle.ProofName && after[name] != b {
			t.Errorf("%s was changed", name)
		}
	}
	judged(o, "not-done tagmanifest-sha256.txt.ots: names Bitcoin block 900000; not checked against the block here: its Merkle root has to be ", "taken in by 1 calendars by its own account, which is a promise: ")

	// A header that somebody brings: of an easy chain of nobody, and of another block.
	o.BlockHeaders = calendar.Headers()[0] + "\n"
	judged(o, "not-done tagmanifest-sha256.txt.ots: the header that was given for Bitcoin block 900000 has its Merkle root, and is of no block of Bitcoin")
	o.BlockHeaders = "0100000000000000000000000000000000000000000000000000000000000000000000003ba3edfd7a7b12b27ac72c3e67768f617fc81bc3888a51323a9fb8aa4b1e5e4a29ab5f49ffff001d1dac2b7c"
	judged(o, "none of the 1 headers that were given has it")
	o.BlockHeaders = "xx"
	if _, err := app.Proof.VerifyBundle(t.Context(), dir, o); err == nil {
		t.Error("a header that is none was taken")
	}
	o.BlockHeaders = ""

	// The bundle's own script says that it does not read it, and comes to the same.
	root := filepath.Join(t.TempDir(), "root.pem")
	if err := os.WriteFile(root, []byte(authority.RootPEM), 0o600); err != nil {
		t.Fatal(err)
	}
	if said := stock.Run(t, dir, "sh", "verify/verify.sh", root); !strings.Contains(said, "NOT DONE   tagmanifest-sha256.txt.ots") {
		t.Error(said)
	}

	// Spoilt, or of another bundle: it proves nothing, and takes nothing.
	name := filepath.Join(dir, bundle.ProofName)
	whole, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	for bad, says := range map[string]string{
		string(whole[:len(whole)-1]): "proves nothing: no OpenTimestamps proof: it ends too early",
		"":                           "proves nothing",
		strings.Replace(string(whole), string(sum[:]), strings.Repeat("x", 32), 1): "it is over another file than tagmanifest-sha256.txt here",
	} {
		if err := os.WriteFile(name, []byte(bad), 0o600); err != nil {
			t.Fatal(err)
		}
		judged(o, says)
		// With no new one it stays where it is; a new one takes its place, and it is kept.
		if r := ask(proof.CalendarOptions{RootsPEM: o.RootsPEM, Calendars: []string{deaf.URL}}); r.Changed || r.Aside != "" || r.Unread == "" {
			t.Errorf("%s: %+v", says, r)
		}
		if b, err := os.ReadFile(name); err != nil || string(b) != bad {
			t.Errorf("%s: %v, %d bytes", says, err, len(b))
		}
		r := ask(co)
		if !r.Changed || r.Unread == "" || filepath.Dir(r.Aside) != filepath.Dir(dir) || r.Proof == nil || r.Verdict != proof.Valid {
			t.Errorf("%s: %+v", says, r)
		}
		if b, err := os.ReadFile(r.Aside); err != nil || string(b) != bad {
			t.Errorf("%s: %v, %d bytes aside", says, err, len(b))
		}
	}
	none := app.Settings()
	none.Calendars = nil
	if err := app.SaveSettings(none); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(name, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := app.Proof.Calendar(t.Context(), dir, co, evidence.NoProgress{}); err == nil {
		t.Error("a spoilt one, and nobody to ask")
	}
	if err := app.SaveSettings(settings); err != nil {
		t.Fatal(err)
	}
	// One that is larger than anything ends no renewal.
	if err := os.Truncate(name, 65<<20); err != nil {
		t.Fatal(err)
	}
	judged(o, "proves nothing")
	if _, err := bundle.OpenWhole(dir); err != nil {
		t.Errorf("it cannot be renewed any more: %v", err)
	}
	// A finished bundle without one gets it; what is not valid gets none.
	if err := os.Remove(name); err != nil {
		t.Fatal(err)
	}
	if r := ask(proof.CalendarOptions{RootsPEM: o.RootsPEM, Calendars: []string{deaf.URL}}); r.Changed || r.Proof != nil || r.File != "" {
		t.Errorf("%+v", r)
	}
	if r := ask(co); !r.Changed || r.File != bundle.ProofName {
		t.Errorf("%+v", r)
	}
	if err := os.WriteFile(filepath.Join(dir, "READ-ME-FIRST.html"), []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := app.Proof.Calendar(t.Context(), dir, co, evidence.NoProgress{}); err == nil {
		t.Error("a changed bundle was taken in")
	}
}

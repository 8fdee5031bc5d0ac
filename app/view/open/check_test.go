package open

import (
	"context"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"constat/app/flow/handover"
	"constat/app/flow/keep"
	"constat/app/flow/proof"
	"constat/app/view/widget"
	"constat/evidence"
	"constat/evidence/ots/otstest"
	"constat/evidence/tsa/tsatest"
)

// An officer checks what they were handed, without a vault: the verdict is that of the terminal, a byte that
// changed is said, and a page says the same.
func TestAReceivedBundleIsCheckedWithoutAVault(t *testing.T) {
	r := inCase(t)
	ctx := context.Background()
	stick := filepath.Join(r.Home, "stick")
	cases, err := r.W.Session().Look.Cases(ctx)
	if err != nil {
		t.Fatal(err)
	}
	note := filepath.Join(r.Home, "note.txt")
	if err := os.WriteFile(note, []byte("one"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := r.W.Session().Keep.Import(ctx, keep.ImportRequest{Case: cases[0].ID, Files: []string{note}, Subject: keep.SubjectAdult}, evidence.NoProgress{}); err != nil {
		t.Fatal(err)
	}
	made, err := r.W.Session().Handover.Export(ctx, handover.ExportRequest{Case: cases[0].ID, Target: stick, Language: "fr"}, evidence.NoProgress{})
	if err != nil {
		t.Fatal(err)
	}
	r.Window.Lock()

	s := &checkScreen{from: &unlockScreen{}}
	r.W.Show(&unlockScreen{})
	r.Press("window.check.open")
	r.Sees("window.check.what", "window.check.nothing-leaves")
	r.W.Show(s)
	s.check(r.W, stick)
	r.Sees("answer." + string(made.Verdict))
	if !strings.Contains(r.Words(), made.Fingerprint.String()) {
		t.Error("the fingerprint is not shown")
	}
	before := len(r.Words())
	r.Press("window.check.every")
	if len(r.Words()) <= before {
		t.Error("what passed is not shown")
	}

	log := filepath.Join(stick, "data", "custody-log.jsonl")
	b, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	b[len(b)/2] ^= 1
	if err := os.WriteFile(log, b, 0o600); err != nil {
		t.Fatal(err)
	}
	r.Press("window.check.again")
	s = &checkScreen{from: &unlockScreen{}}
	r.W.Show(s)
	s.check(r.W, stick)
	r.Sees("answer.not-valid", "answer.not-valid-means")
	failed := s.result.Checks[slices.IndexFunc(s.result.Checks, func(k evidence.Check) bool { return k.State == evidence.Failed && k.Detail != "" })]
	name, technical := proof.CheckName(r.W.Text(), failed), strings.Fields(proof.CheckWords(r.W.Text(), failed))
	if last := technical[len(technical)-1]; !strings.Contains(r.Words(), name) || strings.Contains(r.Words(), last) {
		t.Errorf("%q, and not %q, is to be read: %s", name, last, r.Words())
	}
	s.open = map[string]bool{"check.details": true}
	r.W.Rebuild()
	r.Sees("answer.english")
	if last := technical[len(technical)-1]; !strings.Contains(r.Words(), last) {
		t.Errorf("%q is not folded out: %s", last, r.Words())
	}
	for n := range 2 {
		path, err := r.App.Proof.SaveAnswer(r.Home, "answer", "fr", stick, *s.result)
		if err != nil {
			t.Fatal(err)
		}
		if want := []string{"answer.pdf", "answer-2.pdf"}[n]; filepath.Base(path) != want {
			t.Errorf("%s, want %s", path, want)
		}
	}
}

// Whoever checks a folder renews its timestamps with one button, and sees what verify says of it.
func TestAReceivedBundleIsRenewed(t *testing.T) {
	authority := tsatest.New(t, tsatest.Options{Name: "today"})
	calendar := otstest.Start(t)
	r := inCase(t, authority.Authority())
	r.Clock.Pass(time.Since(r.Clock.At)) // the authority's clock is the real one
	ctx := context.Background()
	stick := filepath.Join(r.Home, "stick")
	cases, err := r.W.Session().Look.Cases(ctx)
	if err != nil {
		t.Fatal(err)
	}
	note := filepath.Join(r.Home, "note.txt")
	if err := os.WriteFile(note, []byte("one"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := r.W.Session().Keep.Import(ctx, keep.ImportRequest{Case: cases[0].ID, Files: []string{note}, Subject: keep.SubjectAdult}, evidence.NoProgress{}); err != nil {
		t.Fatal(err)
	}
	if _, err := r.W.Session().Handover.Export(ctx, handover.ExportRequest{Case: cases[0].ID, Target: stick, Language: "fr"}, evidence.NoProgress{}); err != nil {
		t.Fatal(err)
	}
	s := &checkScreen{from: &unlockScreen{}, zip: widget.NewSecret(r.W.Keys(), "")}
	r.W.Show(s)
	s.check(r.W, stick)
	r.Sees("answer.valid", "window.check.renew-how")
	r.Press("window.check.renew")
	r.Sees("window.check.renew-not-due")
	r.Press("window.check.renew-anyway")
	r.Sees("answer.valid", "window.check.renew-how")
	if x := s.added.renewed; x == nil || !x.Renewed || x.Record == nil || !x.Record.Renewed || len(s.result.Records) != 2 {
		t.Errorf("%+v", x)
	}
	for _, name := range []string{"renewal-1.txt", "evidence-record-2.ers"} {
		if _, err := os.Stat(filepath.Join(stick, name)); err != nil {
			t.Error(err)
		}
	}
	// The record by another hash too, if somebody wants it.
	r.Tick(r.W.T("check.renew-other"))
	r.Press("window.check.renew")
	if x := s.added.renewed; x == nil || x.Due || x.Record == nil || !x.Record.Renewed || strings.Join(x.Record.Hashes, " ") != "SHA-512 SHA3-256" {
		t.Errorf("%+v", x)
	}

	// A proof that needs no authority is offered only where somebody wants such proofs.
	if strings.Contains(r.Words(), r.W.T("check.calendar")) {
		t.Error("offered, and nobody chose it")
	}
	settings := r.App.Settings()
	settings.Calendars = []string{calendar.URL}
	if err := r.App.SaveSettings(settings); err != nil {
		t.Fatal(err)
	}
	r.W.Rebuild()
	r.Press("window.check.calendar")
	r.Sees("window.check.calendar-pending")
	// Who did not answer is not told to be on it, and who was not asked did not answer.
	calendar.Answer = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }
	r.Press("window.check.calendar")
	r.Sees("window.check.calendar-silent")
	settings.Calendars = []string{"http://127.0.0.1:1"}
	if err := r.App.SaveSettings(settings); err != nil {
		t.Fatal(err)
	}
	r.Press("window.check.calendar")
	r.Sees("window.check.calendar-unasked")
	settings.Calendars, calendar.Answer = []string{calendar.URL}, nil
	if err := r.App.SaveSettings(settings); err != nil {
		t.Fatal(err)
	}
	calendar.Confirm()
	r.Press("window.check.calendar")
	r.Sees("answer.valid")
	if !strings.Contains(r.Words(), r.W.T("check.calendar-block", "Block", r.W.Text().Number(otstest.Height))) {
		t.Error(r.Words())
	}
}

// What stopped after it had added something leaves no answer of before on the screen.
func TestARenewalThatStopsHalfWay(t *testing.T) {
	r := inCase(t)
	s := &checkScreen{from: &unlockScreen{}, zip: widget.NewSecret(r.W.Keys(), ""), path: r.Home, result: &proof.CheckResult{Verdict: proof.Valid, Valid: true}}
	r.W.Show(s)
	r.Sees("answer.valid")
	s.add(r.W, func(context.Context, evidence.Progress) (renewing, error) {
		return renewing{renewed: &proof.BundleRenewal{}}, os.ErrPermission
	})
	r.Sees("answer.valid")
	s.add(r.W, func(context.Context, evidence.Progress) (renewing, error) {
		return renewing{renewed: &proof.BundleRenewal{Added: []string{"renewal-1.txt"}}}, context.Canceled
	})
	r.Sees("window.check.unfinished")
	if s.result != nil || strings.Contains(r.Words(), r.W.T("check.renew")) {
		t.Errorf("the answer of before is there: %s", r.Words())
	}
}

// A ZIP is not added to, and it is said.
func TestAZIPIsNotRenewed(t *testing.T) {
	r := inCase(t)
	path := filepath.Join(r.Home, "x.zip")
	if err := os.WriteFile(path, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	until := r.Clock.At
	r.W.Show(&checkScreen{from: &unlockScreen{}, zip: widget.NewSecret(r.W.Keys(), ""), path: path, lies: lieOf(path), result: &proof.CheckResult{Verdict: proof.Valid, Valid: true, StandsUntil: &until}})
	r.Sees("window.check.renew-zip")
}

// A bundle is dragged into the window: on the first screen, on that of a locked vault, and on the check itself. Its
// page to open first stands for its folder; anything else is no bundle, and says so only where one checks.
func TestABundleIsDraggedIntoTheWindow(t *testing.T) {
	r := inCase(t)
	r.Keep("https://example.org/1")
	stick := filepath.Join(r.Home, "liasse")
	export := func(target, password string) {
		t.Helper()
		if _, err := r.W.Session().Handover.Export(t.Context(), handover.ExportRequest{Case: r.W.Desk().Case.ID, Target: target, ZipPassword: password, Language: "fr"}, evidence.NoProgress{}); err != nil {
			t.Fatal(err)
		}
	}
	export(stick, "")
	export(stick+".zip", "brume lanterne pivot cerise")
	note := filepath.Join(r.Home, "note.txt")
	if err := os.WriteFile(note, []byte("one"), 0o600); err != nil {
		t.Fatal(err)
	}
	r.Window.Lock()
	r.Drop("file://" + note) // a passer-by learns nothing by it
	r.Sees("window.unlock.what")
	r.Drop("file://" + filepath.Join(stick, "READ-ME-FIRST.html"))
	r.Sees("answer.consistent-time-not-proven", "answer.limits")
	if s := r.W.Screen().(*checkScreen); s.path != stick {
		t.Errorf("checked: %s", s.path)
	}
	r.Press("window.check.report")
	if want := filepath.Join(stick, "data", "report.pdf"); len(r.Opened) != 1 || r.Opened[0] != want {
		t.Errorf("opened: %v", r.Opened)
	}
	r.Drop("file://"+stick, "file://"+note)
	r.Sees("window.check.one", "window.check.drop")
	r.Drop("https://exemple.be/")
	r.Sees("window.check.one")
	r.Drop("file://" + stick + ".zip")
	r.Sees("window.check.locked")
	r.TypeInto(0, "another one")
	r.Press("window.check.go")
	r.Sees("window.check.locked", "error.bundle-password.what")
	r.W.Focus(r.Fields()[0])
	r.Fields()[0].SetText("brume lanterne pivot cerise")
	r.Key(fyne.KeyReturn)
	r.Sees("answer.consistent-time-not-proven")
	if s := r.W.Screen().(*checkScreen); s.zip.Text != "" || s.report() != "" {
		t.Error("the password is still there, or a report of a ZIP is opened")
	}

	r.W.Show(&firstScreen{})
	r.Exec.Held = true // what is dragged lies on a disk that does not answer
	r.Drop("file://" + stick)
	if _, same := r.W.Screen().(*firstScreen); !same {
		t.Error("the window asks a disk itself what was dragged into it")
	}
	r.Exec.Held = false
	r.Exec.Finish()
	r.Sees("answer.consistent-time-not-proven")
}

package complain_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"constat/app/flow/complain"
	"constat/app/flow/flowtest"
	"constat/evidence"
)

var now = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)

func TestTheAccountIsPutTogether(t *testing.T) {
	s, c := flowtest.Open(t, flowtest.App(t))
	x := flowtest.Record(t, s, c, "https://x.com/someone/status/1861234567890123456")
	minor := flowtest.Record(t, s, c, "https://x.com/young/status/1861234567890123457")
	if _, err := s.Keep.SaveFacts(t.Context(), c.ID, x.Exhibit, map[string]string{"intent-quotes": "elle l'a mérité", "witnesses": "Mme W.", "seen-by": "mes collègues", "date-shown": "il y a 2 jours"}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Keep.MarkMinor(t.Context(), c.ID, minor.Exhibit); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Remove.Report(t.Context(), c.ID, map[string]string{"to": "X", "on": "2026-11-20", "reference": "77-1"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Complain.Set(t.Context(), c.ID, map[string]string{"happened": "Mon ex a publié.", "first-known": "2026-11-19", "malice-or-profit": "il voulait de l'argent", "ticked": "identity"}); err != nil {
		t.Fatal(err)
	}
	if err := s.Complain.SaveNotes(t.Context(), c.ID, "SECRET"); err != nil {
		t.Fatal(err)
	}
	for lang, published := range map[string]string{"fr": "20/11/2026", "nl": "20/11/2026", "de": "20.11.2026", "en": "20 Nov 2026"} {
		a, err := s.Complain.Show(t.Context(), c.ID, lang)
		if err != nil {
			t.Fatal(err)
		}
		if a.Closed != 1 || len(a.Places) != 1 || len(a.Accounts) != 1 || a.Accounts[0].Account != "someone" {
			t.Errorf("%s: %+v", lang, a)
		}
		text, err := a.Text(now)
		if err != nil {
			t.Fatal(err)
		}
		for _, part := range []string{"Mon ex a publié.", "il voulait de l'argent", "elle l'a mérité", "Mme W.", "mes collègues", "il y a 2 jours", "77-1", published} {
			if !strings.Contains(text, part) {
				t.Errorf("%s lacks %q:\n%s", lang, part, text)
			}
		}
		for _, not := range []string{"SECRET", "young", "account.", "reported.", "<no value>"} {
			if strings.Contains(text, not) {
				t.Errorf("%s has %q:\n%s", lang, not, text)
			}
		}
		var b bytes.Buffer
		if err := a.WritePDF(&b, now); err != nil || !bytes.HasPrefix(b.Bytes(), []byte("%PDF")) {
			t.Error(err)
		}
	}
	a, err := s.Complain.Show(t.Context(), c.ID, "en")
	if err != nil {
		t.Fatal(err)
	}
	// In order, those without a date first, each with what its time rests on.
	var kinds []string
	for i, e := range a.Chronology {
		kinds = append(kinds, e.Kind+"/"+e.Basis)
		if i > 0 && e.Time != nil && a.Chronology[i-1].Time != nil && e.Time.Before(*a.Chronology[i-1].Time) {
			t.Errorf("%d is out of order", i)
		}
	}
	if a.Chronology[0].Told != "il y a 2 jours" || a.Chronology[0].Time != nil {
		t.Errorf("%v", kinds)
	}
	for _, want := range []string{"published/derived-from-id", "learned/told", "reported/told", "noted/device-clock"} {
		if !strings.Contains(strings.Join(kinds, " "), want) {
			t.Errorf("%v lacks %s", kinds, want)
		}
	}
	// Only what is true is ticked, and nothing is called ready that is not.
	for _, b := range a.Bring {
		if b.Ticked != (b.ID == "identity") {
			t.Errorf("%s is ticked: %v", b.ID, b.Ticked)
		}
		if (b.Ready != "") != (b.ID == "reports" || b.ID == "witnesses") {
			t.Errorf("%s is ready: %q", b.ID, b.Ready)
		}
	}
	for _, q := range a.Questions {
		if q.Law.Confirmed || q.Law.ValidFrom != "2026-09-01" {
			t.Errorf("%s: %+v", q.ID, q.Law)
		}
	}
}

func TestWhatIsToldOfTheCaseStaysInTheLog(t *testing.T) {
	s, c := flowtest.Open(t, flowtest.App(t))
	for _, v := range []string{"d'abord", "d'abord", "ensuite", ""} {
		if err := s.Complain.Set(t.Context(), c.ID, map[string]string{"happened": v}); err != nil {
			t.Fatal(err)
		}
	}
	for what, fields := range map[string]map[string]string{"unknown": {"nonsense": "x"}, "a tick of nothing": {"ticked": "moon"}} {
		if err := s.Complain.Set(t.Context(), c.ID, fields); !errors.Is(err, evidence.ErrAccount) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if err := s.Complain.SaveNotes(t.Context(), c.ID, "SECRET"); err != nil {
		t.Fatal(err)
	}
	if got, err := s.Complain.Notes(t.Context(), c.ID); got != "SECRET" || err != nil {
		t.Errorf("%q, %v", got, err)
	}
	var _ *complain.Complainer = s.Complain
	n := 0
	for _, e := range flowtest.Entries(t, s, flowtest.Passphrase, c.ID) {
		if e.Action == evidence.ActAccountEdited {
			n++
		}
		for _, v := range e.Detail {
			if strings.Contains(v, "SECRET") {
				t.Error("a confidential note is in the log")
			}
		}
	}
	if n != 3 {
		t.Errorf("%d lines, want 3: only what changed is written", n)
	}
}

// Nothing that is there is overwritten, and what failed leaves nothing.
func TestFilesAreMadeWholeOrNotAtAll(t *testing.T) {
	s, _ := flowtest.Open(t, flowtest.App(t))
	name := filepath.Join(t.TempDir(), "a.txt")
	boom := errors.New("boom")
	if err := s.WriteOut(name, func(io.Writer, bool) error { return boom }); !errors.Is(err, boom) {
		t.Error(err)
	}
	if _, err := os.Stat(name); err == nil {
		t.Error("what failed is there")
	}
	if err := os.WriteFile(name, []byte("mine"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.WriteOut(name, nil); err == nil {
		t.Error("it was overwritten")
	}
}

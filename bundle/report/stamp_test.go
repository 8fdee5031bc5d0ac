package report_test

import (
	"strings"
	"testing"
	"time"

	"constat/assets/words"
	"constat/bundle/report"
	"constat/evidence/tsa"
)

// The gap is taken from one clock, so it is right also where that is wrong; the
// clock is compared with the token's time.
func TestGapAndClockOfATimestamp(t *testing.T) {
	finished := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	sent := finished.Add(3 * 24 * time.Hour)
	st := report.Stamp{
		Sent: sent, Received: sent.Add(400 * time.Millisecond),
		Verified: &tsa.Timestamp{Time: sent.Add(-5 * time.Minute).Add(200 * time.Millisecond), HasAccuracy: true, Accuracy: time.Second},
	}
	if gap, ok := st.Gap(finished); !ok || gap != 3*24*time.Hour+400*time.Millisecond {
		t.Errorf("gap %v %v", gap, ok)
	}
	if offset, uncertainty, ok := st.ClockOffset(); !ok || offset != 5*time.Minute || uncertainty != 1200*time.Millisecond {
		t.Errorf("offset %v ± %v %v", offset, uncertainty, ok)
	}
	if gap, ok := st.Gap(sent.Add(time.Hour)); !ok || gap >= 0 {
		t.Errorf("gap after the clock was set: %v %v", gap, ok)
	}
	st.Verified = nil
	if _, ok := st.Gap(finished); ok {
		t.Error("a gap to a time that nobody verified")
	}
	if _, _, ok := st.ClockOffset(); ok {
		t.Error("a clock compared with a time that nobody verified")
	}
}

func TestWordsOfGapAndClock(t *testing.T) {
	for lang, want := range map[string][]string{
		"fr": {"réponse 12 s après la capture", "3 jours 4 h", "2 essais", "−4,0 s (± 1,5 s)"},
		"nl": {"antwoord 12 s na de opname", "3 dagen 4 u", "2 pogingen", "−4,0 s (± 1,5 s)"},
		"de": {"Antwort 12 s nach der Sicherung", "3 Tage 4 Std.", "2 Versuchen", "−4,0 s (± 1,5 s)"},
		"en": {"answer 12 s after the capture", "3 days 4 h", "2 tries", "−4.0 s (± 1.5 s)"},
	} {
		text, err := words.For(lang)
		if err != nil {
			t.Fatal(err)
		}
		late := report.GapWords(text, 76*time.Hour+5*time.Minute, 2)
		got := []string{report.GapWords(text, 12*time.Second, 0), late, late, report.ClockWords(text, -4*time.Second, 1500*time.Millisecond)}
		for i, w := range want {
			if !strings.Contains(strings.ReplaceAll(got[i], "\u00a0", " "), w) {
				t.Errorf("%s: %q lacks %q", lang, got[i], w)
			}
		}
		if unknown := report.GapWords(text, -time.Second, 0); unknown != text.T("stamp.gap-unknown") || unknown == "stamp.gap-unknown" {
			t.Errorf("%s: a clock that was set: %q", lang, unknown)
		}
	}
}

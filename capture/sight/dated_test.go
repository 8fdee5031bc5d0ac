package sight

import (
	"slices"
	"testing"
	"time"

	"constat/evidence"
)

func TestBandSaysWhen(t *testing.T) {
	at := evidence.MomentOf(time.Date(2026, 11, 23, 11, 42, 9, 0, time.FixedZone("CET", 3600)))
	text := Band{Address: "https://example.org/", Entered: "https://Example.org"}.text(at, 10, 20)
	if text.Entered != "https://Example.org" || text.Address != "https://example.org/" || text.Mark != "" {
		t.Errorf("band %+v", text)
	}
	want := []string{"2026-11-23 11:42:09 +01:00 (CET)", "2026-11-23 10:42:09 UTC", "10 × 20 px"}
	if !slices.Equal(text.Facts, want) {
		t.Errorf("facts %q", text.Facts)
	}
}

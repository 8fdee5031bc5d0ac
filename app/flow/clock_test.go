package flow_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"constat/app/flow"
	"constat/app/flow/keep"
	"constat/assets/words"
	"constat/bundle/detail"
	"constat/evidence"
	"constat/evidence/vault/vaulttest"
)

// TestAClockThatCannotBe: a device whose clock stands in 1970 or 2100 keeps what is kept, and says
// what it says.
func TestAClockThatCannotBe(t *testing.T) {
	ctx := t.Context()
	for _, year := range []int{1970, 2100, 2026} {
		now := time.Date(year, 12, 24, 18, 0, 0, 0, time.UTC)
		app, err := flow.New(flow.Config{DataDir: t.TempDir(), Version: "test", Now: func() time.Time { return now }})
		if err != nil {
			t.Fatal(err)
		}
		dir := t.TempDir()
		vaulttest.Make(t, dir, "quatre mots sans lien: tulipe")
		s, err := app.Unlock(ctx, dir, "quatre mots sans lien: tulipe")
		if err != nil {
			t.Fatal(err)
		}
		fr, _ := words.For("fr")
		told := strings.Join(s.Notices(fr), "\n")
		c, err := s.Keep.CreateCase(ctx, "Une affaire")
		if err != nil {
			t.Fatal(err)
		}
		e, err := s.Keep.Record(ctx, keep.RecordRequest{Case: c.ID, Address: "https://example.org/a"}, evidence.NoProgress{})
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(e.Problems, func(p evidence.Problem) bool { return p.Code == keep.ProblemDeviceClock })
		odd := year != 2026
		if (i >= 0) != odd || strings.Contains(told, "Cet appareil dit") != odd {
			t.Errorf("%d: problems %v, notices %q", year, e.Problems, told)
		}
		if odd && !strings.Contains(detail.Problem(fr, e.Problems[i]), now.Format("2006")) {
			t.Errorf("%d: %q", year, detail.Problem(fr, e.Problems[i]))
		}
		if err := s.Lock(); err != nil {
			t.Error(err)
		}
	}
}

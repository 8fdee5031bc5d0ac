package tsa_test

import (
	"errors"
	"math"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"constat/evidence"
	"constat/evidence/tsa"
	"constat/evidence/tsa/tsatest"
)

func TestNextTry(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	ago := func(d ...time.Duration) (at []time.Time) {
		for _, x := range d {
			at = append(at, now.Add(-x))
		}
		return at
	}
	many := slices.Repeat(ago(0), 10_000)
	for _, c := range []struct {
		name     string
		failures []time.Time
		pause    time.Duration
		jitter   float64
		want     time.Duration // from now
	}{
		{"never failed", nil, time.Minute, 0.5, 0},
		{"once", ago(0), time.Minute, 0, time.Minute},
		{"once, no pause known", ago(0), 0, 0, 15 * time.Second},
		{"once, a pause that is too short", ago(0), time.Second, 0, 15 * time.Second},
		{"once, negative pause", ago(0), -time.Hour, 0, 15 * time.Second},
		{"twice", ago(time.Minute, 0), 15 * time.Second, 0, 30 * time.Second},
		{"four times, in any order", ago(0, 3*time.Minute, time.Minute, time.Hour), 15 * time.Second, 0, 2 * time.Minute},
		{"some of the pause is over", ago(20*time.Second, time.Hour), 15 * time.Second, 0, 10 * time.Second},
		{"all of it is over", ago(time.Hour), 15 * time.Second, 0.9, 0},
		{"cap", many, 15 * time.Second, 0, 6 * time.Hour},
		{"pause above the cap", ago(0), 48 * time.Hour, 0, 6 * time.Hour},
		{"overflow", many, math.MaxInt64, 0, 6 * time.Hour},
		{"jitter adds", ago(0), time.Minute, 0.5, time.Minute + 7500*time.Millisecond},
		{"jitter is no draw", ago(0), time.Minute, 7, time.Minute},
		{"jitter is negative", ago(0), time.Minute, -1, time.Minute},
		{"jitter is not a number", ago(0), time.Minute, math.NaN(), time.Minute},
		{"a failure in the future", ago(-240 * time.Hour), time.Minute, 0, 0},
		{"one in the future, one now", ago(-240*time.Hour, 0), time.Minute, 0, 2 * time.Minute},
	} {
		if got := tsa.NextTry(c.failures, c.pause, now, c.jitter); got.Sub(now) != c.want {
			t.Errorf("%s: %v, want %v", c.name, got.Sub(now), c.want)
		}
	}
	// Never sooner than fair use, never later than the cap and its jitter.
	for n := 1; n < 40; n++ {
		for _, jitter := range []float64{0, 0.3, 0.999} {
			got := tsa.NextTry(slices.Repeat(ago(0), n), 15*time.Second, now, jitter).Sub(now)
			if got < 15*time.Second || got > 6*time.Hour*5/4 {
				t.Errorf("%d failures: %v", n, got)
			}
		}
	}
}

// What was announced is kept, and devices differ.
func TestJitter(t *testing.T) {
	now := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	sum, seen := 0.0, map[float64]bool{}
	const n = 1000
	for i := range n {
		failures := []time.Time{now.Add(time.Duration(i)), now.Add(-time.Hour)}
		j := tsa.Jitter("http://tsa.example.org", failures)
		slices.Reverse(failures)
		if j < 0 || j >= 1 || j != tsa.Jitter("http://tsa.example.org", failures) {
			t.Fatalf("%v", j)
		}
		sum, seen[j] = sum+j, true
	}
	if mean := sum / n; len(seen) != n || mean < 0.45 || mean > 0.55 {
		t.Errorf("%d different ones, mean %v", len(seen), mean)
	}
	if tsa.Jitter("a", []time.Time{now}) == tsa.Jitter("b", []time.Time{now}) {
		t.Error("authorities do not differ")
	}
	// Asked again at the announced moment, it is due.
	for i := range 100 {
		failures := []time.Time{now.Add(-time.Duration(i) * time.Minute), now}
		j := tsa.Jitter("x", failures)
		next := tsa.NextTry(failures, 15*time.Second, now, j)
		if again := tsa.NextTry(failures, 15*time.Second, next, tsa.Jitter("x", failures)); again.After(next) {
			t.Errorf("announced %v, then %v", next, again)
		}
	}
}

func TestOffset(t *testing.T) {
	at := time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	reply := func(sent, took time.Duration) tsa.Reply {
		return tsa.Reply{Sent: at.Add(sent), Received: at.Add(sent + took)}
	}
	for _, c := range []struct {
		name                string
		reply               tsa.Reply
		ts                  *tsa.Timestamp
		offset, uncertainty time.Duration
		ok                  bool
	}{
		{"exact", reply(0, 2*time.Second), &tsa.Timestamp{Time: at.Add(1500 * time.Millisecond), HasAccuracy: true, Accuracy: time.Millisecond},
			500 * time.Millisecond, time.Second + time.Millisecond, true},
		{"device an hour ahead", reply(time.Hour, time.Second), &tsa.Timestamp{Time: at.Add(time.Millisecond), HasAccuracy: true},
			-time.Hour - 499*time.Millisecond, 500 * time.Millisecond, true},
		{"no accuracy is claimed", reply(0, 0), &tsa.Timestamp{Time: at.Add(time.Millisecond)}, time.Millisecond, time.Second, true},
		{"whole seconds", reply(0, time.Second), &tsa.Timestamp{Time: at, HasAccuracy: true}, 0, time.Second, true},
		{"clock set back while waiting", reply(0, -time.Second), &tsa.Timestamp{Time: at}, 0, 0, false},
		{"not verified", reply(0, 0), nil, 0, 0, false},
		{"not known when", tsa.Reply{}, &tsa.Timestamp{Time: at}, 0, 0, false},
	} {
		offset, uncertainty, ok := tsa.Offset(c.reply, c.ts)
		if offset != c.offset || uncertainty != c.uncertainty || ok != c.ok {
			t.Errorf("%s: %v ± %v, %v", c.name, offset, uncertainty, ok)
		}
	}
}

// OpenSSL's clock is this machine's: the offset has to be nothing, within its
// own uncertainty, and an hour for a device that is an hour wrong.
func TestOffsetAgainstOpenSSL(t *testing.T) {
	s := tsatest.New(t, tsatest.Options{})
	digest := evidence.Sum(payload)
	for _, wrong := range []time.Duration{0, time.Hour, -time.Hour} {
		client := tsa.Client{Now: func() time.Time { return time.Now().Add(wrong) }}
		reply, err := client.Ask(t.Context(), s.Authority(), digest)
		if err != nil {
			t.Fatal(err)
		}
		roots, err := tsa.ParseRootsPEM([]byte(s.RootPEM))
		if err != nil {
			t.Fatal(err)
		}
		ts, checks := tsa.Verify(reply.Raw, digest, tsa.Options{Roots: roots, Nonce: reply.Nonce, Window: reply.Window()})
		if ts == nil {
			t.Fatal(checks)
		}
		offset, uncertainty, ok := tsa.Offset(reply, ts)
		if miss := (offset + wrong).Abs(); !ok || miss > uncertainty || uncertainty > 30*time.Second {
			t.Errorf("clock wrong by %v: %v ± %v", wrong, offset, uncertainty)
		}
	}
}

func TestCaptivePortal(t *testing.T) {
	digest := evidence.Sum(payload)
	s := tsatest.New(t, tsatest.Options{})
	elsewhere := strings.Replace(s.URL, "127.0.0.1", "localhost", 1) + "/login"
	mux := http.NewServeMux()
	for path, handle := range map[string]http.HandlerFunc{
		"/redirect":  func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere, http.StatusFound) },
		"/see-other": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, elsewhere, http.StatusSeeOther) },
		"/same-host": func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/login", http.StatusFound) },
		"/511":       func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNetworkAuthenticationRequired) },
		"/500":       func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"/page": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "Text/HTML; charset=utf-8")
			_, _ = w.Write([]byte("<html>Please sign in</html>"))
		},
		"/text": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/plain")
			_, _ = w.Write([]byte("no"))
		},
	} {
		mux.HandleFunc(path, handle)
	}
	web := httptest.NewServer(mux)
	defer web.Close()
	for path, want := range map[string]struct{ kind, cause tsa.ErrorKind }{
		"/redirect":  {tsa.BadRedirect, tsa.CaptivePortal},
		"/see-other": {tsa.BadRedirect, tsa.CaptivePortal},
		"/same-host": {tsa.BadRedirect, tsa.BadRedirect},
		"/511":       {tsa.BadStatus, tsa.CaptivePortal},
		"/500":       {tsa.BadStatus, tsa.BadStatus},
		"/page":      {tsa.BadType, tsa.CaptivePortal},
		"/text":      {tsa.BadType, tsa.BadType},
	} {
		_, err := new(tsa.Client).Ask(t.Context(), evidence.Authority{Name: "x", URL: web.URL + path}, digest)
		e, ok := errors.AsType[*tsa.AuthorityError](err)
		if !ok || e.Kind != want.kind || e.Cause() != want.cause {
			t.Errorf("%s: %v", path, err)
		}
	}
	if s.Hits() != 0 {
		t.Error("the question went elsewhere")
	}
}

package capture

import (
	"context"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/beevik/ntp"

	"constat/capture/device"
	"constat/capture/exchange"
	"constat/capture/record"
	"constat/evidence"
)

// Sources of an [evidence.ClockCheck] that a capture makes.
const (
	clockHTTPDate = "http-date"
	clockNTP      = "ntp"
)

// ntpAnswer is how long a time server has; a capture that ends earlier does not wait for it.
const ntpAnswer = 5 * time.Second

// timeAnswer is what a time server said, or why there is nothing from it.
type timeAnswer struct {
	check evidence.ClockCheck
	why   string // empty: check counts
}

// askTime asks the time server once, beside the capture (RFC 5905, client mode). The request
// holds a random number and nothing of this device's clock. The channel has room for the answer, so that
// nobody has to wait for it.
func (r *Recorder) askTime(ctx context.Context) <-chan timeAnswer {
	answered := make(chan timeAnswer, 1)
	go func() {
		a := askTime(ctx, r.config.TimeServer, r.config.Now)
		if r.config.SystemTime {
			a.why, a.check.Detail = own(a.why), own(a.check.Detail)
		}
		answered <- a
	}()
	return answered
}

// own marks a detail as that of the server that the system asks anyway.
func own(detail string) string {
	if detail == "" {
		return ""
	}
	return "system's own: " + detail
}

func askTime(ctx context.Context, server string, now func() time.Time) timeAnswer {
	ctx, done := context.WithTimeout(ctx, ntpAnswer)
	defer done()
	var dialer net.Dialer
	release := func() bool { return true }
	answer, err := ntp.QueryWithOptions(server, ntp.QueryOptions{
		Timeout: ntpAnswer, GetSystemTime: now,
		Dialer: func(_, remote string) (net.Conn, error) {
			c, err := dialer.DialContext(ctx, "udp", remote)
			if err == nil {
				release = context.AfterFunc(ctx, func() { c.Close() })
			}
			return c, err
		},
	})
	release()
	if err == nil {
		err = answer.Validate()
	}
	if err != nil {
		return timeAnswer{why: evidence.Shorten(server+": "+err.Error(), 200)}
	}
	return timeAnswer{check: evidence.ClockCheck{
		Source: clockNTP,
		// The library says what would have to be added to this clock.
		OffsetSecs: float64(-answer.ClockOffset.Milliseconds()) / 1000,
		Detail: fmt.Sprintf("%s, stratum %d, round trip %d ms",
			evidence.Shorten(server, 200), answer.Stratum, answer.RTT.Milliseconds()),
	}}
}

// SystemTimeServer is the time server that this system is set to ask; empty if none is known. Nobody is asked for it.
func SystemTimeServer() string { return device.TimeServer() }

// clocksOf collects the comparisons, and what becomes of them in the checklist. It waits for nothing.
func clocksOf(c Config, asked <-chan timeAnswer, h *exchange.Hop) ([]evidence.ClockCheck, []evidence.Precondition) {
	checks := []evidence.ClockCheck{}
	state := func(offset float64) evidence.PreconditionState {
		if offset <= clockTolerance && offset >= -clockTolerance {
			return evidence.Met
		}
		return evidence.NotMet
	}
	date := evidence.Precondition{Item: record.ItemClock, State: evidence.NotChecked}
	if h != nil {
		if check, ok := dateCheck(h); ok {
			checks = append(checks, check)
			date.State, date.Detail = state(check.OffsetSecs), fmt.Sprintf("%+.1f s to the server's Date", check.OffsetSecs)
		}
	}
	server := evidence.Precondition{Item: record.ItemTimeServer, State: evidence.NotChecked, Detail: "none was to be asked"}
	if c.SystemTime && c.TimeServer == "" {
		server.Detail = "this system names no time server that could be asked"
	}
	if asked != nil {
		select {
		case a := <-asked:
			if server.Detail = a.why; a.why == "" {
				checks = append(checks, a.check)
				server.State, server.Detail = state(a.check.OffsetSecs), fmt.Sprintf("%+.3f s to %s", a.check.OffsetSecs, a.check.Detail)
			}
		default:
			server.Detail = "no answer before the end"
		}
	}
	return checks, []evidence.Precondition{date, server, device.KeptClock()}
}

// clockTolerance is how far apart the clocks may be, in seconds: the answer's
// way and the resolution of Date.
const clockTolerance = 5

// dateCheck compares the server's Date with this device at the moment the
// answer came. The offset is positive when this device is ahead. A Date has a
// resolution of one second, and one from a cache is older by its Age.
func dateCheck(h *exchange.Hop) (evidence.ClockCheck, bool) {
	date, err := http.ParseTime(exchange.Header(h.Response.Headers, "Date"))
	if err != nil {
		return evidence.ClockCheck{}, false
	}
	check := evidence.ClockCheck{Source: clockHTTPDate, OffsetSecs: h.At.Sub(date).Seconds()}
	check.OffsetSecs = float64(int64(check.OffsetSecs*10)) / 10
	if age := exchange.Header(h.Response.Headers, "Age"); age != "" {
		check.Detail = "Age: " + evidence.Shorten(age, 20)
	}
	return check, true
}

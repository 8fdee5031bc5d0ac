package capture

import (
	"context"
	"net"
	"net/http"
	"strconv"
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
	check   evidence.ClockCheck
	against evidence.Said // how far apart the clocks are, for the checklist
	why     evidence.Said // if it says something, there is no check
}

// askTime asks the time server once, beside the capture (RFC 5905, client mode). The request holds
// a random number and nothing of this device's clock. The channel has room for the answer, so that
// nobody has to wait for it.
func (r *Recorder) askTime(ctx context.Context) <-chan timeAnswer {
	answered := make(chan timeAnswer, 1)
	go func() { answered <- askTime(ctx, r.config.TimeServer, r.config.SystemTime, r.config.Now) }()
	return answered
}

// askTime marks what it says of a server that the system asks anyway.
func askTime(ctx context.Context, server string, own bool, now func() time.Time) timeAnswer {
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
		why := evidence.Say("", "{why}", evidence.Shorten(server+": "+err.Error(), 200))
		if own {
			why = evidence.Say("own-why", "system's own: {why}", why)
		}
		return timeAnswer{why: why}
	}
	// The library says what would have to be added to this clock.
	offset := float64(-answer.ClockOffset.Milliseconds()) / 1000
	server = evidence.Shorten(server, 200)
	stratum, ms := answer.Stratum, answer.RTT.Milliseconds()
	if own {
		return timeAnswer{
			check: evidence.Say("own-server", "system's own: {server}, stratum {#stratum}, round trip {#ms} ms",
				server, stratum, ms).Clock(clockNTP, offset),
			against: evidence.Say("to-own-server", "{#n:+.3f} s to system's own: {server}, stratum {#stratum}, round trip {#ms} ms",
				offset, server, stratum, ms),
		}
	}
	return timeAnswer{
		check: evidence.Say("server", "{server}, stratum {#stratum}, round trip {#ms} ms", server, stratum, ms).Clock(clockNTP, offset),
		against: evidence.Say("to-server", "{#n:+.3f} s to {server}, stratum {#stratum}, round trip {#ms} ms",
			offset, server, stratum, ms),
	}
}

// SystemTimeServer is the time server that this system is set to ask; empty if none is known.
// Nobody is asked for it.
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
			date = evidence.Say("to-date", "{#n:+.1f} s to the server's Date", check.OffsetSecs).
				Precondition(record.ItemClock, state(check.OffsetSecs))
		}
	}
	server, compared := evidence.Say("none-asked", "none was to be asked"), evidence.NotChecked
	if c.SystemTime && c.TimeServer == "" {
		server = evidence.Say("none-named", "this system names no time server that could be asked")
	}
	if asked != nil {
		select {
		case a := <-asked:
			if server = a.why; a.why.Detail == "" {
				checks = append(checks, a.check)
				server, compared = a.against, state(a.check.OffsetSecs)
			}
		default:
			server = evidence.Say("none-answered", "no answer before the end")
		}
	}
	return checks, []evidence.Precondition{date, server.Precondition(record.ItemTimeServer, compared), device.KeptClock()}
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
	offset := float64(int64(h.At.Sub(date).Seconds()*10)) / 10
	return ageOf(h).Clock(clockHTTPDate, offset), true
}

// ageOf is how old an answer is that came out of a cache.
func ageOf(h *exchange.Hop) evidence.Said {
	age := evidence.Shorten(exchange.Header(h.Response.Headers, "Age"), 20)
	n, err := strconv.Atoi(age)
	switch {
	case age == "":
		return evidence.Said{}
	case err == nil && strconv.Itoa(n) == age && n >= 0:
		return evidence.Say("age", "Age: {#n}", n)
	}
	return evidence.Say("age-other", "Age: {age}", age)
}

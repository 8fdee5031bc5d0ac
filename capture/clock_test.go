package capture

import (
	"context"
	"encoding/binary"
	"math"
	"net"
	"strings"
	"testing"
	"time"

	"constat/capture/device"
	"constat/capture/record"
	"constat/evidence"
)

// ntpEra is 1900 in seconds before 1970 (RFC 5905, figure 4).
const ntpEra = 2_208_988_800

// timeServer answers every request with what change makes of a good answer, whose clock is
// that of this device and the given seconds; nil from change is no answer.
func timeServer(t *testing.T, ahead float64, change func(answer []byte) []byte) string {
	t.Helper()
	c, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan struct{})
	t.Cleanup(func() {
		c.Close()
		<-served
	})
	go func() {
		defer close(served)
		request := make([]byte, 1000)
		for {
			n, from, err := c.ReadFrom(request)
			if err != nil {
				return
			}
			if n < 48 || request[0]&7 != 3 {
				t.Errorf("not a client's request: %x", request[:n])
				continue
			}
			if answer := change(ntpReply(request, time.Now().Add(time.Duration(ahead*1e9)))); answer != nil {
				c.WriteTo(answer, from)
			}
		}
	}()
	return c.LocalAddr().String()
}

// ntpReply is a server's answer: stratum 1, in step, with the request's own time sent back.
func ntpReply(request []byte, at time.Time) []byte {
	stamp := uint64(at.Unix()+ntpEra)<<32 | uint64(at.Nanosecond())<<32/1_000_000_000
	b := make([]byte, 48)
	b[0], b[1], b[3] = 4<<3|4, 1, 0xec
	copy(b[12:], "GPS\x00")
	binary.BigEndian.PutUint64(b[16:], stamp-10<<32)
	copy(b[24:32], request[40:48])
	binary.BigEndian.PutUint64(b[32:], stamp)
	binary.BigEndian.PutUint64(b[40:], stamp)
	return b
}

func TestAskTime(t *testing.T) {
	same := func(b []byte) []byte { return b }
	for name, c := range map[string]struct {
		ahead  float64
		change func([]byte) []byte
		why    string // empty: it counts
	}{
		"in step":             {0, same, ""},
		"this clock is ahead": {-90, same, ""},
		"this clock is late":  {3600, same, ""},
		"short":               {0, func(b []byte) []byte { return b[:20] }, "eof"},
		"empty":               {0, func([]byte) []byte { return []byte{} }, "eof"},
		"answers another":     {0, func(b []byte) []byte { b[24] ^= 1; return b }, "match"},
		"says go away":        {0, func(b []byte) []byte { b[1] = 0; copy(b[12:], "RATE"); return b }, "kiss of death"},
		"has no clock":        {0, func(b []byte) []byte { b[0] |= 3 << 6; return b }, "leap"},
		"stratum 16":          {0, func(b []byte) []byte { b[1] = 16; return b }, "stratum"},
		"a client's answer":   {0, func(b []byte) []byte { b[0] = 4<<3 | 3; return b }, "mode"},
		"no time":             {0, func(b []byte) []byte { clear(b[40:48]); return b }, "transmit time"},
		"far from its source": {0, func(b []byte) []byte { b[8] = 0xff; return b }, "dispersion"},
		"all ones": {0, func(b []byte) []byte {
			for i := range b {
				b[i] = 0xff
			}
			return b
		}, "mode"},
		"too long": {0, func(b []byte) []byte { return append(b, make([]byte, 9000)...) }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			server := timeServer(t, c.ahead, c.change)
			a := askTime(t.Context(), server, false, time.Now)
			if c.why != "" {
				if !strings.Contains(strings.ToLower(a.why.Detail), c.why) || !strings.HasPrefix(a.why.Detail, server) {
					t.Errorf("%+v, want %q", a, c.why)
				}
				return
			}
			if a.why.Detail != "" || a.check.Source != "ntp" || math.Abs(a.check.OffsetSecs+c.ahead) > 1 || !strings.HasPrefix(a.check.Detail, server+", stratum 1, round trip ") {
				t.Errorf("%+v, want %.0f s", a, -c.ahead)
			}
		})
	}
}

// A server that does not answer holds nobody up.
func TestAskTimeEndsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	server := timeServer(t, 0, func([]byte) []byte {
		cancel()
		return nil
	})
	if a := askTime(ctx, server, false, time.Now); a.why.Detail == "" {
		t.Errorf("%+v", a)
	}
}

// The record names the source, also where it found nobody to ask.
func TestSystemsOwnTimeServerIsNamed(t *testing.T) {
	r := &Recorder{config: Config{SystemTime: true, Now: time.Now}}
	checked := func(c Config) string {
		_, list := clocksOf(c, nil, nil)
		for _, p := range list {
			if p.Item == record.ItemTimeServer {
				return p.Detail
			}
		}
		return ""
	}
	if d := checked(r.config); d != "this system names no time server that could be asked" {
		t.Errorf("%q", d)
	}
	r.config.TimeServer = timeServer(t, 0, func(b []byte) []byte { return b })
	if a := <-r.askTime(t.Context()); a.why.Detail != "" || !strings.HasPrefix(a.check.Detail, "system's own: "+r.config.TimeServer+", stratum 1") {
		t.Errorf("%+v", a)
	}
	r.config.TimeServer = timeServer(t, 0, func(b []byte) []byte { return b[:20] })
	if a := <-r.askTime(t.Context()); !strings.HasPrefix(a.why.Detail, "system's own: "+r.config.TimeServer) {
		t.Errorf("%+v", a)
	}
	if d := checked(Config{}); d != "none was to be asked" {
		t.Errorf("%q", d)
	}
}

func TestClockAgainstTimeServer(t *testing.T) {
	server := timeServer(t, -30, func(b []byte) []byte { return b })
	page := serve(t, html("<p>page"))
	r := recorder(t, func(c *Config) { c.TimeServer = server })
	c, _ := take(t, r, page.URL)
	wantOutcome(t, c, evidence.Complete) // a clock that is off takes nothing from the record
	if len(c.Clock) != 2 || c.Clock[0].Source != "http-date" || c.Clock[1].Source != "ntp" || math.Abs(c.Clock[1].OffsetSecs-30) > 1 {
		t.Errorf("clock: %+v", c.Clock)
	}
	if p := precondition(t, c, record.ItemTimeServer); p.State != evidence.NotMet || !strings.HasPrefix(p.Detail, "+30") && !strings.HasPrefix(p.Detail, "+29.9") {
		t.Errorf("%+v", p)
	}
	if p := precondition(t, c, record.ItemClock); p.State != evidence.Met {
		t.Errorf("%+v", p)
	}

	silent := timeServer(t, 0, func([]byte) []byte { return nil })
	r.config.TimeServer = silent
	c, _ = take(t, r, page.URL)
	wantOutcome(t, c, evidence.Complete)
	if p := precondition(t, c, record.ItemTimeServer); len(c.Clock) != 1 || p.State != evidence.NotChecked || p.Detail != "no answer before the end" {
		t.Errorf("%+v, %+v", p, c.Clock)
	}
	if p := precondition(t, c, device.ItemClockKept); p.Item == "" {
		t.Error("nothing is said of the system's own clock")
	}
}

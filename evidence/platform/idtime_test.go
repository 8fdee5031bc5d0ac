package platform_test

import (
	"math/rand/v2"
	"strconv"
	"testing"
	"time"

	"constat/evidence/platform"
)

// Ids whose time is published: by the platform, or shown by it beside a post
// of an organisation.
func TestPublishedExamplesOfTimes(t *testing.T) {
	for name, c := range map[string]struct {
		p    platform.Platform
		f    platform.Field
		id   string
		want string
		late time.Duration // how long after it the platform says that it was published
	}{
		"Discord's own documentation": {platform.Discord, platform.FieldMessage, "175928847299117063", "2016-04-30T11:18:25.796Z", 0},
		"an organisation's post on X": {platform.X, platform.FieldPost, "1541815603606036480", "2022-06-28T16:07:40.105Z", 0},
		"Instagram media id, 2020":    {platform.Instagram, platform.FieldPost, "2384288897814875714", "2020-08-26T13:43:27.313Z", 0},
		"Instagram's own IGTV, 2018":  {platform.Instagram, platform.FieldPost, "BkfuX9UB-eK", "2018-06-26T17:08:39Z", 32 * time.Second},
		"a broadcaster on Threads":    {platform.Threads, platform.FieldPost, "C6cqebdCfBi", "2024-05-02T01:36:51Z", 38 * time.Second},
	} {
		want, err := time.Parse(time.RFC3339Nano, c.want)
		if err != nil {
			t.Fatal(err)
		}
		got, reason := platform.TimeOf(c.p, c.f, c.id, now)
		if got == nil {
			t.Errorf("%s: no time, %s", name, reason)
			continue
		}
		if d := want.Sub(got.Time); d < 0 || d > c.late {
			t.Errorf("%s: %v, want %v at most %v later", name, got.Time, want, c.late)
		}
	}
}

// shortcode writes a number as Instagram does, apart from the code under test.
func shortcode(n int64) string {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	s := ""
	for ; n > 0; n /= 64 {
		s = string(alphabet[n%64]) + s
	}
	return s
}

// Every moment that was written into an id is read out of it.
func TestTimesRoundTrip(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, c := range []struct {
		p     platform.Platform
		f     platform.Field
		since time.Time
		unit  time.Duration
		make  func(t time.Time) string
	}{
		{platform.Discord, platform.FieldServer, time.Date(2015, 2, 1, 0, 0, 0, 0, time.UTC), time.Millisecond,
			func(at time.Time) string {
				return strconv.FormatInt((at.UnixMilli()-1420070400000)*4194304+r.Int64N(4194304), 10)
			}},
		{platform.X, platform.FieldPost, time.Date(2010, 11, 5, 0, 0, 0, 0, time.UTC), time.Millisecond,
			func(at time.Time) string {
				return strconv.FormatInt((at.UnixMilli()-1288834974657)*4194304+r.Int64N(4194304), 10)
			}},
		{platform.TikTok, platform.FieldPost, time.Date(2016, 9, 20, 0, 0, 0, 0, time.UTC), time.Second,
			func(at time.Time) string { return strconv.FormatInt(at.Unix()*4294967296+r.Int64N(4294967296), 10) }},
		{platform.Instagram, platform.FieldPost, time.Date(2011, 8, 25, 0, 0, 0, 0, time.UTC), time.Millisecond,
			func(at time.Time) string {
				return shortcode((at.UnixMilli()-1314220021721)*8388608 + r.Int64N(8388608))
			}},
		{platform.Threads, platform.FieldPost, time.Date(2023, 7, 5, 0, 0, 0, 0, time.UTC), time.Millisecond,
			func(at time.Time) string {
				return shortcode((at.UnixMilli()-1314220021721)*8388608 + r.Int64N(8388608))
			}},
	} {
		for range 2000 {
			at := c.since.Add(time.Duration(r.Int64N(int64(now.Sub(c.since))))).Truncate(c.unit)
			id := c.make(at)
			got, reason := platform.TimeOf(c.p, c.f, id, now)
			if got == nil || !got.Time.Equal(at) || got.Precision != c.unit {
				t.Fatalf("%s %s: %+v %s, want %v", c.p, id, got, reason, at)
			}
		}
	}
}

// Private posts on Instagram carry a key behind the id: the time is the same.
func TestKeyOfPrivatePostIsNoPartOfTheID(t *testing.T) {
	plain, _ := platform.TimeOf(platform.Instagram, platform.FieldPost, "CL_AXEfgDA5", now)
	private, _ := platform.TimeOf(platform.Instagram, platform.FieldPost, "CL_AXEfgDA5AbCdEfGhIjKlMnOpQrStUvWxYz01", now)
	if plain == nil || private == nil || !plain.Time.Equal(private.Time) {
		t.Errorf("%v and %v", plain, private)
	}
}

func TestImplausibleTimesAreRefusedWithAReason(t *testing.T) {
	tomorrow := strconv.FormatInt((now.Add(23*time.Hour).UnixMilli()-1420070400000)<<22, 10)
	later := strconv.FormatInt((now.Add(25*time.Hour).UnixMilli()-1420070400000)<<22, 10)
	for name, c := range map[string]struct {
		p    platform.Platform
		f    platform.Field
		id   string
		want platform.Reason
	}{
		"within the next day":          {platform.Discord, platform.FieldMessage, tomorrow, ""},
		"after the next day":           {platform.Discord, platform.FieldMessage, later, platform.ReasonTooLate},
		"16 digits":                    {platform.Discord, platform.FieldMessage, "1212912177774596", platform.ReasonLength},
		"20 digits":                    {platform.Discord, platform.FieldMessage, "12129121777745960970", platform.ReasonLength},
		"more than 63 bits":            {platform.Discord, platform.FieldMessage, "9999999999999999999", platform.ReasonRange},
		"a letter":                     {platform.Discord, platform.FieldMessage, "121291217777459609O", platform.ReasonCharacters},
		"digits of another script":     {platform.Discord, platform.FieldMessage, "١٢١٢٩١٢١٧٧٧٧٤٥٩٦٠٩٧", platform.ReasonCharacters},
		"an empty id":                  {platform.Discord, platform.FieldMessage, "", platform.ReasonLength},
		"the first post on X":          {platform.X, platform.FieldPost, "20", platform.ReasonOldScheme},
		"the old counter's end":        {platform.X, platform.FieldPost, "29700859247", platform.ReasonOldScheme},
		"an X account":                 {platform.X, platform.FieldAccountID, "1677605989643190273", platform.ReasonNoTime},
		"an old Instagram counter":     {platform.Instagram, platform.FieldPost, "BVL8x", platform.ReasonOldScheme},
		"Instagram in 2031":            {platform.Instagram, platform.FieldPost, "EhdDdfngABj", platform.ReasonTooLate},
		"11 characters, over 63 bits":  {platform.Instagram, platform.FieldPost, "___________", platform.ReasonRange},
		"Threads before it was opened": {platform.Threads, platform.FieldPost, "CdNSjXngABj", platform.ReasonTooEarly},
		"TikTok in 1977":               {platform.TikTok, platform.FieldPost, "1000000000000000000", platform.ReasonTooEarly},
		"a Facebook post":              {platform.Facebook, platform.FieldPost, "123456789012345", platform.ReasonNoTime},
		"an unknown platform":          {platform.Platform("other"), platform.FieldPost, "1", platform.ReasonNoTime},
	} {
		got, reason := platform.TimeOf(c.p, c.f, c.id, now)
		if reason != c.want || (got != nil) != (c.want == "") {
			t.Errorf("%s: %v %q, want %q", name, got, reason, c.want)
		}
	}
	if got, reason := platform.TimeOf(platform.X, platform.FieldPost, "1677605989643190273", time.Time{}); got != nil || reason != platform.ReasonTooLate {
		t.Errorf("without a clock: %v %q", got, reason)
	}
}

// The manual asks for Discord's user id, which stands in no address.
func TestCheckIDOfTypedIDs(t *testing.T) {
	for _, c := range []struct {
		p    platform.Platform
		f    platform.Field
		id   string
		want platform.Reason
	}{
		{platform.Discord, platform.FieldAccountID, "54720567705604097", ""},
		{platform.Discord, platform.FieldAccountID, "1212912177774596097", ""},
		{platform.Discord, platform.FieldAccountID, "jeanne#1234", platform.ReasonCharacters},
		{platform.Discord, platform.FieldAccountID, "5472056770560409", platform.ReasonLength},
		{platform.Facebook, platform.FieldPost, "pfbid0AbCdEfGhIjKlMnOpQrStUvWxYz", ""},
		{platform.Facebook, platform.FieldPost, "123456789012345", ""},
		{platform.YouTube, platform.FieldPost, "AbCdEfGh-_1", ""},
		{platform.YouTube, platform.FieldPost, "UgkxAbCdEfGhIjKlMnOpQrStUvWxYz012345", ""},
		{platform.YouTube, platform.FieldPost, "AbCdEfGh-_", platform.ReasonLength},
		{platform.Telegram, platform.FieldChannel, "canal_exemple", ""},
		{platform.Telegram, platform.FieldChannel, "1234567890", ""},
		{platform.WhatsApp, platform.FieldPhone, "32470000000", ""},
		{platform.WhatsApp, platform.FieldPhone, "0470/00.00.00", platform.ReasonCharacters},
		{platform.Platform("other"), platform.FieldPost, "12345", ""},
		{platform.Platform("other"), platform.FieldPost, "\x00", platform.ReasonCharacters},
	} {
		if got := platform.CheckID(c.p, c.f, c.id); got != c.want {
			t.Errorf("%s %s %q: %q, want %q", c.p, c.f, c.id, got, c.want)
		}
	}
}

// An id that is only checked is never changed, and a time is derived exactly
// from ids that pass.
func FuzzTimeOf(f *testing.F) {
	f.Add("discord", "message", "1212912177774596097")
	f.Add("x", "post", "1677605989643190273")
	f.Add("tiktok", "post", "7060329689741790465")
	f.Add("instagram", "post", "CL_AXEfgDA5")
	f.Add("threads", "post", "C6njo_ngABj")
	f.Add("instagram", "post", "9999999999999999999")
	f.Fuzz(func(t *testing.T, p, field, id string) {
		got, reason := platform.TimeOf(platform.Platform(p), platform.Field(field), id, now)
		if (got == nil) == (reason == "") {
			t.Fatalf("%v %q", got, reason)
		}
		if got == nil {
			return
		}
		if r := platform.CheckID(platform.Platform(p), platform.Field(field), id); r != "" {
			t.Fatalf("a time of an id of the wrong form: %s", r)
		}
		if got.Time.After(now.Add(24*time.Hour)) || got.Time.Year() < 2010 || string(got.Field) != field {
			t.Fatalf("%+v", got)
		}
	})
}

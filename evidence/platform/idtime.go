package platform

import (
	"strconv"
	"strings"
	"time"

	"constat/evidence"
)

// scheme is how one platform writes time into some of its ids.
type scheme struct {
	fields    []Field
	decode    func(id string) (time.Time, bool)
	precision time.Duration
	scheme    time.Time // ids that decode to before this were made before the scheme
	earliest  time.Time // the platform did not exist before
	rule      string
	source    string
}

const (
	discordEpoch   = 1420070400000 // 2015-01-01T00:00:00Z, Unix milliseconds
	xEpoch         = 1288834974657 // 2010-11-04T01:42:54.657Z
	instagramEpoch = 1314220021721 // 2011-08-24T21:07:01.721Z
)

func day(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// schemeOf holds only what is published by the platform or was measured against
// the times that the platform shows. Left out on purpose: X account ids (their
// time differs from the account's since August 2019), TikTok account ids,
// Pornhub view keys, Facebook, YouTube, Reddit, Telegram and Snapchat ids.
func schemeOf(p Platform) (scheme, bool) {
	switch p {
	case Discord:
		return scheme{
			fields:    []Field{FieldMessage, FieldTopic, FieldChannel, FieldServer, FieldFile, FieldAccountID, FieldEvent},
			decode:    shifted(22, discordEpoch, parseID),
			precision: time.Millisecond, earliest: day(2015, time.January, 1),
			rule:   "(id >> 22) + 1420070400000 = Unix ms",
			source: "https://discord.com/developers/docs/reference#snowflakes",
		}, true
	case X:
		return scheme{
			fields:    []Field{FieldPost},
			decode:    shifted(22, xEpoch, parseID),
			precision: time.Millisecond, earliest: day(2006, time.March, 21),
			// The last number of the old counter, about 3e10, decodes to seven
			// seconds after the epoch; the first real one to hours after it.
			scheme: time.UnixMilli(xEpoch).Add(time.Hour).UTC(),
			rule:   "(id >> 22) + 1288834974657 = Unix ms",
			source: "https://docs.x.com/resources/fundamentals/x-ids",
		}, true
	case TikTok:
		return scheme{
			fields:    []Field{FieldPost},
			decode:    tiktokTime,
			precision: time.Second, earliest: day(2016, time.September, 20),
			rule:   "id >> 32 = Unix s",
			source: "https://arxiv.org/abs/2504.13279",
		}, true
	case Instagram:
		return scheme{
			fields:    []Field{FieldPost},
			decode:    shifted(23, instagramEpoch, mediaID),
			precision: time.Millisecond, earliest: day(2010, time.October, 6),
			// Counters of 2010 and 2011 decode to the epoch's first moments.
			scheme: time.UnixMilli(instagramEpoch).Add(time.Hour).UTC(),
			rule:   "(base64url(shortcode) >> 23) + 1314220021721 = Unix ms",
			source: "https://instagram-engineering.com/sharding-ids-at-instagram-1cf5a71e5a5c",
		}, true
	case Threads:
		return scheme{
			fields:    []Field{FieldPost},
			decode:    shifted(23, instagramEpoch, mediaID),
			precision: time.Millisecond, earliest: day(2023, time.July, 5),
			rule:   "(base64url(shortcode) >> 23) + 1314220021721 = Unix ms",
			source: "https://instagram-engineering.com/sharding-ids-at-instagram-1cf5a71e5a5c",
		}, true
	}
	return scheme{}, false
}

func shifted(bits uint, epoch int64, parse func(string) (int64, bool)) func(string) (time.Time, bool) {
	return func(id string) (time.Time, bool) {
		n, ok := parse(id)
		return time.UnixMilli(n>>bits + epoch).UTC(), ok
	}
}

func tiktokTime(id string) (time.Time, bool) {
	n, ok := parseID(id)
	return time.Unix(n>>32, 0).UTC(), ok
}

// parseID reads a decimal number of at most 63 bits.
func parseID(id string) (int64, bool) {
	if id == "" || strings.Trim(id, digits) != "" {
		return 0, false
	}
	n, err := strconv.ParseInt(id, 10, 64)
	return n, err == nil
}

// mediaID reads Instagram's media id: the number itself (stories) or the
// shortcode that writes it in base64url. Posts of private accounts carry 28
// more characters, a key that is no part of the id.
func mediaID(code string) (int64, bool) {
	if len(code) >= 15 && strings.Trim(code, digits) == "" {
		return parseID(code)
	}
	if len(code) > 28 {
		code = code[:len(code)-28]
	}
	var n int64
	for _, c := range []byte(code) {
		i := strings.IndexByte(upper+lower+digits+"-_", c)
		if i < 0 || n > (1<<63-1)>>6 {
			return 0, false
		}
		n = n<<6 | int64(i)
	}
	return n, code != ""
}

// holders are the ids of Discord that are made before what stands in them.
var holders = map[Field][]Field{
	FieldMessage: {FieldTopic, FieldChannel, FieldServer},
	FieldTopic:   {FieldChannel, FieldServer},
	FieldChannel: {FieldServer},
	FieldFile:    {FieldChannel},
	FieldEvent:   {FieldServer},
}

// tooOld finds ids that are older than what holds them: one of the two is not whole, or not of there.
func tooOld(p Platform, ids map[Field]string) []Problem {
	if p != Discord {
		return nil
	}
	var out []Problem
	for _, f := range Fields() {
		id, ok := parseID(ids[f])
		if !ok {
			continue
		}
		for _, h := range holders[f] {
			if holder, ok := parseID(ids[h]); ok && id>>22 < holder>>22 {
				out = append(out, Problem{f, evidence.Shorten(ids[f], 80), ReasonOlder})
				break
			}
		}
	}
	return out
}

// TimeOf computes the time that an id carries. The reason is "" exactly if the
// time is not nil. Now bounds what is believed: a time later than now and one
// day is refused.
func TimeOf(p Platform, f Field, id string, now time.Time) (*IDTime, Reason) {
	s, ok := schemeOf(p)
	if !ok || !has(s.fields, f) {
		return nil, ReasonNoTime
	}
	if reason := CheckID(p, f, id); reason != "" {
		return nil, reason
	}
	t, ok := s.decode(id)
	switch {
	case !ok:
		return nil, ReasonRange
	case !s.scheme.IsZero() && t.Before(s.scheme):
		return nil, ReasonOldScheme
	case t.Before(s.earliest):
		return nil, ReasonTooEarly
	case t.After(now.Add(24 * time.Hour)):
		return nil, ReasonTooLate
	}
	return &IDTime{Time: t, Precision: s.precision, Basis: BasisID, Field: f, Rule: s.rule, Source: s.source}, ""
}

package evidence

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"
)

func TestSay(t *testing.T) {
	at := time.Date(2026, 11, 23, 11, 42, 7, 123_456_789, time.FixedZone("CET", 3600))
	why := Say("box", "box does not fit where it stands")
	for _, one := range []struct {
		said   Said
		detail string
		values map[string]string
	}{
		{Said{}, "", nil},
		{Say("cut", "cut at {#n} px of {#whole} px", 9000, int64(12000)), "cut at 9000 px of 12000 px",
			map[string]string{"form": "cut", "#n": "9000", "#whole": "12000"}},
		{Say("to-date", "{#n:+.1f} s to the server's Date", 0.44), "+0.4 s to the server's Date", map[string]string{"form": "to-date", "#n": "+0.4"}},
		{Say("after", "{#n:.0f} s", 30.0), "30 s", map[string]string{"form": "after", "#n": "30"}},
		{Say("started", "started at {@at}", at), "started at 2026-11-23T10:42:07.123Z", map[string]string{"form": "started", "@at": "2026-11-23T10:42:07.123Z"}},
		{Say("button", "{button:q}", `only "this"`), `"only \"this\""`, map[string]string{"form": "button", "button": `only "this"`}},
		{Say("", "{file:+q}", "a\u202egpj.exe"), `"a\u202egpj.exe"`, map[string]string{"file": `"a\u202egpj.exe"`}},
		{Say("file-why", "{file}: {why}", "a.mp4", why), "a.mp4: box does not fit where it stands",
			map[string]string{"form": "file-why", "file": "a.mp4", "why.form": "box"}},
		{Say("file-why", "{file}: {why}", "a.mp4", why.Err()), "a.mp4: box does not fit where it stands",
			map[string]string{"form": "file-why", "file": "a.mp4", "why.form": "box"}},
		{Say("file-why", "{file}: {why}", "a.mp4", fmt.Errorf("x: %w", why.Err())), "a.mp4: x: box does not fit where it stands",
			map[string]string{"form": "file-why", "file": "a.mp4", "why": "x: box does not fit where it stands"}},
		{Say("list", "{#n}: {list}", 2, []Said{Say("gap", "{#n} × too large", 1), {Detail: "else"}}), "2: 1 × too large, else",
			map[string]string{"form": "list", "#n": "2", "list.01.form": "gap", "list.01.#n": "1", "list.02": "else"}},
	} {
		if one.said.Detail != one.detail || !maps.Equal(one.said.Values, one.values) {
			t.Errorf("%q %v\nwant %q %v", one.said.Detail, one.said.Values, one.detail, one.values)
		}
	}
	if s := SaidOf(nil); s.Detail != "" || s.Values != nil {
		t.Errorf("no error says %+v", s)
	}
	if s := SaidOf(errors.New("other")); s.Detail != "other" || s.Values != nil {
		t.Errorf("%+v", s)
	}
}

// What comes from a page or a file cannot fill a manifest, nor turn its text around.
func TestValuesOfHostileText(t *testing.T) {
	s := Say("named", "{name}: {why}", "a\u202eb\x00\nc\xff", strings.Repeat("é", 5000))
	if s.Values["name"] != "ab  c\ufffd" {
		t.Errorf("%q", s.Values["name"])
	}
	if n := len([]rune(s.Values["why"])); n != 2000 || !strings.HasSuffix(s.Values["why"], "…") {
		t.Errorf("%d characters", n)
	}
	var list []Said
	for n := range 1000 {
		list = append(list, Say("missing-picture", "{#n} × Image {why}", n, "net::ERR_FAILED"))
	}
	s = Say("list", "{#n}: {list}", len(list), list)
	if s.Values["list.#more"] != "936" || s.Values["list.64.#n"] != "63" || len(s.Values) != 3+3*64 {
		t.Errorf("%d values, %q", len(s.Values), s.Values["list.#more"])
	}
	for i := range list { // too much to be said by values: the detail stays
		list[i] = Say("missing-picture", "{#n} × {a} {b} {c} {d}", i, "a", "b", "c", "d")
	}
	if s = Say("list", "{#n}: {list}", len(list), list); s.Values != nil || !strings.HasPrefix(s.Detail, "1000: 0 × a b c d, ") {
		t.Errorf("%d values", len(s.Values))
	}
}

// A manifest with values is written alike each time, and read as it was written.
func TestManifestWithValues(t *testing.T) {
	m := sampleManifest()
	said := Say("cut", "cut at {#n} px of {#whole} px", 9000, 12000)
	m.Problems = []Problem{said.Problem("cut"), {Code: "browser-gone"}}
	m.Precondition = []Precondition{said.Precondition("scrolled", NotMet)}
	m.Clock = []ClockCheck{said.Clock("ntp", 0.1)}
	first, err := m.Encode()
	if err != nil {
		t.Fatal(err)
	}
	back, err := DecodeManifest(first)
	if err != nil {
		t.Fatal(err)
	}
	again, err := back.Encode()
	if err != nil || string(again) != string(first) {
		t.Errorf("%v\n%s\n%s", err, first, again)
	}
	if strings.Count(string(first), `"values"`) != 3 || !strings.Contains(string(first), `"#n": "9000",
        "#whole": "12000",
        "form": "cut"`) {
		t.Errorf("%s", first)
	}
	if !maps.Equal(back.Problems[0].Values, said.Values) || back.Problems[1].Values != nil {
		t.Errorf("%+v", back.Problems)
	}
	twice := strings.Replace(string(first), `"#n": "9000"`, `"#n": "9000", "#n": "1"`, 1)
	if _, err := DecodeManifest([]byte(twice)); err == nil {
		t.Error("a value that stands twice is read")
	}
}

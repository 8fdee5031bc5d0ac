package platform_test

import (
	"bufio"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"constat/evidence/platform"
)

// now is the day on which all examples are judged.
var now = time.Date(2026, time.January, 1, 0, 0, 0, 0, time.UTC)

// describe writes an item on one line, as testdata/addresses.txt has it.
func describe(it platform.Item) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %s", it.Platform, it.Kind)
	for _, f := range platform.Fields() {
		if v := it.IDs[f]; v != "" {
			fmt.Fprintf(&b, " %s=%s", f, v)
		}
	}
	if it.Permalink != "" {
		fmt.Fprintf(&b, " -> %s", it.Permalink)
	}
	if it.Target != "" {
		fmt.Fprintf(&b, " => %s", it.Target)
	}
	if it.Time != nil {
		fmt.Fprintf(&b, " @ %s", it.Time.Time.Format(time.RFC3339Nano))
	}
	if it.NoTime != "" && it.NoTime != platform.ReasonNoTime {
		fmt.Fprintf(&b, " ~ %s", it.NoTime)
	}
	for _, p := range it.Problems {
		fmt.Fprintf(&b, " ! %s %s %q", p.Field, p.Reason, p.Value)
	}
	return b.String()
}

type example struct {
	line       int
	addr, want string
}

// examples reads testdata/addresses.txt.
func examples(t testing.TB) []example {
	t.Helper()
	f, err := os.Open("testdata/addresses.txt")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []example
	sc := bufio.NewScanner(f)
	for n := 1; sc.Scan(); n++ {
		switch line := sc.Text(); {
		case line == "" || line[0] == '#':
		case line[0] == '\t':
			out[len(out)-1].want = line[1:]
		default:
			out = append(out, example{line: n, addr: line})
		}
	}
	if err := sc.Err(); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestAddressShapes(t *testing.T) {
	seen := map[platform.Platform]bool{}
	for _, e := range examples(t) {
		it, ok := platform.Recognize(e.addr, now)
		if got := describe(it); !ok || got != e.want {
			t.Errorf("addresses.txt:%d: %s\n got %s\nwant %s", e.line, e.addr, got, e.want)
		}
		seen[it.Platform] = true
	}
	for _, p := range platform.Platforms() {
		if !seen[p] {
			t.Errorf("no example of %s", p)
		}
	}
}

// What changes nothing about the thing must change nothing in the answer.
func TestDecorationChangesNothing(t *testing.T) {
	for _, e := range examples(t) {
		want, _ := platform.Recognize(e.addr, now)
		bare := strings.TrimPrefix(e.addr, "https://")
		host, rest, _ := strings.Cut(bare, "/")
		bareRest, frag, hasFrag := strings.Cut(rest, "#")
		withQuery := bareRest + "?"
		if strings.Contains(bareRest, "?") {
			withQuery = bareRest + "&"
		}
		withQuery += "igsh=AbC&fbclid=IwAR&si=x&utm_source=ig&utm_medium=share"
		if hasFrag {
			withQuery += "#" + frag
		}
		for name, addr := range map[string]string{
			"no scheme":    bare,
			"http":         "http://" + bare,
			"upper case":   "HTTPS://" + strings.ToUpper(host) + "/" + rest,
			"trailing dot": "https://" + host + "./" + rest,
			"port":         "https://" + host + ":443/" + rest,
			"no host path": "//" + bare,
			"white space":  "\ufeff \t" + e.addr + "\u200b\r\n",
			"two slashes":  "https://" + host + "//" + rest,
			"tracking":     "https://" + host + "/" + withQuery,
		} {
			if strings.Contains(host, "_") && name == "upper case" {
				// A name written as a host keeps no case of its own.
				continue
			}
			got, ok := platform.Recognize(addr, now)
			if !ok || describe(got) != describe(want) {
				t.Errorf("%s: %s\n got %s\nwant %s", name, addr, describe(got), describe(want))
			}
		}
	}
}

// checkItem is what must hold of every answer, whatever the address.
func checkItem(t *testing.T, addr string, it platform.Item) {
	t.Helper()
	if !slices.Contains(platform.Platforms(), it.Platform) || !slices.Contains(platform.Kinds(), it.Kind) {
		t.Fatalf("%q: %s %s", addr, it.Platform, it.Kind)
	}
	for f, v := range it.IDs {
		if !slices.Contains(platform.Fields(), f) || v == "" {
			t.Fatalf("%q: field %s %q", addr, f, v)
		}
		if reason := platform.CheckID(it.Platform, f, v); reason != "" {
			t.Fatalf("%q: %s %q was let through although: %s", addr, f, v, reason)
		}
		if f != platform.FieldQuery && strings.ContainsAny(v, "<>\"'`\\ \t\r\n&?#/%") {
			t.Fatalf("%q: %s %q holds a character that no id has", addr, f, v)
		}
	}
	if (it.Time != nil) && it.NoTime != "" {
		t.Fatalf("%q: both a time and a reason for none", addr)
	}
	if it.Time != nil {
		if it.Time.Basis != platform.BasisID || it.Time.Source == "" || it.Time.Rule == "" || it.Time.Precision <= 0 {
			t.Fatalf("%q: a time without its origin: %+v", addr, it.Time)
		}
		if it.Time.Time.After(now.Add(24*time.Hour)) || it.Time.Time.Year() < 2010 || it.Time.Time.Location() != time.UTC {
			t.Fatalf("%q: %v", addr, it.Time.Time)
		}
	}
	if it.Target != "" && !strings.HasPrefix(it.Target, "https://") && !strings.HasPrefix(it.Target, "http://") {
		t.Fatalf("%q: target %q", addr, it.Target)
	}
	if it.Permalink == "" {
		return
	}
	if len(it.Problems) > 0 {
		t.Fatalf("%q: a permalink in spite of %v", addr, it.Problems)
	}
	again, ok := platform.Recognize(it.Permalink, now)
	f, id := it.Own()
	f2, id2 := again.Own()
	if !ok || again.Platform != it.Platform || again.Kind != it.Kind || f != f2 || id != id2 || again.Permalink != it.Permalink {
		t.Fatalf("%q: the permalink %s is another thing:\n%s\n%s", addr, it.Permalink, describe(it), describe(again))
	}
}

func TestPermalinkIsTheSameThing(t *testing.T) {
	for _, e := range examples(t) {
		it, _ := platform.Recognize(e.addr, now)
		checkItem(t, e.addr, it)
	}
}

func TestLookAlikesAreNotRecognised(t *testing.T) {
	for _, addr := range []string{
		"", " ", "https://", "facebook", "jeanne.exemple", "https://exemple.example/",
		"https://faceb00k.com/jeanne.exemple",
		"https://facebook.com.evil.example/jeanne.exemple",
		"https://evilfacebook.com/jeanne.exemple",
		"https://facebook.evil.example/",
		"https://facebook.co/", "https://x.com.co/a/status/1677605989643190273",
		"https://x.com@evil.example/a/status/1677605989643190273",
		"https://evil@x.com/a/status/1677605989643190273",
		"https://x.com:secret@evil.example/",
		"https://x.com:443@evil.example/",
		"https://evil.example/https://x.com/a",
		"https://evil.example?x.com/a", "https://evil.example#@x.com/a",
		"https://evil.example\\@x.com/a", "https://x.com\\@evil.example/a", "https:\\\\x.com\\a",
		"https://x.com%2eevil.example/", "https://x%2ecom/a", "https://face%62ook.com/a",
		"https://fаcebook.com/jeanne", // Cyrillic а
		"https://xn--fcebook-2fg.com/jeanne",
		"https://xn--e1afmkfd.facebook.com/",
		"https://ｆacebook.com/jeanne", "https://facebook。com/jeanne",
		"https://ⅹ.com/a", "https://faceboo\u200bk.com/a", "https://face\tbook.com/a", "https://face book.com/a",
		"https://x.com:8443/a", "https://x.com:99999/a", "https://x.com:port/a",
		"https://x..com/a", "https://.x.com/a", "https://-x.com/a", "https://x.com../a",
		"https://nitter.net/a/status/1677605989643190273", "https://fxtwitter.com/a/status/1677605989643190273",
		"https://netflix.com/x.com", "https://fakeyoutu.be/AbCdEfGh-_1", "https://at.me/canal/1",
		"https://google.evil/search?q=x", "https://google.com.evil.example/search?q=x",
		"https://sites.google.com/view/exemple", "https://www.google.zip/search?q=x", "https://googlexcom/search?q=x",
		"https://127.0.0.1/", "https://[::1]/", "https://1572395042/",
		"javascript://x.com/%0aalert(1)", "javascript:alert(1)", "data:text/html,x", "mailto:a@x.com",
		"file:///x.com/a", "ftp://x.com/a", "view-source:https://x.com/a", "blob:https://x.com/a",
		"https:x.com/a", "https:///x.com/a", "://x.com/a",
		"https://x.com/" + strings.Repeat("a", 9000),
		"https://x.com/%zz",
	} {
		if it, ok := platform.Recognize(addr, now); ok {
			t.Errorf("%q is taken for %s", addr, describe(it))
		}
	}
}

// Known hosts with hostile paths: the platform is right, nothing else is believed.
func TestHostilePathsGiveNoIDs(t *testing.T) {
	for _, addr := range []string{
		"https://x.com/a/../status/1677605989643190273",
		"https://x.com/a/%2e%2e/status/1677605989643190273",
		"https://x.com/jeanne%2Fstatus%2F1677605989643190273",
		"https://x.com/jeanne%00/status/1677605989643190273x",
		"https://discord.com/channels/%3Cscript%3E/1/2",
		"https://x.com/%E2%80%AEeinnaej",
		"https://t.me/c/-1/-2",
		"https://youtu.be/AbCdEfGh-_%C2%A0",
		"https://www.facebook.com/profile.php?id=1&id=2",
		"https://evil.facebook.com/jeanne.exemple",
	} {
		it, ok := platform.Recognize(addr, now)
		if !ok {
			t.Errorf("%s: not recognised", addr)
			continue
		}
		if f, id := it.Own(); id != "" || it.Permalink != "" || it.Time != nil {
			t.Errorf("%s: %s %q was believed: %s", addr, f, id, describe(it))
		}
		checkItem(t, addr, it)
	}
}

func TestLabelsNameEverything(t *testing.T) {
	labels := platform.Labels()
	if want := 1 + len(platform.Kinds()) + len(platform.Fields()) + len(platform.Reasons()); len(labels) != want {
		t.Errorf("%d labels, want %d", len(labels), want)
	}
	if !slices.IsSorted(labels) || len(slices.Compact(slices.Clone(labels))) != len(labels) {
		t.Error("labels are not sorted and unique")
	}
	for _, want := range []string{"kind.message", "field.server", "reason.length", "basis." + platform.BasisID} {
		if !slices.Contains(labels, want) {
			t.Errorf("no label %s", want)
		}
	}
	for _, p := range platform.Platforms() {
		if p.Name() == string(p) || p != platform.Platform(strings.ToLower(string(p))) {
			t.Errorf("platform %q is named %q", p, p.Name())
		}
	}
	if platform.Platform("x-unknown").Name() != "x-unknown" {
		t.Error("an unknown platform is not named by its id")
	}
}

func FuzzRecognize(f *testing.F) {
	for _, e := range examples(f) {
		f.Add(e.addr)
	}
	f.Add("https://x.com@evil.example/a/status/1")
	f.Add("https://t.me/%20/1?comment=&comment=2#!/s/../")
	f.Fuzz(func(t *testing.T, addr string) {
		it, ok := platform.Recognize(addr, now)
		if !ok {
			if it.Platform != "" || it.Permalink != "" {
				t.Fatalf("%q: not recognised, yet %+v", addr, it)
			}
			return
		}
		checkItem(t, addr, it)
	})
}

func BenchmarkRecognize(b *testing.B) {
	list := examples(b)
	for i := 0; b.Loop(); i++ {
		platform.Recognize(list[i%len(list)].addr, now)
	}
}

package detail

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"constat/assets/words"
	"constat/evidence"
	"constat/evidence/tsa"
)

func texts(t testing.TB) map[string]*words.Text {
	t.Helper()
	all := map[string]*words.Text{}
	for _, lang := range words.Languages {
		text, err := words.For(lang)
		if err != nil {
			t.Fatal(err)
		}
		all[lang] = text
	}
	return all
}

// real are details as captures and imports wrote them, with what must stay as it is.
var real = []struct {
	of, detail string
	stays      []string
}{
	{"problem.load-timeout", "30 s", nil},
	{"problem.whole-timeout", "150 s", nil},
	{"problem.resource-failed", "3: 2 × Image net::ERR_CONNECTION_REFUSED, 1 × not finished", []string{"net::ERR_CONNECTION_REFUSED"}},
	{"problem.resource-failed", "5: 1 × Document net::ERR_NAME_NOT_RESOLVED, 1 × Font 404, 1 × Script 500, 2 × Stylesheet net::ERR_FAILED", []string{"net::ERR_NAME_NOT_RESOLVED", "404"}},
	{"problem.dialog", "alert: Bonjour : 14 steps", []string{"Bonjour : 14 steps"}},
	{"problem.dialog", "confirm: Are you 18?", []string{"Are you 18?"}},
	{"problem.dialog", "prompt: ", nil},
	{"problem.dialog", "beforeunload: ", nil},
	{"problem.popup", "more than 10", nil},
	{"problem.one-colour", "4 tiles", nil},
	{"problem.script-stopped", "more than 10 dialogs", nil},
	{"problem.script-stopped", "picture not delivered after 10 s", nil},
	{"problem.script-stopped", "the page did not answer", nil},
	{"problem.cut", "cut at 100000 px of 1234567 px", nil},
	{"problem.cut-width", "cut at 2000 px of 3000 px", nil},
	{"problem.scroll-stopped", "limit of time: 14 steps, 13000 px, page of 9000 px became 26000 px", nil},
	{"problem.scroll-stopped", "scripts were stopped", nil},
	{"problem.pane-cut", "pane-1-001.png: 12 pictures, 800 of 900 px", []string{"pane-1-001.png"}},
	{"problem.pane-cut", "pane-2-001.png: beginning not reached", []string{"pane-2-001.png"}},
	{"problem.pane-cut", "frame-001.png: 150 of 203 pictures", []string{"frame-001.png"}},
	{"problem.pane-cut", "view-001.png: context deadline exceeded", []string{"view-001.png"}},
	{"problem.panes-left-out", "3 of 4", nil},
	{"problem.recognised", `Instagram fr: "Cette page n'est malheureusement pas disponible"`, []string{"Instagram", "Cette page n'est malheureusement pas disponible"}},
	{"problem.recognised", `human check en: "Verify you are human"`, []string{"Verify you are human"}},
	{"problem.recognised", `title de: "Anmelden", password field`, []string{"Anmelden"}},
	{"problem.recognised", "sent to an address with signin, password field", []string{"signin"}},
	{"problem.recognised", "frame of challenges.cloudflare.com", []string{"challenges.cloudflare.com"}},
	{"problem.recognised", "Facebook address /login", []string{"Facebook", "/login"}},
	{"problem.overlay-closed", `"tout refuser" (Didomi), 5 tiles`, []string{"tout refuser", "Didomi"}},
	{"problem.overlay-closed", `"only \"necessary\"", 1 tiles`, []string{`only "necessary"`}},
	{"problem.overlay-stays", `"reject all" (OneTrust)`, []string{"reject all", "OneTrust"}},
	{"problem.uncovered-cut", "2 tiles: the browser ended", nil},
	{"problem.no-full-page", "0 tiles: the page's process ended", nil},
	{"problem.no-full-page", "1 tiles: not a usable PNG: 1280 × 900 pixels instead of 1280 × 4000", nil},
	{"problem.way-cut", "100 of 2500 steps, 7 addresses cut at 32768 bytes", nil},
	{"problem.way-cut", "1 addresses cut at 32768 bytes", nil},
	{"problem.page-changed", "1280 × 5000 px, then 1280 × 15400 px", nil},
	{"problem.page-changed", "the page loaded again", nil},
	{"problem.no-text", "nothing came", nil},
	{"problem.no-text", "capture: question to the page: no answer", nil},
	{"problem.text-cut", "4000000 of 5000001 characters", nil},
	{"problem.no-mhtml", "page of 157286401 bytes", nil},
	{"problem.no-certificate", "certificate 2 is not readable", nil},
	{"problem.chains-left-out", "only the first 100 hosts", nil},
	{"problem.chains-left-out", "2 of 14 hosts: cdn.example.org, img.example.org:8443", []string{"cdn.example.org, img.example.org:8443"}},
	{"problem.dated-incomplete", "16000 px", nil},
	{"problem.loaded-before", "status, headers, remote address, TLS", nil},
	{"problem.wacz-incomplete", "4: 1 × not ended, 3 × too large", nil},
	{"problem.streams", "2 × streams, 0 × web sockets", nil},
	{"problem.import-mail-header", "import-01.eml: 3 times From", []string{"import-01.eml", "From"}},
	{"problem.import-zip-entry", `"a\u202egpj.exe": zip: checksum error`, []string{`"a\u202egpj.exe"`}},
	{"problem.import-zip-limit", "import-01.zip: 12 entries beyond 1000", []string{"import-01.zip"}},
	{"problem.import-zip-unreadable", "import-01.zip: zip: not a valid zip file: entries overlap", []string{"import-01.zip"}},
	{"problem.import-container-damaged", "import-02.mp4: boxes of 5000 bytes in a file of 4000", []string{"import-02.mp4"}},
	{"problem.import-chat-text", "chat.txt: 2 messages longer than 65536 bytes", []string{"chat.txt"}},
	{"problem.import-zip-double", "and more", nil},
	{"precondition.fresh-profile", "browser started ahead for one capture, at 2026-11-23T10:42:07.123Z", nil},
	{"precondition.fresh-profile", "browser started for this capture at 2026-11-23T10:42:07.000Z", nil},
	{"precondition.fresh-profile", "browser started for this window at 2026-11-23T10:42:07.050Z", nil},
	{"precondition.empty-cache", "off the record, 0 cookies", nil},
	{"precondition.empty-cache", "off the record; what came since the window was opened", nil},
	{"precondition.first-page", "0 other pages open", nil},
	{"precondition.first-page", "window", nil},
	{"precondition.no-proxy", "environment", nil},
	{"precondition.reached-by-link", "address entered", nil},
	{"precondition.reached-by-link", "window", nil},
	{"precondition.scrolled", "end of the page: 14 steps, 13000 px", nil},
	{"precondition.scrolled", "end of the page: 1 steps, 1300 px", nil},
	{"precondition.scrolled", "fits the window", nil},
	{"precondition.scrolled", "not asked for", nil},
	{"precondition.name-answer", "the browser's log was full; address as used: 203.0.113.7:443", []string{"203.0.113.7:443"}},
	{"precondition.name-answer", "dns-over-https: 203.0.113.7, 2001:db8::7; address as used: 203.0.113.7:443", []string{"203.0.113.7, 2001:db8::7", "203.0.113.7:443"}},
	{"precondition.name-answer", "no name was asked for", nil},
	{"precondition.time-server", "+0.012 s to system's own: time.example.org, stratum 2, round trip 31 ms", []string{"time.example.org", "2", "31"}},
	{"precondition.own-view", "phone view: user agent, touch and metrics; Mozilla/5.0 (Linux; Android 10; K)", []string{"Mozilla/5.0 (Linux; Android 10; K)"}},
	{"precondition.clock", "+0.4 s to the server's Date", nil},
	{"precondition.clock", "-1234.5 s to the server's Date", nil},
	{"precondition.time-server", "none was to be asked", nil},
	{"precondition.time-server", "no answer before the end", nil},
	{"precondition.time-server", "-0.012 s to time.example.org, stratum 2, round trip 31 ms", []string{"time.example.org"}},
	{"precondition.clock-kept", "adjtimex: not synchronised", nil},
	{"precondition.clock-kept", "adjtimex: within 0.016 s by its own estimate", nil},
	{"clock.http-date", "Age: 3600", nil},
	{"clock.http-date", "Age: never", []string{"never"}},
	{"clock.ntp", "time.example.org:123, stratum 1, round trip 1500 ms", []string{"time.example.org:123"}},
}

var (
	digits = regexp.MustCompile(`[0-9]+`)
	named  = regexp.MustCompile(`\b[0-9]{2} [A-Z][a-z]{2} [0-9]{4}\b`)
)

// numbers are the runs of digits, in no order: a date is written in another one, in English with the
// month by name.
func numbers(s string) []string {
	s = named.ReplaceAllStringFunc(s, func(day string) string {
		if at, err := time.Parse("02 Jan 2006", day); err == nil {
			return at.Format("02 01 2006")
		}
		return day
	})
	all := digits.FindAllString(strings.ReplaceAll(s, "\u00a0", ""), -1)
	slices.Sort(all)
	return all
}

func TestRealDetailsAreSaidInEveryLanguage(t *testing.T) {
	for lang, text := range texts(t) {
		for _, one := range real {
			got := say(text, one.of, one.detail)
			if got == one.detail && lang != "en" || strings.HasPrefix(got, "detail.") || strings.Contains(got, "{{") || strings.Contains(got, "<no value>") {
				t.Errorf("%s: %s: %q is said as %q", lang, one.of, one.detail, got)
			}
			if want := numbers(one.detail); !slices.Equal(want, numbers(got)) {
				t.Errorf("%s: %s: %q became %q: numbers %v", lang, one.of, one.detail, got, want)
			}
			for _, s := range one.stays {
				if !strings.Contains(got, s) {
					t.Errorf("%s: %s: %q lost %q: %q", lang, one.of, one.detail, s, got)
				}
			}
		}
	}
}

func TestWordsOfDetails(t *testing.T) {
	all := texts(t)
	for _, one := range []struct{ lang, of, detail, want string }{
		{"fr", "problem.cut", "cut at 100000 px of 1234567 px", "elle s'arrête à 100 000 pixels sur 1 234 567"},
		{"de", "precondition.fresh-profile", "browser started ahead for one capture, at 2026-11-23T10:42:07.123Z",
			"Browser im Voraus gestartet, für nur eine Sicherung: 23.11.2026 10:42:07,123 UTC"},
		{"nl", "precondition.scrolled", "end of the page: 1 steps, 1300 px", "einde van de pagina bereikt: 1 stap, 1 300 pixels"},
		{"nl", "precondition.scrolled", "end of the page: 14 steps, 13000 px", "einde van de pagina bereikt: 14 stappen, 13 000 pixels"},
		{"fr", "precondition.clock", "-3.5 s to the server's Date", "écart de −3,5 s avec l'heure du serveur"},
		{"fr", "problem.resource-failed", "3: 2 × Image net::ERR_FAILED, 1 × not finished", "3 : 2 × image (net::ERR_FAILED), 1 × pas terminé"},
		{"de", "problem.overlay-closed", `"alle ablehnen" (Didomi), 5 tiles`, "Schaltfläche „alle ablehnen“ (Didomi), 5 Bilder"},
		{"de", "problem.uncovered-cut", "1 tiles: the browser ended", "1 Bild: der Browser wurde unerwartet beendet"},
		{"en", "problem.pane-cut", "pane-1-001.png: 12 pictures, 800 of 900 px", "pane-1-001.png: 12 pictures, 800 of 900 pixels"},
	} {
		if got := strings.ReplaceAll(say(all[one.lang], one.of, one.detail), "\u00a0", " "); got != one.want {
			t.Errorf("%s: %q, want %q", one.lang, got, one.want)
		}
	}
}

// What has no form that is known is not touched, and what a page or a server says is never taken
// for our words.
func TestUnknownDetailsStayAsTheyAre(t *testing.T) {
	for lang, text := range texts(t) {
		for _, one := range [][2]string{
			{"problem.of-a-later-version", "30 s"},
			{"problem.cut", "cut at 13000 px"},
			{"problem.cut", "cut at 007 px of 1234567890123456789012 px"},
			{"problem.load-timeout", "30 s\nmore"},
			{"problem.http-status", "503"},
			{"problem.document-cut-off", "net::ERR_CONTENT_LENGTH_MISMATCH"},
			{"problem.popup", "https://example.org/more than 10"},
			{"problem.download", `"a.pdf": https://example.org/a.pdf`},
			{"problem.page-changed", "https://example.org/the page loaded again"},
			{"problem.viewer", "application/pdf"},
			{"problem.no-text", "chromedp: something new"},
			{"problem.one-colour", strings.Repeat("1", maxDetail+1) + " tiles"},
			{"problem.overlay-stays", `"\q"`},
			{"precondition.versions", "HeadlessChrome/156.0.8078.73"},
			{"precondition.no-proxy", "http_proxy=http://192.0.2.1:3128"},
			{"precondition.time-server", "time.example.org: lookup time.example.org: no such host"},
			{"precondition.fresh-profile", "browser started for this capture at 2026-99-99T10:42:07.123Z"},
			{"precondition.clock", "NaN s to the server's Date"},
			{"precondition.name-servers", "resolv.conf: 192.0.2.53, 2001:db8::53"},
			{"precondition.x", "address entered"},
			{"clock.timestamp", "Age: 12"},
			{"problem.dialog", ""},
		} {
			if got := say(text, one[0], one[1]); got != one[1] {
				t.Errorf("%s: %s: %.80q became %.80q", lang, one[0], one[1], got)
			}
		}
		// Of what is known in part, the rest stays.
		if got := say(text, "problem.wacz-incomplete", "2: 1 × too large, 1 × of a later version"); !strings.HasSuffix(got, ", 1 × of a later version") {
			t.Errorf("%s: %q", lang, got)
		}
	}
}

func TestWhatIsNeverObservedHasItsReason(t *testing.T) {
	for lang, text := range texts(t) {
		p := evidence.Precondition{Item: "network-capture", State: evidence.NotMet}
		if got := Precondition(text, p); got != text.T("precondition.why.network-capture") {
			t.Errorf("%s: %q", lang, got)
		}
		p.State = evidence.Met
		if got := Precondition(text, p); got != "" {
			t.Errorf("%s: a capture of the network that ran is %q", lang, got)
		}
	}
}

// The usual reasons are said in the language; nobody else's words are touched.
func TestWhyACheckIsNotDone(t *testing.T) {
	for lang, text := range texts(t) {
		for _, why := range []string{tsa.WhyNoRecords, tsa.WhyNoNonce, tsa.WhyNoWindow, tsa.WhyNoPin, tsa.WhyNoPolicy, tsa.WhyNoChain} {
			got := Check(text, evidence.Check{State: evidence.NotDone, Detail: why})
			if strings.HasPrefix(got, "check.why.") || got == "" || lang != "en" && got == why {
				t.Errorf("%s: %q is %q", lang, why, got)
			}
			if again := Check(text, evidence.Check{State: evidence.NotDone, Detail: why + ": 1.2.3"}); again != got+": 1.2.3" {
				t.Errorf("%s: %q", lang, again)
			}
			if failed := Check(text, evidence.Check{State: evidence.Failed, Detail: why}); failed != why {
				t.Errorf("%s: a failure is said as %q", lang, failed)
			}
		}
		if other := Check(text, evidence.Check{State: evidence.NotDone, Detail: "something else: x"}); other != "something else: x" {
			t.Errorf("%s: %q", lang, other)
		}
	}
}

// Every form has words with a placeholder for each of its slots, and none of the words is left over.
func TestFormsAndCatalogAgree(t *testing.T) {
	used := map[string]bool{}
	check := func(f form) {
		if f.key == "" {
			return
		}
		used[f.key] = true
		var pairs []any
		for _, slot := range slots.FindAllStringSubmatch(f.english, -1) {
			if _, ok := recogniser().kinds[slot[1]]; !ok && parts()[strings.TrimPrefix(slot[1], "list ")] == nil {
				t.Errorf("%q has a slot of no kind", f.english)
			}
			pairs = append(pairs, slot[2], "⟦"+slot[2]+"⟧")
		}
		for lang, text := range texts(t) {
			got := text.T(f.key, pairs...)
			if strings.Contains(f.english, "{count:") {
				got = text.N(f.key, 3, pairs...)
				pairs = slices.DeleteFunc(slices.Clone(pairs), func(v any) bool { return v == "N" || v == "⟦N⟧" })
			}
			missing := got == f.key || strings.Contains(got, "<no value>")
			for i := 1; i < len(pairs); i += 2 {
				missing = missing || !strings.Contains(got, pairs[i].(string))
			}
			if missing {
				t.Errorf("%s: %q is said as %q", lang, f.english, got)
			}
		}
	}
	for _, of := range []map[string][]form{forms(), parts()} {
		for _, list := range of {
			for _, f := range list {
				check(f)
			}
		}
	}
	used["detail.more"], used["detail.page-crashed"] = true, true // of a list, and for what capture says of its reasons
	for _, c := range calls(t) {
		used["detail."+c.form] = true
	}
	keys, err := words.Keys()
	if err != nil {
		t.Fatal(err)
	}
	for _, k := range keys {
		if strings.HasPrefix(k, "detail.") && !used[k] {
			t.Errorf("no form has the words %s", k)
		}
	}
}

// docs/formats.md lists the forms, and no others.
func TestFormsAreListed(t *testing.T) {
	doc, err := os.ReadFile(filepath.Join("..", "..", "docs", "formats.md"))
	if err != nil {
		t.Fatal(err)
	}
	shown := func(slot string) string {
		m := slots.FindStringSubmatch(slot)
		if _, plain := recogniser().kinds[m[1]]; plain {
			return "{" + m[2] + "}"
		}
		if part, several := strings.CutPrefix(m[1], "list "); several {
			return "{" + part + "}, …"
		}
		return "{" + m[1] + "}"
	}
	for _, of := range []map[string][]form{forms(), parts()} {
		var want strings.Builder
		for _, name := range slices.Sorted(maps.Keys(of)) {
			var spans []string
			for _, f := range of[name] {
				spans = append(spans, "`"+slots.ReplaceAllStringFunc(f.english, shown)+"`")
			}
			fmt.Fprintf(&want, "| `%s` | %s |\n", strings.Replace(name, ".", "` `", 1), strings.Join(spans, ", "))
		}
		if !strings.Contains(string(doc), "|---|---|\n"+want.String()+"\n") {
			t.Errorf("docs/formats.md lacks, or has otherwise:\n%s", want.String())
		}
	}
}

// FuzzDetail holds that any detail comes out as itself or with all its numbers, and that what goes
// in clean comes out clean.
func FuzzDetail(f *testing.F) {
	for _, one := range real {
		f.Add(one.of, one.detail)
	}
	f.Add("problem.overlay-closed", `"\u202e\x00", 3 tiles`)
	f.Add("problem.cut", "cut at 1 px of 1 px of 1 px")
	all := texts(f)
	f.Fuzz(func(t *testing.T, of, detail string) {
		for _, text := range all {
			got := say(text, of, detail)
			if got == "" && detail != "" || len(got) > 2*len(detail)+300 {
				t.Errorf("%s: %q became %q", of, detail, got)
			}
			if got == detail || strings.Contains(detail, `\`) || strings.Contains(detail, "\u00a0") { // an escape is no number
				continue
			}
			if !slices.Equal(numbers(detail), numbers(got)) {
				t.Errorf("%s: %q became %q", of, detail, got)
			}
		}
	})
}

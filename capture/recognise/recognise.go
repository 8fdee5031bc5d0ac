package recognise

import (
	"net/url"
	"strings"

	"constat/evidence"
)

// Page is what is known of a page that was loaded.
type Page struct {
	Requested string // the address that was entered
	Address   string // the one that is shown
	Title     string
	Text      string // the visible text, at least its first [EnoughText] bytes
	// TextLength is the length of the whole visible text, in characters.
	TextLength int
	Passwords  int      // visible fields for passwords
	Filling    int      // the same in frames that fill at least half of the window
	Articles   int      // posts: elements article or with that role, with more than a little text
	Frames     []string // addresses of the frames that are visible
}

// EnoughText is how much of a page's text is looked at.
const EnoughText = 16 << 10

// Limits on the text of a page that shows nothing else, in characters. Menus, footers
// and lists of languages count, too.
const (
	littleText = 4000 // a platform's page
	bareText   = 1200 // a page of a site that is not known
)

// Finding is what a page turned out to be.
type Finding struct {
	Outcome evidence.Outcome // LoginPage, BotCheck or Removed
	Reason  evidence.Said    // what it was recognised by
}

// Recognise tells whether a page is something else than what was asked for.
func Recognise(p Page) (Finding, bool) {
	if p.TextLength < len([]rune(p.Text)) {
		p.TextLength = len([]rune(p.Text))
	}
	at, err := url.Parse(p.Address)
	if err != nil {
		return Finding{}, false
	}
	from, err := url.Parse(p.Requested)
	if err != nil {
		from = &url.URL{}
	}
	lines := linesOf(p.Title + "\n" + p.Text[:min(len(p.Text), EnoughText)])
	site, known := platformOf(at.Hostname())
	for _, look := range []func() (Finding, bool){
		func() (Finding, bool) { return botCheck(p, lines) },
		func() (Finding, bool) { return removed(p, site, known, lines) },
		func() (Finding, bool) { return signIn(p, from, at, site, known, lines) },
	} {
		if f, ok := look(); ok {
			return f, true
		}
	}
	return Finding{}, false
}

// botCheck knows the pages that stand before a site. They show next to nothing else.
func botCheck(p Page, lines map[string]bool) (Finding, bool) {
	if p.TextLength > bareText || p.Articles > 0 {
		return Finding{}, false
	}
	for _, phrase := range humanPhrases() {
		if lines[fold(phrase.Text)] {
			return Finding{
				evidence.BotCheck,
				evidence.Say("human-check", "human check {lang}: {text:q}", phrase.Language, phrase.Text),
			}, true
		}
	}
	if p.TextLength <= bareText/2 && p.Passwords == 0 {
		for _, f := range p.Frames {
			u, err := url.Parse(f)
			if err != nil {
				continue
			}
			for _, host := range challengeHosts() {
				if under(u.Hostname(), host) {
					return Finding{evidence.BotCheck, evidence.Say("frame-of", "frame of {host}", host)}, true
				}
			}
		}
	}
	return Finding{}, false
}

// removed knows what platforms show with status 200 in place of what is gone.
func removed(p Page, site platform, known bool, lines map[string]bool) (Finding, bool) {
	if !known || p.TextLength > littleText || p.Articles > 0 {
		return Finding{}, false
	}
	for _, phrase := range site.gone {
		if lines[fold(phrase.Text)] {
			return Finding{evidence.Removed, siteSays(site, phrase)}, true
		}
	}
	return Finding{}, false
}

func signIn(p Page, from, at *url.URL, site platform, known bool, lines map[string]bool) (Finding, bool) {
	if askedFor(from) {
		// Asked for or not, a page that is nothing but a form to sign in is one.
		if p.Passwords+p.Filling > 0 && p.Articles == 0 && p.TextLength <= bareText {
			return Finding{evidence.LoginPage, evidence.Say("sign-in-asked", "the address of a sign-in page, password field")}, true
		}
		return Finding{}, false
	}
	if known {
		for _, path := range site.signIn {
			if leads(at, path) && !leads(from, path) {
				return Finding{evidence.LoginPage, evidence.Say("site-address", "{site} address {path}", site.name, path)}, true
			}
		}
		if p.TextLength <= littleText && p.Articles == 0 && (p.Passwords+p.Filling > 0 || site.withoutPassword) {
			for _, phrase := range site.wall {
				if lines[fold(phrase.Text)] {
					return Finding{evidence.LoginPage, siteSays(site, phrase)}, true
				}
			}
		}
	}
	if p.Passwords+p.Filling == 0 || p.Articles > 0 || p.TextLength > bareText {
		return Finding{}, false
	}
	if p.Filling > 0 {
		return Finding{evidence.LoginPage, evidence.Say("sign-in-frame", "a frame over at least half of the window, password field")}, true
	}
	// Any other site: somebody asked for a page and was sent to another, with a
	// password to enter and little else.
	moved := at.Hostname() != from.Hostname() || strings.TrimRight(at.Path, "/") != strings.TrimRight(from.Path, "/")
	if word := signInWord(at); moved && word != "" {
		return Finding{evidence.LoginPage, evidence.Say("sent-to", "sent to an address with {word}, password field", word)}, true
	}
	// Or the page itself is nothing but a sign-in form.
	for _, phrase := range signInTitles() {
		if title := fold(p.Title); title == fold(phrase.Text) || strings.HasPrefix(title, fold(phrase.Text)+" ") {
			return Finding{
				evidence.LoginPage,
				evidence.Say("sign-in-title", "title {lang}: {text:q}, password field", phrase.Language, phrase.Text),
			}, true
		}
	}
	return Finding{}, false
}

// askedFor tells a person who wants the sign-in page itself.
func askedFor(from *url.URL) bool {
	if signInWord(from) != "" {
		return true
	}
	site, known := platformOf(from.Hostname())
	for _, path := range site.signIn {
		if known && leads(from, path) {
			return true
		}
	}
	return false
}

// signInWord finds a part of a path that stands for signing in.
func signInWord(u *url.URL) string {
	for _, part := range strings.FieldsFunc(strings.ToLower(u.Path), func(r rune) bool { return r == '/' || r == '.' || r == '_' }) {
		for _, word := range signInWords() {
			if part == word {
				return word
			}
		}
	}
	return ""
}

// leads reports whether an address is that one or lies under it: "/path" on any
// host of the platform, "host/path" on that host.
func leads(u *url.URL, rule string) bool {
	host, path, _ := strings.Cut(rule, "/")
	if host != "" && !under(u.Hostname(), host) {
		return false
	}
	have := strings.Trim(strings.ToLower(u.Path), "/")
	path = strings.Trim(path, "/")
	return path == "" || have == path || strings.HasPrefix(have, path+"/")
}

func under(host, domain string) bool {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	return host == domain || strings.HasSuffix(host, "."+domain)
}

func platformOf(host string) (platform, bool) {
	for _, one := range platforms() {
		for _, domain := range one.hosts {
			if under(host, domain) {
				return one, true
			}
		}
	}
	return platform{}, false
}

func siteSays(of platform, p phrase) evidence.Said {
	return evidence.Say("site-says", "{site} {lang}: {text:q}", of.name, p.Language, p.Text)
}

func linesOf(text string) map[string]bool {
	lines := map[string]bool{}
	for line := range strings.SplitSeq(text, "\n") {
		if line = fold(line); line != "" {
			lines[line] = true
		}
	}
	return lines
}

var folding = strings.NewReplacer("’", "'", "‘", "'", "\u00a0", " ", "\u202f", " ", "…", "...")

// fold makes two ways of writing one phrase equal: case, kind of apostrophe and
// space, and the mark at its end.
func fold(s string) string {
	s = strings.ToLower(folding.Replace(s))
	return strings.TrimRight(strings.Join(strings.Fields(s), " "), ".!: ")
}

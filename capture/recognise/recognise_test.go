package recognise

import (
	"net/url"
	"slices"
	"strings"
	"testing"

	"constat/evidence"
)

func TestEveryPhraseOfEveryPlatform(t *testing.T) {
	var names []string
	for _, site := range platforms() {
		names = append(names, site.name)
	}
	// Those of the manual of the Institute, in its order; Twitter is X now.
	if want := []string{"Facebook", "Messenger", "Instagram", "Snapchat", "YouTube", "TikTok", "X", "WhatsApp", "Discord"}; !slices.Equal(names, want) {
		t.Errorf("platforms %v, want %v", names, want)
	}
	for _, site := range platforms() {
		address := "https://www." + site.hosts[0] + "/somebody/post/1"
		if site.hosts[0] == "fb.watch" {
			t.Fatal("the first host is the main one")
		}
		languages := map[string]int{} // phrases
		for _, one := range site.gone {
			languages[one.Language]++
			// As the platform may write it: another apostrophe, a full stop, a menu around it.
			text := "Menu\n" + strings.ReplaceAll(one.Text, "'", "’") + ".\nHelp · Privacy"
			f, ok := Recognise(Page{Requested: address, Address: address, Title: site.name, Text: text})
			if !ok || f.Outcome != evidence.Removed || !strings.Contains(f.Reason.Detail, site.name) {
				t.Errorf("%s %q: %+v", site.name, one.Text, f)
			}
			for what, p := range map[string]Page{
				"inside of a sentence": {Address: address, Text: "I saw: " + one.Text + ", and cried"},
				"with a post":          {Address: address, Text: text, Articles: 1},
				"on a long page":       {Address: address, Text: text + strings.Repeat("\nwords of other people", 300)},
				"on another site":      {Address: "https://news.example/" + site.name, Text: text},
				"on a host like it":    {Address: "https://not" + site.hosts[0] + "/", Text: text},
			} {
				p.Requested = p.Address
				if f, ok := Recognise(p); ok {
					t.Errorf("%s %q %s is taken for %+v", site.name, one.Text, what, f)
				}
			}
		}
		for _, one := range site.wall {
			f, ok := Recognise(Page{Requested: address, Address: address, Text: one.Text + "\nForgot?", Passwords: 1})
			if !ok || f.Outcome != evidence.LoginPage {
				t.Errorf("%s %q: %+v", site.name, one.Text, f)
			}
		}
		for _, l := range []string{"fr", "nl", "de", "en"} {
			// One for a post and one for an account, or two ways to say it.
			if languages[l] < 2 {
				t.Errorf("%s has %d phrases for what is gone in %s", site.name, languages[l], l)
			}
			if len(site.wall) > 0 && !slices.ContainsFunc(site.wall, func(p phrase) bool { return p.Language == l }) {
				t.Errorf("%s has no phrase for signing in in %s", site.name, l)
			}
		}
		for _, rule := range site.signIn {
			at := "https://www." + site.hosts[0] + rule + "?next=x"
			if !strings.HasPrefix(rule, "/") {
				at = "https://" + rule + "/v3/signin"
			}
			if f, ok := Recognise(Page{Requested: address, Address: at}); !ok || f.Outcome != evidence.LoginPage {
				t.Errorf("%s at %s: %+v", site.name, at, f)
			}
			if f, ok := Recognise(Page{Requested: at, Address: at, Passwords: 1}); !ok || f.Outcome != evidence.LoginPage {
				t.Errorf("the sign-in page %s was asked for, and is one: %+v", at, f)
			}
		}
	}
}

func TestHumanChecks(t *testing.T) {
	for _, one := range humanPhrases() {
		p := Page{Requested: "https://a.example/x", Address: "https://a.example/x", Title: one.Text, Text: "a.example"}
		if f, ok := Recognise(p); !ok || f.Outcome != evidence.BotCheck {
			t.Errorf("%q: %+v", one.Text, f)
		}
		p.Text = strings.Repeat("a long article ", 200)
		if f, ok := Recognise(p); ok {
			t.Errorf("an article titled %q: %+v", one.Text, f)
		}
	}
	frame := []string{"https://challenges.cloudflare.com/turnstile/v0", "::"}
	if f, ok := Recognise(Page{Address: "https://a.example/x", Text: "a.example", Frames: frame}); !ok || f.Outcome != evidence.BotCheck {
		t.Errorf("frame: %+v", f)
	}
	form := Page{Address: "https://a.example/contact", Text: strings.Repeat("Write to us. ", 80), Frames: frame}
	if f, ok := Recognise(form); ok {
		t.Errorf("a form with a check: %+v", f)
	}
}

func TestAnySiteThatAsksForAPassword(t *testing.T) {
	for name, row := range map[string]struct {
		page Page
		want bool
	}{
		"sent to another address": {Page{Requested: "https://a.example/thread/7", Address: "https://a.example/login?to=7", Passwords: 1, Text: "Name Password"}, true},
		"sent to another host":    {Page{Requested: "https://a.example/thread/7", Address: "https://sso.example/connexion", Passwords: 1}, true},
		"in place":                {Page{Requested: "https://a.example/thread/7", Address: "https://a.example/thread/7", Title: "Connexion – A", Passwords: 1}, true},
		"asked for":               {Page{Requested: "https://a.example/login", Address: "https://a.example/login", Title: "Login", Passwords: 1}, true},
		"asked for, with more":    {Page{Requested: "https://a.example/login", Address: "https://a.example/login", Title: "Login", Passwords: 1, Text: strings.Repeat("story ", 400)}, false},
		"start page":              {Page{Requested: "https://a.example/", Address: "https://a.example/", Title: "Connexion", Passwords: 1}, true},
		"field beside an article": {Page{Requested: "https://a.example/t", Address: "https://a.example/t", Title: "Login at sea", Passwords: 1, Text: strings.Repeat("story ", 400)}, false},
		"no field":                {Page{Requested: "https://a.example/t", Address: "https://a.example/login-history", Title: "Sign in"}, false},
		"an article on logins":    {Page{Requested: "https://a.example/t", Address: "https://a.example/blog/login", Text: strings.Repeat("words ", 400), Passwords: 1}, false},
		"broken address":          {Page{Requested: "::", Address: ":: "}, false},
	} {
		t.Run(name, func(t *testing.T) {
			if f, ok := Recognise(row.page); ok != row.want || ok && f.Outcome != evidence.LoginPage {
				t.Errorf("%+v", f)
			}
		})
	}
}

func FuzzRecognise(f *testing.F) {
	f.Add("https://x.com/a", "https://x.com/login", "Sign in to X", "words", 1)
	f.Add("", "::", "\xff", "\x00", -1)
	f.Fuzz(func(t *testing.T, from, at, title, text string, passwords int) {
		found, ok := Recognise(Page{Requested: from, Address: at, Title: title, Text: text, Passwords: passwords})
		if ok && (found.Reason.Detail == "" || found.Reason.Values["form"] == "" || found.Outcome.Usable()) {
			t.Errorf("%+v", found)
		}
		if u, err := url.Parse(at); err == nil && ok && from == at && askedFor(u) && found.Outcome == evidence.LoginPage {
			t.Errorf("%s was asked for: %+v", at, found)
		}
	})
}

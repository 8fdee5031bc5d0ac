package recheck_test

import (
	"strconv"
	"strings"
	"testing"

	"constat/evidence"
	"constat/evidence/recheck"
)

const (
	post  = "Menu Accueil Recherche. Compte_x a publié une photo de moi sans me demander, le 3 novembre. 12 j'aime. Voilà ce que j'ai à dire."
	other = "Menu Accueil Recherche. Recettes de cuisine pour toute la famille, avec des légumes de saison et du pain frais du matin."
)

// visit is a page that came with status 200 and one text.
func visit(title, text string, change ...func(*evidence.Manifest)) recheck.Visit {
	v := recheck.Visit{Text: text, HasText: true, Manifest: evidence.Manifest{Outcome: evidence.Complete,
		Page: &evidence.Page{Status: 200, Title: title, FinalAddress: "https://exemple.be/p/1"}}}
	for _, c := range change {
		c(&v.Manifest)
	}
	return v
}

func outcome(o evidence.Outcome, status int, problems ...evidence.Problem) func(*evidence.Manifest) {
	return func(m *evidence.Manifest) { m.Outcome, m.Page.Status, m.Problems = o, status, problems }
}

func at(address string) func(*evidence.Manifest) {
	return func(m *evidence.Manifest) { m.Page.FinalAddress = address }
}

func withoutText(v recheck.Visit) recheck.Visit {
	v.Text, v.HasText = "", false
	return v
}

func TestWhatASecondVisitTells(t *testing.T) {
	kept := visit("Photo de compte_x", post)
	signedIn := visit("Photo de compte_x", post, func(m *evidence.Manifest) { m.Request = &evidence.Request{Window: true} })
	problem := func(code, detail string) evidence.Problem { return evidence.Problem{Code: code, Detail: detail} }
	for name, x := range map[string]struct {
		kept, now recheck.Visit
		state     evidence.RecheckState
		reason    recheck.Reason
		detail    string
		same      int // -1: not compared
	}{
		"the same page":                 {kept, visit("Photo de compte_x", post), evidence.StillOnline, recheck.ReasonSame, "", 100},
		"other counters and times":      {kept, visit("(3) Photo de compte_x", strings.NewReplacer("12", "4711", " 3 ", " 30 ").Replace(post)), evidence.StillOnline, recheck.ReasonSame, "", 100},
		"comments came":                 {kept, visit("Photo de compte_x", post+strings.Repeat(" Encore un commentaire très long de quelqu'un d'autre.", 500)), evidence.StillOnline, recheck.ReasonSame, "", 100},
		"the kept text had grown":       {visit("Fil", post+strings.Repeat(" a", 280)+strings.Repeat(" défilé plus bas", 5000)), visit("Fil", post+strings.Repeat(" a", 280)), evidence.StillOnline, recheck.ReasonSame, "", 100},
		"case and marks":                {kept, visit("PHOTO DE COMPTE_X", strings.ToUpper(strings.ReplaceAll(post, ".", " – "))), evidence.StillOnline, recheck.ReasonSame, "", 100},
		"no title any more":             {kept, visit("", post), evidence.StillOnline, recheck.ReasonSame, "", 100},
		"another title":                 {kept, visit("Page introuvable", post), evidence.Changed, recheck.ReasonTitle, "", 100},
		"another text":                  {kept, visit("Photo de compte_x", other), evidence.Changed, recheck.ReasonText, "", 4},
		"another text elsewhere":        {kept, visit("Accueil", other, at("https://exemple.be/")), evidence.Changed, recheck.ReasonElsewhere, "https://exemple.be/", 4},
		"only a fragment differs":       {kept, visit("Photo de compte_x", other, at("https://exemple.be/p/1#menu")), evidence.Changed, recheck.ReasonText, "", 4},
		"half of the text":              {kept, visit("Photo de compte_x", post[:strings.Index(post, " sans")]), evidence.CannotTell, recheck.ReasonPartly, "", 39},
		"nothing but a picture now":     {kept, visit("Photo de compte_x", ""), evidence.Changed, recheck.ReasonText, "", 0},
		"status 404":                    {kept, visit("", "", outcome(evidence.Removed, 404)), evidence.Gone, recheck.ReasonStatus, "404", -1},
		"status 410":                    {kept, visit("", "", outcome(evidence.Removed, 410)), evidence.Gone, recheck.ReasonStatus, "410", -1},
		"a note that it is gone":        {kept, visit("X", "", outcome(evidence.Removed, 200, problem("recognised", `x en: "gone"`))), evidence.Gone, recheck.ReasonNote, `x en: "gone"`, -1},
		"gone, and was then":            {visit("", "", outcome(evidence.Removed, 404)), visit("", "", outcome(evidence.Removed, 404)), evidence.Gone, recheck.ReasonStatus, "404", -1},
		"a sign-in page":                {kept, visit("Connexion", post, outcome(evidence.LoginPage, 200)), evidence.CannotTell, recheck.ReasonLogin, "", -1},
		"a check for humans":            {kept, visit("", "", outcome(evidence.BotCheck, 403)), evidence.CannotTell, recheck.ReasonBotCheck, "", -1},
		"blank":                         {kept, visit("", "", outcome(evidence.Blank, 200)), evidence.CannotTell, recheck.ReasonBlank, "", -1},
		"a server's error":              {kept, visit("Photo de compte_x", post, outcome(evidence.Partial, 503)), evidence.CannotTell, recheck.ReasonHTTPStatus, "503", -1},
		"withheld by law":               {kept, visit("", "", outcome(evidence.Partial, 451)), evidence.CannotTell, recheck.ReasonHTTPStatus, "451", -1},
		"it did not load whole":         {kept, visit("Photo de compte_x", other, outcome(evidence.Partial, 200, problem("load-timeout", "30 s"))), evidence.CannotTell, recheck.ReasonNotLoaded, "", 4},
		"not whole, and yet the text":   {kept, visit("Photo de compte_x", post, outcome(evidence.Partial, 200, problem("load-timeout", "30 s"))), evidence.StillOnline, recheck.ReasonSame, "", 100},
		"no text now":                   {kept, withoutText(visit("Photo de compte_x", "")), evidence.CannotTell, recheck.ReasonNoText, "", -1},
		"no text then":                  {withoutText(kept), visit("Photo de compte_x", post), evidence.CannotTell, recheck.ReasonNoText, "", -1},
		"a sign-in page was kept":       {visit("Connexion", post, outcome(evidence.LoginPage, 200)), visit("Connexion", post), evidence.CannotTell, recheck.ReasonNotKept, "login-page", -1},
		"two words":                     {visit("Photo", "Photo 2026, compte_x"), visit("Photo", "Photo 2026, compte_x"), evidence.StillOnline, recheck.ReasonSame, "", 100},
		"one word":                      {visit("Photo", "Photo 2026"), visit("Photo", "Photo 2026"), evidence.CannotTell, recheck.ReasonLittleText, "1", -1},
		"a script without spaces":       {visit("写真", "彼は私の写真を無断で公開しました"), visit("写真", "彼は私の写真を無断で公開しました"), evidence.StillOnline, recheck.ReasonSame, "", 100},
		"another one without spaces":    {visit("写真", "彼は私の写真を無断で公開しました"), visit("写真", "今日の天気は晴れです"), evidence.Changed, recheck.ReasonText, "", 0},
		"words in pieces of one":        {kept, visit("Photo de compte_x", strings.Join(strings.Fields(post), "\n")), evidence.StillOnline, recheck.ReasonSame, "", 100},
		"the same words, another way":   {visit("a", "un deux trois quatre cinq six"), visit("a", "six cinq quatre trois deux un"), evidence.Changed, recheck.ReasonText, "", 0},
		"the browser lost the page":     {kept, visit("Photo de compte_x", other, outcome(evidence.Partial, 200, problem("page-crashed", ""))), evidence.CannotTell, recheck.ReasonNotLoaded, "", 4},
		"a picture is missing, no more": {kept, visit("Photo de compte_x", other, outcome(evidence.Partial, 200, problem("resource-failed", "1"))), evidence.Changed, recheck.ReasonText, "", 4},
		"a stranger does not find it":   {signedIn, visit("", "", outcome(evidence.Removed, 404)), evidence.CannotTell, recheck.ReasonWindow, "gone: status 404", -1},
		"a stranger is shown another":   {signedIn, visit("Accueil", other), evidence.CannotTell, recheck.ReasonWindow, "changed: text", 4},
		"a stranger is shown the same":  {signedIn, visit("Photo de compte_x", post), evidence.StillOnline, recheck.ReasonSame, "", 100},
	} {
		t.Run(name, func(t *testing.T) {
			got := recheck.Judge(x.kept, x.now)
			if got.State != x.state || got.Reason != string(x.reason) || got.Detail != x.detail {
				t.Errorf("%s, %s, %q; want %s, %s, %q", got.State, got.Reason, got.Detail, x.state, x.reason, x.detail)
			}
			switch {
			case x.same < 0 && got.SameText != nil:
				t.Errorf("compared: %d %%", *got.SameText)
			case x.same >= 0 && (got.SameText == nil || *got.SameText != x.same):
				t.Errorf("%s, want %d %% of the text", show(got.SameText), x.same)
			}
		})
	}
}

func show(n *int) string {
	if n == nil {
		return "not compared"
	}
	return strconv.Itoa(*n)
}

func TestNoPageIsNoAnswer(t *testing.T) {
	got := recheck.Unreachable("dns", "net::ERR_NAME_NOT_RESOLVED")
	if got.State != evidence.CannotTell || got.Reason != string(recheck.ReasonDNS) || got.Detail != "net::ERR_NAME_NOT_RESOLVED" {
		t.Errorf("%+v", got)
	}
	if got := recheck.BrowserEnded(); got.State != evidence.CannotTell || got.Reason != string(recheck.ReasonBrowser) {
		t.Errorf("%+v", got)
	}
}

// FuzzJudge: whatever two pages say, there is an answer with a reason, and a
// page compared with itself never counts as changed.
func FuzzJudge(f *testing.F) {
	f.Add("Photo", post, "Accueil", other)
	f.Add("", "", "", "")
	f.Add("a", "1 2 3", "b", "\xff\u202e\x00")
	f.Fuzz(func(t *testing.T, titleThen, then, titleNow, now string) {
		a, b := visit(titleThen, then), visit(titleNow, now)
		if r := recheck.Judge(a, b); r.State == "" || r.Reason == "" || r.SameText != nil && (*r.SameText < 0 || *r.SameText > 100) {
			t.Errorf("%+v", r)
		}
		if r := recheck.Judge(a, a); r.State != evidence.StillOnline && r.Reason != string(recheck.ReasonLittleText) {
			t.Errorf("a page is not itself: %+v", r)
		}
	})
}

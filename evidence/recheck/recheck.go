package recheck

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"constat/evidence"
)

// The measure; see the package documentation.
const (
	Beginning = 300 // words of the kept text that are looked for
	Run       = 3   // consecutive words that are compared as one
	Same      = 70  // percent from which it is the same text
	Other     = 30  // percent up to which it is another text
)

// Reason is why a state was told; stable.
type Reason string

const (
	ReasonStatus     Reason = "status"      // 404 or 410; detail: the status
	ReasonNote       Reason = "note"        // the platform's note that it is gone; detail: by what it was recognised
	ReasonSame       Reason = "same"        // text and title as kept
	ReasonText       Reason = "text"        // another text at the same address
	ReasonElsewhere  Reason = "elsewhere"   // another text, at another address; detail: that address
	ReasonTitle      Reason = "title"       // the text as kept, under a title that has no word of the kept one
	ReasonLogin      Reason = "login-page"  // a sign-in page
	ReasonBotCheck   Reason = "bot-check"   // a check that a human is there
	ReasonBlank      Reason = "blank"       // one colour from edge to edge
	ReasonHTTPStatus Reason = "http-status" // another error; detail: the status
	ReasonPartly     Reason = "partly"      // some of the text
	ReasonNotLoaded  Reason = "not-loaded"  // the page did not load whole, and what came is not the kept text
	ReasonNoText     Reason = "no-text"     // the visible text could not be read, then or now
	ReasonLittleText Reason = "little-text" // there are too few words to compare
	ReasonNotKept    Reason = "not-kept"    // the exhibit itself does not show the content
	ReasonBrowser    Reason = "browser"     // the browser's process for the page ended
	ReasonWindow     Reason = "window"      // kept where somebody may have signed in, which a visit does not; detail: what a stranger's visit would have told

	// No page came; detail: the browser's code.
	ReasonUnreachable Reason = "network-unreachable"
	ReasonRefused     Reason = "network-refused"
	ReasonDNS         Reason = "network-dns"
	ReasonTLS         Reason = "network-tls"
	ReasonTimeout     Reason = "network-timeout"
	ReasonAborted     Reason = "network-aborted"
	ReasonOther       Reason = "network-other"
)

// Visit is one look at a page: its manifest, and its visible text.
type Visit struct {
	Manifest evidence.Manifest
	Text     string
	HasText  bool // page.txt is there
}

// Unreachable is the answer when no page came: nothing can be told of it. kind
// is that of the network's failure, code the browser's own word for it.
func Unreachable(kind, code string) evidence.Recheck {
	return tell(evidence.CannotTell, Reason("network-"+kind), code)
}

// BrowserEnded is the answer when the browser could not stay with the page.
func BrowserEnded() evidence.Recheck { return tell(evidence.CannotTell, ReasonBrowser, "") }

func tell(state evidence.RecheckState, why Reason, detail string) evidence.Recheck {
	return evidence.Recheck{State: state, Reason: string(why), Detail: evidence.Shorten(detail, 300)}
}

// Judge compares two looks at a page. The reference to the kept exhibit is the
// caller's to fill in.
func Judge(kept, now Visit) evidence.Recheck {
	r := judge(kept, now)
	stranger := kept.Manifest.Request != nil && kept.Manifest.Request.Window
	if stranger && (r.State == evidence.Gone || r.State == evidence.Changed) {
		same := r.SameText
		r = tell(evidence.CannotTell, ReasonWindow, strings.TrimSpace(string(r.State)+": "+r.Reason+" "+r.Detail))
		r.SameText = same
	}
	return r
}

func judge(kept, now Visit) evidence.Recheck {
	if r, told := shown(now.Manifest); told {
		return r
	}
	switch {
	case !kept.Manifest.Outcome.Usable():
		return tell(evidence.CannotTell, ReasonNotKept, string(kept.Manifest.Outcome))
	case !kept.HasText || !now.HasText:
		return tell(evidence.CannotTell, ReasonNoText, "")
	}
	before, after := words(kept.Text), words(now.Text)
	titles := [2][]string{words(title(kept.Manifest)), words(title(now.Manifest))}
	if len(before) < Run {
		return tell(evidence.CannotTell, ReasonLittleText, strconv.Itoa(len(before)))
	}
	share := sameness(before, after)
	r := compare(share, titles, kept.Manifest, now.Manifest)
	r.SameText = &share
	return r
}

// shown is what the second visit tells by itself, whatever was kept.
func shown(m evidence.Manifest) (evidence.Recheck, bool) {
	status := 0
	if m.Page != nil {
		status = m.Page.Status
	}
	switch m.Outcome {
	case evidence.Removed:
		if status == 404 || status == 410 {
			return tell(evidence.Gone, ReasonStatus, strconv.Itoa(status)), true
		}
		return tell(evidence.Gone, ReasonNote, problem(m, "recognised")), true
	case evidence.LoginPage:
		return tell(evidence.CannotTell, ReasonLogin, problem(m, "recognised")), true
	case evidence.BotCheck:
		return tell(evidence.CannotTell, ReasonBotCheck, problem(m, "recognised")), true
	case evidence.Blank:
		return tell(evidence.CannotTell, ReasonBlank, ""), true
	}
	if status >= 400 {
		return tell(evidence.CannotTell, ReasonHTTPStatus, strconv.Itoa(status)), true
	}
	return evidence.Recheck{}, false
}

func compare(share int, titles [2][]string, kept, now evidence.Manifest) evidence.Recheck {
	otherTitle := len(titles[0]) > 0 && len(titles[1]) > 0 &&
		!slices.ContainsFunc(titles[0], func(w string) bool { return slices.Contains(titles[1], w) })
	switch {
	case share >= Same && !otherTitle:
		return tell(evidence.StillOnline, ReasonSame, "")
	case notWhole(now):
		return tell(evidence.CannotTell, ReasonNotLoaded, "")
	case share >= Same:
		return tell(evidence.Changed, ReasonTitle, "")
	case share > Other:
		return tell(evidence.CannotTell, ReasonPartly, "")
	}
	if a, b := final(kept), final(now); a != b {
		return tell(evidence.Changed, ReasonElsewhere, b)
	}
	return tell(evidence.Changed, ReasonText, "")
}

// notWhole tells a page of which the text may be missing because it did not
// come, not because it is not there.
func notWhole(m evidence.Manifest) bool {
	return slices.ContainsFunc(m.Problems, func(p evidence.Problem) bool {
		switch p.Code {
		case "load-timeout", "document-cut-off", "script-stopped", "page-crashed", "browser-gone", "whole-timeout", "text-cut":
			return true
		}
		return false
	})
}

func problem(m evidence.Manifest, code string) string {
	for _, p := range m.Problems {
		if p.Code == code {
			return p.Detail
		}
	}
	return ""
}

func title(m evidence.Manifest) string {
	if m.Page == nil {
		return ""
	}
	return m.Page.Title
}

// final is the address that was shown, without what only the page itself uses.
func final(m evidence.Manifest) string {
	if m.Page == nil {
		return ""
	}
	address, _, _ := strings.Cut(m.Page.FinalAddress, "#")
	return address
}

// sameness is the share of the runs of the beginning that stand in the text
// now, in percent, cut off. before has at least one run.
func sameness(before, after []string) int {
	before = before[:min(len(before), Beginning)]
	there := map[string]bool{}
	for i := 0; i+Run <= len(after); i++ {
		there[strings.Join(after[i:i+Run], " ")] = true
	}
	found, all := 0, len(before)-Run+1
	for i := range all {
		if there[strings.Join(before[i:i+Run], " ")] {
			found++
		}
	}
	return found * 100 / all
}

// words are runs of letters and digits in small letters, those of digits alone
// left out. Scripts that put no space between words give one word a character.
func words(text string) []string {
	var out []string
	var word strings.Builder
	letters := false
	end := func() {
		if letters {
			out = append(out, word.String())
		}
		word.Reset()
		letters = false
	}
	for _, r := range text {
		switch {
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Thai, unicode.Lao, unicode.Khmer, unicode.Myanmar):
			end()
			out = append(out, string(r))
		case unicode.IsLetter(r), unicode.IsMark(r):
			word.WriteRune(unicode.ToLower(r))
			letters = true
		case unicode.IsDigit(r):
			word.WriteRune(r)
		default:
			end()
		}
	}
	end()
	return out
}

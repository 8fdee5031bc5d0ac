package verify

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"constat/bundle/verify/pdf"
	"constat/evidence"
	"constat/evidence/reader"
	"constat/evidence/tsa"
)

// What people read is the report. So its words are put beside the data: each page
// has this bundle's fingerprint and its own number, the first one the case and the
// whole fingerprint; each exhibit is there with the digest of its manifest; and what
// the person told last stands there as told.

const (
	maxReport = 512 << 20
	shortSum  = 16 // digits of the fingerprint at the foot of a page
	maxMissed = 5  // words that are named
	maxWord   = 30 // letters; a longer one may be cut in two
	minWord   = 3  // letters; a shorter one says nothing
	latin     = 0x250
)

// toldOnPaper are the facts whose words the report has, as typed.
var toldOnPaper = map[string]bool{
	"platform": true, "kind": true, "permalink": true, "ids": true, "date-shown": true, "date-absolute": true, "date-source": true,
	"account-name": true, "account-handle": true, "account-address": true, "account-id": true, "account-contact": true,
	"first-contact": true, "suspected-person": true, "suspicion-reason": true, "audience": true, "counts-shown": true,
	"seen-by": true, "intent-quotes": true, "witnesses": true, "steps-taken": true, "kept-by": true, "consent": true,
}

// accountOnPaper are the words about the whole case that a report with an account has.
var accountOnPaper = map[string]bool{
	"concerned": true, "made-by": true, "happened": true, "first-known": true, "still-online": true, "who-made": true,
	"who-has-access": true, "accounts": true, "who-can-see": true, "witnesses": true, "malice-or-profit": true, "because-of-sex": true,
	"partner-or-family": true, "trust-or-authority": true, "several-people": true, "vulnerability": true, "asked-for": true,
}

// answered takes the choice off an answer: it is printed in the report's language.
func answered(v string) string {
	switch first, rest, _ := strings.Cut(v, "\n"); first {
	case "yes", "no", "unsure":
		return rest
	}
	return v
}

// squash leaves no space, so that neither lines nor groups of digits matter.
func squash(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) {
			return -1
		}
		return r
	}, s)
}

func (c *checker) pdf() {
	b, err := c.load(reportName, maxReport)
	if err != nil {
		c.fail(checkReport, "%v", err)
		return
	}
	pages, err := pdf.Pages(b)
	if err != nil || len(pages) == 0 {
		c.fail(checkReport, "%s: is not a report of this program: %v", reportName, err)
		return
	}
	// The scripts read this; bundles from before it have none.
	if named, err := pdf.Info(b, "Keywords"); err != nil || named != "" && named != formatName+" "+c.rep.Fingerprint.String() {
		c.fail(checkReport, "%s: its properties name another bundle: %.100q", reportName, named)
	}
	for i := range pages {
		pages[i] = squash(pages[i])
	}
	whole := strings.Join(pages, "\n")
	c.eachPage(pages)
	if !strings.Contains(pages[0], c.rep.Fingerprint.String()) || !strings.Contains(whole, c.info["External-Identifier"]) {
		c.fail(checkReport, "%s: does not have this fingerprint on its first page, and the id of this case", reportName)
	}
	for _, e := range c.exhibits {
		if !e.digest.IsZero() && !strings.Contains(whole, e.digest.String()) {
			c.fail(checkReport, "%s: has no %s with the manifest %s", reportName, e.id, e.digest)
		}
	}
	for _, id := range c.rep.LeftOut {
		if !strings.Contains(whole, id) {
			c.fail(checkReport, "%s: does not say that %s was left out by choice", reportName, id)
		}
	}
	c.told(whole)
	c.within(b)
	c.dated(b)
	c.passUnlessFailed(
		checkReport,
		"%d pages: the fingerprint on each, every exhibit with its manifest, and what was told last; pictures and layout were not compared",
		len(pages),
	)
}

// within compares the files in the report with those of the bundle; reports from before have none.
func (c *checker) within(b []byte) {
	want := map[string]evidence.Digest{"evidence-sha256.txt": c.rep.Fingerprint}
	for _, e := range c.exhibits {
		want[e.id+"-manifest.json"] = evidence.Digest(e.digest)
	}
	found := 0
	err := pdf.Files(b, func(name string, data []byte) {
		found++
		if d, ours := want[name]; !ours || d.IsZero() || d != sha256.Sum256(data) {
			c.fail(checkReport, "%s: the file %.100q within it is not that of the bundle", reportName, name)
		}
	})
	if err != nil {
		c.fail(checkReport, "%s: the files within it: %v", reportName, err)
	} else if found > 0 && found != len(want) {
		c.fail(checkReport, "%s: holds %d files of %d", reportName, found, len(want))
	}
}

// dated says what the report proves when it is alone: the timestamp within it. The verdict does not
// rest on it, because the timestamp over the whole covers the report, too.
func (c *checker) dated(b []byte) {
	switch s, err := pdf.Stamp(b); {
	case err != nil:
		c.skip(checkReportTime, "%s: the timestamp within it proves nothing: %v", reportName, err)
	case s == nil:
		c.skip(checkReportTime, "%s: has no timestamp within", reportName)
	default:
		var records []tsa.RevocationRecord
		for _, raw := range s.Revocation {
			if r, err := tsa.ReadRecord(raw); err == nil {
				records = append(records, r)
			}
		}
		t, checks := tsa.Verify(s.Token, evidence.Digest(s.Digest), tsa.Options{Token: true, Revocation: records, Roots: slices.Concat(c.o.Roots, c.o.Anchors),
			SystemRoots: c.o.SystemRoots, Pins: c.o.Pins, Practice: c.o.Practice && c.rep.Practice, Now: c.o.now()})
		if t == nil {
			why := "could not be verified"
			if i := slices.IndexFunc(checks, tsa.Voids); i >= 0 {
				why = checks[i].Name + ": " + checks[i].Detail
			}
			c.skip(checkReportTime, "%s: the timestamp within it: %s", reportName, why)
			return
		}
		revocation := ""
		if i := slices.IndexFunc(checks, func(k evidence.Check) bool { return k.Name == tsa.CheckRevocation }); i >= 0 {
			revocation = fmt.Sprintf("; revocation, with %d answers from within it: %s, %s", len(records), checks[i].State, checks[i].Detail)
		}
		c.pass(checkReportTime, "%s: a timestamp within it covers all of it: %s, root %s%s", reportName,
			t.Time.UTC().Format("2006-01-02T15:04:05Z"), t.RootFingerprint, revocation)
	}
}

// eachPage looks for fingerprint and number at the foot of each page.
func (c *checker) eachPage(pages []string) {
	for i, p := range pages {
		switch {
		case !strings.Contains(p, c.rep.Fingerprint.String()[:shortSum]):
			c.fail(checkReport, "%s: page %d does not have the fingerprint of this bundle", reportName, i+1)
		case !strings.Contains(p, fmt.Sprintf("%d/%d", i+1, len(pages))):
			c.fail(checkReport, "%s: page %d does not say that it is page %d of %d", reportName, i+1, i+1, len(pages))
		}
	}
}

// note remembers what a line of the log says of exhibits.
func (c *checker) note(l reader.Line) {
	switch {
	case l.Action == "account-edited":
		for k, v := range l.Detail {
			if accountOnPaper[k] {
				c.account[k] = answered(v)
			}
		}
		return
	case l.Action == "reported":
		for _, k := range []string{"to", "reference", "answer"} {
			if v, there := l.Detail[k]; there {
				c.account[l.Detail["entry"]+" "+k] = v
			}
		}
		return
	case l.Exhibit == "" || l.Action != "facts-edited":
		return
	}
	if c.facts[l.Exhibit] == nil {
		c.facts[l.Exhibit] = map[string]string{}
	}
	for k, v := range l.Detail {
		c.facts[l.Exhibit][k] = v
	}
}

// told looks for each word of what was told last. Only Latin letters are compared:
// others are drawn in forms of their own.
func (c *checker) told(whole string) {
	paper := letters(whole)
	for _, e := range c.exhibits {
		told := map[string]string{}
		for k, v := range c.facts[e.id] {
			if toldOnPaper[k] {
				told[k] = v
			}
		}
		c.toldOf(paper, e.id, told)
	}
	if c.info["Constat-Account"] != "" { // reports from before it have none
		c.toldOf(paper, "the whole case", c.account)
	}
}

func (c *checker) toldOf(paper, what string, told map[string]string) {
	var missed []string
	for _, v := range told {
		if strings.ContainsFunc(v, func(r rune) bool { return unicode.IsLetter(r) && r >= latin || unicode.Is(unicode.M, r) }) {
			continue
		}
		for _, w := range strings.Fields(v) {
			if n := letters(w); len(n) >= minWord && len(n) <= maxWord && !strings.Contains(paper, n) {
				missed = append(missed, w)
			}
		}
	}
	if len(missed) > 0 {
		slices.Sort(missed)
		c.fail(checkReport, "%s: does not have the words that the log has of %s: %q", reportName, what, missed[:min(len(missed), maxMissed)])
	}
}

func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if r < latin && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			return r
		}
		return -1
	}, s)
}

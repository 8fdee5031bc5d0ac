package verify

import (
	"regexp"
	"strings"
)

// data/index.html is what somebody double-clicks. It has to be this bundle's, lead to every exhibit
// and nowhere else, and hold no program; its other words are not compared.

const maxIndex = 64 << 20

var (
	// These two say what is wrong in words of their own; a page may hold nothing but what indexTags lists.
	program = regexp.MustCompile(`(?i)<(script|iframe|object|embed|form|link|base|img|svg)|<[^>]*[\s/"\x27]on[a-z]+\s*=|<meta[^>]*refresh`)
	leads   = regexp.MustCompile(`(?i)(href|src)\s*=\s*("[^"]*"|[^\s>]*)`)
	leadsTo = regexp.MustCompile(`^href="(report\.pdf|\.\./READ-ME-FIRST\.html|exhibits/E-[0-9]+/[^/":]*)"$`)
)

// indexSealed forbids the page to load anything.
const indexSealed = `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">`

// indexTags are all that such a page has, as it is written: whatever else a browser would take for a tag stays as "<".
var indexTags = regexp.MustCompile(`<!DOCTYPE html>|` + indexSealed +
	`|<meta (charset="utf-8"|name="referrer" content="no-referrer"|name="viewport" content="width=device-width")>` +
	`|</?(html|head|title|style|body|main|nav|label|section|article|footer|div|h1|h2|p|dl|dt|dd|code|span|strong|small|br|a)` +
	`( (class|id|lang|for)="[A-Za-z0-9 -]*")*>` +
	`|<input type="radio" name="l" id="l-[a-z]+"( checked)?>` +
	`|<a( class="open")? href="[^":<>]*">`)

// loadsByStyle are the ways in which a style sheet loads something, or hides that it does.
var loadsByStyle = regexp.MustCompile(`(?i)url|import|image|src|\\|/\*`)

func (c *checker) index() {
	if _, there := c.sizes[indexName]; !there {
		return // bundles from before have none
	}
	b, err := c.load(indexName, maxIndex)
	if err != nil {
		c.fail(checkIndex, "%v", err)
		return
	}
	page := string(b)
	if !strings.Contains(page, c.rep.Fingerprint.String()) {
		c.fail(checkIndex, "%s: is the page of another bundle", indexName)
	}
	if found := program.FindString(page); found != "" {
		c.fail(checkIndex, "%s: holds a program, or loads something: %.60q", indexName, found)
	}
	for _, l := range leads.FindAllString(page, -1) {
		if !leadsTo.MatchString(l) {
			c.fail(checkIndex, "%s: leads elsewhere: %.100q", indexName, l)
		}
	}
	if !strings.Contains(page, indexSealed) {
		c.fail(checkIndex, "%s: does not forbid itself to load anything", indexName)
	}
	if _, odd, found := strings.Cut(indexTags.ReplaceAllString(page, " "), "<"); found {
		c.fail(checkIndex, "%s: holds what such a page does not have: %.60q", indexName, "<"+odd)
	}
	_, style, _ := strings.Cut(page, "<style>")
	style, after, _ := strings.Cut(style, "</style>")
	if found := loadsByStyle.FindString(style); found != "" || strings.Contains(after, "<style") {
		c.fail(checkIndex, "%s: its style may load something: %q", indexName, found)
	}
	for _, id := range c.rep.LeftOut {
		if !strings.Contains(page, id) {
			c.fail(checkIndex, "%s: does not say that %s was left out by choice", indexName, id)
		}
	}
	for _, e := range c.exhibits {
		if !strings.Contains(page, `href="exhibits/`+e.id+`/"`) {
			c.fail(checkIndex, "%s: does not lead to %s", indexName, e.id)
		}
	}
	c.passUnlessFailed(
		checkIndex,
		"the fingerprint, a way to every exhibit and nowhere else, no program; its other words were not compared",
	)
}

package verify

import (
	"regexp"
	"strings"
)

// data/index.html is what somebody double-clicks. It has to be this bundle's, lead to every exhibit
// and nowhere else, and hold no program; its other words are not compared.

const maxIndex = 64 << 20

var (
	// What is text in the page has no "<" and no ">", so this finds tags alone.
	program = regexp.MustCompile(`(?i)<(script|iframe|object|embed|form|link|base|img|svg)|<[^>]*[\s/"\x27]on[a-z]+\s*=|<meta[^>]*refresh`)
	leads   = regexp.MustCompile(`(?i)(href|src)\s*=\s*("[^"]*"|[^\s>]*)`)
	leadsTo = regexp.MustCompile(`^href="(report\.pdf|\.\./READ-ME-FIRST\.html|exhibits/E-[0-9]+/[^/":]*)"$`)
)

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

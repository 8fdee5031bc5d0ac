package detail

import (
	"regexp"
	"sync"

	"constat/assets/words"
	"constat/evidence"
)

// reason is a kind of reason for which a check of a bundle failed or was not done.
type reason struct {
	key  string // of its words: "check.reason.<key>"
	says *regexp.Regexp
}

// reasons are the kinds, the first that fits: what the verifier notes is English, with the names of files
// and values in it, and a kind of it is a word that a reader without English has.
var reasons = sync.OnceValue(func() []reason {
	var list []reason
	for _, r := range []struct{ key, says string }{
		{"too-many", `^more than [0-9]+`},
		{"signature", `is not the signature of|is missing or not good|not the one that was signed|signed for another bundle`},
		{"not-here", `is not in this bundle|is missing: line`},
		{"beside", `of this computer, not of the bundle`},
		{"missing", `missing|not readable|cannot be (read|opened)|no such file`},
		{"changed", `: changed:|is not as it was written`},
		{"size", `bytes were announced|[0-9]+ bytes, the manifest says`},
		{"stands-not", `to stand today|covers it|does not cover`},
		{"proves-nothing", `proves nothing`},
		{"no-root", `its root is not among|no root certificate was brought`},
		{"not-verified", `could not verify it`},
		{"within", `the timestamp within it: `},
		{"inside", `the file .*within it is not that|holds [0-9]+ files of [0-9]+`},
		{"no-list", `trusted list`},
		{"material", `none is trusted for that`},
		{"not-signed", `is not signed|no signed line of the log`},
		{"no-proof-of-time", `without proof of time`},
		{"late", `by its own account|as the bundle says|the bundle does not say so`},
		{"not-asked", `was asked for`},
		{"policy", `asked for: [0-9]`},
		{"no-place", `no place in|not listed in|has what such a page|holds what such`},
		{"practice", `PRACTICE|practice`},
		{"foreign", `belongs to case|is that of|is about case|another bundle|of another`},
		{"program", `holds a program|load|leads elsewhere`},
		{"none", `there (is|are) (none|no )|has none|has no timestamp|is empty`},
		{"form", `^format |the files within it: |is not that of BagIt|is not an? |not an exhibit id|is not a report|names .* twice`},
		{"differs", `says|does not (say|lead|have|name)|which the log does not name|has no .* with the manifest|is not the (day|one)|names it, and|names? another`},
	} {
		list = append(list, reason{r.key, regexp.MustCompile(r.says)})
	}
	return list
})

// quoted is what a bundle calls something: its words are no reason.
var quoted = regexp.MustCompile(`"(?:[^"\\]|\\.)*"`)

// calm are kinds of what was not done. Nothing failed for them, whatever files are called.
var calm = map[string]bool{"beside": true, "material": true, "no-list": true, "not-asked": true, "not-verified": true}

// Reason is the kind of reason for which a check of a bundle failed or was not done, in the language;
// empty: it passed, or it is none of those that are known, and the detail alone says it.
func Reason(t *words.Text, c evidence.Check) string {
	if c.State == evidence.Passed {
		return ""
	}
	said := quoted.ReplaceAllString(c.Detail, `""`)
	for _, r := range reasons() {
		if r.says.MatchString(said) && (c.State != evidence.Failed || !calm[r.key]) {
			return t.T("check.reason." + r.key)
		}
	}
	return ""
}

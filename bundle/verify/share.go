package verify

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"constat/evidence/reader"
)

// An export begins with a line of the log that says of every exhibit of the case what becomes of it:
// here, left out by choice, closed, damaged. That line is the one that is signed. So whoever takes an
// exhibit out cannot add it to what was left out, and what is missing can be told from what was not
// taken along. In bundles from before the line says less, and is not asked.

// shared is what was seen of it while the log was read.
type shared struct {
	last   reader.Line // the last 'exporting' line
	says   uint64      // the last of them that says what is here
	signed reader.Line // the line that was signed
	made   map[string]uint64
}

// shareLists are the parts of such a line that name exhibits.
var shareLists = []string{"exhibits", "left-out", "closed", "damaged"}

// share judges it, and returns what was left out by choice.
func (c *checker) share(s shared, head *signedHead) map[string]bool {
	claimed, line := c.info["Constat-Left-Out"], s.last
	says := line.Detail["of"] != ""
	switch speaks := head != nil && head.Seq == line.Seq && head.SHA256 == line.SHA256; {
	case s.says > 0 && head == nil:
		c.fail(checkShare, "line %d of the log says what is here, and the signature that belongs to it is missing or not good", s.says)
	// A line of the older form behind the one that was signed takes nothing from what that says.
	case !speaks && s.signed.Action == "exporting" && (says || s.signed.Detail["of"] != ""):
		c.fail(checkShare, "line %d of the log was signed for another bundle: the last one is line %d", head.Seq, line.Seq)
	case (!says || !speaks) && claimed != "":
		c.fail(checkShare, "bag-info.txt says that %.200s was left out by choice, and no signed line of the log does", claimed)
	case says && speaks:
		return c.shareLine(line, s.made, claimed)
	default:
		c.skip(checkShare, "no signed line of the log says which exhibits of the case are here, so that nobody can tell whether one was taken out")
	}
	return nil
}

// shareLine compares the line with what is here and with what the log says was kept up to it.
func (c *checker) shareLine(line reader.Line, made map[string]uint64, claimed string) map[string]bool {
	lists, all := map[string][]string{}, map[string]string{}
	for _, name := range shareLists {
		lists[name] = strings.Fields(line.Detail[name])
		for _, id := range lists[name] {
			if all[id] != "" || !reader.IsExhibit(id) {
				c.fail(checkShare, "line %d of the log names %.40q twice, or as no exhibit", line.Seq, id)
			}
			all[id] = name
		}
	}
	if line.Detail["of"] != strconv.Itoa(len(all)) {
		c.fail(checkShare, "line %d of the log says %.20q exhibits and names %d", line.Seq, line.Detail["of"], len(all))
	}
	here := map[string]bool{}
	for _, e := range c.exhibits {
		here[e.id] = true
		if all[e.id] != "exhibits" {
			c.fail(checkShare, "%s: is here, and line %d of the log, which is signed, does not say so", e.id, line.Seq)
		}
	}
	for _, id := range lists["exhibits"] {
		if !here[id] {
			c.fail(checkShare, "%.40s: is missing: line %d of the log, which is signed, says that it is here", id, line.Seq)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(made)) {
		if made[id] < line.Seq && all[id] == "" {
			c.fail(checkShare, "%.40s: was kept, and line %d of the log, which is signed, does not say what became of it", id, line.Seq)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(all)) {
		if made[id] == 0 || made[id] > line.Seq {
			c.fail(checkShare, "%.40s: line %d of the log names it, and no line before says that it was kept", id, line.Seq)
		}
	}
	if claimed != strings.Join(lists["left-out"], " ") {
		c.fail(checkShare, "bag-info.txt says that %.100q was left out by choice, line %d of the log, which is signed, %.100q", claimed, line.Seq,
			line.Detail["left-out"])
	}
	if c.failures[checkShare] > 0 {
		return nil
	}
	c.rep.Of, c.rep.LeftOut = len(all), lists["left-out"]
	c.shareSaid(line.Seq, lists)
	chosen := map[string]bool{}
	for _, id := range lists["left-out"] {
		chosen[id] = true
	}
	return chosen
}

// shareSaid says with numbers what is here. What is not here was not looked at: that is no pass.
func (c *checker) shareSaid(seq uint64, lists map[string][]string) {
	said := fmt.Sprintf("%d of %d exhibits of this case, as line %d of the log says, which is signed", len(lists["exhibits"]), c.rep.Of, seq)
	if len(lists["exhibits"]) == c.rep.Of {
		c.pass(checkShare, "%s", said)
		return
	}
	for _, x := range []struct{ list, words string }{
		{"left-out", "left out by choice of who exported"}, {"closed", "closed, because the person shown may have been under 18, there or where the same file lies"},
		{"damaged", "damaged in the vault"},
	} {
		if ids := lists[x.list]; len(ids) > 0 {
			said += fmt.Sprintf("; %s: %d (%s)", x.words, len(ids), some(ids))
		}
	}
	c.skip(checkShare, "%s", said)
}

// some is a list of exhibits as long as a line of text may be.
func some(ids []string) string {
	const most = 40
	if len(ids) <= most {
		return strings.Join(ids, ", ")
	}
	return strings.Join(ids[:most], ", ") + fmt.Sprintf(" … +%d", len(ids)-most)
}

package reader

// Rule is what was not kept to.
type Rule string

const (
	RuleSize     Rule = "size"     // larger than it may be, or more than one line
	RuleJSON     Rule = "json"     // not JSON, not UTF-8, or a name stands twice
	RuleDepth    Rule = "depth"    // objects and lists lie too deep within each other
	RuleSpelling Rule = "spelling" // a character in a string is not written as the format writes it
	RuleLayout   Rule = "layout"   // white space is not where the format has it
	RuleOrder    Rule = "order"    // fields do not come in the order of the format
	RuleMissing  Rule = "missing"  // a field is not there that always is
	RuleNull     Rule = "null"     // null stands where there is no value
	RuleType     Rule = "type"     // another type of value
	RuleRange    Rule = "range"    // a whole number that not every reader of JSON can hold
	RuleTime     Rule = "time"     // not a time in UTC as the format writes it
	RuleMoment   Rule = "moment"   // a local time that has not its form
	RuleZero     Rule = "zero"     // a digest of nothing but zeros, which no file has
	RuleExhibit  Rule = "exhibit"  // in a line: not the form of an exhibit id
	RuleLast     Rule = "last"     // in a line: something follows the field previous
	RuleFirst    Rule = "first"    // case-created is line 1 and no other
	RuleFormat   Rule = "format"   // not the format that is read here
	RuleContent  Rule = "content"  // what a manifest says cannot be so
	RuleChain    Rule = "chain"    // a line does not follow from the one before
)

// Stricter lists the rules by which this package refuses what package evidence accepts.
// A vault and a bundle are written so that none of them is ever broken; a reader that is
// looked at by a prosecutor and one that is a shell script then see the same.
func Stricter() []Rule {
	return []Rule{RuleDepth, RuleSpelling, RuleLayout, RuleOrder, RuleMissing, RuleNull, RuleRange, RuleTime,
		RuleMoment, RuleZero, RuleExhibit, RuleLast, RuleFirst}
}

// Refused says why something was not read.
type Refused struct {
	Rule Rule
	At   string // where: the name of a field, or the number of a byte or a line
	Why  string
}

func (r *Refused) Error() string { return r.At + ": " + r.Why }

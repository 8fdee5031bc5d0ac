package evidence

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"strings"
	"time"
)

// Bounds of the values of one thing that is said. What is longer is cut with an ellipsis, of a list
// the rest is counted, and what has more values than that is said by its English detail alone.
const (
	maxValue     = 2_000 // characters of one value
	maxValueList = 64    // things in a list
	maxValues    = 300
)

// Said is one thing noted for the record, said twice: in English, for whoever reads the record
// itself, and as values, of which words in any language are made. The zero value says nothing.
type Said struct {
	Detail string
	Values map[string]string
}

var saySlot = regexp.MustCompile(`\{([#@]?)([a-z][A-Za-z0-9]*)(?::([^{}]+))?\}`)

// Say says one thing by its form. The English text has a slot for each argument, in their order,
// and a slot's name is that of the value in the record:
//
//	evidence.Say("cut", "cut at {#n} px of {#whole} px", shown, height)
//
// has the detail "cut at 9000 px of 12000 px" and the values form=cut, #n=9000 and #whole=12000.
// Its words are those of the catalogues under "detail.cut", with the placeholders {{.N}} and
// {{.Whole}}; #n decides singular and plural where the catalogue has both. The kinds of slots:
//
//	{#n} {#offset:+.3f}   a number; behind the colon its form as in package fmt
//	{@at}                 a [time.Time], written in UTC to the millisecond
//	{text}                text, shown as it is; of anything else what fmt.Sprint says
//	{text:q}              the same, in English in quotation marks, escaped as in Go
//	{name:+q}             text that is shown escaped, because it may hold what a screen does not show
//	{why}                 a [Said], or an error that is one (see [Said.Err]): a thing within the thing
//	{list}                a []Said; in English with commas between
//
// A form without a name has values and no words: its detail is the same in every language. Values
// are passed through [Shorten]; the detail is not, as its text always was the caller's to clean.
func Say(form, english string, args ...any) Said {
	s := Said{Values: map[string]string{}}
	if form != "" {
		s.Values["form"] = form
	}
	i := 0
	s.Detail = saySlot.ReplaceAllStringFunc(english, func(slot string) string {
		if i >= len(args) {
			return slot // a test reads the source for that
		}
		m := saySlot.FindStringSubmatch(slot)
		i++
		return s.fill(m[1], m[2], m[3], args[i-1])
	})
	if len(s.Values) > maxValues {
		s.Values = nil
	}
	return s
}

// fill puts one argument among the values and returns it in English.
func (s Said) fill(sigil, name, verb string, arg any) string {
	if err, ok := arg.(error); ok {
		arg = SaidOf(err)
	}
	switch v := arg.(type) {
	case Said:
		s.nest(name, v)
		return v.Detail
	case []Said:
		var all []string
		for n, one := range v {
			if n < maxValueList {
				s.nest(fmt.Sprintf("%s.%02d", name, n+1), one)
			}
			all = append(all, one.Detail)
		}
		if more := len(v) - maxValueList; more > 0 {
			s.Values[name+".#more"] = fmt.Sprint(more)
		}
		return strings.Join(all, ", ")
	case time.Time:
		if sigil == "@" {
			arg = v.UTC().Format("2006-01-02T15:04:05.000Z")
		}
	}
	text := fmt.Sprint(arg)
	value := text
	if verb != "" {
		text = fmt.Sprintf("%"+verb, arg)
	}
	if verb != "q" {
		value = text
	}
	s.Values[sigil+name] = Shorten(value, maxValue)
	return text
}

// nest puts a thing among the values under a name. What has no form stands there as text.
func (s Said) nest(name string, in Said) {
	if in.Values["form"] == "" {
		s.Values[name] = Shorten(in.Detail, maxValue)
	}
	for k, v := range in.Values {
		s.Values[name+"."+k] = v
	}
}

// Problem is the problem of that code.
func (s Said) Problem(code string) Problem {
	return Problem{Code: code, Detail: s.Detail, Values: maps.Clone(s.Values)}
}

// Precondition is the item in that state.
func (s Said) Precondition(item string, state PreconditionState) Precondition {
	return Precondition{Item: item, State: state, Detail: s.Detail, Values: maps.Clone(s.Values)}
}

// Clock is the comparison with that source.
func (s Said) Clock(source string, offset float64) ClockCheck {
	return ClockCheck{Source: source, OffsetSecs: offset, Detail: s.Detail, Values: maps.Clone(s.Values)}
}

type saidError struct{ Said }

func (e *saidError) Error() string { return e.Detail }

// Err is an error whose text is the detail, and which [SaidOf] turns back with its values.
func (s Said) Err() error { return &saidError{s} }

// SaidOf is what an error says: with its values if it came from [Said.Err] and nothing was added to its
// text since, else the text alone.
func SaidOf(err error) Said {
	var said *saidError
	switch {
	case err == nil:
		return Said{}
	case errors.As(err, &said) && said.Detail == err.Error():
		return said.Said
	}
	return Said{Detail: err.Error()}
}

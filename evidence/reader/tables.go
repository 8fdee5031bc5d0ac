package reader

import (
	"encoding/hex"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// The types of the tables in docs/formats.md.
const (
	aString    = "string"
	anInteger  = "integer"
	aNumber    = "number"
	aBoolean   = "boolean"
	aTime      = "time"
	aMoment    = "moment"
	a256       = "SHA-256"
	a512       = "SHA-512"
	strings_   = "list of strings"
	digests    = "list of SHA-256"
	anObject   = "object" // with a table, or else string to string
	aListOf    = "list"   // of objects
	always     = true
	perhaps    = false
	maxInteger = 1<<53 - 1 // what every reader of JSON can hold (RFC 8259 clause 6)
)

// row is one field of a format, as in the tables of docs/formats.md.
type row struct {
	name   string
	typ    string
	always bool
	of     *table // of an object, or of the elements of a list
}

// table is a format's list of fields, in their order.
type table struct {
	name string // as docs/formats.md names it, behind the source of the writer
	rows []row
}

var (
	line = &table{"Entry", []row{
		{"format", aString, always, nil},
		{"seq", anInteger, always, nil},
		{"time", aTime, always, nil},
		{"action", aString, always, nil},
		{"case", aString, always, nil},
		{"exhibit", aString, perhaps, nil},
		{"digest", a256, perhaps, nil},
		{"actor", aString, always, nil},
		{"detail", anObject, perhaps, nil},
		{"previous", a256, perhaps, nil},
	}}

	manifest = &table{"Manifest", []row{
		{"format", aString, always, nil},
		{"practice", aString, perhaps, nil},
		{"case", aString, always, nil},
		{"exhibit", aString, always, nil},
		{"kind", aString, always, nil},
		{"software", anObject, always, software},
		{"browser", anObject, perhaps, browser},
		{"started", aMoment, always, nil},
		{"pictured", aMoment, perhaps, nil},
		{"finished", aMoment, always, nil},
		{"request", anObject, perhaps, request},
		{"page", anObject, perhaps, page},
		{"recheck", anObject, perhaps, recheck},
		{"outcome", aString, always, nil},
		{"problems", aListOf, always, problem},
		{"clock", aListOf, always, clock},
		{"preconditions", aListOf, always, precondition},
		{"artifacts", aListOf, always, artifact},
		{"claims", aListOf, perhaps, claim},
		{"redactions", aListOf, always, redaction},
		{"custody_head", anObject, always, head},
	}}

	software = &table{"Software", []row{
		{"name", aString, always, nil},
		{"version", aString, always, nil},
		{"os", aString, always, nil},
		{"arch", aString, always, nil},
	}}

	browser = &table{"Browser", []row{
		{"product", aString, always, nil},
		{"protocol", aString, always, nil},
		{"revision", aString, always, nil},
		{"v8", aString, always, nil},
		{"user_agent", aString, always, nil},
		{"headless", aBoolean, always, nil},
		{"sandbox", aBoolean, always, nil},
		{"flags", strings_, always, nil},
	}}

	moment = &table{"Moment", []row{
		{"utc", aTime, always, nil},
		{"local", aString, always, nil},
		{"zone", aString, always, nil},
	}}

	request = &table{"Request", []row{
		{"address", aString, always, nil},
		{"view_width", anInteger, always, nil},
		{"view_height", anInteger, always, nil},
		{"scale", anInteger, always, nil},
		{"phone", aBoolean, perhaps, nil},
		{"leave_overlays", aBoolean, perhaps, nil},
		{"no_films", aBoolean, perhaps, nil},
		{"film_stills", anInteger, perhaps, nil},
		{"light", aBoolean, perhaps, nil},
		{"window", aBoolean, perhaps, nil},
		{"zoom", anInteger, perhaps, nil},
		{"screen_scale", anInteger, perhaps, nil},
		{"pinch", anInteger, perhaps, nil},
	}}

	page = &table{"Page", []row{
		{"final_address", aString, always, nil},
		{"redirects", aListOf, always, redirect},
		{"status", anInteger, always, nil},
		{"status_text", aString, perhaps, nil},
		{"media_type", aString, perhaps, nil},
		{"http_version", aString, perhaps, nil},
		{"remote_address", aString, always, nil},
		{"local_network", aBoolean, always, nil},
		{"names", aListOf, perhaps, nameAnswer},
		{"server_date", aString, perhaps, nil},
		{"tls", anObject, perhaps, tls},
		{"title", aString, always, nil},
		{"dates", aListOf, perhaps, relativeDate},
		{"width", anInteger, always, nil},
		{"height", anInteger, always, nil},
		{"page_height", anInteger, always, nil},
	}}

	relativeDate = &table{"RelativeDate", []row{
		{"shown", aString, always, nil},
		{"absolute", aString, perhaps, nil},
		{"from", aString, perhaps, nil},
	}}

	nameAnswer = &table{"NameAnswer", []row{
		{"host", aString, always, nil},
		{"addresses", strings_, always, nil},
		{"aliases", strings_, perhaps, nil},
		{"source", aString, always, nil},
	}}

	redirect = &table{"Redirect", []row{
		{"from", aString, always, nil},
		{"to", aString, always, nil},
		{"kind", aString, always, nil},
		{"status", anInteger, perhaps, nil},
	}}

	tls = &table{"TLS", []row{
		{"protocol", aString, always, nil},
		{"cipher", aString, always, nil},
		{"key_exchange", aString, perhaps, nil},
		{"subject", aString, always, nil},
		{"issuer", aString, always, nil},
		{"names", strings_, perhaps, nil},
		{"valid_from", aTime, always, nil},
		{"valid_to", aTime, always, nil},
		{"leaf_sha256", a256, perhaps, nil},
	}}

	recheck = &table{"Recheck", []row{
		{"exhibit", aString, always, nil},
		{"manifest_sha256", a256, always, nil},
		{"state", aString, always, nil},
		{"reason", aString, always, nil},
		{"detail", aString, perhaps, nil},
		{"same_text_percent", anInteger, perhaps, nil},
	}}

	problem = &table{"Problem", []row{
		{"code", aString, always, nil},
		{"detail", aString, perhaps, nil},
		{"values", anObject, perhaps, nil},
	}}

	clock = &table{"ClockCheck", []row{
		{"source", aString, always, nil},
		{"offset_seconds", aNumber, always, nil},
		{"detail", aString, perhaps, nil},
		{"values", anObject, perhaps, nil},
	}}

	precondition = &table{"Precondition", []row{
		{"item", aString, always, nil},
		{"state", aString, always, nil},
		{"detail", aString, perhaps, nil},
		{"values", anObject, perhaps, nil},
	}}

	artifact = &table{"Artifact", []row{
		{"name", aString, always, nil},
		{"role", aString, always, nil},
		{"media_type", aString, always, nil},
		{"size", anInteger, always, nil},
		{"sha256", a256, always, nil},
		{"sha512", a512, always, nil},
		{"parents", digests, perhaps, nil},
	}}

	claim = &table{"Claim", []row{
		{"artifact", aString, always, nil},
		{"name", aString, always, nil},
		{"value", aString, always, nil},
		{"source", aString, always, nil},
	}}

	redaction = &table{"Redaction", []row{
		{"place", aString, always, nil},
		{"what", aString, always, nil},
		{"reason", aString, always, nil},
		{"count", anInteger, always, nil},
	}}

	head = &table{"LogHead", []row{
		{"seq", anInteger, always, nil},
		{"sha256", a256, always, nil},
	}}
)

func refuse(rule Rule, at, format string, a ...any) error {
	return &Refused{Rule: rule, At: at, Why: fmt.Sprintf(format, a...)}
}

// against checks a value against a table: types, order, and what is always there.
// Fields that the table does not name are let be.
func (t *table) against(v *value, at string) error {
	if err := typed(v, isObject, at); err != nil {
		return err
	}
	last := -1
	there := make([]bool, len(t.rows))
	for _, f := range v.fields {
		i := t.find(f.name)
		if i < 0 {
			continue
		}
		where := at + "." + f.name
		if i < last {
			return refuse(RuleOrder, where, "comes after %s", t.rows[last].name)
		}
		last, there[i] = i, true
		if err := t.rows[i].against(f.value, where); err != nil {
			return err
		}
	}
	for i, r := range t.rows {
		if r.always && !there[i] {
			return refuse(RuleMissing, at+"."+r.name, "is missing")
		}
	}
	return nil
}

func (t *table) find(name string) int {
	for i := range t.rows {
		if t.rows[i].name == name {
			return i
		}
	}
	return -1
}

func typed(v *value, k kind, at string) error {
	if v.kind == isNull {
		return refuse(RuleNull, at, "is null")
	}
	if v.kind != k {
		return refuse(RuleType, at, "is %s, not %s", v.kind, k)
	}
	return nil
}

func (r row) against(v *value, at string) error {
	switch r.typ {
	case aString:
		return typed(v, isText, at)
	case aBoolean:
		return typed(v, isBool, at)
	case anInteger:
		_, err := v.integer(at)
		return err
	case aNumber:
		if err := typed(v, isNumber, at); err != nil {
			return err
		}
		if _, err := strconv.ParseFloat(string(v.raw), 64); err != nil {
			return refuse(RuleType, at, "is out of range")
		}
		return nil
	case aTime:
		_, err := v.time(at)
		return err
	case aMoment:
		return v.moment(at)
	case a256:
		return v.digest(make([]byte, 32), at)
	case a512:
		return v.digest(make([]byte, 64), at)
	case anObject:
		if r.of != nil {
			return r.of.against(v, at)
		}
		return v.words(at)
	}
	if err := typed(v, isList, at); err != nil {
		return err
	}
	for i, one := range v.items {
		where := fmt.Sprintf("%s[%d]", at, i)
		var err error
		switch r.typ {
		case strings_:
			err = typed(one, isText, where)
		case digests:
			err = one.digest(make([]byte, 32), where)
		default:
			err = r.of.against(one, where)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// integer reads a whole number in decimal digits.
func (v *value) integer(at string) (int64, error) {
	if err := typed(v, isNumber, at); err != nil {
		return 0, err
	}
	digits := strings.TrimPrefix(string(v.raw), "-")
	if strings.Trim(digits, "0123456789") != "" {
		return 0, refuse(RuleType, at, "%.30s is not a whole number", v.raw)
	}
	n, err := strconv.ParseInt(string(v.raw), 10, 64)
	if err != nil || n > maxInteger || n < -maxInteger {
		return 0, refuse(RuleRange, at, "%.30s is too far from zero", v.raw)
	}
	if n == 0 && string(v.raw) != "0" {
		return 0, refuse(RuleSpelling, at, "%s is 0", v.raw)
	}
	return n, nil
}

// digest reads lower-case hexadecimal digits, as many as fill dst.
func (v *value) digest(dst []byte, at string) error {
	if err := typed(v, isText, at); err != nil {
		return err
	}
	if len(v.text) != 2*len(dst) || strings.Trim(v.text, "0123456789abcdef") != "" {
		return refuse(RuleType, at, "%.20q is not %d digits", v.text, 2*len(dst))
	}
	if strings.Trim(v.text, "0") == "" {
		return refuse(RuleZero, at, "is nothing but zeros")
	}
	_, err := hex.Decode(dst, []byte(v.text))
	return err
}

var timeForm = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{0,8}[1-9])?Z$`)

// time reads RFC 3339 in UTC, with up to nine decimals and without trailing zeros.
func (v *value) time(at string) (time.Time, error) {
	if err := typed(v, isText, at); err != nil {
		return time.Time{}, err
	}
	t, err := time.Parse(time.RFC3339Nano, v.text)
	if err != nil || !timeForm.MatchString(v.text) {
		return t, refuse(RuleTime, at, "%.40q is not a time in UTC", v.text)
	}
	return t, nil
}

var localForm = regexp.MustCompile(`^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}(Z|[+-][0-9]{2}:[0-9]{2})$`)

func (v *value) moment(at string) error {
	if err := moment.against(v, at); err != nil {
		return err
	}
	local := v.field("local").text
	if _, err := time.Parse(time.RFC3339, local); err != nil || !localForm.MatchString(local) {
		return refuse(RuleMoment, at+".local", "%.40q is not a local time with its offset", local)
	}
	return nil
}

// words checks an object of strings, in ascending order of names.
func (v *value) words(at string) error {
	if err := typed(v, isObject, at); err != nil {
		return err
	}
	for i, f := range v.fields {
		if err := typed(f.value, isText, at+"."+f.name); err != nil {
			return err
		}
		if i > 0 && v.fields[i-1].name > f.name {
			return refuse(RuleOrder, at+"."+f.name, "comes after %.60q", v.fields[i-1].name)
		}
	}
	return nil
}

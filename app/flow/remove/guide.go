package remove

import (
	"context"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"constat/app/flow/look"
	"constat/assets/guide"
	"constat/evidence"
	"constat/evidence/platform"
)

// What is known of something that a form asks for.
const (
	FromAddress = "from-address" // stands in the address, and has the right form
	FromFacts   = "from-facts"   // told by the person, and has the right form
	FromRecord  = "from-record"  // noted when the page was kept
	Ready       = "ready"        // a sentence
	WrongForm   = "wrong-form"   // there, but not of the form of such a thing; not to be used as it is
	Missing     = "missing"      // not known
	NotNeeded   = "not-needed"   // for this sort of thing
)

// Copy is something that a form asks for.
type Copy struct {
	Name  string `json:"name"`  // stable
	Label string `json:"label"` // in words
	Value string `json:"value"`
	State string `json:"state"`
	How   string `json:"how,omitempty"` // how to find what is missing
}

// Step is one step, in words.
type Step struct {
	ID      string   `json:"id"`
	Way     string   `json:"way"`
	Title   string   `json:"title"` // of the way
	Text    string   `json:"text"`
	Where   string   `json:"where"` // address; empty: in the app
	Copies  []Copy   `json:"copies"`
	Warning string   `json:"warning"`        // to be said before the step; empty: none
	Risk    string   `json:"risk,omitempty"` // "alerts" or "loses"
	Sources []string `json:"sources"`        // ids
}

// Note is something to know.
type Note struct {
	ID      string   `json:"id,omitempty"`
	Group   string   `json:"group,omitempty"`
	Title   string   `json:"title,omitempty"`
	Text    string   `json:"text"`
	Where   string   `json:"where,omitempty"`
	Date    string   `json:"date,omitempty"` // of the newest source
	Sources []string `json:"sources"`
}

// How much of the page is kept.
const (
	KeptUnknown = "unknown" // there is no case to look into
	KeptNot     = "not-kept"
)

// Guide is how to have something taken down.
type Guide struct {
	Platform string         `json:"platform"` // id; "site" for what is none
	Name     string         `json:"name"`
	Kind     string         `json:"kind,omitempty"` // of thing, as far as the address tells
	Address  string         `json:"address"`
	Exhibit  string         `json:"exhibit,omitempty"`
	Language string         `json:"language"`
	Kept     string         `json:"kept"`               // "unknown", "not-kept", "address-only", or the outcome of what was kept
	Under18  bool           `json:"under_18,omitempty"` // closed: ask who helps minors first
	Steps    []Step         `json:"steps"`
	Learns   []Note         `json:"learns"`  // what the other person learns
	Changed  []Note         `json:"changed"` // since the manual
	More     []Note         `json:"more"`    // for every platform
	Sources  []guide.Source `json:"sources"`
}

// known is all that a step can be filled in from.
type known struct {
	item    platform.Item
	address string
	exhibit *look.Exhibit
	others  []look.Exhibit // of the case
	lang    string
	steps   guide.Platform
	now     time.Time
}

// ForAddress returns the steps for an address alone. Whether its page is kept is unknown.
func ForAddress(address, lang string, now time.Time) Guide {
	k := known{address: strings.TrimSpace(address), lang: lang, now: now}
	k.item = itemOf(k.address, now)
	return k.guide()
}

// itemOf is what an address points at; a redirect names its target.
func itemOf(address string, now time.Time) platform.Item {
	item, ok := platform.Recognize(address, now)
	if !ok {
		return platform.Item{}
	}
	if item.Kind == platform.KindRedirect {
		if target, ok := platform.Recognize(item.Target, now); ok {
			return target
		}
	}
	return item
}

// Request asks for the steps of an exhibit, or of an address as far as the case knows it.
type Request struct {
	Case, Exhibit, Address, Language string
}

// Guide returns the steps, filled in from the case.
func (r *Remover) Guide(ctx context.Context, q Request) (Guide, error) {
	all, err := r.look.Exhibits(ctx, q.Case)
	if err != nil {
		return Guide{}, err
	}
	k := known{address: strings.TrimSpace(q.Address), others: all, lang: q.Language, now: r.now()}
	if q.Exhibit != "" {
		e, err := r.look.Exhibit(ctx, q.Case, q.Exhibit)
		if err != nil {
			return Guide{}, err
		}
		k.exhibit, k.address = &e, addressOf(e)
		if e.Platform != nil {
			k.item = *e.Platform
		}
	} else {
		k.item = itemOf(k.address, k.now)
		k.exhibit = keptOf(all, k.address, k.item, k.now)
	}
	g := k.guide()
	if k.exhibit == nil {
		g.Kept = KeptNot
	}
	return g, nil
}

// addressOf is the address at which an exhibit was found.
func addressOf(e look.Exhibit) string {
	if e.FinalAddress != "" && (e.Outcome == evidence.Complete || e.Outcome == evidence.Partial) {
		return e.FinalAddress
	}
	return e.Address
}

// keptOf finds what was kept of an address: of several the best, not what was kept first.
func keptOf(all []look.Exhibit, address string, item platform.Item, now time.Time) *look.Exhibit {
	var best *look.Exhibit
	for _, e := range all {
		same := e.Address == address || e.FinalAddress == address ||
			item.Permalink != "" && e.Platform != nil && itemOf(addressOf(e), now).Permalink == item.Permalink
		if same && (best == nil || rank(e) > rank(*best)) {
			best = &e
		}
	}
	return best
}

func rank(e look.Exhibit) int {
	switch {
	case e.Closed || e.Damage != "":
		return 0
	case e.Kind == evidence.AddressOnly:
		return 1
	case e.Outcome == evidence.Complete:
		return 4
	case e.Outcome == evidence.Partial:
		return 3
	}
	return 2
}

// keptState says how much of the page is kept.
func keptState(e *look.Exhibit) string {
	if e == nil {
		return KeptUnknown
	}
	if e.Kind == evidence.AddressOnly {
		return string(evidence.AddressOnly)
	}
	return string(e.Outcome)
}

// unclear are kinds of address that do not tell what the thing is: all steps are shown for them.
var unclear = []platform.Kind{"", platform.KindPage, platform.KindShortLink, platform.KindRedirect, platform.KindInvite, platform.KindFile}

func (k known) guide() Guide {
	id := string(k.item.Platform)
	k.steps = guide.For(id)
	g := Guide{
		Platform: k.steps.ID, Kind: string(k.item.Kind), Address: k.address, Language: k.lang, Kept: keptState(k.exhibit),
		Steps: []Step{}, Learns: []Note{}, Changed: []Note{}, More: []Note{},
	}
	if id == "" {
		g.Name = hostOf(k.address)
	} else {
		g.Name = k.item.Platform.Name()
	}
	if k.exhibit != nil {
		g.Exhibit, g.Under18 = k.exhibit.Exhibit, k.exhibit.Closed
	}
	var used []string
	for _, s := range k.steps.Steps {
		if len(s.Kinds) > 0 && !slices.Contains(s.Kinds, string(k.item.Kind)) && !slices.Contains(unclear, k.item.Kind) {
			continue
		}
		step := Step{
			ID:      s.ID,
			Way:     s.Way,
			Title:   guide.Way(s.Way, k.lang),
			Text:    s.Text.In(k.lang),
			Where:   s.Where,
			Copies:  []Copy{},
			Risk:    s.Risk,
			Sources: s.Sources,
		}
		if s.Warning != nil {
			step.Warning = s.Warning.In(k.lang)
		}
		for _, name := range s.Copies {
			step.Copies = append(step.Copies, k.copied(name))
		}
		used = append(used, s.Sources...)
		g.Steps = append(g.Steps, step)
	}
	notes := func(facts []guide.Fact) (list []Note) {
		list = []Note{}
		for _, f := range facts {
			used = append(used, f.Sources...)
			list = append(list, Note{Text: f.Text.In(k.lang), Date: newest(f.Sources), Sources: f.Sources})
		}
		return list
	}
	g.Learns, g.Changed = notes(k.steps.Learns), notes(k.steps.Changed)
	for _, m := range guide.More() {
		used = append(used, m.Sources...)
		g.More = append(
			g.More,
			Note{
				ID:      m.ID,
				Group:   m.Group,
				Title:   m.Title.In(k.lang),
				Text:    m.Text.In(k.lang),
				Where:   m.Where,
				Date:    newest(m.Sources),
				Sources: m.Sources,
			},
		)
	}
	g.Sources = guide.SourcesOf(used...)
	return g
}

func newest(ids []string) (date string) {
	for _, s := range guide.SourcesOf(ids...) {
		date = max(date, s.Date)
	}
	return date
}

func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Host == "" {
		u, err = url.Parse("https://" + address)
	}
	if err != nil {
		return ""
	}
	return evidence.Shorten(u.Hostname(), 100)
}

// copied fills in one thing that a form asks for.
func (k known) copied(name string) Copy {
	c := Copy{Name: name, Label: guide.CopyName(name, k.lang), State: Missing}
	take := func(value, state string) bool {
		if value == "" {
			return false
		}
		c.Value, c.State = value, state
		return true
	}
	id := func(f platform.Field, fact string) bool {
		if take(k.item.IDs[f], FromAddress) {
			return true
		}
		for _, p := range k.item.Problems {
			if p.Field == f && take(p.Value, WrongForm) {
				return true
			}
		}
		if told := strings.TrimSpace(k.fact(fact)); told != "" {
			state := FromFacts
			if k.item.Platform != "" && platform.CheckID(k.item.Platform, f, told) != "" {
				state = WrongForm
			}
			return take(told, state)
		}
		return false
	}
	switch name {
	case "address":
		take(k.link(), FromAddress)
	case "target":
		take(k.item.Target, FromAddress)
	case "message_link":
		if k.item.Kind == platform.KindMessage {
			take(k.link(), FromAddress)
		}
	case "account":
		_ = id(platform.FieldAccount, "account-handle") || id(platform.FieldAccountID, "account-id")
	case "account_id", "user_id":
		id(platform.FieldAccountID, "account-id")
	case "post":
		id(platform.FieldPost, "")
	case "message_id":
		id(platform.FieldMessage, "")
	case "channel_id":
		id(platform.FieldChannel, "")
	case "conversation":
		id(platform.FieldConversation, "")
	case "server_id":
		if !id(platform.FieldServer, "") && k.item.IDs[platform.FieldChannel] != "" {
			c.State = NotNeeded // a private conversation is on no server
		}
	case "phone":
		id(platform.FieldPhone, "account-contact")
	case "group":
		_ = id(platform.FieldGroup, "") || id(platform.FieldInvite, "")
	case "video_time":
		take(videoTime(k.address), FromAddress)
	case "posts":
		take(strings.Join(k.posts(), "\n"), FromAddress)
	case "server_ip":
		if k.exhibit != nil && k.exhibit.Manifest.Page != nil {
			take(k.exhibit.Manifest.Page.RemoteAddress, FromRecord)
		}
	default:
		take(guide.Sentence(name, k.lang), Ready)
	}
	if c.State == Missing || c.State == WrongForm {
		c.How = k.steps.HowToFind(name, k.lang)
	}
	return c
}

func (k known) fact(name string) string {
	if k.exhibit == nil || name == "" {
		return ""
	}
	return k.exhibit.Facts[name]
}

// link is the address that a form should get: the permanent one, if it is known.
func (k known) link() string {
	if k.item.Permalink != "" {
		return k.item.Permalink
	}
	return k.address
}

// maxPosts is how many posts X takes in one report.
const maxPosts = 5

// posts are this post and others of the case on the same platform, at most five.
func (k known) posts() []string {
	list := []string{k.link()}
	for _, e := range k.others {
		if e.Closed || e.Recheck != nil || e.Platform == nil || e.Platform.Platform != k.item.Platform || e.Platform.Permalink == "" {
			continue
		}
		if !slices.Contains([]platform.Kind{platform.KindPost, platform.KindPhoto, platform.KindVideo}, e.Platform.Kind) {
			continue
		}
		if len(list) < maxPosts && !slices.Contains(list, e.Platform.Permalink) {
			list = append(list, e.Platform.Permalink)
		}
	}
	return list
}

var timeCode = regexp.MustCompile(`^(?:([0-9]{1,2})h)?(?:([0-9]{1,3})m)?(?:([0-9]{1,6})s?)?$`)

// videoTime reads the moment that an address of a video names, as h:mm:ss or m:ss; empty if it
// names none.
func videoTime(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	value := u.Query().Get("t")
	if value == "" {
		value = u.Query().Get("start")
	}
	if value == "" {
		value = strings.TrimPrefix(u.Fragment, "t=")
	}
	m := timeCode.FindStringSubmatch(value)
	if value == "" || m == nil {
		return ""
	}
	total := 0
	for i, unit := range []int{3600, 60, 1} {
		n, _ := strconv.Atoi(m[i+1]) // digits or nothing
		total += n * unit
	}
	h, min, s := total/3600, total/60%60, total%60
	two := func(n int) string { return strconv.Itoa(n/10) + strconv.Itoa(n%10) }
	if h > 0 {
		return strconv.Itoa(h) + ":" + two(min) + ":" + two(s)
	}
	return strconv.Itoa(min) + ":" + two(s)
}

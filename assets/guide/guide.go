package guide

import (
	"embed"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
)

//go:embed *.json platforms/*.json
var data embed.FS

// Text is a text by language: "fr", "nl", "de" and "en".
type Text map[string]string

// In is the text in a language, French if it is none of ours.
func (t Text) In(lang string) string {
	if s, ok := t[lang]; ok {
		return s
	}
	return t["fr"]
}

// Source is where a fact was read, and when.
type Source struct {
	ID         string `json:"id"`
	URL        string `json:"url,omitempty"` // empty: general knowledge
	Text       string `json:"text"`
	Date       string `json:"date"`       // of the source, or of reading where it has none: YYYY-MM or YYYY-MM-DD
	Confidence string `json:"confidence"` // "high", "medium" or "low"
}

// Fact is something that is so, as far as its sources say.
type Fact struct {
	Text    Text     `json:"text"`
	Sources []string `json:"sources"`
}

// What a step may cost.
const (
	RiskAlerts = "alerts" // it may alert the other person
	RiskLoses  = "loses"  // it may lose evidence
)

// Step is one step on a platform.
type Step struct {
	ID      string   `json:"id"`
	Way     string   `json:"way"` // one of the ways of labels.json
	Text    Text     `json:"text"`
	Where   string   `json:"where,omitempty"`   // address; empty: where the content is
	Copies  []string `json:"copies,omitempty"`  // what is asked for there, by names of labels.json
	Warning Text     `json:"warning,omitempty"` // said before the step
	Risk    string   `json:"risk,omitempty"`
	Kinds   []string `json:"kinds,omitempty"` // of evidence/platform, for which it is; none: for all
	Sources []string `json:"sources"`
}

// Ways to keep something.
const (
	KeepPage   = "page"   // the page at its address
	KeepWindow = "window" // the same, in a window in which one may sign in
	KeepFiles  = "files"  // files from a phone
)

// Piece is something that a complaint needs and that can be kept. Nothing of it is required.
type Piece struct {
	ID      string   `json:"id"` // also a value of the fact "shows"
	Title   Text     `json:"title"`
	Text    Text     `json:"text"` // what it is good for
	How     Text     `json:"how"`
	Way     string   `json:"way"`
	Kinds   []string `json:"kinds"` // of evidence/platform: addresses that are of it
	Sources []string `json:"sources"`
}

// wanted is a piece on one platform; what is not said there is as everywhere.
type wanted struct {
	Thing   string   `json:"thing"`
	Title   Text     `json:"title,omitempty"`
	How     Text     `json:"how,omitempty"`
	Way     string   `json:"way,omitempty"`
	Kinds   []string `json:"kinds,omitempty"`
	Sources []string `json:"sources"`
}

// Platform is the steps of one platform.
type Platform struct {
	ID      string          `json:"id"`
	Keep    []wanted        `json:"keep"` // what a complaint needs; see [Platform.Pieces]
	Steps   []Step          `json:"steps"`
	Learns  []Fact          `json:"learns"`  // what the other person learns
	Changed []Fact          `json:"changed"` // since the Institute's manual
	Find    map[string]Fact `json:"find,omitempty"`
}

// Item is a thing to know that has a title.
type Item struct {
	ID      string   `json:"id"`
	Group   string   `json:"group,omitempty"`
	Title   Text     `json:"title"`
	Text    Text     `json:"text"`
	Where   string   `json:"where,omitempty"`
	Sources []string `json:"sources"`
}

// Law is what a law says of something, dated.
type Law struct {
	Reference string   `json:"reference"`  // article
	ValidFrom string   `json:"valid_from"` // YYYY-MM-DD
	Confirmed bool     `json:"confirmed"`  // a text after that date was read
	Text      Text     `json:"text"`
	Sources   []string `json:"sources"`
}

// Question is a circumstance that the police should hear of.
type Question struct {
	ID       string   `json:"id"` // of evidence.AccountFields
	Question Text     `json:"question"`
	Example  Text     `json:"example"`
	Law      Law      `json:"law"`
	Quotes   bool     `json:"quotes"` // words in the exhibits can show it
	Sources  []string `json:"sources"`
}

// Thing is something to bring to the police.
type Thing struct {
	ID      string   `json:"id"`
	Auto    string   `json:"auto"` // what of the case can show that it is there; empty: only the person knows
	Text    Text     `json:"text"`
	Sources []string `json:"sources"`
}

// Complaint is what is told and asked before one goes to the police.
type Complaint struct {
	About     []Item     `json:"about"`
	Questions []Question `json:"questions"`
	Bring     []Thing    `json:"bring"`
	Say       Fact       `json:"say"` // on the phone
}

// Letter is a letter to be filled in; its body is a text/template.
type Letter struct {
	Title   Text     `json:"title"`
	Body    Text     `json:"body"`
	Sources []string `json:"sources"`
}

type labels struct {
	Copies    map[string]Text `json:"copies"`
	Sentences map[string]Text `json:"sentences"`
	Ways      map[string]Text `json:"ways"`
	Find      map[string]Fact `json:"find"`
}

type letters struct {
	Letters map[string]Letter `json:"letters"`
	Blanks  map[string]Text   `json:"blanks"`
}

// everything is the data, read once: it is constant, and a test holds that it can be read.
type everything struct {
	sources   map[string]Source
	platforms map[string]Platform
	more      []Item
	labels    labels
	complaint Complaint
	letters   letters
	pieces    []Piece
}

var all = sync.OnceValue(func() everything {
	var e everything
	read("sources.json", &e.sources)
	read("more.json", &e.more)
	read("labels.json", &e.labels)
	read("complaint.json", &e.complaint)
	read("letters.json", &e.letters)
	read("keep.json", &e.pieces)
	for id, s := range e.sources {
		s.ID = id
		e.sources[id] = s
	}
	entries, err := data.ReadDir("platforms")
	if err != nil {
		panic(err)
	}
	e.platforms = map[string]Platform{}
	for _, f := range entries {
		var p Platform
		read("platforms/"+f.Name(), &p)
		e.platforms[p.ID] = p
	}
	return e
})

func read(name string, v any) {
	b, err := data.ReadFile(name)
	if err == nil {
		err = json.Unmarshal(b, v)
	}
	if err != nil {
		panic(fmt.Errorf("assets/guide/%s: %w", name, err))
	}
}

// Site is the id of the steps for a site that is no platform.
const Site = "site"

// For returns the steps of a platform; those for any site if there are none.
func For(platform string) Platform {
	if p, ok := all().platforms[platform]; ok {
		return p
	}
	return all().platforms[Site]
}

// Pieces are what a complaint needs of what is on this platform.
func (p Platform) Pieces() (list []Piece) {
	for _, k := range p.Keep {
		for _, piece := range all().pieces {
			if piece.ID != k.Thing {
				continue
			}
			if k.Title != nil {
				piece.Title = k.Title
			}
			if k.How != nil {
				piece.How = k.How
			}
			if k.Way != "" {
				piece.Way = k.Way
			}
			if k.Kinds != nil {
				piece.Kinds = k.Kinds
			}
			piece.Sources = slices.Compact(slices.Sorted(slices.Values(append(append([]string{}, piece.Sources...), k.Sources...))))
			list = append(list, piece)
		}
	}
	return list
}

// AllPieces are the pieces as they are everywhere, in the order in which people keep them.
func AllPieces() []Piece { return all().pieces }

// More is what holds for every platform.
func More() []Item { return all().more }

// TheComplaint is what is told and asked before one goes to the police.
func TheComplaint() Complaint { return all().complaint }

// Letters are the letters by kind: "dsa16", "takeitdown" and "site".
func Letters() map[string]Letter { return all().letters.Letters }

// Blank is what stands in a letter for what is not known.
func Blank(name, lang string) string { return all().letters.Blanks[name].In(lang) }

// Way names a way or a group of [More].
func Way(way, lang string) string { return all().labels.Ways[way].In(lang) }

// CopyName names something that a form asks for.
func CopyName(name, lang string) string { return all().labels.Copies[name].In(lang) }

// Sentence is a ready sentence for a form; empty if there is none of that name.
func Sentence(name, lang string) string { return all().labels.Sentences[name].In(lang) }

// HowToFind says where something that a form asks for can be found.
func (p Platform) HowToFind(name, lang string) string {
	if f, ok := p.Find[name]; ok {
		return f.Text.In(lang)
	}
	return all().labels.Find[name].Text.In(lang)
}

// SourcesOf returns the sources of these ids, each once, in their order.
func SourcesOf(ids ...string) []Source {
	list := []Source{}
	seen := map[string]bool{}
	for _, id := range ids {
		if s, ok := all().sources[id]; ok && !seen[id] {
			seen[id] = true
			list = append(list, s)
		}
	}
	return list
}

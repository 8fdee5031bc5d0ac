// Package help is who helps a person: hot lines, offices and police by country, as data.
//
// # What it does
//
// [Under18] returns those of a country that are shown where somebody under 18 is or may be shown,
// and [Numbers] their numbers. Each says for whom it is, where that was read, when, and how sure it
// is. The words around them are in assets/words, which fills the numbers into texts:
// {{.Line.childfocus}} is that of child-focus.
//
// # How to use it
//
// To add one, add a line to help.json, with its source and date. Hours are written as OpenStreetMap
// does (opening_hours). What is shown in the window needs words under "window.help.<id>".
//
// # What it promises
//
// A test holds the data to it: no line without a country, a source and a date, and none that cannot
// be reached.
//
// # What it does not do
//
// Nobody was called. Hours change every year: an old date says to look again. It chooses no
// country: the texts name those of [Home].
package help

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"slices"
	"sync"
)

//go:embed help.json
var list []byte

// Home is the country whose lines the texts name.
const Home = "BE"

// Line is one that can be called, or written to.
type Line struct {
	ID      string   `json:"id"`      // stable: letters, digits and dashes
	Country string   `json:"country"` // ISO 3166-1 alpha-2
	Name    string   `json:"name"`    // its own
	Kind    string   `json:"kind"`    // "hot-line", "office" or "police"
	For     string   `json:"for"`     // "minors", "adults", "anyone", "women", "men" or "urgent"
	Number  string   `json:"number,omitempty"`
	Web     string   `json:"web,omitempty"`
	Mail    []string `json:"mail,omitempty"`
	Hours   string   `json:"hours,omitempty"`
	// Place is its place among those that are shown where somebody under 18 is or may be shown; 0:
	// not among them.
	Place      int    `json:"under_18,omitempty"`
	Source     string `json:"source"`
	Date       string `json:"date"`       // of the source, or of reading where it has none: YYYY, YYYY-MM or YYYY-MM-DD
	Confidence string `json:"confidence"` // "high", "medium" or "low"
}

// all reads the data once: it is constant, and a test holds that it can be read.
var all = sync.OnceValue(func() []Line {
	var lines []Line
	if err := json.Unmarshal(list, &lines); err != nil {
		panic(fmt.Errorf("help.json: %w", err))
	}
	return lines
})

// Of returns those of a country, in their order.
func Of(country string) []Line { return linesOf(country) }

// Countries are those that have lines; "EU" is for wherever one is in Europe.
func Countries() []string {
	var list []string
	for _, l := range all() {
		if !slices.Contains(list, l.Country) {
			list = append(list, l.Country)
		}
	}
	return list
}

// Note is something about a country's law or ways that a person must know in time.
type Note struct {
	Country    string            `json:"country"`
	Text       map[string]string `json:"text"` // by language
	Source     string            `json:"source"`
	Date       string            `json:"date"`
	Confidence string            `json:"confidence"`
}

//go:embed notes.json
var noteList []byte

var allNotes = sync.OnceValue(func() []Note {
	var notes []Note
	if err := json.Unmarshal(noteList, &notes); err != nil {
		panic(fmt.Errorf("notes.json: %w", err))
	}
	return notes
})

// Notes returns what must be known in a country.
func Notes(country string) []Note {
	return slices.DeleteFunc(append([]Note{}, allNotes()...), func(n Note) bool { return n.Country != country })
}

// linesOf returns those of a country.
func linesOf(country string) []Line {
	return slices.DeleteFunc(slices.Clone(all()), func(l Line) bool { return l.Country != country })
}

// Under18 returns those of a country that are shown where somebody under 18 is or may be shown, in
// that order.
func Under18(country string) []Line {
	some := slices.DeleteFunc(linesOf(country), func(l Line) bool { return l.Place == 0 })
	slices.SortFunc(some, func(a, b Line) int { return a.Place - b.Place })
	return some
}

// Numbers returns the numbers of a country by id.
func Numbers(country string) map[string]string {
	numbers := map[string]string{}
	for _, l := range linesOf(country) {
		if l.Number != "" {
			numbers[l.ID] = l.Number
		}
	}
	return numbers
}

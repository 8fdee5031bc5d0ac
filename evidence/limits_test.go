package evidence

import (
	"bytes"
	"errors"
	"strings"
	"testing"
)

// TestNothingLongerThanItMayBe: what is read is bounded before it is understood,
// and what could not be read is not written.
func TestNothingLongerThanItMayBe(t *testing.T) {
	m := sampleManifest()
	m.Page = &Page{Title: strings.Repeat("x", MaxManifest)}
	if _, err := m.Encode(); !errors.Is(err, ErrManifest) {
		t.Errorf("a manifest of more than %d bytes is written: %v", MaxManifest, err)
	}
	good, err := sampleManifest().Encode()
	if err != nil {
		t.Fatal(err)
	}
	for more, want := range map[int]error{0: nil, 1: ErrManifest} { // blanks say nothing, and count
		b := append(bytes.Clone(good), bytes.Repeat([]byte(" "), MaxManifest-len(good)+more)...)
		if _, err := DecodeManifest(b); !errors.Is(err, want) {
			t.Errorf("a manifest of %d bytes, of at most %d: %v", len(b), MaxManifest, err)
		}
	}
	var c Chain
	e := Entry{Action: ActFactsEdited, Case: "0123456789abcdef", Actor: "Constat", Detail: map[string]string{"x": ""}}
	_, line, err := c.Next(e)
	if err != nil {
		t.Fatal(err)
	}
	e.Detail["x"] = strings.Repeat("x", MaxCustodyLine-len(line))
	if _, line, err = c.Next(e); err != nil || len(line) != MaxCustodyLine {
		t.Errorf("a line of %d bytes: %v", len(line), err)
	}
	if _, err := c.Accept(line); err != nil {
		t.Errorf("the longest line is not read: %v", err)
	}
	e.Detail["x"] += "x"
	if _, line, err = c.Next(e); err == nil {
		t.Errorf("a line of %d bytes is written, of at most %d", len(line), MaxCustodyLine)
	}
}

// TestFactsAreThoseOfTheSchema counts characters, not bytes.
func TestFactsAreThoseOfTheSchema(t *testing.T) {
	for name, row := range map[string]struct {
		facts map[string]string
		want  error
	}{
		"none":           {nil, nil},
		"taken back":     {map[string]string{"witnesses": ""}, nil},
		"the longest":    {map[string]string{"witnesses": strings.Repeat("é", MaxFact)}, nil},
		"longer":         {map[string]string{"witnesses": strings.Repeat("é", MaxFact+1)}, ErrFact},
		"not text":       {map[string]string{"witnesses": "\xff"}, ErrFact},
		"of no field":    {map[string]string{"passport-number": "x"}, ErrFact},
		"one of two":     {map[string]string{"witnesses": "x", "Witnesses": "x"}, ErrFact},
		"without a name": {map[string]string{"": "x"}, ErrFact},
	} {
		if err := CheckFacts(row.facts); !errors.Is(err, row.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

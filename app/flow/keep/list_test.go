package keep

import (
	"errors"
	"slices"
	"strings"
	"testing"
)

func TestAListIsAnAddressALine(t *testing.T) {
	for name, test := range map[string]struct {
		text        string
		want, twice []string
		bad         []int // lines
	}{
		"plain":               {"https://a.example/1\nhttps://b.example/2\n", []string{"https://a.example/1", "https://b.example/2"}, nil, nil},
		"blanks and comments": {"\ufeff# ma liste\r\n\r\n  https://a.example/1 \r\n#https://b.example\n\t\n", []string{"https://a.example/1"}, nil, nil},
		"twice, named once":   {"https://a.example\nhttps://a.example\nhttps://a.example\n", []string{"https://a.example"}, []string{"https://a.example"}, nil},
		"no final line feed":  {"https://a.example", []string{"https://a.example"}, nil, nil},
		"a message around it": {"https://a.example\n[12:03] Ann: https://b.example\nregarde\nwww.c.example\n", nil, nil, []int{2, 3, 4}},
		"two on a line":       {"https://a.example https://b.example\n", nil, nil, []int{1}},
		"a password":          {"https://me:secret@a.example\n", nil, nil, []int{1}},
		"none":                {"# rien\n\n", nil, nil, []int{}},
		"too many":            {many(MaxList + 1), nil, nil, []int{}},
		"as many as may be":   {many(MaxList), strings.Fields(many(MaxList)), nil, nil},
		"an endless line":     {strings.Repeat("x", maxListText+10), nil, nil, []int{}},
		"an endless list":     {strings.Repeat("# \n", maxListText), nil, nil, []int{}},
	} {
		t.Run(name, func(t *testing.T) {
			got, twice, err := ParseList(strings.NewReader(test.text))
			if test.bad == nil {
				if err != nil || !slices.Equal(got, test.want) || !slices.Equal(twice, test.twice) {
					t.Errorf("%q, twice %q, %v", got, twice, err)
				}
				return
			}
			e, ok := errors.AsType[*ListError](err)
			if !ok || got != nil {
				t.Fatalf("%q, %v", got, err)
			}
			lines := []int{}
			for _, l := range e.Lines {
				lines = append(lines, l.Line)
			}
			if !slices.Equal(lines, test.bad) {
				t.Errorf("lines %v, want %v", lines, test.bad)
			}
			if strings.Contains(e.Error(), "secret") {
				t.Errorf("a password is shown: %v", e)
			}
		})
	}
}

func many(n int) string {
	var b strings.Builder
	for i := range n {
		b.WriteString("https://exemple.be/" + strings.Repeat("a", i) + "\n")
	}
	return b.String()
}

func FuzzParseList(f *testing.F) {
	f.Add("https://a.example\n# x\n\nhttps://b.example")
	f.Add("\xff\x00\r\nhttp://\u202e")
	f.Fuzz(func(t *testing.T, text string) {
		addresses, twice, err := ParseList(strings.NewReader(text))
		if (err == nil) != (len(addresses) > 0) || len(addresses) > MaxList {
			t.Errorf("%d addresses, %v", len(addresses), err)
		}
		for _, a := range append(addresses, twice...) {
			if CheckAddress(a) != nil {
				t.Errorf("%q is no address", a)
			}
		}
	})
}
